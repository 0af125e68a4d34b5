"""Verification of XAdES signatures in any XML document, ours or a stranger's. No network.

Understands more than we write: C14N 1.0, 1.1 and exclusive, with and without comments, RSA and ECDSA with SHA-1 to
SHA-512, SigningCertificate V1 and V2, counter signatures (GİB's approved berats). What it cannot judge it says.
Source: W3C XML Signature 1.1; ETSI TS 101 903 v1.3.2 and v1.4.1; UBL-TR Schematron; e-Defter guides.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from app.domain.dates import ISTANBUL
from app.domain.errors import InputError
from app.domain.protocols import CertificateInfo
from app.domain.turkish import format_datetime
from app.signing.canonical import (
    DEFAULT_METHOD,
    ENVELOPED,
    METHODS,
    Method,
    canonical_document,
    canonical_element,
    detached,
)
from app.signing.certificates import describe_certificate, load_certificate
from app.signing.chain import find_chain_fault, load_anchors
from app.signing.report import SignatureReport, TimeStampReport, VerifyReport
from app.signing.stamp_in_xml import read_time_stamp
from app.ubl import xmlsafe
from app.ubl.namespaces import DS, SBDH

_NS = {"ds": DS}
_SIGNATURE = f"{{{DS}}}Signature"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"
_DIGESTS: dict[str, Callable[[bytes], bytes]] = {
    f"{DS}sha1": lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    f"{_MORE}sha224": lambda data: hashlib.sha224(data).digest(),
    f"{_ENC}sha256": lambda data: hashlib.sha256(data).digest(),
    f"{_MORE}sha384": lambda data: hashlib.sha384(data).digest(),
    f"{_ENC}sha512": lambda data: hashlib.sha512(data).digest(),
}
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_METHOD = re.compile(rf"(?:{re.escape(DS)}|{re.escape(_MORE)})(rsa|ecdsa)-(sha1|sha224|sha256|sha384|sha512)")
_DATE_FRACTION = re.compile(r"\.\d+")


class _Fault(Exception):
    """A Turkish sentence why this signature cannot be right."""


def read_tree(raw: bytes, *, max_bytes: int = xmlsafe.MAX_BYTES) -> etree._ElementTree:
    """The safe parse, with every comment and blank kept, since all of them are signed. Raises: InputError."""
    return xmlsafe.parse(raw, max_bytes=max_bytes)


def verify_document(raw: bytes, *, trust: Sequence[bytes] = (), max_bytes: int = xmlsafe.MAX_BYTES) -> VerifyReport:
    """Check every signature in an XML document.

    `trust` are PEM or DER files of certificates to trust; without them the chain is not judged, which is said.
    `max_bytes` may be raised for ledgers; the whole tree is held in memory.
    Raises: InputError when `raw` is not XML or `trust` holds no certificate. Any thread.
    """
    return verify_tree(read_tree(raw, max_bytes=max_bytes), trust=trust)


def verify_tree(
    tree: etree._ElementTree, *, trust: Sequence[bytes] = (), document_sha256: bytes | None = None
) -> VerifyReport:
    """As `verify_document`, for a parsed tree; the tree is left as it was.

    `document_sha256` is the SHA-256 of the canonical document without its signature, taken elsewhere: `tree` may then
    be the root and the signature alone (a ledger of 200 MB is not parsed for its seal).
    """
    anchors = load_anchors(trust)
    found = list(tree.getroot().iter(_SIGNATURE))
    return VerifyReport(signatures=tuple(_check(tree, element, anchors, document_sha256) for element in found))


def _check(
    tree: etree._ElementTree,
    signature: etree._Element,
    anchors: Sequence[x509.Certificate],
    document_sha256: bytes | None = None,
) -> SignatureReport:
    reasons: list[str] = []
    notes: list[str] = []
    certificates = _certificates(signature)
    properties = _signed_properties(signature)
    leaf = _choose_leaf(certificates, properties)
    info = _describe(leaf, reasons)
    digest_ok = _guarded(lambda: _check_references(tree, signature, properties, notes, document_sha256), reasons)
    signature_ok = leaf is not None and _guarded(lambda: _check_value(signature, leaf, notes), reasons)
    signing_time = _signing_time(properties)
    bound = _guarded(lambda: _check_binding(leaf, properties), reasons)
    in_force = _check_dates(info, signing_time, reasons)
    stamp = read_time_stamp(signature, anchors)
    if stamp is not None and not stamp.valid:
        (notes if stamp.valid is None else reasons).extend(stamp.reasons)
    trusted = None
    if info is not None and anchors:
        fault = find_chain_fault(
            load_certificate(info.der), others=certificates, anchors=anchors, at=signing_time or info.not_before
        )
        trusted = not fault
        if fault:
            reasons.append(fault)
    elif info is not None and not info.is_test:
        notes.append("Güven zinciri denetlenmedi: güvenilen kök sertifika verilmedi.")
    if not digest_ok and etree.QName(tree.getroot()).namespace == SBDH:
        notes.append("Belge bir zarfın içinde; mühür, zarftan çıkarılan belgede denetlenir.")
    if info is not None and info.is_test:
        notes.append("Sertifika TEST sertifikasıdır (kendinden imzalı); hukuki değeri yoktur.")
    return SignatureReport(
        id=signature.get("Id", ""),
        valid=digest_ok and signature_ok and bound and in_force and trusted is not False and not _is_broken(stamp),
        digest_ok=digest_ok,
        signature_ok=signature_ok,
        certificate=info,
        signing_time=signing_time,
        role=_role(properties),
        trusted=trusted,
        reasons=tuple(dict.fromkeys([*reasons, *notes])),
        time_stamp=stamp,
    )


def _is_broken(stamp: TimeStampReport | None) -> bool:
    return stamp is not None and stamp.valid is False


def _guarded(check: Callable[[], None], reasons: list[str]) -> bool:
    try:
        check()
    except _Fault as fault:
        reasons.append(str(fault))
        return False
    return True


# --- references -----------------------------------------------------------------------------------------------


def _check_references(
    tree: etree._ElementTree,
    signature: etree._Element,
    properties: etree._Element | None,
    notes: list[str],
    document_sha256: bytes | None,
) -> None:
    references = signature.findall("ds:SignedInfo/ds:Reference", _NS)
    if not references:
        raise _Fault("İmza hiçbir veriyi kapsamıyor.")
    covered: list[etree._Element] = []
    for reference in references:
        target = _target(tree, reference.get("URI"))
        if document_sha256 is not None and reference.get("URI") == "":
            _compare_known(reference, document_sha256)
        else:
            _compare_digest(reference, _referenced_bytes(tree, signature, reference, target), notes)
        covered.append(target)
    # Only what is covered is proven: a signature over another part of the file proves nothing about the document.
    if not any(target is needed for target in covered for needed in _must_cover(tree, signature)):
        raise _Fault("İmza belgenin tamamını kapsamıyor.")
    if properties is not None and not any(target is properties for target in covered):
        raise _Fault("İmza özellikleri (SignedProperties) imzalanmamış.")


def _must_cover(tree: etree._ElementTree, signature: etree._Element) -> list[etree._Element]:
    """What a signature has to cover: the document, or for a counter signature the value it confirms."""
    parent = next(signature.iterancestors(_SIGNATURE), None)
    if parent is None:
        return [tree.getroot()]
    return parent.findall("ds:SignatureValue", _NS)


def _target(tree: etree._ElementTree, uri: str | None) -> etree._Element:
    if uri in ("", "#xpointer(/)"):
        return tree.getroot()
    if uri is None or not uri.startswith("#"):
        raise _Fault(f"İmza belgenin dışındaki bir veriye bağlı: {(uri or '')[:60]}")
    name = uri[1:]
    pointer = re.fullmatch(r"xpointer\(id\(['\"](.+)['\"]\)\)", name)
    wanted = pointer[1] if pointer else name
    found = tree.xpath("//*[@Id=$wanted or @ID=$wanted or @id=$wanted]", wanted=wanted)
    if not isinstance(found, list) or len(found) != 1:
        # Two elements with one Id would let a reader look at one and the verifier at the other.
        raise _Fault(f"İmzanın bağlı olduğu {wanted[:60]} kimliği belgede bir tane değil.")
    target = found[0]
    if not isinstance(target, etree._Element):
        raise _Fault(f"İmzanın bağlı olduğu {wanted[:60]} kimliği bir alan değil.")
    return target


def _referenced_bytes(
    tree: etree._ElementTree, signature: etree._Element, reference: etree._Element, target: etree._Element
) -> bytes:
    enveloped = False
    method, prefixes, canonical = DEFAULT_METHOD, None, False
    for transform in reference.findall("ds:Transforms/ds:Transform", _NS):
        algorithm = transform.get("Algorithm", "")
        if canonical:
            raise _Fault("İmzada kurallı biçimden (C14N) sonra başka dönüşüm var; desteklenmiyor.")
        if algorithm == ENVELOPED:
            enveloped = True
        elif algorithm in METHODS:
            method, prefixes, canonical = METHODS[algorithm], _prefixes(transform), True
        else:
            raise _Fault(f"İmzadaki dönüşüm desteklenmiyor: {algorithm[:80]}")
    # A same-document reference drops comments, whatever the canonicalization says (XML Signature 4.4.3.2).
    if not (reference.get("URI") or "").startswith("#xpointer"):
        method = Method(exclusive=method.exclusive, inherits_id=method.inherits_id)
    with detached(signature) if enveloped else nullcontext():
        if target is tree.getroot():
            return canonical_document(tree, method, prefixes=prefixes)
        return canonical_element(target, method, prefixes=prefixes)


def _compare_digest(reference: etree._Element, data: bytes, notes: list[str]) -> None:
    algorithm = _attribute(reference, "ds:DigestMethod", "Algorithm")
    digest = _DIGESTS.get(algorithm)
    if digest is None:
        raise _Fault(f"Özet algoritması desteklenmiyor: {algorithm[:80]}")
    if algorithm.endswith("sha1"):
        notes.append("Özet zayıf bir algoritmayla (SHA-1) alınmış.")
    if digest(data) != _decoded(reference.findtext("ds:DigestValue", "", _NS)):
        where = "belge" if not reference.get("URI") else "imza özellikleri"
        raise _Fault(f"Özet tutmuyor: {where} imzalandıktan sonra değişmiş.")


def _compare_known(reference: etree._Element, known: bytes) -> None:
    """The digest of a document that was hashed as it was read; only what our own ledgers use can be judged so."""
    transforms = [one.get("Algorithm", "") for one in reference.findall("ds:Transforms/ds:Transform", _NS)]
    if transforms != [ENVELOPED] or _attribute(reference, "ds:DigestMethod", "Algorithm") != f"{_ENC}sha256":
        raise _Fault("İmzanın dönüşümü ya da özet algoritması parça parça okuyarak denetlenemiyor.")
    if known != _decoded(reference.findtext("ds:DigestValue", "", _NS)):
        raise _Fault("Özet tutmuyor: belge imzalandıktan sonra değişmiş.")


# --- signature value ------------------------------------------------------------------------------------------


def _check_value(signature: etree._Element, leaf: bytes, notes: list[str]) -> None:
    signed_info = signature.find("ds:SignedInfo", _NS)
    if signed_info is None:
        raise _Fault("İmzada SignedInfo yok.")
    canonicalization = _attribute(signed_info, "ds:CanonicalizationMethod", "Algorithm")
    if canonicalization not in METHODS:
        raise _Fault(f"Kurallı biçim (C14N) yöntemi desteklenmiyor: {canonicalization[:80]}")
    algorithm = _attribute(signed_info, "ds:SignatureMethod", "Algorithm")
    match = _METHOD.fullmatch(algorithm)
    if match is None:
        raise _Fault(f"İmza algoritması desteklenmiyor: {algorithm[:80]}")
    if match[2] == "sha1":
        notes.append("İmza zayıf bir algoritmayla (SHA-1) atılmış; GİB bunu kabul etmez.")
    method_element = signed_info.find("ds:CanonicalizationMethod", _NS)
    prefixes = _prefixes(method_element) if method_element is not None else None
    data = canonical_element(signed_info, METHODS[canonicalization], prefixes=prefixes)
    value = _decoded(signature.findtext("ds:SignatureValue", "", _NS))
    try:
        _verify_value(load_certificate(leaf).public_key(), match[1], _HASHES[match[2]], value, data)
    except InvalidSignature as e:
        raise _Fault("İmza değeri yanlış: sertifikanın anahtarıyla atılmamış ya da imza bozulmuş.") from e
    except (UnsupportedAlgorithm, InputError) as e:
        raise _Fault("İmza değeri denetlenemedi: sertifikanın anahtarı desteklenmiyor.") from e


def _verify_value(key: object, family: str, algorithm: hashes.HashAlgorithm, value: bytes, data: bytes) -> None:
    if family == "rsa" and isinstance(key, rsa.RSAPublicKey):
        key.verify(value, data, padding.PKCS1v15(), algorithm)
    elif family == "ecdsa" and isinstance(key, ec.EllipticCurvePublicKey):
        # XML Signature writes r and s side by side; cryptography wants them in DER.
        half = len(value) // 2
        pair = (int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))
        key.verify(encode_dss_signature(*pair), data, ec.ECDSA(algorithm))
    else:
        raise _Fault("İmza algoritması sertifikanın anahtarına uymuyor.")


# --- certificate and signed properties ------------------------------------------------------------------------


def _certificates(signature: etree._Element) -> list[bytes]:
    found = []
    for element in signature.iterfind("ds:KeyInfo/ds:X509Data/ds:X509Certificate", _NS):
        try:
            found.append(_decoded(element.text))
        except _Fault:
            # Reported as a missing certificate when no other one is there.
            continue
    return found


def _choose_leaf(certificates: list[bytes], properties: etree._Element | None) -> bytes | None:
    """The signer's certificate: the one the signed properties name, else the first one given."""
    for der in certificates:
        try:
            _check_binding(der, properties)
        except _Fault:
            continue
        return der
    return certificates[0] if certificates else None


