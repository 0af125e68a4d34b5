"""Checks of one invoice line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.domain.invoice import AllowanceCharge, Invoice, InvoiceLine
from app.ubl import codes
from app.validation.rules import Notebook, is_blank

# Source: Schematron 20260312, WithholdingTaxTotal and TaxExemptionReasonCode checks.
WITHHOLDING_TYPES = frozenset({"TEVKIFAT", "YTBTEVKIFAT", "IADE", "YTBIADE", "SGK", "SARJ", "SARJANLIK"})
_ZERO_NEEDS_NO_REASON = frozenset({"IADE", "YTBIADE", "IHRACKAYITLI", "OZELMATRAH", "SGK", "KONAKLAMAVERGISI"})
_GROUP_TYPES: dict[str, frozenset[str]] = {
    "full": frozenset({"ISTISNA", "IADE", "IHRACKAYITLI", "SGK", "YTBISTISNA", "YTBIADE"}),
    "special": frozenset({"OZELMATRAH", "IADE", "SGK"}),
    "export_registered": frozenset({"IHRACKAYITLI", "IADE", "SGK"}),
}
_GROUP_TYPES["partial"] = _GROUP_TYPES["otv"] = _GROUP_TYPES["full"]
_GROUP_HINT = {"special": "OZELMATRAH", "export_registered": "IHRACKAYITLI"}
_PETROLEUM_TYPES = frozenset({"TEVKIFAT", "IADE", "SGK", "YTBIADE"})
_FIXTURE_PROFILES = frozenset({"TEMELFATURA", "TICARIFATURA", "EARSIVFATURA"})
_USUAL_VAT = frozenset({Decimal(0), Decimal(1), Decimal(8), Decimal(10), Decimal(18), Decimal(20)})


def is_exempt_type(line: InvoiceLine) -> bool:
    return line.vat_rate == 0


def check_line(book: Notebook, invoice: Invoice, line: InvoiceLine, index: int) -> None:
    """All findings of one line; `index` is 0-based, sentences count from 1."""
    place, nth = f"lines[{index}]", f"{index + 1}. satır"
    if is_blank(line.name):
        book.error("INV.LINE_NAME", f"{place}.name", f"{nth}da mal veya hizmetin adı boş; ne satıldığını yazın.")
    if line.quantity <= 0:
        book.error("INV.LINE_QUANTITY", f"{place}.quantity", f"{nth}da miktar sıfırdan büyük olmalı.")
    if line.unit_price < 0:
        book.error("INV.LINE_PRICE", f"{place}.unit_price", f"{nth}da birim fiyat eksi olamaz; indirimi ayrı yazın.")
    if line.unit_code not in codes.units():
        check_unit(book, line.unit_code, place, nth)
    _check_allowances(book, line, place, nth)
    _check_vat(book, invoice, line, place, nth)
    _check_other_taxes(book, invoice, line, place, nth)
    _check_withholding(book, invoice, line, place, nth)


def check_unit(book: Notebook, code: str, place: str, nth: str) -> None:
    """The built-in list holds the common units only: a well-formed unknown code is a warning."""
    if code in ("ADET", "KG", "GECE", "LT", "MT", "") or not (code.isascii() and code.isalnum() and len(code) <= 3):
        book.error(
            "INV.LINE_UNIT",
            f"{place}.unit",
            f"{nth}da birim kodu '{code}' GİB listesinde yok; adet için C62, kilogram için KGM seçin.",
            explanation="Birimler UN/ECE Rec. 20 kodlarıyla yazılır (GeneralUnitCodeCheck).",
            fix={"ADET": "unit=C62", "KG": "unit=KGM", "LT": "unit=LTR", "MT": "unit=MTR"}.get(code, ""),
        )
    else:
        book.warning(
            "INV.LINE_UNIT_RARE",
            f"{place}.unit",
            f"{nth}daki birim kodu ({code}) sık kullanılanlardan değil; doğru mu?",
        )


def _check_allowances(book: Notebook, line: InvoiceLine, place: str, nth: str) -> None:
    gross = line.quantity * line.unit_price
    _check_list(book, line.allowances, base=gross, prefix=f"{place}.", where=f"{nth}da", of=f"{nth}daki")


def check_document_allowances(book: Notebook, items: Sequence[AllowanceCharge], *, base: Decimal) -> None:
    """Discounts and charges of the document as a whole; `base` is the sum of its lines."""
    _check_list(book, items, base=base, prefix="", where="Belgenin genelinde", of="Belgenin genelindeki")


def _check_list(
    book: Notebook, items: Sequence[AllowanceCharge], *, base: Decimal, prefix: str, where: str, of: str
) -> None:
    total = Decimal(0)
    counts = {True: 0, False: 0}
    for item in items:
        field = f"{prefix}{'charges' if item.is_charge else 'discounts'}[{counts[item.is_charge]}]"
        counts[item.is_charge] += 1
        if item.rate is None and item.amount is None:
            book.error("INV.ALLOWANCE", field, f"{of} indirim veya artırımın oranı ya da tutarı yok; birini yazın.")
            continue
        if item.rate is not None and not (0 <= item.rate <= 1):
            book.error(
                "INV.ALLOWANCE_RATE", field, f"{of} indirim oranı 0 ile 1 arasında olmalı; yüzde 5 için 0.05 yazın."
            )
        if item.amount is not None and item.amount < 0:
            book.error("INV.ALLOWANCE_SIGN", field, f"{of} indirim tutarı eksi yazılmaz.")
        amount = item.amount if item.amount is not None else base * (item.rate or 0)
        total += amount if not item.is_charge else -amount
    if total > base >= 0 and items:
        what = "satırın tutarını" if prefix else "kalemlerin toplamını"
        book.error("INV.ALLOWANCE_MORE", f"{prefix}discounts", f"{where} indirimler {what} aşıyor; azaltın.")


def _check_vat(book: Notebook, invoice: Invoice, line: InvoiceLine, place: str, nth: str) -> None:
    if not 0 <= line.vat_rate <= 100:
        book.error("INV.VAT_RATE", f"{place}.vat_rate", f"{nth}da KDV oranı 0 ile 100 arasında olmalı.")
    elif line.vat_rate not in _USUAL_VAT:
        book.warning(
            "INV.VAT_RARE",
            f"{place}.vat_rate",
            f"{nth}da KDV oranı %{line.vat_rate.normalize():f}; geçerli bir oran mı?",
        )
    code = line.exemption_code
    if line.vat_rate == 0 and not code and invoice.type_code not in _ZERO_NEEDS_NO_REASON:
        is_plain = invoice.type_code != "ISTISNA"
        book.error(
            "INV.EXEMPTION",
            f"{place}.exemption",
            f"{nth}da KDV 0; istisna sebebini seçin{', istisna değilse 351 yazın' if is_plain else ''}.",
            explanation="KDV'si 0 olan faturada istisna sebebi ve kodu zorunludur (TaxExemptionReasonCheck).",
            fix="exemption.code=351" if is_plain else "",
        )
    if not code:
        return
    exemption = codes.exemptions().get(code)
    if exemption is None:
        book.error(
            "INV.EXEMPTION_CODE", f"{place}.exemption.code", f"{nth}daki istisna kodu {code} GİB listesinde yok."
        )
        return
    if code == "555":
        _check_fixture_sale(book, invoice, place, nth)
    # KDV is computed beside these codes: özel matrah, a traveller's 501, and what is shown but not collected.
    is_taxed = line.vat_shown_only or exemption.group in ("otv", "none", "special") or code in ("501", "555")
    if line.vat_rate != 0 and not is_taxed:
        book.warning(
            "INV.EXEMPTION_UNUSED",
            f"{place}.exemption",
            f"{nth}da KDV oranı sıfır değil ama istisna kodu var; biri fazla.",
        )
    allowed = _GROUP_TYPES.get(exemption.group)
    if allowed is not None and invoice.type_code not in allowed and code not in ("151", "351", "555"):
        wanted = _GROUP_HINT.get(exemption.group, "ISTISNA")
        book.error(
            "INV.EXEMPTION_TYPE",
            f"{place}.exemption.code",
            f"{nth}daki {code} kodu {invoice.type_code} faturasında kullanılmaz; fatura tipini {wanted} yapın.",
            explanation="İstisna kodu ile fatura tipi birlikte denetlenir (TaxExemptionReasonCodeCheck).",
            fix=f"type={wanted}",
        )


def _check_fixture_sale(book: Notebook, invoice: Invoice, place: str, nth: str) -> None:
    """Code 555: the sale of a fixture at whatever KDV rate it was bought with, never at zero."""
    explanation = "555 kodu KDV'li demirbaş satışı içindir (DemirbasKDVTaxExemptionCheck)."
    if invoice.profile not in _FIXTURE_PROFILES or invoice.type_code.startswith("YTB"):
        book.error(
            "INV.EXEMPTION_555",
            f"{place}.exemption.code",
            f"{nth}daki 555 kodu {invoice.profile} senaryosunda kullanılmaz; kodu kaldırın ya da senaryoyu değiştirin.",
            explanation=explanation,
        )
    elif invoice.type_code in ("ISTISNA", "IHRACKAYITLI"):
        book.error(
            "INV.EXEMPTION_555",
            f"{place}.exemption.code",
            f"{nth}daki 555 kodu {invoice.type_code} faturasında kullanılmaz; fatura tipini SATIS yapın.",
            explanation=explanation,
            fix="type=SATIS",
        )
    elif any(line.vat_rate == 0 for line in invoice.lines):
        book.error(
            "INV.EXEMPTION_555",
            f"{place}.exemption.code",
            f"{nth}da 555 kodu varken faturada KDV'si 0 satır olamaz; o satırı ayrı faturaya yazın.",
            explanation=explanation,
        )


def _check_other_taxes(book: Notebook, invoice: Invoice, line: InvoiceLine, place: str, nth: str) -> None:
    for position, tax in enumerate(line.other_taxes):
        where = f"{place}.other_taxes[{position}]"
        if tax.code not in codes.tax_types() or tax.code == "0015":
            book.error(
                "INV.TAX_CODE",
                f"{where}.code",
                f"{nth}daki vergi kodu {tax.code} listede yok ya da KDV; KDV oran alanına yazılır.",
            )
        if tax.rate is None and tax.per_unit is None:
            book.error("INV.TAX_RATE", where, f"{nth}daki {codes.tax_name(tax.code)} için oran veya birim tutar yazın.")
        if tax.code == "4171" and invoice.type_code not in _PETROLEUM_TYPES:
            book.error(
                "INV.TAX_4171",
                f"{where}.code",
                f"{nth}daki 4171 vergisi yalnız TEVKIFAT, IADE ve SGK faturalarında olur.",
                explanation="ÖTV tevkifatı fatura tipiyle birlikte denetlenir (GeneralWithholdingTaxTotalCheck).",
                fix="type=TEVKIFAT",
            )


def _check_withholding(book: Notebook, invoice: Invoice, line: InvoiceLine, place: str, nth: str) -> None:
    code, rate = line.withholding_code, line.withholding_rate
    if not code:
        if rate is not None:
            book.error(
                "INV.WITHHOLDING_CODE",
                f"{place}.withholding.code",
                f"{nth}da tevkifat oranı var ama kodu yok; kodu seçin.",
            )
        return
    where = f"{place}.withholding"
    if invoice.type_code not in WITHHOLDING_TYPES:
        book.error(
            "INV.WITHHOLDING_TYPE",
            where,
            f"{nth}da tevkifat var; fatura tipini TEVKIFAT yapın.",
            explanation="Tevkifat yalnız TEVKIFAT, IADE ve SGK faturalarında olur (GeneralWithholdingTaxTotalCheck).",
            fix="type=TEVKIFAT",
        )
    known = codes.withholdings().get(code)
    if known is None:
        book.error("INV.WITHHOLDING_CODE", f"{where}.code", f"{nth}daki tevkifat kodu {code} GİB listesinde yok.")
        return
    if rate is None:
        book.error(
            "INV.WITHHOLDING_RATE",
            f"{where}.rate",
            f"{nth}da tevkifat oranı boş; {code} için %{known.current} yazın.",
            fix=f"withholding.rate={known.current}",
        )
        return
    if not codes.is_withholding_accepted(code, rate):
        book.error(
            "INV.WITHHOLDING_RATE",
            f"{where}.rate",
            f"{nth}da {code} kodu ile %{rate.normalize():f} oranı uyuşmuyor; {code} için yüzde {known.current} yazın.",
            explanation="GİB kod ile oranı metin olarak karşılaştırır (WithholdingTaxTotalCheck).",
            fix=f"withholding.rate={known.current}",
        )
    elif rate != known.current and invoice.type_code not in ("IADE", "YTBIADE"):
        book.warning(
            "INV.WITHHOLDING_OLD",
            f"{where}.rate",
            f"{nth}da {code} için güncel oran %{known.current}; eski oran yalnız iadelerde kullanılır.",
        )
    if line.vat_rate == 0:
        book.error(
            "INV.WITHHOLDING_VAT",
            where,
            f"{nth}da KDV 0 iken tevkifat olmaz; KDV oranını yazın ya da tevkifatı kaldırın.",
        )
