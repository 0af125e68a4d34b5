"""Checks of the fields that single scenarios ask for, driven by the table of `ubl.profiles`, and what no table says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from app.domain.extras import Delivery
from app.domain.invoice import EARSIVFATURA, RETURN_TYPES, YATIRIMTESVIK, Invoice, InvoiceLine
from app.ubl import codes
from app.ubl.draft import invoice_to_json
from app.ubl.partyjson import party_to_json
from app.ubl.profiles import ExtraField, Place, fields_for, values_at
from app.validation.rules import Notebook, is_blank

_LINE = re.compile(r"lines\[(\d+)\]")
_INTERNET_NOTE = "internet üzerinden"
_INCENTIVE_EXEMPTIONS = {"01": "308", "02": "339"}


def check_extras(book: Notebook, invoice: Invoice, *, is_own: bool) -> None:
    """All findings about extra fields; in somebody else's document (`is_own` False) our own habits do not count."""
    fields = [field for field in fields_for(invoice.profile, invoice.type_code) if not field.checked_elsewhere]
    if fields:
        data = invoice_to_json(invoice) | {"supplier": party_to_json(invoice.supplier)}
        for field in fields:
            if (is_own or not field.draft_only) and _counts(field, invoice, data):
                _check_field(book, field, invoice, data)
    _check_codes(book, invoice)
    _check_incentive(book, invoice)
    _check_technology(book, invoice)
    if is_own:
        _check_habits(book, invoice)


def _counts(field: ExtraField, invoice: Invoice, data: Mapping[str, Any]) -> bool:
    if field.condition and not any(place.value for place in values_at(data, field.condition)):
        return False
    if field.if_any_exemption and not any(line.exemption_code == field.if_any_exemption for line in invoice.lines):
        return False
    means = invoice.payment_means
    return not (field.unless_payment and means is not None and means.code in field.unless_payment)


def _check_field(book: Notebook, field: ExtraField, invoice: Invoice, data: Mapping[str, Any]) -> None:
    places = values_at(data, field.path)
    if field.instead and not any(place.value for place in places):
        lines = values_at(data, field.instead)
        if lines and all(place.value for place in lines):
            return
    for place in places:
        if field.line_if is not None and not _line_matches(field.line_if, place, data):
            continue
        value = place.value
        is_missing = value is None or (isinstance(value, str) and field.kind != "flag" and _is_empty(field, value))
        if is_missing and field.level == "optional":
            continue
        if is_missing or (field.pattern and not re.fullmatch(field.pattern, str(value).strip())):
            _tell(book, field, place)


def _is_empty(field: ExtraField, value: str) -> bool:
    # The second form of an identification, TABLET_PC, may stand there without a number.
    return is_blank(value) and not (field.code == "INV.TECH_ID" and value == " ")


def _line_matches(wanted: tuple[str, str], place: Place, data: Mapping[str, Any]) -> bool:
    match = _LINE.match(place.path)
    return match is not None and data["lines"][int(match[1])].get(wanted[0], "") == wanted[1]


def _tell(book: Notebook, field: ExtraField, place: Place) -> None:
    match = _LINE.match(place.path)
    message = field.message.replace("{nth}", f"{int(match[1]) + 1}. satır" if match else "Belge")
    source = field.rule or field.guide
    explanation = f"Bu alan bu senaryo ve tipte zorunludur ({source})." if source else ""
    fix = ""
    if field.kind == "fixed":
        fix = f"{place.path}={field.pattern.strip('^$')}"
    say = book.error if field.level == "error" else book.warning
    say(field.code, place.path, message, explanation, fix)


