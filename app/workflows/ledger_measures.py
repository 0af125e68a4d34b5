"""Findings about fund units, the currency of an amount and the end of a liquidation: few, looked at one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from app.domain.turkish import format_date
from app.edefter.measures import MeasuredLine, breaches
from app.storage.ledgers.measured import MeasuredRow, measured_lines, vouchers_after
from app.workflows.ledger_model import LedgerFinding, said

#: Of one month this many are listed; more of the same kind help nobody.
_LIMIT = 1_000


def measure_findings(connection: Any, *, period: int, branch_no: str) -> Iterator[LedgerFinding]:
    """In the order of the journal. `connection` is one of the ledger file's."""
    told = 0
    for row in measured_lines(connection, period=period, branch_no=branch_no):
        line = MeasuredLine(row.amount, row.amount_currency, row.quantity, row.cost)
        for code, a, b in breaches(line):
            told += 1
            if told > _LIMIT:
                return
            yield _at(row, code, a, b)


def late_findings(connection: Any, *, period: int, branch_no: str, end: str) -> Iterator[LedgerFinding]:
    """Vouchers behind the liquidation's end (an ISO day; empty: it goes on)."""
    if not end:
        return
    for row, day in vouchers_after(connection, period=period, branch_no=branch_no, day=end):
        shown = [format_date(date.fromisoformat(one)) for one in (day, end)]
        yield _at(row, "DEFTER.LIQUIDATION_END", *shown)


def _at(row: MeasuredRow, code: str, a: str, b: str) -> LedgerFinding:
    finding = said(code, a=a, b=b, reference=row.reference, entry=row.entry)
    return replace(finding, voucher_id=row.voucher_id, entry=row.entry, reference=row.reference, line=row.source_line)
