"""What the integrator checks of an invoice before it takes it: form, rules, seal. A small part of GİB's own rules."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from app.domain.dates import is_issue_date_allowed
from app.domain.document_number import parse_document_number
from app.domain.errors import AppError, InputError
from app.domain.ettn import parse_ettn
from app.domain.lifecycle import DocumentKind
from app.runtime.safezip import read_single_xml
from app.sandbox.codes import BAD_REQUEST, DOCUMENT_INVALID, NOT_A_ZIP, SEAL_INVALID, Refusal
from app.signing.verify import verify_tree
from app.ubl import nodes, xmlsafe
from app.ubl.namespaces import cac, cbc
from app.ubl.summary import DocumentSummary, summarize_tree

MAX_XML_BYTES = 32 * 1024 * 1024
_ZIP = b"PK\x03\x04"
_PROFILES = re.compile(r"[A-Z_0-9]+")
_SUMS = (
    "LineExtensionAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
)
_REQUIRED = (
    "UBLVersionID",
    "CustomizationID",
    "ProfileID",
    "ID",
    "UUID",
    "IssueDate",
    "IssueTime",
    "InvoiceTypeCode",
    "DocumentCurrencyCode",
    "LineCountNumeric",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document that was read: its bytes, its tree, what it says of itself, and its totals as JSON."""

    xml: bytes = field(repr=False)
    root: etree._Element = field(repr=False)
    summary: DocumentSummary
    sums: str


def unpack(content: bytes, *, zipped: bool) -> bytes:
    """The XML of one CONTENT. Raises Refusal 10007 when a zip was promised and none came."""
    if not zipped:
        if content.startswith(_ZIP):
            raise Refusal(BAD_REQUEST, "Hata sebebi COMPRESSED N gönderildi, içerik ZIP")
        return content
    try:
        return read_single_xml(content, max_bytes=MAX_XML_BYTES)
    except InputError as e:
        raise Refusal(NOT_A_ZIP, e.code if content.startswith(_ZIP) else "") from e


def read_paper(xml: bytes) -> Paper:
    """Parse an invoice. Raises Refusal 10003 when it is not well-formed or no invoice."""
    try:
        root = xmlsafe.parse(xml).getroot()
    except InputError as e:
        raise _broken(f"XML okunamadı ({e.code}) {e.raw_text or ''}".strip()) from e
    summary = summarize_tree(root)
    if summary.kind is not DocumentKind.INVOICE:
        raise _broken(f"e-Fatura bekleniyor, gelen: {summary.kind}")
    return Paper(xml=xml, root=root, summary=summary, sums=_sums(root))


def check_rules(paper: Paper) -> None:
    """Form and rules; raises Refusal 10003 at the first one that is broken."""
    root, summary = paper.root, paper.summary
    for name in _REQUIRED:
        if not nodes.text(root, cbc(name)):
            raise _broken(f"cbc:{name} elemanı boş olamaz")
    try:
        is_placeholder = parse_document_number(summary.number).is_placeholder
        parse_ettn(summary.ettn)
    except InputError as e:
        raise _broken(f"Geçersiz cbc:ID veya cbc:UUID ({e.code})") from e
    if is_placeholder:
        raise _broken(f"Geçersiz fatura numarası {summary.number}")
    if not _PROFILES.fullmatch(summary.profile) or summary.issue_date is None:
        raise _broken("Geçersiz cbc:ProfileID veya cbc:IssueDate")
    for side, vkn in (
        ("AccountingSupplierParty", summary.supplier_vkn),
        ("AccountingCustomerParty", summary.customer_vkn),
    ):
        if len(vkn) not in (10, 11) or not vkn.isdigit():
            raise _broken(f"cac:{side} için VKN veya TCKN geçersiz")
    lines = len(root.findall(cac("InvoiceLine")))
    if lines == 0 or nodes.text(root, cbc("LineCountNumeric")) != str(lines):
        raise _broken(f"cbc:LineCountNumeric satır sayısı ({lines}) ile uyuşmuyor")
    if summary.payable is None or root.find(cac("TaxTotal")) is None or summary.tax_exclusive is None:
        raise _broken("cac:LegalMonetaryTotal veya cac:TaxTotal eksik")
    if summary.currency != "TRY" and root.find(cac("PricingExchangeRate")) is None:
        raise _broken("Döviz faturasında cac:PricingExchangeRate zorunludur")
    if summary.type_code == "IADE" and summary.profile != "TEMELFATURA":
        raise _broken("IADE faturası TEMELFATURA senaryosunda olmalıdır")
    if root.find(cac("Signature")) is None:
        raise _broken("cac:Signature elemanı zorunludur")
    if not _has_template(root):
        raise _broken("Fatura içinde görüntüleme şablonu (XSLT) bulunmuyor")


def check_date(paper: Paper, *, today: date) -> None:
    """Raises Refusal 10003 for an invoice older than seven days, or of tomorrow (Istanbul dates)."""
    issued = paper.summary.issue_date
    if issued is None or not is_issue_date_allowed(issued, today=today):
        raise _broken(f"Fatura tarihi {issued} son 7 gün içinde olmalıdır")


def check_attributes(paper: Paper, *, number: str, ettn: str) -> None:
    """Raises Refusal 10003 unless the ID and UUID attributes say what the content says; absent ones say nothing."""
    if number and number != paper.summary.number:
        raise _broken(f"INVOICE.ID {number} ile fatura numarası {paper.summary.number} farklı")
    if ettn and ettn.lower() != paper.summary.ettn:
        raise _broken(f"INVOICE.UUID {ettn} ile fatura ETTN'si {paper.summary.ettn} farklı")


def check_seal(root: etree._Element, owner_vkn: str) -> None:
    """Raises Refusal 10014 unless the document carries one sound seal of `owner_vkn`."""
    if not nodes.has_signature(root):
        raise Refusal(SEAL_INVALID, "belge imzalanmamış")
    try:
        report = verify_tree(root.getroottree())
    except AppError as e:
        raise Refusal(SEAL_INVALID, e.code) from e
    if not report.valid or not report.signatures:
        raise Refusal(SEAL_INVALID, " ".join(r for s in report.signatures for r in s.reasons))
    certificate = report.signatures[0].certificate
    if certificate is None or str(certificate.owner) != owner_vkn:
        raise Refusal(SEAL_INVALID, "imza sahibi belgeyi düzenleyen mükellef değil")


def _has_template(root: etree._Element) -> bool:
    path = f"{cac('AdditionalDocumentReference')}/{cac('Attachment')}/{cbc('EmbeddedDocumentBinaryObject')}"
    return root.find(path) is not None


def _sums(root: etree._Element) -> str:
    total = root.find(cac("LegalMonetaryTotal"))
    return json.dumps({name: nodes.text(total, cbc(name)) for name in _SUMS if nodes.text(total, cbc(name))})


def _broken(reason: str) -> Refusal:
    return Refusal(DOCUMENT_INVALID, reason)
