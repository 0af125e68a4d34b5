"""Sealing, resealing and answering with a seal: asked company by company, one report for all of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.connectors.base import EndpointKind
from app.domain.errors import AppError, LeaseHeld
from app.domain.lifecycle import DocumentKind, SealingMode
from app.domain.protocols import Sealer
from app.office import Office
from app.runtime.lanes import Cancelled, Done, Failed
from app.storage import companies
from app.storage.records import AccountRecord, CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.dialogs.confirm import confirm
from app.ui.jobs import Changes
from app.ui.lists import bulk
from app.ui.lists.bulk import Failure, Outcome
from app.workflows.context import Endpoint, WorkContext

# The seal and the sync bring cryptography and card drivers along; a list alone does not need them.
if TYPE_CHECKING:
    from app.workflows import sync

T = TypeVar("T")
Verb = Literal["issue", "reissue"]
Batch = tuple[CompanyRecord, list[DocumentRecord], Endpoint | None]
#: A sync of the same company ends within seconds; longer than this somebody else is at work.
_PATIENCE_STEPS = 120
_STEP_S = 0.5
#: `workflows.official.WordWanted`, whose module a list alone does not need.
_WORD_WANTED = "SEAL.WORD_WANTED"


class SealFlow(QObject):
    """One at a time, and each start ends in exactly one signal.

    `ended` carries the Outcome of all companies; `declined` comes when every company was declined or the work was
    cancelled (`why` says which); `failed` carries the AppError that kept it from beginning.
    """

    ended = Signal(object)
    declined = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._verb: Verb = "issue"
        self._waiting: deque[Batch] = deque()
        self._running: tuple[CompanyRecord, list[DocumentRecord], Sealer | None] | None = None
        self._outcome: Outcome | None = None
        self._declined = 0
        self._was_cancelled = False

    @property
    def is_running(self) -> bool:
        return self._outcome is not None

    def start(self, verb: Verb, document_ids: Sequence[int]) -> None:
        """Read the documents, ask for each company's seal, do the work, send."""
        if self.is_running:
            return
        wanted = list(document_ids)
        self._verb = verb
        title = "Mühürlenip kuyruğa alındı" if verb == "issue" else "Yeniden mühürlenip kuyruğa alındı"
        self._outcome = Outcome(title=title)
        self._declined, self._was_cancelled = 0, False
        office = self._desk.office
        self._desk.run(
            self.tr("Belgeler okunuyor"),
            lambda ctx: _with_endpoints(office, bulk.by_company(ctx, wanted)),
            self._on_read,
            owner=self,
            lane=self._desk.lanes.account("lists"),
            failed=self._on_failed,
        )

    def _on_read(self, batches: list[Batch]) -> None:
        self._waiting.extend(batches)
        self._next()

    def _on_failed(self, error: AppError) -> None:
        self._outcome = None
        self._waiting.clear()
        self.failed.emit(error)

    def _next(self) -> None:
        from app.ui.dialogs import pin

        while self._waiting:
            company, records, endpoint = self._waiting.popleft()
            if any(needs_seal(company, record.kind) for record in records):
                destination = self._destination(endpoint, records)
                choice = pin.ask_seal(self._desk, company, len(records), destination, self._window)
                if choice is not None:
                    self._begin(company, records, choice.sealer)
                    return
            elif self._confirm(company, records, endpoint):
                self._begin(company, records, None)
                return
            self._declined += len(records)
        outcome, self._outcome = self._outcome, None
        if outcome is None:
            return
        if outcome.done or outcome.failed:
            if self._declined:
                outcome.notes.append(self.tr("{0} belge için mühür verilmedi.").format(self._declined))
            self.ended.emit(outcome)
        else:
            self.declined.emit()

    @property
    def why(self) -> str:
        """After `declined`: what has become of the documents."""
        if self._was_cancelled:
            return self.tr("İş durduruldu. O ana kadar mühürlenenler numaralarını aldı; 'Kuyruğa al' ile gönderilir.")
        return self.tr("Mühür verilmedi: hiçbir belge mühürlenmedi, numara almadı ve gönderilmedi.")

    def _confirm(self, company: CompanyRecord, records: list[DocumentRecord], endpoint: Endpoint | None) -> bool:
        """Where the integrator seals there is no PIN, but the question is asked all the same."""
        count = len(records)
        return confirm(
            self.tr("{0} belge mühürlenip gönderilsin mi?").format(count),
            company=company.company.party.display_name,
            consequence=self.tr(
                "Belgeler numara alır; sonra değiştirilemez ve silinemez. Entegratör mühürler. {0}"
            ).format(self._destination(endpoint, records)),
            yes=self.tr("Mühürle ve gönder ({0})").format(count),
            parent=self._window,
        )

    def _destination(self, endpoint: Endpoint | None, records: Sequence[DocumentRecord]) -> str:
        from app.workflows.papers import KINDS

        kept = [r for r in records if r.kind in KINDS and (endpoint is None or r.kind not in endpoint.kinds)]
        if kept and len(kept) == len(records):
            return self.tr("Mühürlenir ve saklanır; entegratör bu belge türünü göndermiyor.")
        if kept:
            words = self._destination(endpoint, [r for r in records if r not in kept])
            return self.tr("{0} Entegratörün göndermediği {1} belge mühürlü saklanır.").format(words, len(kept))
        if endpoint is None:
            return self.tr("Entegratör tanımlı değil: mühürlenir, kuyrukta bekler.")
        where = {
            EndpointKind.SANDBOX: self.tr("{0} (deneme ortamı) üzerinden gönderilmek üzere kuyruğa girer."),
            EndpointKind.TEST: self.tr("{0} (test ortamı) üzerinden gönderilmek üzere kuyruğa girer."),
            EndpointKind.LIVE: self.tr("{0} üzerinden GİB'e gönderilmek üzere kuyruğa girer."),
        }[endpoint.kind]
        return where.format(endpoint.title)

    def _begin(
        self,
        company: CompanyRecord,
        records: list[DocumentRecord],
        sealer: Sealer | None,
        accepted: Mapping[str, str] | None = None,
    ) -> None:
        office = self._desk.office
        verb = partial(bulk.issue if self._verb == "issue" else bulk.reissue, accepted=accepted)
        self._running = company, records, sealer
        handle = self._desk.run(
            self.tr("{0} belge mühürleniyor").format(len(records)),
            lambda ctx: patiently(ctx, lambda: verb(ctx, office, company, records, sealer)),
            owner=self,
            company=company,
            lane=self._desk.lanes.token,
            changes=Changes(documents=True, partners=True),
            failed=_told_in_report,
        )
        handle.ended.connect(self._on_batch_ended)

    @Slot(object)
    def _on_batch_ended(self, ended: Any) -> None:
        from app.ui.seals import keeper_of

        assert self._running is not None and self._outcome is not None
        (company, records, sealer), self._running = self._running, None
        accepted: dict[str, str] = {}
        held: set[int] = set()
        match ended:
            case Done(outcome):
                held = {failure.document_id for failure in outcome.failed if failure.error.code == _WORD_WANTED}
                accepted = self._ask_word(company, outcome) if held else {}
                if accepted:
                    outcome.failed = [failure for failure in outcome.failed if failure.document_id not in held]
                self._outcome.add(outcome)
                for failure in outcome.failed:
                    keeper_of(self._desk).note_failure(company.id, failure.error)
                if outcome.done:
                    send_soon(self._desk, company, owner=self._desk)
            case Failed(error):
                keeper_of(self._desk).note_failure(company.id, error)
                self._outcome.failed += [Failure(document_id=r.id, name=bulk.name_of(r), error=error) for r in records]
            case Cancelled():
                # What was sealed by then has its number; the batches that follow are not begun.
                self._was_cancelled = True
                self._waiting.clear()
                send_soon(self._desk, company, owner=self._desk)
        if accepted:
            self._begin(company, [record for record in records if record.id in held], sealer, accepted)
            return
        self._next()

    def _ask_word(self, company: CompanyRecord, outcome: Outcome) -> dict[str, str]:
        """The user's reason for the warnings that kept documents from being sealed; empty to leave them drafts."""
        from app.ui.dialogs.warning_word import ask_word

        held = [failure.error for failure in outcome.failed if failure.error.code == _WORD_WANTED]
        by_code = {finding.code: finding for error in held for finding in getattr(error, "findings", ())}
        name = company.company.party.display_name
        return ask_word(list(by_code.values()), company=name, count=len(held), parent=self._window)


