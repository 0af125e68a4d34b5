"""Where scenes are played: the main window over the demo office, and the handles to bring it into any state."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.domain.lifecycle import Direction, State
from app.office import Office
from app.sandbox.server import Sandbox
from app.storage import companies, search
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.frame.window import MainWindow
from app.ui.tour.ground import open_bare
from app.ui.tour.scenes import NotThere

#: The smallest screen that we promise, in its own pixels.
SCREEN: Final = (1366, 768)
#: What the system keeps for itself at the bottom.
_TASKBAR: Final = 40
_SETTLE_S: Final = 12.0
#: Until a modal box stands as it will.
_MODAL_MS: Final = 400


class Stage(QObject):
    """GUI thread only. `window` is the main window over the full office; `bare` opens the others."""

    def __init__(self, office: Office, sandbox: Sandbox, root: Path, *, scale: float) -> None:
        super().__init__()
        self.office, self.sandbox, self._root, self._scale = office, sandbox, root, scale
        self.desk = Desk(office, is_demo=True)
        self.window = self._window(self.desk)
        self._bare: dict[str, tuple[Desk, MainWindow]] = {}
        self._extra: list[QWidget] = []
        self._undo: list[Callable[[], object]] = []

    # --- windows --------------------------------------------------------------------------------------------------

    def _window(self, desk: Desk) -> MainWindow:
        window = MainWindow(desk)
        window.show()
        window.start()
        # It has fitted itself to whatever screen there is; the pictures are of the screen that we promise.
        window.showNormal()
        window.resize(round(SCREEN[0] / self._scale), round((SCREEN[1] - _TASKBAR) / self._scale))
        window.center.start_timer()
        return window

    def bare(self, which: str) -> MainWindow:
        """The main window over the office with one client ("empty"), none ("new") or two hundred ("crowd")."""
        if which not in self._bare:
            desk = Desk(open_bare(self._root, which), is_demo=False)
            self._bare[which] = desk, self._window(desk)
        window = self._bare[which][1]
        self.settle()
        return window

    def page(self, key: str, company: CompanyRecord | None = None, *, window: MainWindow | None = None) -> Any:
        """Bring a page to front, with one client chosen or all of them. Raises: NotThere."""
        chosen = window or self.window
        # Panels close when the focus leaves their window.
        chosen.activateWindow()
        if chosen.desk.company != company:
            chosen.desk.set_company(company)
        page = chosen.show_page(key)
        if page is None:
            raise NotThere(key)
        self.settle()
        return page

    def show(self, widget: QWidget) -> QWidget:
        """Show a dialog or window of its own; it goes with the scene."""
        self._extra.append(widget)
        if isinstance(widget, QDialog):
            widget.setModal(False)
        widget.show()
        self.settle()
        return widget

    def modal(self, ask: Callable[[], object]) -> QPixmap:
        """The picture of the box that `ask` holds the event loop with; the box is refused then. Raises: NotThere."""
        pictures: list[QPixmap] = []

        def draw() -> None:
            box = QApplication.activeModalWidget()
            if isinstance(box, QDialog):
                pictures.append(box.grab())
                box.reject()

        QTimer.singleShot(_MODAL_MS, draw)
        ask()
        if not pictures:
            raise NotThere("modal")
        return pictures[0]

    def own(self, widget: QWidget) -> None:
        """A widget that is shown already goes with the scene too."""
        self._extra.append(widget)

    def later(self, undo: Callable[[], object]) -> None:
        """Called when the scene is over."""
        self._undo.append(undo)

    def clear(self) -> None:
        """Back to a quiet window for the next scene."""
        for undo in reversed(self._undo):
            undo()
        self._undo.clear()
        for widget in self._extra:
            widget.hide()
            widget.deleteLater()
        self._extra.clear()
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            popup = QApplication.activePopupWidget()
        for window in (self.window, *(w for _, w in self._bare.values())):
            window.messages.dismiss()
            window.header.switcher.panel.dismiss()
            window.header.search.field.clear()
            for page in window.pages:
                bar, table = getattr(page, "bar", None), getattr(page, "table", None)
                if bar is not None:
                    bar.clear()
                if table is not None:
                    table.clearSelection()
                    table.scrollToTop()
            for dialog in window.findChildren(QDialog):
                dialog.hide()
        self.settle()

    def close(self) -> None:
        for desk, window in [(self.desk, self.window), *self._bare.values()]:
            window.center.stop()
            window.hide()
            window.deleteLater()
            desk.lanes.shutdown(5.0)
            if desk is not self.desk:
                desk.office.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # --- time -----------------------------------------------------------------------------------------------------

    def settle(self, still_ms: int = 60) -> None:
        """Until no job has run for `still_ms`; a picture of half-read rows helps nobody."""
        end = time.monotonic() + _SETTLE_S
        quiet_since = time.monotonic()
        while time.monotonic() < end:
            self._turn(10)
            desks = [self.desk, *(desk for desk, _ in self._bare.values())]
            if any(desk.runner.live_jobs() for desk in desks):
                quiet_since = time.monotonic()
            elif (time.monotonic() - quiet_since) * 1000 >= still_ms:
                return

    def wait(self, ms: int) -> None:
        """Let timers run, e.g. until skeleton rows are due."""
        self._turn(ms)

    def _turn(self, ms: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    # --- what there is --------------------------------------------------------------------------------------------

    def companies(self) -> list[CompanyRecord]:
        with self.office.db.read() as s:
            return companies.list_companies(s)

    def documents(
        self, direction: Direction, *states: State, company: CompanyRecord | None = None, **more: Any
    ) -> list[DocumentRecord]:
        """Documents in these states, newest first. Raises: NotThere when there is none."""
        query = search.DocumentQuery(
            company_id=company.id if company is not None else None, direction=direction, states=states, **more
        )
        with self.office.db.read() as s:
            found = search.rows(s, search.ids(s, query)[:400])
        if not found:
            raise NotThere(", ".join(states))
        return found

    def company_of(self, record: DocumentRecord) -> CompanyRecord:
        return next(c for c in self.companies() if c.id == record.company_id)

    def busiest(self) -> CompanyRecord:
        """The client with the most received documents."""
        found = self.documents(Direction.IN)
        counts: dict[int, int] = {}
        for record in found:
            counts[record.company_id] = counts.get(record.company_id, 0) + 1
        best = max(counts, key=lambda company_id: (counts[company_id], -company_id))
        return next(c for c in self.companies() if c.id == best)

    def select(self, page: Any, ids: list[int]) -> None:
        """Select documents of a list page and let the reading pane draw them."""
        page.table.select_ids(ids, current=ids[0])
        self.settle()
        # The page of the document is drawn by another process.
        self.wait(700)
        self.settle()
