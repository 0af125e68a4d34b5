"""Freelance receipts (e-Serbest Meslek Makbuzu). There is no official UBL form; three are seen in the wild.

Ours and İzibiz's is an Invoice of profile EARSIVBELGE and type SERBESTMESLEKMAKBUZU: KDV and the income tax withheld
(0003) are taxes of the line, KDV tevkifatı stands in WithholdingTaxTotal. So it is drafted and summed as an Invoice
with such taxes. Two vendors have roots of their own, Voucher-2 (Nilvera) and FreelancerVoucher-2 (NES), whose lines
carry a gross wage (`GrossWageAmount`), a price after stopaj, and no quantity; they are read into the same form.
"""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Final

from lxml import etree

from app.domain.errors import InputError
from app.domain.invoice import Invoice, InvoiceTotals
from app.ubl import nodes
from app.ubl.namespaces import FREELANCER_VOUCHER, INVOICE, VOUCHER, cac, cbc
from app.ubl.numbertext import amount
from app.ubl.reader import ReadInvoice, read_invoice_tree
from app.ubl.totals import FREELANCE_RECEIPT, is_deducted
from app.ubl.writeextras import Spelling
from app.ubl.writer import build_invoice
from app.ubl.xmlsafe import parse

EARSIVBELGE: Final = "EARSIVBELGE"
SERBESTMESLEKMAKBUZU: Final = FREELANCE_RECEIPT
_INVOICE_ROOT: Final = f"{{{INVOICE}}}Invoice"
#: Vendor roots and the names of their lines and totals.
VENDOR_ROOTS: Final = {
    f"{{{VOUCHER}}}Voucher": ("VoucherLine", "LegalMonetaryTotal"),
    f"{{{FREELANCER_VOUCHER}}}FreelancerVoucher": (
        "FreelancerVoucherLine",
        "FreelancerVoucherLegalMonetaryTotal",
    ),
}
_KDV_WITHHOLDING: Final = "9015"


def build_smm(
    receipt: Invoice, totals: InvoiceTotals, *, template: bytes | None, spelling: Spelling = "type_code"
) -> bytes:
    """The XML of a freelance receipt in the Invoice form. GİB's invoice Schematron refuses it by nature."""
    return build_invoice(receipt, totals, template=template, spelling=spelling)


def is_smm(root: etree._Element) -> bool:
    """Whether this parsed document is a freelance receipt in any of the three forms."""
    if root.tag in VENDOR_ROOTS:
        return True
    return root.tag == _INVOICE_ROOT and nodes.text(root, cbc("InvoiceTypeCode")) == SERBESTMESLEKMAKBUZU


def read_smm(raw: bytes) -> ReadInvoice:
    """Read a freelance receipt in any of the three forms. Any thread.

    Raises: InputError XML.* (unreadable), UBL.NOT_SMM (another kind of document), UBL.NO_DATE.
    """
    root = parse(raw).getroot()
    if not is_smm(root):
        raise InputError(
            "UBL.NOT_SMM",
            "Bu belge bir serbest meslek makbuzu değil.",
            why=f"Kök eleman: {etree.QName(root).localname[:40]}.",
            todo="Serbest meslek makbuzu XML dosyasını seçin.",
        )
    return read_invoice_tree(as_invoice(root) if root.tag in VENDOR_ROOTS else root)


def net_fee(totals: InvoiceTotals) -> Decimal:
    """What is left of the gross fee after the income tax withheld (net ücret)."""
    return totals.tax_exclusive - sum((t.amount for t in totals.taxes if is_deducted(t.code)), Decimal(0))


def as_invoice(voucher: etree._Element) -> etree._Element:
    """The vendor's document as an Invoice tree, so that one reader serves all."""
    line_name, total_name = VENDOR_ROOTS[str(voucher.tag)]
    root = etree.Element(_INVOICE_ROOT)
    for child in voucher:
        if isinstance(child.tag, str):
            root.append(copy.deepcopy(child))
    _ensure_text(root, "ProfileID", EARSIVBELGE)
    for name in ("CreditNoteTypeCode", "InvoiceTypeCode"):
        for element in root.findall(cbc(name)):
            root.remove(element)
    _ensure_text(root, "InvoiceTypeCode", SERBESTMESLEKMAKBUZU)
    gross = Decimal(0)
    for line in root.findall(cac(line_name)):
        gross += _mend_line(line)
    for total in root.findall(cac(total_name)):
        _mend_totals(root, total, gross)
    return root


def _mend_line(line: etree._Element) -> Decimal:
    """One unit at the gross wage; returns the wage."""
    wage = next(line.iter(cbc("GrossWageAmount")), None)
    gross = nodes.number(wage)
    if gross is None:
        gross = nodes.number(line, cac("Price"), cbc("PriceAmount")) or Decimal(0)
    line.tag = cac("InvoiceLine")
    for name in (cbc("InvoicedQuantity"), cbc("LineExtensionAmount"), cac("Price")):
        for element in line.findall(name):
            line.remove(element)
    quantity = etree.SubElement(line, cbc("InvoicedQuantity"), unitCode="C62")
    quantity.text = "1"
    etree.SubElement(line, cbc("LineExtensionAmount")).text = amount(gross)
    etree.SubElement(etree.SubElement(line, cac("Price")), cbc("PriceAmount")).text = format(gross, "f")
    return gross


def _mend_totals(root: etree._Element, total: etree._Element, lines_gross: Decimal) -> None:
    """The vendor's totals in the words of an invoice: they write net where an invoice writes gross."""
    told = nodes.number(total, cbc("GrossWageAmount"))
    gross = told if told is not None else lines_gross
    payable = nodes.text(total, cbc("PayableAmount"))
    added = Decimal(0)
    for subtotal in root.iterfind(f"{cac('TaxTotal')}/{cac('TaxSubtotal')}"):
        code = nodes.text(subtotal, cac("TaxCategory"), cac("TaxScheme"), cbc("TaxTypeCode"))
        if not is_deducted(code) and code != _KDV_WITHHOLDING:
            added += nodes.number(subtotal, cbc("TaxAmount")) or Decimal(0)
    total.tag = cac("LegalMonetaryTotal")
    for child in list(total):
        total.remove(child)
    for name, text in (
        ("LineExtensionAmount", amount(gross)),
        ("TaxExclusiveAmount", amount(gross)),
        ("TaxInclusiveAmount", amount(gross + added)),
        ("PayableAmount", payable),
    ):
        etree.SubElement(total, cbc(name)).text = text


def _ensure_text(root: etree._Element, name: str, text: str) -> None:
    if not nodes.text(root, cbc(name)):
        etree.SubElement(root, cbc(name)).text = text
