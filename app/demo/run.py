"""The main job end to end, without a window: draft, seal, send, track, receive, answer, print."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.connectors.base import Answer
from app.demo import people
from app.domain.errors import AppError, BugError, InputError
from app.domain.lifecycle import Direction, State
from app.domain.protocols import Sealer
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.files import write_output
from app.runtime.secrets import MemorySecretStore
from app.sandbox.server import Sandbox
from app.signing.demo_token import create_demo_token
from app.storage import search
from app.storage.records import CompanyRecord, DocumentRecord
from app.ubl.company_json import company_from_json
from app.workflows import answering, companies, drafting, issuing, printing, sealing, sync, viewing
from app.workflows.context import WorkContext

USER, PASSWORD = "demo", "demo-parola"
INCOMING = 25
_PIN = "482913"
#: Says that the folder holds a demo and nothing else of value.
MARKER = ".muhurdar-demo"


@dataclass(slots=True, kw_only=True)
class Step:
    """One line of report.json. `documents` are ETTNs; `sha256` is over the bytes the step produced."""

    step: str
    outcome: str = "ok"
    documents: list[str] = field(default_factory=list)
    seconds: float = 0.0
    sha256: str = ""
    detail: str = ""

    def digest(self, parts: Iterator[bytes] | list[bytes]) -> None:
        total = hashlib.sha256()
        for part in parts:
            total.update(hashlib.sha256(part).digest())
        self.sha256 = total.hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "outcome": self.outcome,
            "documents": self.documents,
            "seconds": round(self.seconds, 3),
            "sha256": self.sha256,
            "detail": self.detail,
        }


class StepFailed(Exception):
    """The rest of the demo makes no sense."""


class Demo:
    """One run. The clock is the demo's own and is pushed forward together with the sandbox's."""

    def __init__(self, out: Path, *, with_pdf: bool = True, say: Callable[[str], None] = lambda _line: None) -> None:
        # Tools that the demo starts (SoftHSM2) read paths from files of theirs: a relative one would be theirs too.
        self.out = out.absolute()
        self.steps: list[Step] = []
        self.seal_title = ""
        self._with_pdf = with_pdf
        self._say = say
        self._clock = FixedClock(datetime.now(UTC))
        self._sealer: Sealer | None = None

    def run(self) -> dict[str, Any]:
        """Do everything; returns the report, which is also in report.json. Never raises for a failed step."""
        self._clear()
        data = self.out / "data"
        with (
            Sandbox(now=self._clock.now()) as sandbox,
            Office.open(data, owner="muhurdar demo", clock=self._clock, secrets=MemorySecretStore()) as office,
        ):
            try:
                self._main_job(office, sandbox)
            except StepFailed:
                self._say("Deneme yarıda kaldı; ayrıntı report.json dosyasında.")
            finally:
                # A card stays logged in until its session ends.
                getattr(self._sealer, "close", lambda: None)()
        report = {"seal": self.seal_title, "steps": [s.to_json() for s in self.steps]}
        write_output(self.out / "report.json", json.dumps(report, ensure_ascii=False, indent=2).encode())
        return report

    def _clear(self) -> None:
        """Make the folder ready; what an earlier demo left there goes, anything else stays.

        Raises: InputError (DEMO.FOLDER) when what stands in the way is not an earlier demo's: it may be a real
        office, or somebody's own PDFs.
        """
        self.out.mkdir(parents=True, exist_ok=True)
        marker = self.out / MARKER
        there = [name for name in ("data", "pdf", "token") if (self.out / name).exists()]
        if there and not marker.exists():
            raise InputError(
                "DEMO.FOLDER",
                f"{self.out} içinde bir {there[0]} klasörü var.",
                why="Gerçek bir büronun verisi olabilir; deneme onun üzerine yazmaz.",
                todo="Boş bir klasör seçin.",
            )
        for name in there:
            shutil.rmtree(self.out / name, ignore_errors=True)
        marker.touch()

    @property
    def is_clean(self) -> bool:
        return all(s.outcome == "ok" for s in self.steps)

    def _main_job(self, office: Office, sandbox: Sandbox) -> None:
        ctx = office.context()
        with self._step("company", "Firma ve entegratör tanımlanıyor") as step:
            company = self._found_company(office, ctx, sandbox)
            step.detail = company.company.party.display_name
        with self._step("token", "Mühür hazırlanıyor") as step:
            sealer = self._sealer = self._open_sealer(office, company)
            self.seal_title = step.detail = sealer.title
        with self._step("draft", "Üç fatura taslağı") as step:
            drafted = [drafting.save_draft(ctx, company, d) for d in people.drafts(self._clock.today().isoformat())]
            step.documents = [d.invoice.uuid for d in drafted]
            template = office.template(company)
            step.digest([drafting.unsigned_xml(d.invoice, template) for d in drafted])
            step.detail = f"{sum(len(d.findings) for d in drafted)} bulgu"
        ettns = step.documents
        account = companies.require_account(ctx, company)
        with self._step("seal", "Numara veriliyor ve mühürleniyor") as step:
            means = sealing.Means(
                sealer=sealer,
                endpoint=office.endpoint(account),
                session=office.session(account),
                template_for=office.template,
            )
            issued = issuing.issue(ctx, company, ettns, means)
            _ensure(
                issued.is_clean, "; ".join(f.error.sentence for f in [*issued.sealing.failed, *issued.queueing.failed])
            )
            step.documents = issued.queueing.done
            step.digest(self._bytes(office, ctx, company, ettns))
            step.detail = ", ".join(r.number for r in self._records(office, company, Direction.OUT))
        line = office.line(account)
        with self._step("send", "Gönderiliyor") as step:
            report = sync.sync_company(ctx, company, line, sealer=sealer)
            _ensure(not report.errors, "; ".join(e.sentence for e in report.errors))
            step.documents = [r.ettn for r in self._records(office, company, Direction.OUT, State.SENT)]
            _ensure(len(step.documents) == 3, "Üç belge de gönderilmiş olmalıydı.")
        sandbox.set_plan(ettns[1], answer="KABUL", after=timedelta(hours=20))
        sandbox.set_plan(ettns[2], answer="RED", after=timedelta(hours=20))
        with self._step("track", "Durumlar izleniyor") as step:
            self._push(sandbox, timedelta(hours=4))
            sync.sync_company(ctx, company, line, sealer=sealer)
            delivered = self._records(office, company, Direction.OUT, State.DELIVERED)
            _ensure(len(delivered) == 3, "Üç belge de teslim edilmiş olmalıydı.")
            self._push(sandbox, timedelta(hours=24))
            sync.sync_company(ctx, company, line, sealer=sealer)
            states = {r.ettn: r.state for r in self._records(office, company, Direction.OUT)}
            _ensure(
                [states[e] for e in ettns] == [State.DELIVERED, State.ACCEPTED, State.REJECTED],
                f"Beklenmeyen durumlar: {', '.join(states[e].value for e in ettns)}",
            )
            step.documents = list(ettns)
            step.detail = ", ".join(f"{e[:8]}: {states[e].value}" for e in ettns)
            step.digest(self._bytes(office, ctx, company, ettns))
        with self._step("receive", f"{INCOMING} belge alınıyor") as step:
            sandbox.add_incoming(count=INCOMING, to_vkn=people.SELLER["vkn"])
            self._push(sandbox, timedelta(minutes=30))
            sync.sync_company(ctx, company, line, sealer=sealer)
            incoming = self._records(office, company, Direction.IN)
            step.documents = [r.ettn for r in incoming]
            _ensure(len(incoming) == INCOMING, f"{len(incoming)} belge geldi.")
            step.digest(self._bytes(office, ctx, company, step.documents))
        with self._step("answer", "Bir ticari fatura yanıtlanıyor") as step:
            due = self._records(office, company, Direction.IN, State.ANSWER_DUE)
            _ensure(bool(due), "Yanıt bekleyen ticari fatura gelmedi.")
            answering.answer(ctx, company, due[0].ettn, Answer.ACCEPT, "")
            sync.sync_company(ctx, company, line, sealer=sealer)
            self._push(sandbox, timedelta(hours=5))
            sync.sync_company(ctx, company, line, sealer=sealer)
            answered = self._records(office, company, Direction.IN, State.ANSWERED)
            _ensure([r.ettn for r in answered] == [due[0].ettn], "Yanıt tamamlanmadı.")
            step.documents = [due[0].ettn]
            step.detail = due[0].number
        if self._with_pdf:
            self._print(office, ctx, company)

    def _print(self, office: Office, ctx: WorkContext, company: CompanyRecord) -> None:
        with self._step("render", "Bütün belgeler PDF'e basılıyor") as step:
            template = office.template(company)
            records = [*self._records(office, company, Direction.OUT), *self._records(office, company, Direction.IN)]
            pages = []
            for record in records:
                seen = viewing.viewable(ctx, company, record.ettn, template=template)
                pages.append(
                    printing.Page(name=f"{record.number}_{record.ettn[:8]}", raw=seen.raw, watermark=seen.watermark)
                )
            folder = self.out / "pdf"
            printed = printing.print_each(pages, renderer=office.renderer, printer=office.printer, folder=folder)
            _ensure(not printed.failed, "; ".join(f"{n}: {e.sentence}" for n, e in printed.failed))
            step.documents = [r.ettn for r in records]
            step.digest([p.read_bytes() for p in printed.written])
            step.detail = f"{len(printed.written)} PDF, {len(printed.notes)} belge kendi şablonumuzla gösterildi"

    def _found_company(self, office: Office, ctx: WorkContext, sandbox: Sandbox) -> CompanyRecord:
        seller = people.SELLER
        sandbox.add_account(
            USER,
            PASSWORD,
            vkn=seller["vkn"],
            title=seller["title"],
            gb=list(seller["labels"]["gb"]),
            pk=list(seller["labels"]["pk"]),
        )
        for index in range(len(people.BUYERS)):
            sandbox.register(people.buyer_number(index), people.buyer_name(index), pk=people.buyer_labels(index), gb=[])
        company = companies.save_company(ctx, company_from_json(dict(seller), base_dir=self.out))
        companies.set_connector(
            ctx,
            company,
            office.connector("izibiz"),
            url=sandbox.url,
            user=USER,
            password=PASSWORD,
            secrets=office.secrets,
            settings={},
        )
        return company

    def _open_sealer(self, office: Office, company: CompanyRecord) -> Sealer:
        """SoftHSM2 through PKCS#11 when it is on this machine, else the software TEST seal."""
        owner = company.company.tax_number
        token = create_demo_token(self.out / "token", owner, company.company.party.display_name, _PIN)
        if token is not None:
            return token.open(_PIN)
        from app.demo.seals import test_sealer

        return test_sealer(office, owner)

    def _push(self, sandbox: Sandbox, span: timedelta) -> None:
        self._clock.advance(span)
        sandbox.advance(span)

    def _records(
        self, office: Office, company: CompanyRecord, direction: Direction, state: State | None = None
    ) -> list[DocumentRecord]:
        query = search.DocumentQuery(
            company_id=company.id, direction=direction, states=(state,) if state is not None else ()
        )
        with office.db.read() as s:
            return sorted(search.rows(s, search.ids(s, query)), key=lambda r: r.id)

    def _bytes(self, office: Office, ctx: WorkContext, company: CompanyRecord, ettns: list[str]) -> list[bytes]:
        template = office.template(company)
        return [viewing.viewable(ctx, company, e, template=template).raw for e in ettns]

    @contextmanager
    def _step(self, name: str, words: str) -> Iterator[Step]:
        step = Step(step=name)
        self.steps.append(step)
        started = time.perf_counter()
        try:
            yield step
        except StepFailed as failure:
            step.outcome, step.detail = "failed", str(failure)
            raise
        except AppError as error:
            step.outcome, step.detail = "failed", error.sentence
            raise StepFailed(error.sentence) from error
        except Exception as error:
            step.outcome, step.detail = "failed", BugError(error).sentence
            raise
        finally:
            step.seconds = time.perf_counter() - started
            mark = "tamam" if step.outcome == "ok" else "OLMADI"
            self._say(f"{words}: {mark} ({len(step.documents)} belge, {step.seconds:.2f} sn) {step.detail}".rstrip())


def _ensure(condition: bool, why: str) -> None:
    if not condition:
        raise StepFailed(why)
