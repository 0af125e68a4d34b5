"""Drafts of despatch notes and of answers to them as JSON (schema version 1, resources/schemas/despatch.schema.json and
receipt.schema.json). Producer and freelance receipts are drafted with the invoice's own schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.domain.dates import ISTANBUL
from app.domain.despatch import SEVK, TEMELIRSALIYE, Despatch, DespatchLine, Driver, Receipt, ReceiptLine, Shipment
from app.domain.document_number import DocumentNumber, SeriesPurpose, parse_document_number, parse_series
from app.domain.errors import InputError
from app.domain.ettn import new_ettn, parse_ettn
from app.domain.invoice import DocumentReference
from app.domain.party import Company, Party
from app.domain.protocols import Clock
from app.domain.taxnumber import TaxNumber
from app.ubl.draftextras import (
    item_ids_from_fields,
    item_ids_to_json,
    references_from_fields,
    references_to_json,
)
from app.ubl.jsonread import Fields, InvalidData
from app.ubl.numbertext import plain
from app.ubl.partyjson import address_from_fields, address_to_json, party_from_fields, party_to_json

SCHEMA_VERSION: Final = 1
_LINE_TEXTS = ("outstanding_reason", "description", "note", "brand", "model", "seller_code", "buyer_code", "order_line")
_LINE_NUMBERS = ("unit_price", "outstanding", "oversupply")
_RECEIPT_TEXTS = ("reason", "note", "line_ref", "order_line", "seller_code")
_RECEIPT_NUMBERS = ("rejected", "short", "oversupply")


def despatch_from_json(data: Mapping[str, Any], *, company: Company, clock: Clock) -> Despatch:
    """The despatch note that a draft describes, sent by `company`; the same conventions as `invoice_from_json`.

    Raises: InvalidData (DRAFT.INVALID) with all problems at once.
    """
    fields = _open(data)
    head = _read_head(fields, company, SeriesPurpose.DESPATCH, clock)
    despatch = Despatch(
        **head,
        profile=fields.text("profile", TEMELIRSALIYE),
        type_code=fields.text("type", SEVK),
        supplier=company.party,
        customer=_read_party(fields, "customer", is_required=True) or _nobody(),
        lines=tuple(_read_line(line) for line in fields.each("lines")),
        shipment=_read_shipment(fields.nested("shipment")),
        currency=fields.text("currency", "TRY"),
        notes=fields.texts("notes"),
        orders=_read_dated(fields, "orders"),
        paper=_read_one(fields.nested("paper")),
        references=references_from_fields(fields, "references"),
        buyer=_read_party(fields, "buyer"),
        seller=_read_party(fields, "seller"),
        originator=_read_party(fields, "originator"),
        shipment_no=fields.text("shipment_no"),
        sender_label=fields.text("sender_label"),
        receiver_label=fields.text("receiver_label"),
    )
    _close(fields)
    return despatch


def despatch_to_json(despatch: Despatch) -> dict[str, Any]:
    """The draft of `despatch`, plain JSON values only; the supplier is not part of it. Empty fields are left out."""
    data = _head_to_json(despatch) | {
        "profile": despatch.profile,
        "type": despatch.type_code,
        "currency": despatch.currency,
        "customer": party_to_json(despatch.customer),
        "shipment": _shipment_to_json(despatch.shipment),
        "notes": list(despatch.notes),
        "orders": [_dated_to_json(order) for order in despatch.orders],
        "paper": _dated_to_json(despatch.paper) if despatch.paper is not None else None,
        "references": references_to_json(despatch.references),
        "shipment_no": despatch.shipment_no,
        "sender_label": despatch.sender_label,
        "receiver_label": despatch.receiver_label,
    }
    for key in ("buyer", "seller", "originator"):
        party: Party | None = getattr(despatch, key)
        data[key] = party_to_json(party) if party is not None else None
    result = _without_empty(data)
    result["lines"] = [_line_to_json(line) for line in despatch.lines]
    return result


def receipt_from_json(data: Mapping[str, Any], *, company: Company, clock: Clock) -> Receipt:
    """The answer that a draft describes, given by `company` to the sender of a despatch note.

    Raises: InvalidData (DRAFT.INVALID) with all problems at once.
    """
    fields = _open(data)
    head = _read_head(fields, company, SeriesPurpose.RECEIPT, clock)
    despatch = _read_one(fields.nested("despatch"))
    if despatch is None:
        fields.problem("despatch", "Yanıtlanan irsaliyenin ETTN'si ve tarihi zorunlu.")
    receipt = Receipt(
        **head,
        profile=fields.text("profile", TEMELIRSALIYE),
        type_code=fields.text("type", SEVK),
        customer=company.party,
        supplier=_read_party(fields, "supplier", is_required=True) or _nobody(),
        despatch=despatch or DocumentReference(number="", day=head["issue_date"]),
        despatch_number=fields.text("despatch_number"),
        lines=tuple(_read_receipt_line(line) for line in fields.each("lines")),
        notes=fields.texts("notes"),
        orders=_read_dated(fields, "orders"),
        buyer=_read_party(fields, "buyer"),
        seller=_read_party(fields, "seller"),
        received_day=fields.day("received_day"),
        received_time=fields.clock_time("received_time"),
        sender_label=fields.text("sender_label"),
        receiver_label=fields.text("receiver_label"),
    )
    _close(fields)
    return receipt


def receipt_to_json(receipt: Receipt) -> dict[str, Any]:
    """The draft of `receipt`; the customer (we) is not part of it. Empty fields are left out."""
    data = _head_to_json(receipt) | {
        "profile": receipt.profile,
        "type": receipt.type_code,
        "supplier": party_to_json(receipt.supplier),
        "despatch": _dated_to_json(receipt.despatch),
        "despatch_number": receipt.despatch_number,
        "notes": list(receipt.notes),
        "orders": [_dated_to_json(order) for order in receipt.orders],
        "buyer": party_to_json(receipt.buyer) if receipt.buyer is not None else None,
        "seller": party_to_json(receipt.seller) if receipt.seller is not None else None,
        "received_day": receipt.received_day and receipt.received_day.isoformat(),
        "received_time": receipt.received_time.isoformat() if receipt.received_time is not None else "",
        "sender_label": receipt.sender_label,
        "receiver_label": receipt.receiver_label,
    }
    result = _without_empty(data)
    result["lines"] = [_receipt_line_to_json(line) for line in receipt.lines]
    return result


def _open(data: Mapping[str, Any]) -> Fields:
    if not isinstance(data, Mapping):
        raise InvalidData("DRAFT.INVALID", "Taslak okunamadı.", ["(kök): Bir nesne ({...}) olmalı."])
    fields = Fields(data, "", [])
    version = fields.number("schema_version")
    if version is not None and version != SCHEMA_VERSION:
        fields.problem(
            "schema_version", f"Bu sürüm yalnız {SCHEMA_VERSION} numaralı biçimi okur; programı güncelleyin."
        )
    return fields


def _close(fields: Fields) -> None:
    fields.close()
    if fields.problems:
        raise InvalidData("DRAFT.INVALID", "Taslak okunamadı.", fields.problems)


def _read_head(fields: Fields, company: Company, purpose: SeriesPurpose, clock: Clock) -> dict[str, Any]:
    """ETTN, number, series, date and time: what is absent comes from the company and the clock."""
    now = clock.now().astimezone(ISTANBUL)
    number = _read_number(fields)
    series = number.series if number is not None else fields.text("series") or company.series.get(purpose.value, "")
    if number is not None:
        fields.text("series")
    if not series:
        fields.problem("series", "Seri yazılmamış ve firmada bu belge türü için seri tanımlı değil.")
    else:
        try:
            parse_series(series)
        except InputError as e:
            fields.problem("series", e.sentence)
    if not fields.has("lines"):
        fields.problem("lines", "Bu alan zorunlu.")
    return {
        "uuid": _read_uuid(fields),
        "series": series,
        "number": number,
        "issue_date": fields.day("issue_date") or clock.today(),
        "issue_time": fields.clock_time("issue_time") or now.time().replace(microsecond=0, tzinfo=None),
    }


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


def _head_to_json(document: Despatch | Receipt) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "uuid": document.uuid,
        "number": str(document.number) if document.number else "",
        "series": document.series,
        "issue_date": document.issue_date.isoformat(),
        "issue_time": document.issue_time.replace(microsecond=0).isoformat(),
    }


def _read_party(fields: Fields, key: str, *, is_required: bool = False) -> Party | None:
    inner = fields.nested(key)
    if inner is None:
        if is_required and not fields.has(key):
            fields.problem(key, "Bu alan zorunlu.")
        return None
    party = party_from_fields(inner)
    inner.close()
    return party


def _nobody() -> Party:
    return Party(tax_number=TaxNumber(""))


def _read_one(fields: Fields | None) -> DocumentReference | None:
    if fields is None:
        return None
    number, day = fields.text("number", required=True), fields.day("day", required=True)
    fields.close()
    return DocumentReference(number=number, day=day) if day is not None else None


def _read_dated(fields: Fields, key: str) -> tuple[DocumentReference, ...]:
    found = (_read_one(item) for item in fields.each(key))
    return tuple(reference for reference in found if reference is not None)


def _dated_to_json(reference: DocumentReference) -> dict[str, str]:
    return {"number": reference.number, "day": reference.day.isoformat()}


def _read_shipment(fields: Fields | None) -> Shipment:
    if fields is None:
        return Shipment()
    address = fields.nested("address")
    shipment = Shipment(
        despatch_day=fields.day("despatch_day"),
        despatch_time=fields.clock_time("despatch_time"),
        address=address_from_fields(address) if address is not None else None,
        carrier=_read_party(fields, "carrier"),
        drivers=tuple(_read_driver(item) for item in fields.each("drivers")),
        plate=fields.text("plate"),
        trailers=fields.texts("trailers"),
        goods_value=fields.number("goods_value"),
    )
    fields.close()
    return shipment


def _read_driver(fields: Fields) -> Driver:
    driver = Driver(
        first_name=fields.text("name"),
        family_name=fields.text("surname"),
        number=fields.text("number"),
        title=fields.text("title"),
    )
    fields.close()
    return driver


def _shipment_to_json(shipment: Shipment) -> dict[str, Any]:
    data = _without_empty(
        {
            "despatch_day": shipment.despatch_day and shipment.despatch_day.isoformat(),
            "despatch_time": shipment.despatch_time.isoformat() if shipment.despatch_time is not None else "",
            "plate": shipment.plate,
            "trailers": list(shipment.trailers),
            "goods_value": "" if shipment.goods_value is None else plain(shipment.goods_value),
            "drivers": [
                _without_empty({"name": d.first_name, "surname": d.family_name, "number": d.number, "title": d.title})
                for d in shipment.drivers
            ],
        }
    )
    if shipment.address is not None:
        data["address"] = address_to_json(shipment.address)
    if shipment.carrier is not None:
        data["carrier"] = party_to_json(shipment.carrier)
    return data


def _read_line(fields: Fields) -> DespatchLine:
    line = DespatchLine(
        name=fields.text("name", required=True),
        quantity=fields.number("quantity", required=True) or Decimal(0),
        unit_code=fields.text("unit", required=True),
        item_ids=item_ids_from_fields(fields),
        **_some(fields, _LINE_TEXTS, _LINE_NUMBERS),
    )
    fields.close()
    return line


def _line_to_json(line: DespatchLine) -> dict[str, Any]:
    data: dict[str, Any] = {"name": line.name, "quantity": plain(line.quantity), "unit": line.unit_code}
    data |= {key: getattr(line, key) for key in _LINE_TEXTS} | _numbers_of(line, _LINE_NUMBERS)
    data["item_ids"] = item_ids_to_json(line.item_ids)
    return _without_empty(data)


def _read_receipt_line(fields: Fields) -> ReceiptLine:
    numbers: dict[str, Any] = {key: fields.number(key) or Decimal(0) for key in _RECEIPT_NUMBERS}
    texts: dict[str, Any] = {key: fields.text(key) for key in _RECEIPT_TEXTS}
    line = ReceiptLine(
        name=fields.text("name", required=True),
        unit_code=fields.text("unit", required=True),
        received=fields.number("received", required=True) or Decimal(0),
        **numbers,
        **texts,
    )
    fields.close()
    return line


def _receipt_line_to_json(line: ReceiptLine) -> dict[str, Any]:
    data: dict[str, Any] = {"name": line.name, "unit": line.unit_code, "received": plain(line.received)}
    data |= {key: getattr(line, key) for key in _RECEIPT_TEXTS}
    data |= {key: plain(getattr(line, key)) for key in _RECEIPT_NUMBERS if getattr(line, key)}
    return _without_empty(data)


def _some(fields: Fields, texts: tuple[str, ...], numbers: tuple[str, ...]) -> dict[str, Any]:
    return {key: fields.text(key) for key in texts} | {key: fields.number(key) for key in numbers}


def _numbers_of(line: DespatchLine, names: tuple[str, ...]) -> dict[str, str]:
    told = {name: getattr(line, name) for name in names}
    return {name: plain(value) for name, value in told.items() if value is not None}


def _without_empty(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
