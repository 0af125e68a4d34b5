"""The parts of the form that every invoice has, beside its buyer and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.ui.editor import catalogue
from app.ui.editor.catalogue import Option
from app.ui.editor.code_edit import CodeBinding
from app.ui.editor.fields import ChoiceBinding, NotesBinding, TextBinding, date_edit, number_edit
from app.ui.editor.folding import FieldGrid
from app.ui.editor.list_edit import KINDS, ListEdit
from app.ui.editor.references import ReferencesEdit

if TYPE_CHECKING:
    from app.ui.editor.form import InvoiceForm


def currency_options() -> list[Option]:
    return catalogue.current().currencies


def payment_options() -> list[Option]:
    return catalogue.current().payments


def add_document(form: InvoiceForm, parent: QWidget) -> None:
    """What kind of invoice it is."""
    store = form.store
    form.profile = ChoiceBinding(store, "profile", form.tr("Senaryo"), catalogue.current().profiles(), parent)
    form.type = ChoiceBinding(store, "type", form.tr("Fatura tipi"), [], parent)
    form.series = TextBinding(store, "series", form.tr("Seri"), parent, stored=str.upper)
    form.series.setMaxLength(3)
    form.day = date_edit(store, "issue_date", form.tr("Tarih"), parent)
    form.currency = CodeBinding(store, "currency", form.tr("Para birimi"), currency_options, parent)
    grid = FieldGrid(parent)
    grid.add(form.add_field(form.tr("Senaryo"), form.profile, "profile"), 3)
    grid.add(form.add_field(form.tr("Fatura tipi"), form.type, "type"), 3)
    grid.add(form.add_field(form.tr("Tarih"), form.day, "issue_date"), 2)
    grid.add(form.add_field(form.tr("Seri"), form.series, "series", "number"), 1)
    grid.add(form.add_field(form.tr("Para birimi"), form.currency, "currency"), 3)
    form.add_section("document", form.tr("Belge"), parent).body.addWidget(grid)


def add_references(form: InvoiceForm, parent: QWidget) -> None:
    """What it refers to, and notes."""
    store = form.store
    order = ReferencesEdit(
        store, "order_reference", form.tr("Sipariş"), parent, number_hint=form.tr("sipariş no"), single=True
    )
    despatch = ReferencesEdit(
        store, "despatch_references", form.tr("İrsaliye"), parent, number_hint=form.tr("irsaliye no")
    )
    numbers = ListEdit(
        store, "customer.identifiers", form.tr("Alıcının abone, müşteri… numarası"), KINDS["identifiers"], parent
    )
    notes = NotesBinding(store, "notes", form.tr("Notlar"), parent)
    grid = FieldGrid(parent)
    grid.add(form.add_field(form.tr("Sipariş"), order, "order_reference"), 6)
    grid.add(form.add_field(form.tr("İrsaliye"), despatch, "despatch_references"), 6)
    grid.add(form.add_field(numbers.title, numbers, "customer.identifiers"), 12)
    grid.add(form.add_field(form.tr("Notlar (her satır bir not)"), notes, "notes"), 12)
    form.add_section("references", form.tr("Atıflar ve notlar"), parent).body.addWidget(grid)


def add_payment(form: InvoiceForm, parent: QWidget) -> None:
    """How and when it is paid."""
    store = form.store
    means = CodeBinding(store, "payment.code", form.tr("Ödeme şekli"), payment_options, parent)
    form.payment = means
    due = date_edit(store, "payment.due_date", form.tr("Vade"), parent)
    iban = TextBinding(
        store, "payment.iban", form.tr("IBAN"), parent, stored=lambda text: text.replace(" ", "").upper()
    )
    terms = TextBinding(store, "payment_terms.note", form.tr("Ödeme koşulu"), parent)
    rounding = number_edit(store, "rounding", form.tr("Yuvarlama"), parent)
    grid = FieldGrid(parent)
    grid.add(form.add_field(form.tr("Ödeme şekli"), means, "payment"), 4)
    grid.add(form.add_field(form.tr("Vade"), due, "payment.due_date"), 2)
    grid.add(form.add_field(form.tr("IBAN"), iban, "payment.iban"), 4)
    grid.add(form.add_field(form.tr("Yuvarlama"), rounding, "rounding"), 2)
    grid.add(form.add_field(form.tr("Ödeme koşulu"), terms, "payment_terms"), 12)
    form.add_section("payment", form.tr("Ödeme"), parent).body.addWidget(grid)
