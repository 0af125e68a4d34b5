"""Invoices out of an Excel or CSV file: which column is what, how they would look, and only then drafts.

Nothing is stored before "Taslakları oluştur" is pressed. A mapping can be kept under a name for the next file.
"""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.findings import Severity
from app.domain.turkish import format_amount
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.theme import tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import HeadingLabel, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows import bulk_drafting
from app.workflows.bulk_drafting import FIELDS, BulkDraft, BulkMapping, BulkReport
from app.workflows.bulk_tables import BulkTable
from app.workflows.context import WorkContext

#: After so long without a change the preview is made anew.
_WAIT_MS = 250
#: A preview of thousands is scrolled by nobody; all are created all the same.
MAX_SHOWN = 500


class BulkDraftsDialog(QDialog):
    """`created` with the BulkReport after the drafts were stored; `previewed` whenever the preview is new."""

    created = Signal(object)
    previewed = Signal()

    def __init__(
        self, desk: Desk, company: CompanyRecord, table: BulkTable, file_name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk, self._company, self._table = desk, company, table
        self._mapping = bulk_drafting.guess_mapping(table)
        self._saved: dict[str, BulkMapping] = {}
        self._asked = 0
        self.drafts: list[BulkDraft] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Toplu taslak: {0}").format(file_name))
        self._build(file_name)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._preview)
        self._show_mapping()
        desk.run("Okunuyor", lambda ctx: bulk_drafting.saved_mappings(ctx, company), self._on_saved, owner=self)
        self._preview()

    def _build(self, file_name: str) -> None:
        name = self._company.company.party.display_name
        self.message = MessageBar(parent=self)
        self.saved = QComboBox(self)
        self.saved.setAccessibleName(self.tr("Kayıtlı eşleme"))
        self.saved.activated.connect(self._on_saved_activated)
        self.name = QLineEdit(self)
        self.name.setPlaceholderText(self.tr("eşlemenin adı"))
        self.name.setAccessibleName(self.tr("Eşlemenin adı"))
        self.keep = QuietButton(self.tr("Eşlemeyi kaydet"), self, icon="save")
        self.keep.clicked.connect(self._on_keep)
        self.group = self._combo(self.tr("Satırları tek faturada topla"))
        body = QWidget(self)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, tokens.S, 0)
        grid.setVerticalSpacing(tokens.XS)
        self.columns: dict[str, QComboBox] = {}
        self.defaults: dict[str, QLineEdit] = {}
        for column, words in enumerate((self.tr("Alan"), self.tr("Dosyadaki sütun"), self.tr("Sütun yoksa"))):
            grid.addWidget(QuietLabel(words, body), 0, column)
        for row, field in enumerate(FIELDS, start=1):
            combo = self._combo(field.title)
            edit = QLineEdit(body)
            edit.setAccessibleName(self.tr("{0}: sütun yoksa").format(field.title))
            edit.textEdited.connect(self._on_changed)
            self.columns[field.path], self.defaults[field.path] = combo, edit
            label = QLabel(field.title, body)
            label.setBuddy(combo)
            for column, part in enumerate((label, combo, edit)):
                grid.addWidget(part, row, column)
        grid.setColumnStretch(1, 3)
        grid.setColumnStretch(2, 2)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        # No field is cut at its right end, however narrow the window.
        area.setMinimumWidth(body.minimumSizeHint().width() + area.verticalScrollBar().sizeHint().width() + tokens.XS)
        self.list = QTableWidget(0, 4, self)
        self.list.setHorizontalHeaderLabels([self.tr("Satır"), self.tr("Alıcı"), self.tr("Ödenecek"), self.tr("Bulgu")])
        self.list.setAccessibleName(self.tr("Oluşacak faturalar"))
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.list.verticalHeader().setVisible(False)
        self.list.setShowGrid(False)
        self.list.setWordWrap(False)
        head = self.list.horizontalHeader()
        for column in (0, 2):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        for column in (1, 3):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.list.verticalHeader().setDefaultSectionSize(max(tokens.ROW_PX, self.fontMetrics().height() + tokens.S))
        self.list.currentCellChanged.connect(self._on_row_chosen)
        self.told = QuietLabel("", self, wrap=True)
        self.sum = QuietLabel("", self, wrap=True)
        self.make = PrimaryButton(self.tr("Taslakları oluştur"), self)
        self.make.setEnabled(False)
        self.make.clicked.connect(self._on_create)
        close = QuietButton(self.tr("Kapat"), self)
        close.clicked.connect(self.reject)
        left = QVBoxLayout()
        kept = QHBoxLayout()
        self.saved.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.saved.setMinimumContentsLength(8)
        kept.addWidget(self.saved, 1)
        kept.addWidget(self.name, 1)
        kept.addWidget(self.keep)
        left.addLayout(kept)
        left.addWidget(QuietLabel(self.tr("Aynı değeri taşıyan satırlar tek fatura olur:"), self))
        left.addWidget(self.group)
        left.addWidget(area, 1)
        right = QVBoxLayout()
        right.addWidget(self.list, 1)
        right.addWidget(self.told)
        right.addWidget(self.sum)
        middle = QHBoxLayout()
        middle.setSpacing(tokens.L)
        middle.addLayout(left, 1)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        foot.addWidget(self.make)
        self.resize(tokens.ROW_PX * 38, tokens.ROW_PX * 22)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        whole.addWidget(HeadingLabel(self.tr("{0} → {1}").format(file_name, name), self))
        whole.addWidget(self.message)
        whole.addLayout(middle, 1)
        whole.addLayout(foot)

    def _combo(self, title: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(title)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        combo.addItem("–", "")
        for header in self._table.columns:
            combo.addItem(header, header)
        combo.activated.connect(self._on_changed)
        return combo

    # --- the mapping -------------------------------------------------------------------------------------------------

    def _show_mapping(self) -> None:
        for path, combo in self.columns.items():
            combo.setCurrentIndex(max(combo.findData(self._mapping.columns.get(path, "")), 0))
            self.defaults[path].setText(self._mapping.defaults.get(path, ""))
        self.group.setCurrentIndex(max(self.group.findData(self._mapping.group_by), 0))

    def mapping(self) -> BulkMapping:
        """As it stands on the screen."""
        columns = {path: str(c.currentData()) for path, c in self.columns.items() if c.currentData()}
        defaults = {path: edit.text().strip() for path, edit in self.defaults.items() if edit.text().strip()}
        return replace(self._mapping, columns=columns, defaults=defaults, group_by=str(self.group.currentData() or ""))

    @Slot()
    def _on_changed(self) -> None:
        self.make.setEnabled(False)
        self._timer.start()

    def _on_saved(self, saved: dict[str, BulkMapping]) -> None:
        self._saved = saved
        self.saved.clear()
        self.saved.addItem(self.tr("Kayıtlı eşlemeler…"), "")
        for name in sorted(saved):
            self.saved.addItem(name, name)

    @Slot(int)
    def _on_saved_activated(self, index: int) -> None:
        chosen = self._saved.get(str(self.saved.itemData(index)))
        if chosen is not None:
            self._mapping = chosen
            self.name.setText(str(self.saved.itemData(index)))
            self._show_mapping()
            self._on_changed()

    @Slot()
    def _on_keep(self) -> None:
        company, name, mapping = self._company, self.name.text(), self.mapping()

        def work(ctx: WorkContext) -> dict[str, BulkMapping]:
            bulk_drafting.save_mapping(ctx, company, name, mapping)
            return bulk_drafting.saved_mappings(ctx, company)

        self._desk.run(self.tr("Eşleme kaydediliyor"), work, self._on_kept, owner=self, failed=self._on_failed)

    def _on_kept(self, saved: dict[str, BulkMapping]) -> None:
        self._on_saved(saved)
        self.message.show_message("ok", self.tr("Eşleme kaydedildi."))

    # --- preview and creation ----------------------------------------------------------------------------------------

    @Slot()
    def _preview(self) -> None:
        self._asked += 1
        asked, company, table, mapping = self._asked, self._company, self._table, self.mapping()
        self._desk.run(
            "Okunuyor",
            lambda ctx: (asked, bulk_drafting.preview(ctx, company, table, mapping)),
            self._on_previewed,
            owner=self,
            failed=self._on_failed,
        )

    def _on_previewed(self, answer: tuple[int, list[BulkDraft]]) -> None:
        asked, drafts = answer
        if asked != self._asked or self._timer.isActive():
            return
        self.drafts = drafts
        self.list.setRowCount(min(len(drafts), MAX_SHOWN))
        for row, draft in enumerate(drafts[:MAX_SHOWN]):
            customer = draft.data.get("customer", {})
            name = customer.get("title") or f"{customer.get('name', '')} {customer.get('surname', '')}".strip()
            amount = format_amount(draft.payable) if draft.payable is not None else "–"
            for column, text in enumerate((_rows(draft), name, amount, _told(draft))):
                item = QTableWidgetItem(text)
                item.setToolTip("\n".join((*draft.problems, *(f.message for f in draft.findings))))
                if column in (0, 2):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.list.setItem(row, column, item)
        good = sum(draft.can_be_created for draft in drafts)
        wrong = sum(draft.has_errors for draft in drafts)
        words = self.tr("{0} fatura; {1} tanesi taslak olur, {2} tanesinde düzeltilecek hata var.")
        self.sum.setText(words.format(len(drafts), good, wrong))
        self.make.setText(self.tr("{0} taslak oluştur").format(good))
        bind_icon(self.make, "draft", "on_accent")
        self.make.setEnabled(good > 0)
        self.message.hide()
        self.previewed.emit()

    @Slot()
    def _on_row_chosen(self) -> None:
        """Everything that is said of the chosen invoice, whole."""
        row = self.list.currentRow()
        draft = self.drafts[row] if 0 <= row < len(self.drafts) else None
        self.told.setText("\n".join((*draft.problems, *(f.message for f in draft.findings))) if draft else "")

    @Slot()
    def _on_create(self) -> None:
        self.make.setEnabled(False)
        company, drafts = self._company, list(self.drafts)
        self._desk.run(
            self.tr("Taslaklar kaydediliyor"),
            lambda ctx: bulk_drafting.create(ctx, company, drafts),
            self._on_created,
            owner=self,
            company=company,
            changes=Changes(documents=True),
            failed=self._on_failed,
        )

    def _on_created(self, report: BulkReport) -> None:
        if report.failed:
            rows, error = report.failed[0]
            words = self.tr("{0} taslak oluştu, {1} tanesi kaydedilemedi; ilki {2}. satır: {3}")
            self.message.show_message(
                "warn", words.format(len(report.created), len(report.failed), rows[0], error.sentence)
            )
        else:
            words = self.tr("{0} taslak oluştu; Giden Kutusu'nda mühürlenmeyi bekliyor.")
            self.message.show_message("ok", words.format(len(report.created)))
        self.created.emit(report)

    def _on_failed(self, error: AppError) -> None:
        self.message.show_error(error)
        self.make.setEnabled(False)


def _rows(draft: BulkDraft) -> str:
    return str(draft.rows[0]) if len(draft.rows) == 1 else f"{draft.rows[0]}–{draft.rows[-1]}"


def _told(draft: BulkDraft) -> str:
    if draft.problems:
        return f"Okunamadı: {draft.problems[0]}"
    errors = [f for f in draft.findings if f.severity is Severity.ERROR]
    if errors:
        return f"Hata: {errors[0].message}"
    return f"Uyarı: {draft.findings[0].message}" if draft.findings else "Bulgu yok"
