"""Kurallar: GİB's own rule packages, which release is in use, and how to renew or go back."""

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
from app.domain.turkish import format_date, format_datetime
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import rules_work
from app.ui.pages.settings.form import PlainButton, Verdict, bring_into_view, clear_layout, pad_items
from app.ui.pages.settings.rules_work import KindState, Result
from app.ui.pages.settings.subject import FormSubject
from app.ui.theme import tokens
from app.ui.widgets import HeadingLabel, QuietButton, QuietLabel
from app.workflows.context import WorkContext

_SHOWN_CHANGES = 12


class RulesSubject(FormSubject):
    """Nothing is fetched before the button is pressed."""

    key = "rules"
    icon = "check-circle"
    shows = Changes(settings=True)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(
            desk,
            self.tr("Kurallar"),
            self.tr(
                "Belgeler GİB'in yayımladığı kural paketleriyle denetlenir. Paket kurulu değilken yalnız programın "
                "kendi kuralları çalışır; belge GİB'den yine de dönebilir."
            ),
            parent,
        )
        self._states: list[KindState] = []
        self.table = self._make_table()
        self.update_button = PlainButton(self.tr("GİB'den güncelle"), self, icon="sync")
        self.file_button = PlainButton(self.tr("Dosyadan yükle…"), self, icon="import")
        self.back_button = QuietButton(self.tr("Önceki sürüme dön…"), self, icon="undo")
        row = QHBoxLayout()
        row.addWidget(self.update_button)
        row.addWidget(self.file_button)
        row.addWidget(self.back_button)
        row.addStretch(1)
        self.verdict = Verdict(self)
        self._results = QVBoxLayout()
        self._results.setSpacing(tokens.XS)
        self.column.addWidget(self.table)
        self.column.addLayout(row)
        self.column.addWidget(self._make_question())
        self.column.addWidget(self.verdict)
        self.column.addLayout(self._results)
        self.column.addStretch(1)
        self.update_button.clicked.connect(self.update_all)
        self.file_button.clicked.connect(self._on_file_button_clicked)
        self.back_button.clicked.connect(self._on_back_button_clicked)
        self.table.itemSelectionChanged.connect(self._on_selection_changed)
        self._set_busy(True)

    def refresh(self) -> None:
        self.desk.run(self.tr("Okunuyor"), partial(_states, self.desk), self._on_states_read, owner=self)

    @Slot()
    def update_all(self) -> None:
        """Ask GİB's addresses for every kind and install what is new."""
        self._begin(self.tr("GİB'in adreslerine bakılıyor…"))
        self.desk.run(
            self.tr("GİB paketleri güncelleniyor"),
            partial(_update, self.desk),
            self._on_done,
            owner=self,
            lane=self.desk.lanes.account("gib-paketleri"),
            changes=Changes(settings=True),
            failed=self._on_failed,
        )

    def install(self, paths: list[Path]) -> None:
        """Install files that GİB published."""
        self._begin(self.tr("Paket denetleniyor ve kuruluyor…"))
        self.desk.run(
            self.tr("GİB paketi kuruluyor"),
            partial(_install, self.desk, paths),
            self._on_done,
            owner=self,
            lane=self.desk.lanes.account("gib-paketleri"),
            changes=Changes(settings=True),
            failed=self._on_failed,
        )

    def chosen(self) -> KindState | None:
        row = self.table.currentRow()
        return self._states[row] if self.table.selectedItems() and row < len(self._states) else None

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self)
        titles = (self.tr("Paket"), self.tr("Kullanılan sürüm"), self.tr("Kuruldu"), self.tr("Saklanan önceki"))
        table.setHorizontalHeaderLabels(list(titles))
        table.setAccessibleName(self.tr("GİB kural paketleri"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(tokens.ROW_PX)
        table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pad_items(table)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column in range(3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        return table

    def _make_question(self) -> QFrame:
        self.question = QFrame(self)
        self.question.setProperty("role", "raised")
        self.question.setAccessibleName(self.tr("Önceki sürüme dönülsün mü?"))
        self.question_words = QLabel(self.question)
        self.question_words.setWordWrap(True)
        self.yes_button = PlainButton(self.tr("Önceki sürümü kullan"), self.question, icon="undo")
        self.no_button = QuietButton(self.tr("Vazgeç"), self.question)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.yes_button)
        row.addWidget(self.no_button)
        column = QVBoxLayout(self.question)
        column.setContentsMargins(tokens.L, tokens.M, tokens.L, tokens.M)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(self.tr("Önceki sürüme dönülsün mü?"), self.question))
        column.addWidget(self.question_words)
        column.addLayout(row)
        self.yes_button.clicked.connect(self._on_yes_button_clicked)
        self.no_button.clicked.connect(self.question.hide)
        self.question.setVisible(False)
        return self.question

    def _begin(self, sentence: str) -> None:
        self._set_busy(True)
        self.question.setVisible(False)
        clear_layout(self._results)
        self.verdict.say("wait", sentence)

    def _set_busy(self, is_busy: bool) -> None:
        self.update_button.setEnabled(not is_busy)
        self.file_button.setEnabled(not is_busy)
        state = self.chosen()
        self.back_button.setEnabled(not is_busy and state is not None and state.earlier is not None)

    @Slot(object)
    def _on_states_read(self, states: list[KindState]) -> None:
        self._states = states
        self.table.setRowCount(len(states))
        for row, state in enumerate(states):
            at = state.installed_at
            texts = (
                state.title,
                format_date(state.current.release) if state.current else self.tr("kurulu değil"),
                format_datetime(at) if at is not None else "",
                format_date(state.earlier.release) if state.earlier else "",
            )
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(header + tokens.ROW_PX * len(states) + 2 * self.table.frameWidth())
        self._set_busy(False)

    @Slot(object)
    def _on_done(self, results: list[Result]) -> None:
        failed = sum(not result.went_well for result in results)
        if not failed:
            self.verdict.clear()
        else:
            self.verdict.say("error", self.tr("{0} paket kurulamadı; kullanılanlar değişmedi.").format(failed))
        for result in results:
            line = Verdict(self)
            self._results.addWidget(line)
            line.say("ok" if result.went_well else "error", result.sentence)
            shown = list(result.changes[:_SHOWN_CHANGES])
            if len(result.changes) > _SHOWN_CHANGES:
                shown.append(self.tr("ve {0} değişiklik daha").format(len(result.changes) - _SHOWN_CHANGES))
            for text in shown:
                self._results.addWidget(QuietLabel(text, self, wrap=True))
        self.refresh()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.verdict.say("error", error.sentence)
        self.refresh()

    @Slot()
    def _on_selection_changed(self) -> None:
        self._set_busy(not self.update_button.isEnabled())

    @Slot()
    def _on_file_button_clicked(self) -> None:
        names, _filter = QFileDialog.getOpenFileNames(
            self, self.tr("GİB paketi seç"), "", self.tr("GİB paketleri (*.zip)")
        )
        if names:
            self.install([Path(name) for name in names])

    @Slot()
    def _on_back_button_clicked(self) -> None:
        state = self.chosen()
        if state is None or state.current is None or state.earlier is None:
            return
        self.question_words.setText(
            self.tr(
                "{0}: {1} yerine {2} sürümünün kuralları kullanılır. GİB yeni kurallarla denetlediği için belgeler "
                "geri dönebilir. Yeni sürüm silinmez; dosyasını yeniden yükleyerek ya da güncelleyerek geri gelinir."
            ).format(state.title, format_date(state.current.release), format_date(state.earlier.release))
        )
        self.question.setVisible(True)
        self.no_button.setFocus()
        bring_into_view(self.question)

    @Slot()
    def _on_yes_button_clicked(self) -> None:
        state = self.chosen()
        if state is None:
            return
        self._begin(self.tr("Önceki sürüme dönülüyor…"))
        self.desk.run(
            self.tr("Önceki kural paketine dönülüyor"),
            partial(_go_back, self.desk, state),
            self._on_done,
            owner=self,
            lane=self.desk.lanes.account("gib-paketleri"),
            changes=Changes(settings=True),
            failed=self._on_failed,
        )


def _states(desk: Desk, _ctx: WorkContext) -> list[KindState]:
    return rules_work.states(desk.office)


def _update(desk: Desk, ctx: WorkContext) -> list[Result]:
    return rules_work.fetch_new(desk.office, ctx)


def _install(desk: Desk, paths: list[Path], ctx: WorkContext) -> list[Result]:
    return rules_work.install(desk.office, paths, ctx)


def _go_back(desk: Desk, state: KindState, _ctx: WorkContext) -> list[Result]:
    return rules_work.go_back(desk.office, state.kind)
