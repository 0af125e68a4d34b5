"""Günlük: what the program did, masked; filtered by level and words, following the file; and the support package."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import support
from app.ui.pages.settings.form import PlainButton, pad_items
from app.ui.pages.settings.log_model import LogLine, LogModel, Tail, newest_log, read_new
from app.ui.pages.settings.subject import Subject
from app.ui.theme import tokens
from app.ui.theme.style import theme
from app.ui.widgets import EmptyState, HeadingLabel, MessageBar, QuietLabel
from app.workflows.context import WorkContext

_FOLLOW_MS = 1000
_TYPING_MS = 200


class LogSubject(Subject):
    """Reads the newest file in a job; while it follows, only a file that has grown is read again."""

    key = "log"
    icon = "document"
    shows = Changes()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAccessibleName(self.tr("Günlük"))
        self._tail = Tail()
        self._is_reading = False
        self.level = QComboBox(self)
        self.level.setAccessibleName(self.tr("En az düzey"))
        for rank, title in ((0, self.tr("Tümü")), (30, self.tr("Uyarı ve hatalar")), (40, self.tr("Yalnız hatalar"))):
            self.level.addItem(title, rank)
        self.words = QLineEdit(self)
        self.words.setPlaceholderText(self.tr("Günlükte ara"))
        self.words.setAccessibleName(self.tr("Günlükte ara"))
        self.words.setClearButtonEnabled(True)
        self.follow = QCheckBox(self.tr("Sona git"), self)
        self.follow.setToolTip(self.tr("Yeni satır geldikçe sonu gösterilir"))
        self.follow.setChecked(True)
        self.package_button = PlainButton(self.tr("Destek paketi…"), self, icon="export")
        self.copy_button = PlainButton(self.tr("Kopyala"), self, icon="copy")
        self.message = MessageBar(parent=self)
        self.model = LogModel(self)
        self.table = QTableView(self)
        self.table.setAccessibleName(self.tr("Günlük satırları"))
        self.table.setModel(self.model)
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(tokens.ROW_PX)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        pad_items(self.table)
        metrics = self.table.fontMetrics()
        for column, sample in enumerate(("00.00.0000 00:00:00", "Ağır hata" + "0" * 3, "connectors.izibiz.wire")):
            self.table.setColumnWidth(column, metrics.horizontalAdvance(sample) + 2 * tokens.M)
        self.detail = QPlainTextEdit(self)
        self.detail.setReadOnly(True)
        self.detail.setAccessibleName(self.tr("Seçilen satırın tamamı"))
        self.detail.setPlaceholderText(self.tr("Bir satır seçin; tamamı burada görünür."))
        self.empty = EmptyState("document", "", "", parent=self)
        self._timer = QTimer(self)
        self._timer.setInterval(_FOLLOW_MS)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._on_filter_changed)
        self._lay()
        self._show_rows()
        self.level.currentIndexChanged.connect(self._on_filter_changed)
        self.words.textChanged.connect(self._typing.start)
        self.follow.toggled.connect(self._on_follow_toggled)
        self.package_button.clicked.connect(self._on_package_button_clicked)
        self.copy_button.clicked.connect(self._on_copy_button_clicked)
        self.message.acted.connect(self._on_message_acted)
        self.table.selectionModel().currentRowChanged.connect(self._on_current_row_changed)
        theme().changed.connect(self._on_theme_changed)
        self._package: Path | None = None

    def refresh(self) -> None:
        self._read()

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: Any) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def make_package(self, target: Path) -> None:
        """Write the support package as a job."""
        self.package_button.setEnabled(False)
        self.desk.run(
            self.tr("Destek paketi hazırlanıyor"),
            partial(_package, self.desk, target),
            self._on_packaged,
            owner=self,
            failed=self._on_package_failed,
        )

    def _lay(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(tokens.S)
        bar.addWidget(self.level)
        bar.addWidget(self.words, 1)
        bar.addWidget(self.follow)
        bar.addWidget(self.copy_button)
        bar.addWidget(self.package_button)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.table)
        splitter.addWidget(self.detail)
        splitter.setStretchFactor(0, 4)
        splitter.setStretchFactor(1, 1)
        self.rows = QStackedWidget(self)
        self.rows.addWidget(splitter)
        self.rows.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XL, tokens.L, tokens.XL, tokens.L)
        column.setSpacing(tokens.M)
        column.addWidget(HeadingLabel(self.tr("Günlük"), self))
        column.addWidget(
            QuietLabel(
                self.tr(
                    "Programın yaptıkları. Vergi ve kimlik numaraları, parolalar ve PIN'ler maskelenmiştir. Destek "
                    "paketi bu günlüğü ve bilgisayar bilgilerini, firma adları da çıkarılmış olarak bir ZIP "
                    "dosyasına koyar."
                ),
                self,
                wrap=True,
            )
        )
        column.addWidget(self.message)
        column.addLayout(bar)
        column.addWidget(self.rows, 1)

    def _read(self) -> None:
        if self._is_reading:
            return
        self._is_reading = True
        self.desk.run(
            self.tr("Günlük okunuyor"),
            partial(_read_lines, self.desk.office.folder.logs, self._tail),
            self._on_lines_read,
            owner=self,
            failed=self._on_read_failed,
        )

    @Slot(object)
    def _on_lines_read(self, result: tuple[list[LogLine], Tail]) -> None:
        lines, self._tail = result
        self._is_reading = False
        self.model.add(lines)
        self._show_rows()
        if self.follow.isChecked() and lines:
            self.table.scrollToBottom()

    def _show_rows(self) -> None:
        """The list, or why it is empty."""
        has_rows = bool(self.model.rowCount())
        self.rows.setCurrentIndex(0 if has_rows else 1)
        self.copy_button.setEnabled(has_rows)
        if has_rows:
            return
        if self.words.text() or self.level.currentData():
            self.empty.set_words(
                self.tr("Bu süzgeçle satır yok"), self.tr("Aranan sözü silin ya da düzeyi “Tümü” yapın.")
            )
        else:
            self.empty.set_words(
                self.tr("Günlükte henüz satır yok"),
                self.tr("Program bir iş yaptıkça, örneğin eşitleyince, burada bir satır belirir."),
            )

    @Slot(object)
    def _on_read_failed(self, error: AppError) -> None:
        self._is_reading = False
        self.message.show_error(error)

    @Slot()
    def _on_timer_timeout(self) -> None:
        path = newest_log(self.desk.office.folder.logs)
        try:
            has_grown = path is not None and (path != self._tail.path or path.stat().st_size > self._tail.offset)
        except OSError:
            has_grown = False
        if has_grown:
            self._read()

    @Slot()
    def _on_filter_changed(self) -> None:
        self.model.set_filter(rank=self.level.currentData(), words=self.words.text())
        self._show_rows()
        if self.follow.isChecked():
            self.table.scrollToBottom()

    @Slot(bool)
    def _on_follow_toggled(self, is_on: bool) -> None:
        if is_on:
            self.table.scrollToBottom()

    @Slot(QModelIndex, QModelIndex)
    def _on_current_row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.detail.setPlainText(self.model.line(current.row()).text if current.isValid() else "")

    @Slot()
    def _on_copy_button_clicked(self) -> None:
        """The selected lines, or all that are shown."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        lines = [self.model.line(row) for row in rows] if rows else self.model.lines()
        QGuiApplication.clipboard().setText("\n".join(line.text for line in lines))
        self.message.show_message("ok", self.tr("{0} satır kopyalandı.").format(len(lines)))

    @Slot()
    def _on_package_button_clicked(self) -> None:
        offered = support.file_name(self.desk.office.clock.now())
        name, _filter = QFileDialog.getSaveFileName(
            self, self.tr("Destek paketinin yeri"), offered, self.tr("ZIP dosyaları (*.zip)")
        )
        if name:
            self.make_package(Path(name))

    @Slot(object)
    def _on_packaged(self, path: Path) -> None:
        self._package = path
        self.package_button.setEnabled(True)
        self.message.show_message(
            "ok",
            self.tr(
                "Destek paketi hazır: {0}. İçinde parola ya da kişisel numara yok; göndermeden önce bakabilirsiniz."
            ).format(path),
            self.tr("Klasörü aç"),
        )

    @Slot(object)
    def _on_package_failed(self, error: AppError) -> None:
        self.package_button.setEnabled(True)
        self.message.show_error(error)

    @Slot()
    def _on_message_acted(self) -> None:
        if self._package is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._package.parent)))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.table.viewport().update()


def _read_lines(folder: Path, after: Tail, _ctx: WorkContext) -> tuple[list[LogLine], Tail]:
    return read_new(folder, after)


def _package(desk: Desk, target: Path, _ctx: WorkContext) -> Path:
    return support.build(desk.office, target)
