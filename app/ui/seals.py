"""The seals that are open in this session: one per company, so that a PIN is typed once and not per batch."""

from __future__ import annotations

import logging
import threading

from PySide6.QtCore import QObject

from app.domain.errors import AppError
from app.domain.protocols import Sealer
from app.ui.desk import Desk
from app.workflows.sealing import SEAL_STOPPERS

log = logging.getLogger(__name__)

#: Errors after which an open session is worth nothing: the card was pulled, its driver hung, its time is over.
_SESSION_OVER = tuple(code for code in SEAL_STOPPERS if code != "SEAL.TEST_ON_LIVE")


class SealKeeper(QObject):
    """Open sealers by company id. `get`, `keep` and `drop` from any thread; the sealers themselves on the token lane.

    No PIN is kept: only the session that a typed PIN opened, and it ends with the window.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._open: dict[int, Sealer] = {}

    def get(self, company_id: int) -> Sealer | None:
        """The open seal of a company."""
        with self._lock:
            return self._open.get(company_id)

    def keep(self, company_id: int, sealer: Sealer) -> None:
        """Remember an open seal; an earlier one of the same company is closed."""
        with self._lock:
            old = self._open.get(company_id)
            self._open[company_id] = sealer
        if old is not None and old is not sealer:
            _close(old)

    def drop(self, company_id: int) -> None:
        """Close a company's seal; the PIN is asked the next time."""
        with self._lock:
            sealer = self._open.pop(company_id, None)
        if sealer is not None:
            _close(sealer)

    def note_failure(self, company_id: int, error: AppError) -> None:
        """After a failed seal: let go of a session that cannot be used any more."""
        if error.code.startswith(_SESSION_OVER):
            self.drop(company_id)

    def companies(self) -> list[int]:
        """Whose seals are open."""
        with self._lock:
            return list(self._open)

    def close(self) -> None:
        """Close all of them. Call it when no job runs any more."""
        for company_id in self.companies():
            self.drop(company_id)


def _close(sealer: Sealer) -> None:
    close = getattr(sealer, "close", None)
    if close is None:
        return
    try:
        close()
    except AppError as error:
        log.info("closing a seal: %s", error.code)


def keeper_of(desk: Desk) -> SealKeeper:
    """The keeper of this desk; made at the first call, child of the desk, closed with it. GUI thread only."""
    known = desk.findChild(SealKeeper)
    if known is None:
        known = SealKeeper(desk)
        desk.closed.connect(known.close)
    return known
