"""Vouchers out of the accounting program's own database: a kept query, its preview, the same columns as a file's."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.voucher import Period
from app.edefter.sources.reading import rows_of_cells
from app.edefter.sources.shape import SourceShape
from app.runtime.lanes import Cancelled
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs.sizes import open_at
from app.ui.jobs import JobHandle
from app.ui.ledger.job_bar import JobBar
from app.ui.ledger.query_form import QueryForm
from app.ui.ledger.shape_panel import ShapePanel
from app.ui.ledger.words import month_name, number
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, HeadingLabel, IconButton, PrimaryButton, QuietButton, QuietLabel, line_frame
from app.workflows.context import WorkContext
from app.workflows.ledger_connections import Login, View, address_of, delete_view, login_of, save_view, views
from app.workflows.ledger_query import open_source

Looked = tuple[View, SourceShape, list[list[str]]]


class QueryDialog(QDialog):
    """`ready` is what the user agreed to: (view, login, shape). `period` names the month that may be replaced."""

    def __init__(
        self,
        desk: Desk,
        company: CompanyRecord,
        *,
        period: Period | None,
        vouchers: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.company, self.period, self.vouchers = company, period, vouchers
        self._views: list[View] = []
        self._looked: View | None = None
        self._handle: JobHandle | None = None
        title = self.tr("Veritabanından fiş al")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.saved = QComboBox(self)
        self.saved.setAccessibleName(self.tr("Kayıtlı sorgu"))
        self.saved.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.saved.activated.connect(self._on_saved_chosen)
        self.name = QLineEdit(self)
        self.name.setAccessibleName(self.tr("Sorgunun adı"))
        self.name.setPlaceholderText(self.tr("sorguya ad verin"))
        self.name.setMaximumWidth(tokens.TEXT_WIDTH_PX // 2)
        self.name.textChanged.connect(self._show_ready)
        self.save = QuietButton(self.tr("Sorguyu sakla"), self, icon="save")
        self.save.clicked.connect(self._on_save_clicked)
        self.forget = IconButton("trash", self.tr("Kayıtlı sorguyu sil"), self)
        self.forget.clicked.connect(self._on_forget_clicked)
        self.form = QueryForm(self)
        self.form.edited.connect(self._on_form_edited)
        self.look = QuietButton(self.tr("Önizle (F5)"), self, icon="eye")
        self.look.clicked.connect(self.look_at)
        QShortcut(QKeySequence(Qt.Key.Key_F5), self, self.look_at)
        self.bar = JobBar(self)
        self.panel = ShapePanel(desk, company, self)
        self.replace = QCheckBox(self)
        self.replace.setVisible(period is not None and vouchers > 0)
        if period is not None:
            asked = self.tr("{0} ayındaki {1} fişin yerine koy").format(month_name(period), number(vouchers))
            self.replace.setText(asked)
        self.go = PrimaryButton(self.tr("İçe aktar"), self, icon="import")
        self.go.clicked.connect(self.accept)
        self.cancel = QuietButton(self.tr("Vazgeç"), self)
        self.cancel.clicked.connect(self.reject)
        self._lay(title)
        self._show_nothing()
        self.panel.changed.connect(self._show_ready)
        self._show_ready()
        self.form.driver.setFocus()
        self._read_views("")

    def _lay(self, title: str) -> None:
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        words = QuietLabel(self.tr("Kayıtlı sorgu:"), self)
        words.setBuddy(self.saved)
        top.addWidget(words)
        top.addWidget(self.saved)
        top.addWidget(self.forget)
        top.addStretch(1)
        top.addWidget(self.name, 1)
        top.addWidget(self.save)
        self.form.foot.addWidget(self.look)
        buttons = QHBoxLayout()
        buttons.addWidget(self.replace)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.L)
        column.setSpacing(tokens.S)
        column.addWidget(HeadingLabel(title, self))
        column.addWidget(ElidedLabel(self.company.company.party.display_name, self))
        column.addLayout(top)
        column.addWidget(self.form)
        column.addWidget(self.bar)
        column.addWidget(line_frame(self))
        column.addWidget(self.panel, 1)
        column.addLayout(buttons)
        open_at(self, tokens.TEXT_WIDTH_PX * 2, tokens.POPUP_HEIGHT_PX + 200)

    @property
    def ready(self) -> tuple[View, Login, SourceShape] | None:
        """What an import would take; None while something is open, or the query differs from the one looked at."""
        shape, view = self.panel.ready_shape, self._looked
        if shape is None or view is None or not self.panel.is_ready or self.form.view() != view:
            return None
        return view, self.form.login, shape

    # -- kept queries ----------------------------------------------------------------------------------------------

    def _read_views(self, chosen: str) -> None:
        company = self.company

        def read(s: OpenSession) -> list[View]:
            return views(s, company.id)

        self._desk.read(read, partial(self._on_views, chosen), owner=self)

    def _on_views(self, chosen: str, found: list[View]) -> None:
        self._views = found
        self.saved.clear()
        self.saved.addItem(self.tr("seçilmedi") if found else self.tr("henüz yok"), "")
        for view in found:
            self.saved.addItem(view.name, view.name)
        self.saved.setEnabled(bool(found))
        self.saved.setCurrentIndex(max(0, self.saved.findData(chosen)))
        if not chosen and len(found) == 1 and not self.form.query.toPlainText():
            # The only one is the one that is wanted.
            self.saved.setCurrentIndex(1)
            self._on_saved_chosen()
        self._show_ready()

    @Slot()
    def _on_saved_chosen(self) -> None:
        name = str(self.saved.currentData() or "")
        view = next((one for one in self._views if one.name == name), None)
        if view is None:
            return
        company, office = self.company, self._desk.office
        self.name.setText(name)
        self._desk.run(
            self.tr("Bağlantı okunuyor"),
            # The secret store is opened by the worker: it may be a slow keyring.
            lambda _ctx: login_of(company, view, secrets=office.secrets),
            partial(self.form.show_view, view),
            owner=self,
            company=company,
            failed=self._on_failed,
        )

    @Slot()
    def _on_save_clicked(self) -> None:
        view, login, company = self.form.view(self.name.text()), self.form.login, self.company
        office = self._desk.office

        def then(_: None) -> None:
            self._read_views(view.name)

        self._desk.run(
            self.tr("Sorgu saklanıyor"),
            lambda ctx: save_view(ctx, company, view, login, secrets=office.secrets),
            then,
            owner=self,
            company=company,
            failed=self._on_failed,
        )

    @Slot()
    def _on_forget_clicked(self) -> None:
        name, company, office = str(self.saved.currentData() or ""), self.company, self._desk.office

        def then(_: None) -> None:
            self._read_views("")

        if name:
            self._desk.run(
                self.tr("Sorgu siliniyor"),
                lambda ctx: delete_view(ctx, company, name, secrets=office.secrets),
                then,
                owner=self,
                company=company,
                failed=self._on_failed,
            )

    # -- looking ---------------------------------------------------------------------------------------------------

    @Slot()
    def look_at(self) -> None:
        """Ask the database for its first rows and show what they were taken for."""
        if self._handle is not None or self.form.problem:
            return
        view, login = self.form.view(), self.form.login

        def work(ctx: WorkContext) -> Looked:
            with open_source(address_of(view, login), view.query, name=view.name) as source:
                ctx.progress.checkpoint()
                return view, source.shape, source.sample

        title = self.tr("Sorgu çalışıyor")
        self.panel.show_words(self.tr("Sorgu çalışıyor…"), self.tr("İlk satırlar gelince burada görünür."))
        self._handle = self._desk.run(
            title, work, self._on_looked, owner=self, company=self.company, failed=self._on_look_failed
        )
        self._handle.ended.connect(self._on_look_ended)
        self.bar.watch(self._handle, title)
        self._show_ready()

    def _on_looked(self, answer: Looked) -> None:
        view, shape, sample = answer
        self._looked = view
        self.panel.show_shape(shape, lambda ready: rows_of_cells(sample, ready))

    @Slot(object)
    def _on_look_ended(self, outcome: object) -> None:
        self._handle = None
        self.bar.done()
        if isinstance(outcome, Cancelled):
            self._show_nothing()
        self._show_ready()

    def _on_look_failed(self, error: AppError) -> None:
        # What the server said helps whoever wrote the query; secrets are out of it.
        said = f"{error.sentence} {error.raw_text}" if error.raw_text else error.sentence
        self.panel.show_words(self.tr("Sorgu çalıştırılamadı"), said)

    def _on_failed(self, error: AppError) -> None:
        self.panel.message.show_error(error)

    def _show_nothing(self) -> None:
        self._looked = None
        self.panel.show_words(
            self.tr("Henüz önizleme yok"),
            self.tr(
                "Muhasebe programınızın e-Defter görünümüne bir SELECT yazın ve önizleyin; sütunları o zaman eşlenir."
            ),
        )

    @Slot()
    def _on_form_edited(self) -> None:
        if self._looked is not None and self.form.view() != self._looked and self._handle is None:
            # What is shown would no longer be what is imported.
            self._show_nothing()
        self._show_ready()

    @Slot()
    def _show_ready(self) -> None:
        problem = bool(self.form.problem)
        self.look.setEnabled(not problem and self._handle is None)
        self.save.setEnabled(not problem and bool(self.name.text().strip()))
        self.forget.setEnabled(bool(self.saved.currentData()))
        self.go.setEnabled(self.ready is not None and self._handle is None)
