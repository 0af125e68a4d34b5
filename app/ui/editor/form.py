"""The left side: fields in the order of a paper invoice. What the scenario does not use is not there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSplitter, QVBoxLayout, QWidget

from app.domain.findings import Finding, Severity
from app.ubl import codes
from app.ui.editor.buyer import BuyerCard
from app.ui.editor.columns import COLUMNS, column_of_place
from app.ui.editor.fields import ChoiceBinding, Field, NotesBinding, TextBinding, date_edit, number_edit
from app.ui.editor.line_table import LineTable
from app.ui.editor.references import ReferencesEdit
from app.ui.editor.store import FormStore
from app.ui.theme import tokens
from app.ui.widgets import IconButton, QuietLabel, Section
from app.validation.builtin import ISSUED_TYPES

_COMMON_PAYMENTS = ("42", "10", "48", "20", "1")


class InvoiceForm(QSplitter):
    """Form above, grid of lines below it (its own splitter, so that 500 lines get the room they need)."""

    def __init__(self, store: FormStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Vertical)
        self.setChildrenCollapsible(False)
        self._store = store
        self.fields: list[Field] = []
        self.buyer = BuyerCard(store, self)
        self.table = LineTable(store.lines, self)
        self.fields += self.buyer.fields
        top = QWidget(self)
        column = QVBoxLayout(top)
        column.setContentsMargins(tokens.L, tokens.M, tokens.L, tokens.M)
        column.setSpacing(tokens.L)
        column.addLayout(self._document_grid(top))
        buyer = Section(self.tr("Alıcı"), top, raised=True)
        buyer.body.addWidget(self.buyer)
        column.addWidget(buyer)
        column.addWidget(self._references(top))
        column.addWidget(self._payment(top))
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(top)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area, self._top = area, top
        self.addWidget(area)
        self.addWidget(self._lines())
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        store.field_changed.connect(self._on_field_changed)
        store.changed.connect(self._show_used)
        self._on_field_changed("")

    def _add(self, title: str, editor: QWidget, *places: str) -> Field:
        field = Field(title, editor, places, self)
        self.fields.append(field)
        return field

    def _document_grid(self, parent: QWidget) -> QGridLayout:
        store = self._store
        profiles = [(p.code, p.name) for p in codes.profiles().values() if p.types & set(ISSUED_TYPES)]
        self.profile = ChoiceBinding(store, "profile", self.tr("Senaryo"), profiles, parent)
        self.type = ChoiceBinding(store, "type", self.tr("Fatura tipi"), [], parent)
        self.series = TextBinding(store, "series", self.tr("Seri"), parent, stored=str.upper)
        self.series.setMaxLength(3)
        self.day = date_edit(store, "issue_date", self.tr("Tarih"), parent)
        currencies = [(c.code, f"{c.code} · {c.name}") for c in codes.currencies().values()]
        self.currency = ChoiceBinding(store, "currency", self.tr("Para birimi"), currencies, parent)
        self.rate = number_edit(store, "exchange_rate.rate", self.tr("Kur (TL)"), parent)
        self.rate_day = date_edit(store, "exchange_rate.day", self.tr("Kur tarihi"), parent)
        self.rate_field = self._add(self.tr("Kur (1 birim = ? TL)"), self.rate, "exchange_rate")
        self.rate_day_field = self._add(self.tr("Kur tarihi"), self.rate_day, "exchange_rate.day")
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.M)
        grid.setVerticalSpacing(tokens.S)
        grid.addWidget(self._add(self.tr("Senaryo"), self.profile, "profile"), 0, 0, 1, 2)
        grid.addWidget(self._add(self.tr("Fatura tipi"), self.type, "type"), 0, 2)
        grid.addWidget(self._add(self.tr("Seri"), self.series, "series", "number"), 0, 3)
        grid.addWidget(self._add(self.tr("Tarih"), self.day, "issue_date"), 1, 0)
        grid.addWidget(self._add(self.tr("Para birimi"), self.currency, "currency"), 1, 1)
        grid.addWidget(self.rate_field, 1, 2)
        grid.addWidget(self.rate_day_field, 1, 3)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        return grid

    def _references(self, parent: QWidget) -> QWidget:
        store = self._store
        hint = self.tr("16 haneli fatura no")
        self.returned = ReferencesEdit(
            store, "returned_invoices", self.tr("İade edilen faturalar"), parent, number_hint=hint
        )
        self.returned_field = self._add(self.tr("İade edilen faturalar"), self.returned, "returned_invoices")
        order = ReferencesEdit(
            store, "order_reference", self.tr("Sipariş"), parent, number_hint=self.tr("sipariş no"), single=True
        )
        despatch = ReferencesEdit(
            store, "despatch_references", self.tr("İrsaliye"), parent, number_hint=self.tr("irsaliye no")
        )
        section = Section(self.tr("Atıflar ve notlar"), parent, raised=True)
        section.body.addWidget(self.returned_field)
        row = QHBoxLayout()
        row.setSpacing(tokens.L)
        row.addWidget(self._add(self.tr("Sipariş"), order, "order_reference"), 1)
        row.addWidget(self._add(self.tr("İrsaliye"), despatch, "despatch_references"), 1)
        section.body.addLayout(row)
        notes = NotesBinding(store, "notes", self.tr("Notlar"), parent)
        section.body.addWidget(self._add(self.tr("Notlar (her satır bir not)"), notes, "notes"))
        return section

    def _payment(self, parent: QWidget) -> QWidget:
        store = self._store
        known = codes.payment_means()
        ordered = [*_COMMON_PAYMENTS, *(code for code in known if code not in _COMMON_PAYMENTS)]
        choices = [("", "–"), *((c, f"{known[c].name} ({c})") for c in ordered)]
        means = ChoiceBinding(store, "payment.code", self.tr("Ödeme şekli"), choices, parent)
        due = date_edit(store, "payment.due_date", self.tr("Vade"), parent)
        iban = TextBinding(
            store, "payment.iban", self.tr("IBAN"), parent, stored=lambda text: text.replace(" ", "").upper()
        )
        terms = TextBinding(store, "payment_terms.note", self.tr("Ödeme koşulu"), parent)
        rounding = number_edit(store, "rounding", self.tr("Yuvarlama"), parent)
        section = Section(self.tr("Ödeme"), parent, raised=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(tokens.M)
        grid.setVerticalSpacing(tokens.S)
        grid.addWidget(self._add(self.tr("Ödeme şekli"), means, "payment"), 0, 0, 1, 2)
        grid.addWidget(self._add(self.tr("Vade"), due, "payment.due_date"), 0, 2)
        grid.addWidget(self._add(self.tr("Yuvarlama"), rounding, "rounding"), 0, 3)
        grid.addWidget(self._add(self.tr("IBAN"), iban, "payment.iban"), 1, 0, 1, 2)
        grid.addWidget(self._add(self.tr("Ödeme koşulu"), terms, "payment_terms"), 1, 2, 1, 2)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        section.body.addLayout(grid)
        return section

    def _lines(self) -> QWidget:
        holder = QWidget(self)
        column = QVBoxLayout(holder)
        column.setContentsMargins(tokens.L, tokens.S, tokens.L, tokens.S)
        column.setSpacing(tokens.XS)
        section = Section(self.tr("Satırlar"), holder)
        hint = self.tr("Tab sağa, Enter aşağı; Excel'den blok yapıştırılır")
        section.buttons.addWidget(QuietLabel(hint, holder))
        for action in self.table.actions_for_menu[:5]:
            keys = action.shortcut().toString()
            button = IconButton("plus", f"{action.text()} ({keys})", holder)
            button.setDefaultAction(action)
            button.setToolTip(f"{action.text()} ({keys})")
            section.buttons.addWidget(button)
        self.line_count = section
        section.body.addWidget(self.table, 1)
        column.addWidget(section, 1)
        return holder

    # --- what is shown -------------------------------------------------------------------------------------------

    @Slot(str)
    def _on_field_changed(self, path: str) -> None:
        if path in ("", "profile"):
            profile = codes.profiles().get(self._store.text("profile"))
            allowed = [t for t in ISSUED_TYPES if profile is None or t in profile.types]
            names = codes.invoice_types()
            self.type.set_choices([(t, names[t].name) for t in allowed])
        if path in ("", "type"):
            self.table.show_type(self._store.text("type"))
        self._show_used()

    @Slot()
    def _show_used(self) -> None:
        store = self._store
        is_foreign = store.text("currency") not in ("", "TRY") or bool(store.text("exchange_rate.rate"))
        self.rate_field.setVisible(is_foreign)
        self.rate_day_field.setVisible(is_foreign)
        self.returned_field.setVisible(store.text("type") == "IADE" or bool(store.get("returned_invoices", None)))
        self.line_count.set_count(len(store.lines.lines))

    def set_locked(self, locked: bool) -> None:
        """A numbered document is read, not written."""
        self._store.lines.is_locked = locked
        self._top.setEnabled(not locked)
        for action in self.table.actions_for_menu:
            action.setEnabled(not locked or action.text() == self.tr("Kopyala"))

    # --- findings ------------------------------------------------------------------------------------------------

    def field_of(self, place: str) -> Field | None:
        """The field that belongs to a finding's place: the one that names it most exactly."""
        best: tuple[int, Field] | None = None
        for field in self.fields:
            for known in field.places:
                fits = place == known or place.startswith((f"{known}.", f"{known}["))
                if fits and (best is None or len(known) > best[0]):
                    best = len(known), field
        return best[1] if best is not None else None

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """The worst finding of each field stands below it."""
        worst: dict[int, Finding] = {}
        fields = {id(field): field for field in self.fields}
        for finding in findings:
            field = self.field_of(finding.field)
            if field is None or finding.severity is Severity.INFO:
                continue
            if id(field) not in worst or finding.severity is Severity.ERROR:
                worst[id(field)] = finding
        for key, field in fields.items():
            field.show_finding(worst.get(key))
        self.buyer.show_verdict(not self.buyer.number_field.message)

    def place_title(self, finding: Finding) -> str:
        """What a finding's link says."""
        place = self._store.place_of(finding.field)
        if place is not None:
            column = COLUMNS[column_of_place(place[1])].title if place[1] else ""
            return self.tr("{0}. satır").format(place[0] + 1) + (f", {column}" if column else "")
        if finding.field.startswith("lines"):
            return self.tr("Satırlar")
        field = self.field_of(finding.field)
        if field is not None:
            return field.title
        return self.tr("Firma kartı") if finding.field.startswith("supplier") else self.tr("Belge")

    def jump(self, finding: Finding) -> None:
        """Set the cursor into the field a finding speaks of."""
        place = self._store.place_of(finding.field)
        if place is not None or finding.field.startswith("lines"):
            row, inner = place or (len(self._store.lines.lines), "")
            self.table.go_to(row, column_of_place(inner))
            return
        field = self.field_of(finding.field)
        if field is not None:
            self.area.ensureWidgetVisible(field)
            field.editor.setFocus()
