"""A ledger file in the user's browser. Browsers refuse a viewer (XSLT) beside a local file: the page is made here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QWidget

from app.domain.errors import AppError
from app.edefter.reading import faults
from app.edefter.reading.reader import LedgerReader
from app.office import Office
from app.runtime.files import write_output
from app.runtime.resources import resource_path
from app.ui.desk import Desk
from app.ui.ledger.viewer_paper import paper_html

#: Larger files are shown as far as they are on the screen: a browser chokes on a page of the whole.
MAX_BYTES: Final = 20 * 1024 * 1024
_FOLDER: Final = "ledger-pages"
_DEADLINE_S: Final = 120.0
_MEMORY_MB: Final = 1024
_MAX_PAGE_BYTES: Final = 128 * 1024 * 1024
_SHEETS: Final = {
    "Y": "yevmiye",
    "K": "kebir",
    "YB": "berat",
    "KB": "berat",
    "EB": "berat",
    "DR": "defterraporu",
    "E": "envanter",
}


def page_of(
    office: Office, reader: LedgerReader, shown: Sequence[int], found: dict[int, list[int]] | None, *, limit: int
) -> Path:
    """Write the page into the data folder; those of other times go. Not in the GUI thread.

    A file over `limit` bytes, or of a kind without a viewer, is written as it is shown: `shown` headers, `found` lines.
    Raises: RuleBroken LEDGERFILE.TOO_MUCH; RenderError; AppError CHILD.*; EnvironmentFault FILE.*.
    """
    path = reader.path
    sheet = _SHEETS.get(reader.head().kind, "")
    try:
        size = path.stat().st_size
    except OSError as error:
        raise faults.unreadable(path, error) from error
    if sheet and size <= limit:
        html: str = office.pool.call(
            "app.rendering.ledger_page:transform",
            str(path),
            str(resource_path(f"edefter/{sheet}.xslt")),
            deadline_s=_DEADLINE_S,
            memory_mb=_MEMORY_MB,
            max_output_bytes=_MAX_PAGE_BYTES,
        )
    else:
        html = paper_html(reader, shown, found)
    folder = office.folder.cache / _FOLDER
    for old in folder.glob("*.html"):
        old.unlink(missing_ok=True)
    target = folder / f"{path.stem}.html"
    write_output(target, html.encode("utf-8"))
    return target


class BrowserDoor(QObject):
    """Makes the page as a job and opens it. `opened(Path)` when it was given to the browser.

    `look` gives what the viewer shows: (reader, headers, found lines), None while the file is not read whole.
    """

    opened = Signal(object)

    def __init__(
        self,
        desk: Desk,
        window: QWidget,
        look: Callable[[], tuple[LedgerReader, Sequence[int], dict[int, list[int]] | None] | None],
        failed: Callable[[AppError], None],
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._look = look
        self._failed = failed
        self._busy = False
        self.limit = MAX_BYTES
        self.opener: Callable[[QUrl], Any] = QDesktopServices.openUrl
        action = QAction(self.tr("Tarayıcıda aç"), self)
        action.setShortcut(QKeySequence("Ctrl+B"))
        action.triggered.connect(self.open)
        window.addAction(action)

    @Slot()
    def open(self) -> None:
        """What is shown, or the whole where the file is not too large."""
        shown = self._look()
        if shown is None or self._busy:
            return
        office, limit = self._desk.office, self.limit
        self._busy = True
        handle = self._desk.run(
            self.tr("Sayfa hazırlanıyor"),
            lambda _ctx: page_of(office, *shown, limit=limit),
            self._on_made,
            owner=self,
            failed=self._failed,
        )
        handle.ended.connect(self._on_ended)

    def _on_made(self, page: Path) -> None:
        self.opener(QUrl.fromLocalFile(str(page)))
        self.opened.emit(page)

    @Slot(object)
    def _on_ended(self, _outcome: object) -> None:
        self._busy = False
