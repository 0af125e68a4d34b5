"""Where a finding stands: from an element to a path that people can read, and from there to the draft's own field."""

from __future__ import annotations

import re

from lxml import etree

from app.ubl import namespaces as ns

_PREFIXES = {uri: prefix for prefix, uri in ns.NSMAP.items()}
_INDEX = re.compile(r"\[(\d+)\]")


class Places:
    """Paths of the elements of one document. Each parent's children are counted once, however many are asked for."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._ranks: dict[etree._Element, dict[etree._Element, tuple[int, int]]] = {}
        self._elements: list[etree._Element] | None = None

    def nth(self, ordinal: int) -> etree._Element:
        """The n-th element of the document in document order, from 1."""
        if self._elements is None:
            self._elements = list(self._root.iter(etree.Element))
        return self._elements[ordinal - 1]

    def path(self, element: etree._Element, attribute: str = "") -> str:
        """Such as `/Invoice/cac:InvoiceLine[3]/cbc:InvoicedQuantity/@unitCode`; numbered only among several."""
        steps: list[str] = []
        at: etree._Element | None = element
        while at is not None:
            parent = at.getparent()
            rank, count = (1, 1) if parent is None else self._rank(parent, at)
            steps.append(f"{_name(at, is_root=parent is None)}{f'[{rank}]' if count > 1 else ''}")
            at = parent
        return "/" + "/".join(reversed(steps)) + (f"/@{attribute}" if attribute else "")

    def _rank(self, parent: etree._Element, child: etree._Element) -> tuple[int, int]:
        ranks = self._ranks.get(parent)
        if ranks is None:
            seen: dict[str, list[etree._Element]] = {}
            for one in parent.iterchildren(etree.Element):
                seen.setdefault(str(one.tag), []).append(one)
            ranks = {one: (i, len(group)) for group in seen.values() for i, one in enumerate(group, 1)}
            self._ranks[parent] = ranks
        return ranks[child]


def _name(element: etree._Element, *, is_root: bool) -> str:
    name = etree.QName(element)
    if is_root or not name.namespace:
        return name.localname
    prefix = _PREFIXES.get(name.namespace) or element.prefix
    return f"{prefix}:{name.localname}" if prefix else name.localname


# ---- the draft's own words --------------------------------------------------------------------------------------

_PARTY = (
    (r"cac:PartyIdentification", "tax_number"),
    (r"cac:PartyName", "title"),
    (r"cac:Person/cbc:FirstName", "first_name"),
    (r"cac:Person/cbc:FamilyName", "family_name"),
    (r"cac:Person", "first_name"),
    (r"cac:PartyTaxScheme", "tax_office"),
    (r"cac:PostalAddress/cbc:CitySubdivisionName", "address.district"),
    (r"cac:PostalAddress/cbc:CityName", "address.city"),
    (r"cac:PostalAddress/cbc:StreetName", "address.street"),
    (r"cac:PostalAddress/cbc:PostalZone", "address.postal_code"),
    (r"cac:PostalAddress/cac:Country", "address.country"),
    (r"cac:PostalAddress", "address.city"),
)
_LINE = (
    (r"cbc:InvoicedQuantity/@unitCode", "unit"),
    (r"cbc:InvoicedQuantity", "quantity"),
    (r"cac:Price", "unit_price"),
    (r"cac:AllowanceCharge", "discounts"),
    (r"cac:TaxTotal/.*cbc:TaxExemptionReason", "exemption.code"),
    (r"cac:TaxTotal/.*cbc:TaxTypeCode", "other_taxes"),
    (r"cac:TaxTotal", "vat_rate"),
    (r"cac:WithholdingTaxTotal", "withholding.code"),
    (r"cac:Item", "name"),
)
_TOP = (
    (r"cbc:ID", "number"),
    (r"cbc:UUID", "uuid"),
    (r"cbc:ProfileID", "profile"),
    (r"cbc:(?:Invoice|CreditNote|DespatchAdvice|ReceiptAdvice)TypeCode", "type"),
    (r"cbc:IssueDate", "issue_date"),
    (r"cbc:IssueTime", "issue_time"),
    (r"cbc:Note", "notes"),
    (r"cbc:DocumentCurrencyCode", "currency"),
    (r"cac:PricingExchangeRate", "exchange_rate.rate"),
    (r"cac:OrderReference", "order_reference"),
    (r"cac:PaymentMeans/cbc:PaymentMeansCode", "payment.code"),
    (r"cac:PaymentMeans/cac:PayeeFinancialAccount", "payment.iban"),
    (r"cac:PaymentMeans/cbc:PaymentDueDate", "payment.due_date"),
    (r"cac:PaymentMeans", "payment.code"),
    (r"cac:TaxTotal", "lines"),
    (r"cac:WithholdingTaxTotal", "lines"),
    (r"cac:LegalMonetaryTotal", "totals"),
    (r"cac:InvoicePeriod", "period"),
)
_NUMBERED = (
    (r"cac:BillingReference", "returned_invoices"),
    (r"cac:DespatchDocumentReference", "despatch_references"),
)
_SIDES = (
    (r"cac:(?:AccountingSupplierParty|DespatchSupplierParty|SenderParty)", "supplier"),
    (r"cac:(?:AccountingCustomerParty|DeliveryCustomerParty|ReceiverParty)", "customer"),
)


#: A finding that stands on the document itself is about what its rule looks at.
_BY_RULE = {
    "InvoiceIDCheck": "number",
    "ReceiptAdviceIDCheck": "number",
    "IDCheck": "number",
    "ProfileIDCheck": "profile",
    "InvoiceTypeCodeCheck": "type",
    "IlacTibbiCihazInvoiceTypeCodeCheck": "type",
    "YatirimTesvikInvoiceTypeCodeCheck": "type",
    "IdisInvoiceTypeCodeCheck": "type",
    "GeneralWithholdingTaxTotalCheck": "type",
    "CurrencyCodeCheck": "currency",
    "IADEInvioceCheck": "returned_invoices",
    "HKSInvioceCheck": "lines",
    "KamuFaturaCheck": "payment.iban",
}


def field_of(path: str, code: str = "") -> str:
    """The draft's field for a path that `Places` made; empty where the draft has none."""
    found = re.match(
        r"(?:/StandardBusinessDocument/.*?)?/(?:\w+:)?(?:Invoice|CreditNote|DespatchAdvice|ReceiptAdvice)(?:\[\d+\])?(?:/(.*))?$",
        path,
    )
    if found is None:
        return ""
    rest = found[1] or ""
    if code in _BY_RULE and (not rest or code == "KamuFaturaCheck"):
        return _BY_RULE[code]
    line = re.match(r"cac:(?:Invoice|CreditNote|Despatch|Receipt)Line(?:\[(\d+)\])?(?:/(.*))?$", rest)
    if line:
        inner = _first(_LINE, _INDEX.sub("", line[2] or ""))
        return f"lines[{int(line[1] or 1) - 1}]{f'.{inner}' if inner else ''}"
    for pattern, name in _NUMBERED:
        match = re.match(rf"{pattern}(?:\[(\d+)\])?(?:/(?!cac:AdditionalDocumentReference)|$)", rest)
        if match:
            return f"{name}[{int(match[1] or 1) - 1}]"
    plain = _INDEX.sub("", rest)
    for pattern, name in _SIDES:
        match = re.match(rf"{pattern}(?:/cac:Party)?(?:/(.*))?$", plain)
        if match:
            inner = _first(_PARTY, match[1] or "")
            return f"{name}.{inner or 'tax_number'}"
    return _first(_TOP, plain)


def place_in_draft(path: str, code: str, explained: str) -> str:
    """The draft's field of a finding: the one its explanation names (`lines[].unit`), with the number of the line or
    the side (supplier, customer) that the path tells; else what the path itself tells."""
    seen = field_of(path, code)
    if not explained or (code == "TimeCheck" and seen):
        # Dates stand in many places; only the path tells which one.
        return seen
    group, _, rest = explained.partition("[]")
    if rest or explained.endswith("[]"):
        number = re.match(rf"{re.escape(group)}(\[\d+\])", seen)
        return f"{group}{number[1]}{rest}" if number else group
    sides = ("supplier", "customer")
    side, theirs = seen.partition(".")[0], explained.partition(".")[0]
    if side in sides and theirs in sides and side != theirs:
        return f"{side}.{explained.partition('.')[2]}"
    return explained


def _first(table: tuple[tuple[str, str], ...], path: str) -> str:
    return next((name for pattern, name in table if re.match(rf"{pattern}(?=$|[/A-Z])", path)), "")