def _check_codes(book: Notebook, invoice: Invoice) -> None:
    """Codes that GİB looks at wherever they stand (DeliveryCodeCheck)."""
    if invoice.delivery is not None:
        _check_delivery(book, invoice.delivery, "delivery", "Belgede")
    for index, line in enumerate(invoice.lines):
        if line.delivery is not None:
            _check_delivery(book, line.delivery, f"lines[{index}].delivery", f"{index + 1}. satırda")
        if line.origin_country and line.origin_country not in codes.countries():
            book.error(
                "INV.ORIGIN",
                f"lines[{index}].origin_country",
                f"{index + 1}. satırda menşe ülke kodu '{line.origin_country}' listede yok; DE, CN gibi seçin.",
                explanation="Ülkeler iki harfli kodla yazılır (CountryCodeCheck).",
            )
    if invoice.accounting_cost and invoice.accounting_cost not in codes.accounting_costs():
        book.warning(
            "INV.SGK_KIND_CODE",
            "accounting_cost",
            f"'{invoice.accounting_cost}' SGK'nin ilave fatura tiplerinden değil; listeden seçin.",
        )
    buyer = invoice.buyer
    if buyer is not None and buyer.nationality and buyer.nationality not in codes.countries():
        book.error(
            "INV.TRAVELLER_NATION",
            "buyer.nationality",
            f"Uyruk kodu '{buyer.nationality}' listede yok; DE, GB gibi iki harfli ülke kodu seçin.",
            explanation="Yolcunun uyruğu ülke listesinden olmalı (TaxFreeNationalityIDCheck).",
        )


def _check_delivery(book: Notebook, delivery: Delivery, place: str, where: str) -> None:
    explanation = "Teslim, kap ve taşıma kodları GİB listelerinden olmalı (DeliveryCodeCheck)."
    if delivery.incoterms and delivery.incoterms not in codes.incoterms():
        hint = "DAT kaldırıldı, DPU seçin." if delivery.incoterms == "DAT" else "CIF, FOB gibi seçin."
        fix = "delivery.incoterms=DPU" if delivery.incoterms == "DAT" else ""
        book.error(
            "INV.INCOTERMS",
            f"{place}.incoterms",
            f"{where} teslim şartı '{delivery.incoterms}' listede yok; {hint}",
            explanation,
            fix,
        )
    if delivery.transport_mode and delivery.transport_mode not in codes.transport_modes():
        book.error(
            "INV.TRANSPORT",
            f"{place}.transport_mode",
            f"{where} gönderilme şekli '{delivery.transport_mode}' listede yok; 1 deniz, 3 kara, 4 hava gibi seçin.",
            explanation,
        )
    for index, package in enumerate(delivery.packages):
        code = package.type_code
        if code and not re.fullmatch(r"[0-9A-Z]{2}", code):
            book.error(
                "INV.PACKAGE",
                f"{place}.packages[{index}].type_code",
                f"{where} kap cinsi '{code}' iki karakterli bir kod olmalı; kutu için BX, karton için CT seçin.",
                explanation,
            )
        elif code and code not in codes.packages():
            book.warning(
                "INV.PACKAGE_RARE",
                f"{place}.packages[{index}].type_code",
                f"{where} kap cinsi kodu ({code}) sık kullanılanlardan değil; doğru mu?",
            )


def is_incentive(invoice: Invoice) -> bool:
    """Whether the invoice belongs to a yatırım teşvik belgesi."""
    is_archive = invoice.profile == EARSIVFATURA and invoice.type_code.startswith("YTB")
    return invoice.profile == YATIRIMTESVIK or is_archive


def _check_incentive(book: Notebook, invoice: Invoice) -> None:
    if not is_incentive(invoice):
        return
    is_exempt = invoice.type_code in ("ISTISNA", "YTBISTISNA")
    for index, line in enumerate(invoice.lines):
        place, nth = f"lines[{index}]", f"{index + 1}. satır"
        if is_exempt:
            _check_exempt_incentive(book, line, place, nth)
        needs_vat = invoice.type_code not in RETURN_TYPES or line.classification in ("03", "04")
        if needs_vat and line.vat_rate <= 0:
            book.error(
                "INV.INCENTIVE_VAT",
                f"{place}.vat_rate",
                f"{nth}da KDV oranı 0; yatırım teşvik faturasında KDV oranı yazılır, istisnada da gösterilir.",
                explanation="KDV oranı ve tutarı her kalemde bulunmalı (YatirimTesvikLineKDVCheck).",
            )


