"""Text as the database searches and sorts it."""

from __future__ import annotations

from app.domain.turkish import fold, sort_key

#: Longer search text is cut: a 50 MB note must not become a 50 MB index.
SEARCH_LIMIT = 4_000
_SORT_LIMIT = 40
# Letters of the Turkish alphabet as one ASCII character each, in order; everything else sorts before or after them.
_FIRST_LETTER = 0x41
_OTHER_LETTER = "~"


def fold_keys(*parts: str) -> str:
    """Number, name and tax number in one folded line."""
    return fold(" ".join(part for part in parts if part))[:SEARCH_LIMIT]


def fold_extra(text: str) -> str:
    """Line names and notes, folded and cut."""
    return fold(text[: SEARCH_LIMIT * 2])[:SEARCH_LIMIT]


def sort_text(name: str) -> str:
    """ASCII text whose byte order is the Turkish alphabetical order of `name` (its first 40 letters)."""
    return "".join(_sort_letter(order, letter) for order, letter in sort_key(name[:_SORT_LIMIT].strip()))


def _sort_letter(order: int, letter: str) -> str:
    if order == 99:
        return _OTHER_LETTER
    if order >= 0:
        return chr(_FIRST_LETTER + order)
    return letter if letter < chr(_FIRST_LETTER) else "!"
