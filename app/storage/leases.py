"""Who is working on a company now: sending, sealing and restoring need the company for themselves.

A lease is a row with a heartbeat. It is stale, and may be taken over, 60 s after the last heartbeat or as soon as its
process is dead (seen only on the same machine).
"""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import sys
import threading
import uuid
from datetime import datetime, timedelta
from types import TracebackType

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from app.domain.errors import AppError, LeaseHeld
from app.runtime.crashpoints import declare
from app.storage.database import Database
from app.storage.models import LeaseRow, table
from app.storage.types import to_micros

POINT = declare("db.lease", "who is working on a company")
STALE_AFTER = timedelta(seconds=60)
#: Four chances before the lease grows stale.
_BEAT_EVERY_S = 15.0
#: A beat older than this was missed: the computer slept, and somebody may have taken over meanwhile.
_MISSED_AFTER = timedelta(seconds=20)

_LEASE = table(LeaseRow)
_UPSERT = upsert(_LEASE)
_TAKE = _UPSERT.on_conflict_do_update(
    index_elements=["company_id"],
    set_={name: _UPSERT.excluded[name] for name in ("token", "owner", "host", "pid", "heartbeat_at")},
)
_BEAT = (
    update(_LEASE)
    .where(_LEASE.c.company_id == bindparam("by_company"), _LEASE.c.token == bindparam("by_token"))
    .values(heartbeat_at=bindparam("moment"))
)
_DROP = delete(_LEASE).where(_LEASE.c.company_id == bindparam("by_company"), _LEASE.c.token == bindparam("by_token"))

#: Tokens held by this very process: never stale, whatever the clock says (the demo pushes its clock by days).
_held: set[str] = set()
_log = logging.getLogger(__name__)


class Lease:
    """A held lease. Release it, or use it as a context manager. Any thread."""

    def __init__(self, db: Database, company_id: int, *, token: str, owner: str) -> None:
        self.company_id = company_id
        self.owner = owner
        self._db = db
        self._token = token
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._beater: threading.Thread | None = None
        self._beaten_at = db.clock.now()

    def heartbeat(self) -> None:
        """Say that we are still at it. Raises: LeaseHeld (LEASE.LOST) when somebody has taken over."""
        moment = self._db.clock.now()
        with self._db.write(POINT) as s:
            beaten = s.connection().execute(
                _BEAT, {"by_company": self.company_id, "by_token": self._token, "moment": moment}
            )
            is_ours = beaten.rowcount == 1
        self._beaten_at = moment
        if not is_ours:
            self._lost.set()
        self.ensure_held()

    def ensure_held(self) -> None:
        """Raise LeaseHeld (LEASE.LOST) when a heartbeat found that somebody has taken over. Costs nothing."""
        if self._lost.is_set():
            raise LeaseHeld(
                "LEASE.LOST",
                "Bu firma üzerindeki çalışma hakkı kaybedildi.",
                why="Bilgisayar uzun süre uyuduğu için başka bir pencere veya komut işi devraldı.",
                todo="Öteki işin bitmesini bekleyip yeniden deneyin.",
                retry_safe=True,
            )

    def check(self) -> None:
        """Call it between two documents: raises LeaseHeld (LEASE.LOST) when somebody has taken over.

        The background beat alone would notice that up to fifteen seconds after the computer has woken up.
        """
        self.ensure_held()
        if abs(self._db.clock.now() - self._beaten_at) > _MISSED_AFTER:
            self.heartbeat()

    def release(self) -> None:
        """Give the company back. Calling it twice does nothing."""
        self._stop.set()
        if self._beater is not None:
            self._beater.join()
            self._beater = None
        if self._token not in _held:
            return
        try:
            with self._db.write(POINT) as s:
                s.execute(_DROP, {"by_company": self.company_id, "by_token": self._token})
        finally:
            _held.discard(self._token)

    def _keep_alive(self) -> None:
        self._beater = threading.Thread(target=self._beat_on, name=f"lease-{self.company_id}", daemon=True)
        self._beater.start()

    def _beat_on(self) -> None:
        while not self._stop.wait(_BEAT_EVERY_S):
            try:
                self.heartbeat()
            except LeaseHeld:
                return
            except AppError as error:
                # A busy or full disk now is no reason to give up: the next beat may succeed.
                _log.info("lease heartbeat failed: %s", error.code)

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def acquire(
    db: Database,
    company_id: int,
    *,
    owner: str,
    pid: int | None = None,
    now: datetime | None = None,
    keep_alive: bool = True,
) -> Lease:
    """Take the company for this process. `owner` names the window or command in the other side's refusal.

    `keep_alive` beats in a background thread, else the caller calls `heartbeat()` at least every minute.
    Raises: LeaseHeld (LEASE.HELD), whose sentence names the holder.
    """
    moment = now or db.clock.now()
    token = uuid.uuid4().hex
    values = {
        "company_id": company_id,
        "token": token,
        "owner": owner,
        "host": socket.gethostname(),
        "pid": os.getpid() if pid is None else pid,
        "heartbeat_at": moment,
    }
    with db.write(POINT) as s:
        row = s.execute(select(_LEASE).where(_LEASE.c.company_id == company_id)).one_or_none()
        if row is not None and _is_live(row.token, row.host, row.pid, row.heartbeat_at, moment):
            raise _held_by(row.owner, row.host, row.pid)
        s.execute(_TAKE, values)
    _held.add(token)
    lease = Lease(db, company_id, token=token, owner=owner)
    if keep_alive:
        lease._keep_alive()
    return lease


def ensure_none_live(connection: sqlite3.Connection, *, now: datetime) -> None:
    """Raise LeaseHeld while anybody works on any company of the file; for work on the whole file."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'lease'").fetchone() is None:
        return
    rows = connection.execute("SELECT token, owner, host, pid, heartbeat_at FROM lease").fetchall()
    for token, owner, host, pid, micros in rows:
        age = timedelta(microseconds=to_micros(now) - micros)
        if token in _held or (age <= STALE_AFTER and not _is_dead(host, pid)):
            raise _held_by(owner, host, pid)


def _is_live(token: str, host: str, pid: int, heartbeat_at: datetime, now: datetime) -> bool:
    return token in _held or (now - heartbeat_at <= STALE_AFTER and not _is_dead(host, pid))


def _held_by(owner: str, host: str, pid: int) -> LeaseHeld:
    where = "bu bilgisayarda" if host == socket.gethostname() else f"'{host}' bilgisayarında"
    return LeaseHeld(
        "LEASE.HELD",
        "Bu firma üzerinde şu anda başka bir iş çalışıyor.",
        why=f"Çalışan: {owner} ({where}, işlem {pid}).",
        todo="Onun bitmesini bekleyin ya da o pencereyi kapatıp yeniden deneyin.",
        retry_safe=True,
    )


def _is_dead(host: str, pid: int) -> bool:
    """True only when the process surely does not run: another machine's cannot be seen."""
    return host == socket.gethostname() and not _is_running(pid)


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x0010_0000
    _WAIT_TIMEOUT = 0x102
    _ACCESS_DENIED = 5

    def _is_running(pid: int) -> bool:
        # os.kill would end the process there.
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = kernel.OpenProcess(_SYNCHRONIZE, False, pid)
        if not handle:
            return ctypes.get_last_error() == _ACCESS_DENIED
        try:
            return bool(kernel.WaitForSingleObject(ctypes.c_void_p(handle), 0) == _WAIT_TIMEOUT)
        finally:
            kernel.CloseHandle(ctypes.c_void_p(handle))

else:

    def _is_running(pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            # Somebody else's process has that number: it runs.
            return True
        return True
