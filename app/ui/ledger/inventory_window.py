"""Envanter: the list of a day taken, checked, built and sealed as E and EB; the day's files. One window per company."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.turkish import format_amount, format_date
from app.domain.voucher import Period, PeriodState
from app.storage.ledgers.queries import amount
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs import pin
from app.ui.dialogs.confirm import confirm
from app.ui.dialogs.sizes import open_at
from app.ui.jobs import JobHandle
from app.ui.ledger.inventory_doing import InventoryDoing
from app.ui.ledger.inventory_files import InventoryFiles
from app.ui.ledger.inventory_import import ITEM_COLUMNS, InventoryImportDialog, item_row
from app.ui.ledger.inventory_life import InventoryLifeButton, state_words
from app.ui.ledger.job_bar import JobBar
from app.ui.ledger.results import told_of
from app.ui.ledger.tables import RowTable, TextModel
from app.ui.ledger.words import number
from app.ui.reading.findings_list import FindingsList
from app.ui.theme import tokens
from app.ui.widgets import (
    ElidedLabel,
    EmptyState,
    HeadingLabel,
    MessageBar,
    PrimaryButton,
    QuietButton,
    QuietLabel,
)
from app.workflows.inventory_facts import InventoryDay, InventoryFacts, inventory_facts
from app.workflows.ledger_check import MonthCheck
from app.workflows.ledger_heads import fiscal_year
from app.workflows.ledger_inventory import InventoryImport
from app.workflows.ledger_life import ApprovalReport
from app.workflows.ledger_writing import BuildReport

ITEMS, FINDINGS, FILES = range(3)
#: E and EB of a list without branches; every branch adds as many.
_BOOKS: Final = 2


class InventoryWindow(QDialog):
    """Not modal. `day` is the one that is shown; the buttons say what can be done with it."""

    def __init__(self, desk: Desk, company: CompanyRecord, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self.company, self.day = desk, company, day
        self._asked = 0
        self.doing = InventoryDoing(desk, company, self)
        self.doing.began.connect(self._on_began)
        self.doing.over.connect(self._on_over)
        self.doing.failed.connect(self._on_failed)
        self.doing.cancelled.connect(self._on_cancelled)
        self.facts: InventoryFacts | None = None
        self._checked: list[MonthCheck] | None = None
        title = self.tr("Envanter defteri")
        self.setWindowTitle(f"{title} · {company.company.party.display_name}")
        self.setAccessibleName(title)
        self.days = QComboBox(self)
        self.days.setAccessibleName(self.tr("Envanter günü"))
        self.days.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.days.activated.connect(self._on_day_chosen)
        self.state = QuietLabel("", self)
        self.take_button = QuietButton(self.tr("Listeyi al…"), self, icon="import", shortcut="Ctrl+O")
        self.take_button.clicked.connect(self._on_take_clicked)
        self.check_button = QuietButton(self.tr("Denetle"), self, icon="check")
        self.check_button.clicked.connect(self.check)
        self.build_button = PrimaryButton(self.tr("Oluştur ve mühürle"), self, icon="seal", shortcut="Ctrl+Return")
        self.build_button.clicked.connect(self._on_build_clicked)
        self.life = InventoryLifeButton(desk, company, self)
        self.life.filed.connect(self._on_filed)
        self.life.approved.connect(self._on_approved)
        self.life.taken_back.connect(self._on_taken_back)
        self.message = MessageBar(parent=self)
        self.bar = JobBar(self)
        self.model = TextModel(ITEM_COLUMNS, self)
        self.table = RowTable(self.tr("Envanter kalemleri"), ITEM_COLUMNS, self)
        self.table.setModel(self.model)
        self.empty = EmptyState("import", "", "", self.tr("Listeyi al…"), self, primary=False)
        self.empty.pressed.connect(self._on_take_clicked)
        self.items = QStackedWidget(self)
        self.items.addWidget(self.table)
        self.items.addWidget(self.empty)
        self.findings = FindingsList(self)
        self.unchecked = EmptyState(
            "check",
            self.tr("Bulgular burada durur"),
            self.tr("Listeyi denetleyin: yanlış olan her şey bir arada gösterilir."),
            parent=self,
        )
        self.found = QStackedWidget(self)
        self.found.addWidget(self.findings)
        self.found.addWidget(self.unchecked)
        self.files = InventoryFiles(self)
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.items, self.tr("Kalemler"))
        self.tabs.addTab(self.found, self.tr("Bulgular"))
        self.tabs.addTab(self.files, self.tr("Dosyalar"))
        self.sum = QuietLabel("", self)
        QShortcut(QKeySequence(Qt.Key.Key_F5), self, self.refresh)
        self._lay(title)
        open_at(self, tokens.TEXT_WIDTH_PX * 2, tokens.POPUP_HEIGHT_PX + 200)
        self._show_checks(None)
        self._show_ready()
        self.refresh()

    def _lay(self, title: str) -> None:
        start, end = fiscal_year(self.company, Period.of(self.day))
        year = self.tr("hesap dönemi {0}–{1}").format(format_date(start), format_date(end))
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        words = QuietLabel(self.tr("Gün:"), self)
        words.setBuddy(self.days)
        top.addWidget(words)
        top.addWidget(self.days)
        top.addWidget(self.state)
        top.addStretch(1)
        top.addWidget(self.take_button)
        top.addWidget(self.check_button)
        top.addWidget(self.build_button)
        top.addWidget(self.life)
        head = QHBoxLayout()
        head.addWidget(ElidedLabel(self.company.company.party.display_name, self), 1)
        head.addWidget(QuietLabel(year, self))
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.M)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        column.addLayout(head)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.bar)
        column.addWidget(self.sum)

    # -- reading ---------------------------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Read the day again."""
        self._asked += 1
        question, company, day, place = self._asked, self.company, self.day, self._desk.office.folder

        def read(_s: object) -> tuple[int, InventoryFacts]:
            return question, inventory_facts(company, day, folder=place.ledgers, out=place.edefter)

        self._desk.read(read, self._on_facts, owner=self, failed=self.message.show_error)

    def _on_facts(self, answer: tuple[int, InventoryFacts]) -> None:
        question, facts = answer
        if question != self._asked:
            return
        self.facts = facts
        self.days.clear()
        for one in facts.days:
            self.days.addItem(self._day_words(one, facts), one.day)
        self.days.setCurrentIndex([one.day for one in facts.days].index(facts.day))
        self.model.set_rows([item_row(row) for row in facts.rows])
        self.table.share_room()
        self.items.setCurrentWidget(self.table if facts.rows else self.empty)
        self.empty.set_words(
            self.tr("{0} için liste yok").format(format_date(facts.day)),
            self.tr(
                "Hesap, ürün kodu, ürün adı, miktar, birim ve tutar sütunları olan Excel ya da CSV listesini alın."
            ),
            self.tr("Listeyi al…"),
        )
        self.tabs.setTabText(ITEMS, self._counted(self.tr("Kalemler"), len(facts.rows)))
        self.files.show_files(facts)
        self.tabs.setTabText(FILES, self._counted(self.tr("Dosyalar"), len(facts.files)))
        total = format_amount(amount(sum(row.amount for row in facts.rows)))
        branches = len({row.branch_no for row in facts.rows})
        more = self.tr(" · {0} şube").format(branches) if branches > 1 else ""
        shown = self.tr("{0} kalem · toplam {1}{2}").format(number(len(facts.rows)), total, more)
        self.sum.setText(shown if facts.rows else "")
        self._show_ready()

    def _day_words(self, one: InventoryDay, facts: InventoryFacts) -> str:
        start, end = fiscal_year(self.company, Period.of(facts.day))
        what = {start: self.tr("dönem başı"), end: self.tr("dönem sonu")}.get(one.day, "")
        how = self.tr("{0} kalem").format(number(one.items)) if one.items else self.tr("liste yok")
        if one.state is not None and one.state > PeriodState.IMPORTED:
            how = state_words(one.state)
        return " · ".join(part for part in (format_date(one.day), what, how) if part)

    def _counted(self, title: str, count: int) -> str:
        return f"{title} {number(count)}" if count else title

    @Slot()
    def _show_ready(self) -> None:
        facts, is_free = self.facts, not self.doing.is_busy
        has = facts is not None and bool(facts.rows)
        errors = self._checked is not None and any(check.has_errors for check in self._checked)
        self.days.setEnabled(is_free)
        is_open = facts is None or not facts.is_locked
        self.take_button.setEnabled(is_free and is_open)
        self.empty.button.setEnabled(is_free)
        self.check_button.setEnabled(is_free and has)
        self.build_button.setEnabled(is_free and has and not errors and is_open)
        self.life.show_facts(facts, is_free=is_free)
        is_built = facts is not None and facts.is_built
        self.build_button.setText(self.tr("Yeniden oluştur") if is_built else self.tr("Oluştur ve mühürle"))

    @Slot()
    def _on_day_chosen(self) -> None:
        self.show_day(self.days.currentData())

    def show_day(self, day: date) -> None:
        """Show another day of the year."""
        if day != self.day:
            self.day = day
            self.message.hide()
            self._show_checks(None)
            self.refresh()

    # -- doing -----------------------------------------------------------------------------------------------------

    @Slot()
    def _on_take_clicked(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self,
            self.tr("Envanter listesini seçin"),
            "",
            self.tr("Listeler (*.csv *.txt *.tsv *.xlsx *.xlsm *.xls *.ods);;Bütün dosyalar (*)"),
        )
        if name:
            self.take(Path(name))

    def take(self, path: Path) -> None:
        """Show the list and, when the user agrees, take it as this day's."""
        if self.doing.is_busy:
            return
        dialog = InventoryImportDialog(self._desk, self.company, path, self.day, self)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        decimals = dialog.decimals
        dialog.deleteLater()
        if accepted:
            self._take(path, decimals, replace=False)

    def _take(self, path: Path, decimals: str, *, replace: bool) -> None:
        self.doing.take(self.day, path, decimals, partial(self._on_taken, path, decimals), replace=replace)

    def _on_taken(self, path: Path, decimals: str, result: InventoryImport) -> None:
        if not result.taken and result.is_same:
            self.message.show_message("ok", self.tr("Bu liste zaten alınmış; hiçbir şey değişmedi."))
            return
        if not result.taken:
            if self._may_replace(result):
                self._take(path, decimals, replace=True)
            return
        self._show_checks(None)
        words = self.tr("{0} kalem alındı.").format(number(result.items))
        if result.bad_total:
            first = result.bad[0]
            more = self.tr(" {0} satır alınmadı; ilki {1}. satır: {2}")
            words += more.format(number(result.bad_total), first.source_line, first.message)
        self.message.show_message("warn" if result.bad_total else "ok", words)
        self.tabs.setCurrentIndex(ITEMS)
        self.refresh()

    def _may_replace(self, result: InventoryImport) -> bool:
        facts = self.facts
        sealed = self.tr(
            " Mühürlenmiş envanteri de oluşturulmamış sayılır; dosyaları yeniden oluşturulana kadar yerinde kalır,"
            " sonra iptal klasörüne taşınır."
        )
        consequence = self.tr("{0} gününün {1} kalemi kaldırılır, yerine dosyadaki {2} kalem konur.").format(
            format_date(self.day), number(len(facts.rows) if facts else 0), number(result.items)
        )
        return confirm(
            self.tr("{0} envanterinin yerine konsun mu?").format(format_date(self.day)),
            company=self.company.company.party.display_name,
            consequence=consequence + (sealed if facts is not None and facts.is_built else ""),
            yes=self.tr("{0} kalemin yerine koy").format(number(len(facts.rows) if facts else 0)),
            parent=self,
        )

    @Slot()
    def check(self) -> None:
        """Look at the day's list."""
        self.doing.check(self.day, self._on_checked)

    def _on_checked(self, checks: list[MonthCheck]) -> None:
        self._show_checks(checks)
        if any(check.findings for check in checks):
            self.tabs.setCurrentIndex(FINDINGS)
        if not any(check.has_errors for check in checks):
            self.message.show_message("ok", self.tr("Denetim bitti: oluşturmayı engelleyen hata yok."))

    def _show_checks(self, checks: list[MonthCheck] | None) -> None:
        self._checked = checks
        told = [one.finding for one in told_of(checks or [])]
        self.findings.set_findings(told)
        self.found.setCurrentWidget(self.findings if checks is not None else self.unchecked)
        self.tabs.setTabText(FINDINGS, self._counted(self.tr("Bulgular"), len(told)))
        self._show_ready()

    @Slot()
    def _on_build_clicked(self) -> None:
        facts = self.facts
        if facts is None or not facts.rows or self.doing.is_busy:
            return
        count = _BOOKS * max(1, len({row.branch_no for row in facts.rows}))
        where = self.tr("{0} envanter defteri ve beratı mühürlenip bu bilgisayara yazılır; GİB'e gönderilmez.")
        choice = pin.ask_seal(self._desk, self.company, count, where.format(format_date(self.day)), self)
        if choice is not None:
            self.doing.build(self.day, choice.sealer, self._on_built)

    def _on_built(self, report: BuildReport) -> None:
        self._show_checks(report.checks)
        self.findings.set_findings([one.finding for one in told_of(report.checks, report.official)])
        if not report.is_built:
            self.tabs.setCurrentIndex(FINDINGS)
            words = self.tr("Envanter oluşturulmadı: engelleyen hatalar 'Bulgular' sekmesinde, hepsi bir arada.")
            self.message.show_message("error", words)
            return
        self.tabs.setCurrentIndex(FILES)
        words = self.tr("Envanter defteri ve beratı mühürlendi: {0} dosya.").format(number(len(report.files)))
        self.message.show_message("ok", words)
        self.refresh()

    # -- after the seal --------------------------------------------------------------------------------------------

    @Slot()
    def _on_filed(self) -> None:
        self.doing.file(self.day, self._on_was_filed)

    def _on_was_filed(self, _: None) -> None:
        self._on_moved(self.tr("Yüklendi olarak işaretlendi; GİB onaylı beratları gelince alın."))

    @Slot(object)
    def _on_approved(self, paths: list[Path]) -> None:
        self.doing.approve(self.day, paths, self._on_approval)

    def _on_approval(self, report: ApprovalReport) -> None:
        if report.is_complete and not report.refused:
            self._on_moved(self.tr("GİB beratları tamam: envanter kapandı."))
            return
        name, why = next(iter(report.refused), ("", ""))
        words = self.tr("{0} berat alındı, {1} dosya alınmadı.").format(len(report.taken), len(report.refused))
        self.message.show_message("warn", f"{words} {name} {why}".strip())
        self.refresh()

    @Slot(str, str)
    def _on_taken_back(self, who: str, on: str) -> None:
        self.doing.take_back(self.day, who, on, self._on_was_taken_back)

    def _on_was_taken_back(self, moved: list[Path]) -> None:
        words = self.tr("Geri alındı; {0} dosya 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşındı.")
        self._show_checks(None)
        self._on_moved(words.format(number(len(moved))))

    def _on_moved(self, words: str) -> None:
        self.message.show_message("ok", words)
        self.refresh()

    # -- jobs ------------------------------------------------------------------------------------------------------

    @Slot(object, str)
    def _on_began(self, handle: JobHandle, title: str) -> None:
        self.message.hide()
        self.bar.watch(handle, title)
        self._show_ready()

    @Slot()
    def _on_over(self) -> None:
        self.bar.done()
        self._show_ready()

    @Slot()
    def _on_cancelled(self) -> None:
        self.message.show_message("wait", self.tr("Durduruldu; envanter işten önceki gibi."))

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.message.show_error(error)
