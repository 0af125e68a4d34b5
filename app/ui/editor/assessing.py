"""What a form adds up to and what is wrong with it, also while it is not finished. No Qt; runs on a lane."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from typing import Any, Final, TypeVar

from app.domain.errors import InputError
from app.domain.findings import Finding, Layer, Severity
from app.domain.invoice import InvoiceTotals
from app.domain.taxnumber import parse_tax_number
from app.storage.records import CompanyRecord, PartnerRecord
from app.ubl import profiles
from app.ubl.jsonread import InvalidData
from app.ubl.totals import compute_totals
from app.ui.editor.numbers import is_number
from app.workflows import drafting
from app.workflows.context import WorkContext
from app.workflows.papers import Paper

T = TypeVar("T")

_FIELD_NAMES: Final[Mapping[str, str]] = {
    "customer": "Alıcı",
    "customer.vkn": "Alıcı VKN",
    "customer.tckn": "Alıcı TCKN",
    "series": "Seri",
    "profile": "Senaryo",
    "type": "Fatura tipi",
    "issue_date": "Tarih",
    "exchange_rate.rate": "Kur",
    "payment.code": "Ödeme şekli",
    "rounding": "Yuvarlama",
    "discounts": "Genel indirim",
    "charges": "Genel artırım",
    "deductions": "Komisyoncu kesintisi",
    "customer.identifiers": "Alıcının numarası",
    "supplier": "Gönderen",
    "supplier.vkn": "Gönderen VKN",
    "despatch": "İrsaliye",
    "shipment.despatch_day": "Sevk tarihi",
    "shipment.despatch_time": "Sevk saati",
    "shipment.carrier": "Taşıyıcı",
    "shipment.carrier.vkn": "Taşıyıcı VKN",
    "shipment": "Sevkiyat",
    "paper": "Kâğıt irsaliye",
    "orders": "Sipariş",
    "delivery": "Teslim",
    "delivery.day": "Teslim tarihi",
    "received_day": "Teslim alma tarihi",
    "received_time": "Teslim alma saati",
}
_LINE_NAMES: Final[Mapping[str, str]] = {
    "name": "mal veya hizmetin adı",
    "quantity": "miktar",
    "unit": "birim",
    "unit_price": "birim fiyat",
    "vat_rate": "KDV oranı",
    "received": "gelen miktar",
    "rejected": "iade edilen miktar",
}
_REFERENCE_NAMES: Final[Mapping[str, str]] = {
    "order_reference": "Sipariş",
    "despatch_references": "İrsaliye",
    "returned_invoices": "İade edilen fatura",
}
_STAND_IN_VKN: Final = "0000000000"
#: How often a form is read again without what cannot be read yet.
_PATIENCE: Final = 4
#: Without these there is nothing to read.
_NEEDED: Final = frozenset(
    {"", "lines", "customer", "profile", "type", "series", "name", "quantity", "unit", "unit_price", "vat_rate"}
)
_LINE: Final = re.compile(r"lines\[(\d+)\](?:\.(.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`is_complete` False: the form cannot be stored as a draft yet; `invoice` then has stand-ins for what lacks."""

    version: int
    is_complete: bool
    invoice: Paper | None
    totals: InvoiceTotals | None
    findings: list[Finding]
    partner: PartnerRecord | None


def assess(ctx: WorkContext, company: CompanyRecord, data: Mapping[str, Any], version: int) -> Assessment:
    """Read, sum and check a form. Never raises for what a user may type."""
    findings: list[Finding] = []
    try:
        invoice = drafting.read_invoice(ctx, company, data)
        is_complete = True
    except InvalidData as e:
        is_complete = False
        findings = [unfinished(problem) for problem in e.problems]
        found = readable(lambda less: drafting.read_invoice(ctx, company, less), completed(data))
        if found is None:
            return Assessment(
                version=version, is_complete=False, invoice=None, totals=None, findings=findings, partner=None
            )
        invoice = found
    partner = drafting.known_partner(ctx, company, invoice)
    told = {finding.field for finding in findings}
    no_buyer = invoice.customer.tax_number.digits == _STAND_IN_VKN
    for finding in drafting.check(ctx, invoice, partner=partner):
        if finding.field in told or (no_buyer and finding.field.startswith("customer.tax_number")):
            continue
        findings.append(finding)
    if no_buyer:
        # Without a number every other remark on the buyer is noise.
        findings = [f for f in findings if not f.field.startswith("customer.") or f.layer is Layer.READ]
    return Assessment(
        version=version,
        is_complete=is_complete,
        invoice=invoice,
        totals=compute_totals(invoice),
        findings=findings,
        partner=partner,
    )


def readable(read: Callable[[dict[str, Any]], T], data: dict[str, Any]) -> T | None:
    """What can be summed and drawn meanwhile: parts that are half told (an incentive without its date) are left out."""
    for _ in range(_PATIENCE):
        try:
            return read(data)
        except InvalidData as e:
            less = without_places(data, [problem.partition(": ")[0] for problem in e.problems])
            if less == data:
                return None
            data = less
    return None


