"""What the window remembers between two starts: geometry, splitters, columns, sorts, filters. One file per data folder.

GUI thread only. Values are JSON, so that a page may keep what it likes; bytes are Qt's own saved states.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QObject, QSettings
from PySide6.QtWidgets import QHeaderView, QSplitter, QWidget

from app.ui.desk import Desk

log = logging.getLogger(__name__)


class Memory(QObject):
    """`get`/`set` by key ("inbox/columns"). A value that cannot be read counts as forgotten."""

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._file = QSettings(str(path), QSettings.Format.IniFormat, self)

    def get(self, key: str, default: Any = None) -> Any:
        text = self._file.value(key)
        if not isinstance(text, str):
            return default
        try:
            return json.loads(text)
        except ValueError:
            log.info("window memory %s is not readable", key)
            return default

    def set(self, key: str, value: Any) -> None:
        """`value` is anything JSON can say."""
        self._file.setValue(key, json.dumps(value, ensure_ascii=True))

    def names_in(self, key: str) -> list[str]:
        """What is kept right under a key: the `3` of "editor/favourites/3"."""
        self._file.beginGroup(key)
        try:
            return [str(name) for name in self._file.childKeys()]
        finally:
            self._file.endGroup()

    def forget(self, key: str) -> None:
        self._file.remove(key)

    def keep_geometry(self, widget: QWidget, key: str) -> None:
        self._keep_bytes(f"{key}/geometry", widget.saveGeometry())

    def restore_geometry(self, widget: QWidget, key: str) -> bool:
        """Whether there was one that fits this screen."""
        return widget.restoreGeometry(self._bytes(f"{key}/geometry"))

    def keep_splitter(self, splitter: QSplitter, key: str) -> None:
        self._keep_bytes(f"{key}/splitter", splitter.saveState())

    def restore_splitter(self, splitter: QSplitter, key: str) -> bool:
        return splitter.restoreState(self._bytes(f"{key}/splitter"))

    def keep_header(self, header: QHeaderView, key: str) -> None:
        self._keep_bytes(f"{key}/header", header.saveState())

    def restore_header(self, header: QHeaderView, key: str) -> bool:
        return header.restoreState(self._bytes(f"{key}/header"))

    def sync(self) -> None:
        """Write to the disk now; Qt does it by itself soon and when the program ends."""
        self._file.sync()

    def _keep_bytes(self, key: str, value: QByteArray) -> None:
        self._file.setValue(key, value)

    def _bytes(self, key: str) -> QByteArray:
        value = self._file.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()


def memory_of(desk: Desk) -> Memory:
    """The memory of this desk's data folder; made at the first call, child of the desk."""
    known = desk.findChild(Memory)
    return known if known is not None else Memory(desk.office.folder.root / "window.ini", desk)