def _describe(leaf: bytes | None, reasons: list[str]) -> CertificateInfo | None:
    if leaf is None:
        reasons.append("İmzada sertifika yok.")
        return None
    try:
        return describe_certificate(leaf)
    except InputError as e:
        reasons.append(e.sentence)
        return None


def _signed_properties(signature: etree._Element) -> etree._Element | None:
    for candidate in signature.iterfind("ds:Object/*/*", _NS):
        if _is_xades(candidate, "SignedProperties") and _is_xades(candidate.getparent(), "QualifyingProperties"):
            return candidate
    return None


def _check_binding(leaf: bytes | None, properties: etree._Element | None) -> None:
    """The signed properties must name the very certificate that is used."""
    if properties is None:
        raise _Fault("İmza XAdES değil: imza özellikleri (SignedProperties) yok.")
    if leaf is None:
        raise _Fault("İmzada sertifika yok.")
    digests = [
        element
        for element in properties.iter(etree.Element)
        if _is_xades(element, "CertDigest") and _is_xades(_grandparent(element), "SigningCertificate*")
    ]
    if not digests:
        raise _Fault("İmza özelliklerinde imzalayanın sertifikası (SigningCertificate) yok.")
    digest = _DIGESTS.get(_attribute(digests[0], "ds:DigestMethod", "Algorithm"))
    if digest is None:
        raise _Fault("İmza özelliklerindeki sertifika özetinin algoritması desteklenmiyor.")
    if digest(leaf) != _decoded(digests[0].findtext("ds:DigestValue", "", _NS)):
        raise _Fault("İmza özelliklerindeki sertifika özeti, imzadaki sertifikaya uymuyor.")


