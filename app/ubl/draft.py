"""Drafts of invoices as JSON (schema version 1, resources/schemas/draft.schema.json)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from app.domain.dates import ISTANBUL
from app.domain.document_number import DocumentNumber, invoice_purpose, parse_document_number, parse_series
from app.domain.errors import InputError
from app.domain.ettn import new_ettn, parse_ettn
from app.domain.invoice import (
    AllowanceCharge,
    DocumentReference,
    ExchangeRate,
    Invoice,
    InvoiceLine,
    OtherTax,
    PaymentMeans,
    PaymentTerms,
)
from app.domain.party import Company
from app.domain.protocols import Clock
from app.ubl.draftextras import (
    extras_from_fields,
    extras_to_json,
    line_extras_from_fields,
    line_extras_to_json,
)
from app.ubl.jsonread import Fields, InvalidData
from app.ubl.numbertext import plain
from app.ubl.partyjson import party_from_fields, party_to_json

SCHEMA_VERSION: Final = 1
_LINE_TEXTS = ("description", "note", "brand", "model", "seller_code", "buyer_code")


def invoice_from_json(data: Mapping[str, Any], *, company: Company, clock: Clock) -> Invoice:
    """The invoice that a draft describes, issued by `company`.

    Shape: numbers as strings, integers or Decimals, never floats; dates in ISO form. What is absent comes from the
    company (series) and the clock (date and time in Istanbul); an absent uuid is drawn at random.
    A discount's `rate` is a fraction (0.05 is 5 %), as in UBL; KDV and withholding rates are percents.
    Raises: InvalidData (DRAFT.INVALID) with all problems at once. Rules of the field (totals, codes, dates) are not
    checked here: an unfinished draft must be storable.
    """
    problems: list[str] = []
    if not isinstance(data, Mapping):
        raise InvalidData("DRAFT.INVALID", "Taslak okunamadı.", ["(kök): Bir nesne ({...}) olmalı."])
    fields = Fields(data, "", problems)
    _check_version(fields)
    now = clock.now().astimezone(ISTANBUL)
    profile = fields.text("profile", required=True)
    number = _read_number(fields)
    uuid = _read_uuid(fields)
    series = _read_series(fields, company, profile=profile, number=number)
    customer = fields.nested("customer")
    if customer is None:
        if not fields.has("customer"):
            fields.problem("customer", "Bu alan zorunlu.")
        customer = Fields({"vkn": "0" * 10}, "customer", [])
    party = party_from_fields(customer)
    customer.close()
    if not fields.has("lines"):
        fields.problem("lines", "Bu alan zorunlu.")
    invoice = Invoice(
        uuid=uuid,
        series=series,
        number=number,
        profile=profile,
        type_code=fields.text("type", required=True),
        issue_date=fields.day("issue_date") or clock.today(),
        issue_time=fields.clock_time("issue_time") or now.time().replace(microsecond=0, tzinfo=None),
        supplier=company.party,
        customer=party,
        lines=tuple(_read_line(line) for line in fields.each("lines")),
        currency=fields.text("currency", "TRY"),
        exchange_rate=_read_exchange_rate(fields.nested("exchange_rate")),
        notes=fields.texts("notes"),
        order_reference=_read_reference(fields.nested("order_reference")),
        despatch_references=_read_references(fields, "despatch_references"),
        returned_invoices=_read_references(fields, "returned_invoices"),
        payment_means=_read_payment(fields.nested("payment")),
        payment_terms=_read_terms(fields.nested("payment_terms")),
        rounding=fields.number("rounding") or Decimal("0.00"),
        sender_label=fields.text("sender_label"),
        receiver_label=fields.text("receiver_label"),
        extra=fields.mapping("extra"),
        allowances=_read_allowances(fields),
        **extras_from_fields(fields),
    )
    fields.close()
    if problems:
        raise InvalidData("DRAFT.INVALID", "Taslak okunamadı.", problems)
    return invoice


def invoice_to_json(invoice: Invoice) -> dict[str, Any]:
    """The draft of `invoice`, plain JSON values only; the supplier is not part of it. Empty fields are left out."""
    means, terms = invoice.payment_means, invoice.payment_terms
    data: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "uuid": invoice.uuid,
        "number": str(invoice.number) if invoice.number else "",
        "series": invoice.series,
        "profile": invoice.profile,
        "type": invoice.type_code,
        "issue_date": invoice.issue_date.isoformat(),
        "issue_time": invoice.issue_time.replace(microsecond=0).isoformat(),
        "currency": invoice.currency,
        "customer": party_to_json(invoice.customer),
        "notes": list(invoice.notes),
        "order_reference": _reference_to_json(invoice.order_reference) if invoice.order_reference else None,
        "despatch_references": [_reference_to_json(r) for r in invoice.despatch_references],
        "returned_invoices": [_reference_to_json(r) for r in invoice.returned_invoices],
        "rounding": plain(invoice.rounding) if invoice.rounding else "",
        "sender_label": invoice.sender_label,
        "receiver_label": invoice.receiver_label,
        "extra": dict(invoice.extra),
    }
    if invoice.exchange_rate is not None:
        rate = invoice.exchange_rate
        data["exchange_rate"] = _without_empty({"rate": plain(rate.rate), "day": rate.day and rate.day.isoformat()})
    if means is not None:
        data["payment"] = _without_empty(
            {
                "code": means.code,
                "due_date": means.due_date and means.due_date.isoformat(),
                "iban": means.iban,
                "channel_code": means.channel_code,
                "note": means.note,
            }
        )
    if terms is not None:
        data["payment_terms"] = _without_empty(
            {"note": terms.note, "due_date": terms.due_date and terms.due_date.isoformat()}
        )
    result = _without_empty(data | _allowances_to_json(invoice.allowances) | extras_to_json(invoice))
    result["lines"] = [_line_to_json(line) for line in invoice.lines]
    return result


def _check_version(fields: Fields) -> None:
    version = fields.number("schema_version")
    if version is not None and version != SCHEMA_VERSION:
        fields.problem(
            "schema_version", f"Bu sürüm yalnız {SCHEMA_VERSION} numaralı biçimi okur; programı güncelleyin."
        )


def _read_uuid(fields: Fields) -> str:
    text = fields.text("uuid")
    if not text:
        return new_ettn()
    try:
        return parse_ettn(text)
    except InputError as e:
        fields.problem("uuid", e.sentence)
        return ""


def _read_number(fields: Fields) -> DocumentNumber | None:
    text = fields.text("number")
    if not text:
        return None
    try:
        number = parse_document_number(text)
    except InputError as e:
        fields.problem("number", e.sentence)
        return None
    return None if number.is_placeholder else number


def _read_series(fields: Fields, company: Company, *, profile: str, number: DocumentNumber | None) -> str:
    text = fields.text("series")
    if number is not None:
        if text and text != number.series:
            fields.problem("series", f"Seri ({text[:10]}) numaranın serisinden ({number.series}) farklı.")
        return number.series
    if not text:
        earchive = fields.peek("earchive")
        is_internet = isinstance(earchive, Mapping) and earchive.get("internet") is True
        type_code = str(fields.peek("type") or "")
        purpose = invoice_purpose(profile, type_code=type_code, is_internet=is_internet)
        text = company.series.get(purpose.value, "")
    if not text:
        fields.problem("series", "Seri yazılmamış ve firmada bu belge türü için seri tanımlı değil.")
        return ""
    try:
        return parse_series(text)
    except InputError as e:
        fields.problem("series", e.sentence)
        return ""


def _read_line(fields: Fields) -> InvoiceLine:
    withholding, exemption = fields.nested("withholding"), fields.nested("exemption")
    line = InvoiceLine(
        name=fields.text("name", required=True),
        quantity=fields.number("quantity", required=True) or Decimal(0),
        unit_code=fields.text("unit", required=True),
        unit_price=fields.number("unit_price", required=True) or Decimal(0),
        vat_rate=fields.number("vat_rate", required=True) or Decimal(0),
        allowances=_read_allowances(fields),
        other_taxes=tuple(_read_other_tax(item) for item in fields.each("other_taxes")),
        withholding_code=withholding.text("code", required=True) if withholding else "",
        withholding_rate=withholding.number("rate") if withholding else None,
        exemption_code=exemption.text("code", required=True) if exemption else "",
        exemption_reason=exemption.text("reason") if exemption else "",
        **_line_texts(fields),
        **line_extras_from_fields(fields),
    )
    for inner in (withholding, exemption, fields):
        if inner is not None:
            inner.close()
    return line


def _line_texts(fields: Fields) -> dict[str, Any]:
    return {key: fields.text(key) for key in _LINE_TEXTS}


def _read_allowances(fields: Fields) -> tuple[AllowanceCharge, ...]:
    """`discounts` and `charges` of a line, or of the document."""
    return (
        *(_read_allowance(item, is_charge=False) for item in fields.each("discounts")),
        *(_read_allowance(item, is_charge=True) for item in fields.each("charges")),
    )


def _read_allowance(fields: Fields, *, is_charge: bool) -> AllowanceCharge:
    rate, amount = fields.number("rate"), fields.number("amount")
    if (rate is None) == (amount is None):
        fields.problem("rate", "rate ya da amount alanlarından yalnız biri yazılmalı.")
    if rate is not None and not 0 <= rate <= 1:
        fields.problem("rate", "Oran kesir olarak yazılır: yüzde 5 için 0.05.")
    item = AllowanceCharge(is_charge=is_charge, rate=rate, amount=amount, reason=fields.text("reason"))
    fields.close()
    return item


def _read_other_tax(fields: Fields) -> OtherTax:
    rate, per_unit = fields.number("rate"), fields.number("per_unit")
    if (rate is None) == (per_unit is None):
        fields.problem("rate", "rate ya da per_unit alanlarından yalnız biri yazılmalı.")
    tax = OtherTax(
        code=fields.text("code", required=True),
        name=fields.text("name"),
        rate=rate,
        per_unit=per_unit,
        in_vat_base=fields.flag("in_vat_base"),
    )
    fields.close()
    return tax


def _read_exchange_rate(fields: Fields | None) -> ExchangeRate | None:
    if fields is None:
        return None
    result = ExchangeRate(rate=fields.number("rate", required=True) or Decimal(0), day=fields.day("day"))
    fields.close()
    return result


def _read_reference(fields: Fields | None) -> DocumentReference | None:
    if fields is None:
        return None
    number, day = fields.text("number", required=True), fields.day("day", required=True)
    fields.close()
    return DocumentReference(number=number, day=day) if day is not None else None


def _read_references(fields: Fields, key: str) -> tuple[DocumentReference, ...]:
    found = (_read_reference(item) for item in fields.each(key))
    return tuple(reference for reference in found if reference is not None)


def _read_payment(fields: Fields | None) -> PaymentMeans | None:
    if fields is None:
        return None
    means = PaymentMeans(
        code=fields.text("code", required=True),
        due_date=fields.day("due_date"),
        iban=fields.text("iban").replace(" ", ""),
        channel_code=fields.text("channel_code"),
        note=fields.text("note"),
    )
    fields.close()
    return means


def _read_terms(fields: Fields | None) -> PaymentTerms | None:
    if fields is None:
        return None
    terms = PaymentTerms(note=fields.text("note"), due_date=fields.day("due_date"))
    fields.close()
    return terms


def _line_to_json(line: InvoiceLine) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": line.name,
        "quantity": plain(line.quantity),
        "unit": line.unit_code,
        "unit_price": plain(line.unit_price),
        "vat_rate": plain(line.vat_rate),
        **_allowances_to_json(line.allowances),
        "other_taxes": [_other_tax_to_json(tax) for tax in line.other_taxes],
    }
    if line.withholding_code:
        rate = line.withholding_rate
        data["withholding"] = _without_empty(
            {"code": line.withholding_code, "rate": "" if rate is None else plain(rate)}
        )
    if line.exemption_code:
        data["exemption"] = _without_empty({"code": line.exemption_code, "reason": line.exemption_reason})
    data |= {key: getattr(line, key) for key in _LINE_TEXTS}
    return _without_empty(data | line_extras_to_json(line))


def _allowances_to_json(items: Iterable[AllowanceCharge]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"discounts": [], "charges": []}
    for item in items:
        found["charges" if item.is_charge else "discounts"].append(_allowance_to_json(item))
    return found


def _allowance_to_json(item: AllowanceCharge) -> dict[str, Any]:
    # A fixed amount counts before a rate, as in the sums.
    if item.amount is not None:
        return _without_empty({"amount": plain(item.amount), "reason": item.reason})
    return _without_empty({"rate": plain(item.rate or Decimal(0)), "reason": item.reason})


def _other_tax_to_json(tax: OtherTax) -> dict[str, Any]:
    data = _without_empty({"code": tax.code, "name": tax.name})
    if tax.per_unit is not None:
        data["per_unit"] = plain(tax.per_unit)
    else:
        data["rate"] = plain(tax.rate or Decimal(0))
    if tax.in_vat_base is not None:
        data["in_vat_base"] = tax.in_vat_base
    return data


def _reference_to_json(reference: DocumentReference) -> dict[str, str]:
    return {"number": reference.number, "day": reference.day.isoformat()}


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
