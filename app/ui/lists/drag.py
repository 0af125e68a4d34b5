"""Files in and out by mouse: rows leave as XML (with Shift as PDF), XML and ZIP files come in to be checked."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from app.ui.desk import Desk
from app.ui.lists import bulk
from app.ui.lists.bulk import Outcome
from app.workflows.context import WorkContext

log = logging.getLogger(__name__)
#: More than this is an export: it has its own command with progress and cancel.
MAX_DRAGGED: Final = 50
#: What may be dropped on a list.
ENDINGS: Final = (".xml", ".zip")


class DragOut(QObject):
    """Makes the files off the GUI thread, then starts the drag if the button is still held."""

    def __init__(self, desk: Desk, source: QWidget) -> None:
        super().__init__(source)
        self._desk = desk
        self._source = source
        self._count = 0

    @property
    def folder(self) -> Path:
        """Where dragged files lie; emptied when the next drag begins in a new session."""
        return self._desk.office.folder.cache / "drag"

    def start(self, document_ids: list[int], *, as_pdf: bool) -> None:
        wanted = document_ids[:MAX_DRAGGED]
        if not wanted:
            return
        if self._count == 0:
            shutil.rmtree(self.folder, ignore_errors=True)
        self._count += 1
        # A folder of its own per drag: the receiving program may still read the files of the one before.
        folder = self.folder / f"{self._count:04d}"
        office = self._desk.office

        def make(ctx: WorkContext) -> Outcome:
            folder.mkdir(parents=True, exist_ok=True)
            if as_pdf:
                return bulk.export_pdf(ctx, office, wanted, folder)
            return bulk.export_xml(ctx, wanted, folder)

        self._desk.run(
            self.tr("Sürüklenen dosyalar hazırlanıyor"),
            make,
            self._on_made,
            owner=self,
            lane=self._desk.lanes.account("lists"),
        )

    def mime_for(self, folder: Path) -> QMimeData:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(folder.iterdir()) if path.is_file()])
        return mime

    def _on_made(self, outcome: Outcome) -> None:
        if outcome.folder is None or not outcome.done:
            return
        if not QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            return
        drag = QDrag(self._source)
        drag.setMimeData(self.mime_for(outcome.folder))
        drag.exec(Qt.DropAction.CopyAction)


def dropped_files(mime: QMimeData) -> list[Path]:
    """The local XML and ZIP files of a drop; empty when there is anything else to do with it."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in ENDINGS]
