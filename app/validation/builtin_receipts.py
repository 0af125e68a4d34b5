"""Instant checks of producer receipts (e-Müstahsil) and freelance receipts (e-SMM); GİB has no rule for them."""

from __future__ import annotations

from datetime import date

from app.domain.findings import Finding
from app.domain.invoice import Invoice
from app.domain.turkish import format_amount
from app.ubl import codes
from app.ubl.creditnote import EARSIVBELGE, MUSTAHSILMAKBUZ
from app.ubl.smm import SERBESTMESLEKMAKBUZU
from app.ubl.totals import compute_totals
from app.validation.builtin_parts import Purpose, check_date, check_number, check_party
from app.validation.lines import check_unit
from app.validation.rules import Notebook, is_blank

INCOME_TAX = "0003"
#: The spelling of GİB's karekod guide is read as well.
_PRODUCER_TYPES = (MUSTAHSILMAKBUZ, "MUSTAHSILMAKBUZU")


def check_credit_note(receipt: Invoice, *, today: date, purpose: Purpose = "draft") -> list[Finding]:
    """Everything the built-in rules have to say about a producer receipt."""
    book = Notebook()
    _check_head(book, receipt, "MM", types=_PRODUCER_TYPES, today=today, purpose=purpose, noun="Müstahsil makbuzu")
    check_party(book, receipt.customer, "customer", "Müstahsil")
    if receipt.customer.tax_number.is_vkn:
        book.warning(
            "MM.FARMER",
            "customer.tax_number",
            "Müstahsil VKN ile yazılmış; makbuz gerçek usulde vergilendirilmeyen çiftçiye düzenlenir, TCKN yazın.",
        )
    for index, line in enumerate(receipt.lines):
        place, nth = f"lines[{index}]", f"{index + 1}. satır"
        for position, cut in enumerate(line.other_taxes):
            if cut.code not in codes.producer_cuts():
                book.error(
                    "MM.CUT",
                    f"{place}.other_taxes[{position}].code",
                    f"{nth}daki kesinti kodu {cut.code} müstahsil makbuzunda olmaz; stopaj (0003) gibi seçin.",
                )
        if line.vat_rate != 0:
            book.error("MM.VAT", f"{place}.vat_rate", f"{nth}da KDV var; müstahsil makbuzunda KDV olmaz, 0 yazın.")
        if INCOME_TAX not in {cut.code for cut in line.other_taxes}:
            book.warning(
                "MM.NO_STOPAJ",
                f"{place}.other_taxes",
                f"{nth}da gelir vergisi stopajı yok; zirai ürünlerde kesinti zorunludur, istisnaysa bilerek bırakın.",
                explanation="Çiftçiden alışta stopaj yapılır (GVK 94/11).",
            )
    _check_lines_and_sum(book, receipt, "MM")
    if purpose != "file" and (receipt.delivery is None or receipt.delivery.day is None):
        book.warning("MM.DELIVERY", "delivery.day", "Malın teslim tarihi boş; makbuzda bulunur (VUK 235), yazın.")
    return book.findings


