"""Before a build that is not the ordinary one: days that end a part, the parts' limit, time stamps; shown as parts."""

from __future__ import annotations

from datetime import date
from typing import Final

from PySide6.QtCore import QDate, Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.ledger_terms import MAX_PART_MB, StampedFiles
from app.domain.turkish import format_date
from app.domain.voucher import Period
from app.runtime.lanes import Cancelled
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs.sizes import open_at
from app.ui.jobs import JobHandle
from app.ui.ledger.job_bar import JobBar
from app.ui.ledger.tables import RowTable, TextColumn, TextModel, TextRow
from app.ui.ledger.words import month_name, number, size_words
from app.ui.pages.settings.form import pad_items
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, IconButton, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows.context import WorkContext
from app.workflows.ledger_check import last_day
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_plan import Plan, plan_month
from app.workflows.ledger_terms import build_options

_MB: Final = 1024 * 1024
_COLUMNS: Final = (
    TextColumn("Parça", 8),
    TextColumn("Şube", 8, gives_way=True),
    TextColumn("Günler", 0),
    TextColumn("Maddeler", 16, is_number=True),
    TextColumn("Boyut", 10, is_number=True),
)


class BuildDialog(QDialog):
    """`options` is what the user agreed to."""

    def __init__(self, desk: Desk, company: CompanyRecord, period: Period, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self.company, self.period = desk, company, period
        self._handle: JobHandle | None = None
        self._plain: BuildOptions | None = None
        self._has_plan = False
        self._asked: tuple[int, tuple[date, ...]] | None = None
        title = self.tr("{0} nasıl oluşturulsun?").format(month_name(period))
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.limit = QSpinBox(self)
        self.limit.setRange(1, MAX_PART_MB)
        self.limit.setSuffix(" MB")
        self.limit.lineEdit().setTextMargins(tokens.XS, 0, 0, 0)
        self.limit.valueChanged.connect(self._on_changed)
        first, last = period.first_day, last_day(period)
        self.day = QDateEdit(QDate(first.year, first.month, min(15, last.day)), self)
        self.day.setDisplayFormat("dd.MM.yyyy")
        self.day.setCalendarPopup(True)
        # The last day ends the month in any case.
        self.day.setDateRange(QDate(first.year, first.month, 1), QDate(last.year, last.month, last.day - 1))
        self.add_button = QuietButton(self.tr("Bu günde böl"), self, icon="plus")
        self.add_button.clicked.connect(self._on_add_clicked)
        self.days = QListWidget(self)
        self.days.setMaximumHeight(2 * tokens.ROW_PX + tokens.S)
        pad_items(self.days, vertical_px=2)
        self.remove_button = IconButton("trash", self.tr("Seçili günü kaldır"), self)
        self.remove_button.clicked.connect(self._on_remove_clicked)
        self.stamps = QComboBox(self)
        for value, words in (
            (StampedFiles.OFFICE, self.tr("Firma kartındaki gibi")),
            (StampedFiles.NEVER, self.tr("Basılmaz")),
            (StampedFiles.BERATS, self.tr("Yalnız beratlara")),
            (StampedFiles.ALL, self.tr("Bütün defterlere ve beratlara")),
        ):
            self.stamps.addItem(words, value.value)
        self.message = MessageBar(parent=self, closable=False)
        self.look = QuietButton(self.tr("Parçaları göster"), self, icon="eye")
        self.look.clicked.connect(self.look_at)
        self.bar = JobBar(self)
        self.model = TextModel(_COLUMNS, self)
        self.table = RowTable(self.tr("Parçalar"), _COLUMNS, self)
        self.table.setModel(self.model)
        self.go = PrimaryButton(self.tr("Oluştur ve mühürle"), self, icon="seal")
        self.go.clicked.connect(self.accept)
        self.cancel = QuietButton(self.tr("Vazgeç"), self)
        self.cancel.clicked.connect(self.reject)
        self._lay(title)
        open_at(self, tokens.TEXT_WIDTH_PX + 160, tokens.POPUP_HEIGHT_PX + 140)
        self.go.setEnabled(False)
        self._read()

    def _lay(self, title: str) -> None:
        adding = QHBoxLayout()
        adding.setSpacing(tokens.XS)
        adding.addWidget(self.day)
        adding.addWidget(self.add_button)
        adding.addStretch(1)
        listed = QHBoxLayout()
        listed.setSpacing(tokens.XS)
        listed.addWidget(self.days, 1)
        listed.addWidget(self.remove_button, alignment=Qt.AlignmentFlag.AlignTop)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.FieldsStayAtSizeHint)
        form.setHorizontalSpacing(tokens.L)
        self.limit.setAccessibleName(self.tr("Parça sınırı"))
        self.day.setAccessibleName(self.tr("Bölme günü"))
        self.days.setAccessibleName(self.tr("Bölme günleri"))
        self.stamps.setAccessibleName(self.tr("Zaman damgası"))
        form.addRow(self.tr("Parça sınırı"), self.limit)
        form.addRow(self.tr("Kıst dönem"), adding)
        form.addRow(self.tr("Bölme günleri"), listed)
        form.addRow(self.tr("Zaman damgası"), self.stamps)
        middle = QHBoxLayout()
        middle.addWidget(self.look)
        middle.addWidget(self.bar, 1)
        middle.addStretch(0)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        column.addWidget(ElidedLabel(self.company.company.party.display_name, self))
        words = self.tr(
            "Bölme günü bir parçayı bitirir; fiş bölünmez, her günü bir parça kapsar. Şubeler ayrı defterdir."
        )
        column.addWidget(QuietLabel(words, self, wrap=True))
        column.addLayout(form)
        column.addWidget(self.message)
        column.addLayout(middle)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)

    @property
    def split_after(self) -> tuple[date, ...]:
        """The days that end a part, in order."""
        found = (self.days.item(place).data(Qt.ItemDataRole.UserRole) for place in range(self.days.count()))
        return tuple(sorted(found))

    @property
    def stamped(self) -> StampedFiles:
        return StampedFiles(str(self.stamps.currentData()))

    @property
    def limit_mb(self) -> int:
        return self.limit.value()

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        settings, company = self._desk.office.settings, self.company
        self._desk.read(lambda _s: build_options(settings, company), self._on_options, owner=self)

    def _on_options(self, options: BuildOptions) -> None:
        self._plain = options
        self.limit.setValue(max(1, options.max_part_bytes // _MB))
        self.go.setEnabled(True)
        self.look_at()

    @Slot()
    def look_at(self) -> None:
        """Count how the month would be cut."""
        if self._handle is not None or self._plain is None:
            return
        settings, company, period = self._desk.office.settings, self.company, self.period
        limit, days, folder = self.limit_mb, self.split_after, self._desk.office.folder.ledgers
        self._asked = limit, days

        def work(ctx: WorkContext) -> Plan:
            options = build_options(settings, company, max_part_mb=limit, split_after=days)
            return plan_month(ctx, company, period, options, folder=folder)

        title = self.tr("Parçalar hesaplanıyor")
        self._handle = self._desk.run(title, work, self._on_plan, owner=self, company=company, failed=self._on_failed)
        self._handle.ended.connect(self._on_ended)
        self.bar.watch(self._handle, title)
        self.look.setEnabled(False)

    def _on_plan(self, plan: Plan) -> None:
        rows = []
        for check, cuts in plan:
            for place, cut in enumerate(cuts, start=1):
                part = "000000" if len(cuts) == 1 else f"{place:06d}"
                days = f"{format_date(cut.start)} – {format_date(cut.end)}"
                entries = f"{number(cut.first_entry)}–{number(cut.last_entry)}"
                size = size_words(cut.size_bytes) if cut.size_bytes else ""
                rows.append(TextRow(texts=(part, check.branch_no, days, entries, size)))
        self.model.set_rows(rows)
        self.table.share_room()
        if any(check.has_errors for check, _ in plan):
            words = self.tr("Ayda hata var; parçalar ancak hatasız ayda hesaplanır. Denetleyip düzeltin.")
            self.message.show_message("error", words)
        else:
            self.message.hide()

    def _on_failed(self, error: AppError) -> None:
        self.model.set_rows([])
        self.message.show_error(error)

    @Slot(object)
    def _on_ended(self, outcome: object) -> None:
        self._handle = None
        self.bar.done()
        self.look.setEnabled(True)
        if isinstance(outcome, Cancelled):
            self._asked = None
        elif self._asked != (self.limit_mb, self.split_after):
            # Something was changed while it was counted.
            self.look_at()

    # -- days ------------------------------------------------------------------------------------------------------

    @Slot()
    def _on_add_clicked(self) -> None:
        day: date = self.day.date().toPython()  # type: ignore[assignment]
        if day in self.split_after:
            return
        days = sorted([*self.split_after, day])
        self.days.clear()
        for one in days:
            item = QListWidgetItem(format_date(one))
            item.setData(Qt.ItemDataRole.UserRole, one)
            self.days.addItem(item)
        self._on_changed()

    @Slot()
    def _on_remove_clicked(self) -> None:
        place = self.days.currentRow()
        if place >= 0:
            self.days.takeItem(place)
            self._on_changed()

    @Slot()
    def _on_changed(self) -> None:
        self.look_at()
