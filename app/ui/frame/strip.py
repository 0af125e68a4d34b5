"""The line at the bottom: the oldest job with its progress and a way to stop it, then connection and queue."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QProgressBar, QSizePolicy, QWidget

from app.runtime.lanes import Job
from app.ui.desk import Desk
from app.ui.frame.words import thousands
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, IconLabel, LinkButton, MenuButton, QuietLabel

#: Jobs of this title are pages reading; nobody needs to see them.
READING = "Okunuyor"
_SHOW_AFTER_S = 0.4
_ETA_AFTER_S = 3.0
_KEEP_NOTE_MS = 12_000
_BAR_PX = 140


def visible_jobs(desk: Desk) -> list[Job[Any]]:
    """The jobs a person started or would miss; not the pages' own readings."""
    return [job for job in desk.runner.live_jobs() if job.title != READING]


def job_title(job: Job[Any], names: dict[str, str]) -> str:
    """`ABC Ltd. · 240 fatura gönderiliyor`."""
    name = names.get(job.company, job.company)
    return f"{name} · {job.title}" if name else job.title


class JobsStrip(QFrame):
    """Progress is polled, never shouted. `names` maps tax numbers to titles; the window keeps it fresh."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAccessibleName(self.tr("Süren işler"))
        self.names: dict[str, str] = {}
        self._desk = desk
        self._seen: dict[int, float] = {}
        self._title = ElidedLabel("", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(_BAR_PX)
        self._bar.setAccessibleName(self.tr("İlerleme"))
        self._figures = QLabel(self)
        self.cancel_button = LinkButton(self.tr("İptal"), self)
        self.cancel_button.clicked.connect(self._on_cancel_button_clicked)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._on_menu_about_to_show)
        self.more = MenuButton("", self._menu, self)
        self._note = ElidedLabel("", self, quiet=True, mode=Qt.TextElideMode.ElideRight)
        self._offline_icon = IconLabel("offline", "warn", self)
        self._offline = QLabel(self.tr("çevrimdışı"), self)
        self._queued = QuietLabel("", self)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.M, 0, tokens.M, 0)
        row.setSpacing(tokens.S)
        for part in (self._title, self._bar, self._figures, self.cancel_button, self.more):
            row.addWidget(part)
        row.addWidget(self._note, 1)
        for part in (self._offline_icon, self._offline, self._queued):
            row.addWidget(part)
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # One row of text, and always the same: the page above must not jump when a job comes or goes.
        self.setFixedHeight(max(tokens.ROW_PX, self.cancel_button.sizeHint().height()))
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._forget = QTimer(self)
        self._forget.setSingleShot(True)
        self._forget.setInterval(_KEEP_NOTE_MS)
        self._forget.timeout.connect(self._on_forget_timeout)
        desk.runner.started.connect(self._on_runner_started)
        self.show_connection(is_offline=False, queued=0)
        self._show_jobs()

    @property
    def note(self) -> str:
        return self._note.text()

    def say(self, sentence: str) -> None:
        """A short word about what has just ended; goes away by itself."""
        self._note.setText(sentence)
        self._forget.start()

    def show_connection(self, *, is_offline: bool, queued: int) -> None:
        """Offline is a line, not a wall."""
        self._offline_icon.setVisible(is_offline)
        self._offline.setVisible(is_offline)
        self._queued.setVisible(queued > 0)
        self._queued.setText(self.tr("kuyrukta {n}").format(n=thousands(queued)))
        self._queued.setToolTip(self.tr("Gönderilmeyi bekleyen iş sayısı; ilk bağlantıda gönderilir."))

    def _show_jobs(self) -> None:
        now = time.monotonic()
        jobs = visible_jobs(self._desk)
        self._seen = {job.id: self._seen.get(job.id, now) for job in jobs}
        shown = [job for job in jobs if now - self._seen[job.id] >= _SHOW_AFTER_S]
        is_busy = bool(shown)
        for part in (self._title, self._bar, self._figures, self.cancel_button):
            part.setVisible(is_busy)
        self.more.setVisible(len(shown) > 1)
        if not jobs:
            self._timer.stop()
        if not is_busy:
            return
        job = shown[0]
        progress = job.progress
        what = f" · {progress.what}" if progress.what else ""
        self._title.setText(f"{job_title(job, self.names)}{what}")
        self._bar.setRange(0, progress.total)
        self._bar.setValue(min(progress.done, progress.total))
        self._figures.setText(self._figures_of(job, now - self._seen[job.id]))
        self._figures.setVisible(bool(progress.total))
        self.more.setText(self.tr("{n} iş daha").format(n=len(shown) - 1))

    def _figures_of(self, job: Job[Any], seconds: float) -> str:
        done, total = job.progress.done, job.progress.total
        if not total:
            return ""
        text = f"{thousands(done)}/{thousands(total)}"
        if 0 < done < total and seconds >= _ETA_AFTER_S:
            rest = seconds / done * (total - done)
            text += f" · {round(rest / 60)} dk" if rest >= 90 else f" · {max(1, round(rest))} sn"
        return text

    @Slot(object)
    def _on_runner_started(self, job: Job[Any]) -> None:
        if job.title != READING and not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._show_jobs()

    @Slot()
    def _on_forget_timeout(self) -> None:
        self._note.setText("")

    @Slot()
    def _on_cancel_button_clicked(self) -> None:
        jobs = visible_jobs(self._desk)
        if jobs:
            jobs[0].cancel()
            self.say(self.tr("İptal istendi; iş ilk güvenli yerde durur."))

    @Slot()
    def _on_menu_about_to_show(self) -> None:
        self._menu.clear()
        for job in visible_jobs(self._desk)[1:]:
            action = self._menu.addAction(self.tr("İptal: {title}").format(title=job_title(job, self.names)))
            action.setData(job)
            action.triggered.connect(self._on_menu_triggered)

    @Slot()
    def _on_menu_triggered(self) -> None:
        action = self.sender()
        job = action.data() if action is not None and hasattr(action, "data") else None
        if isinstance(job, Job):
            job.cancel()
