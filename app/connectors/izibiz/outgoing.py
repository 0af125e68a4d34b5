"""Outgoing documents: what goes into a SendInvoice and whom its errors are about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from app.connectors.base import Duplicate, OutgoingDocument, Rejected
from app.connectors.batching import packed_name
from app.connectors.izibiz import faults, replies
from app.connectors.izibiz.errors import ErrorInfo, build_error
from app.connectors.izibiz.limits import MAX_DOCUMENTS
from app.runtime.safezip import pack_single

if TYPE_CHECKING:
    from lxml import etree


def ensure_group(documents: Sequence[OutgoingDocument]) -> None:
    pairs = {(d.sender, d.receiver) for d in documents}
    if len(pairs) != 1 or len(documents) > MAX_DOCUMENTS:
        raise ValueError("one request holds 1 to 100 documents of one sender and one receiver; see connectors.batching")


def with_content(document: OutgoingDocument) -> dict[str, Any]:
    # Raw bytes: zeep encodes them itself, encoding here would do it twice.
    packed = pack_single(packed_name(document), document.xml)
    return {"ID": document.number, "UUID": document.ettn, "CONTENT": packed}


def ensure_done(answer: etree._Element, operation: str) -> None:
    """Take only a REQUEST_RETURN for a success.

    Raises: ContractBroken without one, the typed error for a negative code.
    Source: XSD of RETURN_CODE: 0 success, positive success with warnings, negative failure.
    """
    code = replies.read_int(replies.child_text(answer.find("REQUEST_RETURN"), "RETURN_CODE"))
    if code is None:
        raise faults.odd_reply(f"{operation} without REQUEST_RETURN", changes=True)
    if code < 0:
        raise build_error(ErrorInfo(code, replies.warnings_of(answer), replies.txn_id(answer)))


def culprit(error: Rejected, documents: Sequence[OutgoingDocument]) -> int | None:
    """The member a refusal is about, 0-based: the one its text names, else İzibiz's index if there is such a member.

    The guide does not say whether ERROR_ELEMENT_INDEX counts from 0 or from 1, so a name goes before it.
    """
    text = (error.raw_text or "").lower()
    named = [i for i, d in enumerate(documents) if d.ettn.lower() in text or (d.number and d.number.lower() in text)]
    if len(named) == 1:
        return named[0]
    index = error.element_index
    return index if index is not None and 0 <= index < len(documents) and not named else None


def duplicate_for(error: Duplicate, document: OutgoingDocument) -> Duplicate:
    """The error as it concerns this document: the same ETTN under another number is not this document."""
    is_other_number = bool(error.number) and error.number != document.number
    if error.ettn != document.ettn.lower() or not is_other_number:
        return error
    doubtful = Duplicate(
        error.code,
        error.what,
        why=f"İzibiz bu ETTN'yi {error.number} numarasıyla tanıyor.",
        todo="Belgenin durumu sorulur; numara çakışmasını entegratörün portalında inceleyin.",
        raw_code=error.raw_code,
        raw_text=error.raw_text,
    )
    doubtful.number = error.number
    return doubtful