def check_smm(receipt: Invoice, *, today: date, purpose: Purpose = "draft") -> list[Finding]:
    """Everything the built-in rules have to say about a freelance receipt."""
    book = Notebook()
    _check_head(
        book,
        receipt,
        "SMM",
        types=(SERBESTMESLEKMAKBUZU,),
        today=today,
        purpose=purpose,
        noun="Serbest meslek makbuzu",
    )
    check_party(book, receipt.customer, "customer", "Müşteri")
    for index, line in enumerate(receipt.lines):
        place, nth = f"lines[{index}]", f"{index + 1}. satır"
        for position, tax in enumerate(line.other_taxes):
            if tax.code != INCOME_TAX:
                book.error(
                    "SMM.TAX",
                    f"{place}.other_taxes[{position}].code",
                    f"{nth}daki {tax.code} vergisi serbest meslek makbuzunda olmaz; stopaj (0003) seçin.",
                )
        if line.withholding_code and line.vat_rate == 0:
            book.error(
                "SMM.WITHHOLDING",
                f"{place}.withholding",
                f"{nth}da KDV 0 iken tevkifat olmaz; KDV oranını yazın ya da tevkifatı kaldırın.",
            )
        if line.withholding_code and line.withholding_code not in codes.withholdings():
            book.error(
                "SMM.WITHHOLDING_CODE",
                f"{place}.withholding.code",
                f"{nth}daki tevkifat kodu {line.withholding_code} listede yok; listeden seçin.",
            )
        is_firm = receipt.customer.tax_number.is_vkn
        if is_firm and INCOME_TAX not in {tax.code for tax in line.other_taxes}:
            book.warning(
                "SMM.NO_STOPAJ",
                f"{place}.other_taxes",
                f"{nth}da gelir vergisi stopajı yok; müşteri firmaysa ücretten stopaj keser (GVK 94), ekleyin.",
            )
    _check_lines_and_sum(book, receipt, "SMM")
    return book.findings


def _check_head(
    book: Notebook, receipt: Invoice, prefix: str, *, types: tuple[str, ...], today: date, purpose: Purpose, noun: str
) -> None:
    if receipt.profile != EARSIVBELGE and purpose != "file":
        book.error(f"{prefix}.PROFILE", "profile", f"{noun} senaryosu EARSIVBELGE olmalı.", fix="profile=EARSIVBELGE")
    if receipt.type_code not in types:
        book.error(f"{prefix}.TYPE", "type", f"{noun} tipi {types[0]} olmalı.", fix=f"type={types[0]}")
    check_date(book, receipt.issue_date, today=today, purpose=purpose, noun=noun)
    check_number(book, receipt.series, receipt.number, receipt.issue_date, noun="makbuz")
    check_party(book, receipt.supplier, "supplier", "Düzenleyen")
    if receipt.currency not in codes.currencies():
        book.error(f"{prefix}.CURRENCY", "currency", f"'{receipt.currency}' para birimi listede yok; TRY yazın.")
    elif receipt.currency != "TRY" and receipt.exchange_rate is None:
        book.error(f"{prefix}.RATE", "exchange_rate", f"{receipt.currency} makbuzda kur yazılmalı; kuru girin.")


def _check_lines_and_sum(book: Notebook, receipt: Invoice, prefix: str) -> None:
    if not receipt.lines:
        book.error(f"{prefix}.LINES", "lines", "Makbuzda satır yok; en az bir satır yazın.")
        return
    for index, line in enumerate(receipt.lines):
        place, nth = f"lines[{index}]", f"{index + 1}. satır"
        if is_blank(line.name):
            book.error(f"{prefix}.LINE_NAME", f"{place}.name", f"{nth}da açıklama boş; ne alındığını yazın.")
        if line.quantity <= 0:
            book.error(f"{prefix}.LINE_QUANTITY", f"{place}.quantity", f"{nth}da miktar sıfırdan büyük olmalı.")
        if line.unit_price < 0:
            book.error(f"{prefix}.LINE_PRICE", f"{place}.unit_price", f"{nth}da fiyat eksi olamaz.")
        if line.unit_code not in codes.units():
            check_unit(book, line.unit_code, place, nth)
    if any(number.adjusted() > 20 for line in receipt.lines for number in (line.quantity, line.unit_price)):
        book.error(f"{prefix}.TOTALS", "lines", "Hesaplanamayacak kadar büyük sayılar var; miktar ve fiyatı düzeltin.")
        return
    payable = compute_totals(receipt).payable
    if payable < 0:
        book.error(
            f"{prefix}.NEGATIVE",
            "lines",
            f"Ödenecek tutar eksi çıkıyor ({format_amount(payable)}); kesintileri kontrol edin.",
        )
