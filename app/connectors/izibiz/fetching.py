"""Reading documents page by page with GetInvoice.

With content at most 100 come at once; exactly 100 mean that there are more, and they come once these are marked as
read. What is already read cannot be paged that way, so it is found by its headers and fetched one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from app.connectors.base import FetchedDocument, FetchQuery, Rejected
from app.connectors.izibiz import faults
from app.connectors.izibiz.content import read_document
from app.connectors.izibiz.errors import NOT_FOUND
from app.connectors.izibiz.limits import HEADER_PAGE, PAGE
from app.connectors.izibiz.replies import attribute
from app.domain.lifecycle import Direction

if TYPE_CHECKING:
    from lxml import etree

Lookup = Callable[[str, Mapping[str, Any]], "etree._Element"]
#: Each document with its ETTN as İzibiz spells it.
Page = list[tuple[str, FetchedDocument]]


def pages(lookup: Lookup, query: FetchQuery, spelled: Callable[[str], str]) -> Iterator[Page]:
    """The pages a query brings; empty ones are left out. Each label is a query of its own (TO or FROM holds one).

    Raises: ContractBroken IZIBIZ.NO_PROGRESS when a page comes again although the caller has acknowledged it.
    """
    if query.ettn:
        yield from _one(lookup, query, spelled(query.ettn))
        return
    for label in query.labels or ("",):
        if not query.include_read:
            yield from _unread(lookup, query, label)
        elif query.header_only:
            yield from _headers(lookup, query, label)
        else:
            yield from _with_content(lookup, query, label, spelled)


def _one(lookup: Lookup, query: FetchQuery, ettn: str) -> Iterator[Page]:
    page = _ask(lookup, query, label="", ettn=ettn, limit=PAGE)
    # A server that does not look at UUID would hand us somebody else's document under this name.
    page = [(name, document) for name, document in page if document.ettn == ettn.lower()]
    if page:
        yield page


def _unread(lookup: Lookup, query: FetchQuery, label: str) -> Iterator[Page]:
    limit = HEADER_PAGE if query.header_only else PAGE
    seen: set[str] = set()
    while page := _ask(lookup, query, label=label, limit=limit):
        ettns = {document.ettn for _, document in page}
        if ettns <= seen:
            raise faults.no_progress(f"{len(page)}")
        seen |= ettns
        yield page
        if len(page) < limit:
            return


def _headers(lookup: Lookup, query: FetchQuery, label: str) -> Iterator[Page]:
    page = _ask(lookup, query, label=label, limit=HEADER_PAGE)
    if len(page) < HEADER_PAGE:
        if page:
            yield page
        return
    first, last = query.start, query.end
    if first is None or last is None or first >= last:
        raise faults.too_many_headers(first.isoformat() if first is not None else "")
    # As many as fit: there may be more, and only a shorter period shows them.
    middle = date.fromordinal((first.toordinal() + last.toordinal()) // 2)
    yield from _headers(lookup, replace(query, end=middle), label)
    yield from _headers(lookup, replace(query, start=middle + timedelta(days=1)), label)


def _with_content(lookup: Lookup, query: FetchQuery, label: str, spelled: Callable[[str], str]) -> Iterator[Page]:
    page = _ask(lookup, query, label=label, limit=PAGE)
    if len(page) < PAGE:
        if page:
            yield page
        return
    for headers in _headers(lookup, replace(query, header_only=True), label):
        for name, _ in headers:
            yield from _one(lookup, replace(query, ettn=name), name)


def _ask(lookup: Lookup, query: FetchQuery, *, label: str, limit: int, ettn: str = "") -> Page:
    key: dict[str, Any] = {
        "LIMIT": limit,
        "READ_INCLUDED": query.include_read,
        "DIRECTION": query.direction.value.upper(),
    }
    if ettn:
        key["UUID"] = ettn
    if label:
        # Our own box: the receiving one of what came in, the sending one of what went out.
        key["TO" if query.direction is Direction.IN else "FROM"] = label
    if not ettn and (query.start is not None or query.end is not None):
        key["DATE_TYPE"] = "CREATE" if query.by_creation else "ISSUE"
        if query.start is not None:
            key["START_DATE"] = query.start
        if query.end is not None:
            key["END_DATE"] = query.end
    arguments = {"INVOICE_SEARCH_KEY": key, "HEADER_ONLY": "Y" if query.header_only else "N"}
    try:
        answer = lookup("GetInvoice", arguments)
    except Rejected as error:
        if error.raw_code == str(NOT_FOUND):
            return []
        raise
    return [
        (
            attribute(node, "UUID"),
            read_document(node, header_only=query.header_only, direction=query.direction),
        )
        for node in answer.iterfind("INVOICE")
    ]
