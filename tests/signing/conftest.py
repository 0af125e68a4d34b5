"""Seals, tokens and certificates that the signing tests share."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from app.domain.taxnumber import TaxNumber
from app.signing.demo_token import CONFIG_VARIABLE, init_softhsm_token, store_seal, write_softhsm_config
from app.signing.modules import find_softhsm
from app.signing.soft import SoftwareSealer, TestSealer, build_test_certificate

DATA = Path(__file__).parent.parent / "data" / "signing"
OWNER = TaxNumber("1234567808")
STRANGER = TaxNumber("9876543217")
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PIN = "271828"
_UNTIL = datetime(2040, 1, 1, tzinfo=UTC)
_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Issued:
    """A key with its certificate, issued by `Authority`; the sealer is therefore no TEST one."""

    key: rsa.RSAPrivateKey
    der: bytes

    @property
    def sealer(self) -> SoftwareSealer:
        return SoftwareSealer(self.key, self.der, title="issued")

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def save(self, path: Path, password: str) -> Path:
        certificate = x509.load_der_x509_certificate(self.der)
        encryption = BestAvailableEncryption(password.encode())
        path.write_bytes(pkcs12.serialize_key_and_certificates(b"seal", self.key, certificate, None, encryption))
        return path


class Authority:
    """A certificate authority of the tests, named like the issuer of mali mühür certificates."""

    def __init__(self, name: str = "Deneme Mali Mühür Sertifika Hizmet Sağlayıcısı - Sürüm 1") -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.name = x509.Name(
            [x509.NameAttribute(NameOID.COUNTRY_NAME, "TR"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
        )
        self.certificate = (
            self._builder(self.name, self.key.public_key(), _SINCE, _UNTIL)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        owner: str | None = OWNER.digits,
        name: str = "Örnek Gıda Sanayi A.Ş.",
        *,
        not_before: datetime = _SINCE,
        not_after: datetime = _UNTIL,
    ) -> Issued:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        attributes = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
        if owner is not None:
            attributes.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, owner))
        certificate = (
            self._builder(x509.Name(attributes), key.public_key(), not_before, not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        return Issued(key, certificate.public_bytes(Encoding.DER))

    def _builder(
        self, subject: x509.Name, key: rsa.RSAPublicKey, since: datetime, until: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(since)
            .not_valid_after(until)
        )


@dataclass(frozen=True)
class SoftToken:
    """A SoftHSM2 token made for one test. `pull_out` takes its files away, `put_back` returns them."""

    module: Path
    folder: Path
    label: str
    pin: str

    def pull_out(self) -> None:
        (self.folder / "tokens").rename(self.folder / "pulled")
        (self.folder / "tokens").mkdir()

    def put_back(self) -> None:
        (self.folder / "tokens").rmdir()
        (self.folder / "pulled").rename(self.folder / "tokens")


MakeToken = Callable[..., SoftToken]


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture(scope="session")
def issued(authority: Authority) -> Issued:
    return authority.issue()


@pytest.fixture(scope="session")
def test_seal() -> TestSealer:
    return TestSealer.create(OWNER, "Örnek Gıda Sanayi A.Ş.")


@pytest.fixture(scope="session")
def invoice() -> bytes:
    return (DATA / "invoice.xml").read_bytes()


@pytest.fixture(scope="session")
def answer() -> bytes:
    return (DATA / "answer.xml").read_bytes()


@pytest.fixture
def make_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakeToken]:
    """Make SoftHSM2 tokens in a store of this test's own. Arguments: label, key, certificates (DER)."""
    module, tool = find_softhsm(), shutil.which("softhsm2-util")
    assert module is not None and tool is not None, "mark the test `softhsm`"
    folder = tmp_path / "softhsm"
    config = write_softhsm_config(folder)
    monkeypatch.setenv(CONFIG_VARIABLE, str(config))

    def make(
        label: str = "mali muhur", key: rsa.RSAPrivateKey | None = None, certificates: Sequence[bytes] | None = None
    ) -> SoftToken:
        if key is None:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            certificates = [build_test_certificate(key, OWNER, "Örnek Gıda")]
        init_softhsm_token(tool, config, label=label, pin=PIN)
        store_seal(module, config, label, PIN, key, list(certificates or []))
        return SoftToken(module, folder, label, PIN)

    yield make


@pytest.fixture
def xmlsec(tmp_path: Path) -> Callable[..., None]:
    """`xmlsec(sealed, certificate_der)` fails the test unless xmlsec1 accepts both references and the signature.

    Checked twice: with the certificate's key given from outside (nothing in KeyInfo is believed), and with the
    X.509 data of the document under the given trust anchor.
    """

    def check(sealed: bytes, certificate: bytes, *, anchor: bytes | None = None) -> None:
        document, pem = tmp_path / "sealed.xml", tmp_path / "certificate.pem"
        document.write_bytes(sealed)
        pem.write_bytes(x509.load_der_x509_certificate(certificate).public_bytes(Encoding.PEM))
        root = tmp_path / "anchor.pem"
        root.write_bytes(x509.load_der_x509_certificate(anchor or certificate).public_bytes(Encoding.PEM))
        for key in (
            ["--pubkey-cert-pem", str(pem), "--enabled-key-data", "key-name"],
            ["--trusted-pem", str(root), "--enabled-key-data", "x509"],
        ):
            result = subprocess.run(
                [
                    "xmlsec1",
                    "--verify",
                    *key,
                    "--id-attr:Id",
                    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
                    str(document),
                ],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert result.returncode == 0, result.stderr
            assert "SignedInfo References (ok/all): 2/2" in result.stdout + result.stderr

    return check
