"""Seals without a token: the TEST seal (self-signed) and a PKCS#12 file.

`cryptography` (Apache-2.0/BSD, wheels for Windows on 3.11-3.13) does RSA, X.509 and PKCS#12.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from app.domain.errors import InputError, SealError
from app.domain.protocols import CertificateInfo
from app.domain.taxnumber import TaxNumber
from app.runtime import crashpoints
from app.runtime.files import replace_file
from app.signing.certificates import describe_certificate

_SAVE = crashpoints.declare("file.test_seal", "the key and certificate of a TEST seal")
_KEY_BITS = 2048
# Fixed and wide, so that a demo office whose clock is pushed forward can still seal.
_TEST_FROM = datetime(2020, 1, 1, tzinfo=UTC)
_TEST_UNTIL = datetime(2049, 12, 31, tzinfo=UTC)
_MAX_NAME_BYTES = 64  # X.520 upper bound of CN; cryptography counts the UTF-8 bytes


class SoftwareSealer:
    """Signs with an RSA key held in memory. Any thread."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate_der: bytes, *, title: str) -> None:
        self._key = key
        self._certificate = describe_certificate(certificate_der)
        self._title = title

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._title!r})"

    @property
    def certificate(self) -> CertificateInfo:
        return self._certificate

    @property
    def is_test(self) -> bool:
        return self._certificate.is_test

    @property
    def title(self) -> str:
        return self._title

    def sign(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return the RSASSA-PKCS1-v1_5 signature of each SHA-256 digest."""
        return [self._key.sign(digest, PKCS1v15(), Prehashed(hashes.SHA256())) for digest in digests]


class TestSealer(SoftwareSealer):
    """The software TEST seal of the demo office and of training. Never allowed on a live endpoint."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    @classmethod
    def create(
        cls,
        owner: TaxNumber,
        name: str,
        *,
        not_before: datetime = _TEST_FROM,
        not_after: datetime = _TEST_UNTIL,
    ) -> Self:
        """Make a new key and a self-signed certificate for `owner` whose subject says TEST."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        certificate = build_test_certificate(key, owner, name, not_before=not_before, not_after=not_after)
        return cls(key, certificate, title=_test_title(owner))

    def to_pkcs12(self, password: str) -> bytes:
        """Return key and certificate as PKCS#12."""
        certificate = x509.load_der_x509_certificate(self._certificate.der)
        return pkcs12.serialize_key_and_certificates(
            b"TEST", self._key, certificate, None, BestAvailableEncryption(password.encode())
        )

    def save(self, path: Path, password: str) -> None:
        """Keep key and certificate as PKCS#12 at `path`, so that the same seal is used next time."""
        replace_file(path, self.to_pkcs12(password), point=_SAVE)

    @classmethod
    def load(cls, path: Path, password: str) -> Self:
        """Read what `save` wrote. Raises: as `Pkcs12Sealer.load`, and SealError (P12.NOT_TEST)."""
        key, der = _load_pkcs12(path, password)
        sealer = cls(key, der, title="")
        owner = sealer.certificate.owner
        if not sealer.is_test or owner is None:
            raise SealError(
                "P12.NOT_TEST",
                "Bu dosya TEST mührü olarak kullanılamaz.",
                why="İçindeki sertifika programın ürettiği bir TEST sertifikası değil.",
                todo="Gerçek mali mührü kendi komutuyla (--pkcs12) verin.",
            )
        sealer._title = _test_title(owner)
        return sealer


class Pkcs12Sealer(SoftwareSealer):
    """A seal in a .p12/.pfx file."""

    @classmethod
    def load(cls, path: Path, password: str) -> Self:
        """Read key and certificate. The password is used once and not kept.

        Raises: InputError (P12.MISSING, P12.UNREADABLE, P12.NOT_PKCS12, P12.NO_KEY, P12.NOT_RSA),
        SealError (P12.PASSWORD).
        """
        key, der = _load_pkcs12(path, password)
        return cls(key, der, title=f"{path.name} (PKCS#12)")


def build_test_certificate(
    key: rsa.RSAPrivateKey,
    owner: TaxNumber,
    name: str,
    *,
    not_before: datetime = _TEST_FROM,
    not_after: datetime = _TEST_UNTIL,
) -> bytes:
    """Return a self-signed DER certificate built like a mali mühür one, but with TEST in its names.

    serialNumber holds the VKN or TCKN, as mali mühür certificates carry it.
    """
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "TR"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Mühürdar TEST mührü - hukuken geçersiz"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, owner.digits),
            x509.NameAttribute(NameOID.COMMON_NAME, _shorten(f"TEST {name}")),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(Encoding.DER)


def _shorten(name: str) -> str:
    return name.encode()[:_MAX_NAME_BYTES].decode(errors="ignore").strip()


def _test_title(owner: TaxNumber) -> str:
    return f"TEST mührü {owner.digits} (yazılım)"


def _load_pkcs12(path: Path, password: str) -> tuple[rsa.RSAPrivateKey, bytes]:
    try:
        data = path.read_bytes()
    except OSError as e:
        raise InputError(
            "P12.MISSING",
            "Mühür dosyası okunamadı.",
            why=f"{path.name} bulunamadı ya da açılamıyor.",
            todo="Dosyanın yerini ve okuma iznini denetleyin.",
            raw_text=type(e).__name__,
        ) from e
    if not _looks_like_pkcs12(data):
        raise InputError(
            "P12.NOT_PKCS12",
            f"{path.name} bir mühür dosyası değil.",
            why="İçeriği PKCS#12 (.p12, .pfx) biçiminde değil.",
            todo="Anahtarı ve sertifikayı birlikte taşıyan .p12 dosyasını seçin.",
        )
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(data, password.encode())
    except ValueError as e:
        # cryptography raises ValueError both for a wrong password and for damaged content.
        raise SealError(
            "P12.PASSWORD",
            "Mühür dosyası açılamadı.",
            why=f"{path.name} için verilen parola yanlış ya da dosya bozuk.",
            todo="Parolayı denetleyip yeniden verin.",
        ) from e
    if key is None or certificate is None:
        raise InputError(
            "P12.NO_KEY",
            f"{path.name} ile mühür basılamaz.",
            why="Dosyada özel anahtar ve sertifika birlikte bulunmuyor.",
            todo="Dosyayı anahtarıyla birlikte yeniden dışa aktarın.",
        )
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InputError(
            "P12.NOT_RSA",
            f"{path.name} ile mühür basılamaz.",
            why="Anahtar RSA değil; e-belgeler RSA-SHA256 ile mühürleniyor.",
            todo="RSA anahtarlı mali mühür dosyasını seçin.",
        )
    return key, certificate.public_bytes(Encoding.DER)


def _looks_like_pkcs12(data: bytes) -> bool:
    """PFX ::= SEQUENCE { version INTEGER (3), ... } (RFC 7292); the length may take up to five bytes."""
    return data[:1] == b"\x30" and b"\x02\x01\x03" in data[2:9]
