"""GetInvoice, GetInvoiceWithType, MarkInvoice."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.dates import ISTANBUL
from app.runtime.safezip import pack_single, read_single_xml
from app.sandbox import views
from app.sandbox.codes import BAD_REQUEST, NOT_FOUND, NOT_SUPPORTED, Refusal
from app.sandbox.core import Integrator, Visit
from app.sandbox.records import Row
from app.sandbox.soap import Request, binary, date_time, element, message, optional, request_return

DEFAULT_LIMIT = 10
MAX_WITH_CONTENT = 100
MAX_HEADERS = 25_000
_KEY = "INVOICE_SEARCH_KEY/"
_OIB = "EFaturaOIB"
_OIB_SUMS = (
    ("LINE_EXTENSION_AMOUNT", "LineExtensionAmount"),
    ("TAX_EXCLUSIVE_TOTAL_AMOUNT", "TaxExclusiveAmount"),
    ("TAX_INCLUSIVE_TOTAL_AMOUNT", "TaxInclusiveAmount"),
    ("ALLOWANCE_TOTAL_AMOUNT", "AllowanceTotalAmount"),
    ("CHARGE_TOTAL_AMOUNT", "ChargeTotalAmount"),
)


def get_invoice(integrator: Integrator, visit: Visit) -> bytes:
    """Documents by search key, oldest first. With content at most 100, headers only at most 25,000."""
    request = visit.request
    headers_only = request.text("HEADER_ONLY", "N").upper() == "Y"
    cap = MAX_HEADERS if headers_only else MAX_WITH_CONTENT
    limit = int(request.text(_KEY + "LIMIT", str(DEFAULT_LIMIT)))
    if limit < 1:
        raise Refusal(BAD_REQUEST, f"Hata sebebi LIMIT {limit}")
    where, arguments = _search(integrator, visit)
    rows = integrator.store.find(where, *arguments, limit=min(limit, cap), with_content=not headers_only)
    parts = []
    for row in rows:
        content = "" if headers_only else binary("CONTENT", _content(row, zipped=request.wants_zip))
        parts.append(_invoice(integrator, row, request.service, content))
    return message("GetInvoiceResponse", *parts)


def get_invoice_with_type(integrator: Integrator, visit: Visit) -> bytes:
    """The view of one document, always zipped: HTML by the template inside it, or its XML. There is no PDF here."""
    request = visit.request
    kind = request.text(_KEY + "TYPE").upper()
    if kind not in ("HTML", "XML", "PDF"):
        raise Refusal(BAD_REQUEST, "Hata sebebi INVOICE_SEARCH_KEY.TYPE HTML, PDF veya XML olmalı")
    if request.text("HEADER_ONLY", "N").upper() != "N":
        raise Refusal(BAD_REQUEST, "Hata sebebi HEADER_ONLY N olmalı")
    if not (request.text(_KEY + "UUID") or request.text(_KEY + "ID")):
        raise Refusal(BAD_REQUEST, "Hata sebebi ID veya UUID gerekli")
    if not request.text(_KEY + "DIRECTION"):
        raise Refusal(BAD_REQUEST, "Hata sebebi DIRECTION gerekli")
    if kind == "PDF":
        raise Refusal(NOT_SUPPORTED, "deneme entegratörü PDF üretmez")
    where, arguments = _search(integrator, visit, with_read=True)
    rows = integrator.store.find(where, *arguments, limit=1, with_content=True, order="d.id DESC")
    if not rows:
        raise Refusal(NOT_FOUND)
    row = rows[0]
    data = _content(row, zipped=False)
    if kind == "HTML":
        data = views.html_of(data)
    packed = pack_single(f"{row.ettn}.{kind.lower()}", data)
    return message("GetInvoiceWithTypeResponse", _invoice(integrator, row, request.service, binary("CONTENT", packed)))


def mark_invoice(integrator: Integrator, visit: Visit) -> bytes:
    """Mark documents as read or unread; all of them must be there."""
    mark = visit.request.body.find("MARK")
    is_read = mark is None or mark.get("value", "READ") != "UNREAD"
    found: list[Row] = []
    with_content = False
    for index, letter in enumerate(visit.request.body.iterfind("MARK/INVOICE")):
        with_content = with_content or bool((letter.findtext("CONTENT") or "").strip())
        rows = by_names(integrator, visit, letter.get("UUID", ""), letter.get("ID", ""))
        if not rows:
            raise Refusal(NOT_FOUND, letter.get("UUID", "") or letter.get("ID", ""), index=index)
        found.extend(rows)
    if not visit.request.is_simulation:
        with integrator.store.transaction():
            for row in found:
                integrator.store.update(row.id, is_read=int(is_read))
    warnings = ("INVOICE.CONTENT alanı boş gönderilmelidir",) if with_content else ()
    return message("MarkInvoiceResponse", request_return(visit.txn, warnings))


def by_names(integrator: Integrator, visit: Visit, ettn: str, number: str, *, direction: str = "") -> list[Row]:
    """The account's documents with this ETTN (or number), outgoing ones first, the latest of each first."""
    where, arguments = ["d.account = ?", *_VISIBLE], [visit.account.vkn, integrator.now()]
    if direction:
        where.append("d.direction = ?")
        arguments.append(direction)
    if ettn.strip():
        where.append("d.ettn = ?")
        arguments.append(ettn.strip().lower())
    elif number.strip():
        where.append("d.number = ?")
        arguments.append(number.strip())
    else:
        raise Refusal(BAD_REQUEST, "Hata sebebi ID veya UUID gerekli")
    # Sorted here: told to order by direction, SQLite walks the whole account instead of using the ETTN's index.
    rows = integrator.store.find(" AND ".join(where), *arguments, order="+d.id DESC")
    rows.sort(key=lambda row: row.direction, reverse=True)
    return [row for row in rows if _is_delivered(integrator, row)]


