"""Firmalar: the office's companies and the card of the chosen one; new ones by hand or from a JSON file."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AppError, InputError
from app.domain.turkish import fold
from app.storage import companies as stored
from app.storage.database import OpenSession
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_from_json
from app.ubl.jsonread import InvalidData
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings import work
from app.ui.pages.settings.card_doing import CardDoing
from app.ui.pages.settings.company_card import CompanyCard
from app.ui.pages.settings.form import PlainButton, pad_items
from app.ui.pages.settings.subject import Subject
from app.ui.theme import tokens
from app.ui.widgets import EmptyState, HeadingLabel, MessageBar, PrimaryButton, QuietButton, QuietLabel
from app.workflows.companies import company_findings
from app.workflows.context import WorkContext

_CHANGES = Changes(companies=True)
_MAX_JSON_BYTES = 8 * 1024 * 1024


class FirmsSubject(Subject):
    """List at the left, card at the right. A card with unsaved changes is never left in silence."""

    key = "firms"
    icon = "buildings"
    shows = Changes(companies=True, settings=True)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.setAccessibleName(self.tr("Firmalar"))
        self._records: dict[int, CompanyRecord] = {}
        self._current: CompanyRecord | None = None
        self._is_new = False
        self._wanted: int | None = None
        self._wanted_field = ""
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Unvan ya da VKN"))
        self.search.setAccessibleName(self.tr("Firma ara"))
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Firmalar"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pad_items(self.list, vertical_px=tokens.XS)
        self.new_button = PlainButton(self.tr("Yeni firma"), self, icon="plus")
        self.import_button = PlainButton(self.tr("JSON…"), self, icon="import")
        self.import_button.setToolTip(self.tr("Firmayı bir JSON dosyasından ekle"))
        self.title = HeadingLabel("", self)
        self.title.setWordWrap(True)
        self.note = QuietLabel("", self, wrap=True)
        self.message = MessageBar(parent=self)
        self.card = CompanyCard(self)
        self.doing = CardDoing(desk, self.card, self.message, self)
        self.save_button = PrimaryButton(self.tr("Kaydet"), self, icon="save", shortcut="Ctrl+S")
        self.revert_button = QuietButton(self.tr("Geri al"), self, icon="undo")
        self.empty = EmptyState(
            "buildings",
            self.tr("Henüz firma yok"),
            self.tr("Defterini tuttuğunuz firmalar burada durur. İlkini vergi numarasıyla ekleyin."),
            self.tr("Yeni firma"),
            self,
            primary=False,
        )
        self._lay()
        self.search.textChanged.connect(self._on_search_text_changed)
        self.list.currentItemChanged.connect(self._on_current_item_changed)
        self.new_button.clicked.connect(self._on_new_button_clicked)
        self.empty.pressed.connect(self._on_new_button_clicked)
        self.import_button.clicked.connect(self._on_import_button_clicked)
        self.save_button.clicked.connect(self._on_save_button_clicked)
        self.revert_button.clicked.connect(self._on_revert_button_clicked)
        self.card.edited.connect(self._on_card_edited)
        self._show_right(False)

    def refresh(self) -> None:
        self.desk.read(work.list_firms, self._on_firms_read, owner=self)
        self.doing.refresh()

    def reveal(self, what: Any) -> None:
        """Choose the company with this id (also one that is still being read); (company, key) goes to a field."""
        if isinstance(what, tuple):
            what, self._wanted_field = what
        if isinstance(what, CompanyRecord):
            what = what.id
        if isinstance(what, int):
            self._wanted = what
            self._choose(what)
            if self._current is not None and self._current.id == what:
                self._go_to_field()

    def unsaved(self) -> str | None:
        """A card that was changed and not saved; hidden with its page it counts as well."""
        if self._right.isHidden() or not self.card.is_dirty:
            return None
        if self._is_new or self._current is None:
            return self.tr("Ayarlar › Firmalar: yeni firmanın kartı kaydedilmedi.")
        name = self._current.company.party.display_name
        return self.tr("Ayarlar › Firmalar: {0} kartındaki değişiklikler kaydedilmedi.").format(name)

    def add_from_json(self, path: Path) -> None:
        """Add the company a file describes; what is wrong with it is said above the card."""
        self.desk.run(
            self.tr("Firma ekleniyor"),
            partial(_add_from_json, path),
            self._on_saved,
            owner=self,
            changes=_CHANGES,
            failed=self._on_save_failed,
        )

    def _lay(self) -> None:
        left = QWidget(self)
        left.setMinimumWidth(tokens.TEXT_WIDTH_PX // 2)
        column = QVBoxLayout(left)
        column.setContentsMargins(tokens.M, tokens.L, tokens.M, tokens.M)
        column.setSpacing(tokens.S)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.new_button)
        buttons.addWidget(self.import_button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        self._right = QWidget(self)
        column = QVBoxLayout(self._right)
        column.setContentsMargins(tokens.L, tokens.L, tokens.L, tokens.M)
        column.setSpacing(tokens.S)
        column.addWidget(self.title)
        column.addWidget(self.note)
        column.addWidget(self.message)
        column.addWidget(self.card, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.revert_button)
        buttons.addWidget(self.save_button)
        column.addLayout(buttons)
        splitter = QSplitter(self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self._right)
        splitter.addWidget(self.empty)
        for index, factor in enumerate((2, 5, 5)):
            splitter.setStretchFactor(index, factor)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def _show_right(self, has_card: bool) -> None:
        self._right.setVisible(has_card)
        self.empty.setVisible(not has_card)

    @Slot(object)
    def _on_firms_read(self, records: list[CompanyRecord]) -> None:
        self._records = {record.id: record for record in records}
        self._fill_list()
        if self._is_new or (self._current is not None and self.card.is_dirty):
            return
        wanted = self._wanted or (self._current.id if self._current is not None else None)
        if wanted is None and self.desk.company is not None:
            wanted = self.desk.company.id
        if wanted not in self._records:
            wanted = next(iter(self._records), None)
        self._wanted = None
        if wanted is None:
            self._show_right(False)
        else:
            self._choose(wanted)
            self._open(self._records[wanted])

    def _fill_list(self) -> None:
        words = fold(self.search.text())
        self.list.blockSignals(True)
        self.list.clear()
        for record in self._records.values():
            company = record.company
            name = company.party.display_name
            if words and words not in fold(name) and words not in company.tax_number.digits:
                continue
            item = QListWidgetItem(f"{name}\n{company.tax_number}")
            item.setData(Qt.ItemDataRole.UserRole, record.id)
            item.setToolTip(name)
            self.list.addItem(item)
        self.list.blockSignals(False)
        if self._current is not None:
            self._choose(self._current.id)

    def _choose(self, company_id: int) -> None:
        for index in range(self.list.count()):
            item = self.list.item(index)
            if item.data(Qt.ItemDataRole.UserRole) == company_id:
                self.list.setCurrentItem(item)
                return

    def _open(self, record: CompanyRecord) -> None:
        self._current, self._is_new = record, False
        self.doing.company = record
        year = self.desk.office.clock.today().year
        self.desk.read(partial(_states_of, record, year), partial(self._on_states_read, record), owner=self)

    def _on_states_read(self, record: CompanyRecord, states: list[work.SeriesState]) -> None:
        if self._is_new or self._current is not record:
            return
        self.card.show_company(record.company, states, year=self.desk.office.clock.today().year)
        self.title.setText(record.company.party.display_name)
        findings = company_findings(record.company)
        self.note.setText(" ".join(dict.fromkeys(f.message for f in findings)))
        self.note.setVisible(bool(findings))
        self._show_right(True)
        self._on_card_edited()
        self._go_to_field()

    def _go_to_field(self) -> None:
        if self._wanted_field:
            self.card.show_field(self._wanted_field)
            self._wanted_field = ""

    @Slot()
    def _on_current_item_changed(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        chosen = self._records.get(item.data(Qt.ItemDataRole.UserRole))
        if chosen is None:
            return
        if self._current is not None and chosen.id == self._current.id and not self._is_new:
            return
        if self._right.isVisible() and self.card.is_dirty:
            self._keep_here()
            return
        self.message.setVisible(False)
        self._open(chosen)

    def _keep_here(self) -> None:
        """The card has unsaved changes: say so and stay."""
        self.message.show_message(
            "warn", self.tr("Bu kartta kaydedilmemiş değişiklik var. Önce kaydedin ya da “Geri al”a basın.")
        )
        self.list.blockSignals(True)
        self.list.setCurrentItem(None)  # type: ignore[call-overload]
        if self._current is not None and not self._is_new:
            self._choose(self._current.id)
        self.list.blockSignals(False)

    @Slot()
    def _on_search_text_changed(self) -> None:
        self._fill_list()

    @Slot()
    def _on_new_button_clicked(self) -> None:
        if self._right.isVisible() and self.card.is_dirty:
            self._keep_here()
            return
        self._is_new = True
        self.doing.company = None
        self.message.setVisible(False)
        self.list.setCurrentItem(None)  # type: ignore[call-overload]
        self.title.setText(self.tr("Yeni firma"))
        self.note.setText(self.tr("Vergi numarası, unvan, vergi dairesi, il ve ilçe yeter; gerisi sonra yazılabilir."))
        self.note.setVisible(True)
        self.card.show_company(None, (), year=self.desk.office.clock.today().year)
        self.card.setCurrentIndex(0)
        self._show_right(True)
        self._on_card_edited()
        self.card.number.setFocus()

    @Slot()
    def _on_import_button_clicked(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self, self.tr("Firma dosyası seç"), "", self.tr("Firma dosyaları (*.json)")
        )
        if name:
            self.add_from_json(Path(name))

    @Slot()
    def _on_revert_button_clicked(self) -> None:
        self.message.setVisible(False)
        if self._is_new:
            self._is_new = False
            self.card.show_company(None, (), year=self.desk.office.clock.today().year)
            self.refresh()
        elif self._current is not None:
            self._open(self._current)

    @Slot()
    def _on_card_edited(self) -> None:
        is_dirty = self.card.is_dirty
        self.save_button.setEnabled(is_dirty)
        self.revert_button.setEnabled(is_dirty or self._is_new)

    @Slot()
    def _on_save_button_clicked(self) -> None:
        self.message.setVisible(False)
        self.card.clear_problems()
        self.save_button.setEnabled(False)
        self.desk.run(
            self.tr("Firma kaydediliyor"),
            partial(_save, self.desk.office.folder.ledgers, self.card.data(), self.card.series.starts(), self._is_new),
            self._on_saved,
            owner=self,
            company=None if self._is_new else self._current,
            changes=_CHANGES,
            failed=self._on_save_failed,
        )

    @Slot(object)
    def _on_saved(self, record: CompanyRecord) -> None:
        self._is_new = False
        self._records[record.id] = record
        self._current = record
        self._open(record)
        self.message.show_message("ok", self.tr("{0} kaydedildi.").format(record.company.party.display_name))
        chosen = self.desk.company
        if chosen is None or chosen.id == record.id:
            # The switcher shows the card as it is now; a first company is chosen at once.
            self.desk.set_company(record)
        self.refresh()

    @Slot(object)
    def _on_save_failed(self, error: AppError) -> None:
        self._on_card_edited()
        if isinstance(error, InvalidData) and self._right.isVisible():
            homeless = self.card.show_problems(error.problems)
            if homeless:
                self.message.show_message("error", " ".join(homeless))
            else:
                self.message.show_message(
                    "error", self.tr("Kaydedilmedi: {0} alan düzeltilmeli.").format(len(error.problems))
                )
        else:
            self.message.show_error(error)


def _states_of(record: CompanyRecord, year: int, s: OpenSession) -> list[work.SeriesState]:
    return work.series_states(s, record, year)


def _save(ledgers: Path, data: dict[str, Any], starts: Any, is_new: bool, ctx: WorkContext) -> CompanyRecord:
    return work.save_firm(ctx, data, starts, is_new=is_new, ledgers=ledgers)


def _add_from_json(path: Path, ctx: WorkContext) -> CompanyRecord:
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise InputError("COMPANY.FILE", f"{path.name} çok büyük.", todo="Bir firma dosyası (JSON) seçin.")
        data = json.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError) as e:
        raise InputError(
            "COMPANY.FILE",
            f"{path.name} okunamadı.",
            why=f"Dosya açılamadı ya da JSON değil ({type(e).__name__}).",
            todo="Bir firma dosyası (JSON) seçin.",
        ) from e
    company = company_from_json(data, base_dir=path.parent)
    with ctx.db.read() as s:
        known = stored.get_company(s, company.tax_number)
    if known is not None:
        raise InputError(
            "COMPANY.KNOWN",
            f"{known.company.party.display_name} zaten kayıtlı; dosya üzerine yazılmadı.",
            todo="Kartı listeden açıp değiştirin.",
        )
    from app.workflows.companies import save_company

    return save_company(ctx, company)
