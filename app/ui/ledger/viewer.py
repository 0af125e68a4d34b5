"""A ledger file in a window of its own, whatever its size: its vouchers or accounts, their lines, its seal.

The first rows stand there at once; the rest is counted in the background. Nothing is held but what is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.edefter.reading.opening import open_beginning, open_ledger_file
from app.edefter.reading.reader import LedgerReader
from app.edefter.reading.seal import SealFacts, look_at_seal
from app.ui.desk import Desk
from app.ui.dialogs.sizes import open_at
from app.ui.frame.strip import READING
from app.ui.jobs import JobHandle
from app.ui.ledger import viewer_words as words
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.viewer_bar import ViewerBar, ViewerHead
from app.ui.ledger.viewer_browser import BrowserDoor
from app.ui.ledger.viewer_model import Row, SpanModel
from app.ui.ledger.viewer_paper import PrintRangeDialog
from app.ui.ledger.words import number
from app.ui.memory import memory_of
from app.ui.theme import tokens
from app.ui.widgets import EmptyState, MessageBar, QuietLabel

_KEY: Final = "ledger-viewer"
_SIZE: Final = (1100, 680)
_FACTS: Final = (TextColumn("Bilgi", 30), TextColumn("Değer", 0))


class LedgerViewer(QWidget):
    """`begun` when the first rows can be seen, `settled` when the whole file is known (or could not be read)."""

    begun = Signal()
    settled = Signal()
    searched = Signal()

    def __init__(self, desk: Desk, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk = desk
        self.path = path
        self.reader: LedgerReader | None = None
        self.seal: SealFacts | None = None
        self._kind = ""
        self._handle: JobHandle | None = None
        self._asked = 0
        #: The found lines of each header, None while nothing is searched.
        self._found: dict[int, list[int]] | None = None
        self._goal: tuple[int, int] | None = None
        self.setWindowTitle(path.name)
        self.head = ViewerHead(self)
        self.message = MessageBar(parent=self)
        self.bar = ViewerBar(self)
        self.bar.asked.connect(self._search)
        self.bar.jump_wanted.connect(self._on_jump_wanted)
        self.bar.whole.toggled.connect(self._show_lines)
        self.bar.print_button.clicked.connect(self.print_range)
        self.browser = BrowserDoor(desk, self, self._looked_at, self._on_failed)
        self.head.browser_button.clicked.connect(self.browser.open)
        self.headers = SpanModel(desk, words.JOURNAL_HEADERS, self)
        self.lines = SpanModel(desk, words.LINES, self)
        for model in (self.headers, self.lines):
            model.failed.connect(self._on_failed)
        self.tables: list[RowTable] = []
        self.header_table = RowTable(self.tr("Maddeler ve hesaplar"), words.JOURNAL_HEADERS, self)
        self.header_table.setModel(self.headers)
        self.header_table.selectionModel().currentRowChanged.connect(self._on_header_changed)
        self.line_table = RowTable(self.tr("Satırlar"), words.LINES, self)
        self.line_table.setModel(self.lines)
        self.facts = TextModel(_FACTS, self)
        self.fact_table = RowTable(self.tr("Dosyanın bilgileri"), _FACTS, self)
        self.fact_table.setModel(self.facts)
        self.empty = EmptyState("search", "", "", parent=self)
        self.empty.hide()
        self.totals = QuietLabel("", self)
        self.totals.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        self._build()
        self._add_action("Ctrl+F", self.bar.search.setFocus)
        self._add_action("Ctrl+G", self.bar.jump.setFocus)
        self._add_action("Ctrl+P", self.print_range)
        self._add_action("Esc", self._on_escape)
        open_at(self, *_SIZE)
        memory_of(desk).restore_geometry(self, _KEY)
        desk.closed.connect(self.close)
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(300)
        self._slow.timeout.connect(self._on_slow)
        self._begin()

    def _build(self) -> None:
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        for table in (self.header_table, self.empty, self.line_table):
            self.splitter.addWidget(table)
        self.splitter.setSizes([360, 0, 260])
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.splitter, self.tr("Kayıtlar"))
        self.tabs.addTab(self.fact_table, self.tr("Bilgiler"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.head, self.message, self.bar):
            column.addWidget(part)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.totals)

    def _add_action(self, keys: str, slot: Any) -> None:
        action = QAction(self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(slot)
        self.addAction(action)

    # -- reading ---------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """The beginning, then the whole, then the seal: each on a lane of its own kind, one after the other."""
        path, lane = self.path, self._desk.lanes.account(_KEY)
        cache = self._desk.office.folder.cache / "ledger-files"
        self._slow.start()
        self._desk.run(
            READING, lambda _ctx: open_beginning(path), self._on_begun, owner=self, lane=lane, failed=self._on_not_read
        )
        self._handle = self._desk.run(
            self.tr("{0} okunuyor").format(path.name),
            lambda ctx: open_ledger_file(path, cache=cache, progress=ctx.progress),
            self._on_whole,
            owner=self,
            lane=lane,
            failed=self._on_not_read,
        )
        self._handle.progressed.connect(self._on_progressed)
        self._desk.run(
            READING, lambda _ctx: look_at_seal(path), self._on_seal, owner=self, lane=lane, failed=self._on_seal_failed
        )

    @Slot()
    def _on_slow(self) -> None:
        if self.reader is None:
            self.totals.setText(self.tr("Dosya açılıyor…"))

    def _on_begun(self, reader: LedgerReader) -> None:
        self._take(reader)
        self.begun.emit()

    def _on_whole(self, reader: LedgerReader) -> None:
        self._handle = None
        if self.reader is None or not self.reader.index.is_whole:
            self._take(reader)
        self.bar.set_ready(ready=True)
        self.head.browser_button.setEnabled(True)
        if self.bar.search.text():
            self._search()
        self.settled.emit()

    def _take(self, reader: LedgerReader) -> None:
        """Show this much of the file; the cursor stays where it is."""
        place = self.header_table.currentIndex().row()
        self.reader, self._kind = reader, reader.head().kind
        kind = self._kind
        self.head.show_title(words.title_of(reader), reader.head())
        self.setWindowTitle(f"{words.title_of(reader)} · {self.path.name}")
        columns = words.header_columns(kind)
        self.header_table.setVisible(bool(columns))
        self._show_headers(range(reader.index.headers), max(0, place))
        self._show_totals()
        self._show_facts()

    def _show_headers(self, places: Sequence[int], row: int) -> None:
        reader, kind = self.reader, self._kind
        assert reader is not None
        columns = words.header_columns(kind)

        def read(wanted: Sequence[int]) -> list[Row]:
            return [(one, words.header_texts(kind, one)) for one in reader.headers(wanted)]

        if columns:
            self.header_table.set_columns(columns)
        self.headers.set_places(places, read if columns else None, columns)
        self.header_table.share_room()
        has = bool(places)
        self.empty.setVisible(self._found is not None and not has)
        self.header_table.setVisible(bool(columns) and has)
        self.line_table.setVisible(has)
        if has and columns:
            self.header_table.selectRow(min(row, len(places) - 1))
            self.header_table.scrollTo(self.headers.index(min(row, len(places) - 1), 0))
        self._show_lines()

    @Slot(QModelIndex, QModelIndex)
    def _on_header_changed(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self._show_lines()

    @Slot()
    def _show_lines(self) -> None:
        """The lines of the chosen header; while searching only the found ones, unless all are asked for."""
        reader, kind = self.reader, self._kind
        if reader is None:
            return
        columns = words.line_columns(kind)
        places: Sequence[int] = ()
        if not words.header_columns(kind):
            places = range(reader.index.lines)
            if self._found is not None:
                places = sorted(line for lines in self._found.values() for line in lines)
        elif (header := self.current_header()) >= 0:
            places = reader.index.lines_of(header)
            if self._found is not None and not self.bar.whole.isChecked():
                places = self._found.get(header, [])

        def read(wanted: Sequence[int]) -> list[Row]:
            return [(one, words.line_texts(kind, one)) for one in reader.lines(wanted)]

        self.line_table.set_columns(columns)
        self.lines.set_places(places, read, columns)
        self.line_table.share_room()
        goal, self._goal = self._goal, None
        if goal is not None and goal[1] in places:
            row = places.index(goal[1])
            self.line_table.selectRow(row)
            self.line_table.scrollTo(self.lines.index(row, 0), RowTable.ScrollHint.PositionAtCenter)

    def current_header(self) -> int:
        """The place of the chosen voucher or account, -1 for none."""
        row = self.header_table.currentIndex().row()
        return self.headers.places[row] if 0 <= row < len(self.headers.places) else -1

    def _show_totals(self) -> None:
        reader = self.reader
        if reader is not None and reader.index.is_whole:
            self.totals.setText(words.totals_of(reader))

    def _show_facts(self) -> None:
        if self.reader is not None:
            rows = words.facts_of(self.reader, self.seal)
            self.facts.set_rows([TextRow(texts=pair, what=pair) for pair in rows])
            self.fact_table.share_room()

    def _on_seal(self, seal: SealFacts) -> None:
        self.seal = seal
        self.head.show_seal(*words.seal_words(seal))
        self._show_facts()

    def _on_seal_failed(self, error: AppError) -> None:
        self.head.show_seal("error", "error", error.sentence)

    def _on_not_read(self, error: AppError) -> None:
        self._handle = None
        self.totals.setText("")
        self.bar.set_ready(ready=False)
        self.message.show_error(error)
        if self.reader is not None and not self.reader.index.is_whole:
            self.totals.setText(self.tr("Dosyanın yalnız başı gösteriliyor."))
        self.settled.emit()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.message.show_error(error)

    @Slot(int, int, str)
    def _on_progressed(self, done: int, total: int, _what: str) -> None:
        if total and self.reader is not None and not self.reader.index.is_whole:
            percent = done * 100 // total
            self.totals.setText(self.tr("Dosyanın başı gösteriliyor; kalanı sayılıyor: %{0}").format(percent))

    # -- search and jumps ------------------------------------------------------------------------------------------

    @Slot()
    def _search(self) -> None:
        """Find lines off the GUI thread; an older answer is dropped."""
        reader, text = self.reader, self.bar.search.text().strip()
        self._asked += 1
        if reader is None or not reader.index.is_whole:
            return
        if not text:
            self._show_found(None)
            return
        question, where, index = self._asked, self.bar.where, reader.index

        def read(_s: object) -> tuple[int, dict[int, list[int]]]:
            found: dict[int, list[int]] = {}
            for line in index.search(text, where):
                found.setdefault(index.header_of(line), []).append(line)
            return question, found

        self._desk.read(read, self._on_found, owner=self, failed=self._on_failed)

    def _on_found(self, answer: tuple[int, dict[int, list[int]]]) -> None:
        if answer[0] == self._asked:
            self._show_found(answer[1])

    def _show_found(self, found: dict[int, list[int]] | None) -> None:
        reader = self.reader
        assert reader is not None
        before = self.current_header()
        self._found = found
        self.bar.whole.setVisible(found is not None and bool(words.header_columns(self._kind)))
        if found is None:
            self.bar.count.setText("")
            self._show_headers(range(reader.index.headers), max(0, before))
        else:
            lines = sum(len(one) for one in found.values())
            self.bar.count.setText(self.tr("{0} satır").format(number(lines)))
            self.empty.set_words(
                self.tr("Aranan kayıt yok"),
                self.tr("Bu dosyada arama sözlerinin hepsini içeren bir satır bulunamadı."),
            )
            headers = sorted(found)
            self._show_headers(headers, headers.index(before) if before in found else 0)
        self.searched.emit()

    @Slot(str, int)
    def _on_jump_wanted(self, what: str, wanted: int) -> None:
        """Go to a voucher or a line by its number."""
        reader = self.reader
        if reader is None:
            return
        index = reader.index
        if what == "line":
            line = index.find_line(wanted)
        else:
            header = index.find_number(wanted)
            line = index.header_line[header] if header >= 0 else index.find_entry_line(wanted)
        if not 0 <= line < index.lines:
            missing = self.tr("{0}. satır bu dosyada yok.") if what == "line" else self.tr("{0}. madde bu dosyada yok.")
            if not index.is_whole:
                missing = self.tr("Dosyanın kalanı henüz sayılıyor; birazdan yeniden deneyin.")
            self.message.show_message("warn", missing.format(number(wanted)))
            return
        self.message.hide()
        self.show_line(line)

    def show_line(self, line: int) -> None:
        """Put the cursors on a line and on what holds it."""
        assert self.reader is not None
        self.bar.clear_search()
        self._asked += 1
        if self._found is not None:
            self._show_found(None)
        header = self.reader.index.header_of(line)
        self._goal = (header, line)
        self.tabs.setCurrentIndex(0)
        if words.header_columns(self._kind) and header != self.current_header():
            self.header_table.selectRow(header)
            self.header_table.scrollTo(self.headers.index(header, 0), RowTable.ScrollHint.PositionAtCenter)
        else:
            self._show_lines()
        (self.line_table if self._goal is None else self.header_table).setFocus()

    @Slot()
    def print_range(self) -> None:
        """Print or save what is shown, or a range of numbers."""
        looked = self._looked_at()
        if looked is not None:
            self.paper = PrintRangeDialog(self._desk, *looked, self)
            self.paper.show()

    def _looked_at(self) -> tuple[LedgerReader, list[int], dict[int, list[int]] | None] | None:
        """What is shown of the whole file: its headers, and of them the found lines."""
        if self.reader is None or not self.reader.index.is_whole:
            return None
        shown = list(self.headers.places) if words.header_columns(self._kind) else [0]
        return self.reader, shown, self._found

    @Slot()
    def _on_escape(self) -> None:
        if self.bar.search.text():
            self.bar.clear_search()
            self._search()
            self.header_table.setFocus()
        else:
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._handle is not None:
            self._handle.cancel()
        memory_of(self._desk).keep_geometry(self, _KEY)
        super().closeEvent(event)


def open_viewer(desk: Desk, path: Path, parent: QWidget | None = None) -> LedgerViewer:
    """Show a ledger file; the window lives until it is closed, or with `parent`."""
    viewer = LedgerViewer(desk, path, parent)
    viewer.show()
    return viewer
