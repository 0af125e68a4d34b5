"""Leaving: what still runs is named, stopped at its next safe place, and waited for with the window up."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.ui.desk import Desk
from app.ui.frame.strip import job_title, visible_jobs
from app.ui.theme import tokens
from app.ui.theme.icons import pixmap

_WAIT_MS = 100
_PATIENCE_MS = 15_000
_NAMED = 6


def ask_to_leave(desk: Desk, names: dict[str, str], parent: QWidget) -> bool:
    """Whether to leave now. Asks only when something runs that the user started; names it."""
    jobs = visible_jobs(desk)
    if not jobs:
        return True
    box = QMessageBox(parent)
    box.setWindowTitle(box.tr("Mühürdar kapatılsın mı?"))
    ratio = parent.devicePixelRatioF()
    box.setIconPixmap(pixmap("question", "warn", size=tokens.HERO_ICON_PX, ratio=ratio))
    box.setText(box.tr("Süren {n} iş var.").format(n=len(jobs)))
    lines = []
    for job in jobs[:_NAMED]:
        figures = f" ({job.progress.done}/{job.progress.total})" if job.progress.total else ""
        lines.append(f"• {job_title(job, names)}{figures}")
    if len(jobs) > _NAMED:
        lines.append(box.tr("• ve {n} iş daha").format(n=len(jobs) - _NAMED))
    lines.append("")
    lines.append(
        box.tr(
            "İşler ilk güvenli yerde durdurulur; gönderilmekte olan belge yarım kalmaz. "
            "Bitmeyenler sonraki açılışta kaldığı yerden sürer."
        )
    )
    box.setInformativeText("\n".join(lines))
    stop = box.addButton(box.tr("Durdur ve kapat"), QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(box.tr("Açık kalsın"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    box.exec()
    return box.clickedButton() is stop


class Leaving(QObject):
    """Cancels everything and says `gone` when nothing runs any more, or after the patience is over."""

    gone = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waited_ms = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._on_timer_timeout)

    def begin(self) -> None:
        # The lanes stay open until the event loop has ended: pages may still be reading what the jobs changed.
        for job in self._desk.lanes.jobs():
            job.cancel()
        self._timer.start()

    @Slot()
    def _on_timer_timeout(self) -> None:
        self._waited_ms += _WAIT_MS
        if not self._desk.lanes.jobs() or self._waited_ms > _PATIENCE_MS:
            self._timer.stop()
            self.gone.emit()
