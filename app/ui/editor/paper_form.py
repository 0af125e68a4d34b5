"""The left side of the other documents: sections of `paper_sections`, the other side's card, the grid of the kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.domain.findings import Finding
from app.domain.lifecycle import DocumentKind
from app.ui.editor import places
from app.ui.editor.catalogue import country_names
from app.ui.editor.code_edit import CodeBinding, CodeEdit
from app.ui.editor.fields import ChoiceBinding, Field, NotesBinding, TextBinding, WrapBinding, date_edit
from app.ui.editor.folding import FieldGrid, FoldSection
from app.ui.editor.line_table import LineTable
from app.ui.editor.list_edit import KINDS as LIST_KINDS
from app.ui.editor.list_edit import ListEdit
from app.ui.editor.paper_parts import DriversEdit, PartyCard, TaxNumberEdit, time_edit
from app.ui.editor.paper_sections import PARTS, Entry, Part
from app.ui.editor.paper_sheets import TAGS_OF
from app.ui.editor.references import ReferencesEdit
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import IconButton, MenuButton, Section

_LINES_IN_SIGHT: Final = 3


class PaperForm(QSplitter):
    """Sections above, grid below; the same doors as the invoice's form."""

    def __init__(self, kind: DocumentKind, store: FormStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self.store = store
        self.fields: list[Field] = []
        self.sections: dict[str, FoldSection] = {}
        self.party: PartyCard
        self.series: TextBinding
        self.table: LineTable
        self.columns_menu: QMenu
        self._columns: frozenset[str] = frozenset()
        self._entries: dict[str, tuple[Entry, Field]] = {}
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QWidget(self.area)
        # Empty: what is moved with all its fields inside is drawn up twice.
        self.area.setWidget(top)
        self._top = top
        column = QVBoxLayout(top)
        column.setContentsMargins(tokens.S, tokens.S, tokens.S, tokens.S)
        column.setSpacing(tokens.S)
        for part in PARTS[kind]:
            section = FoldSection(part.key, part.title, top)
            self.sections[part.key] = section
            column.addWidget(section)
            section.body.addWidget(
                self._party(part, section.inside) if part.party else self._grid(part, section.inside)
            )
            section.fold(part.is_folded)
            section.folded.connect(self._on_section_folded)
        column.addStretch(1)
        self._lines()
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        store.field_changed.connect(self._on_field_changed)
        store.changed.connect(self._show_summaries)
        self._on_field_changed("")

    # --- parts -------------------------------------------------------------------------------------------------------

    def _party(self, part: Part, parent: QWidget) -> QWidget:
        self.party = PartyCard(self.store, part.party, part.title, parent)
        self.fields += self.party.fields
        return self.party

    def _grid(self, part: Part, parent: QWidget) -> QWidget:
        grid = FieldGrid(parent)
        for entry in part.entries:
            field = Field(entry.title, self._editor(entry, grid), (entry.path, *entry.places), grid)
            self.fields.append(field)
            self._entries[entry.path] = entry, field
            grid.add(field, entry.units)
        return grid

    def _editor(self, entry: Entry, parent: QWidget) -> QWidget:
        store, path, title = self.store, entry.path, entry.title
        match entry.kind:
            case "date":
                return date_edit(store, path, title, parent)
            case "time":
                return time_edit(store, path, title, parent)
            case "choice":
                return ChoiceBinding(store, path, title, entry.choices, parent)
            case "notes":
                return NotesBinding(store, path, title, parent)
            case "long":
                return WrapBinding(store, path, title, parent)
            case "country":
                return CodeBinding(store, path, title, country_names, parent)
            case "list":
                return ListEdit(store, path, title, LIST_KINDS[path.rpartition(".")[2]], parent)
            case "drivers":
                return DriversEdit(store, path, title, parent)
            case "tax":
                return TaxNumberEdit(store, path, title, parent)
            case "reference" | "references":
                is_one = entry.kind == "reference"
                return ReferencesEdit(store, path, title, parent, number_hint=self.tr("numara"), single=is_one)
            case "series":
                edit = TextBinding(store, path, title, parent, stored=str.upper)
                if path == "series":
                    edit.setMaxLength(3)
                    self.series = edit
                return edit
        return TextBinding(store, path, title, parent)

    def _lines(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(tokens.S, tokens.XS, tokens.S, tokens.XS)
        column.setSpacing(0)
        section = Section(self.tr("Satırlar"), holder)
        self.table = LineTable(self.store.lines, section)
        if not self.store.lines.sheet.is_fixed:
            for action in self.table.actions_for_menu[:5]:
                words = f"{action.text()} ({action.shortcut().toString()})"
                button = IconButton("plus", words, holder)
                button.setDefaultAction(action)
                button.setToolTip(words)
                section.buttons.addWidget(button)
        sheet = self.store.lines.sheet
        if sheet.optional:
            menu = QMenu(self.tr("Sütunlar"), holder)
            for key in sheet.optional:
                verb = QAction(sheet.columns[sheet.keys.index(key)].title, menu)
                verb.setCheckable(True)
                verb.setData(key)
                verb.triggered.connect(self._on_column_triggered)
                menu.addAction(verb)
            menu.aboutToShow.connect(self._show_column_checks)
            self.columns_menu = menu
            section.buttons.addWidget(MenuButton(self.tr("Sütunlar"), menu, holder, icon="columns"))
        self.line_count = section
        section.body.addWidget(self.table, 1)
        column.addWidget(section, 1)
        self.table.setMinimumHeight(self.table.rows_height(_LINES_IN_SIGHT))
        return holder

    @Slot()
    def _show_column_checks(self) -> None:
        for verb in self.columns_menu.actions():
            key = str(verb.data())
            is_shown = not self.table.isColumnHidden(self.store.lines.sheet.keys.index(key))
            verb.setChecked(is_shown)
            # What a line holds cannot be sent away.
            verb.setEnabled(not is_shown or key in self._columns)

    @Slot(bool)
    def _on_column_triggered(self, checked: bool) -> None:
        verb = self.sender()
        assert isinstance(verb, QAction)
        key = str(verb.data())
        self._columns = self._columns | {key} if checked else self._columns - {key}
        self._show_columns()

    def _show_columns(self) -> None:
        self.table.show_columns(self._columns | TAGS_OF.get(self.store.text("profile"), frozenset()))

    # --- what is shown -----------------------------------------------------------------------------------------------

    @Slot(bool)
    def _on_section_folded(self, _folded: bool) -> None:
        self._show_summaries()

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", "type", "profile"):
            kinds = {self.store.text("type"), self.store.text("profile")}
            for entry, field in self._entries.values():
                if entry.only:
                    # What the draft holds is never hidden.
                    field.setVisible(entry.only in kinds or bool(self.store.get(entry.path, None)))
            self._show_columns()
        self._show_summaries()

    @Slot()
    def _show_summaries(self) -> None:
        """What the folded parts hold, in one line each."""
        self.line_count.set_count(len(self.store.lines.lines))
        for key, section in self.sections.items():
            if not section.is_folded:
                continue
            if section.isAncestorOf(self.party):
                section.set_summary(self.party.summary() or self.tr("seçilmedi"))
            elif key == "notes":
                section.set_summary(" · ".join(str(note) for note in self.store.get("notes", None) or []) or "–")
            else:
                edits = [f.editor for f in self.fields if section.isAncestorOf(f)]
                texts = [edit.text() for edit in edits if isinstance(edit, TextBinding)]
                section.set_summary(" · ".join(text for text in texts if text) or "–")

    def show_codes(self) -> None:
        """Another package is in use: cells and fields say its words."""
        for edit in self.findChildren(CodeEdit):
            edit.retitle()
        self.table.viewport().update()

    def set_locked(self, locked: bool) -> None:
        """A numbered document is read, not written."""
        self.store.lines.set_locked(locked)
        for section in self.sections.values():
            section.inside.setEnabled(not locked)
        for action in self.table.actions_for_menu:
            action.setEnabled(not locked or action.text() == self.tr("Kopyala"))

    def greet(self) -> None:
        """After the fields are there: the cursor goes to what is typed next, the grid gets what is left."""
        upper = min(self._top.sizeHint().height() + 2 * tokens.S, self.height() * 3 // 5)
        self.setSizes([upper, max(self.height() - upper, 0)])
        if self.party.summary():
            self.table.go_to(0, 2 if self.store.lines.sheet.is_fixed else 0)
        else:
            self.sections["party"].open()
            self.party.picker.setFocus()
            self.area.ensureWidgetVisible(self.party.picker)

    # --- findings ----------------------------------------------------------------------------------------------------

    def field_of(self, place: str) -> Field | None:
        """The field that belongs to a finding's place: the one that names it most exactly, else one of its parts."""
        return places.field_of(self.fields, place)

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """The worst finding of each field stands below it; a folded part says how many it hides."""
        places.show_findings(self.fields, self.sections, findings)

    def _section_of(self, field: Field) -> FoldSection | None:
        return places.section_of(self.sections, field)

    def place_title(self, finding: Finding) -> str:
        """What a finding's link says."""
        place = self.store.place_of(finding.field)
        sheet = self.store.lines.sheet
        if place is not None:
            column = sheet.columns[sheet.column_of_place(place[1], self.store.lines.hidden)].title if place[1] else ""
            return self.tr("{0}. satır").format(place[0] + 1) + (f", {column}" if column else "")
        if finding.field.startswith("lines"):
            return self.tr("Satırlar")
        field = self.field_of(finding.field)
        if field is not None:
            return field.title
        own = "customer" if self.party.fields[0].places[0].startswith("supplier") else "supplier"
        return self.tr("Firma kartı") if finding.field.startswith(own) else self.tr("Belge")

    def jump(self, finding: Finding) -> None:
        """Set the cursor into the field a finding speaks of, and open what is folded around it."""
        place = self.store.place_of(finding.field)
        if place is not None or finding.field.startswith("lines"):
            row, inner = place or (len(self.store.lines.lines), "")
            lines = self.store.lines
            self.table.go_to(row, lines.sheet.column_of_place(inner, lines.hidden))
            return
        field = self.field_of(finding.field)
        if field is None:
            return
        section = self._section_of(field)
        if section is not None:
            section.open()
        self.area.ensureWidgetVisible(field)
        field.editor.setFocus()
