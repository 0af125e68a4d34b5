"""Whether a time stamp token says what it should: RFC 3161 tokens inside XAdES-T signatures, ours or a stranger's.

No network: no CRL and no OCSP. Source: RFC 3161 (tokens), RFC 5652 (signed attributes), RFC 5816 (ESSCertIDv2),
ETSI TS 101 903 v1.3.2 section 7.3 (SignatureTimeStamp).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.domain.errors import InputError
from app.domain.turkish import format_datetime
from app.signing.certificates import describe_certificate, load_certificate, names_of
from app.signing.chain import find_chain_fault
from app.signing.report import TimeStampReport

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_EMPTY = "Zaman damgası okunamadı: içeriği RFC 3161 damgası değil."


class StampFault(Exception):
    """A Turkish sentence why a time stamp cannot be right."""


class UnknownStamp(StampFault):
    """A Turkish sentence why nothing can be said of a time stamp."""


def judge_token(token: bytes, data: bytes, *, anchors: Sequence[x509.Certificate] = ()) -> TimeStampReport:
    """Check a DER token against the bytes that it should stamp. Never raises; what is wrong stands in `reasons`.

    Without `anchors` the chain of the authority's certificate is not judged, which is said. Any thread.
    """
    try:
        signed, info = read_token(token)
    except StampFault as fault:
        return TimeStampReport(valid=False, time=None, authority="", policy="", trusted=None, reasons=(str(fault),))
    time = info["gen_time"].native.astimezone(UTC)
    reasons: list[str] = []
    notes: list[str] = []
    leaf: x509.Certificate | None = None
    valid: bool | None = True
    try:
        ensure_imprint(info, data)
        leaf = _leaf(signed)
        _ensure_purpose(leaf, time)
        _ensure_signed(signed, leaf)
    except UnknownStamp as fault:
        valid = None
        reasons.append(str(fault))
    except StampFault as fault:
        valid = False
        reasons.append(str(fault))
    except (ValueError, TypeError, KeyError, UnsupportedAlgorithm) as error:
        valid = None
        reasons.append(f"Zaman damgası denetlenemedi ({type(error).__name__}).")
    trusted = None
    if leaf is not None and anchors:
        fault_text = find_chain_fault(leaf, others=_certificates(signed), anchors=anchors, at=time)
        trusted = not fault_text
        if fault_text:
            valid = False
            reasons.append(f"Zaman damgası: {fault_text}")
    elif leaf is not None:
        notes.append("Zaman damgasının güven zinciri denetlenmedi: güvenilen kök sertifika verilmedi.")
    return TimeStampReport(
        valid=valid,
        time=time,
        authority=_name_of(leaf) if leaf is not None else "",
        policy=info["policy"].dotted,
        trusted=trusted,
        reasons=(*reasons, *notes),
    )


def read_token(token: bytes) -> tuple[Any, Any]:
    """SignedData and TSTInfo of a DER token (asn1crypto values). Raises: StampFault."""
    try:
        content = cms.ContentInfo.load(token, strict=True)
        if content["content_type"].native != "signed_data":
            raise StampFault(_EMPTY)
        signed = content["content"]
        inside = signed["encap_content_info"]
        if inside["content_type"].native != "tst_info":
            raise StampFault(_EMPTY)
        info = tsp.TSTInfo.load(bytes(inside["content"]), strict=True)
        # asn1crypto reads lazily: what is broken shall show here.
        info["gen_time"].native.astimezone(UTC)
        bytes(info["message_imprint"]["hashed_message"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StampFault(_EMPTY) from error
    return signed, info


def ensure_imprint(info: Any, data: bytes) -> None:
    """Raise StampFault unless the token stamps exactly `data`."""
    imprint = info["message_imprint"]
    name = imprint["hash_algorithm"]["algorithm"].native
    if name not in _HASHES or name == "sha1":
        raise UnknownStamp(f"Zaman damgasının özet algoritması desteklenmiyor: {name}.")
    if hashlib.new(name, data).digest() != imprint["hashed_message"].native:
        raise StampFault("Zaman damgası başka bir imzaya ait: özeti tutmuyor.")


def _certificates(signed: Any) -> list[bytes]:
    return [choice.chosen.dump() for choice in signed["certificates"] if choice.name == "certificate"]


def _signer(signed: Any) -> Any:
    signers = signed["signer_infos"]
    if len(signers) != 1:
        raise StampFault("Zaman damgasında bir değil, birden çok imzacı var.")
    return signers[0]


def _leaf(signed: Any) -> x509.Certificate:
    """The certificate that the signer names; the token must carry it (certReq)."""
    sid = _signer(signed)["sid"]
    for der in _certificates(signed):
        certificate = _certificate(der)
        if certificate is None:
            continue
        if sid.name == "issuer_and_serial_number":
            wanted = sid.chosen
            if (
                names_of(certificate)[0] == wanted["issuer"].dump()
                and certificate.serial_number == wanted["serial_number"].native
            ):
                return certificate
        elif _key_id(certificate) == sid.chosen.native:
            return certificate
    raise StampFault("Zaman damgasında damgayı basan kurumun sertifikası yok.")


def _certificate(der: bytes) -> x509.Certificate | None:
    """A broken extra certificate proves nothing and stops nothing."""
    try:
        return load_certificate(der)
    except InputError:
        return None


def _key_id(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    except (x509.ExtensionNotFound, ValueError):
        return None


def _ensure_purpose(leaf: x509.Certificate, time: datetime) -> None:
    """Time stamping is the certificate's only purpose (RFC 3161 section 2.3), and it was in force."""
    try:
        usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError) as error:
        raise StampFault("Damgayı basan sertifika zaman damgası sertifikası değil.") from error
    if list(usage) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise StampFault("Damgayı basan sertifika zaman damgası sertifikası değil.")
    if not leaf.not_valid_before_utc <= time <= leaf.not_valid_after_utc:
        raise StampFault(f"Zaman damgası sertifikası damga anında ({format_datetime(time)}) geçerli değil.")