def _signing_time(properties: etree._Element | None) -> datetime | None:
    text = _xades_text(properties, "SigningTime")
    try:
        moment = datetime.fromisoformat(_DATE_FRACTION.sub("", text))
    except ValueError:
        return None
    # A few senders leave the zone out; they mean the time in Turkey.
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ISTANBUL)


def _role(properties: etree._Element | None) -> str:
    return _xades_text(properties, "ClaimedRole")


def _check_dates(info: CertificateInfo | None, signing_time: datetime | None, reasons: list[str]) -> bool:
    if signing_time is None:
        reasons.append("İmza zamanı (SigningTime) yok ya da okunamadı.")
        return False
    if info is None:
        return False
    if not info.not_before <= signing_time <= info.not_after:
        reasons.append(
            f"Sertifika imza anında ({format_datetime(signing_time)}) geçerli değil: "
            f"{format_datetime(info.not_before)} - {format_datetime(info.not_after)}."
        )
        return False
    return True


# --- small readers --------------------------------------------------------------------------------------------


def _is_xades(element: etree._Element | None, name: str) -> bool:
    """`name*` also accepts the V2 form; any XAdES version counts."""
    if element is None or not isinstance(element.tag, str):
        return False
    qualified = etree.QName(element)
    names = (name[:-1], f"{name[:-1]}V2") if name.endswith("*") else (name,)
    return (qualified.namespace or "").startswith("http://uri.etsi.org/01903/") and qualified.localname in names


def _grandparent(element: etree._Element) -> etree._Element | None:
    parent = element.getparent()
    return None if parent is None else parent.getparent()


def _xades_text(properties: etree._Element | None, name: str) -> str:
    if properties is None:
        return ""
    return next(
        ((e.text or "").strip() for e in properties.iter(etree.Element) if _is_xades(e, name)),
        "",
    )


def _attribute(element: etree._Element, path: str, name: str) -> str:
    child = element.find(path, _NS)
    return "" if child is None else child.get(name, "")


def _prefixes(method: etree._Element) -> list[str] | None:
    """The InclusiveNamespaces PrefixList of an exclusive canonicalization."""
    child = method.find("{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces")
    return child.get("PrefixList", "").split() if child is not None else None


def _decoded(text: str | None) -> bytes:
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError) as e:
        raise _Fault("İmzadaki base64 alanlarından biri bozuk.") from e
