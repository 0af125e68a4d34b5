"""Cutting a month into parts: by size, by day, never through a voucher.

Source: e-Defter Teknik Kılavuz 1.7 (parts): above 200 MB a month must be split; Y and K of a part hold the same
vouchers, so the larger of the two decides; the first part begins on the first day, the last ends on the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from app.domain.books import LineSize
from app.edefter.books.text import escape_bytes, escape_column

MAX_PART_BYTES: Final = 200 * 1024 * 1024
#: Head, signature and what a certificate of unusual length may add.
_FRAME_BYTES: Final = 64 * 1024
_ACCOUNT_BYTES: Final = 420
_KEPT: Final = 50_000
#: Below this many lines no month can reach the limit, whatever its texts are (2 KB a line are much).
SMALL_MONTH_LINES: Final = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part's vouchers and days. Entry numbers and days are included on both ends.

    `size_bytes` is how large the larger of its books will be at most, 0 where nobody measured.
    """

    first_entry: int
    last_entry: int
    last_line: int
    start: date
    end: date
    size_bytes: int = 0


class TooLarge(Exception):
    """One voucher alone is over the limit: its madde number and size."""

    def __init__(self, entry: int, size_bytes: int) -> None:
        super().__init__(f"entry {entry} has {size_bytes} bytes")
        self.entry = entry
        self.size_bytes = size_bytes


class _Open(NamedTuple):
    """A part whose days are not yet settled."""

    first_entry: int
    last_entry: int
    last_line: int
    first_day: date
    last_day: date
    size_bytes: int = 0


def cut_month(
    lines: Iterable[Sequence[LineSize]],
    account_bytes: Callable[[int, int], int],
    *,
    first_day: date,
    last_day: date,
    max_bytes: int = MAX_PART_BYTES,
    split_after: tuple[date, ...] = (),
    branch_bytes: int = 0,
) -> list[Cut]:
    """The parts of a month. `lines` come in the order of the journal; `split_after` are days that end a part.

    `account_bytes` tells how long an account's piece of a line is, `branch_bytes` what a branch adds to every head.
    Both books fit with room for head and seal. Raises: TooLarge.
    """
    limit = max_bytes - _FRAME_BYTES
    ends = sorted(split_after)
    found: list[_Open] = []
    current: _Open | None = None
    # Of the journal and of the general ledger; a part is full when the larger of them is.
    journal = ledger = 0
    accounts: set[tuple[int, int]] = set()
    account_head = _ACCOUNT_BYTES + branch_bytes
    for entry, day_text, head, cost, top, keys in _vouchers(lines, account_bytes, branch_bytes):
        day = _day(day_text)
        alone = (head + cost, cost + account_head * len(keys))
        if max(alone) > limit:
            raise TooLarge(entry, max(alone))
        grown = (journal + head + cost, ledger + cost + account_head * len(keys - accounts))
        if current and (max(grown) > limit or any(current.last_day <= end < day for end in ends)):
            found.append(current._replace(size_bytes=max(journal, ledger)))
            current = None
            accounts = set()
            grown = alone
        if current is None:
            current = _Open(entry, entry, top, day, day)
        else:
            current = current._replace(last_entry=entry, last_line=max(top, current.last_line), last_day=day)
        journal, ledger = grown
        accounts |= keys
    if current:
        found.append(current._replace(size_bytes=max(journal, ledger)))
    return _with_days(found, ends, first_day, last_day)


class _Voucher(NamedTuple):
    """A voucher: the bytes of its head and of its lines, the highest line number, its accounts."""

    entry: int
    day: bytes
    head: int
    lines: int
    top: int
    accounts: set[tuple[int, int]]


def _vouchers(
    batches: Iterable[Sequence[LineSize]], account_bytes: Callable[[int, int], int], branch_bytes: int
) -> Iterator[_Voucher]:
    known: dict[tuple[int, int], int] = {}
    entry = head = cost = top = 0
    day = b""
    keys: set[tuple[int, int]] = set()
    for batch in batches:
        if len(known) > _KEPT:
            known.clear()
        words = map(len, escape_column([line[6] for line in batch]))
        for (one, its_day, number, main, sub, size, _, head_size, head_words), text in zip(batch, words, strict=True):
            if one != entry:
                if keys:
                    yield _Voucher(entry, day, head, cost, top, keys)
                entry, day, top, keys = one, its_day, number, set()
                head, cost = head_size + branch_bytes + len(escape_bytes(head_words)), 0
            key = (main, sub)
            width = known.get(key)
            if width is None:
                width = known[key] = account_bytes(main, sub)
            cost += size + text + width
            keys.add(key)
            if number > top:
                top = number
    if keys:
        yield _Voucher(entry, day, head, cost, top, keys)


@lru_cache(maxsize=64)
def _day(text: bytes) -> date:
    return date.fromisoformat(text.decode())


def _with_days(found: list[_Open], ends: list[date], first_day: date, last_day: date) -> list[Cut]:
    """Every day of the month in a part. A part ends on the day asked for, else on its last voucher's day.

    The same day may end one part and begin the next: then vouchers of that day stand in both.
    """
    cuts: list[Cut] = []
    start = first_day
    for index, part in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        if following is None:
            end = last_day
        else:
            asked = [day for day in ends if part.last_day <= day < following.first_day]
            end = asked[0] if asked else part.last_day
        cuts.append(
            Cut(
                first_entry=part.first_entry,
                last_entry=part.last_entry,
                last_line=part.last_line,
                start=start,
                end=end,
                size_bytes=part.size_bytes,
            )
        )
        start = end if following is not None and following.first_day == end else end + timedelta(days=1)
    return cuts
