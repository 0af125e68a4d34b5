"""Fişler: the month's vouchers by id, searched in the database, with the lines of the chosen one at the right."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.turkish import format_amount, format_date
from app.domain.voucher import DOCUMENT_TYPE_TITLES, Side, Voucher
from app.storage.ledgers import queries
from app.storage.ledgers.queries import VoucherRow
from app.ui.desk import Desk
from app.ui.ledger import facts
from app.ui.ledger.tables import LEFT, NOWHERE, RIGHT, Index, RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import number
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.widgets import EmptyState, QuietLabel

_BLOCK: Final = 200
_KEPT: Final = 20_000
_DEBOUNCE_MS: Final = 150
COLUMNS: Final = (
    TextColumn("Madde", 7, is_number=True),
    TextColumn("Tarih", 10),
    TextColumn("Fiş no", 11),
    TextColumn("Açıklama", 0),
    TextColumn("Satır", 5, is_number=True, gives_way=True),
    TextColumn("Borç", 14, is_number=True),
    TextColumn("Alacak", 14, is_number=True),
)
LINE_COLUMNS: Final = (
    TextColumn("Hesap", 11),
    TextColumn("Hesap adı", 0),
    TextColumn("Açıklama", 0),
    TextColumn("Borç", 13, is_number=True),
    TextColumn("Alacak", 13, is_number=True),
    TextColumn("Belge", 28),
)


class VouchersModel(QAbstractTableModel):
    """The ids of one question and a cache of rows, read in blocks when seen. GUI thread only.

    `answered` when the ids are in; `failed` when they could not be read.
    """

    answered = Signal()
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._path: Path | None = None
        self._period = 0
        self._asked = 0
        self._ids: list[int] = []
        self._cache: dict[int, VoucherRow] = {}
        self._wanted: list[int] = []
        self._is_fetching = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._fetch)

    @property
    def ids(self) -> Sequence[int]:
        return self._ids

    def row_of(self, voucher_id: int) -> int:
        """-1 when the question does not have it."""
        return self._ids.index(voucher_id) if voucher_id in self._ids else -1

    def ask(self, path: Path, period: int, text: str = "") -> None:
        """Read the ids of a month's vouchers that hold every word of `text`; earlier answers are dropped."""
        self._asked += 1
        question = self._asked
        self._path, self._period = path, period

        def read(_s: object) -> tuple[int, list[int]]:
            ids: list[int] = facts.read_with(path, lambda c: queries.voucher_ids(c, period=period, text=text), [])
            return question, ids

        self._desk.read(read, self._on_ids, owner=self, failed=self.failed.emit)

    def clear(self) -> None:
        """Another month: nothing of the one before stays."""
        self._asked += 1
        self._replace([])

    def _on_ids(self, answer: tuple[int, list[int]]) -> None:
        question, ids = answer
        if question != self._asked:
            return
        self._replace(ids)
        self.answered.emit()

    def _replace(self, ids: list[int]) -> None:
        self.beginResetModel()
        self._ids = ids
        self._cache.clear()
        self._wanted.clear()
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if COLUMNS[section].is_number else LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._ids):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if COLUMNS[index.column()].is_number else LEFT
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.DecorationRole,
            Qt.ItemDataRole.UserRole,
        ):
            return None
        row = self._cache.get(self._ids[index.row()])
        if row is None:
            self._want(index.row())
            return None
        if role == Qt.ItemDataRole.UserRole:
            return row
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("error", "error") if index.column() == 0 and not row.is_balanced else None
        return _texts(row)[index.column()]

    def _want(self, place: int) -> None:
        block = place // _BLOCK
        if block not in self._wanted:
            self._wanted.append(block)
            # Who scrolls fast leaves blocks behind; they ask again when seen.
            del self._wanted[:-3]
        if not self._is_fetching:
            self._soon.start()

    @Slot()
    def _fetch(self) -> None:
        if self._is_fetching or not self._wanted or self._path is None:
            return
        block = self._wanted.pop()
        wanted, path, question = self._ids[block * _BLOCK : (block + 1) * _BLOCK], self._path, self._asked
        self._is_fetching = True

        def read(_s: object) -> tuple[int, int, list[VoucherRow]]:
            return question, block, facts.read_with(path, lambda c: queries.voucher_rows(c, wanted), [])

        self._desk.read(read, self._on_rows, owner=self, failed=self._on_rows_failed)

    def _on_rows(self, answer: tuple[int, int, list[VoucherRow]]) -> None:
        question, block, rows = answer
        self._is_fetching = False
        if question == self._asked:
            if len(self._cache) > _KEPT:
                self._cache.clear()
            self._cache |= {row.id: row for row in rows}
            last = min(len(self._ids), (block + 1) * _BLOCK) - 1
            if last >= block * _BLOCK:
                self.dataChanged.emit(self.index(block * _BLOCK, 0), self.index(last, len(COLUMNS) - 1))
        if self._wanted:
            self._soon.start()

    def _on_rows_failed(self, error: AppError) -> None:
        self._is_fetching = False
        self._wanted.clear()
        self.failed.emit(error)


