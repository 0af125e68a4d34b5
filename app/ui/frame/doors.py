"""Windows of their own that the main window opens: editors. One per document; the same one again comes to front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from app.domain.errors import ConfigError
from app.domain.lifecycle import DocumentKind
from app.storage import companies, documents
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk

if TYPE_CHECKING:
    from app.ui.editor.form_window import FormWindow


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
        """`what` is None (a new invoice), a document's id, ("copy", id), ("return", id), ("invoice_of", ids of despatch
        notes), ("new", DocumentKind) or ("answer", id of a received despatch note, or the bytes of a file).
        """
        how, of = what if isinstance(what, tuple) else ("edit", what)
        is_new = what is None or how == "new" or isinstance(of, bytes)
        if is_new and self._desk.company is None:
            self._desk.failed.emit(
                ConfigError(
                    "EDITOR.COMPANY",
                    "Fatura hangi firma adına kesilecek?",
                    why="“Tüm firmalar” seçili.",
                    todo="Önce firmayı seçin (Ctrl+K), sonra yeniden Ctrl+N'ye basın.",
                )
            )
            return
        self._editors = [(key, editor) for key, editor in self._editors if isValid(editor)]
        open_one = next((editor for key, editor in self._editors if key == what and isinstance(what, int)), None)
        if open_one is not None:
            open_one.raise_()
            open_one.activateWindow()
            return
        editor = self._new_editor(how, of)
        editor.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._editors.append((what, editor))
        editor.show()

    def _new_editor(self, how: str, of: Any) -> FormWindow:
        from app.ui.editor.paper_window import PaperWindow
        from app.ui.editor.window import EditorWindow
        from app.workflows.papers import KINDS

        if how == "new":
            return PaperWindow(self._desk, of)
        record = self._record_of(of if isinstance(of, int) else of[0]) if isinstance(of, (int, tuple)) else None
        company = self._company_of(record)
        if how == "answer":
            return PaperWindow(self._desk, DocumentKind.RECEIPT, answer_to=of, company=company)
        if how == "edit" and record is not None and record.kind in KINDS:
            return PaperWindow(self._desk, record.kind, document_id=of, company=company)
        return EditorWindow(
            self._desk,
            document_id=of if how == "edit" else None,
            copy_of=of if how == "copy" else None,
            return_of=of if how == "return" else None,
            invoice_of=of if how == "invoice_of" else (),
            company=company,
        )

    def _record_of(self, document_id: int) -> DocumentRecord:
        """One row by its key."""
        with self._desk.office.db.read() as s:
            return documents.get(s, document_id)

    def _company_of(self, record: DocumentRecord | None) -> CompanyRecord | None:
        """Under "Tüm firmalar" an editor works for its document's company: one row by its key."""
        if record is None:
            return self._desk.company
        with self._desk.office.db.read() as s:
            return companies.company_by_id(s, record.company_id)

    def close_editors(self) -> bool:
        """Whether all of them are closed now. One with something to save saves it first and closes a little later."""
        closed = [editor.close() for editor in self.editors]
        return all(closed)
