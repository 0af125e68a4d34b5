"""What a child process does for one document: find its template, run it, make the page safe. Called by `html.Renderer`.

Imports neither the database nor Qt. Everything that goes wrong with a stranger's template ends in our own view and a
sentence that says why; only an unreadable document is an error.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from lxml import etree

from app.domain.errors import RenderError
from app.domain.lifecycle import DocumentKind
from app.rendering import clean, karekod
from app.rendering.engines import Engines, SheetRefused
from app.rendering.karekod import CAC, CBC
from app.rendering.template import own_template
from app.ubl import namespaces, xmlsafe
from app.ubl.smm import VENDOR_ROOTS, as_invoice, is_smm

_ATTACHMENT = f"{CAC}AdditionalDocumentReference/{CAC}Attachment/{CBC}EmbeddedDocumentBinaryObject"
_KINDS = tuple(
    f"{{{space}}}{name}"
    for space, name in (
        (namespaces.INVOICE, "Invoice"),
        (namespaces.DESPATCH_ADVICE, "DespatchAdvice"),
        (namespaces.RECEIPT_ADVICE, "ReceiptAdvice"),
        (namespaces.CREDIT_NOTE, "CreditNote"),
        (namespaces.APPLICATION_RESPONSE, "ApplicationResponse"),
        (namespaces.VOUCHER, "Voucher"),
        (namespaces.FREELANCER_VOUCHER, "FreelancerVoucher"),
    )
)
_MAX_NOTED = 400
_NO_TEMPLATE = "Belgede görünüm tasarımı yok; Mühürdar'ın kendi görünümüyle gösteriliyor."
_ENVELOPE = "Dosya bir zarf; içindeki belge gösteriliyor."
_ENVELOPE_OF_MANY = "Dosya bir zarf ve içinde {count} belge var; yalnız ilki gösteriliyor."
_NO_DOCUMENT = "Dosya bir zarf, ama içinde tanınan bir belge yok; zarfın kendi bilgileri gösteriliyor."
_BLOCKED = "Tasarımın dışarıdan yüklemek istediği öğeler (resim, stil) güvenlik için engellendi."
_engines = Engines()


def prepare() -> None:
    """Nothing: a child that was asked for it has imported what drawing needs."""


def render(raw: bytes, watermark: str = "", own_only: str = "") -> dict[str, Any]:
    """The page of one document: html, source ("embedded"|"own"), engine ("xslt1"|"saxon"), note (Turkish or "").

    `own_only`, when not empty, is the note to show: the stranger's template was already found dangerous.
    Raises InputError for an unreadable document, RenderError when even our own view fails.
    """
    root, enveloped = _document(xmlsafe.parse(raw).getroot())
    payload = karekod.payload_of_xml(root)
    note = own_only
    if not own_only:
        sheets, broken = find_templates(root)
        note = _NO_TEMPLATE
        reason = broken
        for sheet in sheets:
            try:
                produced, engine = _engines.run(sheet, root)
                html, blocked = clean.clean(produced, own_payload=payload, watermark=watermark)
            except (SheetRefused, ValueError) as error:
                reason = str(error)
                continue
            told = _joined(enveloped, _BLOCKED if blocked else "")
            return {"html": html, "source": "embedded", "engine": engine, "note": told}
        if reason:
            note = broken_note(reason)
    return _own_view(root, payload, watermark) | {"note": _joined(enveloped, note)}


def _document(root: etree._Element) -> tuple[etree._Element, str]:
    """The document itself, or the first one inside an envelope and the sentence that says so."""
    if root.tag != f"{{{namespaces.SBDH}}}StandardBusinessDocument":
        return root, ""
    found = list(root.iter(*_KINDS))
    if not found:
        return root, _NO_DOCUMENT
    # A tree of its own: templates start at "/".
    inner = etree.fromstring(etree.tostring(found[0], with_tail=False))
    return inner, _ENVELOPE if len(found) == 1 else _ENVELOPE_OF_MANY.format(count=len(found))


def _joined(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def find_templates(root: etree._Element) -> tuple[list[bytes], str]:
    """(the embedded stylesheets in document order, why another attachment that should be one is not).

    Real documents carry other attachments beside it, name it in several ways, and sometimes not in base64.
    """
    sheets: list[bytes] = []
    broken = ""
    for attachment in root.iterfind(_ATTACHMENT):
        raw = _decoded(attachment.text or "")
        if _looks_like_sheet(raw):
            sheets.append(raw)
        elif _is_meant_as_sheet(attachment):
            broken = "the attachment is empty" if not raw else "the attachment is no stylesheet"
    return sheets, broken


def broken_note(reason: str) -> str:
    """The sentence for a reader whose document's own template could not be used."""
    return (
        "Belgenin kendi tasarımı çalıştırılamadı; Mühürdar'ın kendi görünümüyle gösteriliyor. "
        f"(Ayrıntı: {' '.join(reason.split())[:_MAX_NOTED]})"
    )


_OWN_KINDS = {
    "Invoice": DocumentKind.INVOICE,
    "DespatchAdvice": DocumentKind.DESPATCH,
    "ReceiptAdvice": DocumentKind.RECEIPT,
    "CreditNote": DocumentKind.CREDIT_NOTE,
}


def _own_view(root: etree._Element, payload: str, watermark: str) -> dict[str, Any]:
    kind = _OWN_KINDS.get(etree.QName(root).localname, DocumentKind.APPLICATION_RESPONSE)
    if is_smm(root):
        kind = DocumentKind.SMM
        # The vendors' own forms have other names for lines and sums; the sheet knows ours.
        root = as_invoice(root) if root.tag in VENDOR_ROOTS else root
    sheet = own_template(kind)
    try:
        produced, engine = _engines.run(sheet, root)
        html, _ = clean.clean(produced, own_payload=payload, watermark=watermark)
    except (SheetRefused, ValueError) as error:
        raise RenderError(
            "RENDER.OWN",
            "Belge gösterilemedi.",
            why="İçeriği beklenen yapıda değil.",
            todo="Belgenin XML dosyasını dışa aktarıp destek ekibine iletin.",
            raw_text=str(error),
        ) from error
    return {"html": html, "source": "own", "engine": engine}


def _decoded(text: str) -> bytes:
    stripped = text.strip()
    if stripped.startswith("<"):
        return stripped.encode()
    try:
        return base64.b64decode("".join(stripped.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _looks_like_sheet(raw: bytes) -> bool:
    """Names the XSLT namespace and a stylesheet's root; whether it is well-formed shows when it is run."""
    text = raw.replace(b"\x00", b"")
    return namespaces.XSL.encode() in text and (b"stylesheet" in text or b"transform" in text)


def _is_meant_as_sheet(attachment: etree._Element) -> bool:
    reference = attachment.getparent().getparent()  # type: ignore[union-attr]
    name = (attachment.get("filename") or "").lower()
    kind = (reference.findtext(f"{CBC}DocumentType") or "").strip().upper()  # type: ignore[union-attr]
    return name.endswith((".xslt", ".xsl")) or kind == "XSLT"