def _ensure_signed(signed: Any, leaf: x509.Certificate) -> None:
    signer = _signer(signed)
    digest_name = signer["digest_algorithm"]["algorithm"].native
    if digest_name not in _HASHES:
        raise UnknownStamp(f"Zaman damgasının imza algoritması desteklenmiyor: {digest_name}.")
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    said = attributes.get("message_digest")
    if (
        said is None
        or said[0].native != hashlib.new(digest_name, bytes(signed["encap_content_info"]["content"])).digest()
    ):
        raise StampFault("Zaman damgasının içeriği imzalandıktan sonra değişmiş.")
    kind = attributes.get("content_type")
    if kind is None or kind[0].native != "tst_info":
        raise StampFault("Zaman damgasının imzası başka türde bir içerik için atılmış.")
    _ensure_bound(attributes, leaf)
    # The signature covers the attributes as a SET OF, whatever tag they carry inside the token (RFC 5652 5.4).
    covered = signer["signed_attrs"].untag().dump()
    value = signer["signature"].native
    algorithm = signer["signature_algorithm"]
    hashed = _HASHES[algorithm.hash_algo if _says_hash(algorithm) else digest_name]
    key = leaf.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pkcs1v15":
            key.verify(value, covered, padding.PKCS1v15(), hashed)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.signature_algo == "rsassa_pss":
            salt = algorithm["parameters"]["salt_length"].native
            key.verify(value, covered, padding.PSS(padding.MGF1(hashed), salt), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.signature_algo == "ecdsa":
            key.verify(value, covered, ec.ECDSA(hashed))
        else:
            raise UnknownStamp("Zaman damgasının imza algoritması desteklenmiyor.")
    except InvalidSignature as error:
        raise StampFault("Zaman damgasının imzası yanlış.") from error


def _says_hash(algorithm: Any) -> bool:
    """A bare rsaEncryption leaves the hash to digestAlgorithm."""
    try:
        return algorithm.hash_algo in _HASHES
    except ValueError:
        return False


def _ensure_bound(attributes: dict[str, Any], leaf: x509.Certificate) -> None:
    """ESSCertID or ESSCertIDv2 names the very certificate (RFC 3161 section 2.4.2, RFC 5816)."""
    der = leaf.public_bytes(Encoding.DER)
    newer, older = attributes.get("signing_certificate_v2"), attributes.get("signing_certificate")
    if newer is not None:
        first = newer[0]["certs"][0]
        named, name = first["cert_hash"].native, first["hash_algorithm"]["algorithm"].native
    elif older is not None:
        named, name = older[0]["certs"][0]["cert_hash"].native, "sha1"
    else:
        raise StampFault("Zaman damgası, basan sertifikayı imzalı olarak belirtmiyor.")
    if name not in _HASHES or hashlib.new(name, der, usedforsecurity=False).digest() != named:
        raise StampFault("Zaman damgasının belirttiği sertifika, içindekiyle aynı değil.")


def _name_of(leaf: x509.Certificate) -> str:
    """The common name, else the whole name."""
    described = describe_certificate(leaf.public_bytes(Encoding.DER))
    return described.owner_name or described.subject
