"""How far a document has come, computed from the time that has passed since it was sent. Nothing ticks in between."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.invoice import TICARIFATURA
from app.sandbox.codes import FAILS_AT_GIB, GIB_TEXTS, STATES
from app.sandbox.records import Row

MINUTE = 60.0
DAY = 86_400.0
DELIVERED_AFTER_S = 15 * MINUTE
DONE_AFTER_S = 30 * MINUTE
_GIB_FAILS_AFTER_S = 8 * MINUTE
# (from second, state, GİB code): the happy way until the envelope is with the receiver.
_WAY: tuple[tuple[float, int, int | None], ...] = (
    (DELIVERED_AFTER_S, 110, 1200),
    (12 * MINUTE, 109, 1200),
    (8 * MINUTE, 109, 1100),
    (5 * MINUTE, 109, 1000),
    (3 * MINUTE, 107, None),
    (2 * MINUTE, 104, None),
    (1 * MINUTE, 103, None),
    (0.0, 101, None),
)
_ANSWER_KNOWN_AFTER_S = 15 * MINUTE
_RETRYING = {1215: 1210, 1230: 1220}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One state as the services report it; `response_code` is the GİB code of the answer's own envelope."""

    code: int
    gib_code: int | None = None
    response_code: int | None = None

    @property
    def status(self) -> str:
        return STATES[self.code][0]

    @property
    def description(self) -> str:
        return STATES[self.code][1]

    @property
    def gib_text(self) -> str:
        return GIB_TEXTS.get(self.gib_code, "") if self.gib_code is not None else ""

    @property
    def response_text(self) -> str:
        return GIB_TEXTS.get(self.response_code, "") if self.response_code is not None else ""

    @property
    def failed_at_gib(self) -> bool:
        return self.code == 136 and self.gib_code in FAILS_AT_GIB

    @property
    def failed_at_receiver(self) -> bool:
        return self.code == 136 and not self.failed_at_gib


def progress_of(row: Row, now: float) -> Progress:
    """The state of a stored document at `now` (seconds since the epoch)."""
    if row.is_draft:
        return Progress(code=100)
    return _incoming(row, now) if row.direction == "IN" else _outgoing(row, now)


def _outgoing(row: Row, now: float) -> Progress:
    elapsed = now - row.at
    fail = row.plan.fail_code
    if fail is not None and fail in FAILS_AT_GIB and elapsed >= _GIB_FAILS_AFTER_S:
        return Progress(code=136, gib_code=fail)
    if fail is not None and fail not in FAILS_AT_GIB and elapsed >= DELIVERED_AFTER_S:
        if elapsed >= DONE_AFTER_S:
            return Progress(code=136, gib_code=fail)
        return Progress(code=110, gib_code=_RETRYING.get(fail, 1220))
    if elapsed < DONE_AFTER_S:
        _from, code, gib_code = next(step for step in _WAY if elapsed >= step[0] or step[0] == 0.0)
        return Progress(code=code, gib_code=gib_code)
    if row.profile != TICARIFATURA:
        return Progress(code=137, gib_code=1300)
    answer, answered_at = _answer_to_ours(row)
    if not answer or now < answered_at:
        return Progress(code=111, gib_code=1300)
    is_known = now - answered_at >= _ANSWER_KNOWN_AFTER_S
    if answer == "KABUL":
        return Progress(code=112, gib_code=1300, response_code=1300)
    if not is_known:
        return Progress(code=117, gib_code=1300, response_code=1200)
    return Progress(code=120, gib_code=1300, response_code=1300)


def _answer_to_ours(row: Row) -> tuple[str, float]:
    """(KABUL, RED or "", since when): what the receiver did in the sandbox itself, else what the plan scripts."""
    if row.answer:
        return row.answer, row.answer_at
    if row.plan.answer is None:
        return "", 0.0
    return row.plan.answer, row.at + max(row.plan.after_s, DONE_AFTER_S)


def _incoming(row: Row, now: float) -> Progress:
    if row.profile != TICARIFATURA:
        return Progress(code=133, gib_code=1300)
    if not row.answer:
        return Progress(code=132, gib_code=1300)
    elapsed = now - row.answer_at
    steps = (123, 124, 122) if row.answer == "KABUL" else (129, 128, 130)
    if elapsed < MINUTE:
        return Progress(code=steps[0], gib_code=1300)
    if elapsed < _ANSWER_KNOWN_AFTER_S:
        return Progress(code=steps[1], gib_code=1300, response_code=1000)
    return Progress(code=steps[2], gib_code=1300, response_code=1300)
