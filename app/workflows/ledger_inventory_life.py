"""A day's inventory after it was sealed: filed at GİB, its approved berats taken, or taken back.

Source: e-Defter Envanter Defteri guide, Uygulama Kılavuzu 1.12 (checks of berats).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from app.domain.errors import RuleBroken
from app.domain.spans import period_of_day
from app.domain.voucher import PeriodState
from app.runtime.files import replace_file
from app.storage import leases
from app.storage.ledgers import inventory, inventory_life
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.inventory_life import INVENTORY_MOVED
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import open_ledger
from app.workflows.ledger_heads import month_folder
from app.workflows.ledger_life import ApprovalReport, ensure_day, members_of, reason_against
from app.workflows.ledger_moves import BOOK_FILE, Laying, finish_moves, months_files

_BERATS = ("EB",)


def inventory_state(company: CompanyRecord, day: date, *, folder: Path) -> PeriodState | None:
    """How far the day's inventory has come; None for a day without a list."""
    ledger = open_ledger(company, period_of_day(company.company, day), folder)
    try:
        with ledger.read() as connection:
            return inventory_life.state_of(connection, day=day.isoformat())
    finally:
        ledger.close()


def record_inventory_filed(ctx: WorkContext, company: CompanyRecord, day: date, *, folder: Path) -> None:
    """The user has uploaded the day's inventory in GİB's portal. Raises: RuleBroken LEDGER.NOT_SEALED; LeaseHeld."""
    with _opened(ctx, company, day, folder) as ledger:
        with ledger.read() as connection:
            state = inventory_life.state_of(connection, day=day.isoformat())
        if state is not PeriodState.BERAT_SEALED:
            raise RuleBroken(
                "LEDGER.NOT_SEALED",
                "Envanter yüklenmiş olarak işaretlenemedi.",
                why="Bu günün envanter defteri henüz oluşturulup mühürlenmemiş ya da zaten yüklenmiş.",
                todo="Önce envanter defterini oluşturun.",
            )
        _move(ctx, ledger, day, PeriodState.FILED)


def take_approved_inventory(
    ctx: WorkContext, company: CompanyRecord, day: date, files: Iterable[Path], *, folder: Path, out: Path
) -> ApprovalReport:
    """Check GİB's EB berats (or zips of them), lay the good ones into the tree, close the day when all are there.

    Raises: RuleBroken LEDGER.NOT_FILED; InputError ZIP.*; LeaseHeld.
    """
    report = ApprovalReport()
    period = period_of_day(company.company, day)
    place = month_folder(out, company, period)
    with _opened(ctx, company, day, folder) as ledger:
        with ledger.read() as connection:
            state = inventory_life.state_of(connection, day=day.isoformat())
            wanted = [f"GIB-{name}" for name in inventory_life.berats_of(connection, day=day.isoformat())]
        if state not in (PeriodState.FILED, PeriodState.COMPLETED):
            raise RuleBroken(
                "LEDGER.NOT_FILED",
                "GİB beratları alınamadı.",
                why="Bu günün envanteri GİB'e yüklenmiş olarak işaretlenmemiş.",
                todo="Önce 'GİB portalına yükledim' deyin.",
            )
        for name, raw in members_of(files):
            if reason := reason_against(name, raw, place, company, period, kinds=_BERATS):
                report.refused.append((name, reason))
                continue
            target = place / name
            replace_file(target, raw, point=BOOK_FILE, mode=0o644)
            report.taken.append(target)
        report.is_complete = bool(wanted) and all((place / name).is_file() for name in wanted)
        if report.is_complete:
            _move(ctx, ledger, day, PeriodState.COMPLETED)
    return report


