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
from app.rendering import clean, karekod
from app.rendering.engines import Engines, SheetRefused
from app.rendering.karekod import CAC, CBC
from app.runtime.resources import resource_path
from app.ubl import namespaces, xmlsafe

_ATTACHMENT = f"{CAC}AdditionalDocumentReference/{CAC}Attachment/{CBC}EmbeddedDocumentBinaryObject"
_KINDS = tuple(
    f"{{{space}}}{name}"
    for space, name in (
        (namespaces.INVOICE, "Invoice"),
        (namespaces.DESPATCH_ADVICE, "DespatchAdvice"),
        (namespaces.RECEIPT_ADVICE, "ReceiptAdvice"),
        (namespaces.CREDIT_NOTE, "CreditNote"),
        (namespaces.APPLICATION_RESPONSE, "ApplicationResponse"),
    )
)
_MAX_NOTED = 400
_NO_TEMPLATE = "Belgede görünüm tasarımı yok; Mühürdar'ın kendi görünümüyle gösteriliyor."
_BLOCKED = "Tasarımın dışarıdan yüklemek istediği öğeler (resim, stil) güvenlik için engellendi."
_engines = Engines()
_own_sheets: dict[str, bytes] = {}


def prepare() -> None:
    """Nothing: a child that was asked for it has imported what drawing needs."""


def render(raw: bytes, watermark: str = "", own_only: str = "") -> dict[str, Any]:
    """The page of one document: html, source ("embedded"|"own"), engine ("xslt1"|"saxon"), note (Turkish or "").

    `own_only`, when not empty, is the note to show: the stranger's template was already found dangerous.
    Raises InputError for an unreadable document, RenderError when even our own view fails.
    """
    root = _document(xmlsafe.parse(raw).getroot())
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
            return {"html": html, "source": "embedded", "engine": engine, "note": _BLOCKED if blocked else ""}
        if reason:
            note = broken_note(reason)
    return _own_view(root, payload, watermark) | {"note": note}


def _document(root: etree._Element) -> etree._Element:
    """The document itself, or the first one inside an envelope."""
    if root.tag != f"{{{namespaces.SBDH}}}StandardBusinessDocument":
        return root
    for kind in _KINDS:
        inner = root.find(f".//{kind}")
        if inner is not None:
            # A tree of its own: templates start at "/".
            return etree.fromstring(etree.tostring(inner, with_tail=False))
    return root


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


_OWN_SHEETS = {
    "Invoice": "invoice.xslt",
    "DespatchAdvice": "despatch.xslt",
    "ReceiptAdvice": "receipt.xslt",
    "CreditNote": "creditnote.xslt",
}


def _own_view(root: etree._Element, payload: str, watermark: str) -> dict[str, Any]:
    name = _OWN_SHEETS.get(etree.QName(root).localname, "generic.xslt")
    if name == "invoice.xslt" and root.findtext(f"{CBC}InvoiceTypeCode") == "SERBESTMESLEKMAKBUZU":
        name = "smm.xslt"
    if name not in _own_sheets:
        _own_sheets[name] = resource_path(f"templates/{name}").read_bytes()
    try:
        produced, engine = _engines.run(_own_sheets[name], root)
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
