"""The line that says what runs on this page, how far it is, and stops it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QWidget
from shiboken6 import isValid

from app.ui.jobs import JobHandle
from app.ui.ledger.words import number
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, QuietButton


class JobBar(QFrame):
    """Hidden until `watch`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._handle: JobHandle | None = None
        self._title = ""
        self.setProperty("role", "message")
        self.setProperty("tone", "wait")
        self.setAccessibleName(self.tr("Süren defter işi"))
        self.words = ElidedLabel("", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("İlerleme"))
        self.bar.setMaximumWidth(tokens.TEXT_WIDTH_PX // 2)
        self.figures = QLabel("", self)
        self.cancel_button = QuietButton(self.tr("Durdur"), self, icon="stop")
        self.cancel_button.clicked.connect(self._on_cancel_clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.M, tokens.XS, tokens.XS, tokens.XS)
        row.setSpacing(tokens.S)
        row.addWidget(self.words, 1)
        row.addWidget(self.bar)
        row.addWidget(self.figures)
        row.addWidget(self.cancel_button)
        self.hide()

    def watch(self, handle: JobHandle, title: str) -> None:
        """Show this job until `done`."""
        self._handle, self._title = handle, title
        self.words.setText(title)
        self.bar.setRange(0, 0)
        self.figures.setText("")
        self.cancel_button.setEnabled(True)
        handle.progressed.connect(self._on_progressed)
        self.show()

    def done(self, handle: JobHandle | None = None) -> None:
        """Hide; with a handle only when it is the one that is shown."""
        if handle is None or handle is self._handle:
            self._handle = None
            self.hide()

    @Slot(int, int, str)
    def _on_progressed(self, done: int, total: int, what: str) -> None:
        if self.sender() is not self._handle:
            return
        self.bar.setRange(0, max(0, total))
        self.bar.setValue(done)
        self.figures.setText(f"{number(done)}/{number(total)}" if total else "")
        self.words.setText(f"{self._title} · {what}" if what else self._title)

    @Slot()
    def _on_cancel_clicked(self) -> None:
        if self._handle is not None and isValid(self._handle):
            self.cancel_button.setEnabled(False)
            self.words.setText(self.tr("{0} · durduruluyor").format(self._title))
            self._handle.cancel()
