"""A voucher too large for any part, put together by account: shown first, done on the user's word only, undone until
the month is built.

Lines become one where nothing that the law wants of a line is lost: the same account, side, day, document, means of
payment and currency data (at the same rate), fund units of the same cost. Only their own texts give way to a sentence.
Source: e-Defter guides (a voucher over the limit is summarised, all lines of a voucher stay in one part).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.domain.books import LineRow
from app.domain.errors import InputError, RuleBroken
from app.domain.spans import sides_of
from app.domain.voucher import Period, PeriodState
from app.edefter.books.lines import JOURNAL_CONTEXT, Lines
from app.storage import leases
from app.storage.ledgers import parts, queries, summaries
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.summaries import SUMMARISED, StoredLine, SummaryRecord
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import open_ledger

_BATCH = 500
#: A line's own word and places; all else must be the same for two lines to become one.
_OWN = frozenset({"source_line", "number", "entry_line", "amount", "currency_amount", "measure_quantity", "comment"})
_SHARED = tuple(index for index, name in enumerate(StoredLine._fields) if name not in _OWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPreview:
    """What summarising a voucher would do. Amounts in units of 1/10,000; sizes in bytes of the journal.

    `accounts` are (code, name, side, lines before, lines after, amount). `texts_lost` counts lines whose own
    explanation gives way; `numbers_change` tells that the source numbers the month's lines itself and its numbers of
    this and later months no longer follow each other.
    """

    entry: int
    reference: str
    branch_no: str
    lines_before: int
    lines_after: int
    bytes_before: int
    bytes_after: int
    debit: int
    credit: int
    texts_lost: int
    numbers_change: bool
    accounts: tuple[tuple[str, str, str, int, int, int], ...]

    @property
    def helps(self) -> bool:
        """Whether any lines become fewer."""
        return self.lines_after < self.lines_before

    def to_json(self) -> dict[str, Any]:
        names = ("code", "name", "side", "lines_before", "lines_after", "amount")
        return {
            "entry": self.entry,
            "reference": self.reference.partition("@")[0],
            "branch": self.branch_no,
            "lines_before": self.lines_before,
            "lines_after": self.lines_after,
            "bytes_before": self.bytes_before,
            "bytes_after": self.bytes_after,
            "debit": str(queries.amount(self.debit)),
            "credit": str(queries.amount(self.credit)),
            "texts_lost": self.texts_lost,
            "numbers_change": self.numbers_change,
            "accounts": [
                dict(zip(names, (*row[:5], str(queries.amount(row[5]))), strict=True)) for row in self.accounts
            ],
        }


@dataclass(frozen=True, slots=True)
class _Found:
    period: int
    voucher_id: int
    reference: str
    branch_no: str


def preview_summary(
    company: CompanyRecord, period: Period, entry: int, *, folder: Path, branch_no: str = "", voucher_id: int = 0
) -> SummaryPreview:
    """What would become of the voucher with this madde number; nothing is changed. Not in the GUI thread.

    `voucher_id` names it without doubt where a finding knows it: in the month of a liquidation two may bear a number.
    Raises: InputError LEDGER.NO_ENTRY.
    """
    ledger = open_ledger(company, period, folder)
    try:
        found = _find(ledger, company, period, entry, branch_no, voucher_id)
        with ledger.read() as connection:
            before = summaries.lines_of(connection, found.voucher_id)
            return _preview(connection, found, entry, before, merged(before))
    finally:
        ledger.close()


def summarise(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    entry: int,
    *,
    folder: Path,
    branch_no: str = "",
    voucher_id: int = 0,
    who: str,
) -> SummaryPreview:
    """Do what the preview shows. The lines as they were are kept with `who` and the time; the month is checked anew.

    Raises: InputError LEDGER.NO_ENTRY; RuleBroken LEDGER.SUMMARY_BUILT (the month is built), LEDGER.SUMMARY_NOTHING
    (no two lines can become one), LEDGER.SUMMARY_TWICE; LeaseHeld.
    """
    with leases.acquire(ctx.db, company.id, owner=ctx.owner):
        ledger = open_ledger(company, period, folder)
        try:
            found = _find(ledger, company, period, entry, branch_no, voucher_id)
            with ledger.write(SUMMARISED) as connection:
                _ensure_open(connection, found)
                if any(not one.undone_at for one in _of_voucher(connection, found)):
                    raise _refused("LEDGER.SUMMARY_TWICE", "Fiş daha önce özetlenmiş.", "Önce o özeti geri alın.")
                before = summaries.lines_of(connection, found.voucher_id)
                after = merged(before)
                preview = _preview(connection, found, entry, before, after)
                if not preview.helps:
                    raise _refused(
                        "LEDGER.SUMMARY_NOTHING",
                        "Birleştirilebilecek iki satır yok: her satırın hesabı, belgesi ya da dövizi ayrı.",
                        "Fişi kaynak programda bölün.",
                    )
                _ensure_equal(before, after)
                at = ctx.clock.now().isoformat()
                summaries.replace_lines(
                    connection,
                    found.voucher_id,
                    period=found.period,
                    lines=after,
                    who=who,
                    at=at,
                    sizes=(preview.bytes_before, preview.bytes_after),
                )
                _reopen(connection, found, at)
            return preview
        finally:
            ledger.close()


def undo_summary(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    entry: int,
    *,
    folder: Path,
    branch_no: str = "",
    voucher_id: int = 0,
) -> int:
    """Bring the voucher's lines back as they were; returns how many there are.

    Raises: InputError LEDGER.NO_ENTRY, LEDGER.NO_SUMMARY; RuleBroken LEDGER.SUMMARY_BUILT; LeaseHeld.
    """
    with leases.acquire(ctx.db, company.id, owner=ctx.owner):
        ledger = open_ledger(company, period, folder)
        try:
            found = _find(ledger, company, period, entry, branch_no, voucher_id)
            with ledger.write(SUMMARISED) as connection:
                _ensure_open(connection, found)
                standing = [one for one in _of_voucher(connection, found) if not one.undone_at]
                if not standing:
                    raise InputError(
                        "LEDGER.NO_SUMMARY",
                        "Geri alınacak özet yok.",
                        why=f"{entry} numaralı madde özetlenmemiş.",
                        todo="Madde numarasını denetleyin.",
                    )
                at = ctx.clock.now().isoformat()
                count = summaries.restore_lines(
                    connection, standing[0].id, voucher_id=found.voucher_id, period=found.period, at=at
                )
                _reopen(connection, found, at)
            return count
        finally:
            ledger.close()


def summaries_in(company: CompanyRecord, period: Period, *, folder: Path) -> list[SummaryRecord]:
    """What was summarised in the month, newest first, with what was undone."""
    ledger = open_ledger(company, period, folder)
    try:
        with ledger.read() as connection:
            return [
                one
                for side in sides_of(company.company, period)
                for one in summaries.summaries_of(connection, period=side.key)
            ]
    finally:
        ledger.close()


def merged(lines: Iterable[StoredLine]) -> list[StoredLine]:
    """The lines with those put together that may be, in the place of the first of each."""
    groups: dict[tuple[object, ...], list[StoredLine]] = {}
    for line in lines:
        groups.setdefault(tuple(line[index] for index in _SHARED), []).append(line)
    found = []
    for group in groups.values():
        first = group[0]
        if len(group) == 1:
            found.append(first)
            continue
        comments = {line.comment for line in group}
        units = sum((Decimal(line.measure_quantity or 0) for line in group), Decimal(0))
        found.append(
            first._replace(
                # A number of the source names one line, and this is none of them.
                number=0,
                amount=sum(line.amount for line in group),
                currency_amount=sum(line.currency_amount for line in group),
                measure_quantity=f"{units:f}" if first.measure_quantity else "",
                comment=comments.pop() if len(comments) == 1 else f"{len(group)} satırın toplamı",
            )
        )
    return found


def _find(
    ledger: LedgerDatabase, company: CompanyRecord, period: Period, entry: int, branch_no: str, voucher_id: int
) -> _Found:
    """The voucher itself, or the one with this number; of a liquidation's month the side that `period` says."""
    with ledger.read() as connection:
        if voucher_id and (place := summaries.place_of(connection, voucher_id)) is not None:
            return _Found(place[0], voucher_id, queries.voucher_rows(connection, [voucher_id])[0].reference, place[1])
        for side in sides_of(company.company, period):
            if period.is_liquidation and side != period:
                continue
            found = summaries.voucher_of_entry(connection, period=side.key, branch_no=branch_no, entry=entry)
            if found is not None:
                row = queries.voucher_rows(connection, [found])[0]
                return _Found(side.key, found, row.reference, branch_no)
    raise InputError(
        "LEDGER.NO_ENTRY",
        "Madde bulunamadı.",
        why=f"{period} ayında {entry} numaralı madde yok; numaralar ay denetlenince verilir.",
        todo="Önce ayı denetleyin ('ledger check'), sonra bulgudaki madde numarasını verin.",
    )


