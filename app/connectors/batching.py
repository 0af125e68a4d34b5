"""Putting outgoing documents into requests that an integrator takes.

One request holds documents of one sender label and one receiver label; its limit is measured on the request as it
goes over the wire, where each document is zipped and base64-encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.connectors.base import Mailbox, OutgoingDocument
from app.runtime.safezip import pack_single

# SOAP envelope, header, sender and receiver; and the INVOICE element around one content. Both rounded up.
_ENVELOPE_BYTES = 4096
_ELEMENT_BYTES = 512


def packed_name(document: OutgoingDocument) -> str:
    """The name of the document inside its ZIP."""
    return f"{document.ettn}.xml"


def encoded_size(document: OutgoingDocument) -> int:
    """Bytes that one document takes in a request: zipped, base64-encoded, with its element around it."""
    packed = len(pack_single(packed_name(document), document.xml))
    return (packed + 2) // 3 * 4 + _ELEMENT_BYTES


def split_batches(
    documents: Sequence[OutgoingDocument],
    *,
    max_documents: int,
    max_request_bytes: int,
    size_of: Callable[[OutgoingDocument], int] = encoded_size,
) -> list[list[OutgoingDocument]]:
    """Group documents into requests, keeping their order within each pair of sender and receiver.

    A document that is too big by itself stands alone: the connector refuses it with a clear sentence, and no other
    document is held back by it. Groups come in the order of their first document.
    """
    batches: list[list[OutgoingDocument]] = []
    filling: dict[tuple[Mailbox, Mailbox], tuple[list[OutgoingDocument], int]] = {}
    for document in documents:
        pair = (document.sender, document.receiver)
        size = size_of(document)
        batch, used = filling.get(pair, ([], 0))
        if not batch or len(batch) >= max_documents or used + size > max_request_bytes:
            batch, used = [], _ENVELOPE_BYTES
            batches.append(batch)
        batch.append(document)
        filling[pair] = (batch, used + size)
    return batches
