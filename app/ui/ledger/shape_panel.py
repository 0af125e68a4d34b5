"""How a source of vouchers was understood: the questions it leaves, its columns, the first rows. Correctable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.fields import FIELDS
from app.edefter.sources.shape import Format, Question, SourceShape, missing_fields
from app.edefter.sources.values import CONTROL_CODE, control_in
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.ledger.import_parts import PREVIEW_COLUMNS, choose, preview_row
from app.ui.ledger.mapping_bar import MappingBar
from app.ui.ledger.tables import RowTable, TextModel, TextRow
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, EmptyState, MessageBar
from app.workflows.ledger_mappings import apply_mapping, save_mapping

_PREVIEW: Final = 50
#: The rows of the source by a shape that is ready; called in a worker, read as far as the preview goes.
Rows = Callable[[SourceShape], Iterable[LedgerRow | BadRow]]


class ShapePanel(QWidget):
    """`changed` when what can be done may have changed. `ready_shape` is what the user agreed to so far."""

    changed = Signal()

    def __init__(self, desk: Desk, company: CompanyRecord, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self.company = desk, company
        self.shape: SourceShape | None = None
        self._rows: Rows | None = None
        self._asked = 0
        self.combos: list[QComboBox] = []
        self._answers: dict[str, str] = {}
        self._boxes: list[QGroupBox] = []
        self.has_failed = False
        self.clean = QCheckBox(self.tr("Görünmeyen denetim karakterlerini metinlerden çıkar"), self)
        self.clean.setToolTip(self.tr("İşaretlenmezse onları taşıyan satırlar alınmaz: XML'de yerleri yoktur."))
        self.clean.clicked.connect(self._show_shape)
        self.clean.hide()
        self.questions = QHBoxLayout()
        self.questions.setSpacing(tokens.M)
        self.message = MessageBar(parent=self, closable=False)
        self.columns = QWidget(self)
        self._grid = QGridLayout(self.columns)
        self._grid.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.S)
        self._grid.setHorizontalSpacing(tokens.M)
        self._grid.setVerticalSpacing(tokens.XS)
        self._grid.setColumnStretch(2, 1)
        scroll = QScrollArea(self)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.columns)
        self.model = TextModel(PREVIEW_COLUMNS, self)
        self.table = RowTable(self.tr("Önizleme"), PREVIEW_COLUMNS, self)
        self.table.setModel(self.model)
        self.mappings = MappingBar(desk, company, self)
        self.mappings.chosen.connect(self._on_mapping_chosen)
        self.mappings.save_wanted.connect(self._on_mapping_save)
        second = QWidget(self)
        whole = QVBoxLayout(second)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.mappings)
        whole.addWidget(scroll, 1)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.table, self.tr("Önizleme"))
        self.tabs.addTab(second, self.tr("Sütunlar"))
        self.waiting = EmptyState("import", "", "", parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S)
        column.addLayout(self.questions)
        column.addWidget(self.message)
        column.addWidget(self.clean)
        column.addWidget(self.waiting, 1)
        column.addWidget(self.tabs, 1)
        self.tabs.hide()

    # -- what is shown ---------------------------------------------------------------------------------------------

    def show_words(self, title: str, sentence: str) -> None:
        """No source yet, or one that cannot be taken."""
        self._asked += 1
        self.shape = None
        self.waiting.set_words(title, sentence)
        self.waiting.show()
        self.tabs.hide()
        self.message.hide()
        self.clean.hide()
        self._fill_questions(())
        self.changed.emit()

    def show_shape(self, shape: SourceShape, rows: Rows) -> None:
        """Show what was understood; `rows` reads the source by a shape, for the preview."""
        self._asked += 1
        self.shape, self._rows = shape, rows
        self._answers.clear()
        self.clean.setChecked(False)
        # Asked where it matters; the first rows tell it nearly always.
        self.clean.setVisible(any(control_in(row) for row in shape.sample))
        self._fill_columns(shape)
        self.waiting.hide()
        self.tabs.show()
        self._show_shape()
        self.tabs.setCurrentIndex(0 if self.ready_shape is not None or not shape.headers else 1)

    def _fill_columns(self, shape: SourceShape) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.combos = []
        for place, header in enumerate(shape.headers):
            name = QLabel(header or self.tr("({0}. sütun)").format(place + 1), self.columns)
            sample = next((r[place] for r in shape.sample if place < len(r) and r[place].strip()), "")
            shown = ElidedLabel(sample, self.columns, mode=Qt.TextElideMode.ElideRight, quiet=True)
            combo = QComboBox(self.columns)
            combo.setAccessibleName(self.tr("{0} sütununun alanı").format(header))
            combo.addItem(self.tr("alınmıyor"), "")
            for field in FIELDS:
                combo.addItem(field.title, field.key)
            choose(combo, shape.columns[place])
            combo.activated.connect(self._on_column_chosen)
            self.combos.append(combo)
            for column, widget in enumerate((name, combo, shown)):
                self._grid.addWidget(widget, place, column)
                widget.show()
        self._grid.setRowStretch(len(shape.headers), 1)
        self.tabs.setTabVisible(1, bool(shape.headers))

    @Slot()
    def _on_column_chosen(self) -> None:
        """Other columns may prove a decimal sign or raise a question; a field chosen twice is taken from the last."""
        if self.shape is None:
            return
        moved = self.sender()
        chosen = str(moved.currentData() or "") if isinstance(moved, QComboBox) else ""
        for combo in self.combos:
            if chosen and combo is not moved and combo.currentData() == chosen:
                combo.setCurrentIndex(0)
        columns = {h: str(c.currentData() or "") for h, c in zip(self.shape.headers, self.combos, strict=True)}
        self.shape = self.shape.with_mapping({"columns": columns})
        self._show_shape()

    @Slot(str)
    def _on_mapping_chosen(self, name: str) -> None:
        shape, company, folder = self.shape, self.company, self._desk.office.folder.ledgers
        if shape is None:
            return
        self._asked += 1
        question = self._asked

        def read(_s: object) -> tuple[int, SourceShape]:
            return question, apply_mapping(company, name, shape, folder=folder)

        self._desk.read(read, self._on_mapped, owner=self, failed=self.message.show_error)

    def _on_mapped(self, answer: tuple[int, SourceShape]) -> None:
        question, shape = answer
        if question == self._asked:
            self.shape = shape
            self._answers.clear()
            for combo, key in zip(self.combos, shape.columns, strict=True):
                choose(combo, key)
            self._show_shape()

    @Slot(str)
    def _on_mapping_save(self, name: str) -> None:
        if self.shape is None:
            return
        shape, company, folder = self.shape.answer(**self._answers), self.company, self._desk.office.folder.ledgers

        def then(_: None) -> None:
            self.mappings.refresh(name)

        self._desk.run(
            self.tr("Eşleme saklanıyor"),
            lambda ctx: save_mapping(ctx, company, name, shape, folder=folder),
            then,
            owner=self,
            company=company,
            failed=self.message.show_error,
        )

    def _show_shape(self) -> None:
        if self.shape is not None:
            self._fill_questions(self.shape.questions)
            self._show_ready()

    def _fill_questions(self, questions: tuple[Question, ...]) -> None:
        known = {question.key for question in questions}
        self._answers = {key: value for key, value in self._answers.items() if key in known}
        for box in self._boxes:
            box.hide()
            box.deleteLater()
        self._boxes = []
        for question in questions:
            box = QGroupBox(self)
            box.setAccessibleName(question.text)
            inside = QVBoxLayout(box)
            words = QLabel(question.text, box)
            words.setWordWrap(True)
            inside.addWidget(words)
            group = QButtonGroup(box)
            for value, meaning in question.choices:
                button = QRadioButton(meaning, box)
                button.setProperty("answer", (question.key, value))
                button.setChecked(self._answers.get(question.key) == value)
                group.addButton(button)
                inside.addWidget(button)
            inside.addStretch(1)
            group.buttonClicked.connect(self._on_answer)
            self.questions.addWidget(box)
            self._boxes.append(box)

    @Slot(object)
    def _on_answer(self, button: QRadioButton) -> None:
        key, value = button.property("answer")
        self._answers[str(key)] = str(value)
        self._show_ready()

    def answers(self) -> list[QRadioButton]:
        """The radio buttons of all open questions."""
        return [button for box in self._boxes for button in box.findChildren(QRadioButton)]

    @property
    def ready_shape(self) -> SourceShape | None:
        """The shape with the answers, None while something is open or missing."""
        if self.shape is None:
            return None
        shape = self.shape.answer(**self._answers)
        if shape.questions or (shape.format is not Format.TURKCELL and missing_fields(shape.columns)):
            return None
        return replace(shape, sample=(), clean_control=self.clean.isChecked())

    @property
    def is_ready(self) -> bool:
        """Whether an import may begin."""
        return self.ready_shape is not None and not self.has_failed

    def _show_ready(self) -> None:
        assert self.shape is not None
        missing = missing_fields(self.shape.columns) if self.shape.format is not Format.TURKCELL else []
        ready = self.ready_shape
        self.has_failed = False
        self.tabs.setTabEnabled(0, ready is not None)
        if missing:
            words = self.tr("Gereken sütunlar eşlenmedi: {0}. 'Sütunlar' sekmesinden alanlarını seçin.")
            self.message.show_message("error", words.format(", ".join(missing)))
        elif ready is None:
            words = self.tr("Bir yer iki türlü okunabiliyor. Doğru okunuşu yukarıda seçin.")
            self.message.show_message("warn", words)
        else:
            self.message.hide()
        self.model.set_rows([])
        if ready is not None:
            self._preview(ready)
        self.changed.emit()

    def _preview(self, shape: SourceShape) -> None:
        self._asked += 1
        question, rows = self._asked, self._rows
        assert rows is not None

        def read(_s: object) -> tuple[int, list[TextRow]]:
            return question, [preview_row(row) for row in islice(rows(shape), _PREVIEW)]

        self._desk.read(read, self._on_preview, owner=self, failed=self._on_preview_failed)

    def _on_preview(self, answer: tuple[int, list[TextRow]]) -> None:
        question, rows = answer
        if question == self._asked:
            self.model.set_rows(rows)
            self.table.share_room()
            if any(row.what == CONTROL_CODE for row in rows):
                self.clean.show()

    def _on_preview_failed(self, error: AppError) -> None:
        self.message.show_error(error)
        self.has_failed = True
        self.changed.emit()
