"""The sandbox integrator itself: start it, give it accounts, push its clock, put documents in, break things.

It listens on 127.0.0.1 only and plays the İzibiz contract (SOAP 1.1) for training, the demo and the tests. What it
seals is sealed with TEST seals.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from app.domain.dates import utc_now
from app.domain.errors import InputError
from app.domain.ettn import parse_ettn
from app.domain.taxnumber import parse_tax_number
from app.runtime.safezip import read_single_xml
from app.sandbox import inbox, training
from app.sandbox.clock import SandboxClock
from app.sandbox.codes import FAILS_AT_GIB, FAILS_AT_RECEIVER
from app.sandbox.core import Integrator
from app.sandbox.faults import ANY_OPERATION, Fault
from app.sandbox.records import SEALS, Account, Call, Plan, Row, StoredDocument
from app.sandbox.store import Store
from app.sandbox.web import WebServer

_SIDES = {"out": "d.direction = 'OUT' AND d.is_draft = 0", "in": "d.direction = 'IN'", "draft": "d.is_draft = 1"}


class Sandbox:
    """An integrator on loopback. Any thread.

    `state` names the file it remembers in; without one it remembers until `close`. `now` starts its clock there,
    standing still unless `frozen` is False; without it the clock is the machine's. A state that knows its time already
    goes on from there. Use it as a context manager, or `start`, `stop` (it can be started again) and `close`.
    """

    def __init__(
        self, state: Path | None = None, *, port: int = 0, now: datetime | None = None, frozen: bool | None = None
    ) -> None:
        self._port = port
        self._store = Store(state)
        self._integrator = Integrator(self._store, self._restored_clock(now, frozen))
        self._remember_clock()
        self._web: WebServer | None = None
        self._thread: threading.Thread | None = None

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self, *, port: int | None = None) -> Self:
        """Begin to listen. The port stays the same over stop and start unless another one is given."""
        if self._web is not None:
            return self
        self._web = WebServer(self._port if port is None else port, self)
        self._port = int(self._web.server_address[1])
        self._thread = threading.Thread(
            target=self._web.serve_forever, args=(0.05,), name="muhurdar-sandbox", daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every connection and stop listening; what is stored stays."""
        web, self._web = self._web, None
        if web is None:
            return
        web.shutdown()
        web.server_close()
        web.close_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Stop and let go of the state file."""
        self.stop()
        self._remember_clock()
        self._store.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        """Where it listens, no slash at the end. Below it: `/AuthenticationWS`, `/EInvoiceWS`, `/EFaturaOIB`."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def integrator(self) -> Integrator:
        return self._integrator

    # --- clock --------------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        return self._integrator.clock.now()

    def advance(self, by: timedelta) -> datetime:
        """Push the clock forward; states of documents follow it."""
        moment = self._integrator.clock.advance(by)
        self._remember_clock()
        return moment

    def freeze(self, frozen: bool = True) -> None:
        """Stop the clock where it stands, or let it run on."""
        self._integrator.clock.freeze(frozen)
        self._remember_clock()

    def _restored_clock(self, now: datetime | None, frozen: bool | None) -> SandboxClock:
        kept = self._store.get_meta("clock")
        if not kept:
            return SandboxClock(now, frozen=frozen)
        known = json.loads(kept)
        was_frozen = known["frozen"] if frozen is None else frozen
        moment = datetime.fromisoformat(known["moment"])
        if not known["frozen"]:
            moment += max(utc_now() - datetime.fromisoformat(known["real"]), timedelta(0))
        return SandboxClock(moment, frozen=was_frozen)

    def _remember_clock(self) -> None:
        clock = self._integrator.clock
        known = {"moment": clock.now().isoformat(), "frozen": clock.is_frozen, "real": utc_now().isoformat()}
        self._store.set_meta("clock", json.dumps(known))

    # --- people -------------------------------------------------------------------------------------------------------

    def add_account(
        self,
        user: str,
        password: str,
        *,
        vkn: str,
        title: str,
        gb: Sequence[str] = (),
        pk: Sequence[str] = (),
        seals: str = "own",
    ) -> None:
        """A customer who can log in. `seals`: whose seal its documents carry, "own", "integrator" or "either".

        Registers the firm with its labels too. Raises InputError for a bad number or another word in `seals`.
        """
        if seals not in SEALS:
            raise InputError("SANDBOX.SEALS", f"seals {' / '.join(SEALS)} olabilir, {seals!r} değil.")
        self.register(vkn, title, pk=pk, gb=gb)
        self._store.save_account(user, password, vkn=vkn, title=title, seals=seals)

    def set_password(self, user: str, password: str) -> None:
        """Change it and end the user's sessions."""
        if not self._store.set_password(user, password):
            raise InputError("SANDBOX.USER", "Deneme entegratöründe böyle bir kullanıcı yok.")

    def register(
        self, vkn: str, title: str, *, pk: Sequence[str] = (), gb: Sequence[str] = (), kind: str = "OZEL"
    ) -> None:
        """Make a firm an e-Fatura taxpayer with these labels; labels it had before and has no more become deleted."""
        parse_tax_number(vkn)
        self._store.save_firm(vkn, title, pk=list(pk), gb=list(gb), at=self._integrator.now(), kind=kind)

    def delete_alias(self, vkn: str, alias: str) -> None:
        """Close one label of a firm; it shows up in the deltas as deleted."""
        self._store.delete_alias(vkn, alias, at=self._integrator.now())

    def set_receiver_plan(self, vkn: str, *, answer: str | None, after: timedelta = timedelta(hours=24)) -> None:
        """How a registered receiver treats commercial invoices: KABUL, RED, or None for never."""
        self._store.set_firm_plan(vkn, _plan(None, answer, after))

    def expire_sessions(self, user: str = "") -> int:
        """End the sessions of one user or of all; returns how many."""
        return self._integrator.expire_sessions(user)

    # --- documents ----------------------------------------------------------------------------------------------------

    def add_incoming(
        self,
        xml: bytes | None = None,
        *,
        count: int = 1,
        to_vkn: str = "",
        to_label: str = "",
        profile: str = "",
        sealed: bool = True,
        seed: str = "muhurdar",
    ) -> list[str]:
        """Let invoices arrive now; returns their ETTNs. `xml` as given, else `count` generated ones.

        `to_vkn` may be left out when there is one account only. `profile` keeps to TEMELFATURA or TICARIFATURA.
        Unsealed ones (`sealed` False) are quicker to make.
        """
        account = self._account(to_vkn)
        if xml is not None:
            return [inbox.deliver(self._integrator, account, xml, label=to_label)]
        return inbox.deliver_generated(
            self._integrator, account, count, label=to_label, profile=profile, sealed=sealed, seed=seed
        )

    def add_raw_incoming(self, content: bytes, *, to_vkn: str = "", number: str = "", ettn: str = "") -> str:
        """Let a broken delivery arrive: `content` is handed out as it is, be it a zip or not. Returns its ETTN."""
        return inbox.deliver_raw(self._integrator, self._account(to_vkn), content, number=number, ettn=ettn)

    def mark_read_elsewhere(self, ettns: Sequence[str]) -> None:
        """As if the user had read these incoming documents in the integrator's portal."""
        with self._store.transaction():
            for ettn in ettns:
                self._store.execute(
                    "UPDATE documents SET is_read = 1 WHERE direction = 'IN' AND ettn = ?", ettn.lower()
                )

    def stored(self, direction: str) -> list[StoredDocument]:
        """All documents of "out", "in" or "draft", in the order of their arrival, with content."""
        now = self._integrator.now()
        rows = self._store.find(
            f"{_SIDES[direction.lower()]} AND (d.direction = 'OUT' OR d.at <= ?)", now, with_content=True
        )
        return [self._shown(row) for row in rows]

    def _shown(self, row: Row) -> StoredDocument:
        progress = self._integrator.progress(row)
        return StoredDocument(
            ettn=row.ettn,
            number=row.number,
            xml=row.content if row.is_raw else read_single_xml(row.content),
            status_code=progress.code,
            gib_code=progress.gib_code,
            sender_vkn=row.sender_vkn,
            receiver_vkn=row.receiver_vkn,
            answers=[row.answer] if row.answer else [],
            sends=row.sends,
            is_read=row.is_read,
            is_draft=row.is_draft,
        )

    def answer_of(self, ettn: str) -> bytes:
        """The sealed application response given to an incoming invoice; empty while there is none."""
        rows = self._store.find("d.direction = 'IN' AND d.ettn = ?", ettn.lower(), with_content=True)
        return rows[0].answer_xml if rows else b""

    def set_plan(
        self,
        ettn: str,
        *,
        fail_at_gib: int | None = None,
        fail_at_receiver: int | None = None,
        answer: str | None = "KABUL",
        after: timedelta = timedelta(hours=24),
    ) -> None:
        """What shall become of an outgoing document; before or after it is sent. A re-send starts without a plan.

        `fail_at_gib` is a code of 1110-1195, `fail_at_receiver` 1215 or 1230. `answer` KABUL, RED or None (never),
        `after` counted from the sending. Raises InputError for other values.
        """
        if fail_at_gib is not None and fail_at_gib not in FAILS_AT_GIB:
            raise InputError("SANDBOX.PLAN", f"{fail_at_gib} GİB'de kalan bir hata kodu değil.")
        if fail_at_receiver is not None and fail_at_receiver not in FAILS_AT_RECEIVER:
            raise InputError("SANDBOX.PLAN", f"{fail_at_receiver} alıcıda kalan bir hata kodu değil (1215, 1230).")
        self._store.set_plan(parse_ettn(ettn), _plan(fail_at_gib or fail_at_receiver, answer, after))

    # --- trouble ------------------------------------------------------------------------------------------------------

    def arm(
        self,
        fault: str,
        operation: str = ANY_OPERATION,
        times: int = 1,
        *,
        code: int = 10001,
        detail: str = "",
        seconds: float = 0.0,
        processed: bool = True,
        ettn: str = "",
    ) -> None:
        """Switch a fault on for the next `times` calls of `operation` ("*" for any). Kinds: `faults.KINDS`."""
        self._integrator.faults.arm(
            Fault(
                kind=fault,
                operation=operation,
                times=times,
                code=code,
                detail=detail,
                seconds=seconds,
                processed=processed,
                ettn=ettn.lower(),
            )
        )

    def clear_faults(self) -> None:
        self._integrator.faults.clear()

    @property
    def error_channel(self) -> str:
        """How refusals are told: "fault" (as the guide says) or "error_type"."""
        return self._integrator.error_channel

    @error_channel.setter
    def error_channel(self, channel: str) -> None:
        if channel not in ("fault", "error_type"):
            raise InputError("SANDBOX.CHANNEL", "error_channel fault veya error_type olabilir.")
        self._integrator.error_channel = channel

    @property
    def calls(self) -> list[Call]:
        """Every request so far, oldest first."""
        return self._integrator.calls

    def forget_calls(self) -> None:
        self._integrator.forget_calls()

    def _account(self, vkn: str) -> Account:
        if not vkn:
            vkns = {row["vkn"] for row in self._store.rows("SELECT vkn FROM accounts")}
            if len(vkns) != 1:
                raise InputError("SANDBOX.WHO", "Belgenin kime geldiği belli değil.", todo="to_vkn verin.")
            vkn = vkns.pop()
        account = self._store.account_of(vkn=vkn)
        if account is None:
            raise InputError("SANDBOX.WHO", "Bu firmanın deneme entegratöründe hesabı yok.", todo="Hesap ekleyin.")
        return account


def serve(*, port: int = 0, state: Path | None = None) -> int:
    """Run until Ctrl+C (or SIGTERM); prints the address. A new state gets the training account and some invoices."""
    enough = threading.Event()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: enough.set())
    with Sandbox(state, port=port) as sandbox:
        note = training.furnish(sandbox)
        sys.stdout.write(f"{sandbox.url}\n{note}Durdurmak için Ctrl+C.\n")
        sys.stdout.flush()
        try:
            enough.wait()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
    sys.stdout.write("Deneme entegratörü durdu.\n")
    return 0


def _plan(fail_code: int | None, answer: str | None, after: timedelta) -> Plan:
    if answer not in ("KABUL", "RED", None):
        raise InputError("SANDBOX.PLAN", "answer KABUL, RED veya None olabilir.")
    return Plan(fail_code=fail_code, answer=answer, after_s=after.total_seconds())
