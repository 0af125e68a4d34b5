"""Application responses that the company seals itself: reading the prepared ones, naming the sealed ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.connectors.izibiz import faults, replies
from app.connectors.izibiz.content import unpack
from app.domain.errors import AppError

_UUID = re.compile(rb"<(?:[\w-]+:)?UUID(?:\s[^>]*)?>\s*([0-9a-fA-F-]{36})\s*<")


def read_prepared(text: str | None) -> bytes:
    """The XML of one APPRESPONSE. Raises: ContractBroken when there is none in it."""
    raw = replies.decode_base64(text)
    if not raw:
        raise faults.odd_reply("APPRESPONSE without content", changes=False)
    return unpack_or_break(raw)


def unpack_or_break(raw: bytes) -> bytes:
    """The file in a content that İzibiz itself made; one that cannot be opened is its fault. Raises: ContractBroken."""
    try:
        return unpack(raw)
    except AppError as error:
        raise faults.odd_reply(error.code, changes=False) from error


def answered_by(xml: bytes, wanted: Sequence[str], position: int) -> str:
    """Which invoice a prepared answer is for: the one its text names, else by its place."""
    lowered = xml.lower()
    named = [ettn for ettn in wanted if ettn.encode() in lowered]
    return named[0] if len(named) == 1 else wanted[position]


def answer_name(xml: bytes) -> str:
    """The name of a sealed answer inside its ZIP: its own UUID."""
    found = _UUID.search(xml)
    return f"{found.group(1).decode().lower()}.xml" if found else "uygulama-yaniti.xml"
