"""Which line a finding on the document's own sums is about.

The official rules look at taxes in the document's totals, but it is in a line that the user mends them.
Source: Schematron 20260312, the rules named below.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lxml import etree

from app.ubl import nodes
from app.ubl.namespaces import NSMAP, cac, cbc

_LINES: Final = (cac("InvoiceLine"), cac("DespatchLine"))
_CODE, _TYPE_CODE, _PERCENT = cbc("TaxExemptionReasonCode"), cbc("TaxTypeCode"), cbc("Percent")
_CATEGORY, _SCHEME = cac("TaxCategory"), cac("TaxScheme")
_SUBTOTALS: Final = f"{cac('TaxTotal')}/{cac('TaxSubtotal')}"
_WITHHELD: Final = f"{cac('WithholdingTaxTotal')}/{cac('TaxSubtotal')}"
_GOODS: Final = f"{cac('Delivery')}/{cac('Shipment')}"
_KDV: Final = "0015"

#: (line, the element the finding stands on, the field that its explanation names) -> is it this line?
_Test = Callable[[etree._Element, etree._Element, str], bool]


def line_behind(root: etree._Element, path: str, rule: str, field: str) -> int | None:
    """The 0-based number of the first line that breaks `rule`; None where no line can be told.

    `path` is the finding's, as `Places` writes it; `field` the explanation's (`lines[].exemption.code`).
    """
    test = _TESTS.get(rule)
    if test is None:
        return None
    try:
        found = root.xpath(f"/*{path[path.find('/', 1) :] if path.count('/') > 1 else ''}", namespaces=NSMAP)
    except etree.XPathError:
        return None
    element = found[0] if isinstance(found, list) and found else None
    if not isinstance(element, etree._Element):
        return None
    lines = [line for name in _LINES for line in root.iterfind(name)]
    return next((index for index, line in enumerate(lines) if test(line, element, field)), None)


def _kdv(line: etree._Element) -> list[etree._Element]:
    return [one for one in line.iterfind(_SUBTOTALS) if nodes.text(one, _CATEGORY, _SCHEME, _TYPE_CODE) == _KDV]


def _is_zero(subtotal: etree._Element) -> bool:
    return not nodes.number(subtotal, cbc("TaxAmount")) or not nodes.number(subtotal, _PERCENT)


def _same_tax(line: etree._Element, element: etree._Element, _field: str) -> bool:
    wanted = nodes.own_text(element)
    return any(nodes.text(one, _CATEGORY, _SCHEME, _TYPE_CODE) == wanted for one in line.iterfind(_SUBTOTALS))


def _no_reason(line: etree._Element, _element: etree._Element, _field: str) -> bool:
    return any(
        not nodes.number(one, cbc("TaxAmount")) and not nodes.text(one, _CATEGORY, cbc("TaxExemptionReason"))
        for one in _kdv(line)
    )


def _same_exemption(line: etree._Element, element: etree._Element, field: str) -> bool:
    code = nodes.text(element, _CODE)
    if not any(nodes.text(one, _CATEGORY, _CODE) == code for one in line.iterfind(_SUBTOTALS)):
        return False
    return not field.startswith("lines[].delivery") or not _is_customs_told(line)


def _is_customs_told(line: etree._Element) -> bool:
    """Whether a line of code 702 has its GTİP and the buyer's line number."""
    goods = nodes.text(line, cac("Delivery"), cac("Shipment"), cac("GoodsItem"), cbc("RequiredCustomsID"))
    numbers = {
        found.get("schemeID"): nodes.own_text(found)
        for shipment in line.iterfind(_GOODS)
        for found in shipment.iter(cbc("ID"))
    }
    return len(goods) == 12 and len(numbers.get("ALICIDIBSATIRKOD", "")) == 11


def _same_withholding(line: etree._Element, element: etree._Element, _field: str) -> bool:
    def told(one: etree._Element) -> tuple[str, str]:
        return nodes.text(one, _CATEGORY, _SCHEME, _TYPE_CODE), nodes.text(one, _PERCENT)

    return any(told(one) == told(element) for one in line.iterfind(_WITHHELD))


def _no_tag(line: etree._Element, _element: etree._Element, _field: str) -> bool:
    tags = line.iterfind(f"{cac('Item')}/{cac('AdditionalItemIdentification')}/{cbc('ID')}")
    return not any(tag.get("schemeID") == "KUNYENO" and len(nodes.own_text(tag)) == 19 for tag in tags)


def _no_kdv(line: etree._Element, _element: etree._Element, _field: str) -> bool:
    found = _kdv(line)
    return not found or any(_is_zero(one) for one in found)


def _fixture(line: etree._Element, element: etree._Element, field: str) -> bool:
    """Code 555: of the two sentences one is about the KDV rate, the other about the code itself."""
    if field.endswith("vat_rate"):
        return _no_kdv(line, element, field)
    return any(nodes.text(one, _CATEGORY, _CODE) == "555" for one in line.iterfind(_SUBTOTALS))


_TESTS: Final[dict[str, _Test]] = {
    "TaxTypeCheck": _same_tax,
    "TaxExemptionReasonCheck": _no_reason,
    "TaxExemptionReasonCodeCheck": _same_exemption,
    "WithholdingTaxTotalCheck": _same_withholding,
    "HKSInvioceCheck": _no_tag,
    "DespatchAdviceHKSKunyeCheck": _no_tag,
    "YatirimTesvikKDVCheck": _no_kdv,
    "DemirbasKDVTaxExemptionCheck": _fixture,
}
