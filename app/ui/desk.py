"""The pages' one door to the office: what company is chosen, how to read, how to run work, what has changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.domain.errors import AppError
from app.office import Office
from app.runtime.lanes import Cancelled, Done, Failed, JobContext, Lane, Lanes
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.jobs import Changes, JobHandle, JobRunner
from app.workflows.context import WorkContext

T = TypeVar("T")


class Desk(QObject):
    """GUI thread only. `company` None means "Tüm firmalar".

    `warms_up`: pages may make ready, while nothing else is to do, what will be needed next. A test or a tour, which
    takes one picture and goes, does not want that.
    """

    company_changed = Signal(object)
    changed = Signal(object)
    failed = Signal(object)
    #: Ask the window to show something: a page key, and what to select there (a document id, a company id...).
    wanted = Signal(str, object)
    #: No job runs any more and the office is about to close: let go of what the session held open.
    closed = Signal()

    def __init__(
        self, office: Office, *, is_demo: bool = False, warms_up: bool = False, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.office = office
        self.is_demo = is_demo
        self.warms_up = warms_up
        self.lanes = Lanes()
        self.runner = JobRunner(self)
        self._company: CompanyRecord | None = None
        self._spent: list[Any] = []

    @property
    def company(self) -> CompanyRecord | None:
        return self._company

    def set_company(self, company: CompanyRecord | None) -> None:
        """Choose a company for every page; the same one again (edited) is announced too."""
        self._company = company
        self.company_changed.emit(company)

    def read(
        self,
        work: Callable[[OpenSession], T],
        then: Callable[[T], None],
        *,
        owner: QObject,
        failed: Callable[[AppError], None] | None = None,
    ) -> JobHandle:
        """Run a query off the GUI thread and call `then` with its value, unless `owner` is gone by then."""

        def reading(_job: JobContext) -> T:
            with self.office.db.read() as s:
                return work(s)

        return self._start(self.lanes.cpu, "Okunuyor", "", reading, then, owner=owner, failed=failed)

    def run(
        self,
        title: str,
        work: Callable[[WorkContext], T],
        then: Callable[[T], None] | None = None,
        *,
        owner: QObject,
        company: CompanyRecord | None = None,
        lane: Lane | None = None,
        changes: Changes | None = None,
        failed: Callable[[AppError], None] | None = None,
    ) -> JobHandle:
        """Run a workflow as a job with progress and cancel; announces `changes` when it ends, however it ends.

        `lane` None takes the CPU pool; use `account_lane` for anything that talks to an integrator and
        `lanes.token` for the card.
        """
        digits = company.company.tax_number.digits if company is not None else ""

        def working(job: JobContext) -> T:
            return work(self.office.context(job))

        handle = self._start(lane or self.lanes.cpu, title, digits, working, then, owner=owner, failed=failed)
        if changes is not None:
            handle.ended.connect(lambda _outcome: self.changed.emit(changes))
        return handle

    def account_lane(self, account_id: int) -> Lane:
        """The lane of one integrator account: its calls keep their order and never wait for another company's."""
        return self.lanes.account(str(account_id))

    def _start(
        self,
        lane: Lane,
        title: str,
        company: str,
        work: Callable[[JobContext], T],
        then: Callable[[T], None] | None,
        *,
        owner: QObject,
        failed: Callable[[AppError], None] | None,
    ) -> JobHandle:
        handle = self.runner.start(lane, title, company, work, owner=owner)
        calls = [(then, failed)]

        def on_ended(outcome: Any) -> None:
            # The handle must not be the last to hold its owner: a window without a parent would die inside the
            # destructor of its own child (seen as a double free).
            calling, failing = calls.pop()
            self._spent.append((calling, failing))
            QTimer.singleShot(0, self._forget_spent)
            match outcome:
                case Done(value):
                    if calling is not None:
                        calling(value)
                case Failed(error):
                    (failing or self.failed.emit)(error)
                case Cancelled():
                    pass

        handle.ended.connect(on_ended)
        return handle

    @Slot()
    def _forget_spent(self) -> None:
        self._spent.clear()

    def close(self, deadline_s: float = 10.0) -> list[Any]:
        """Stop taking jobs, cancel, wait; returns the jobs that still run. Then the office closes."""
        left = self.lanes.shutdown(deadline_s)
        self.closed.emit()
        self.office.close()
        return left
