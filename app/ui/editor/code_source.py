"""Fetches the code lists of the installed package for the editors, and again when a package may have changed."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from app.domain.errors import AppError
from app.ui.desk import Desk
from app.ui.editor import catalogue
from app.ui.editor.catalogue import Catalogue
from app.ui.jobs import Changes
from app.workflows.context import WorkContext


class CodeSource(QObject):
    """One per desk. `changed` when there is something else to choose from than before. GUI thread only."""

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._is_asking = self._asks_again = False
        # Another office may have been open before.
        catalogue.adopt(None)
        desk.changed.connect(self._on_desk_changed)
        desk.closed.connect(self._on_closed)

    @property
    def is_asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._is_asking

    def refresh(self) -> None:
        """Look whether another release is in use by now: the command line or another window may have installed it."""
        if self._is_asking:
            self._asks_again = True
            return
        self._is_asking = True
        office = self._desk.office

        def work(_ctx: WorkContext) -> Catalogue:
            made = Catalogue(office.code_lists)
            return catalogue.current() if made.key == catalogue.current().key else made.warm()

        self._desk.run("Okunuyor", work, self._on_read, owner=self, failed=self._on_failed)

    @Slot(object)
    def _on_desk_changed(self, changes: Changes) -> None:
        if changes.settings:
            self.refresh()

    @Slot(object)
    def _on_read(self, made: Catalogue) -> None:
        is_other = catalogue.adopt(made)
        self._next()
        if is_other:
            self.changed.emit()

    @Slot(object)
    def _on_failed(self, _error: AppError) -> None:
        # A damaged package is reported where documents are checked; what was offered so far goes on serving.
        self._next()

    def _next(self) -> None:
        self._is_asking = False
        if self._asks_again:
            self._asks_again = False
            self.refresh()

    @Slot()
    def _on_closed(self) -> None:
        catalogue.adopt(None)


def code_source(desk: Desk) -> CodeSource:
    """The desk's own; made at the first call, child of the desk."""
    known = desk.findChild(CodeSource)
    return known if known is not None else CodeSource(desk)
