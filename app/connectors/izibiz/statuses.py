"""Asking for states: one document with GetInvoiceStatus, many with GetInvoiceStatusAll.

"Not found" leads to sending again, so it is said only when İzibiz really said so: an ETTN missing from an answer that
is otherwise sound, an entry without any status, or 10008 for this ETTN alone. Anything unclear raises.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.connectors.base import Rejected, StatusReport
from app.connectors.izibiz.errors import NOT_FOUND
from app.connectors.izibiz.limits import MAX_DOCUMENTS
from app.connectors.izibiz.replies import attribute, child_text, read_datetime, read_int
from app.connectors.izibiz.status import guess_direction, meaning_of
from app.domain.lifecycle import Direction

if TYPE_CHECKING:
    from lxml import etree

    from app.connectors.izibiz.fetching import Lookup

#: What EXTERNAL_CANCEL_FLAG holds when nothing was cancelled; its values are not in the guide.
_NOT_CANCELLED = frozenset({"", "0", "N", "NO", "FALSE", "H", "HAYIR"})
_EXTRA = ("GTB_REFNO", "GTB_GCB_TESCILNO", "GTB_FIILI_IHRACAT_TARIHI", "WEB_KEY", "EXTERNAL_CANCEL_FLAG")


def ask_statuses(
    lookup: Lookup, spelled: Sequence[str], ettns: Sequence[str], direction: Direction | None
) -> list[StatusReport]:
    """One report per ETTN asked, in order. `spelled` are the same ETTNs as İzibiz writes them."""
    found: dict[str, list[etree._Element]] = {}
    for start in range(0, len(spelled), MAX_DOCUMENTS):
        for node in _ask(lookup, spelled[start : start + MAX_DOCUMENTS], direction):
            found.setdefault(attribute(node, "UUID").lower(), []).append(node)
    return [_report(ettn, found.get(ettn.lower(), []), direction) for ettn in ettns]


def _ask(lookup: Lookup, chunk: Sequence[str], direction: Direction | None) -> list[etree._Element]:
    try:
        if len(chunk) == 1:
            nodes = [node for node in _ask_one(lookup, chunk[0]) if _has_status(node) and _fits(node, direction)]
            if nodes:
                return nodes
            # No status, or that of the other copy of a document sent to oneself: the list query shows all there are.
        return list(lookup("GetInvoiceStatusAll", {"UUID": list(chunk)}).iterfind("INVOICE_STATUS"))
    except Rejected as error:
        if error.raw_code != str(NOT_FOUND):
            raise
        if len(chunk) == 1:
            return []
    # "No record" for many may mean one of them: ask in halves until each has its own answer.
    middle = len(chunk) // 2
    return _ask(lookup, chunk[:middle], direction) + _ask(lookup, chunk[middle:], direction)


def _ask_one(lookup: Lookup, ettn: str) -> list[etree._Element]:
    nodes = list(lookup("GetInvoiceStatus", {"INVOICE": {"UUID": ettn}}).iterfind("INVOICE_STATUS"))
    for node in nodes:
        # One was asked and one is answered: an answer without its UUID is about that one.
        if not attribute(node, "UUID") and _has_status(node):
            node.set("UUID", ettn)
    return nodes


def _report(ettn: str, nodes: Sequence[etree._Element], direction: Direction | None) -> StatusReport:
    known = [node for node in nodes if _has_status(node) and _fits(node, direction)]
    if not known:
        return StatusReport(ettn=ettn, found=False)
    # Sent to oneself: both copies carry the ETTN. Without a wish the outgoing one is meant.
    node = next((n for n in known if _direction_of(n) is (direction or Direction.OUT)), known[0])
    return _read(ettn, attribute(node, "ID"), node, direction)


def report_of_header(
    ettn: str, number: str, header: etree._Element | None, direction: Direction
) -> StatusReport | None:
    """What the header of a listed document says of its state; None when it says nothing."""
    return _read(ettn, number, header, direction) if header is not None and _has_status(header) else None


def _read(ettn: str, number: str, node: etree._Element, direction: Direction | None) -> StatusReport:
    code, text = child_text(node, "STATUS_CODE"), child_text(node, "STATUS")
    meaning = meaning_of(code, text, direction or _direction_of(node))
    gib = read_int(child_text(node, "GIB_STATUS_CODE"))
    description = child_text(node, "STATUS_DESCRIPTION")
    return StatusReport(
        ettn=ettn,
        found=True,
        number=number,
        state=meaning.state,
        final=meaning.final,
        answer=meaning.answer,
        cancelled=child_text(node, "EXTERNAL_CANCEL_FLAG").strip().upper() not in _NOT_CANCELLED,
        raw_code=code,
        raw_text=f"{text} ({description})" if text and description else text or description,
        # -1, like no element at all, means that GİB has not been asked yet.
        gib_code=gib if gib is not None and gib > 0 else None,
        gib_text=child_text(node, "GIB_STATUS_DESCRIPTION"),
        response_code=child_text(node, "RESPONSE_CODE"),
        response_text=child_text(node, "RESPONSE_DESCRIPTION"),
        arrived_at=read_datetime(child_text(node, "CDATE")),
        envelope_id=child_text(node, "ENVELOPE_IDENTIFIER"),
        extra={name: value for name in _EXTRA if (value := child_text(node, name))},
    )


def _has_status(node: etree._Element) -> bool:
    return bool(child_text(node, "STATUS_CODE") or child_text(node, "STATUS"))


def _fits(node: etree._Element, direction: Direction | None) -> bool:
    stated = child_text(node, "DIRECTION").upper()
    return direction is None or stated not in ("IN", "OUT") or stated == direction.value.upper()


def _direction_of(node: etree._Element) -> Direction:
    stated = child_text(node, "DIRECTION").upper()
    if stated in ("IN", "OUT"):
        return Direction.IN if stated == "IN" else Direction.OUT
    return guess_direction(child_text(node, "STATUS_CODE"), child_text(node, "STATUS"))
