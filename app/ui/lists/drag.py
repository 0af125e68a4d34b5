"""Files in and out by mouse: rows leave as XML (with Shift as PDF); of what comes in it is said what can be done."""

from __future__ import annotations

import logging
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QWidget

from app.ui.desk import Desk
from app.ui.lists import bulk
from app.ui.lists.bulk import Outcome
from app.workflows.context import WorkContext

log = logging.getLogger(__name__)
#: More than this is an export: it has its own command with progress and cancel.
MAX_DRAGGED: Final = 50
#: What is checked when it is dropped on a list; and what belongs elsewhere.
ENDINGS: Final = (".xml", ".zip")
TABLES: Final = (".xlsx", ".xls", ".xlsm", ".ods", ".csv")


class DragOut(QObject):
    """Makes the files off the GUI thread, then starts the drag if the button is still held.

    `told` carries a kind of message and a sentence where the drag is not what the user might think.
    """

    told = Signal(str, str)

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
        if len(document_ids) > MAX_DRAGGED:
            words = self.tr("Sürükleyerek en çok {0} belge alınır; ilk {0} hazırlanıyor. Hepsi için dışa aktarın.")
            self.told.emit("wait", words.format(MAX_DRAGGED))
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
        if outcome.failed:
            first = outcome.failed[0].error.sentence
            words = self.tr("{0} belge sürüklenemedi. {1}").format(len(outcome.failed), first)
            self.told.emit("warn", words)
        if outcome.folder is None or not outcome.done:
            return
        if not QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            if not outcome.failed:
                self.told.emit("wait", self.tr("Dosyalar hazırlanırken fare bırakıldı. Yeniden sürükleyin."))
            return
        drag = QDrag(self._source)
        drag.setMimeData(self.mime_for(outcome.folder))
        drag.exec(Qt.DropAction.CopyAction)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """Local files that came by mouse, by what can be done with them."""

    checkable: tuple[Path, ...] = ()
    tables: tuple[Path, ...] = ()
    others: tuple[Path, ...] = ()

    @property
    def sentence(self) -> str:
        """What becomes of those that are not checked; empty when there are none."""
        parts = []
        if self.tables:
            parts.append(
                f"{_names(self.tables)}: Excel ve CSV dosyaları burada açılmaz. Fatura kalemlerini Excel'de kopyalayıp"
                " faturanın kalem tablosuna yapıştırın; muhasebe fişlerini Defter sayfasına bırakın."
            )
        if self.others:
            parts.append(f"{_names(self.others)}: bu türle bir şey yapılamaz. Denetlemek için XML ya da ZIP bırakın.")
        return " ".join(parts)


def dropped_files(mime: QMimeData) -> Dropped:
    """The files of a drop, sorted by what can be done with them."""
    paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
    by_kind: dict[str, list[Path]] = {"checkable": [], "tables": [], "others": []}
    for path in paths:
        ending = path.suffix.lower()
        by_kind["checkable" if ending in ENDINGS else "tables" if ending in TABLES else "others"].append(path)
    return Dropped(**{kind: tuple(found) for kind, found in by_kind.items()})


def _names(paths: tuple[Path, ...]) -> str:
    more = f" ve {len(paths) - 2} dosya daha" if len(paths) > 2 else ""
    return ", ".join(path.name for path in paths[:2]) + more
