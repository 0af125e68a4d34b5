"""What the four formats share: whose month it is, and lines grouped into vouchers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter

from app.domain.books import BookLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportHead:
    """Whose lines are written, and of which days. `branch_no` is empty for books without branches."""

    tax_number: str
    fiscal_start: date
    fiscal_end: date
    start: date
    end: date
    branch_no: str = ""
    branch_name: str = ""


def vouchers(lines: Iterable[BookLine]) -> Iterator[list[BookLine]]:
    """The lines voucher by voucher; they come in the order of the journal."""
    for _, group in groupby(lines, attrgetter("entry")):
        yield list(group)
