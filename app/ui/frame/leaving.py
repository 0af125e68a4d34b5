"""Leaving: editors save themselves, short work ends, what still runs is named and stopped, with the window up."""

from __future__ import annotations

from typing import Any, Literal

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.runtime.lanes import Job
from app.ui.desk import Desk
from app.ui.frame.card import LOOKING
from app.ui.frame.doors import Doors
from app.ui.frame.strip import JobsStrip, job_title, visible_jobs
from app.ui.theme import tokens
from app.ui.theme.icons import pixmap

_STEP_MS = 100
#: A job that ends within this time is not worth a question.
_SHORT_MS = 1_000
_EDITORS_MS = 8_000
_PATIENCE_MS = 15_000
#: For a reader's driver that hangs: nothing is lost when it is left alone.
_LOOK_PATIENCE_MS = 1_000
_NAMED = 6


def weighty_jobs(desk: Desk) -> list[Job[Any]]:
    """Running jobs that would be missed: neither pages reading nor the look at the card reader."""
    return [job for job in visible_jobs(desk) if job.title != LOOKING]


def ask_to_leave(desk: Desk, names: dict[str, str], parent: QWidget) -> bool:
    """Whether to leave now. Asks only when something runs that would be missed; names it."""
    jobs = weighty_jobs(desk)
    if not jobs:
        return True
    lines = []
    for job in jobs[:_NAMED]:
        figures = f" ({job.progress.done}/{job.progress.total})" if job.progress.total else ""
        lines.append(f"• {job_title(job, names)}{figures}")
    if len(jobs) > _NAMED:
        lines.append(parent.tr("• ve {n} iş daha").format(n=len(jobs) - _NAMED))
    lines.append("")
    lines.append(
        parent.tr(
            "İşler ilk güvenli yerde durdurulur; gönderilmekte olan belge yarım kalmaz. "
            "Bitmeyenler sonraki açılışta kaldığı yerden sürer."
        )
    )
    text = parent.tr("Süren {n} iş var.").format(n=len(jobs))
    return _ask(parent, text, "\n".join(lines), yes=parent.tr("Durdur ve kapat"), no=parent.tr("Açık kalsın"))


def ask_to_lose(sentence: str, parent: QWidget) -> bool:
    """Whether to leave although something typed has not been stored."""
    text = parent.tr("Kaydedilmemiş değişiklik var.")
    return _ask(parent, text, sentence, yes=parent.tr("Kaydetmeden kapat"), no=parent.tr("Geri dön"))


def _ask(parent: QWidget, text: str, more: str, *, yes: str, no: str) -> bool:
    box = QMessageBox(parent)
    box.setWindowTitle(box.tr("Mühürdar kapatılsın mı?"))
    ratio = parent.devicePixelRatioF()
    box.setIconPixmap(pixmap("question", "warn", size=tokens.HERO_ICON_PX, ratio=ratio))
    box.setText(text)
    box.setInformativeText(more)
    leave = box.addButton(yes, QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(no, QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is leave


class Leaving(QObject):
    """`gone` when nothing runs any more, or when patience has ended; the window closes then."""

    gone = Signal()
    #: From here on there is no way back: jobs are being stopped.
    stopping = Signal()

    def __init__(self, desk: Desk, doors: Doors, strip: JobsStrip, window: QWidget) -> None:
        super().__init__(window)
        self._desk, self._doors, self._strip, self._window = desk, doors, strip, window
        self._phase: Literal["", "editors", "short", "stopping"] = ""
        self._waited_ms = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_under_way(self) -> bool:
        return bool(self._phase)

    def begin(self) -> None:
        """Wait for what ends by itself, ask about the rest, stop it. Nothing happens when that has begun already."""
        if not self._phase:
            self._turn("editors")
            self._timer.start()

    def _turn(self, phase: Literal["", "editors", "short", "stopping"]) -> None:
        self._phase, self._waited_ms = phase, 0

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._waited_ms += _STEP_MS
        match self._phase:
            case "editors":
                self._wait_for_editors()
            case "short":
                self._wait_for_short_work()
            case "stopping":
                self._wait_for_the_rest()

    def _wait_for_editors(self) -> None:
        editors = self._doors.editors
        if not editors:
            self._turn("short")
        elif self._waited_ms > _EDITORS_MS:
            # It says itself why it cannot be saved.
            self._stay()
            editors[0].raise_()
            editors[0].activateWindow()

    def _wait_for_short_work(self) -> None:
        jobs = weighty_jobs(self._desk)
        if jobs and self._waited_ms < _SHORT_MS:
            return
        if jobs:
            self._timer.stop()
            if not ask_to_leave(self._desk, self._strip.names, self._window):
                self._stay()
                return
            self._timer.start()
        self._turn("stopping")
        self.stopping.emit()
        # The lanes stay open until the event loop has ended: pages may still be reading what the jobs changed.
        for job in self._desk.lanes.jobs():
            job.cancel()

    def _wait_for_the_rest(self) -> None:
        running = self._desk.lanes.jobs()
        is_only_looking = all(job.title == LOOKING for job in running)
        patience = _LOOK_PATIENCE_MS if is_only_looking else _PATIENCE_MS
        if not running or self._waited_ms > patience:
            self._timer.stop()
            self.gone.emit()

    def _stay(self) -> None:
        self._timer.stop()
        self._turn("")
