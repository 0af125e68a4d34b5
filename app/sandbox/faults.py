"""Faults that can be switched on: by operation, so many times, and for one document of a batch when wanted."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.errors import InputError

ANY_OPERATION = "*"
# name: what happens.
KINDS: dict[str, str] = {
    "session_expired": "the session is gone: 10004, until the next Login",
    "soap_fault": "the error `code` as a SOAP Fault; nothing is processed",
    "error_type": "the error `code` as ERROR_TYPE in an ordinary answer; nothing is processed",
    "reject_member": "the error `code` for the document `ettn`; other requests go through",
    "timeout": "silence for `seconds`, then the connection is closed; processed before it unless `processed` is false",
    "slow": "the answer comes `seconds` late",
    "drop_before": "the connection is closed and nothing is processed",
    "drop_after": "processed, but the answer is lost: the connection is closed",
    "garbage_html": "an HTML page with status 200 instead of the answer",
    "garbage_html_500": "an HTML error page with status 500",
    "garbage_truncated": "the answer, cut in the middle",
    "garbage_empty": "an empty answer with status 200",
}
_ALIASES = {"soft_fault": "error_type", "garbage": "garbage_html", "delay": "slow"}


@dataclass(slots=True, kw_only=True)
class Fault:
    """One armed fault. `processed` says whether the request is carried out before the trouble starts."""

    kind: str
    operation: str
    times: int
    code: int = 10001
    detail: str = ""
    seconds: float = 0.0
    processed: bool = True
    ettn: str = ""

    @property
    def is_processed(self) -> bool:
        refused = ("drop_before", "session_expired", "soap_fault", "error_type", "reject_member")
        return self.processed and self.kind not in refused


class Faults:
    """Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Raises InputError for a kind that does not exist."""
        fault.kind = _ALIASES.get(fault.kind, fault.kind)
        if fault.kind not in KINDS:
            raise InputError(
                "SANDBOX.FAULT", f"Böyle bir arıza yok: {fault.kind}.", todo=f"Olanlar: {', '.join(KINDS)}."
            )
        with self._lock:
            self._armed.append(fault)

    def take(self, operation: str, uuids: Sequence[str]) -> Fault | None:
        """The first armed fault that fits this call; it counts as used once."""
        with self._lock:
            for fault in self._armed:
                if fault.operation not in (operation, ANY_OPERATION) or (fault.ettn and fault.ettn not in uuids):
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        with self._lock:
            self._armed.clear()

    def armed(self) -> list[dict[str, object]]:
        """For the state dump."""
        with self._lock:
            return [{"fault": f.kind, "operation": f.operation, "times": f.times} for f in self._armed]
