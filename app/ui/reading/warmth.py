"""Makes ready what the first document of a session needs, step by step, while nobody asks for anything.

The browser and the children that draw cost most of a second, which a start must not pay and the first document need
not. Measured in the window's thread: 25 ms of processor for the import, 10 for ours, 20 for the browser's processes
(on Linux it also waits some 80 ms for Chromium's zygote, once), 1 for the view.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.office import Office
from app.ui.desk import Desk

#: So long after the list was shown, after each step, and after each time that something else was going on.
_QUIET_MS: Final = 700
_PAUSE_MS: Final = 120
#: What short jobs are called that no list of jobs shows.
_READING: Final = "Okunuyor"
_BROWSER: Final = "app.ui.reading.stage"


class Warmth(QObject):
    """GUI thread only. Does nothing unless the desk `warms_up`, and once per session."""

    def __init__(self, desk: Desk, pane: QWidget, make_view: Callable[[], None]) -> None:
        super().__init__(pane)
        self._desk = desk
        self._pane = pane
        self._steps = deque([self._children, self._library, self._ours, self._browser, make_view, self._rules])
        self._has_begun = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)

    @property
    def is_done(self) -> bool:
        return not self._steps

    @property
    def is_waiting(self) -> bool:
        """Whether its next step is on its way."""
        return self._timer.isActive()

    def begin(self) -> None:
        """The pane is seen."""
        if self._desk.warms_up and not self.is_done:
            self._timer.start(_QUIET_MS)

    def stop(self) -> None:
        """A document is asked for: now everything is made as it is needed."""
        self._steps.clear()
        self._timer.stop()

    @Slot()
    def _on_timer_timeout(self) -> None:
        if not self._has_begun and _BROWSER in sys.modules:
            # Another list has begun it.
            self.stop()
        elif not self._pane.isVisible() or QGuiApplication.applicationState() is Qt.ApplicationState.ApplicationHidden:
            # It begins anew when it is seen again.
            return
        elif self._is_busy():
            self._timer.start(_QUIET_MS)
        else:
            self._has_begun = True
            self._steps.popleft()()
            if self._steps:
                self._timer.start(_PAUSE_MS)

    def _is_busy(self) -> bool:
        """Whether the user is about something, or an answer is on its way that she waits for."""
        if QApplication.mouseButtons() is not Qt.MouseButton.NoButton or QApplication.activePopupWidget() is not None:
            return True
        return any(job.title == _READING for job in self._desk.runner.live_jobs())

    def _children(self) -> None:
        office = self._desk.office
        self._desk.run(
            _READING, lambda _ctx: office.renderer.warm_up(), owner=self, failed=_minded_by_the_first_document
        )

    def _library(self) -> None:
        import PySide6.QtWebEngineCore  # noqa: F401

    def _ours(self) -> None:
        import app.ui.reading.web  # noqa: F401

    def _browser(self) -> None:
        from app.ui.reading.stage import stage

        stage()

    def _rules(self) -> None:
        office = self._desk.office
        self._desk.run(_READING, lambda _ctx: warm_rules(office), owner=self, failed=_minded_by_the_first_document)


def warm_rules(office: Office) -> None:
    """A second child that has compiled GİB's rules, where a package is installed. Any thread; takes seconds."""
    if office.pool.size > 1:
        # The only child of a small machine is kept for drawing.
        office.rules.warm_up()


def _minded_by_the_first_document(_error: object) -> None:
    """The first document will say it."""
