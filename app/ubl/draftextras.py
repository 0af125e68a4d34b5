"""The fields of single scenarios in draft JSON; the ordinary ones stand in `draft`."""

from __future__ import annotations

from typing import Any

from app.domain.extras import (
    ELECTRONIC,
    AdditionalReference,
    BankAccount,
    Buyer,
    Deduction,
    Delivery,
    EArchive,
    Package,
    Period,
    TaxRepresentative,
)
from app.domain.invoice import DocumentReference, Invoice, InvoiceLine
from app.ubl.jsonread import Fields
from app.ubl.numbertext import plain
from app.ubl.partyjson import address_from_fields, address_to_json, party_from_fields, party_to_json

_LINE_TEXTS = ("manufacturer_code", "origin_country", "classification", "trace_id", "serial_id")
_DELIVERY_TEXTS = ("incoterms", "transport_mode", "customs_id", "buyer_line_code", "seller_line_code")
_BUYER_TEXTS = ("party_type", "legal_name", "legal_id", "nationality", "passport_no")
_REFERENCE_TEXTS = ("scheme", "type_code", "kind", "description")
_ACCOUNT_TEXTS = ("currency", "bank", "branch", "note")


def extras_from_fields(fields: Fields) -> dict[str, Any]:
    """The invoice's extra fields as constructor arguments."""
    return {
        "period": _read_period(fields.nested("period")),
        "accounting_cost": fields.text("accounting_cost"),
        "incentive": _read_incentive(fields.nested("incentive")),
        "references": references_from_fields(fields, "references"),
        "buyer": _read_buyer(fields.nested("buyer")),
        "tax_representative": _read_representative(fields.nested("tax_representative")),
        "delivery": delivery_from_fields(fields.nested("delivery")),
        "deductions": tuple(_read_deduction(item) for item in fields.each("deductions")),
        "earchive": _read_earchive(fields.nested("earchive")),
        "shipment_no": fields.text("shipment_no"),
    }


def extras_to_json(invoice: Invoice) -> dict[str, Any]:
    """The inverse of `extras_from_fields`; what is empty may be left in, the caller drops it."""
    data: dict[str, Any] = {
        "accounting_cost": invoice.accounting_cost,
        "references": references_to_json(invoice.references),
        "deductions": [_deduction_to_json(item) for item in invoice.deductions],
        "shipment_no": invoice.shipment_no,
    }
    if invoice.period is not None:
        data["period"] = _period_to_json(invoice.period)
    if invoice.incentive is not None:
        data["incentive"] = {"number": invoice.incentive.number, "day": invoice.incentive.day.isoformat()}
    if invoice.buyer is not None:
        data["buyer"] = _buyer_to_json(invoice.buyer)
    if invoice.tax_representative is not None:
        agent = invoice.tax_representative
        data["tax_representative"] = {
            "number": agent.number,
            "label": agent.label,
            "name": agent.name,
            "address": address_to_json(agent.address),
        }
    if invoice.delivery is not None:
        data["delivery"] = delivery_to_json(invoice.delivery)
    if invoice.earchive is not None:
        told = invoice.earchive
        data["earchive"] = {"sending": told.sending, "internet": told.is_internet, "web": told.web}
    return data


def line_extras_from_fields(fields: Fields) -> dict[str, Any]:
    """A line's extra fields as constructor arguments."""
    return {
        "vat_base": fields.number("vat_base"),
        "vat_shown_only": bool(fields.flag("vat_shown_only")),
        "item_ids": item_ids_from_fields(fields),
        "delivery": delivery_from_fields(fields.nested("delivery")),
        **{key: fields.text(key) for key in _LINE_TEXTS},
    }


def line_extras_to_json(line: InvoiceLine) -> dict[str, Any]:
    """The inverse of `line_extras_from_fields`."""
    data: dict[str, Any] = {key: getattr(line, key) for key in _LINE_TEXTS}
    data["item_ids"] = item_ids_to_json(line.item_ids)
    if line.vat_base is not None:
        data["vat_base"] = plain(line.vat_base)
    if line.vat_shown_only:
        data["vat_shown_only"] = True
    if line.delivery is not None:
        data["delivery"] = delivery_to_json(line.delivery)
    return data


def item_ids_from_fields(fields: Fields) -> tuple[tuple[str, str], ...]:
    """`item_ids` of a line: künye, ilaç, telefon, etiket numbers as (scheme, value)."""
    result = []
    for item in fields.each("item_ids"):
        result.append((item.text("scheme", required=True), item.text("value")))
        item.close()
    return tuple(result)


def item_ids_to_json(item_ids: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"scheme": scheme, "value": value} for scheme, value in item_ids]


def references_from_fields(fields: Fields, key: str) -> tuple[AdditionalReference, ...]:
    """A list of further references; one without a date is told and left out."""
    result = []
    for item in fields.each(key):
        number, day = item.text("number", required=True), item.day("day", required=True)
        texts = {name: item.text(name) for name in _REFERENCE_TEXTS}
        item.close()
        if day is not None:
            result.append(AdditionalReference(number=number, day=day, **texts))
    return tuple(result)


def references_to_json(references: tuple[AdditionalReference, ...]) -> list[dict[str, str]]:
    return [
        _without_empty(
            {"number": r.number, "day": r.day.isoformat()} | {name: getattr(r, name) for name in _REFERENCE_TEXTS}
        )
        for r in references
    ]


