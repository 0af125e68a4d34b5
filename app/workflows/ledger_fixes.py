"""Mending a month's vouchers where it is safe: offered with what would change, done on the user's word, undoable.

The taxpayer's data is never altered silently, and a number that the source gave never at all. Until the month is built
every fix can be taken back; what the source said is kept for good. Source: Uyumluluk Onay Kılavuzu 1.7 (EDF-R9).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.domain.errors import InputError, RuleBroken
from app.domain.ledger_terms import Numbering
from app.domain.spans import last_day, sides_of
from app.domain.voucher import Period, PeriodState
from app.storage import leases
from app.storage.leases import Lease
from app.storage.ledgers import books, fixes, kept, parts
from app.storage.ledgers.database import LedgerConnection, LedgerDatabase
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import open_ledger
from app.workflows.ledger_fix_model import FIXABLE, FixChange, FixKind, FixOffer, FixRecord, FixReport
from app.workflows.ledger_fix_plans import Plan, plan_of, standing_before
from app.workflows.ledger_model import mark_of

__all__ = [
    "FIXABLE",
    "FixChange",
    "FixKind",
    "FixOffer",
    "FixRecord",
    "FixReport",
    "apply",
    "history",
    "offers",
    "undo",
]

_SHOWN: Final = 200


def offers(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    *,
    folder: Path,
    codes: Iterable[str] = (),
    voucher_ids: Iterable[int] = (),
) -> list[FixOffer]:
    """What could be mended in the month, with what would change; nothing is written. Any thread.

    `codes` chooses findings (all that a fix is known for), `voucher_ids` vouchers (all of the month).
    """
    only = tuple(voucher_ids)
    wanted = [code for code in (tuple(codes) or FIXABLE) if code in FIXABLE]
    found: list[FixOffer] = []
    with _ledger(company, period, folder) as ledger, ledger.read() as connection:
        for side in sides_of(company.company, period):
            known = None if codes else _known_codes(ctx, company, connection, side)
            asked = [code for code in wanted if known is None or code in known]
            found += _offers_of_side(ctx, company, connection, side, asked, only)
    return found


def _known_codes(
    ctx: WorkContext, company: CompanyRecord, connection: LedgerConnection, side: Period
) -> set[str] | None:
    """What the last check of this side found: nobody looks for more. None when it is stale or was never made."""
    checks = kept.checks_of(connection, period=side.key)
    is_over = ctx.clock.today() > last_day(side)
    for row, _ in checks:
        mark = mark_of(connection, company, period=side.key, branch_no=row.branch_no, is_over=is_over)
        if row.mark != mark:
            return None
    return {finding.code for _, findings in checks for finding in findings} if checks else None


def _offers_of_side(
    ctx: WorkContext,
    company: CompanyRecord,
    connection: LedgerConnection,
    side: Period,
    wanted: Sequence[str],
    only: Sequence[int],
) -> Iterator[FixOffer]:
    has_numbers = False
    for code in wanted:
        kind = FIXABLE[code]
        # Several findings lead to the same numbering.
        if kind is FixKind.RENUMBER and has_numbers:
            continue
        ctx.progress.checkpoint()
        plan = plan_of(ctx, company, connection, side, code, only)
        if plan is None:
            continue
        has_numbers = has_numbers or kind is FixKind.RENUMBER
        yield FixOffer(
            kind=kind,
            code=code,
            title=plan.title,
            period=side,
            voucher_ids=tuple(plan.vouchers),
            changes=tuple(plan.shown[:_SHOWN]),
            total=plan.total,
            refusal=plan.refusal,
            left_out=tuple(plan.left_out[:_SHOWN]),
        )


def apply(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    chosen: Sequence[FixOffer],
    *,
    folder: Path,
    who: str = "",
) -> FixReport:
    """Do what the user chose, under the company's lease; each offer in one transaction, looked at anew first.

    Check the month again afterwards: it gives the numbers anew. `who` is the person whose word it was.
    Raises: RuleBroken LEDGER.LOCKED, LEDGER.SEALED; LeaseHeld.
    """
    report = FixReport()
    at = ctx.clock.now().isoformat()
    with _leased(ctx, company), _ledger(company, period, folder) as ledger:
        with ledger.read() as connection:
            for side in sides_of(company.company, period):
                _ensure_open(connection, side)
        for offer in chosen:
            ctx.progress.checkpoint()
            with ledger.read() as connection:
                plan = plan_of(ctx, company, connection, offer.period, offer.code, offer.voucher_ids)
            if plan is None or plan.refusal:
                reason = plan.refusal if plan else "Düzeltilecek bir şey kalmamış; ayı yeniden denetleyin."
                report.refused.append((offer.title, reason))
                continue
            fix_id = _do(ctx, company, ledger, offer, plan, who=who, at=at)
            if fix_id:
                report.fix_ids.append(fix_id)
            report.applied += 1
            report.changes += plan.total
    return report


def undo(ctx: WorkContext, company: CompanyRecord, period: Period, fix_id: int, *, folder: Path) -> int:
    """Take a fix back; returns how many values are as the source said them again.

    Raises: InputError LEDGER.FIX_UNKNOWN; RuleBroken LEDGER.FIX_CHANGED, LEDGER.LOCKED, LEDGER.SEALED; LeaseHeld.
    """
    with _leased(ctx, company), _ledger(company, period, folder) as ledger:
        with ledger.read() as connection:
            known = {
                row.id: (side, row)
                for side in sides_of(company.company, period)
                for row in fixes.fixes_of(connection, period=side.key)
            }
            if fix_id not in known or known[fix_id][1].undone_at:
                raise InputError(
                    "LEDGER.FIX_UNKNOWN",
                    "Geri alınacak düzeltme bulunamadı.",
                    why="Bu ayda böyle bir düzeltme yok ya da zaten geri alınmış.",
                    todo="Düzeltmeler listesine yeniden bakın.",
                )
            period = known[fix_id][0]
            _ensure_open(connection, period)
        try:
            with ledger.write(fixes.MENDED) as connection:
                count = fixes.undo(connection, fix_id, at=ctx.clock.now().isoformat())
                _reopen(ctx, connection, period)
        except fixes.Changed as error:
            raise RuleBroken(
                "LEDGER.FIX_CHANGED",
                "Düzeltme geri alınamadı.",
                why="Fişler o düzeltmeden sonra yeniden alınmış ya da başka bir düzeltmeyle değişmiş.",
                todo="Önce sonraki düzeltmeyi geri alın; fişler yeniden alındıysa yapılacak bir şey yok.",
            ) from error
    return count


def history(ctx: WorkContext, company: CompanyRecord, period: Period, *, folder: Path) -> list[FixRecord]:
    """The month's fixes, newest first; those taken back too."""
    with _ledger(company, period, folder) as ledger, ledger.read() as connection:
        rows = [
            row for side in sides_of(company.company, period) for row in fixes.fixes_of(connection, period=side.key)
        ]
    return [
        FixRecord(
            id=row.id,
            at=row.at,
            who=row.who,
            kind=FixKind(row.kind),
            code=row.code,
            title=row.title,
            changes=row.changes,
            is_undone=row.undone_at is not None,
        )
        for row in sorted(rows, key=lambda row: -row.id)
    ]


