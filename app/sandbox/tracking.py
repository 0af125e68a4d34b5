"""GetInvoiceStatus (one document) and GetInvoiceStatusAll (many, by ETTN)."""

from __future__ import annotations

from app.sandbox.codes import NOT_FOUND, TOO_BIG, Refusal
from app.sandbox.core import Integrator, Visit
from app.sandbox.reading import attribute, by_names
from app.sandbox.records import Row
from app.sandbox.soap import date_time, element, message, optional

MAX_ASKED = 1_000
_OIB = "EFaturaOIB"


def get_invoice_status(integrator: Integrator, visit: Visit) -> bytes:
    """The state of one document. Raises Refusal 10008 when the account has none of that name."""
    asked = visit.request.body.find("INVOICE")
    ettn, number = ("", "") if asked is None else (asked.get("UUID", ""), asked.get("ID", ""))
    rows = by_names(integrator, visit, ettn, number)
    if not rows:
        raise Refusal(NOT_FOUND, ettn or number)
    row = rows[0]
    issued = optional("ISSUE_DATE", row.issue_date) if visit.request.service == _OIB else ""
    return message("GetInvoiceStatusResponse", _status(integrator, row, issued))


def get_invoice_status_all(integrator: Integrator, visit: Visit) -> bytes:
    """The states of those that are known; the others are left out. A document sent to oneself comes twice."""
    asked = visit.request.texts("UUID")
    if len(asked) > MAX_ASKED:
        raise Refusal(TOO_BIG)
    parts = []
    for ettn in dict.fromkeys(e.lower() for e in asked if e):
        by_direction: dict[str, Row] = {}
        for row in by_names(integrator, visit, ettn, ""):
            by_direction.setdefault(row.direction, row)
        parts += [_status(integrator, row, "") for row in by_direction.values()]
    return message("GetInvoiceStatusAllResponse", *parts)


def _status(integrator: Integrator, row: Row, more: str) -> str:
    progress = integrator.progress(row)
    inner = (
        element("STATUS", progress.status)
        + element("STATUS_DESCRIPTION", progress.description)
        + optional("GIB_STATUS_CODE", progress.gib_code)
        + optional("GIB_STATUS_DESCRIPTION", progress.gib_text)
        + optional("RESPONSE_CODE", progress.response_code)
        + optional("RESPONSE_DESCRIPTION", progress.response_text)
        + element("CDATE", date_time(row.at))
        + ("" if row.is_draft else optional("ENVELOPE_IDENTIFIER", row.envelope))
        + element("STATUS_CODE", progress.code)
        + element("DIRECTION", row.direction)
        + more
    )
    return f'<INVOICE_STATUS ID="{attribute(row.number)}" UUID="{attribute(row.ettn)}">{inner}</INVOICE_STATUS>'