def without_places(data: Mapping[str, Any], places: Iterable[str]) -> dict[str, Any]:
    """A copy without the parts that these places are in; of a line only its own part goes, never the line."""
    result = dict(data)
    for place in places:
        found = _LINE.fullmatch(place)
        if found is not None:
            lines = list(result.get("lines", ()))
            key = re.split(r"[.\[]", found[2] or "")[0]
            if key not in _NEEDED and int(found[1]) < len(lines):
                lines[int(found[1])] = {k: v for k, v in lines[int(found[1])].items() if k != key}
                result["lines"] = lines
            continue
        top = re.split(r"[.\[]", place)[0]
        if top not in _NEEDED:
            result.pop(top, None)
    return result


def completed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The form with stand-ins, so that what is there can be summed, checked and drawn."""
    result = {k: v for k, v in data.items() if k not in ("lines", "customer")}
    result["profile"] = data.get("profile") or "TEMELFATURA"
    result["type"] = data.get("type") or "SATIS"
    result["customer"] = completed_party(data.get("customer") or {})
    result["lines"] = [_line(line) for line in data.get("lines", ())]
    rate = data.get("exchange_rate")
    if rate is not None and not is_number(str(rate.get("rate", ""))):
        del result["exchange_rate"]
    for key in ("despatch_references", "returned_invoices"):
        if key in result:
            result[key] = [r for r in result[key] if _is_reference(r)]
    if "order_reference" in result and not _is_reference(result["order_reference"]):
        del result["order_reference"]
    for key in ("discounts", "charges", "deductions"):
        if key in result:
            result[key] = [
                item
                for item in result[key]
                if is_number(str(item.get("rate", item.get("amount", ""))))
                and (key != "deductions" or item.get("code"))
            ]
    if "payment" in result and not result["payment"].get("code"):
        del result["payment"]
    if not is_number(str(result.get("rounding", "0"))):
        del result["rounding"]
    return result


def completed_party(customer: Mapping[str, Any]) -> dict[str, Any]:
    result = {k: v for k, v in customer.items() if k not in ("vkn", "tckn")}
    if "identifiers" in result:
        result["identifiers"] = [i for i in result["identifiers"] if i.get("scheme") and i.get("value")]
    try:
        number = parse_tax_number(str(customer.get("vkn") or customer.get("tckn") or ""))
    except InputError:
        return result | {"vkn": _STAND_IN_VKN}
    return result | {number.kind.value.lower(): number.digits}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(line)
    for key in ("quantity", "unit_price", "vat_rate"):
        if not is_number(str(line.get(key, ""))):
            result[key] = "0"
    result["name"] = line.get("name") or " "
    result["unit"] = line.get("unit") or "C62"
    for key in ("discounts", "charges"):
        if key in line:
            result[key] = [a for a in line[key] if is_number(str(a.get("rate", a.get("amount", ""))))]
    withholding = line.get("withholding")
    if withholding and not is_number(str(withholding.get("rate", "0"))):
        result["withholding"] = {"code": withholding["code"]}
    if withholding and not withholding.get("code"):
        del result["withholding"]
    if "other_taxes" in line:
        result["other_taxes"] = [t for t in line["other_taxes"] if is_number(str(t.get("rate", t.get("per_unit", ""))))]
    return result


def _is_reference(reference: Mapping[str, Any]) -> bool:
    return bool(reference.get("number")) and bool(reference.get("day"))


def is_clock(text: str) -> bool:
    """Whether this is a time of day as drafts keep it."""
    try:
        time.fromisoformat(text)
    except ValueError:
        return False
    return True


def unfinished(problem: str) -> Finding:
    """A problem of reading (`lines[2].quantity: …`) as a finding in the user's words."""
    place, _, sentence = problem.partition(": ")
    found = _LINE.fullmatch(place)
    if found is not None:
        place_in = found[2] or ""
        name = _LINE_NAMES.get(place_in) or profiles.titles().get(place_in, "bir alan")
        words = f"{int(found[1]) + 1}. satırda {name}"
    else:
        base = place.partition("[")[0].partition(".")[0]
        words = (
            _FIELD_NAMES.get(place)
            or profiles.titles().get(place)
            or _REFERENCE_NAMES.get(base)
            or _FIELD_NAMES.get(base)
            or place
        )
    if sentence == "Bu alan zorunlu.":
        message = f"{words} boş; yazın."
    else:
        # "Seri yazılmamış" says itself what it is about.
        message = sentence if sentence.startswith(words) else f"{words}: {sentence}"
    return Finding(Severity.ERROR, Layer.READ, "DRAFT.UNFINISHED", place, message)


def net_by_row(totals: InvoiceTotals | None, rows: list[int]) -> dict[int, Decimal]:
    """Line nets by the grid's rows."""
    if totals is None or len(totals.lines) != len(rows):
        return {}
    return {row: line.net for row, line in zip(rows, totals.lines, strict=True)}
