"""The leaf elements of a stretch of ledger XML, taken from its bytes.

GİB accepts its own prefixes only, so an element is known by its prefixed name. Used on stretches of a file that the
scan has found well formed as a whole; never to judge a document.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Final

_LEAF: Final = re.compile(rb"<(?:gl-cor|gl-bus|gl-muc|xbrli):(\w+)(?:\s[^<>]*)?>([^<]*)</")


def leaves(raw: bytes) -> list[tuple[str, str]]:
    """(local name, text) of every leaf in document order, character references resolved."""
    return [(name.decode("ascii"), text(value)) for name, value in _LEAF.findall(raw)]


def raw_leaves(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The same as bytes, untouched; for the scan, which sees millions."""
    return _LEAF.findall(raw)


def text(raw: bytes) -> str:
    """Text of an element as a reader sees it."""
    said = raw.decode("utf-8", "replace").strip()
    return unescape(said) if "&" in said else said