def delivery_from_fields(fields: Fields | None) -> Delivery | None:
    """A delivery of the document or of a line."""
    if fields is None:
        return None
    address, carrier = fields.nested("address"), fields.nested("carrier")
    carrier_party = None
    if carrier is not None:
        carrier_party = party_from_fields(carrier)
        carrier.close()
    delivery = Delivery(
        address=address_from_fields(address) if address is not None else None,
        day=fields.day("day"),
        despatch_day=fields.day("despatch_day"),
        carrier=carrier_party,
        packages=tuple(_read_package(item) for item in fields.each("packages")),
        **{key: fields.text(key) for key in _DELIVERY_TEXTS},
    )
    fields.close()
    return delivery


def delivery_to_json(delivery: Delivery) -> dict[str, Any]:
    """The inverse of `delivery_from_fields`."""
    data: dict[str, Any] = {key: getattr(delivery, key) for key in _DELIVERY_TEXTS}
    data["day"] = delivery.day and delivery.day.isoformat()
    data["despatch_day"] = delivery.despatch_day and delivery.despatch_day.isoformat()
    data["packages"] = [
        _without_empty(
            {
                "type_code": p.type_code,
                "number": p.number,
                "quantity": "" if p.quantity is None else plain(p.quantity),
            }
        )
        for p in delivery.packages
    ]
    result = _without_empty(data)
    # An empty address is not no address: it must come back.
    if delivery.address is not None:
        result["address"] = address_to_json(delivery.address)
    if delivery.carrier is not None:
        result["carrier"] = party_to_json(delivery.carrier)
    return result


def _read_period(fields: Fields | None) -> Period | None:
    if fields is None:
        return None
    period = Period(
        start=fields.day("start"),
        end=fields.day("end"),
        start_time=fields.clock_time("start_time"),
        end_time=fields.clock_time("end_time"),
        description=fields.text("description"),
    )
    fields.close()
    return period


def _period_to_json(period: Period) -> dict[str, Any]:
    return _without_empty(
        {
            "start": period.start and period.start.isoformat(),
            "end": period.end and period.end.isoformat(),
            "start_time": period.start_time.isoformat() if period.start_time is not None else "",
            "end_time": period.end_time.isoformat() if period.end_time is not None else "",
            "description": period.description,
        }
    )


def _read_incentive(fields: Fields | None) -> DocumentReference | None:
    if fields is None:
        return None
    number, day = fields.text("number", required=True), fields.day("day", required=True)
    fields.close()
    return DocumentReference(number=number, day=day) if day is not None else None


def _read_buyer(fields: Fields | None) -> Buyer | None:
    if fields is None:
        return None
    buyer = Buyer(
        party=party_from_fields(fields, number_required=False),
        passport_day=fields.day("passport_day"),
        account=_read_account(fields.nested("account")),
        **{key: fields.text(key) for key in _BUYER_TEXTS},
    )
    fields.close()
    return buyer


def _buyer_to_json(buyer: Buyer) -> dict[str, Any]:
    data = party_to_json(buyer.party) | {key: getattr(buyer, key) for key in _BUYER_TEXTS}
    data["passport_day"] = buyer.passport_day and buyer.passport_day.isoformat()
    if buyer.account is not None:
        account = buyer.account
        data["account"] = _without_empty(
            {"number": account.number} | {key: getattr(account, key) for key in _ACCOUNT_TEXTS}
        )
    return _without_empty(data)


def _read_account(fields: Fields | None) -> BankAccount | None:
    if fields is None:
        return None
    account = BankAccount(
        number=fields.text("number", required=True), **{key: fields.text(key) for key in _ACCOUNT_TEXTS}
    )
    fields.close()
    return account


def _read_representative(fields: Fields | None) -> TaxRepresentative | None:
    if fields is None:
        return None
    agent = TaxRepresentative(
        number=fields.text("number"),
        label=fields.text("label"),
        name=fields.text("name"),
        address=address_from_fields(fields.nested("address")),
    )
    fields.close()
    return agent


def _read_package(fields: Fields) -> Package:
    package = Package(
        type_code=fields.text("type_code"), number=fields.text("number"), quantity=fields.number("quantity")
    )
    fields.close()
    return package


def _read_deduction(fields: Fields) -> Deduction:
    rate, amount = fields.number("rate"), fields.number("amount")
    if rate is None and amount is None:
        fields.problem("amount", "rate ya da amount yazılmalı.")
    deduction = Deduction(code=fields.text("code", required=True), rate=rate, amount=amount)
    fields.close()
    return deduction


def _deduction_to_json(deduction: Deduction) -> dict[str, str]:
    return _without_empty(
        {
            "code": deduction.code,
            "rate": "" if deduction.rate is None else plain(deduction.rate),
            "amount": "" if deduction.amount is None else plain(deduction.amount),
        }
    )


def _read_earchive(fields: Fields | None) -> EArchive | None:
    if fields is None:
        return None
    told = EArchive(
        sending=fields.text("sending", ELECTRONIC),
        is_internet=bool(fields.flag("internet")),
        web=fields.text("web"),
    )
    fields.close()
    return told


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
