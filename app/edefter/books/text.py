"""Characters of canonical XML (C14N 1.0), so that the digest of a ledger can be taken while it is written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

_SPECIAL = re.compile(r"[&<>\r]")
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#xD;"}


def escape(text: str) -> str:
    """Text of an element. Characters that XML cannot hold must have been refused by the checks; here they go."""
    if text.isascii() and text.isprintable() and not _SPECIAL.search(text):
        return text
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("", text)
    return _SPECIAL.sub(lambda found: _ENTITIES[found[0]], text)


#: Bytes that a text may not hold as they are; U+FFFE and U+FFFF begin with the two of `_EDGE` (as U+FFFD does).
_SUSPECT = bytes([*range(9), *range(11, 32)]) + b"&<>"
_EDGE = b"\xef\xbf"


def escape_bytes(text: bytes) -> bytes:
    """`escape` of UTF-8."""
    if len(text.translate(None, _SUSPECT)) == len(text) and _EDGE not in text:
        return text
    return escape(text.decode("utf-8")).encode()


def escape_column(texts: Sequence[bytes]) -> Sequence[bytes]:
    """`escape` of many texts of UTF-8: one look at all of them together tells that most columns need nothing."""
    together = b"".join(texts)
    if len(together.translate(None, _SUSPECT)) == len(together) and _EDGE not in together:
        return texts
    return [escape_bytes(text) for text in texts]


#: Account names, people and payment methods come again and again.
escape_often = lru_cache(maxsize=16_384)(escape)


def money(units: int) -> str:
    """Units of 1/10,000 as a ledger says them, `1234.50`. More decimals than two are kept: the check must see them."""
    whole, rest = divmod(units, 10_000)
    if rest % 100:
        return f"{whole}.{rest:04d}".rstrip("0")
    return f"{whole}.{rest // 100:02d}"


def rate(text: str) -> str:
    """An exchange rate with a decimal point: `35,1250` as `35.1250`."""
    plain = text.strip()
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    return str(Decimal(plain)) if plain else ""
