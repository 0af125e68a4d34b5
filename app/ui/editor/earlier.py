"""Lines of an earlier invoice for the one that is being written: the buyer's own first, then everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.lifecycle import Direction
from app.domain.turkish import fold, format_amount, format_date
from app.storage import search
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.desk import Desk
from app.ui.editor.fields import FormEdit
from app.ui.theme import tokens
from app.ui.widgets import MessageBar, QuietLabel
from app.workflows import copying
from app.workflows.context import WorkContext

#: So many are offered; older ones are found in the list of documents, where "Kopyasını düzenle" stands.
_OFFERED = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One invoice that can be taken from."""

    id: int
    words: str


def earlier_invoices(s: OpenSession, company_id: int, number: str) -> list[Earlier]:
    """The latest outgoing invoices, those for `number` before all others."""
    query = search.DocumentQuery(company_id=company_id, direction=Direction.OUT)
    records = search.rows(s, search.ids(s, query)[:_OFFERED])
    records.sort(key=lambda r: (r.issue_date is not None, r.issue_date, r.id), reverse=True)
    records.sort(key=lambda r: r.partner_vkn != number)
    return [Earlier(id=r.id, words=_words(r)) for r in records]


def _words(record: DocumentRecord) -> str:
    day = format_date(record.issue_date) if record.issue_date is not None else ""
    amount = f"{format_amount(record.payable)} {record.currency}" if record.payable is not None else ""
    return " · ".join(part for part in (day, record.number or "taslak", record.partner_name, amount) if part)


class EarlierDialog(QDialog):
    """`lines` once one was chosen and read."""

    def __init__(self, desk: Desk, company: CompanyRecord, number: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._company = desk, company
        self.lines: list[dict[str, Any]] = []
        self.setWindowTitle(self.tr("Önceki faturadan satır al"))
        self.search = FormEdit(self)
        self.search.setPlaceholderText(self.tr("unvan, numara, tutar…"))
        self.search.setAccessibleName(self.tr("Önceki faturalarda ara"))
        self.search.textChanged.connect(self._narrow)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Önceki faturalar"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.itemActivated.connect(self._take)
        self.message = MessageBar(parent=self, closable=False)
        self.yes = QPushButton(self.tr("Satırlarını al"), self)
        self.yes.setDefault(True)
        no = QPushButton(self.tr("Vazgeç"), self)
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.yes, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(no, QDialogButtonBox.ButtonRole.RejectRole)
        self.yes.clicked.connect(self._take)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(QuietLabel(self.tr("Satırlar faturanın sonuna eklenir; Ctrl+Z geri alır."), self))
        column.addWidget(self.message)
        column.addWidget(buttons)
        self.resize(tokens.POPUP_WIDTH_PX + tokens.POPUP_WIDTH_PX // 4, tokens.POPUP_HEIGHT_PX)
        company_id = company.id
        desk.read(lambda s: earlier_invoices(s, company_id, number), self._on_read, owner=self)

    def _on_read(self, found: list[Earlier]) -> None:
        for one in found:
            item = QListWidgetItem(one.words, self.list)
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            item.setToolTip(one.words)
        self._narrow()
        if not found:
            self.message.show_message("wait", self.tr("Bu firmanın daha önce kestiği fatura yok."))

    @Slot()
    def _narrow(self) -> None:
        words = fold(self.search.text()).split()
        first = None
        for row in range(self.list.count()):
            item = self.list.item(row)
            fits = all(word in fold(item.text()) for word in words)
            item.setHidden(not fits)
            first = first or (item if fits else None)
        if first is not None:
            self.list.setCurrentItem(first)
        self.yes.setEnabled(first is not None)

    @Slot()
    def _take(self) -> None:
        item = self.list.currentItem()
        if item is None or item.isHidden():
            return
        company, document_id = self._company, int(item.data(Qt.ItemDataRole.UserRole))

        def read(ctx: WorkContext) -> list[dict[str, Any]]:
            return list(copying.copied_fields(ctx, company, document_id).get("lines", ()))

        self._desk.run("Okunuyor", read, self._on_lines, owner=self, failed=self.message.show_error)

    def _on_lines(self, lines: list[dict[str, Any]]) -> None:
        self.lines = lines
        self.accept()


def choose_earlier(desk: Desk, company: CompanyRecord, number: str, parent: QWidget) -> list[dict[str, Any]]:
    """The lines of the chosen invoice; none when the user thought better of it."""
    dialog = EarlierDialog(desk, company, number, parent)
    dialog.exec()
    lines = dialog.lines
    dialog.deleteLater()
    return lines