def take_back_inventory(
    ctx: WorkContext,
    company: CompanyRecord,
    day: date,
    *,
    folder: Path,
    out: Path,
    deleted_by: str = "",
    deleted_on: str = "",
) -> list[Path]:
    """Undo the build: the day's list may be taken and built again; its files go to the folder of cancelled ones.

    A filed one needs who deleted it in GİB's portal and when (ISO day); an approved one cannot be taken back.
    Raises: RuleBroken LEDGER.APPROVED, LEDGER.FILED, LEDGER.LATER, LEDGER.NOT_SEALED; InputError LEDGER.DAY.
    """
    period = period_of_day(company.company, day)
    with _opened(ctx, company, day, folder) as ledger:
        with ledger.read() as connection:
            state = inventory_life.state_of(connection, day=day.isoformat())
            later = inventory.built_after(connection, day=day.isoformat())
        if reason := _reason_to_keep(state, later, is_deleted=bool(deleted_by.strip() and deleted_on.strip())):
            code, why, todo = reason
            raise RuleBroken(code, "Envanter geri alınamadı.", why=why, todo=todo)
        if deleted_on:
            ensure_day(deleted_on)
        found = months_files(month_folder(out, company, period), company, period, kinds=frozenset({"E", "EB"}))
        with ledger.write(INVENTORY_MOVED) as connection:
            note = f"{deleted_by}, {deleted_on}" if deleted_by else ""
            inventory_life.forget(connection, day=day.isoformat(), note=note)
            moved = Laying().record(connection, found)
        finish_moves(ledger)
    return moved


def _reason_to_keep(state: PeriodState | None, later: bool, *, is_deleted: bool) -> tuple[str, str, str] | None:
    """(code, why, what to do) when the day may not be taken back."""
    if state is PeriodState.COMPLETED:
        return (
            "LEDGER.APPROVED",
            "GİB beratı onaylamış; onaylı bir envanterin yerine ikincisi oluşturulamaz.",
            "Zayi belgesi ya da YMM raporuyla GİB'e başvurun.",
        )
    if state is PeriodState.FILED and not is_deleted:
        return (
            "LEDGER.FILED",
            "Envanter GİB'e yüklenmiş.",
            "Beratı yasal süre içinde GİB portalından silin; sonra kimin, hangi gün sildiğini yazın.",
        )
    if later:
        return (
            "LEDGER.LATER",
            "Sonraki bir günün envanteri oluşturulmuş; numaralar ondan sonra sürüyor.",
            "Önce sonraki günü geri alın.",
        )
    if state not in (PeriodState.BERAT_SEALED, PeriodState.FILED):
        return ("LEDGER.NOT_SEALED", "Bu günün envanter defteri oluşturulmamış.", "Yapılacak bir şey yok.")
    return None


def ensure_inventory_open(ledger: LedgerDatabase, day: date) -> None:
    """Raise RuleBroken LEDGER.LOCKED where the day's berat is at GİB: no second list, no second ledger of it."""
    with ledger.read() as connection:
        state = inventory_life.state_of(connection, day=day.isoformat())
    if state is not None and state.is_locked:
        raise RuleBroken(
            "LEDGER.LOCKED",
            "Envanter değiştirilemedi.",
            why="Bu günün envanter beratı GİB'e yüklenmiş.",
            todo="Beratı GİB portalından sildiyseniz önce envanteri geri alıp bunu kaydedin.",
        )


def _move(ctx: WorkContext, ledger: LedgerDatabase, day: date, state: PeriodState) -> None:
    with ledger.write(INVENTORY_MOVED) as connection:
        inventory_life.set_state(connection, day=day.isoformat(), state=state, at=ctx.clock.now().isoformat())


@contextmanager
def _opened(ctx: WorkContext, company: CompanyRecord, day: date, folder: Path) -> Iterator[LedgerDatabase]:
    """The fiscal year's ledger file under the company's lease."""
    with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()):
        ledger = open_ledger(company, period_of_day(company.company, day), folder)
        try:
            finish_moves(ledger)
            yield ledger
        finally:
            ledger.close()