def _preview(
    connection: Any, found: _Found, entry: int, before: Sequence[StoredLine], after: Sequence[StoredLine]
) -> SummaryPreview:
    ids = {line.main for line in before} | {line.sub for line in before if line.sub}
    names = summaries.account_names(connection, ids)
    table: dict[tuple[int, str], list[int]] = {}
    for place, lines in enumerate((before, after)):
        for line in lines:
            counts = table.setdefault((line.sub or line.main, line.side), [0, 0, 0])
            counts[place] += 1
            counts[2] += line.amount if place == 0 else 0
    accounts = sorted(
        (names[account][0], names[account][1], side, counts[0], counts[1], counts[2])
        for (account, side), counts in table.items()
    )
    kept = {line.comment for line in after}
    return SummaryPreview(
        entry=entry,
        reference=found.reference,
        branch_no=found.branch_no,
        lines_before=len(before),
        lines_after=len(after),
        bytes_before=_size(before, names),
        bytes_after=_size(after, names),
        debit=sum(line.amount for line in before if line.side == "D"),
        credit=sum(line.amount for line in before if line.side == "C"),
        texts_lost=sum(1 for line in before if line.comment not in kept),
        numbers_change=any(line.number for line in before) and len(after) < len(before),
        accounts=tuple(accounts),
    )


