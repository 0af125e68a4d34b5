"""Vouchers that no part can hold, found before anything is written: they are measured as the writer writes them."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from app.domain.errors import RuleBroken
from app.domain.ledger_terms import MAX_PART_MB
from app.edefter.splitting import TooLarge
from app.storage.ledgers import parts
from app.storage.ledgers.database import LedgerConnection, LedgerDatabase
from app.storage.records import CompanyRecord
from app.workflows.ledger_child import BookWriter
from app.workflows.ledger_model import LedgerFinding, said

_MB: Final = 1024 * 1024
#: Fewer lines than this per MB never fill it: 5 KB a line are more than any has.
_LINES_PER_MB: Final = 200


def size_findings(
    connection: LedgerConnection,
    company: CompanyRecord,
    ledger: LedgerDatabase,
    *,
    period: int,
    branch_no: str,
    branch_name: str,
) -> list[LedgerFinding]:
    """A finding for every voucher of the month that alone is larger than a part may be. Numbers must be given."""
    limit_mb = company.company.ledger.max_part_mb or MAX_PART_MB
    large = parts.large_vouchers(connection, period=period, branch_no=branch_no, lines=limit_mb * _LINES_PER_MB)
    if not large:
        return []
    found = []
    writer = BookWriter(str(ledger.path), period, branch_no, branch_name)
    try:
        for voucher_id, entry, reference, source_line, day in large:
            try:
                writer.cuts(entry, entry, day, day, limit_mb * _MB, [])
            except RuleBroken as error:
                size = error.__cause__.size_bytes if isinstance(error.__cause__, TooLarge) else 0
                finding = said("DEFTER.TOO_LARGE", a=str(-(-size // _MB)), reference=reference, entry=entry)
                found.append(
                    replace(finding, voucher_id=voucher_id, entry=entry, reference=reference, line=source_line)
                )
    finally:
        writer.close()
    return found
