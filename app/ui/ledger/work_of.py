"""What the ledger's jobs do in their own thread: each function gives the work that a job runs. No Qt here."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias, TypeVar

from app.domain.protocols import Sealer
from app.domain.spans import span_of
from app.domain.voucher import Period
from app.edefter.sources.shape import SourceShape
from app.office import Office
from app.storage import leases
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import undo_import
from app.storage.records import CompanyRecord
from app.workflows import ledger_life
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck, check_month
from app.workflows.ledger_connections import Login, View, address_of
from app.workflows.ledger_export import ExportReport, export_month
from app.workflows.ledger_import import ImportReport, import_vouchers
from app.workflows.ledger_query import import_query, open_source
from app.workflows.ledger_terms import build_options

T = TypeVar("T")
Work: TypeAlias = Callable[[WorkContext], T]


def importing(
    office: Office, company: CompanyRecord, path: Path, shape: SourceShape, replace: frozenset[int]
) -> Work[ImportReport]:
    folder = office.folder.ledgers
    return lambda ctx: import_vouchers(ctx, company, path, shape, folder=folder, replace=replace)


def querying(
    office: Office,
    company: CompanyRecord,
    view: View,
    login: Login,
    shape: SourceShape,
    replace: frozenset[int],
    name: str,
) -> Work[ImportReport]:
    folder = office.folder.ledgers

    def work(ctx: WorkContext) -> ImportReport:
        with open_source(address_of(view, login), view.query, name=name) as source:
            return import_query(ctx, company, source, shape, folder=folder, replace=replace)

    return work


def undoing(company: CompanyRecord, path: Path, import_id: int) -> Work[int]:
    """`path` is the ledger file; gives how many vouchers went."""

    def work(ctx: WorkContext) -> int:
        with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()):
            ledger = LedgerDatabase.open(path)
            try:
                return undo_import(ledger, import_id)
            finally:
                ledger.close()

    return work


def checking(office: Office, company: CompanyRecord, period: Period) -> Work[list[MonthCheck]]:
    folder = office.folder.ledgers
    return lambda ctx: check_month(ctx, company, period, folder=folder)


def filing(office: Office, company: CompanyRecord, period: Period) -> Work[None]:
    folder = office.folder.ledgers
    return lambda ctx: ledger_life.record_filed(ctx, company, period, folder=folder)


def approving(
    office: Office, company: CompanyRecord, period: Period, files: Sequence[Path]
) -> Work[ledger_life.ApprovalReport]:
    listed, ledgers, out = list(files), office.folder.ledgers, office.folder.edefter
    return lambda ctx: ledger_life.take_approved(ctx, company, period, listed, folder=ledgers, out=out)


def taking_back(
    office: Office, company: CompanyRecord, period: Period, deleted_by: str, deleted_on: str
) -> Work[list[Path]]:
    return lambda ctx: ledger_life.take_back(
        ctx,
        company,
        period,
        folder=office.folder.ledgers,
        out=office.folder.edefter,
        deleted_by=deleted_by,
        deleted_on=deleted_on,
    )


def reporting(office: Office, company: CompanyRecord, period: Period, sealer: Sealer) -> Work[list[Path]]:
    return lambda ctx: ledger_life.build_report(
        ctx,
        company,
        period,
        sealer,
        build_options(office.settings, company, secrets=lambda: office.secrets),
        folder=office.folder.ledgers,
        out=office.folder.edefter,
    )


def exporting(
    office: Office,
    company: CompanyRecord,
    period: Period,
    target: str,
    output: Path,
    branch: str | None,
    encoding: str,
) -> Work[ExportReport]:
    """A file for an integrator holds one fiscal period: the month's, or the side of it that `period` says."""
    return lambda ctx: export_month(
        ctx,
        company,
        period,
        target=target,
        folder=office.folder.ledgers,
        output=output,
        branch=branch,
        encoding=encoding,
        is_liquidation=span_of(company.company, period).period.is_liquidation,
    )
