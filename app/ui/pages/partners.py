"""Cariler: to whom invoices go, whether they are registered, and to which mailbox."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError
from app.storage import companies
from app.storage.database import OpenSession
from app.storage.records import AccountRecord
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.lists.filters import ListFilter
from app.ui.lists.partner_card import PartnerCard
from app.ui.lists.partners_model import PartnerRow, PartnersModel, row_of
from app.ui.lists.partners_table import PartnersTable
from app.ui.memory import memory_of
from app.ui.pages.base import Page
from app.ui.theme import tokens
from app.ui.theme.icons import icon
from app.ui.widgets import EmptyState, MenuButton, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows import partners
from app.workflows.context import WorkContext

_DEBOUNCE_MS: Final = 150
_LIMIT: Final = 5_000


class PartnersPage(Page):
    """GUI thread only; asking goes over each company's own account lane."""

    key = "partners"
    title = "Cariler"
    shows = Changes(partners=True, companies=True)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.model = PartnersModel(self)
        self._reveal: int | None = None
        self._asked = 0
        self._pending = 0
        self._answered: tuple[int, list[str]] = (0, [])
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Carilerde ara (Ctrl+L)"))
        self.search.setAccessibleName(self.tr("Carilerde ara"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "quiet"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMaximumWidth(self.fontMetrics().averageCharWidth() * 46)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_DEBOUNCE_MS)
        self._typing.timeout.connect(self._on_typing_paused)
        self.search.textChanged.connect(self._on_text_changed)
        self.label_menu = QMenu(self)
        self.label_menu.aboutToShow.connect(self._fill_label_menu)
        self.label_menu.triggered.connect(self._on_label)
        self.label_button = MenuButton(self.tr("Gönderilecek etiket"), self.label_menu, self, icon="inbox")
        self.invoices_button = QuietButton(self.tr("Faturaları"), self, icon="outbox")
        self.invoices_button.clicked.connect(self.show_invoices)
        self.ask_button = PrimaryButton(self.tr("Sorgula"), self, icon="sync")
        self.ask_button.clicked.connect(self.ask_selected)
        self.message = MessageBar(parent=self)
        self.table = self._build_table()
        self.empty = EmptyState("partners", "", "", parent=self)
        self.empty.pressed.connect(self._on_empty_pressed)
        self.card = PartnerCard(desk, self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(self.card)
        self.splitter.setStretchFactor(0, 6)
        self.splitter.setStretchFactor(1, 4)
        if not memory_of(desk).restore_splitter(self.splitter, self.key):
            self.splitter.setSizes([640, 360])
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.splitter)
        self.stack.addWidget(self.empty)
        self.status = QuietLabel("", self)
        self.status.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        bar = QHBoxLayout()
        bar.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.XS)
        bar.setSpacing(tokens.XS)
        bar.addWidget(self.search, 1)
        bar.addStretch(1)
        for button in (self.label_button, self.invoices_button, self.ask_button):
            bar.addWidget(button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(bar)
        whole.addWidget(self.message)
        whole.addWidget(self.stack, 1)
        whole.addWidget(self.status)
        self._action(self.tr("Cariyi sorgula"), "Ctrl+Return", self.ask_selected)
        self._action(self.tr("Carinin faturaları"), "Ctrl+Shift+F", self.show_invoices)
        self._action(self.tr("Carilerde ara"), "Ctrl+L", self._on_find)
        self._on_selection()

    def _build_table(self) -> PartnersTable:
        table = PartnersTable(self.model, self)
        table.setAccessibleName(self.tr("Cari listesi"))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._on_context_menu)
        table.selectionModel().selectionChanged.connect(self._on_selection)
        table.doubleClicked.connect(self.show_invoices)
        return table

    def _action(self, text: str, shortcut: str, slot: Any) -> None:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.addAction(action)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.table.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        memory_of(self.desk).keep_splitter(self.splitter, self.key)

    @Slot(object)
    def _on_company_changed(self, company: object) -> None:
        # The cards of the firm before go at once: nothing may be asked or chosen for the wrong firm.
        self._asked += 1
        self.model.set_rows([])
        self._on_selection()
        self.message.hide()
        super()._on_company_changed(company)

    # -- reading ---------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self._asked += 1
        question, chosen = self._asked, self.desk.company

        def read(s: OpenSession) -> tuple[int, list[PartnerRow]]:
            owners = [chosen] if chosen is not None else companies.list_companies(s)
            rows = [row_of(c, p) for c in owners for p in companies.list_partners(s, c.id, limit=_LIMIT)]
            return question, rows[:_LIMIT]

        self.desk.read(read, self._on_rows, owner=self)

    def reveal(self, what: Any) -> None:
        """Select a partner by id, or search for words."""
        if isinstance(what, str):
            self.search.setText(what)
        elif isinstance(what, int):
            self._reveal = what
            self.search.clear()
            self.mark_stale()

    def _on_rows(self, answer: tuple[int, list[PartnerRow]]) -> None:
        question, rows = answer
        if question != self._asked:
            return
        kept = {row.partner.id for row in self.selected()} if self._reveal is None else {self._reveal}
        self.table.set_across(self.desk.company is None)
        self.model.set_rows(rows)
        self._select(kept)
        self._reveal = None
        self._show_state()

    def _select(self, partner_ids: set[int]) -> None:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for partner_id in partner_ids:
            row = self.model.row_of_id(partner_id)
            if row >= 0:
                index = self.model.index(row, 1)
                self.table.selectionModel().select(index, flags)
                self.table.scrollTo(index)

    def _show_state(self) -> None:
        is_empty = not self.model.rows
        if is_empty and not self.model.is_bare:
            self.empty.set_words(
                self.tr("Aradığınız cari yok"),
                self.tr("Unvan, vergi numarası veya etiketin bir parçasıyla arayın."),
                self.tr("Aramayı temizle"),
            )
        elif is_empty:
            self.empty.set_words(
                self.tr("Henüz cari yok"),
                self.tr("Alıcılar ilk faturalarıyla buraya eklenir; e-Fatura kayıtları kendiliğinden sorgulanır."),
                self.tr("Yeni fatura"),
            )
        self.stack.setCurrentWidget(self.empty if is_empty else self.splitter)
        self.status.setText(self.tr("{0} cari").format(f"{len(self.model.rows):,}".replace(",", ".")))
        self._on_selection()

    # -- selection and actions -------------------------------------------------------------------------------------

    def selected(self) -> list[PartnerRow]:
        return [self.model.rows[index.row()] for index in self.table.selectionModel().selectedRows()]

    @Slot()
    def _on_selection(self) -> None:
        chosen = self.selected()
        self.ask_button.setEnabled(bool(chosen))
        self.ask_button.setText(self.tr("Sorgula ({0})").format(len(chosen)) if len(chosen) > 1 else self.tr("Sorgula"))
        self.invoices_button.setEnabled(len(chosen) == 1)
        self.card.show_partner(chosen[0] if len(chosen) == 1 else None)
        self.label_button.setEnabled(len(chosen) == 1 and bool(chosen[0].partner.pk_labels))

    @Slot()
    def ask_selected(self) -> None:
        """Ask the integrators of the chosen cards' firms; every answer is kept as it comes."""
        by_company: dict[int, list[PartnerRow]] = {}
        for row in self.selected():
            by_company.setdefault(row.company.id, []).append(row)
        self._answered = (0, [])
        self._pending += len(by_company)
        ids = list(by_company)
        # Which lane asks depends on the account: read first, never on this thread.
        self.desk.read(
            lambda s: [(by_company[i], companies.get_account(s, i)) for i in ids],
            self._ask_each,
            owner=self,
            failed=self._on_ask_failed,
        )

    def _ask_each(self, batches: list[tuple[list[PartnerRow], AccountRecord | None]]) -> None:
        office = self.desk.office
        for rows, account in batches:
            company = rows[0].company
            if account is None:
                words = self.tr("{0}: entegratör tanımlı değil. Ayarlar ▸ Entegratörler sayfasında tanımlayın.")
                self._on_asked((0, [words.format(company.company.party.display_name)]))
                continue

            def ask(
                ctx: WorkContext, rows: list[PartnerRow] = rows, account: AccountRecord = account
            ) -> tuple[int, list[str]]:
                done, problems = 0, []
                session = office.session(account)
                for place, row in enumerate(rows):
                    ctx.progress.report(place, len(rows), f"{row.partner.party.display_name} sorgulanıyor")
                    ctx.progress.checkpoint()
                    try:
                        partners.ensure_registration(ctx, row.company, row.partner.party, session, ask_again=True)
                    except AppError as error:
                        problems.append(f"{row.partner.party.display_name}: {error.sentence}")
                    else:
                        done += 1
                return done, problems

            self.desk.run(
                self.tr("Cariler sorgulanıyor"),
                ask,
                self._on_asked,
                owner=self,
                company=company,
                lane=self.desk.account_lane(account.id),
                changes=Changes(partners=True),
                failed=self._on_ask_failed,
            )

    def _on_asked(self, answer: tuple[int, list[str]]) -> None:
        self._pending -= 1
        done, problems = self._answered
        self._answered = (done + answer[0], problems + answer[1])
        if self._pending:
            return
        done, problems = self._answered
        if problems:
            more = self.tr(" ({0} cari daha sorgulanamadı.)").format(len(problems) - 1) if len(problems) > 1 else ""
            self.message.show_message("warn", f"{problems[0]}{more}")
        else:
            self.message.show_message("ok", self.tr("{0} cari sorgulandı.").format(done))

    def _on_ask_failed(self, error: AppError) -> None:
        self._on_asked((0, [error.sentence]))

    @Slot()
    def show_invoices(self) -> None:
        chosen = self.selected()
        if len(chosen) == 1:
            self.desk.wanted.emit("outbox", ListFilter(text=chosen[0].partner.party.tax_number.digits))

    @Slot()
    def _fill_label_menu(self) -> None:
        self.label_menu.clear()
        chosen = self.selected()
        for label in chosen[0].partner.pk_labels if len(chosen) == 1 else ():
            action = self.label_menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(label == chosen[0].partner.preferred_pk)
            action.setData(label)

    @Slot(QAction)
    def _on_label(self, action: QAction) -> None:
        chosen = self.selected()
        if len(chosen) != 1:
            return
        row, label = chosen[0], str(action.data())
        self.desk.run(
            self.tr("Etiket kaydediliyor"),
            lambda ctx: partners.remember_choice(ctx, row.company, row.partner, label),
            owner=self,
            company=row.company,
            changes=Changes(partners=True),
        )

    @Slot(QPoint)
    def _on_context_menu(self, place: QPoint) -> None:
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.actions()[:2])
        if self.label_button.isEnabled():
            labels = menu.addMenu(self.tr("Gönderilecek etiket"))
            self._fill_label_menu()
            labels.addActions(self.label_menu.actions())
        menu.popup(self.table.viewport().mapToGlobal(place))

    @Slot()
    def _on_text_changed(self) -> None:
        self._typing.start()

    @Slot()
    def _on_typing_paused(self) -> None:
        kept = {row.partner.id for row in self.selected()}
        self.model.set_text(self.search.text())
        self._select(kept)
        self._show_state()

    @Slot()
    def _on_find(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    @Slot()
    def _on_empty_pressed(self) -> None:
        if self.model.is_bare:
            self.desk.wanted.emit("editor", None)
        else:
            self.search.clear()
