"""The built-in checks of any document as it lies in a file: which of them it needs is told by its content."""

from __future__ import annotations

from datetime import date

from app.domain.findings import Finding
from app.domain.invoice import Invoice
from app.ubl.creditnote import read_credit_note
from app.ubl.despatch import read_despatch
from app.ubl.reader import ReadInvoice, read_invoice_tree
from app.ubl.receipt import read_receipt
from app.ubl.smm import SERBESTMESLEKMAKBUZU, is_smm, read_smm
from app.ubl.xmlsafe import parse
from app.validation.builtin import check_invoice
from app.validation.builtin_despatch import check_despatch, check_receipt
from app.validation.builtin_parts import Purpose
from app.validation.builtin_receipts import check_credit_note, check_smm


def read_invoice_or_smm(raw: bytes) -> ReadInvoice:
    """An invoice, or a freelance receipt in any of its three forms. Raises: InputError as the readers do."""
    root = parse(raw).getroot()
    return read_smm(raw) if is_smm(root) else read_invoice_tree(root)


def check_invoice_or_smm(invoice: Invoice, *, today: date, purpose: Purpose) -> list[Finding]:
    """The built-in rules of what `read_invoice_or_smm` has read."""
    if invoice.type_code == SERBESTMESLEKMAKBUZU:
        return check_smm(invoice, today=today, purpose=purpose)
    return check_invoice(invoice, today=today, purpose=purpose)


def check_kind(raw: bytes, *, kind: str, today: date) -> list[Finding]:
    """What the built-in rules say of a despatch note, an answer, a producer or a freelance receipt (kind `smm`).

    Other kinds have checks of their own or none. Raises: InputError as the readers do.
    """
    if kind == "despatch":
        return check_despatch(read_despatch(raw).despatch, today=today, purpose="file")
    if kind == "receipt":
        return check_receipt(read_receipt(raw).receipt, today=today, purpose="file")
    if kind == "creditnote":
        return check_credit_note(read_credit_note(raw).invoice, today=today, purpose="file")
    if kind == "smm":
        return check_smm(read_smm(raw).invoice, today=today, purpose="file")
    return []
