"""Sealing UBL-TR documents: XAdES-BES, enveloped, in the first empty ext:ExtensionContent.

Everything of the document is final before it is digested. The result is the input bytes with the signature inserted
at one place; nothing is parsed and written again, nothing is re-indented. Every seal is verified right after it is
made, because tokens do return bad signatures.
Source: GİB guide Ek-3 V1.4 section 3; UBL-TR Schematron XadesSignatureCheckForInvoice, TransformCountCheck.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.parsers import expat

from lxml import etree

from app.domain.errors import SealError
from app.domain.protocols import CertificateInfo, Sealer
from app.domain.taxnumber import InvalidTaxNumber, TaxNumber, parse_tax_number
from app.domain.turkish import format_datetime
from app.signing.builder import PreparedSignature, SignatureIds, build_signature, prepare_signature
from app.signing.canonical import canonical_document, inherited_xml_attributes
from app.signing.verify import read_tree, verify_tree
from app.ubl import namespaces

__all__ = [
    "SUPPLIER_ROLE",
    "SignatureIds",
    "build_signature",
    "prepare_signature",
    "seal_many",
    "seal_ubl",
    "signatory_of",
]

SUPPLIER_ROLE = "Tedarikçi"

_ROOTS = frozenset(
    {
        f"{{{namespaces.INVOICE}}}Invoice",
        f"{{{namespaces.CREDIT_NOTE}}}CreditNote",
        f"{{{namespaces.DESPATCH_ADVICE}}}DespatchAdvice",
        f"{{{namespaces.RECEIPT_ADVICE}}}ReceiptAdvice",
        f"{{{namespaces.APPLICATION_RESPONSE}}}ApplicationResponse",
    }
)
_NS = namespaces.NSMAP
_PLACEHOLDER = re.compile(r"[A-Z0-9]{3}20[0-9]{2}0{9}")
_CHUNK_BYTES = 16 * 1024


def seal_ubl(xml: bytes, sealer: Sealer, *, signing_time: datetime, role: str = SUPPLIER_ROLE) -> bytes:
    """Return `xml` with its seal inserted. `xml` is UTF-8 UBL-TR with an empty ext:ExtensionContent.

    `role` is the claimed role of the signer: "Tedarikçi" for the sender of an invoice, "Alıcı" for an answer.
    Token thread only when `sealer` is a PKCS#11 one.
    Raises: SealError (SEAL.*, and PIN.* / TOKEN.* of the sealer), InputError for bytes that are no XML; then nothing
    was sealed. Pre: the number is the final one and every total, note and template is in its place.
    """
    return seal_many([xml], sealer, signing_time=signing_time, role=role)[0]


def seal_many(
    items: Sequence[bytes], sealer: Sealer, *, signing_time: datetime, role: str = SUPPLIER_ROLE
) -> list[bytes]:
    """Seal several documents with one call of `sealer.sign`; all of them or none.

    Order is kept. Raises: as `seal_ubl`, at the first document that cannot be sealed.
    """
    certificate = sealer.certificate
    ensure_usable(certificate, signing_time)
    jobs = [_prepare(xml, certificate, signing_time, role) for xml in items]
    values = sealer.sign([job.signature.digest for job in jobs]) if jobs else []
    if len(values) != len(jobs):
        raise SealError(
            "SEAL.COUNT",
            "Mühür basılamadı.",
            why=f"{len(jobs)} belge için {len(values)} imza döndü.",
            todo="Tokeni çıkarıp takın ve yeniden deneyin.",
        )
    sealed = [job.insert(value) for job, value in zip(jobs, values, strict=True)]
    for raw in sealed:
        _ensure_sound(raw, certificate)
    return sealed


def signatory_of(xml: bytes) -> TaxNumber | None:
    """Return the VKN or TCKN that must seal this document (cac:Signature/cbc:ID), None when it names none.

    Raises: InputError for bytes that are no XML.
    """
    text = read_tree(xml).getroot().findtext("cac:Signature/cbc:ID", "", _NS)
    try:
        return parse_tax_number(text or "")
    except InvalidTaxNumber:
        return None


def ensure_usable(certificate: CertificateInfo, signing_time: datetime) -> None:
    """Raise SealError unless the certificate is in force at `signing_time` (aware) and names its owner."""
    if signing_time.tzinfo is None:
        raise ValueError("signing_time must be aware")
    if signing_time > certificate.not_after:
        raise SealError(
            "SEAL.EXPIRED",
            "Sertifikanın süresi dolmuş, mühür basılmadı.",
            why=f"{certificate.owner_name} sertifikası {format_datetime(certificate.not_after)} tarihinde bitti.",
            todo="Yenilenen mali mührü takın ya da Kamu SM'den yenileme isteyin.",
        )
    if signing_time < certificate.not_before:
        raise SealError(
            "SEAL.NOT_YET_VALID",
            "Sertifika henüz geçerli değil, mühür basılmadı.",
            why=f"{certificate.owner_name} sertifikası {format_datetime(certificate.not_before)} tarihinde başlıyor.",
            todo="Bilgisayarın tarih ve saatini denetleyin.",
        )
    if certificate.owner is None:
        raise SealError(
            "SEAL.NO_OWNER",
            "Sertifikanın sahibi belli değil, mühür basılmadı.",
            why="Sertifikanın seri numarası (serialNumber) alanında VKN veya TCKN yok.",
            todo="Mali mühür ya da nitelikli elektronik imza sertifikasını seçin.",
        )


@dataclass(frozen=True, slots=True)
class _Job:
    """One document that waits for its signature value. `start`/`end` bound what the insertion replaces."""

    xml: bytes
    start: int
    end: int
    opening: bytes
    closing: bytes
    signature: PreparedSignature

    def insert(self, value: bytes) -> bytes:
        middle = self.opening + self.signature.finish(value) + self.closing
        return self.xml[: self.start] + middle + self.xml[self.end :]


def _prepare(xml: bytes, certificate: CertificateInfo, signing_time: datetime, role: str) -> _Job:
    tree = read_tree(xml)
    root = tree.getroot()
    _ensure_sealable(tree, root)
    _ensure_own(root, certificate)
    place = _empty_content(root)
    start, end, opening, closing = _insertion(xml)
    signature = prepare_signature(
        digest=hashlib.sha256(canonical_document(tree)).digest(),
        certificate=certificate,
        signing_time=signing_time,
        ids=_ids(root),
        role=role,
        namespaces=place.nsmap,
        xml_attributes=inherited_xml_attributes(place),
    )
    return _Job(xml, start, end, opening, closing, signature)


def _ensure_sealable(tree: etree._ElementTree, root: etree._Element) -> None:
    if root.tag not in _ROOTS:
        raise SealError(
            "SEAL.KIND",
            "Bu dosya mühürlenemez.",
            why="Fatura, irsaliye, makbuz veya uygulama yanıtı değil.",
            todo="UBL-TR biçiminde bir belge seçin.",
        )
    if (tree.docinfo.encoding or "UTF-8").upper() != "UTF-8":
        raise SealError(
            "SEAL.ENCODING",
            "Bu dosya mühürlenemez.",
            why=f"Karakter kodlaması {tree.docinfo.encoding}; e-belgeler UTF-8 olmalı.",
            todo="Belgeyi UTF-8 olarak yeniden oluşturun.",
        )
    if next(root.iter(f"{{{namespaces.DS}}}Signature"), None) is not None:
        raise SealError(
            "SEAL.ALREADY_SEALED",
            "Belge zaten mühürlü.",
            why="İçinde bir imza var; ikinci kez mühürlemek ilkini bozar.",
            todo="Değişiklik gerekiyorsa taslağı düzeltip yeniden mühürleyin.",
        )
    number = (root.findtext("cbc:ID", "", _NS) or "").strip()
    if _PLACEHOLDER.fullmatch(number):
        raise SealError(
            "SEAL.PLACEHOLDER_NUMBER",
            "Belgenin numarası verilmemiş, mühür basılmadı.",
            why=f"{number} yalnızca taslakta duran geçici numaradır.",
            todo="Belgeye numara verin; program sıraya alırken numarayı kendisi verir.",
        )


def _ensure_own(root: etree._Element, certificate: CertificateInfo) -> None:
    """The certificate must be of the signatory that the document names (GİB codes 1175-1177)."""
    signatures = root.findall("cac:Signature", _NS)
    if len(signatures) != 1:
        raise SealError(
            "SEAL.SIGNATORY",
            "Belge mühürlenemez.",
            why=f"Mühür sahibini bildiren cac:Signature alanı {len(signatures)} tane; bir tane olmalı.",
            todo="Belgeyi yeniden oluşturun.",
        )
    named = [signatures[0].findtext("cbc:ID", "", _NS), *_signatory_numbers(signatures[0])]
    owner = str(certificate.owner)
    foreign = next((text for text in named if (text or "").strip() != owner), None)
    if foreign is not None:
        raise SealError(
            "SEAL.FOREIGN_CERT",
            "Sertifika bu firmanın değil, mühür basılmadı.",
            why=f"Belgeyi {foreign.strip() or '(boş)'} numaralı mükellef mühürlemeli; sertifika {owner} numaralı "
            f"{certificate.owner_name} adına.",
            todo="Belgenin sahibi olan firmanın mali mührünü takın.",
        )


def _signatory_numbers(signature: etree._Element) -> list[str]:
    found = signature.iterfind("cac:SignatoryParty/cac:PartyIdentification/cbc:ID", _NS)
    return [e.text or "" for e in found if e.get("schemeID") in ("VKN", "TCKN")]


def _ids(root: etree._Element) -> SignatureIds:
    path = "cac:Signature/cac:DigitalSignatureAttachment/cac:ExternalReference/cbc:URI"
    uri = (root.findtext(path, "", _NS) or "").strip()
    try:
        if not uri.startswith("#"):
            raise ValueError(uri)
        ids = SignatureIds.for_signature(uri[1:])
    except ValueError as e:
        raise SealError(
            "SEAL.URI",
            "Belge mühürlenemez.",
            why=f"cac:Signature içindeki URI {uri[:60]!r}; #Signature_<belge no> biçiminde olmalı.",
            todo="Belgeyi yeniden oluşturun.",
        ) from e
    taken = {value for e in root.iter(etree.Element) for key, value in e.attrib.items() if key in ("Id", "ID", "id")}
    if taken & {ids.signature, ids.signed_info, ids.signed_properties, ids.signature_value}:
        raise SealError(
            "SEAL.ID_TAKEN",
            "Belge mühürlenemez.",
            why="İmzanın kullanacağı kimlik belgede başka bir alana verilmiş.",
            todo="Belgeyi yeniden oluşturun.",
        )
    return ids


def _empty_content(root: etree._Element) -> etree._Element:
    for content in root.iterfind("ext:UBLExtensions/ext:UBLExtension/ext:ExtensionContent", _NS):
        if not len(content) and not (content.text or "").strip():
            return content
    raise _no_place()


def _no_place() -> SealError:
    return SealError(
        "SEAL.NO_PLACE",
        "Belgede mühür için yer yok.",
        why="Boş bir ext:ExtensionContent alanı bulunamadı.",
        todo="Belgeyi yeniden oluşturun.",
    )


class _Found(Exception):
    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


def _insertion(xml: bytes) -> tuple[int, int, bytes, bytes]:
    """Where the signature goes, as (start, end, before, after) of the bytes it replaces.

    Expat tells byte positions, lxml does not. An element written as `<ext:ExtensionContent/>` is opened up; the
    canonical form of both is the same.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    path: list[str] = []
    wanted = [f"{namespaces.EXT} {name}" for name in ("UBLExtensions", "UBLExtension", "ExtensionContent")]
    candidate: list[int] = []

    def start_element(name: str, _attributes: dict[str, str]) -> None:
        candidate.clear()
        path.append(name)
        if path[1:] == wanted:
            candidate.append(parser.CurrentByteIndex)

    def end_element(_name: str) -> None:
        if candidate and path[1:] == wanted:
            raise _Found(candidate[0], parser.CurrentByteIndex)
        candidate.clear()
        path.pop()

    def text(data: str) -> None:
        if candidate and data.strip():
            candidate.clear()

    def other(*_: str) -> None:
        candidate.clear()

    parser.StartElementHandler = start_element
    parser.EndElementHandler = end_element
    parser.CharacterDataHandler = text
    parser.CommentHandler = other
    parser.ProcessingInstructionHandler = other
    try:
        for at in range(0, len(xml), _CHUNK_BYTES):
            parser.Parse(xml[at : at + _CHUNK_BYTES], False)
        parser.Parse(b"", True)
    except _Found as found:
        start, end = found.start, found.end
    except expat.ExpatError as e:
        raise _no_place() from e
    else:
        raise _no_place()
    tag = xml[start:end]
    if not tag.endswith(b"/>"):
        return end, end, b"", b""
    name = re.match(rb"<([^\s/>]+)", tag)
    if name is None:
        raise _no_place()
    return end - 2, end, b">", b"</" + name[1] + b">"


def _ensure_sound(raw: bytes, certificate: CertificateInfo) -> None:
    report = verify_tree(read_tree(raw))
    mine = report.signatures[0].certificate if len(report.signatures) == 1 else None
    if not report.valid or mine is None or mine.der != certificate.der:
        reasons = " ".join(reason for s in report.signatures for reason in s.reasons)
        raise SealError(
            "SEAL.SELF_CHECK",
            "Basılan mühür doğrulanamadı, belge saklanmadı.",
            why=reasons or "İmza belgede bulunamadı.",
            todo="Yeniden deneyin; sürerse tokeni ve sürücüsünü denetleyin.",
        )
