"""Before an import: what was understood of the file, correctable; what cannot be known is asked, never guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source, read_source
from app.edefter.sources.shape import Format, SourceShape
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs.sizes import open_at
from app.ui.ledger.import_parts import (
    DELIMITERS,
    ENCODINGS,
    choose,
    format_title,
    make_combo,
)
from app.ui.ledger.mapping_bar import MappingBar
from app.ui.ledger.shape_panel import ShapePanel
from app.ui.ledger.tables import TextModel
from app.ui.ledger.words import month_name, number
from app.ui.theme import tokens
from app.ui.widgets import (
    ElidedLabel,
    EmptyState,
    HeadingLabel,
    MessageBar,
    PrimaryButton,
    QuietButton,
    QuietLabel,
    line_frame,
)

_PREVIEW: Final = 50


class ImportDialog(QDialog):
    """`shape` is what the user agreed to. `period` names the month that may be replaced, None offers nothing."""

    def __init__(
        self,
        desk: Desk,
        company: CompanyRecord,
        path: Path,
        *,
        period: Period | None,
        vouchers: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.path = path
        self.company, self.period, self.vouchers = company, period, vouchers
        self._asked = 0
        title = self.tr("Fişleri içe aktar")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        firm = ElidedLabel(company.company.party.display_name, self)
        self.encoding = make_combo(self.tr("Kodlama"), ENCODINGS, self)
        self.delimiter = make_combo(self.tr("Ayırıcı"), DELIMITERS, self)
        self.format = QLabel("", self)
        self.encoding.activated.connect(self._inspect)
        self.delimiter.activated.connect(self._inspect)
        grid = QHBoxLayout()
        grid.setSpacing(tokens.S)
        for label, field in (
            (self.tr("Biçim:"), self.format),
            (self.tr("Kodlama:"), self.encoding),
            (self.tr("Ayırıcı:"), self.delimiter),
        ):
            words = QuietLabel(label, self)
            words.setBuddy(field)
            grid.addWidget(words)
            grid.addWidget(field)
            grid.addSpacing(tokens.S)
        grid.addStretch(1)
        self.panel = ShapePanel(desk, company, self)
        self.panel.show_words(self.tr("Dosya okunuyor…"), "")
        self.replace = QCheckBox(self)
        self.replace.setVisible(period is not None and vouchers > 0)
        if period is not None:
            asked = self.tr("{0} ayındaki {1} fişin yerine koy").format(month_name(period), number(vouchers))
            self.replace.setText(asked)
        self.go = PrimaryButton(self.tr("İçe aktar"), self, icon="import")
        self.go.clicked.connect(self.accept)
        self.cancel = QuietButton(self.tr("Vazgeç"), self)
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addWidget(self.replace)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(path.name, self))
        column.addWidget(firm)
        column.addLayout(grid)
        column.addWidget(line_frame(self))
        column.addWidget(self.panel, 1)
        column.addLayout(buttons)
        open_at(self, tokens.TEXT_WIDTH_PX * 2, tokens.POPUP_HEIGHT_PX + 160)
        self.go.setEnabled(False)
        self.panel.changed.connect(self._show_ready)
        self._inspect(first=True)

    # -- what the file looks like ----------------------------------------------------------------------------------

    @Slot()
    def _inspect(self, *_: object, first: bool = False) -> None:
        self._asked += 1
        question, path = self._asked, self.path
        encoding = "" if first else str(self.encoding.currentData() or "")
        delimiter = "" if first else str(self.delimiter.currentData() or "")

        def read(_s: object) -> tuple[int, SourceShape]:
            return question, inspect_source(path, encoding=encoding, delimiter=delimiter)

        self._desk.read(read, self._on_shape, owner=self, failed=self._on_failed)

    def _on_shape(self, answer: tuple[int, SourceShape]) -> None:
        question, shape = answer
        if question != self._asked:
            return
        self.format.setText(format_title(shape.format))
        choose(self.encoding, shape.text.encoding)
        choose(self.delimiter, shape.text.delimiter)
        is_table = shape.format is Format.TABLE
        self.encoding.setEnabled(is_table)
        self.delimiter.setEnabled(is_table)
        path = self.path
        self.panel.show_shape(shape, lambda ready: read_source(path, ready))

    def _on_failed(self, error: AppError) -> None:
        self.panel.show_words(self.tr("Dosya alınamaz"), error.sentence)

    @Slot()
    def _show_ready(self) -> None:
        self.go.setEnabled(self.panel.is_ready)

    # -- for whoever opened it -------------------------------------------------------------------------------------

    @property
    def shape(self) -> SourceShape | None:
        """What was understood of the file, with the user's columns."""
        return self.panel.shape

    @property
    def ready_shape(self) -> SourceShape | None:
        """The shape with the answers, None while something is open or missing."""
        return self.panel.ready_shape

    @property
    def model(self) -> TextModel:
        return self.panel.model

    @property
    def tabs(self) -> QTabWidget:
        return self.panel.tabs

    @property
    def message(self) -> MessageBar:
        return self.panel.message

    @property
    def mappings(self) -> MappingBar:
        return self.panel.mappings

    @property
    def waiting(self) -> EmptyState:
        return self.panel.waiting

    def answers(self) -> list[QRadioButton]:
        """The radio buttons of all open questions."""
        return self.panel.answers()