# Incoming documents are there once they have arrived.
_VISIBLE = ("(d.direction = 'OUT' OR d.at <= ?)",)


def _is_delivered(integrator: Integrator, row: Row) -> bool:
    """A document from another customer of the sandbox does not come when its sender's plan lets it fail."""
    if row.source_id is None:
        return True
    source = integrator.store.find("d.id = ?", row.source_id)
    return bool(source) and source[0].plan.fail_code is None


def _search(integrator: Integrator, visit: Visit, *, with_read: bool = False) -> tuple[str, list[Any]]:
    request = visit.request
    direction = request.text(_KEY + "DIRECTION", "IN").upper()
    if direction not in ("IN", "OUT"):
        raise Refusal(BAD_REQUEST, f"Hata sebebi DIRECTION {direction}")
    where = ["d.account = ?", "d.direction = ?", *_VISIBLE]
    arguments: list[Any] = [visit.account.vkn, direction, integrator.now()]
    # A document whose sender (also a customer here) planned a failure never arrives.
    where.append(
        "(d.source_id IS NULL OR NOT EXISTS (SELECT 1 FROM documents s JOIN plans q ON q.ettn = s.ettn"
        " WHERE s.id = d.source_id AND json_extract(q.plan, '$[0]') IS NOT NULL))"
    )
    if not with_read and request.text(_KEY + "READ_INCLUDED", "false") not in ("true", "1"):
        where.append("d.is_read = 0")
    if request.text(_KEY + "DRAFT_FLAG", "N").upper() != "Y":
        where.append("d.is_draft = 0")
    for name, column in (
        ("ID", "number"),
        ("UUID", "ettn"),
        ("FROM", "sender_label"),
        ("TO", "receiver_label"),
        ("SENDER", "sender_vkn"),
        ("RECEIVER", "receiver_vkn"),
    ):
        value = request.text(_KEY + name)
        if value:
            where.append(f"d.{column} = ?")
            arguments.append(value.lower() if name == "UUID" else value)
    _add_dates(request, where, arguments)
    return " AND ".join(where), arguments


def _add_dates(request: Request, where: list[str], arguments: list[Any]) -> None:
    start, end = (request.text(f"{_KEY}{side}_DATE")[:10] for side in ("START", "END"))
    if request.text(_KEY + "DATE_TYPE", "ISSUE") == "CREATE":
        if start:
            where.append("d.at >= ?")
            arguments.append(_midnight(start))
        if end:
            where.append("d.at < ?")
            arguments.append(_midnight(end, days=1))
        return
    for operator, day in ((">=", start), ("<=", end)):
        if day:
            where.append(f"d.issue_date {operator} ?")
            arguments.append(day)


def _midnight(day: str, *, days: int = 0) -> float:
    moment = datetime.combine(date.fromisoformat(day) + timedelta(days=days), datetime.min.time(), ISTANBUL)
    return moment.timestamp()


def _content(row: Row, *, zipped: bool) -> bytes:
    if row.is_raw or zipped:
        return row.content
    return read_single_xml(row.content)


def _invoice(integrator: Integrator, row: Row, service: str, content: str) -> str:
    progress = integrator.progress(row)
    header = (
        optional("SENDER", row.sender_vkn)
        + optional("RECEIVER", row.receiver_vkn)
        + optional("SUPPLIER", row.sender_name)
        + optional("CUSTOMER", row.receiver_name)
        + optional("ISSUE_DATE", row.issue_date)
        + optional("PAYABLE_AMOUNT", row.payable, currencyID=row.currency)
        + optional("FROM", row.sender_label)
        + optional("TO", row.receiver_label)
        + optional("PROFILEID", row.profile)
        + optional("INVOICE_TYPE_CODE", row.type_code)
        + element("STATUS", progress.status)
        + element("STATUS_DESCRIPTION", progress.description)
        + optional("GIB_STATUS_CODE", progress.gib_code)
        + optional("GIB_STATUS_DESCRIPTION", progress.gib_text)
        + element("DIRECTION", row.direction)
        + optional("RESPONSE_CODE", progress.response_code)
        + optional("RESPONSE_DESCRIPTION", progress.response_text)
        + element("CDATE", date_time(row.at))
        + optional("ENVELOPE_IDENTIFIER", row.envelope)
        + element("STATUS_CODE", progress.code)
    )
    if service == _OIB and row.sums:
        sums = json.loads(row.sums)
        header += "".join(optional(name, sums.get(key), currencyID=row.currency) for name, key in _OIB_SUMS)
    names = f'ID="{attribute(row.number)}" UUID="{attribute(row.ettn)}" LIST_ID="{row.id}"'
    return f"<INVOICE {names}><HEADER>{header}</HEADER>{content}</INVOICE>"


def attribute(text: str) -> str:
    """`text` fit for an attribute in double quotes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
