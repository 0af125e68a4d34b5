"""The inventory's work as jobs: a list taken, checked, built and sealed, filed, approved, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.domain.protocols import Sealer
from app.runtime.lanes import Cancelled, Lane
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes, JobHandle
from app.workflows.context import WorkContext
from app.workflows.inventory_facts import check_day
from app.workflows.ledger_check import MonthCheck
from app.workflows.ledger_inventory import InventoryImport, build_inventory, import_inventory
from app.workflows.ledger_inventory_life import (
    record_inventory_filed,
    take_approved_inventory,
    take_back_inventory,
)
from app.workflows.ledger_life import ApprovalReport
from app.workflows.ledger_terms import build_options
from app.workflows.ledger_writing import BuildReport

T = TypeVar("T")
Then = Callable[[T], None]


class InventoryDoing(QObject):
    """One piece of work at a time. `began(JobHandle, title)`; `over` before its result is handed to `then`."""

    began = Signal(object, str)
    over = Signal()
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, desk: Desk, company: CompanyRecord, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._company = desk, company
        self._runs = 0
        self._handle: JobHandle | None = None

    @property
    def is_busy(self) -> bool:
        return self._handle is not None

    def take(self, day: date, path: Path, decimals: str, then: Then[InventoryImport], *, replace: bool) -> None:
        """Take a list as what the company owned on the day."""
        company, folder = self._company, self._desk.office.folder.ledgers

        def work(ctx: WorkContext) -> InventoryImport:
            return import_inventory(ctx, company, path, day, folder=folder, decimals=decimals, replace=replace)

        self._run(self.tr("{0} alınıyor").format(path.name), work, then)

    def check(self, day: date, then: Then[list[MonthCheck]]) -> None:
        company, folder = self._company, self._desk.office.folder.ledgers

        def work(ctx: WorkContext) -> list[MonthCheck]:
            return check_day(ctx, company, day, folder=folder)

        self._run(self.tr("Envanter denetleniyor"), work, then)

    def build(self, day: date, sealer: Sealer, then: Then[BuildReport]) -> None:
        """Check, write and seal E and EB of every branch."""
        office, company = self._desk.office, self._company

        def work(ctx: WorkContext) -> BuildReport:
            options = build_options(office.settings, company, secrets=lambda: office.secrets)
            place = office.folder
            # Of a sealed day the button says 'Yeniden oluştur': the old files go to the folder of cancelled ones.
            return build_inventory(
                ctx,
                company,
                day,
                sealer,
                options,
                folder=place.ledgers,
                out=place.edefter,
                official=office.rules,
                again=True,
            )

        self._run(self.tr("Envanter defteri oluşturuluyor"), work, then, lane=self._desk.lanes.token)

    def file(self, day: date, then: Then[None]) -> None:
        """The user has uploaded the day in GİB's portal."""
        company, folder = self._company, self._desk.office.folder.ledgers

        def work(ctx: WorkContext) -> None:
            record_inventory_filed(ctx, company, day, folder=folder)

        self._run(self.tr("Yükleme kaydediliyor"), work, then)

    def approve(self, day: date, paths: Sequence[Path], then: Then[ApprovalReport]) -> None:
        """Check GİB's berats and lay them into the tree."""
        company, place, listed = self._company, self._desk.office.folder, list(paths)

        def work(ctx: WorkContext) -> ApprovalReport:
            return take_approved_inventory(ctx, company, day, listed, folder=place.ledgers, out=place.edefter)

        self._run(self.tr("GİB beratları denetleniyor"), work, then)

    def take_back(self, day: date, who: str, on: str, then: Then[list[Path]]) -> None:
        """Undo the build; a filed one needs who deleted it in the portal and when (ISO day)."""
        company, place = self._company, self._desk.office.folder

        def work(ctx: WorkContext) -> list[Path]:
            return take_back_inventory(
                ctx, company, day, folder=place.ledgers, out=place.edefter, deleted_by=who, deleted_on=on
            )

        self._run(self.tr("Envanter geri alınıyor"), work, then)

    def _run(self, title: str, work: Callable[[WorkContext], T], then: Then[T], *, lane: Lane | None = None) -> None:
        if self._handle is not None:
            return
        self._runs += 1

        def after(value: T) -> None:
            # What `then` begins next must find nothing under way.
            self._free()
            then(value)

        self._handle = self._desk.run(
            title,
            work,
            after,
            owner=self,
            company=self._company,
            lane=lane,
            changes=Changes(ledgers=True),
            failed=self.failed.emit,
        )
        self._handle.ended.connect(partial(self._on_ended, self._runs))
        self.began.emit(self._handle, title)

    def _free(self) -> None:
        self._handle = None
        self.over.emit()

    def _on_ended(self, run: int, outcome: Any) -> None:
        if run == self._runs and self._handle is not None:
            self._free()
            if isinstance(outcome, Cancelled):
                self.cancelled.emit()
