"""A month cut into parts: the parts join to the whole, no voucher is split, no file is larger than was reckoned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.books import LineSize
from app.edefter.books.lines import (
    JOURNAL_CONTEXT,
    Lines,
    branch_piece,
    journal_entries,
    ledger_entries,
    line_weights,
)
from app.edefter.splitting import Cut, TooLarge, cut_month
from app.storage.ledgers.book_rows import BookRows
from app.storage.ledgers.books import Part
from app.storage.ledgers.database import LedgerDatabase

from .conftest import month_rows

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
FRAME = 64 * 1024
Fill = Callable[..., tuple[LedgerDatabase, Part]]


def cuts_of(rows: BookRows, part: Part, *, max_bytes: int, branch: bytes = b"") -> list[Cut]:
    lines = Lines(JOURNAL_CONTEXT, rows.names)
    return cut_month(
        rows.sizes(part.first, part.last, line_weights()),
        lambda main, sub: len(lines.account_of(main, sub)),
        first_day=FIRST,
        last_day=LAST,
        max_bytes=max_bytes,
        branch_bytes=len(branch),
    )


def sizes(rows: BookRows, first: int, last: int, branch_no: str) -> tuple[int, int]:
    """Bytes of the entryHeaders of Y and of K."""
    branch = {"branch_no": branch_no, "branch_name": "Kadıköy Şubesi" if branch_no else ""}
    journal = journal_entries(rows.journal(first, last), rows.heads(first, last), rows.names, **branch)
    totals, batches = rows.ledger(first, last)
    return sum(map(len, journal)), sum(map(len, ledger_entries(batches, totals, rows.names, **branch)))


@pytest.mark.parametrize("branch", ["", "0001"])
def test_parts_are_as_large_as_reckoned_and_join_to_the_whole(fill: Fill, branch: str) -> None:
    db, part = fill(month_rows(400, branch=branch), branch=branch)
    piece = branch_piece(JOURNAL_CONTEXT, branch, "Kadıköy Şubesi" if branch else "")
    limit = 300_000
    with BookRows(db.path, period=202603, branch_no=branch) as rows:
        cuts = cuts_of(rows, part, max_bytes=limit + FRAME, branch=piece)
        assert len(cuts) > 3
        assert (cuts[0].first_entry, cuts[-1].last_entry) == (part.first, part.last)
        assert all(one.last_entry + 1 == two.first_entry for one, two in pairwise(cuts))
        whole = sizes(rows, part.first, part.last, branch)
        written = [sizes(rows, cut.first_entry, cut.last_entry, branch) for cut in cuts]
        assert sum(journal for journal, _ in written) == whole[0]
        for cut, (journal, ledger) in zip(cuts, written, strict=True):
            assert max(journal, ledger) <= cut.size_bytes <= limit
            # What is reckoned is not much more than what comes of it: parts are as large as they may be.
            assert max(journal, ledger) > 0.93 * cut.size_bytes
        last_lines = [cut.last_line for cut in cuts]
        assert last_lines == sorted(last_lines)


def test_every_day_of_the_month_is_in_a_part(fill: Fill) -> None:
    db, part = fill(month_rows(300))
    with BookRows(db.path, period=202603, branch_no="") as rows:
        cuts = cuts_of(rows, part, max_bytes=200_000 + FRAME)
    assert cuts[0].start == FIRST and cuts[-1].end == LAST
    for one, two in pairwise(cuts):
        assert two.start in (one.end, one.end + timedelta(days=1))


def test_a_voucher_larger_than_a_part_is_told(fill: Fill) -> None:
    db, part = fill(month_rows(20))
    with BookRows(db.path, period=202603, branch_no="") as rows, pytest.raises(TooLarge) as told:
        cuts_of(rows, part, max_bytes=FRAME + 3_000)
    assert told.value.size_bytes > 3_000 and part.first <= told.value.entry <= part.last


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    vouchers=st.lists(
        st.tuples(st.integers(0, 30), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 900)), min_size=1)),
        min_size=1,
        max_size=40,
    ),
    batch=st.integers(1, 7),
)
def test_any_vouchers_are_cut_whole(vouchers: list[tuple[int, list[tuple[int, int]]]], batch: int) -> None:
    lines = []
    days = sorted(day for day, _ in vouchers)
    for entry, (day, (_, rows)) in enumerate(zip(days, vouchers, strict=True), start=1):
        text = (FIRST + timedelta(days=day)).isoformat().encode()
        for account, size in rows:
            lines.append(LineSize(entry, text, len(lines) + 1, account, 0, size, b"x", 50, b"yy"))
    batches = [lines[start : start + batch] for start in range(0, len(lines), batch)]
    # More than either of a voucher's two sizes.
    top = max(52 + sum(size + 1 + 10 + 420 for _, size in rows) for _, rows in vouchers)
    cuts = cut_month(batches, lambda _main, _sub: 10, first_day=FIRST, last_day=LAST, max_bytes=FRAME + top + 500)
    assert [entry for cut in cuts for entry in range(cut.first_entry, cut.last_entry + 1)] == list(
        range(1, len(vouchers) + 1)
    )
    assert cuts[-1].last_line == len(lines)
    assert all(cut.size_bytes <= top + 500 for cut in cuts)
    assert cuts[0].start == FIRST and cuts[-1].end == LAST and all(cut.start <= cut.end for cut in cuts)


def test_a_cut_month_reads_no_other_month(tmp_path: Path, fill: Fill) -> None:
    db, part = fill(month_rows(10))
    with BookRows(db.path, period=202604, branch_no="") as rows:
        assert cuts_of(rows, part, max_bytes=1_000_000) == []
        assert list(rows.journal(part.first, part.last)) == []
