"""The board: every client's fiscal year at a glance. Enter opens a month, a selection of months is built at once."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QModelIndex, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.dates import istanbul_date
from app.domain.turkish import format_date
from app.domain.voucher import Period
from app.storage import companies
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.ledger import facts
from app.ui.ledger.board_delegate import BoardDelegate, row_height
from app.ui.ledger.board_model import BUILDABLE, FILTERS, ORDERS, BoardModel
from app.ui.ledger.board_table import BoardTable
from app.ui.ledger.facts import BoardRow
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.theme.style import theme
from app.ui.widgets import (
    Chip,
    EmptyState,
    IconButton,
    MessageBar,
    PrimaryButton,
    QuietButton,
    QuietLabel,
    SkeletonRows,
)
from app.workflows.ledger_board import MonthsKept

Chosen = tuple[CompanyRecord, Period]
_DEBOUNCE_MS = 150
_YEARS_BACK = 5


class Board(QWidget):
    """`opened(CompanyRecord, Period)`, `build_wanted(list[(CompanyRecord, Period)])`, `import_wanted()`.

    `archive_wanted(list[CompanyRecord] | None)`: judge these archives now, None means all.
    """

    opened = Signal(object, object)
    build_wanted = Signal(object)
    import_wanted = Signal()
    inventory_wanted = Signal()
    archive_wanted = Signal(object)
    settled = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = 0
        self._is_hinting = False
        self._kept = MonthsKept(desk.office.folder.cache)
        self.model = BoardModel(self)
        self.year = QComboBox(self)
        self.year.setAccessibleName(self.tr("Hesap dönemi"))
        this_year = desk.office.clock.today().year
        for year in range(this_year + 1, this_year - _YEARS_BACK - 1, -1):
            self.year.addItem(self.tr("{0} dönemi").format(year), year)
        self.year.setCurrentIndex(self.year.findData(this_year))
        self.year.currentIndexChanged.connect(self.refresh)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Firma ara (Ctrl+L)"))
        self.search.setAccessibleName(self.tr("Firmalarda ara"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMinimumWidth(self.fontMetrics().averageCharWidth() * 18)
        self.search.setMaximumWidth(self.fontMetrics().averageCharWidth() * 34)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_DEBOUNCE_MS)
        self._typing.timeout.connect(self._on_typing_paused)
        self.search.textChanged.connect(self._typing.start)
        titles = {
            "all": self.tr("Tümü"),
            "late": self.tr("Süresi geçen"),
            "soon": self.tr("Bu hafta"),
            "ready": self.tr("Oluşturulacak"),
            "failed": self.tr("Hatalı"),
            "archive": self.tr("Arşiv sorunu"),
        }
        self.chips = {key: Chip(titles[key], self, key=key) for key in FILTERS}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        for chip in self.chips.values():
            self._group.addButton(chip)
        self.chips["all"].setChecked(True)
        self.chips["soon"].setToolTip(self.tr("Son yükleme gününe 7 gün ya da daha az kalanlar"))
        self.chips["archive"].hide()
        self.order = QComboBox(self)
        self.order.setAccessibleName(self.tr("Firmaların sırası"))
        for key, title in zip(ORDERS, (self.tr("Son güne göre"), self.tr("Ada göre")), strict=True):
            self.order.addItem(title, key)
        self.order.currentIndexChanged.connect(self._on_order_changed)
        self.more_menu = QMenu(self)
        self.check_chosen = self.more_menu.addAction(self.tr("Bu firmanın arşivini şimdi denetle"))
        self.check_all = self.more_menu.addAction(self.tr("Bütün firmaların arşivini şimdi denetle"))
        self.check_chosen.triggered.connect(self._on_check_chosen)
        self.check_all.triggered.connect(self._on_check_all)
        self.more_button = IconButton("more", self.tr("Defter arşivi"), self)
        self.more_button.setMenu(self.more_menu)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._group.buttonClicked.connect(self._on_chip_clicked)
        self.import_button = QuietButton(self.tr("İçe aktar"), self, icon="import")
        self.import_button.clicked.connect(self.import_wanted)
        self.inventory_button = QuietButton(self.tr("Envanter"), self, icon="columns")
        self.inventory_button.setToolTip(self.tr("Seçili firmanın envanter defteri (Ctrl+Shift+E)"))
        self.inventory_button.clicked.connect(self.inventory_wanted)
        self.build_button = PrimaryButton(self.tr("Ayları oluştur"), self, icon="seal")
        self.build_button.clicked.connect(self._on_build_clicked)
        self.message = MessageBar(parent=self)
        self.message.acted.connect(self.import_wanted)
        self.table = self._build_table()
        self.skeleton = SkeletonRows(self.table.viewport())
        self.empty = EmptyState("ledger", "", "", parent=self)
        self.empty.pressed.connect(self._on_empty_pressed)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.table)
        self.stack.addWidget(self.empty)
        self.status = QuietLabel("", self)
        self.status.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.XS)
        bar.setSpacing(tokens.XS)
        bar.addWidget(self.year)
        bar.addWidget(self.search, 1)
        bar.addStretch(1)
        bar.addWidget(self.inventory_button)
        bar.addWidget(self.import_button)
        bar.addWidget(self.build_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        below = QHBoxLayout()
        below.setContentsMargins(tokens.S, 0, tokens.S, tokens.XS)
        below.setSpacing(tokens.XS)
        for chip in self.chips.values():
            below.addWidget(chip)
        below.addStretch(1)
        below.addWidget(self.order)
        below.addWidget(self.more_button)
        column.addLayout(bar)
        column.addLayout(below)
        column.addWidget(self.message)
        column.addWidget(self.stack, 1)
        column.addWidget(self.status)
        theme().changed.connect(self._on_theme_changed)
        self.show_selection()

    def _build_table(self) -> BoardTable:
        table = BoardTable(self)
        table.setModel(self.model)
        table.setItemDelegate(BoardDelegate(table))
        table.setAccessibleName(self.tr("Firmaların ayları"))
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        table.setShowGrid(False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics()))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(1)
        table.freeze()
        table.entered_month.connect(self.open_index)
        table.doubleClicked.connect(self.open_index)
        table.selectionModel().selectionChanged.connect(self.show_selection)
        return table

    # -- reading ---------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read the chosen year of the chosen client, or of all of them."""
        self._asked += 1
        question, chosen, office, kept = self._asked, self._desk.company, self._desk.office, self._kept
        year, today = int(self.year.currentData()), self._today()

        def read(s: OpenSession) -> tuple[int, list[BoardRow]]:
            owners = [chosen] if chosen is not None else companies.list_companies(s)
            rows = facts.board(office.folder.ledgers, owners, year, today, kept)
            return question, [facts.with_archive(row, office.folder) for row in rows]

        if self.model.is_bare:
            self.skeleton.setGeometry(self.table.viewport().rect())
            self.skeleton.start()
        self._desk.read(read, self._on_rows, owner=self, failed=self._on_failed)

    def _today(self) -> date:
        return self._desk.office.clock.today()

    def clear(self) -> None:
        """Another client was chosen: nothing may be built for the one before."""
        self._asked += 1
        self.model.set_rows([])
        self.show_selection()

    def _on_rows(self, answer: tuple[int, list[BoardRow]]) -> None:
        question, rows = answer
        if question != self._asked:
            return
        self.skeleton.stop()
        kept = self.chosen()
        self.model.set_rows(rows)
        for key, count in self.model.counts().items():
            self.chips[key].set_count(count)
            if key == "archive":
                self.chips[key].setVisible(bool(count) or self.chips[key].isChecked())
        self._show_whole()
        self._restore(kept)
        self.settled.emit()

    def _on_failed(self, error: object) -> None:
        self.skeleton.stop()
        self.message.show_error(error)  # type: ignore[arg-type]

    def _restore(self, kept: list[Chosen]) -> None:
        wanted = {(company.id, period) for company, period in kept}
        selection = self.table.selectionModel()
        for place, row in enumerate(self.model.rows):
            for column, cell in enumerate(row.cells, start=1):
                if (row.company.id, cell.period) in wanted:
                    index = self.model.index(place, column)
                    selection.select(index, selection.SelectionFlag.Select)
                    selection.setCurrentIndex(index, selection.SelectionFlag.NoUpdate)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            today = self._today()
            first = self.model.rows[0]
            column = next((i for i, c in enumerate(first.cells, 1) if c.period == Period.of(today)), 1)
            selection.setCurrentIndex(self.model.index(0, column), selection.SelectionFlag.NoUpdate)
        self.show_selection()

    def _show_whole(self) -> None:
        rows = self.model.rows
        self.table.share_room()
        if self.model.is_bare:
            self.empty.set_words(
                self.tr("Defter tutulacak firma yok"),
                self.tr("Her firmanın on iki ayı burada bir satırda durur. Başlamak için bir firma ekleyin."),
                self.tr("Firma ekle"),
            )
        elif not rows:
            self.empty.set_words(
                self.tr("Süzgece uyan ay yok"),
                self.tr("Seçtiğiniz süzgeç ya da arama bütün firmaları gizliyor."),
                self.tr("Tümünü göster"),
            )
        self.stack.setCurrentWidget(self.table if rows else self.empty)
        started = any(cell.state is not None for row in rows for cell in row.cells)
        if rows and not started:
            self._is_hinting = True
            self.message.show_message(
                "wait",
                self.tr("Bu hesap döneminde fiş yok. Muhasebe programınızdan aldığınız fiş dosyasını buraya bırakın."),
                self.tr("Dosya seç"),
            )
        elif self._is_hinting:
            self._is_hinting = False
            self.message.hide()

    # -- choosing --------------------------------------------------------------------------------------------------

    def chosen(self) -> list[Chosen]:
        """The selected months, by client as shown, oldest first."""
        found = []
        for index in sorted(self.table.selectionModel().selectedIndexes(), key=lambda i: (i.row(), i.column())):
            pair = self.model.cell_at(index)
            if pair is not None:
                found.append((pair[0].company, pair[1].period))
        return found

    def buildable(self) -> list[Chosen]:
        """Those of the selected months that have vouchers and no seal yet."""
        found = []
        for index in sorted(self.table.selectionModel().selectedIndexes(), key=lambda i: (i.row(), i.column())):
            pair = self.model.cell_at(index)
            if pair is not None and pair[1].state in BUILDABLE:
                found.append((pair[0].company, pair[1].period))
        return found

    def current_company(self) -> CompanyRecord | None:
        """The client under the cursor."""
        place = self.table.currentIndex().row()
        return self.model.rows[place].company if 0 <= place < len(self.model.rows) else None

    @Slot(QModelIndex)
    def open_index(self, index: QModelIndex) -> None:
        pair = self.model.cell_at(index)
        if pair is not None:
            self.opened.emit(pair[0].company, pair[1].period)

    def show_month(self, company_id: int, period: Period) -> None:
        """Put the cursor on a month, its year first."""
        place = self.model.place_of(company_id)
        if place < 0:
            return
        columns = [i for i, cell in enumerate(self.model.rows[place].cells, 1) if cell.period == period]
        if columns:
            self.table.setCurrentIndex(self.model.index(place, columns[0]))

    @Slot()
    def show_selection(self) -> None:
        """Buttons and foot follow what is selected."""
        ready = len(self.buildable())
        self.build_button.setEnabled(bool(ready))
        self.build_button.setText(self.tr("{0} ayı oluştur").format(ready) if ready else self.tr("Ayları oluştur"))
        months = len(self.chosen())
        shown = self.tr("{0} firma").format(len(self.model.rows))
        picked = self.tr(" · {0} ay seçili").format(months) if months else ""
        unsure = self.tr("Son yükleme günleri doğrulanmadı: kaynağı GİB ile karşılaştırılmadı.")
        self.status.setText(f"{shown}{picked} · {self._archive_words()} · {unsure}")

    def _archive_words(self) -> str:
        """How the archives of the clients that are shown stood when they were last looked at."""
        checks = [check for row in self.model.rows for check in row.archive]
        if not checks:
            return self.tr("arşiv henüz denetlenmedi")
        bad = sum(not check.ok for check in checks)
        newest = format_date(istanbul_date(max(check.checked_at for check in checks)))
        told = self.tr("{0} ayın arşivinde sorun var").format(bad) if bad else self.tr("arşivde sorun yok")
        return self.tr("{0} (son denetim {1})").format(told, newest)

    @Slot()
    def _on_order_changed(self) -> None:
        self.model.set_order(str(self.order.currentData()))
        self.show_selection()

    @Slot()
    def _on_check_chosen(self) -> None:
        company = self.current_company()
        if company is not None:
            self.archive_wanted.emit([company])

    @Slot()
    def _on_check_all(self) -> None:
        self.archive_wanted.emit(None)

    def show_filter(self, key: str) -> None:
        """Press a chip, as another page's line asks for."""
        self.chips[key].setVisible(True)
        self.chips[key].setChecked(True)
        self._on_chip_clicked(self.chips[key])

    @Slot()
    def _on_build_clicked(self) -> None:
        if ready := self.buildable():
            self.build_wanted.emit(ready)

    @Slot()
    def _on_typing_paused(self) -> None:
        self.model.set_text(self.search.text())
        self._show_whole()
        self.show_selection()

    @Slot(object)
    def _on_chip_clicked(self, chip: Chip) -> None:
        self.model.set_filter(chip.key)
        self._show_whole()
        self.show_selection()

    @Slot()
    def _on_empty_pressed(self) -> None:
        if self.model.is_bare:
            self._desk.wanted.emit("settings", "firms")
            return
        self.search.clear()
        self.chips["all"].setChecked(True)
        self.model.set_text("")
        self.model.set_filter("all")
        self._show_whole()
        self.show_selection()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.table.viewport().update()