def _check_exempt_incentive(book: Notebook, line: InvoiceLine, place: str, nth: str) -> None:
    if line.classification not in _INCENTIVE_EXEMPTIONS:
        book.error(
            "INV.INCENTIVE_KIND",
            f"{place}.classification",
            f"{nth}da istisnada harcama tipi yalnız 01 (makine) ya da 02 (inşaat) olabilir.",
            explanation="YatirimTesvikItemClassificationCodeIstisnaCheck",
        )
        return
    wanted = _INCENTIVE_EXEMPTIONS[line.classification]
    if line.exemption_code != wanted:
        book.error(
            "INV.INCENTIVE_CODE",
            f"{place}.exemption.code",
            f"{nth}da harcama tipi {line.classification} için istisna kodu {wanted} olmalı.",
            explanation=f"YatirimTesvikTaxExemptionReasonCode{wanted}Check",
            fix=f"exemption.code={wanted}",
        )
    if not line.vat_shown_only:
        book.error(
            "INV.INCENTIVE_SHOWN",
            f"{place}.vat_shown_only",
            f"{nth}da vazgeçilen KDV gösterilir ama tahsil edilmez; 'KDV gösterilir, tahsil edilmez' işaretleyin.",
            explanation="YatirimTesvikItemClassificationCodeIstisnaCalculationSequenceNumericCheck",
            fix="vat_shown_only=true",
        )


def _check_technology(book: Notebook, invoice: Invoice) -> None:
    if invoice.type_code != "TEKNOLOJIDESTEK":
        return
    customer = invoice.customer
    if customer.identifiers or customer.mersis or customer.trade_registry_no:
        book.error(
            "INV.TECH_ONLY_TCKN",
            "customer.identifiers",
            "Teknoloji destek faturasında alıcının TCKN'den başka numarası (müşteri no gibi) yazılmaz; çıkarın.",
            explanation="Alıcının her kimliği TCKN olmalı (PartyIdentificationTEKNOLOJIDESTEKCheck).",
        )


def _check_habits(book: Notebook, invoice: Invoice) -> None:
    """What no rule enforces, but a bookkeeper wants to be told."""
    taxes = {tax.code for line in invoice.lines for tax in line.other_taxes}
    if invoice.type_code == "KONAKLAMAVERGISI" and "0059" not in taxes:
        book.warning(
            "INV.NO_ACCOMMODATION",
            "lines",
            "Fatura tipi KONAKLAMAVERGISI ama hiçbir satırda konaklama vergisi yok; 0059 kodlu vergiyi ekleyin.",
        )
    if invoice.profile in ("IHRACAT", "YOLCUBERABERFATURA") and invoice.type_code != "ISTISNA":
        book.warning(
            "INV.EXPORT_TYPE",
            "type",
            f"{invoice.profile} senaryosunda fatura tipi ISTISNA olur; {invoice.type_code} bilerek mi seçildi?",
            explanation="GİB kılavuzu bu senaryolarda ISTISNA tipini ister; gümrük başkasını reddedebilir.",
            fix="type=ISTISNA",
        )
    told = invoice.earchive
    if told is not None and told.is_internet and not any(_INTERNET_NOTE in note for note in invoice.notes):
        book.warning(
            "INV.INTERNET_NOTE",
            "notes",
            "İnternet satışında faturaya 'Bu satış internet üzerinden yapılmıştır.' notu yazılır; ekleyin.",
            explanation="İnternet satışına ilişkin e-Arşiv faturada bu ibare bulunur (VUK Genel Tebliği 509).",
            fix="notes+=Bu satış internet üzerinden yapılmıştır.",
        )