def _size(lines: Sequence[StoredLine], names: dict[int, tuple[str, str]]) -> int:
    """Bytes of the lines in the journal: they are written, and only counted."""

    def names_of(main: int, sub: int) -> tuple[bytes, bytes, bytes, bytes]:
        code, name = names[main]
        fine, fine_name = names[sub] if sub else ("", "")
        return code.encode(), name.encode(), fine.encode(), fine_name.encode()

    writer = Lines(JOURNAL_CONTEXT, names_of)
    size = 0
    for start in range(0, len(lines), _BATCH):
        size += sum(map(len, writer.details([_row(line) for line in lines[start : start + _BATCH]])))
    return size


def _row(line: StoredLine) -> LineRow:
    def text(name: str) -> bytes:
        return str(getattr(line, name)).encode()

    known = {"entry": b"0", "number": str(line.entry_line).encode(), "main": line.main, "sub": line.sub or 0}
    known |= {"amount": line.amount, "currency_amount": line.currency_amount}
    return LineRow(**(known | {name: text(name) for name in LineRow._fields if name not in known}))  # type: ignore[arg-type]


def _ensure_equal(before: Sequence[StoredLine], after: Sequence[StoredLine]) -> None:
    """Every account keeps its debit and credit, in lira and in every currency: proven before anything is written."""

    def sums(lines: Sequence[StoredLine]) -> dict[tuple[object, ...], tuple[int, int, Decimal]]:
        found: dict[tuple[object, ...], tuple[int, int, Decimal]] = {}
        for line in lines:
            key = (line.main, line.sub, line.side, line.currency)
            amount, foreign, units = found.get(key, (0, 0, Decimal(0)))
            found[key] = (
                amount + line.amount,
                foreign + line.currency_amount,
                units + Decimal(line.measure_quantity or 0),
            )
        return found

    if sums(before) != sums(after):
        raise AssertionError("summarising changed a total")


def _ensure_open(connection: Any, found: _Found) -> None:
    state = parts.state_of(connection, period=found.period, branch_no=found.branch_no)
    if state is not None and state not in (PeriodState.IMPORTED, PeriodState.CHECKED, PeriodState.FAILED):
        raise _refused(
            "LEDGER.SUMMARY_BUILT",
            "Ayın defteri oluşturulmuş.",
            "Önce ayı geri alın, sonra yeniden deneyin.",
        )


def _of_voucher(connection: Any, found: _Found) -> list[SummaryRecord]:
    all_of = summaries.summaries_of(connection, period=found.period, branch_no=found.branch_no)
    return [one for one in all_of if one.voucher_id == found.voucher_id]


def _reopen(connection: Any, found: _Found, at: str) -> None:
    parts.set_state(connection, period=found.period, branch_no=found.branch_no, state=PeriodState.IMPORTED, at=at)


def _refused(code: str, why: str, todo: str) -> RuleBroken:
    return RuleBroken(code, "Fişin özeti değiştirilmedi.", why=why, todo=todo)
