"""Instant checks of an invoice: no file, no network, no package; fast enough for every keystroke.

They know what GİB rejects (UBL-TR Schematron 2026-03-12) and what it does not look at but the bookkeeper must:
check digits and arithmetic. Where an official package is installed it has the last word (`official`).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.domain.document_number import parse_document_number
from app.domain.errors import InputError
from app.domain.findings import Finding
from app.domain.invoice import EARSIVFATURA, RETURN_TYPES, TEMELFATURA, TICARIFATURA, Invoice
from app.domain.taxnumber import CUSTOMS_VKN
from app.domain.turkish import format_amount
from app.ubl import codes
from app.ubl.totals import compute_totals
from app.validation.builtin_envelope import label_problem
from app.validation.builtin_extras import check_extras, is_incentive
from app.validation.builtin_parts import Purpose, check_date, check_number, check_party, is_iban
from app.validation.lines import check_document_allowances, check_line, is_exempt_type
from app.validation.rules import Notebook

__all__ = ["ISSUED_PROFILES", "ISSUED_TYPES", "Purpose", "check_invoice", "is_iban"]

#: What the editor offers of itself; every other pair of the code lists can be issued too (`ubl.profiles`).
ISSUED_PROFILES = (TEMELFATURA, TICARIFATURA)
ISSUED_TYPES = ("SATIS", "TEVKIFAT", "ISTISNA", "IADE")
_RETURN_TYPES = RETURN_TYPES
# Which of GİB's rules refuses a type in a profile; what is not named is refused by InvoiceTypeCodeCheck.
_TYPE_RULES = {
    "ILAC_TIBBICIHAZ": "IlacTibbiCihazInvoiceTypeCodeCheck",
    "YATIRIMTESVIK": "YatirimTesvikInvoiceTypeCodeCheck",
    "IDIS": "IdisInvoiceTypeCodeCheck",
}
#: Where a type has its own profile, a click may choose it.
_PROFILE_OF_TYPE = {"IADE": "profile=TEMELFATURA", "TEKNOLOJIDESTEK": "profile=EARSIVFATURA"}
_CUSTOMS_PROFILES = frozenset({"YOLCUBERABERFATURA", "IHRACAT", "OZELFATURA", "KAMU"})
_MAX_TOTAL = Decimal(10) ** 17


def check_invoice(
    invoice: Invoice, *, today: date, purpose: Purpose = "draft", registered: bool | None = None
) -> list[Finding]:
    """Everything the built-in rules have to say, errors and warnings mixed, in the order of the form.

    `today` is the Istanbul date. `registered` tells whether the buyer is an e-Fatura user; None means not known yet.
    """
    book = Notebook()
    _check_kind(book, invoice)
    check_date(book, invoice.issue_date, today=today, purpose=purpose)
    check_number(book, invoice.series, invoice.number, invoice.issue_date)
    check_party(book, invoice.supplier, "supplier", "Satıcı")
    check_party(book, invoice.customer, "customer", "Alıcı")
    _check_buyer(book, invoice, registered, purpose)
    _check_currency(book, invoice)
    _check_references(book, invoice, today)
    if not invoice.lines:
        book.error("INV.LINES", "lines", "Faturada satır yok; en az bir mal veya hizmet yazın.")
    if _is_absurd(invoice):
        # Such numbers only come from a broken or hostile file; arithmetic on them would take for ever.
        book.error(
            "INV.TOTALS", "lines", "Satırlarda hesaplanamayacak kadar büyük sayılar var; miktar ve fiyatları düzeltin."
        )
    else:
        for index, line in enumerate(invoice.lines):
            check_line(book, invoice, line, index)
        _check_totals(book, invoice)
    _check_type_content(book, invoice)
    _check_payment(book, invoice)
    check_extras(book, invoice, is_own=purpose != "file")
    return book.findings


def _is_absurd(invoice: Invoice) -> bool:
    """Numbers of more than twenty digits before the point."""
    return any(
        number.adjusted() > 20 for line in invoice.lines for number in (line.quantity, line.unit_price, line.vat_rate)
    )


def _check_kind(book: Notebook, invoice: Invoice) -> None:
    if invoice.profile not in codes.profiles():
        book.error(
            "INV.PROFILE",
            "profile",
            f"'{invoice.profile}' GİB'in senaryo listesinde yok; TEMELFATURA veya TICARIFATURA seçin.",
            explanation="Senaryo GİB'in listesinden olmalı (ProfileIDCheck).",
        )
        return
    if invoice.type_code not in codes.invoice_types():
        book.error(
            "INV.TYPE",
            "type",
            f"'{invoice.type_code}' GİB'in fatura tipi listesinde yok; SATIS gibi bir tip seçin.",
            explanation="Fatura tipi GİB'in listesinden olmalı (InvoiceTypeCodeCheck).",
        )
        return
    if not codes.is_type_allowed(invoice.profile, invoice.type_code):
        hint = (
            "İade için senaryoyu TEMELFATURA yapın."
            if invoice.type_code == "IADE"
            else "Tipi ya da senaryoyu değiştirin."
        )
        book.error(
            "INV.PROFILE_TYPE",
            "type",
            f"{invoice.profile} senaryosunda {invoice.type_code} tipi olmaz. {hint}",
            explanation=f"GİB senaryo ile fatura tipini birlikte denetler ({_type_rule(invoice)}).",
            fix=_PROFILE_OF_TYPE.get(invoice.type_code, ""),
        )


def _type_rule(invoice: Invoice) -> str:
    """The name of the official rule that refuses this pair."""
    general = {"IADE", "TEKNOLOJIDESTEK", "SARJ", "SARJANLIK"}
    own = _TYPE_RULES.get(invoice.profile)
    return own if own is not None and invoice.type_code not in general else "InvoiceTypeCodeCheck"


def _check_buyer(book: Notebook, invoice: Invoice, registered: bool | None, purpose: Purpose) -> None:
    if purpose == "file":
        return
    if invoice.customer.tax_number == invoice.supplier.tax_number:
        book.warning(
            "INV.SELF", "customer.tax_number", "Alıcı ile satıcı aynı; faturanın kime kesildiğini kontrol edin."
        )
    if invoice.customer.tax_number.digits == CUSTOMS_VKN and invoice.profile not in _CUSTOMS_PROFILES:
        book.error(
            "INV.CUSTOMS_BUYER",
            "customer.tax_number",
            "Gümrük ve Ticaret VKN'si yalnız ihracat gibi senaryolarda kullanılır.",
        )
    if registered is False and invoice.profile != EARSIVFATURA:
        say = book.error if purpose == "seal" else book.warning
        say(
            "INV.NOT_REGISTERED",
            "customer.tax_number",
            "Alıcı e-Fatura mükellefi değil; taslak duruyor, bu alıcıya e-Arşiv fatura düzenleyin.",
        )
    label = invoice.receiver_label
    if label and not label.startswith("urn:mail:"):
        book.error("INV.LABEL", "receiver_label", "Alıcı etiketi urn:mail: ile başlamalı; cari kartından seçin.")
    problem = label_problem(label, invoice.profile)
    if problem:
        book.error(
            "INV.LABEL_PROFILE",
            "receiver_label",
            f"{problem} Etiketi ya da senaryoyu değiştirin.",
            explanation="Gümrük etiketine yalnız gümrük senaryolarındaki faturalar gider (IhracatYolcuBeraberCheck).",
        )


def _check_currency(book: Notebook, invoice: Invoice) -> None:
    if invoice.currency not in codes.currencies():
        book.error(
            "INV.CURRENCY",
            "currency",
            f"'{invoice.currency}' para birimi listesinde yok; TRY, USD, EUR gibi yazın.",
            explanation="Belgenin para birimi ISO 4217 listesinden olmalı (CurrencyCodeCheck).",
        )
        return
    rate = invoice.exchange_rate
    if invoice.currency == "TRY":
        if rate is not None:
            book.warning("INV.RATE_UNUSED", "exchange_rate", "Fatura TL; yazdığınız kur kullanılmaz.")
        return
    if rate is None:
        book.error(
            "INV.RATE",
            "exchange_rate",
            f"{invoice.currency} faturada kur yazılmalı; fatura tarihindeki TCMB kurunu girin.",
            explanation="Dövizli belgede TL karşılığı kurla bildirilir (CurrencyCodeCheck).",
        )
        return
    if rate.rate <= 0:
        book.error("INV.RATE_POSITIVE", "exchange_rate.rate", "Kur sıfırdan büyük olmalı.")
    exponent = rate.rate.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > 6:
        book.error("INV.RATE_DECIMALS", "exchange_rate.rate", "Kur en çok 6 ondalıklı olabilir; yuvarlayın.")


def _check_references(book: Notebook, invoice: Invoice, today: date) -> None:
    if invoice.type_code in _RETURN_TYPES and not invoice.returned_invoices:
        book.error(
            "INV.RETURN_REFERENCE",
            "returned_invoices",
            "İade faturasında iade edilen faturanın 16 haneli numarasını ve tarihini yazın.",
            explanation="GİB iade faturasında en az bir fatura atfı ister (IADEInvioceCheck).",
        )
    for index, returned in enumerate(invoice.returned_invoices):
        place = f"returned_invoices[{index}]"
        if invoice.type_code in _RETURN_TYPES:
            try:
                parse_document_number(returned.number)
            except InputError:
                book.error(
                    "INV.RETURN_NUMBER",
                    f"{place}.number",
                    f"İade edilen fatura numarası ({returned.number}) 16 haneli olmalı.",
                    explanation="GİB iade edilen her faturanın 16 haneli numarasını ister (IADEInvioceCheck).",
                )
        else:
            book.warning(
                "INV.RETURN_UNUSED", place, f"{invoice.type_code} faturasında iade atfı var; tipi IADE mi olmalıydı?"
            )
        if returned.day > invoice.issue_date:
            book.warning(
                "INV.RETURN_DATE",
                f"{place}.day",
                "İade edilen faturanın tarihi bu faturadan sonra; tarihi kontrol edin.",
            )
    dated = [("order_reference.day", invoice.order_reference)] if invoice.order_reference is not None else []
    dated += [(f"despatch_references[{i}].day", ref) for i, ref in enumerate(invoice.despatch_references)]
    dated += [(f"returned_invoices[{i}].day", ref) for i, ref in enumerate(invoice.returned_invoices)]
    for place, reference in dated:
        if reference.day.year < 2005:
            book.error(
                "INV.REFERENCE_OLD",
                place,
                f"{reference.number} belgesinin tarihi 2005'ten önce; yılı kontrol edin.",
                explanation="GİB belgedeki bütün tarihlere bakar (TimeCheck).",
            )
        if reference.day > today:
            book.error(
                "INV.REFERENCE_FUTURE",
                place,
                f"{reference.number} belgesinin tarihi bugünden ileri; düzeltin.",
                explanation="GİB belgedeki bütün tarihleri bugünle karşılaştırır (TimeCheck).",
            )


def _check_type_content(book: Notebook, invoice: Invoice) -> None:
    has_withholding = any(line.withholding_code for line in invoice.lines)
    if invoice.type_code == "TEVKIFAT" and invoice.lines and not has_withholding:
        book.warning(
            "INV.NO_WITHHOLDING", "lines", "Fatura tipi TEVKIFAT ama hiçbir satırda tevkifat yok; kod ve oran seçin."
        )
    is_taxed = invoice.profile == "YOLCUBERABERFATURA" or is_incentive(invoice)
    if (
        invoice.type_code == "ISTISNA"
        and invoice.lines
        and not is_taxed
        and not any(is_exempt_type(line) for line in invoice.lines)
    ):
        book.warning(
            "INV.NO_EXEMPTION", "lines", "Fatura tipi ISTISNA ama KDV'si 0 olan satır yok; tipi SATIS mı olmalıydı?"
        )


def _check_payment(book: Notebook, invoice: Invoice) -> None:
    means = invoice.payment_means
    if means is None:
        return
    if means.code not in codes.payment_means():
        book.error(
            "INV.PAYMENT_CODE",
            "payment.code",
            f"Ödeme şekli kodu {means.code} listede yok; 42 (havale/EFT) gibi seçin.",
            explanation="Ödeme şekilleri UN/EDIFACT kodlarıyla yazılır (PaymentMeansCodeCheck).",
        )
    if means.iban and not is_iban(means.iban):
        book.warning("INV.IBAN", "payment.iban", "IBAN hatalı görünüyor; TR ile başlayan 26 karakteri yeniden yazın.")
    if means.due_date is not None and means.due_date < invoice.issue_date:
        book.warning("INV.DUE_DATE", "payment.due_date", "Ödeme tarihi fatura tarihinden önce; kontrol edin.")


def _check_totals(book: Notebook, invoice: Invoice) -> None:
    if not invoice.lines:
        return
    totals = compute_totals(invoice)
    check_document_allowances(book, invoice.allowances, base=sum((line.net for line in totals.lines), Decimal(0)))
    if totals.payable < 0 or totals.tax_exclusive < 0:
        book.error(
            "INV.NEGATIVE",
            "lines",
            f"Ödenecek tutar eksi çıkıyor ({format_amount(totals.payable)}); indirimleri ve fiyatları kontrol edin.",
            explanation="GİB eksi tutar kabul etmez (decimalCheck).",
        )
    elif totals.payable == 0 and not any(line.unit_price for line in invoice.lines):
        book.warning("INV.ZERO", "lines", "Faturanın tutarı sıfır; fiyatları kontrol edin.")
    if totals.tax_inclusive >= _MAX_TOTAL:
        book.error("INV.HUGE", "lines", "Toplam tutar 17 haneden büyük; miktar ve fiyatları kontrol edin.")
    if abs(invoice.rounding) >= 1:
        book.warning("INV.ROUNDING", "rounding", "Yuvarlama 1 liradan büyük; gerçekten yuvarlama mı?")
