"""The integrator behind the services: who is logged in, what time it is, where things are kept."""

from __future__ import annotations

import itertools
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

from app.sandbox.clock import SandboxClock
from app.sandbox.codes import SESSION_INVALID, Refusal
from app.sandbox.faults import Faults
from app.sandbox.progress import Progress, progress_of
from app.sandbox.records import Account, Call, Row
from app.sandbox.soap import Request, Txn
from app.sandbox.store import Store, fingerprint

SESSION_LIFE_S = 8 * 3600.0
MAX_CALLS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One call in progress. `account` is of the user whose session it carries."""

    request: Request
    account: Account
    txn: Txn


class Integrator:
    """Everything the operations share. Any thread."""

    def __init__(self, store: Store, clock: SandboxClock) -> None:
        self.store = store
        self.clock = clock
        self.faults = Faults()
        self.error_channel = "fault"
        self._calls: list[Call] = []
        self._calls_lock = threading.Lock()
        # The transaction counter starts somewhere else after each restart, so that no id comes twice.
        self._txn = itertools.count(1_000_000 * (1 + store.count_up("starts")))

    def now(self) -> float:
        return self.clock.timestamp()

    def next_txn(self, request: Request | None) -> Txn:
        return Txn(id=next(self._txn), client=request.header("CLIENT_TXN_ID") if request is not None else "")

    def progress(self, row: Row) -> Progress:
        return progress_of(row, self.now())

    # --- sessions -----------------------------------------------------------------------------------------------------

    def open_session(self, user: str) -> str:
        session_id = secrets.token_hex(24)
        with self.store.transaction():
            self.store.execute("DELETE FROM sessions WHERE at < ?", self.now() - SESSION_LIFE_S)
            self.store.execute("INSERT INTO sessions VALUES (?, ?, ?)", fingerprint(session_id), user, self.now())
        return session_id

    def close_session(self, session_id: str) -> bool:
        return bool(self.store.execute("DELETE FROM sessions WHERE fingerprint = ?", fingerprint(session_id)))

    def account_in(self, request: Request) -> Account:
        """The account whose session the request carries. Raises Refusal 10004."""
        key = fingerprint(request.header("SESSION_ID"))
        found = self.store.rows("SELECT user, at FROM sessions WHERE fingerprint = ?", key)
        if not found:
            raise Refusal(SESSION_INVALID)
        if self.now() - found[0]["at"] >= SESSION_LIFE_S:
            self.store.execute("DELETE FROM sessions WHERE fingerprint = ?", key)
            raise Refusal(SESSION_INVALID)
        account = self.store.account_of(user=found[0]["user"])
        if account is None:
            raise Refusal(SESSION_INVALID)
        return account

    def expire_sessions(self, user: str = "") -> int:
        """End all sessions, or those of one user, as the server does by night."""
        if user:
            return self.store.execute("DELETE FROM sessions WHERE user = ?", user)
        return self.store.execute("DELETE FROM sessions")

    # --- the call log -------------------------------------------------------------------------------------------------

    def log_call(self, call: Call) -> None:
        with self._calls_lock:
            self._calls.append(call)
            del self._calls[:-MAX_CALLS]

    @property
    def calls(self) -> list[Call]:
        with self._calls_lock:
            return list(self._calls)

    def forget_calls(self) -> None:
        with self._calls_lock:
            self._calls.clear()


Operation = Callable[[Integrator, Visit], bytes]