def _do(
    ctx: WorkContext,
    company: CompanyRecord,
    ledger: LedgerDatabase,
    offer: FixOffer,
    plan: Plan,
    *,
    who: str,
    at: str,
) -> int:
    period = offer.period
    if offer.kind is FixKind.RENUMBER:
        _give_numbers(company, ledger, period)
        return 0
    with ledger.write(fixes.MENDED) as connection:
        changes = list(plan.changes)
        fixes.complete(connection, plan.changes)
        for head, day, line_ids in plan.splits:
            changes += fixes.split(connection, head, day, line_ids)
        _reopen(ctx, connection, period)
        return fixes.record(
            connection,
            period=period.key,
            kind=offer.kind.value,
            code=offer.code,
            title=plan.title,
            who=who,
            at=at,
            changes=changes,
        )


def _give_numbers(company: CompanyRecord, ledger: LedgerDatabase, period: Period) -> None:
    """What a check does too: numbers that we give are counted anew."""
    with ledger.read() as connection:
        branches = parts.branches_of(connection, period=period.key)
    for branch_no, _ in branches:
        with ledger.read() as connection:
            standing = standing_before(company, connection, period, branch_no)
        with ledger.write(fixes.MENDED) as connection:
            books.give_numbers(
                connection,
                period=period.key,
                branch_no=branch_no,
                next_entry=standing.entry + 1,
                next_line=standing.line + 1,
                ours=company.company.ledger.numbering is Numbering.OURS,
            )


def _ensure_open(connection: LedgerConnection, period: Period) -> None:
    """Raise where the month is filed or sealed."""
    for branch_no, _ in parts.branches_of(connection, period=period.key):
        state = parts.state_of(connection, period=period.key, branch_no=branch_no)
        if state is not None and state.is_locked:
            raise RuleBroken(
                "LEDGER.LOCKED",
                "Fişler değiştirilemedi.",
                why="Bu ayın beratı GİB'e yüklenmiş.",
                todo="Beratı GİB portalından sildiyseniz önce bunu kaydedin.",
            )
        if parts.parts_of(connection, period=period.key, branch_no=branch_no):
            raise RuleBroken(
                "LEDGER.SEALED",
                "Fişler değiştirilemedi.",
                why="Bu ayın defteri mühürlenmiş; mühürlü dosyalar eski fişleri gösterir.",
                todo="Önce ayı geri alın.",
            )


def _reopen(ctx: WorkContext, connection: LedgerConnection, period: Period) -> None:
    """The month wants a new check."""
    at = ctx.clock.now().isoformat()
    for branch_no, _ in parts.branches_of(connection, period=period.key):
        parts.set_state(connection, period=period.key, branch_no=branch_no, state=PeriodState.IMPORTED, at=at)


@contextmanager
def _ledger(company: CompanyRecord, period: Period, folder: Path) -> Iterator[LedgerDatabase]:
    ledger = open_ledger(company, period, folder)
    try:
        yield ledger
    finally:
        ledger.close()


def _leased(ctx: WorkContext, company: CompanyRecord) -> Lease:
    return leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now())