class VouchersTab(QWidget):
    """`show_month`, then it asks by itself; `reveal` puts the cursor on a voucher whatever is searched."""

    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._path: Path | None = None
        self._period = 0
        self._reveal = 0
        self._loaded = 0
        self.model = VouchersModel(desk, self)
        self.model.answered.connect(self._on_answered)
        self.model.failed.connect(self.failed)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Fişlerde ara: fiş no, açıklama"))
        self.search.setAccessibleName(self.tr("Fişlerde ara"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_DEBOUNCE_MS)
        self._typing.timeout.connect(self._ask)
        self.search.textChanged.connect(self._typing.start)
        self.count = QuietLabel("", self)
        self.table = RowTable(self.tr("Fişler"), COLUMNS, self)
        self.table.setModel(self.model)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.empty = EmptyState("ledger", "", "", parent=self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.head = QLabel(self)
        self.head.setWordWrap(True)
        self.head.setTextFormat(Qt.TextFormat.PlainText)
        self.lines = TextModel(LINE_COLUMNS, self)
        self.line_table = RowTable(self.tr("Fişin satırları"), LINE_COLUMNS, self)
        self.line_table.setModel(self.lines)
        self.side = QWidget(self)
        beside = QVBoxLayout(self.side)
        beside.setContentsMargins(0, tokens.XS, 0, 0)
        beside.setSpacing(tokens.XS)
        self.head.setContentsMargins(tokens.S, 0, tokens.S, 0)
        beside.addWidget(self.head)
        beside.addWidget(self.line_table, 1)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.stack)
        self.splitter.addWidget(self.side)
        self.splitter.setSizes([340, 200])
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar.setSpacing(tokens.S)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self.splitter, 1)
        self._show_whole()

    def show_month(self, path: Path, period: int) -> None:
        """Read this month's vouchers; the same month again is a refresh that keeps the cursor."""
        is_same = (path, period) == (self._path, self._period)
        self._path, self._period = path, period
        if is_same:
            row = self.table.currentIndex().row()
            self._reveal = self.model.ids[row] if 0 <= row < len(self.model.ids) else 0
        else:
            self.model.clear()
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
            self._show_voucher(None)
        self._ask()

    def reveal(self, voucher_id: int) -> None:
        """Put the cursor on a voucher and show its lines."""
        self._reveal = voucher_id
        if self.search.text():
            self.search.clear()
        self._ask()

    def reveal_next(self, voucher_id: int) -> None:
        """The same for the month that is about to be shown."""
        self._reveal = voucher_id

    @Slot()
    def _ask(self) -> None:
        self._typing.stop()
        if self._path is not None:
            self.model.ask(self._path, self._period, self.search.text())

    @Slot()
    def _on_answered(self) -> None:
        self._show_whole()
        place = self.model.row_of(self._reveal) if self._reveal else -1
        self._reveal = 0
        self._loaded = 0
        if self.model.ids:
            self.table.selectRow(max(0, place))
            self.table.scrollTo(self.model.index(max(0, place), 0))
        else:
            self._show_voucher(None)

    def _show_whole(self) -> None:
        count = len(self.model.ids)
        self.count.setText(self.tr("{0} fiş").format(number(count)))
        if self.search.text():
            self.empty.set_words(
                self.tr("Aranan fiş yok"), self.tr("Bu ayda arama sözlerinin hepsini içeren bir fiş bulunamadı.")
            )
        else:
            self.empty.set_words(
                self.tr("Bu ayda fiş yok"),
                self.tr("Muhasebe programınızdan aldığınız fiş dosyasını buraya bırakın."),
            )
        self.stack.setCurrentWidget(self.table if count else self.empty)
        self.side.setVisible(bool(count))
        self.table.share_room()

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = current.row()
        path = self._path
        if not 0 <= row < len(self.model.ids) or path is None:
            return
        voucher_id = self.model.ids[row]
        self._loaded = voucher_id

        def read(_s: object) -> tuple[int, Voucher | None]:
            return voucher_id, facts.read_with(path, lambda c: queries.load_voucher(c, voucher_id), None)

        self._desk.read(read, self._on_voucher, owner=self, failed=self.failed.emit)

    def _on_voucher(self, answer: tuple[int, Voucher | None]) -> None:
        voucher_id, voucher = answer
        if voucher_id == self._loaded:
            self._show_voucher(voucher)

    def _show_voucher(self, voucher: Voucher | None) -> None:
        if voucher is None:
            self.head.setText(self.tr("Satırlarını görmek için bir fiş seçin."))
            self.lines.set_rows([])
            return
        parts = [voucher.number or voucher.reference, format_date(voucher.day), voucher.comment]
        if voucher.entered_by:
            parts.append(self.tr("kaydeden {0}").format(voucher.entered_by))
        self.head.setText(" · ".join(part for part in parts if part))
        self.lines.set_rows([_line(line) for line in voucher.lines])
        self.line_table.share_room()


def _texts(row: VoucherRow) -> tuple[str, ...]:
    return (
        str(row.entry or row.counter or ""),
        format_date(row.day),
        row.entry_number or row.reference,
        row.comment,
        number(row.lines),
        format_amount(row.debit),
        format_amount(row.credit),
    )


def _line(line: Any) -> TextRow:
    kind = DOCUMENT_TYPE_TITLES[line.document_type] if line.document_type else line.document_description
    document = " ".join(part for part in (kind, line.document_number) if part)
    amount = format_amount(line.amount)
    sides = (amount, "") if line.side is Side.DEBIT else ("", amount)
    return TextRow(texts=(line.account_id, line.sub_name or line.main_name, line.comment, *sides, document), what=line)
