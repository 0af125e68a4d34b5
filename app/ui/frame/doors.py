"""Windows of their own that the main window opens: editors. One per document; the same one again comes to front."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.errors import ConfigError
from app.ui.desk import Desk


class Doors(QObject):
    """Keeps the open editors; closing the main window closes them first."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._editors: list[tuple[Any, QWidget]] = []

    @property
    def editors(self) -> list[QWidget]:
        return [editor for _, editor in self._editors if isValid(editor)]

    def open_editor(self, what: Any) -> None:
        """`what` is None (a new invoice), a document's id, or ("copy", id)."""
        is_copy = isinstance(what, tuple)
        if what is None and self._desk.company is None:
            self._desk.failed.emit(
                ConfigError(
                    "EDITOR.COMPANY",
                    "Fatura hangi firma adına kesilecek?",
                    why="“Tüm firmalar” seçili.",
                    todo="Önce firmayı seçin (Ctrl+K), sonra yeniden Ctrl+N'ye basın.",
                )
            )
            return
        from app.ui.editor import EditorWindow

        self._editors = [(key, editor) for key, editor in self._editors if isValid(editor)]
        open_one = next((editor for key, editor in self._editors if key == what and isinstance(what, int)), None)
        if open_one is not None:
            open_one.raise_()
            open_one.activateWindow()
            return
        editor = EditorWindow(
            self._desk, document_id=what if isinstance(what, int) else None, copy_of=what[1] if is_copy else None
        )
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._editors.append((what, editor))
        editor.show()

    def close_editors(self) -> bool:
        """Whether all of them let themselves be closed (they save by themselves)."""
        return all(editor.close() for editor in self.editors)
