"""The one builder of XAdES-BES signatures, for invoices, answers, ledgers and berats.

It works on text: the signature is written in canonical form from the start, so the digests of SignedProperties
and SignedInfo are taken from the very characters that are inserted, and the document is never serialised again.
Libraries were tried on paper and left: signxml cannot give SigningCertificate V1 alone, one transform per reference
and a SignatureValue Id together.
Source: GİB guide Ek-3 V1.4 section 3 (skeleton); ETSI TS 101 903 v1.3.2; UBL-TR Schematron XadesSignatureCheck.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.dates import ISTANBUL
from app.domain.protocols import CertificateInfo
from app.signing.canonical import C14N_10, ENVELOPED, RSA_SHA256, SHA256, SIGNED_PROPERTIES_TYPE
from app.signing.certificates import rsa_public_key
from app.ubl.namespaces import DS, XADES

_XML_NAMESPACE = "{http://www.w3.org/XML/1998/namespace}"
_AFTER_PROPERTIES = "</xades:QualifyingProperties></ds:Object></ds:Signature>"
_NCNAME = re.compile(r"[^\W\d][\w.\-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureIds:
    """The Ids inside one signature; unique in the document, and NCNames (no colon, no digit first)."""

    signature: str
    signed_info: str
    signed_properties: str
    signature_value: str

    def __post_init__(self) -> None:
        for text in (self.signature, self.signed_info, self.signed_properties, self.signature_value):
            if not _NCNAME.fullmatch(text):
                raise ValueError(f"not an XML Id: {text!r}")

    @classmethod
    def for_signature(cls, signature_id: str) -> SignatureIds:
        """`Signature_ABC…` gives `SignedInfo_ABC…`, `SignedProperties_ABC…`, `SignatureValue_ABC…`."""
        stem = signature_id.removeprefix("Signature_")
        return cls(
            signature=signature_id,
            signed_info=f"SignedInfo_{stem}",
            signed_properties=f"SignedProperties_{stem}",
            signature_value=f"SignatureValue_{stem}",
        )


@dataclass(frozen=True, slots=True)
class PreparedSignature:
    """A signature that lacks only its value. `digest` is the SHA-256 of the canonical SignedInfo, to be signed."""

    digest: bytes
    _before: str
    _after: str
    _value_apex: str
    _stamp_id: str

    def finish(self, value: bytes, *, time_stamp: bytes = b"") -> bytes:
        """Return the whole `ds:Signature` element as UTF-8 bytes.

        `time_stamp` is the DER token over `stamped_bytes(value)`: with it the signature is XAdES-T.
        """
        unsigned = _unsigned_properties(time_stamp, self._stamp_id) if time_stamp else ""
        return f"{self._before}{_b64(value)}{self._after}{unsigned}{_AFTER_PROPERTIES}".encode()

    def stamped_bytes(self, value: bytes) -> bytes:
        """What a SignatureTimeStamp covers: the canonical ds:SignatureValue (ETSI TS 101 903 v1.3.2, 7.3)."""
        return f"{self._value_apex}{_b64(value)}</ds:SignatureValue>".encode()


def prepare_signature(
    *,
    digest: bytes,
    certificate: CertificateInfo,
    signing_time: datetime,
    ids: SignatureIds,
    role: str,
    namespaces: Mapping[str | None, str],
    xml_attributes: Mapping[str, str] | None = None,
) -> PreparedSignature:
    """Write everything of the signature but its value.

    `digest` is the SHA-256 of the canonical document without the signature (URI=""). `namespaces` are those in scope
    where the signature will stand (lxml's `nsmap`), `xml_attributes` the xml:* attributes in force there by full
    name: C14N 1.0 repeats both on the signed parts. `signing_time` is aware; it is written in Istanbul time.
    `role` empty leaves SignerRole out. Raises: ValueError for a naive time or a digest of another length.
    """
    if signing_time.tzinfo is None:
        raise ValueError("signing_time must be aware")
    if len(digest) != 32:
        raise ValueError("digest must be SHA-256")
    scope = _scope(namespaces)
    inherited = _attributes(xml_attributes or {})
    properties = _signed_properties(certificate, signing_time, role)
    properties_apex = f'<xades:SignedProperties{scope} Id="{ids.signed_properties}"{inherited}>'
    properties_digest = _sha256(f"{properties_apex}{properties}</xades:SignedProperties>")
    info = _signed_info(digest, properties_digest, ids)
    info_apex = f'<ds:SignedInfo{scope} Id="{ids.signed_info}"{inherited}>'
    before = (
        f'<ds:Signature xmlns:ds="{DS}" xmlns:xades="{XADES}" Id="{ids.signature}">'
        f'<ds:SignedInfo Id="{ids.signed_info}">{info}</ds:SignedInfo>'
        f'<ds:SignatureValue Id="{ids.signature_value}">'
    )
    after = (
        f"</ds:SignatureValue>{_key_info(certificate)}<ds:Object>"
        f'<xades:QualifyingProperties Target="#{ids.signature}">'
        f'<xades:SignedProperties Id="{ids.signed_properties}">{properties}</xades:SignedProperties>'
    )
    return PreparedSignature(
        _sha256(f"{info_apex}{info}</ds:SignedInfo>"),
        before,
        after,
        f'<ds:SignatureValue{scope} Id="{ids.signature_value}"{inherited}>',
        f"TimeStamp_{ids.signature.removeprefix('Signature_')}",
    )


def build_signature(
    *,
    digest: bytes,
    certificate: CertificateInfo,
    signing_time: datetime,
    ids: SignatureIds,
    role: str,
    namespaces: Mapping[str | None, str],
    sign: Callable[[bytes], bytes],
    xml_attributes: Mapping[str, str] | None = None,
) -> bytes:
    """Return a whole `ds:Signature` for a digest computed elsewhere (ledgers hash while they write).

    `sign` takes the SHA-256 digest of SignedInfo (32 bytes) and returns the RSASSA-PKCS1-v1_5 signature, so that
    `lambda d: sealer.sign([d])[0]` fits. The other arguments are those of `prepare_signature`. The caller
    verifies the document after inserting the bytes.
    """
    prepared = prepare_signature(
        digest=digest,
        certificate=certificate,
        signing_time=signing_time,
        ids=ids,
        role=role,
        namespaces=namespaces,
        xml_attributes=xml_attributes,
    )
    return prepared.finish(sign(prepared.digest))


def _signed_info(digest: bytes, properties_digest: bytes, ids: SignatureIds) -> str:
    # Exactly one Reference with URI="" and one Transform in it: the Schematron refuses a second one.
    return (
        f'<ds:CanonicalizationMethod Algorithm="{C14N_10}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod>'
        '<ds:Reference URI=""><ds:Transforms>'
        f'<ds:Transform Algorithm="{ENVELOPED}"></ds:Transform></ds:Transforms>'
        f"{_digest(digest)}</ds:Reference>"
        f'<ds:Reference Type="{SIGNED_PROPERTIES_TYPE}" URI="#{ids.signed_properties}">'
        f"{_digest(properties_digest)}</ds:Reference>"
    )


def _signed_properties(certificate: CertificateInfo, signing_time: datetime, role: str) -> str:
    local = signing_time.astimezone(ISTANBUL).replace(microsecond=0)
    signer_role = (
        "<xades:SignerRole><xades:ClaimedRoles>"
        f"<xades:ClaimedRole>{_text(role)}</xades:ClaimedRole>"
        "</xades:ClaimedRoles></xades:SignerRole>"
        if role
        else ""
    )
    return (
        "<xades:SignedSignatureProperties>"
        f"<xades:SigningTime>{local.isoformat()}</xades:SigningTime>"
        "<xades:SigningCertificate><xades:Cert>"
        f"<xades:CertDigest>{_digest(hashlib.sha256(certificate.der).digest())}</xades:CertDigest>"
        f"<xades:IssuerSerial><ds:X509IssuerName>{_text(certificate.issuer)}</ds:X509IssuerName>"
        f"<ds:X509SerialNumber>{int(certificate.serial_hex, 16)}</ds:X509SerialNumber></xades:IssuerSerial>"
        "</xades:Cert></xades:SigningCertificate>"
        f"{signer_role}</xades:SignedSignatureProperties>"
    )


def _unsigned_properties(token: bytes, stamp_id: str) -> str:
    return (
        "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
        f'<xades:SignatureTimeStamp Id="{stamp_id}">'
        f'<ds:CanonicalizationMethod Algorithm="{C14N_10}"></ds:CanonicalizationMethod>'
        f"<xades:EncapsulatedTimeStamp>{_b64(token)}</xades:EncapsulatedTimeStamp></xades:SignatureTimeStamp>"
        "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
    )


def _key_info(certificate: CertificateInfo) -> str:
    numbers = rsa_public_key(certificate).public_numbers()
    return (
        "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue>"
        f"<ds:Modulus>{_b64(_unsigned(numbers.n))}</ds:Modulus><ds:Exponent>{_b64(_unsigned(numbers.e))}</ds:Exponent>"
        "</ds:RSAKeyValue></ds:KeyValue><ds:X509Data>"
        f"<ds:X509SubjectName>{_text(certificate.subject)}</ds:X509SubjectName>"
        f"<ds:X509Certificate>{_b64(certificate.der)}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo>"
    )


def _digest(value: bytes) -> str:
    return f'<ds:DigestMethod Algorithm="{SHA256}"></ds:DigestMethod><ds:DigestValue>{_b64(value)}</ds:DigestValue>'


def _scope(namespaces: Mapping[str | None, str]) -> str:
    """The namespace declarations of a canonical apex: by prefix, the default one first."""
    in_scope = {prefix or "": uri for prefix, uri in namespaces.items() if prefix != "xml"}
    in_scope.update({"ds": DS, "xades": XADES})
    return "".join(
        f' xmlns:{prefix}="{_attribute(uri)}"' if prefix else f' xmlns="{_attribute(uri)}"'
        for prefix, uri in sorted(in_scope.items())
        if prefix or uri
    )


def _attributes(xml_attributes: Mapping[str, str]) -> str:
    return "".join(
        f' xml:{name.removeprefix(_XML_NAMESPACE)}="{_attribute(value)}"'
        for name, value in sorted(xml_attributes.items())
    )


def _text(value: str) -> str:
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\r", "&#xD;")


def _attribute(value: str) -> str:
    escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return escaped.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _unsigned(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
