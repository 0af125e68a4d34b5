"""What the application needs to know of an X.509 certificate. The only reader of certificates.

A mali mühür certificate names its owner in the subject attribute serialNumber (OID 2.5.4.5): VKN, 10 digits, or
TCKN, 11 digits; the title stands in CN. Source: the certificates in GİB's own signed samples (e-FaturaPaketi).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from app.domain.errors import InputError
from app.domain.protocols import CertificateInfo
from app.domain.taxnumber import InvalidTaxNumber, TaxNumber, parse_tax_number

# RFC 4514 section 3 and Java's RFC 2253 form print these by name, everything else as OID=#hex. Signatures in the
# field use that form, and some validators compare the issuer name as text.
_SHORT_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
}
_COMMON_NAME = "2.5.4.3"
_ORGANISATION = "2.5.4.10"
_SERIAL_NUMBER = "2.5.4.5"
_TEXT_CODECS = {12: "utf-8", 18: "ascii", 19: "ascii", 20: "latin-1", 22: "ascii", 28: "utf-32-be", 30: "utf-16-be"}
_ESCAPED = frozenset('",+;<>\\')


@dataclass(frozen=True, slots=True)
class NamePart:
    """One attribute of a distinguished name: dotted OID, text, and the DER of the value."""

    oid: str
    text: str
    der: bytes


def load_certificate(der: bytes) -> x509.Certificate:
    """Return the parsed certificate. Raises: InputError (CERT.UNREADABLE)."""
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as e:
        raise InputError(
            "CERT.UNREADABLE",
            "Sertifika okunamadı.",
            why="İçeriği geçerli bir X.509 sertifikası değil.",
            todo="Sertifikayı veya tokeni sağlayan kuruma başvurun.",
            raw_text=str(e),
        ) from e


@lru_cache(maxsize=256)
def describe_certificate(der: bytes) -> CertificateInfo:
    """Return owner, names, dates and test mark of one DER certificate. Raises: InputError (CERT.UNREADABLE).

    `is_test` is true for every self-signed certificate: a real mali mühür is always issued by a certificate
    authority, so a self-signed one is nobody's proof and must never reach a live endpoint.
    """
    certificate = load_certificate(der)
    try:
        issuer, subject = (parse_name(name) for name in names_of(certificate))
        return CertificateInfo(
            der=der,
            subject=format_name(subject),
            issuer=format_name(issuer),
            serial_hex=f"{certificate.serial_number:X}",
            owner=_owner(subject),
            owner_name=_first(subject, _COMMON_NAME) or _first(subject, _ORGANISATION),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            is_test=is_self_signed(certificate),
        )
    except (ValueError, IndexError) as e:
        raise InputError(
            "CERT.UNREADABLE",
            "Sertifikanın sahip bilgileri okunamadı.",
            why="Ad alanları bozuk.",
            todo="Sertifikayı sağlayan kuruma başvurun.",
            raw_text=str(e),
        ) from e


def is_self_signed(certificate: x509.Certificate) -> bool:
    """True when the certificate was issued by its own key."""
    issuer, subject = names_of(certificate)
    return issuer == subject and is_issued_by(certificate, certificate)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """True when `issuer` has the right name and its key signed `certificate`."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        # Wrong name, a key type or hash that cannot be checked, or a wrong signature: all mean "not shown".
        return False
    return True


def is_authority(certificate: x509.Certificate) -> bool:
    """True for a certificate of a certificate authority (BasicConstraints CA)."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False


def rsa_public_key(certificate: CertificateInfo) -> rsa.RSAPublicKey:
    """Return the RSA key of the certificate. Raises: InputError (CERT.NOT_RSA)."""
    key = load_certificate(certificate.der).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise InputError(
            "CERT.NOT_RSA",
            "Bu sertifikayla mühür basılamaz.",
            why="Sertifikanın anahtarı RSA değil; e-belgeler RSA-SHA256 ile mühürleniyor.",
            todo="RSA anahtarlı mali mühür sertifikasını seçin.",
        )
    return key


def load_certificates(data: bytes) -> list[bytes]:
    """Return the DER certificates in a PEM file (one or many) or a DER file. Raises: InputError."""
    if b"-----BEGIN" not in data:
        load_certificate(data)
        return [data]
    try:
        return [c.public_bytes(Encoding.DER) for c in x509.load_pem_x509_certificates(data)]
    except ValueError as e:
        raise InputError(
            "CERT.UNREADABLE",
            "Güvenilen sertifika dosyası okunamadı.",
            why="PEM veya DER biçiminde sertifika içermiyor.",
            todo="Kök sertifikayı yayımlayan kurumun sitesinden yeniden indirin.",
            raw_text=str(e),
        ) from e


def parse_name(der: bytes) -> list[NamePart]:
    """Return the attributes of a DER Name in the order they are encoded.

    Read by hand because cryptography does not give the encoded value, which `OID=#hex` needs.
    """
    parts = []
    for _tag, rdn, _raw in _elements(_body(der)):
        for _set_tag, attribute, _set_raw in _elements(rdn):
            (_, oid, _), (tag, content, raw) = list(_elements(attribute))[:2]
            text = content.decode(_TEXT_CODECS[tag], errors="replace") if tag in _TEXT_CODECS else ""
            parts.append(NamePart(_dotted(oid), text, raw))
    return parts


def format_name(parts: list[NamePart]) -> str:
    """Return the name as RFC 4514 text, last attribute first: `CN=…,2.5.4.5=#130a…,OU=…`."""
    return ",".join(
        f"{_SHORT_NAMES[p.oid]}={_escape(p.text)}" if p.oid in _SHORT_NAMES else f"{p.oid}=#{p.der.hex()}"
        for p in reversed(parts)
    )


def names_of(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Return the DER of issuer and subject.

    Taken from the encoding: cryptography warns about names longer than X.520 allows, and the issuer of real mali
    mühür certificates is one of those.
    """
    fields = list(_elements(_body(certificate.tbs_certificate_bytes)))
    at = 1 if fields[0][0] == 0xA0 else 0  # the version is optional
    return fields[at + 2][2], fields[at + 4][2]


def _owner(subject: list[NamePart]) -> TaxNumber | None:
    for part in subject:
        if part.oid == _SERIAL_NUMBER:
            try:
                return parse_tax_number(part.text)
            except InvalidTaxNumber:
                continue
    return None


def _first(parts: list[NamePart], oid: str) -> str:
    return next((p.text for p in parts if p.oid == oid), "")


def _escape(text: str) -> str:
    escaped = "".join(f"\\{c}" if c in _ESCAPED else "\\00" if c == "\0" else c for c in text)
    if escaped.endswith(" "):
        escaped = f"{escaped[:-1]}\\ "
    return f"\\{escaped}" if escaped[:1] in ("#", " ") and escaped != "\\ " else escaped


def _dotted(encoded: bytes) -> str:
    arcs, value = [], 0
    for byte in encoded:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            arcs.append(value)
            value = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, [first, arcs[0] - 40 * first, *arcs[1:]]))


def _body(der: bytes) -> bytes:
    return next(iter(_elements(der)))[1]


def _elements(der: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (tag, content, whole element) of each DER element in a row."""
    at = 0
    while at < len(der):
        start, tag, length = at, der[at], der[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size], "big")
            at += size
        end = at + length
        if end > len(der):
            raise ValueError("truncated DER")
        yield tag, der[at:end], der[start:end]
        at = end
