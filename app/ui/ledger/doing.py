"""The ledger's work as jobs: import, undo, check, build (one month or many), filed, approved, taken back, report."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.errors import AppError, SealError
from app.domain.protocols import Sealer
from app.domain.voucher import Period
from app.edefter.sources.shape import SourceShape
from app.runtime.lanes import Cancelled, Lane
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs import pin
from app.ui.jobs import Changes, JobHandle
from app.ui.ledger import work_of
from app.ui.ledger.asking import confirm_again
from app.ui.ledger.building import Special, build_one, by_company, is_sealed
from app.ui.ledger.results import BuildOutcome, MonthResult
from app.ui.ledger.words import month_name
from app.ui.lists.seal_flow import patiently
from app.ui.seals import keeper_of
from app.workflows import ledger_life
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck
from app.workflows.ledger_connections import Login, View
from app.workflows.ledger_export import ExportReport
from app.workflows.ledger_import import ImportReport
from app.workflows.ledger_terms import fed_elsewhere, is_exporting

T = TypeVar("T")
Chosen = tuple[CompanyRecord, Period]
#: Y, K and their berats.
_BOOKS = 4


class LedgerDoing(QObject):
    """One piece of work at a time; each ends in its own signal, in `failed`, or in `cancelled`.

    `began(JobHandle, title)` lets a page show progress and a way to stop it.
    """

    began = Signal(object, str)
    over = Signal()
    failed = Signal(object)
    cancelled = Signal()
    imported = Signal(object, object)
    undone = Signal(int)
    checked = Signal(object, object, object)
    built = Signal(object)
    filed = Signal(object, object)
    approved = Signal(object, object, object)
    taken_back = Signal(object, object, object)
    reported = Signal(object, object, object)
    exported = Signal(object)

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._busy = False
        self._batches: deque[tuple[CompanyRecord, list[Period]]] = deque()
        self._outcome: BuildOutcome | None = None
        self._firms = 0
        self._calls: list[Callable[[], None]] = []
        self._special = Special()
        self._sealers: dict[int, Sealer] = {}
        self._running: list[MonthResult] = []
        self._begun: tuple[CompanyRecord, list[Period]] | None = None

    @property
    def is_busy(self) -> bool:
        return self._busy

    # -- vouchers --------------------------------------------------------------------------------------------------

    def take(self, company: CompanyRecord, path: Path, shape: SourceShape, replace: frozenset[int]) -> None:
        """Import a file the user has agreed to; `replace` are months whose vouchers it takes the place of."""
        work = work_of.importing(self._desk.office, company, path, shape, replace)

        def then(report: ImportReport) -> None:
            self.imported.emit(company, report)

        self._start(self.tr("{0} içe aktarılıyor").format(path.name), company, work, then)

    def take_view(
        self, company: CompanyRecord, view: View, login: Login, shape: SourceShape, replace: frozenset[int]
    ) -> None:
        """Import what a query over a foreign database gives."""
        name = view.name or self.tr("veritabanı sorgusu")

        work = work_of.querying(self._desk.office, company, view, login, shape, replace, name)

        def then(report: ImportReport) -> None:
            self.imported.emit(company, report)

        self._start(self.tr("{0} içe aktarılıyor").format(name), company, work, then)

    def undo(self, company: CompanyRecord, path: Path, import_id: int) -> None:
        """Take the last import of a ledger file back."""
        work = work_of.undoing(company, path, import_id)
        self._start(self.tr("Aktarma geri alınıyor"), company, work, self.undone.emit)

    def check(self, company: CompanyRecord, period: Period) -> None:
        """Number and check a month."""
        work = work_of.checking(self._desk.office, company, period)

        def then(checks: list[MonthCheck]) -> None:
            self.checked.emit(company, period, checks)

        self._start(self.tr("{0} denetleniyor").format(month_name(period)), company, work, then)

    # -- building --------------------------------------------------------------------------------------------------

    def build(self, months: Sequence[Chosen], special: Special | None = None) -> None:
        """Ask each company's seal once, then build its months in their order; `special` is this build's own word."""
        if self._busy:
            return
        self._special = special or Special()
        refused = [
            MonthResult(company=company, period=period, error=fed_elsewhere(company))
            for company, period in months
            if is_exporting(company)
        ]
        self._sealers.clear()
        self._batches = by_company([one for one in months if not is_exporting(one[0])])
        self._firms = len(self._batches)
        self._outcome = BuildOutcome(results=refused)
        self._next_batch()

    def _next_batch(self) -> None:
        outcome = self._outcome
        assert outcome is not None
        while self._batches:
            company, periods = self._batches.popleft()
            choice = self._sealers.pop(company.id, None)
            choice = choice or self._ask(company, _BOOKS * len(periods), self._destination(company, periods))
            if choice is not None:
                self._begin(company, periods, choice)
                return
            outcome.declined += len(periods)
        if self._wanted_again(outcome):
            self._next_batch()
            return
        self._outcome = None
        self._sealers.clear()
        if outcome.results or outcome.left:
            self.built.emit(outcome)
        else:
            self.cancelled.emit()

    def _wanted_again(self, outcome: BuildOutcome) -> bool:
        """Whether the user wants the months that are sealed already built anew; they are the next batches then."""
        sealed = [(one.company, one.period) for one in outcome.results if is_sealed(one)]
        if not sealed or outcome.left or self._special.again or not confirm_again(sealed, self._window):
            return False
        outcome.results = [one for one in outcome.results if not is_sealed(one)]
        self._special = replace(self._special, again=True)
        self._batches = by_company(sealed)
        self._firms = len(self._batches)
        return True

    def _destination(self, company: CompanyRecord, periods: list[Period]) -> str:
        names = ", ".join(month_name(period) for period in periods)
        return self.tr("{0} defterleri ve beratları mühürlenip bu bilgisayara yazılır; GİB'e gönderilmez.").format(
            names
        )

    def _ask(self, company: CompanyRecord, count: int, destination: str) -> Sealer | None:
        choice = pin.ask_seal(self._desk, company, count, destination, self._window)
        return None if choice is None else choice.sealer

    def _begin(self, company: CompanyRecord, periods: list[Period], sealer: Sealer) -> None:
        office = self._desk.office
        self._running, self._begun = [], (company, periods)
        running, special = self._running, self._special
        self._sealers[company.id] = sealer

        def work(ctx: WorkContext) -> None:
            for period in periods:
                ctx.progress.checkpoint()
                result = build_one(ctx, office, company, period, sealer, special)
                running.append(result)
                if isinstance(result.error, SealError):
                    return

        title = (
            self.tr("{0} oluşturuluyor").format(month_name(periods[0]))
            if len(periods) == 1
            else self.tr("{0} ay oluşturuluyor").format(len(periods))
        )
        if self._firms > 1:
            place = self._firms - len(self._batches)
            name = company.company.party.display_name
            title = self.tr("{0}/{1} firma · {2} · {3}").format(place, self._firms, name, title)
        handle = self._desk.run(
            title,
            work,
            owner=self,
            company=company,
            lane=self._desk.lanes.token,
            changes=Changes(ledgers=True),
            failed=self._on_batch_error,
        )
        handle.ended.connect(self._on_batch_ended)
        self._show(handle, title)

    def _on_batch_error(self, error: AppError) -> None:
        """What no single month is to blame for is told of the month it stopped at."""
        assert self._begun is not None
        company, periods = self._begun
        place = min(len(self._running), len(periods) - 1)
        self._running.append(MonthResult(company=company, period=periods[place], error=error))

    @Slot(object)
    def _on_batch_ended(self, ended: Any) -> None:
        assert self._outcome is not None and self._begun is not None
        self._busy = False
        company, periods = self._begun
        self._outcome.results += self._running
        self._outcome.left += max(0, len(periods) - len(self._running))
        for result in self._running:
            if result.error is not None:
                keeper_of(self._desk).note_failure(company.id, result.error)
        if isinstance(ended, Cancelled):
            self._outcome.left += sum(len(months) for _, months in self._batches)
            self._batches.clear()
        self.over.emit()
        self._next_batch()

    # -- after the seal --------------------------------------------------------------------------------------------

    def file(self, company: CompanyRecord, period: Period) -> None:
        """The user has uploaded the month in GİB's portal."""
        work = work_of.filing(self._desk.office, company, period)

        def then(_: None) -> None:
            self.filed.emit(company, period)

        self._start(self.tr("Yükleme kaydediliyor"), company, work, then)

    def approve(self, company: CompanyRecord, period: Period, files: Sequence[Path]) -> None:
        """Check GİB's berats and lay them into the tree."""
        work = work_of.approving(self._desk.office, company, period, files)

        def then(report: ledger_life.ApprovalReport) -> None:
            self.approved.emit(company, period, report)

        self._start(self.tr("GİB beratları denetleniyor"), company, work, then)

    def take_back(self, company: CompanyRecord, period: Period, *, deleted_by: str = "", deleted_on: str = "") -> None:
        """Undo the build; a filed month needs who deleted it in the portal and when (ISO day)."""
        work = work_of.taking_back(self._desk.office, company, period, deleted_by, deleted_on)

        def then(moved: list[Path]) -> None:
            self.taken_back.emit(company, period, moved)

        self._start(self.tr("Defterler geri alınıyor"), company, work, then)

    def report(self, company: CompanyRecord, period: Period) -> None:
        """The defter raporu of a closed month."""
        if self._busy:
            return
        sealer = self._ask(company, 1, self.tr("{0} defter raporu mühürlenip yazılır.").format(month_name(period)))
        if sealer is None:
            self.cancelled.emit()
            return
        work = work_of.reporting(self._desk.office, company, period, sealer)

        def then(made: list[Path]) -> None:
            self.reported.emit(company, period, made)

        self._start(self.tr("Defter raporu hazırlanıyor"), company, work, then, lane=self._desk.lanes.token)

    def export(
        self,
        company: CompanyRecord,
        period: Period,
        target: str,
        output: Path,
        *,
        branch: str | None = None,
        encoding: str = "",
    ) -> None:
        """Write the month, or the side of it that `period` says, for an integrator's own e-Defter service."""
        work = work_of.exporting(self._desk.office, company, period, target, output, branch, encoding)

        def then(report: ExportReport) -> None:
            self.checked.emit(company, period, report.checks)
            self.exported.emit(report)

        self._start(self.tr("{0} dışa aktarılıyor").format(month_name(period)), company, work, then)

    def do(
        self, title: str, company: CompanyRecord, work: Callable[[WorkContext], T], then: Callable[[T], None]
    ) -> None:
        """A piece of work that has no signal of its own; `failed` and `cancelled` tell as of any other."""
        self._start(title, company, work, then)

    def when_over(self, call: Callable[[], None]) -> None:
        """Call once, when the work under way has ended and the next may begin."""
        self._calls.append(call)

    # -- jobs ------------------------------------------------------------------------------------------------------

    def _start(
        self,
        title: str,
        company: CompanyRecord,
        work: Callable[[WorkContext], T],
        then: Callable[[T], None],
        *,
        lane: Lane | None = None,
    ) -> None:
        if self._busy:
            return
        handle = self._desk.run(
            title,
            lambda ctx: patiently(ctx, lambda: work(ctx)),
            then,
            owner=self,
            company=company,
            lane=lane,
            changes=Changes(ledgers=True),
            failed=self.failed.emit,
        )
        handle.ended.connect(self._on_ended)
        self._show(handle, title)

    def _show(self, handle: JobHandle, title: str) -> None:
        self._busy = True
        self.began.emit(handle, title)

    @Slot(object)
    def _on_ended(self, ended: Any) -> None:
        self._busy = False
        self.over.emit()
        if isinstance(ended, Cancelled):
            self.cancelled.emit()
        calls, self._calls = self._calls, []
        for call in calls:
            call()
