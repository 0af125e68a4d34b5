"""Yedek: back up now, and put a backup back: a dry run first, then a question that names what is replaced."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.domain.turkish import format_datetime
from app.storage.backup import BackupReport, RestoreReport
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import backup_work
from app.ui.pages.settings.form import PlainButton, Verdict, bring_into_view, pad_items
from app.ui.pages.settings.subject import FormSubject
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, PrimaryButton, QuietButton, QuietLabel, Section
from app.workflows.context import WorkContext

_ALL = Changes(documents=True, partners=True, companies=True, settings=True, accounts=True)
_ROWS = 6


def size_text(size_bytes: int) -> str:
    """`3,4 MB`"""
    if size_bytes < 1024 * 1024:
        return f"{max(1, size_bytes // 1024)} KB"
    return f"{size_bytes / (1024 * 1024):.1f} MB".replace(".", ",")


def count_text(count: int, noun: str) -> str:
    return f"{count:,} {noun}".replace(",", ".")


class BackupSubject(FormSubject):
    """Nothing is replaced without the question; the present database is always kept aside."""

    key = "backup"
    icon = "save"
    shows = Changes()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Yedek"),
            self.tr(
                "Yedek; firmaları, belgeleri, numaraları ve ayarları tek dosyada saklar. Entegratör parolaları yedekte "
                "bulunmaz. Yedeği başka bir diske ya da USB belleğe de kopyalayın."
            ),
            parent,
        )
        self._kept: tuple[backup_work.KeptFile, ...] = ()
        self._source: Path | None = None
        self.column.addWidget(self._make_part())
        self.column.addWidget(self._restore_part(), 1)

    def refresh(self) -> None:
        self.desk.run(self.tr("Yedekler okunuyor"), partial(_state, self.desk), self._on_state_read, owner=self)

    def back_up(self, target: Path | None = None) -> None:
        """Back up as a job, into the backups folder or into `target`."""
        self._set_busy(True)
        self.made.say("wait", self.tr("Yedekleniyor…"))
        self.desk.run(
            self.tr("Yedek alınıyor"),
            partial(_make, self.desk, target),
            self._on_made,
            owner=self,
            failed=self._on_make_failed,
        )

    def look_at(self, source: Path) -> None:
        """The dry run: whether `source` can be restored and what it holds."""
        self.question.setVisible(False)
        self._source = source
        self._set_busy(True)
        self.found.say("wait", self.tr("Yedek deneniyor: kopyalanıyor, sağlamlığına bakılıyor…"))
        self.desk.run(
            self.tr("Yedek deneniyor"),
            partial(_try, source),
            self._on_tried,
            owner=self,
            failed=self._on_try_failed,
        )

    def _make_part(self) -> Section:
        section = Section(self.tr("Yedek al"), self, raised=True)
        self.last = QLabel(section)
        self.last.setWordWrap(True)
        self.now_button = PrimaryButton(self.tr("Şimdi yedekle"), section, icon="save", shortcut="Ctrl+B")
        self.where_button = PlainButton(self.tr("Başka yere yedekle…"), section, icon="folder")
        self.made = Verdict(section)
        row = QHBoxLayout()
        row.addWidget(self.now_button)
        row.addWidget(self.where_button)
        row.addStretch(1)
        section.body.addWidget(self.last)
        section.body.addLayout(row)
        section.body.addWidget(self.made)
        self.now_button.clicked.connect(self._on_now_button_clicked)
        self.where_button.clicked.connect(self._on_where_button_clicked)
        return section

    def _restore_part(self) -> Section:
        section = Section(
            self.tr("Geri yükle"),
            self,
            sentence=self.tr("Önce deneme yapılır; onaylamadan hiçbir şey değişmez."),
        )
        self.table = QTableWidget(0, 4, section)
        self.table.setHorizontalHeaderLabels([self.tr("Tarih"), self.tr("Ne"), self.tr("Boyut"), self.tr("Dosya")])
        self.table.setAccessibleName(self.tr("Saklanan yedekler"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(tokens.ROW_PX)
        pad_items(self.table)
        self.table.setMinimumHeight(tokens.ROW_PX * _ROWS)
        self.table.setVisible(False)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # One line and no picture: at 150 % the page has no room for more, and the button that begins stands above.
        self.empty = QuietLabel(
            self.tr("Henüz yedek yok. Alınan yedekler burada listelenir; başka yerdekini “Dosyadan seç…” ile açın."),
            section,
            wrap=True,
        )
        self.try_button = PlainButton(self.tr("Seçileni dene"), section, icon="undo")
        self.file_button = PlainButton(self.tr("Dosyadan seç…"), section, icon="folder")
        self.found = Verdict(section)
        row = QHBoxLayout()
        row.addWidget(self.try_button)
        row.addWidget(self.file_button)
        row.addStretch(1)
        section.body.addWidget(self.table, 1)
        section.body.addWidget(self.empty)
        section.body.addLayout(row)
        section.body.addWidget(self.found)
        section.body.addWidget(self._question())
        self.try_button.clicked.connect(self._on_try_button_clicked)
        self.file_button.clicked.connect(self._on_file_button_clicked)
        self.table.itemSelectionChanged.connect(self._on_selection_changed)
        self.table.itemActivated.connect(self._on_try_button_clicked)
        return section

    def _question(self) -> QFrame:
        self.question = QFrame(self)
        self.question.setProperty("role", "raised")
        self.question.setAccessibleName(self.tr("Geri yüklensin mi?"))
        self.question_words = QLabel(self.question)
        self.question_words.setWordWrap(True)
        self.yes_button = PlainButton(self.tr("Veritabanını değiştir"), self.question, icon="warn")
        self.no_button = QuietButton(self.tr("Vazgeç"), self.question)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.yes_button)
        row.addWidget(self.no_button)
        column = QVBoxLayout(self.question)
        column.setContentsMargins(tokens.L, tokens.M, tokens.L, tokens.M)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(self.tr("Geri yüklensin mi?"), self.question))
        column.addWidget(self.question_words)
        column.addLayout(row)
        self.yes_button.clicked.connect(self._on_yes_button_clicked)
        self.no_button.clicked.connect(self._on_no_button_clicked)
        self.question.setVisible(False)
        return self.question

    def _set_busy(self, is_busy: bool) -> None:
        for button in (self.now_button, self.where_button, self.file_button):
            button.setEnabled(not is_busy)
        self.try_button.setEnabled(not is_busy and bool(self.table.selectedItems()))

    @Slot(object)
    def _on_state_read(self, state: backup_work.BackupState) -> None:
        self._kept = state.kept
        if state.last_at is None:
            self.last.setText(self.tr("Bu bilgisayarda henüz yedek alınmamış."))
        else:
            self.last.setText(self.tr("Son yedek: {0}, {1}").format(format_datetime(state.last_at), state.last_path))
        self.table.setRowCount(len(state.kept))
        for row, file in enumerate(state.kept):
            what = self.tr("Geri yüklemeden önceki veritabanı") if file.is_aside else self.tr("Yedek")
            for column, text in enumerate((format_datetime(file.at), what, size_text(file.size_bytes), file.path.name)):
                item = QTableWidgetItem(text)
                if column == 2:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.table.setVisible(bool(state.kept))
        self.try_button.setVisible(bool(state.kept))
        self.empty.setVisible(not state.kept)
        self._set_busy(False)

    @Slot(object)
    def _on_made(self, report: BackupReport) -> None:
        self.made.say(
            "ok",
            self.tr("Yedeklendi ve sağlamlığına bakıldı: {0}, {1}, {2}. {3}").format(
                count_text(report.companies, self.tr("firma")),
                count_text(report.documents, self.tr("belge")),
                size_text(report.size_bytes),
                report.path,
            ),
        )
        self.refresh()

    @Slot(object)
    def _on_make_failed(self, error: AppError) -> None:
        self._set_busy(False)
        self.made.say("error", error.sentence)

    @Slot(object)
    def _on_tried(self, report: RestoreReport) -> None:
        self._set_busy(False)
        source = report.source
        older = self.tr(" Eski sürümün yedeği; geri yüklenirken güncellenir.") if report.is_migrated else ""
        self.found.say(
            "ok",
            self.tr("Yedek sağlam: {0}, {1}.{2} Henüz hiçbir şey değişmedi.").format(
                count_text(source.companies, self.tr("firma")), count_text(source.documents, self.tr("belge")), older
            ),
        )
        self.question_words.setText(
            self.tr(
                "{0} içindeki firmaların, belgelerin, numaraların ve ayarların hepsi, {1} dosyasındakilerle "
                "değiştirilecek. Yedekten sonra mühürlenen ya da alınan belgeler görünmez olur. Şimdiki veritabanı "
                "silinmez; {2} klasöründe saklanır ve buradan geri alınabilir."
            ).format(self.desk.office.folder.database, source.path.name, self.desk.office.folder.backups)
        )
        self.question.setVisible(True)
        self.no_button.setFocus()
        bring_into_view(self.question)

    @Slot(object)
    def _on_try_failed(self, error: AppError) -> None:
        self._set_busy(False)
        self._source = None
        self.found.say("error", error.sentence)
        bring_into_view(self.found)

    @Slot()
    def _on_yes_button_clicked(self) -> None:
        if self._source is None:
            return
        running = self.desk.runner.live_jobs()
        if running:
            titles = ", ".join(dict.fromkeys(job.title for job in running))
            self.found.say("warn", self.tr("Önce süren işlerin bitmesini bekleyin: {0}.").format(titles))
            return
        self.question.setVisible(False)
        self._set_busy(True)
        self.found.say("wait", self.tr("Geri yükleniyor…"))
        self.desk.run(
            self.tr("Yedek geri yükleniyor"),
            partial(_put_back, self.desk, self._source, self.desk.company),
            self._on_put_back,
            owner=self,
            failed=self._on_put_back_failed,
        )

    @Slot()
    def _on_no_button_clicked(self) -> None:
        self.question.setVisible(False)
        self.found.say("wait", self.tr("Vazgeçildi; hiçbir şey değişmedi."))

    @Slot(object)
    def _on_put_back(self, result: tuple[RestoreReport, CompanyRecord | None]) -> None:
        report, company = result
        self._set_busy(False)
        self._source = None
        kept = self.tr(" Önceki veritabanı: {0}").format(report.kept_aside.name) if report.kept_aside else ""
        self.found.say(
            "ok",
            self.tr("Geri yüklendi: {0}, {1}.{2}").format(
                count_text(report.source.companies, self.tr("firma")),
                count_text(report.source.documents, self.tr("belge")),
                kept,
            ),
        )
        self.desk.set_company(company)
        self.desk.changed.emit(_ALL)
        self.refresh()

    @Slot(object)
    def _on_put_back_failed(self, error: AppError) -> None:
        self._set_busy(False)
        self.found.say("error", error.sentence)

    @Slot()
    def _on_selection_changed(self) -> None:
        self.try_button.setEnabled(bool(self.table.selectedItems()) and self.now_button.isEnabled())

    @Slot()
    def _on_try_button_clicked(self) -> None:
        row = self.table.currentRow()
        if 0 <= row < len(self._kept):
            self.look_at(self._kept[row].path)

    @Slot()
    def _on_file_button_clicked(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, self.tr("Yedek dosyası seç"), "", self.tr("Yedekler (*.db);;Bütün dosyalar (*)")
        )
        if name:
            self.look_at(Path(name))

    @Slot()
    def _on_now_button_clicked(self) -> None:
        self.back_up()

    @Slot()
    def _on_where_button_clicked(self) -> None:
        offered = backup_work.file_name(self.desk.office.clock.now())
        name, _filter = QFileDialog.getSaveFileName(self, self.tr("Yedeğin yeri"), offered, self.tr("Yedekler (*.db)"))
        if name:
            self.back_up(Path(name))


def _state(desk: Desk, _ctx: WorkContext) -> backup_work.BackupState:
    return backup_work.state(desk.office)


def _make(desk: Desk, target: Path | None, _ctx: WorkContext) -> BackupReport:
    return backup_work.make(desk.office, target)


def _try(source: Path, _ctx: WorkContext) -> RestoreReport:
    return backup_work.try_restore(source)


def _put_back(
    desk: Desk, source: Path, company: CompanyRecord | None, _ctx: WorkContext
) -> tuple[RestoreReport, CompanyRecord | None]:
    return backup_work.put_back(desk.office, source, company)
