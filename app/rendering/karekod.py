"""The karekod: what it says (guide "Karekod Standardı" V1.2, November 2023) and how it is drawn.

One JSON object, every value a string, amounts with a point and two decimals, keys in the guide's order (`ubl.karekod`).
Not enforced by GİB's rules; the guide's own samples are in the tests.

The drawing uses segno: pure Python (so it runs in every wheel and in the frozen build), BSD licence, no dependencies.
"""

from __future__ import annotations

import segno
from lxml import etree

from app.domain.despatch import Despatch
from app.domain.invoice import Invoice, InvoiceTotals
from app.ubl import namespaces
from app.ubl.karekod import credit_note_fields, despatch_fields, invoice_fields, smm_fields, to_text
from app.ubl.karekod_tree import fields_of_tree
from app.ubl.totals import FREELANCE_RECEIPT, PRODUCER_RECEIPT

CAC = f"{{{namespaces.CAC}}}"
CBC = f"{{{namespaces.CBC}}}"
# A QR code of the standard keeps four empty modules around it.
_QUIET_MODULES = 4
# Longer texts do not fit a code that a telephone reads from paper.
MAX_TEXT_BYTES = 1200


def payload(document: Invoice | Despatch, totals: InvoiceTotals | None = None) -> str:
    """The karekod text of a document of any kind in our own words; `totals` are needed for all but a despatch note."""
    if isinstance(document, Despatch):
        return to_text(despatch_fields(document))
    if totals is None:
        raise ValueError("the karekod of an invoice needs its totals")
    if document.type_code == FREELANCE_RECEIPT:
        return to_text(smm_fields(document, totals))
    if document.type_code == PRODUCER_RECEIPT:
        return to_text(credit_note_fields(document, totals))
    return to_text(invoice_fields(document, totals))


def payload_of_xml(root: etree._Element) -> str:
    """The karekod text of any UBL-TR document as it stands in its XML; fields that are missing stay empty."""
    return to_text(fields_of_tree(root))


def svg(text: str, *, size_px: int) -> etree._Element:
    """An inline SVG of the code, `size_px` wide with its quiet zone. Raises ValueError for an empty or too long text.

    The mask is fixed: any mask is a valid code, and trying all eight costs 15 ms a document.
    """
    if not text or len(text.encode()) > MAX_TEXT_BYTES:
        raise ValueError("no karekod can hold this text")
    code = segno.make_qr(text, error="m", mode="byte", encoding="utf-8", boost_error=False, mask=3)
    path: list[str] = []
    for y, row in enumerate(code.matrix):
        x = 0
        while x < len(row):
            start = x
            while x < len(row) and row[x]:
                x += 1
            if x > start:
                path.append(f"M{start + _QUIET_MODULES} {y + _QUIET_MODULES}h{x - start}v1h-{x - start}z")
            else:
                x += 1
    side = len(code.matrix) + 2 * _QUIET_MODULES
    drawing = etree.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {side} {side}",
            "width": str(size_px),
            "height": str(size_px),
            "shape-rendering": "crispEdges",
            "role": "img",
            "aria-label": "Karekod",
            "data-muhurdar": "karekod",
        },
    )
    etree.SubElement(drawing, "path", {"fill": "#fff", "d": f"M0 0h{side}v{side}h-{side}z"})
    etree.SubElement(drawing, "path", {"fill": "#000", "d": "".join(path)})
    return drawing
