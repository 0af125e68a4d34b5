"""The left side: fields in the order of a paper invoice. What the scenario does not use is not there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.domain.findings import Finding
from app.domain.turkish import format_date
from app.ui.editor import catalogue, extras, form_parts, places
from app.ui.editor.buyer import BuyerCard
from app.ui.editor.code_edit import CodeBinding, CodeEdit
from app.ui.editor.columns import COLUMNS, INVOICE, KEYS, OPTIONAL, has_cell
from app.ui.editor.extra_sections import ExtraFold
from app.ui.editor.fields import ChoiceBinding, Field, TextBinding
from app.ui.editor.folding import FoldSection
from app.ui.editor.line_table import LineTable
from app.ui.editor.numbers import read_date
from app.ui.editor.scenario import ScenarioFold, line_fields
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import IconButton, MenuButton, Section

#: Lines that are in sight: where there is room, and where there is hardly any.
_LINES_IN_SIGHT, _LEAST_LINES = 6, 4
_LEAST_FORM_ROWS = 8
#: What a new user finds folded: few invoices need it.
_FOLDED_AT_FIRST = frozenset({"references", "payment"})


class InvoiceForm(QSplitter):
    """Form above, grid of lines below. Until the user moves the border between them, six lines stay in sight.

    `section_folded` (key, folded) and `columns_chosen` (optional columns) when the user changed them: to be remembered.
    `detail_wanted` when a finding's place is in no column that is shown.
    """

    section_folded = Signal(str, bool)
    columns_chosen = Signal(list)
    detail_wanted = Signal()

    def __init__(self, store: FormStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.store = self._store = store
        self._is_shared = True
        self._extra_columns: frozenset[str] = frozenset()
        self._remembered: frozenset[str] = frozenset()
        self.fields: list[Field] = []
        self.profile: ChoiceBinding
        self.type: ChoiceBinding
        self.currency: CodeBinding
        self.payment: CodeBinding
        self.series: TextBinding
        self.day: TextBinding
        self.sections: dict[str, FoldSection] = {}
        self.buyer: BuyerCard
        self.table: LineTable
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QWidget(area)
        # Empty: what is moved with all its fields inside is drawn up twice.
        area.setWidget(top)
        self.area, self._top = area, top
        column = QVBoxLayout(top)
        column.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.S)
        column.setSpacing(tokens.S)
        self._column = column
        form_parts.add_document(self, top)
        section = self.add_section("buyer", self.tr("Alıcı"), top)
        self.buyer = BuyerCard(store, section.inside)
        section.body.addWidget(self.buyer)
        self.fields += self.buyer.fields
        self.extras = [ExtraFold(store, section, top) for section in extras.SECTIONS if section.fields]
        for extra in self.extras:
            self._keep(extra)
        self.scenario = ScenarioFold(store, top)
        self._keep(self.scenario)
        form_parts.add_references(self, top)
        form_parts.add_payment(self, top)
        column.addStretch(1)
        self._lower = self._lines()
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        # After the layout has settled: what a fold needs is known only then.
        self._share_timer = QTimer(self)
        self._share_timer.setSingleShot(True)
        self._share_timer.setInterval(0)
        self._share_timer.timeout.connect(self._share)
        self._only_grows = False
        top.installEventFilter(self)
        self.splitterMoved.connect(self._on_splitter_moved)
        store.field_changed.connect(self._on_field_changed)
        store.changed.connect(self._show_used)
        self._on_field_changed("")

    # --- parts -------------------------------------------------------------------------------------------------------

    def add_field(self, title: str, editor: QWidget, *belongs: str) -> Field:
        """A field of the form; `belongs` are the findings' fields that belong to it."""
        field = Field(title, editor, belongs, self)
        self.fields.append(field)
        return field

    def add_section(self, key: str, title: str, parent: QWidget) -> FoldSection:
        """A part that folds, below the parts that are there."""
        return self._keep(FoldSection(key, title, parent))

    def _keep(self, section: FoldSection) -> FoldSection:
        self.sections[section.key] = section
        self._column.addWidget(section)
        section.fold(section.key in _FOLDED_AT_FIRST)
        section.folded.connect(self._on_section_folded)
        return section

    def _lines(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        column.setSpacing(0)
        section = Section(self.tr("Satırlar"), holder)
        self.table = LineTable(self._store.lines, section)
        section.setToolTip(self.tr("Tab sağa, Enter aşağı; Excel'den blok yapıştırılır, Ctrl+D aşağı doldurur"))
        for action in self.table.actions_for_menu[:5]:
            keys = action.shortcut().toString()
            button = IconButton("plus", f"{action.text()} ({keys})", holder)
            button.setDefaultAction(action)
            button.setToolTip(f"{action.text()} ({keys})")
            section.buttons.addWidget(button)
        self.columns_menu = QMenu(self.tr("Sütunlar"), holder)
        for key in OPTIONAL:
            verb = QAction(COLUMNS[KEYS.index(key)].title, self.columns_menu)
            verb.setCheckable(True)
            verb.setData(key)
            verb.triggered.connect(self._on_column_triggered)
            self.columns_menu.addAction(verb)
        self.columns_menu.aboutToShow.connect(self._show_column_checks)
        self.columns_button = MenuButton(self.tr("Sütunlar"), self.columns_menu, holder, icon="columns")
        section.buttons.addWidget(self.columns_button)
        self.line_count = section
        section.body.addWidget(self.table, 1)
        column.addWidget(section, 1)
        self.table.setMinimumHeight(self.table.rows_height(_LEAST_LINES))
        return holder

    # --- room --------------------------------------------------------------------------------------------------------

    def restore_room(self, folded: dict[str, bool], columns: Sequence[str], *, is_shared: bool) -> None:
        """What the user chose the last time. `is_shared`: the splitter was never moved by hand."""
        self._remembered = frozenset(folded)
        for key, state in folded.items():
            if key in self.sections:
                self.sections[key].fold(bool(state))
        self._extra_columns = frozenset(columns) & OPTIONAL.keys()
        self._is_shared = is_shared
        self._show_columns()
        self._share_timer.start()

    @property
    def is_shared(self) -> bool:
        """Whether the room is still shared by need, and not as the user set it."""
        return self._is_shared

    def lines_height(self, rows: int) -> int:
        """What the lower part needs to show so many lines."""
        chrome = self._lower.sizeHint().height() - self.table.sizeHint().height()
        return chrome + self.table.rows_height(rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_timer.start()

    @Slot()
    def _share(self) -> None:
        if not self._is_shared or self.height() <= 0:
            return
        room = self.height() - self.handleWidth()
        line = self.fontMetrics().height() * 2
        wanted = self._top.sizeHint().height() + 2 * self.area.frameWidth()
        lower = self.lines_height(_LINES_IN_SIGHT)
        if room - lower < min(wanted, _LEAST_FORM_ROWS * line):
            lower = max(self.lines_height(_LEAST_LINES), room - wanted)
        upper = max(min(wanted, room - lower), 0)
        if self._only_grows:
            # Words that come and go below a field must not move the grid up and down.
            upper = max(upper, min(self.sizes()[0], room - lower))
        self._only_grows = False
        self.setSizes([upper, room - upper])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self._top and not self._share_timer.isActive():
            self._only_grows = True
            self._share_timer.start()
        return super().eventFilter(watched, event)

    @Slot(int, int)
    def _on_splitter_moved(self, _position: int, _index: int) -> None:
        self._is_shared = False

    @Slot(bool)
    def _on_section_folded(self, folded: bool) -> None:
        section = self.sender()
        assert isinstance(section, FoldSection)
        self._show_summaries()
        self._share_timer.start()
        self.section_folded.emit(section.key, folded)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def use(self) -> extras.Use:
        """By what sections and columns are there."""
        text = self._store.text
        return extras.Use(profile=text("profile"), type_code=text("type"), currency=text("currency"))

    @Slot()
    def show_codes(self) -> None:
        """Another package is in use: offer what it has, keep what stands in the form."""
        self.profile.set_choices(catalogue.current().profiles())
        self.type.set_choices(catalogue.current().types(self._store.text("profile")))
        self.scenario.values.forget()
        for edit in self.findChildren(CodeEdit):
            edit.retitle()
        self.table.viewport().update()
        self._show_used()

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", "profile"):
            self.type.set_choices(catalogue.current().types(self._store.text("profile")))
        if path in ("", "type", "profile", "currency"):
            self._show_columns()
        self._show_used()

    def _show_columns(self) -> None:
        self.table.show_columns(extras.columns_for(self.use()) | self._extra_columns)

    @Slot()
    def _show_used(self) -> None:
        use = self.use()
        folds = [*self.extras, self.scenario]
        before = [fold.isHidden() for fold in folds]
        for extra in self.extras:
            extra.show_for(use)
        self.scenario.show_for(use)
        if before != [fold.isHidden() for fold in folds]:
            self._share_timer.start()
        self.line_count.set_count(len(self._store.lines.lines))
        self._show_summaries()

    def _show_summaries(self) -> None:
        """What the folded parts hold, in one line each."""
        store = self._store
        folded = {key for key, section in self.sections.items() if section.is_folded}
        if "document" in folded:
            parts = (self.profile.currentText(), self.type.currentText(), self.day.text(), store.text("currency"))
            self.sections["document"].set_summary(" · ".join(part for part in parts if part))
        if "buyer" in folded:
            self.sections["buyer"].set_summary(self.buyer.summary() or self.tr("seçilmedi"))
        if "references" in folded:
            numbers = [str((store.get("order_reference", None) or {}).get("number", ""))]
            numbers += [str(item.get("number", "")) for item in store.get("despatch_references", None) or []]
            numbers += [str(note) for note in store.get("notes", None) or []]
            self.sections["references"].set_summary(" · ".join(n for n in numbers if n) or "–")
        if "payment" in folded:
            name = self.payment.text()
            due = read_date(store.text("payment.due_date"))
            day = format_date(due) if due is not None else ""
            parts = (name, day, store.text("payment.iban"), store.text("payment_terms.note"))
            self.sections["payment"].set_summary(" · ".join(part for part in parts if part) or "–")
        for fold in (*self.extras, self.scenario):
            if fold.is_folded:
                fold.set_summary(fold.words() or "–")

    @Slot()
    def _show_column_checks(self) -> None:
        for verb in self.columns_menu.actions():
            key = str(verb.data())
            is_shown = not self.table.isColumnHidden(KEYS.index(key))
            verb.setChecked(is_shown)
            # What the type or a line brings along cannot be sent away.
            verb.setEnabled(not is_shown or key in self._extra_columns)

    @Slot(bool)
    def _on_column_triggered(self, checked: bool) -> None:
        verb = self.sender()
        assert isinstance(verb, QAction)
        keys = {str(verb.data())}
        if "other_tax" in keys:
            keys.add("other_tax_rate")
        self._extra_columns = self._extra_columns | keys if checked else self._extra_columns - keys
        self._show_columns()
        self.columns_chosen.emit(sorted(self._extra_columns))

    def set_locked(self, locked: bool) -> None:
        """A numbered document is read, not written."""
        self._store.lines.set_locked(locked)
        for section in self.sections.values():
            section.inside.setEnabled(not locked)
        for action in self.table.actions_for_menu:
            action.setEnabled(not locked or action.text() == self.tr("Kopyala"))

    def open_section(self, key: str) -> None:
        """Open a fold because the cursor goes inside; what is remembered stays."""
        if self.sections[key].is_folded:
            self.sections[key].open()
            self._share_timer.start()

    def greet(self) -> None:
        """After the fields are there: the cursor goes where the next thing is to be typed.

        In a low window what is known needs but one line: the grid is what the user came for.
        """
        has_buyer = bool(self.buyer.summary())
        wanted = self.lines_height(_LINES_IN_SIGHT) + self._top.sizeHint().height()
        if self._is_shared and wanted > self.height() * 5 // 4:
            for key in (*(("buyer",) if has_buyer else ()), "document"):
                # What its user has opened by hand stays open.
                if key not in self._remembered and wanted > self.height() * 5 // 4:
                    wanted -= self.sections[key].inside.sizeHint().height()
                    self.sections[key].fold(True)
            self._show_summaries()
            self._share_timer.start()
        if has_buyer:
            self.table.go_to(max(len(self._store.lines.lines) - 1, 0), 0)
        else:
            self.open_section("buyer")
            self.buyer.picker.setFocus()
            self.area.ensureWidgetVisible(self.buyer.picker)

    # --- findings ----------------------------------------------------------------------------------------------------

    def field_of(self, place: str) -> Field | None:
        """The field that belongs to a finding's place: the one that names it most exactly, else one of its parts."""
        return places.field_of(self.all_fields(), place)

    def all_fields(self) -> list[Field]:
        """Those of the sections that come and go with the kind of invoice, too."""
        return [*self.fields, *(field for extra in self.extras for field in extra.fields), *self.scenario.fields]

    def _section_of(self, field: Field) -> FoldSection | None:
        return places.section_of(self.sections, field)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """The worst finding of each field stands below it; a folded part says how many it hides."""
        places.show_findings(self.all_fields(), self.sections, findings)
        self.buyer.show_verdict(not self.buyer.number_field.message)

    def place_title(self, finding: Finding) -> str:
        """What a finding's link says."""
        place = self._store.place_of(finding.field)
        if place is not None:
            column = COLUMNS[INVOICE.column_of_place(place[1], self._store.lines.hidden)].title if place[1] else ""
            if not has_cell(place[1]):
                column = next((f.title for f in line_fields(self.use()) if place[1].startswith(f.path)), column)
            return self.tr("{0}. satır").format(place[0] + 1) + (f", {column}" if column else "")
        if finding.field.startswith("lines"):
            return self.tr("Satırlar")
        field = self.field_of(finding.field)
        if field is not None:
            return field.title
        return self.tr("Firma kartı") if finding.field.startswith("supplier") else self.tr("Belge")

    def jump(self, finding: Finding) -> None:
        """Set the cursor into the field a finding speaks of, and open what is folded around it."""
        place = self._store.place_of(finding.field)
        if place is not None or finding.field.startswith("lines"):
            row, inner = place or (len(self._store.lines.lines), "")
            column = INVOICE.column_of_place(inner, self._store.lines.hidden)
            self.table.go_to(row, 0 if self.table.isColumnHidden(column) else column)
            if self.table.isColumnHidden(column) or not has_cell(inner):
                self.detail_wanted.emit()
            return
        field = self.field_of(finding.field)
        if field is None:
            return
        section = self._section_of(field)
        if section is not None and section.is_folded:
            section.open()
            self._share_timer.start()
        self.area.ensureWidgetVisible(field)
        field.editor.setFocus()
