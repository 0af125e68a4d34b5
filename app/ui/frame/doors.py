"""Windows of their own that the main window opens: editors. One per document; the same one again comes to front."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.errors import ConfigError
from app.storage import companies, documents
from app.storage.records import CompanyRecord
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
        """`what` is None (a new invoice), a document's id, ("copy", id) or ("return", id)."""
        how, document_id = what if isinstance(what, tuple) else ("edit", what)
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
        from app.ui.editor.window import EditorWindow

        self._editors = [(key, editor) for key, editor in self._editors if isValid(editor)]
        open_one = next((editor for key, editor in self._editors if key == what and isinstance(what, int)), None)
        if open_one is not None:
            open_one.raise_()
            open_one.activateWindow()
            return
        editor = EditorWindow(
            self._desk,
            document_id=document_id if how == "edit" else None,
            copy_of=document_id if how == "copy" else None,
            return_of=document_id if how == "return" else None,
            company=self._company_of(document_id),
        )
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._editors.append((what, editor))
        editor.show()

    def _company_of(self, document_id: int | None) -> CompanyRecord | None:
        """Under "Tüm firmalar" an editor works for its document's company: one row by its key."""
        if document_id is None:
            return self._desk.company
        with self._desk.office.db.read() as s:
            return companies.company_by_id(s, documents.get(s, document_id).company_id)

    def close_editors(self) -> bool:
        """Whether all of them are closed now. One with something to save saves it first and closes a little later."""
        closed = [editor.close() for editor in self.editors]
        return all(closed)
