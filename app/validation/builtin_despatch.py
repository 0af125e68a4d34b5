"""Instant checks of despatch notes and of the answers to them. Source: Schematron 20260312."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from app.domain.despatch import (
    ANSWER_DAYS,
    HKSIRSALIYE,
    IDISIRSALIYE,
    MATBUDAN,
    SEVK,
    TEMELIRSALIYE,
    Despatch,
    DespatchLine,
    Driver,
    Receipt,
    ReceiptLine,
    answer_due,
)
from app.domain.findings import Finding
from app.domain.party import Address
from app.domain.turkish import format_date
from app.ubl import codes
from app.validation.builtin_parts import Purpose, check_date, check_number, check_party
from app.validation.lines import check_unit
from app.validation.rules import Notebook, is_blank

PROFILES = (TEMELIRSALIYE, HKSIRSALIYE, IDISIRSALIYE)
TYPES = (SEVK, MATBUDAN)
_POSTAL_CODE = re.compile(r"(0[1-9]|[1-7][0-9]|8[01])[0-9]{3}")
_TAG = re.compile(r"[A-Za-z]{2}[0-9]{7}")
_SHIPMENT_NO = re.compile(r"SE-[0-9]{7}")


def check_despatch(despatch: Despatch, *, today: date, purpose: Purpose = "draft") -> list[Finding]:
    """Everything the built-in rules have to say about a despatch note, in the order of the form."""
    book = Notebook()
    if despatch.profile not in PROFILES:
        book.error(
            "DSP.PROFILE",
            "profile",
            f"'{despatch.profile}' irsaliye senaryosu değil; TEMELIRSALIYE seçin.",
            explanation="ProfileIDTypeDespatchAdvice",
        )
    if despatch.type_code not in TYPES:
        book.error(
            "DSP.TYPE",
            "type",
            f"'{despatch.type_code}' irsaliye tipi değil; SEVK ya da (kâğıt irsaliye için) MATBUDAN seçin.",
            explanation="DespatchAdviceTypeCodeCheck",
        )
    check_date(book, despatch.issue_date, today=today, purpose=purpose, noun="İrsaliye")
    check_number(book, despatch.series, despatch.number, despatch.issue_date, noun="irsaliye")
    check_party(book, despatch.supplier, "supplier", "Gönderen")
    check_party(book, despatch.customer, "customer", "Teslim alan")
    _check_paper(book, despatch, today)
    _check_shipment(book, despatch)
    if not despatch.lines:
        book.error("DSP.LINES", "lines", "İrsaliyede satır yok; en az bir mal yazın.")
    for index, line in enumerate(despatch.lines):
        _check_line(book, despatch, line, index)
    if despatch.profile == IDISIRSALIYE and not _SHIPMENT_NO.fullmatch(despatch.shipment_no):
        book.error(
            "DSP.IDIS_SHIPMENT",
            "shipment_no",
            "İDİS irsaliyesinde sevkiyat numarasını SE-0000000 biçiminde yazın.",
            explanation="DespatchIdisSevkiyatNoCheck",
        )
    return book.findings


def _check_paper(book: Notebook, despatch: Despatch, today: date) -> None:
    paper = despatch.paper
    if despatch.type_code == MATBUDAN and paper is None:
        book.error(
            "DSP.PAPER",
            "paper",
            "MATBUDAN irsaliyede kâğıt irsaliyenin numarasını ve tarihini yazın.",
            explanation="Kâğıttan aktarılan irsaliye kâğıdın numarasını taşır (DespatchAdviceTypeCodeCheck).",
        )
    if paper is not None and (is_blank(paper.number) or not paper.day.year >= 2005 or paper.day > today):
        book.error(
            "DSP.PAPER_DAY",
            "paper",
            "Kâğıt irsaliyenin numarası boş ya da tarihi olamayacak bir gün; düzeltin.",
            explanation="Belgedeki bütün tarihler denetlenir (TimeCheck).",
        )


def _check_shipment(book: Notebook, despatch: Despatch) -> None:
    shipment = despatch.shipment
    if shipment.despatch_day is None:
        book.error(
            "DSP.DESPATCH_DAY",
            "shipment.despatch_day",
            "Fiilî sevk tarihini yazın.",
            explanation="DespatchDateCheck",
        )
    elif shipment.despatch_day < despatch.issue_date:
        book.warning(
            "DSP.DESPATCH_EARLY",
            "shipment.despatch_day",
            f"Fiilî sevk tarihi ({format_date(shipment.despatch_day)}) irsaliyenin tarihinden önce; kontrol edin.",
        )
    if shipment.despatch_time is None:
        book.error(
            "DSP.DESPATCH_TIME",
            "shipment.despatch_time",
            "Fiilî sevk saatini yazın.",
            explanation="DespatchTimeCheck",
        )
    _check_address(book, shipment.address)
    if not shipment.drivers and shipment.carrier is None:
        book.error(
            "DSP.CARRIER",
            "shipment.drivers",
            "Şoför (ad, soyad, TCKN) ya da taşıyıcı firma girin.",
            explanation="İrsaliyede şoför ya da taşıyıcı zorunludur (DespatchCarrierDriverCheck).",
        )
    for index, driver in enumerate(shipment.drivers):
        _check_driver(book, driver, index)
    if shipment.carrier is not None:
        check_party(book, shipment.carrier, "shipment.carrier", "Taşıyıcı", is_side=False)
    if shipment.drivers and not shipment.plate:
        book.warning("DSP.PLATE", "shipment.plate", "Aracın plakası boş; yolda denetimde sorulur, yazın.")


def _check_address(book: Notebook, address: Address | None) -> None:
    if address is None:
        book.error(
            "DSP.ADDRESS",
            "shipment.address",
            "Teslim adresini yazın: il, ilçe, ülke ve 5 haneli posta kodu zorunlu.",
            explanation="DespatchAddressCheck",
        )
        return
    for attribute, words in (("district", "ilçe"), ("city", "il"), ("country", "ülke")):
        if is_blank(getattr(address, attribute)):
            book.error(
                "DSP.ADDRESS",
                f"shipment.address.{attribute}",
                f"Teslim adresinde {words} boş; yazın.",
                explanation="DespatchAddressCheck",
            )
    if not _POSTAL_CODE.fullmatch(address.postal_code):
        book.error(
            "DSP.POSTAL_CODE",
            "shipment.address.postal_code",
            f"Teslim adresinin posta kodu ('{address.postal_code}') 5 rakam olmalı ve il koduyla (01–81) başlamalı.",
            explanation="DespatchAddressCheck",
        )


def _check_driver(book: Notebook, driver: Driver, index: int) -> None:
    for attribute, words in (("first_name", "adı"), ("family_name", "soyadı"), ("number", "TCKN'si")):
        if is_blank(getattr(driver, attribute)):
            book.error(
                "DSP.DRIVER",
                f"shipment.drivers[{index}].{attribute}",
                f"{index + 1}. şoförün {words} boş; yazın.",
                explanation="DespatchCarrierDriverCheck",
            )


def _check_line(book: Notebook, despatch: Despatch, line: DespatchLine, index: int) -> None:
    place, nth = f"lines[{index}]", f"{index + 1}. satır"
    if is_blank(line.name):
        book.error("DSP.LINE_NAME", f"{place}.name", f"{nth}da malın adı boş; yazın.", explanation="ItemNameCheck")
    if line.quantity <= 0:
        book.error(
            "DSP.LINE_QUANTITY",
            f"{place}.quantity",
            f"{nth}da miktar sıfırdan büyük olmalı.",
            explanation="DeliveredQuantityCheck",
        )
    if line.unit_code not in codes.units():
        check_unit(book, line.unit_code, place, nth)
    if line.unit_price is not None and line.unit_price < 0:
        book.error("DSP.LINE_PRICE", f"{place}.unit_price", f"{nth}da birim fiyat eksi olamaz.")
    ids = dict(line.item_ids)
    if despatch.profile == HKSIRSALIYE and len(ids.get("KUNYENO", "").strip()) != 19:
        book.error(
            "DSP.HKS_TAG",
            f"{place}.item_ids",
            f"{nth}da 19 karakterlik künye numarasını yazın.",
            explanation="DespatchAdviceHKSKunyeCheck",
        )
    if despatch.profile == IDISIRSALIYE and not _TAG.fullmatch(ids.get("ETIKETNO", "")):
        book.error(
            "DSP.IDIS_TAG",
            f"{place}.item_ids",
            f"{nth}da etiket numarasını 2 harf ve 7 rakam olarak yazın.",
            explanation="DespatchIdisEtiketNoCheck",
        )


def check_receipt(
    receipt: Receipt, *, today: date, purpose: Purpose = "draft", despatch: Despatch | None = None
) -> list[Finding]:
    """Everything the built-in rules have to say about an answer; with the `despatch` its quantities are compared."""
    book = Notebook()
    if receipt.type_code != SEVK:
        book.error("RCP.TYPE", "type", "İrsaliye yanıtının tipi SEVK olmalı.", explanation="ReceiptAdviceTypeCodeCheck")
    check_date(book, receipt.issue_date, today=today, purpose=purpose, noun="İrsaliye yanıtı")
    if len(receipt.number_text.strip()) != 16:
        book.error(
            "RCP.NUMBER",
            "number",
            "İrsaliye yanıtının numarası 16 karakter olmalı.",
            explanation="ReceiptAdviceIDCheck",
        )
    check_party(book, receipt.customer, "customer", "Teslim alan")
    check_party(book, receipt.supplier, "supplier", "Gönderen")
    if is_blank(receipt.despatch.number):
        book.error("RCP.DESPATCH", "despatch", "Yanıtın hangi irsaliyeye verildiğini (ETTN) yazın.")
    if purpose != "file":
        _check_answer_time(book, receipt)
    if not receipt.lines:
        book.error("RCP.LINES", "lines", "İrsaliye yanıtında satır yok; en az bir kalem yanıtlayın.")
    for index, line in enumerate(receipt.lines):
        _check_receipt_line(book, line, index, _sent(despatch, line))
    return book.findings


def _check_answer_time(book: Notebook, receipt: Receipt) -> None:
    due = answer_due(receipt.despatch.day)
    if receipt.issue_date > due:
        book.warning(
            "RCP.LATE",
            "issue_date",
            f"İrsaliyeye yanıt süresi {format_date(due)} günü doldu; gönderen yanıtı kabul etmeyebilir.",
            explanation=f"İrsaliye yanıtı {ANSWER_DAYS} gün içinde verilir (Temel İrsaliye Senaryosu).",
        )


def _sent(despatch: Despatch | None, line: ReceiptLine) -> DespatchLine | None:
    if despatch is None or not line.line_ref.isdigit() or not 1 <= int(line.line_ref) <= len(despatch.lines):
        return None
    return despatch.lines[int(line.line_ref) - 1]


def _check_receipt_line(book: Notebook, line: ReceiptLine, index: int, sent: DespatchLine | None) -> None:
    place, nth = f"lines[{index}]", f"{index + 1}. satır"
    if is_blank(line.name):
        book.error("RCP.LINE_NAME", f"{place}.name", f"{nth}da malın adı boş; yazın.", explanation="ItemNameCheck")
    if line.unit_code not in codes.units():
        check_unit(book, line.unit_code, place, nth)
    for attribute, words in (
        ("received", "teslim alınan"),
        ("rejected", "reddedilen"),
        ("short", "eksik"),
        ("oversupply", "fazla"),
    ):
        value: Decimal = getattr(line, attribute)
        if value < 0:
            book.error("RCP.SIGN", f"{place}.{attribute}", f"{nth}da {words} miktar eksi olamaz.")
    if line.rejected > line.received:
        book.error(
            "RCP.REJECTED",
            f"{place}.rejected",
            f"{nth}da reddedilen miktar teslim alınandan fazla; gelmeyen mal eksik miktara yazılır.",
        )
    if line.rejected > 0 and is_blank(line.reason):
        book.warning("RCP.REASON", f"{place}.reason", f"{nth}da red sebebi boş; hasarlı, fazla gibi yazın.")
    if sent is not None and line.received + line.short - line.oversupply != sent.quantity:
        book.warning(
            "RCP.SUM",
            f"{place}.received",
            f"{nth}da teslim alınan ve eksik miktarlar irsaliyedeki {sent.quantity.normalize():f} ile tutmuyor.",
        )