def needs_seal(company: CompanyRecord, kind: DocumentKind = DocumentKind.INVOICE) -> bool:
    """Whether this company seals such documents itself."""
    return company.company.sealing_mode(kind) is SealingMode.OWN


def send_soon(
    desk: Desk,
    company: CompanyRecord,
    *,
    owner: QObject,
    sealer: Sealer | None = None,
    then: Callable[[sync.SyncReport], None] | None = None,
) -> None:
    """One pass for this company: what waits goes out. With a seal (for answers) on the token lane."""
    office = desk.office

    def passing(ctx: WorkContext, account: AccountRecord) -> sync.SyncReport:
        from app.workflows import sync

        return patiently(ctx, lambda: sync.sync_company(ctx, company, office.line(account), sealer=sealer))

    def begin(account: AccountRecord | None) -> None:
        if account is None:
            return
        desk.run(
            "Gönderiliyor",
            lambda ctx: passing(ctx, account),
            then,
            owner=owner,
            company=company,
            lane=desk.lanes.token if sealer is not None else desk.account_lane(account.id),
            changes=Changes(documents=True),
        )

    desk.read(lambda s: companies.get_account(s, company.id), begin, owner=owner)


def _with_endpoints(office: Office, batches: list[tuple[CompanyRecord, list[DocumentRecord]]]) -> list[Batch]:
    """Where each company's documents go. Not for the GUI thread: a connector may have to be loaded first."""
    # What the question of the seal needs next, so that the window does not wait for it.
    import app.signing.isolated  # noqa: F401

    found: list[Batch] = []
    for company, records in batches:
        with office.db.read() as s:
            account = companies.get_account(s, company.id)
        found.append((company, records, office.endpoint(account)))
    return found


def patiently(ctx: WorkContext, work: Callable[[], T]) -> T:
    """Do `work`, waiting while a sync of ours holds the company's lease. Raises LeaseHeld after a minute."""
    for _ in range(_PATIENCE_STEPS):
        try:
            return work()
        except LeaseHeld:
            ctx.progress.report(0, 0, "Süren eşitlemenin bitmesi bekleniyor")
            ctx.progress.checkpoint()
            threading.Event().wait(_STEP_S)
    return work()


def _told_in_report(_error: AppError) -> None:
    """The flow's own report names every document of the failed batch."""
