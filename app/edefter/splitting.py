"""Cutting a month into parts: by size, by day, never through a voucher.

Source: e-Defter Teknik Kılavuz 1.7 (parts): above 200 MB a month must be split; Y and K of a part hold the same
vouchers, so the larger of the two decides; the first part begins on the first day, the last ends on the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from app.domain.books import BookLine
from app.edefter.books.lines import detail_size, entry_head_size

MAX_PART_BYTES: Final = 200 * 1024 * 1024
#: Head, signature and what a certificate of unusual length may add.
_FRAME_BYTES: Final = 64 * 1024
_ACCOUNT_BYTES: Final = 420
#: Below this many lines no month can reach the limit, whatever its texts are (2 KB a line are much).
SMALL_MONTH_LINES: Final = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A part's vouchers and days. Entry numbers and days are included on both ends."""

    first_entry: int
    last_entry: int
    last_line: int
    start: date
    end: date


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


def cut_month(
    lines: Iterable[BookLine],
    *,
    first_day: date,
    last_day: date,
    max_bytes: int = MAX_PART_BYTES,
    split_after: tuple[date, ...] = (),
) -> list[Cut]:
    """The parts of a month. `lines` come in the order of the journal; `split_after` are days that end a part.

    Sizes are counted as the files will be written, with room for head and seal. Raises: TooLarge.
    """
    limit = max_bytes - _FRAME_BYTES
    ends = sorted(split_after)
    found: list[_Open] = []
    current: _Open | None = None
    size = 0
    accounts: set[tuple[str, str]] = set()
    for voucher in _vouchers(lines):
        day = date.fromisoformat(voucher[0].day)
        cost = entry_head_size(voucher[0]) + sum(detail_size(line) for line in voucher)
        if cost > limit:
            raise TooLarge(voucher[0].entry, cost)
        keys = {(line.main_id, line.sub_id) for line in voucher}
        grown = size + cost + _ACCOUNT_BYTES * len(keys - accounts)
        if current and (grown > limit or any(current.last_day <= end < day for end in ends)):
            found.append(current)
            current = None
            accounts.clear()
            grown = cost + _ACCOUNT_BYTES * len(keys)
        top = max(line.number for line in voucher)
        if current is None:
            current = _Open(voucher[0].entry, voucher[0].entry, top, day, day)
        else:
            current = current._replace(last_entry=voucher[0].entry, last_line=max(top, current.last_line), last_day=day)
        size = grown
        accounts |= keys
    if current:
        found.append(current)
    return _with_days(found, ends, first_day, last_day)


def _vouchers(lines: Iterable[BookLine]) -> Iterable[list[BookLine]]:
    voucher: list[BookLine] = []
    for line in lines:
        if voucher and voucher[0].entry != line.entry:
            yield voucher
            voucher = []
        voucher.append(line)
    if voucher:
        yield voucher


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
            )
        )
        start = end if following is not None and following.first_day == end else end + timedelta(days=1)
    return cuts
