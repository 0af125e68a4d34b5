"""Every rule about the fields of single scenarios has an invoice that breaks it, and only it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.extras import Buyer, Delivery, EArchive, Package
from app.domain.findings import Severity
from app.domain.invoice import Invoice, PaymentMeans
from app.ubl import codes
from app.ubl.profiles import fields_for
from app.validation.builtin import check_invoice
from tests.ubl.scenarios import CUSTOMER, PAIRS, TODAY, internet_sale, invoice_for

Change = Callable[[Invoice], Invoice]


def _set(**changes: Any) -> Change:
    return lambda invoice: replace(invoice, **changes)


def _line(**changes: Any) -> Change:
    return lambda invoice: replace(invoice, lines=(replace(invoice.lines[0], **changes), *invoice.lines[1:]))


def _part(name: str, **changes: Any) -> Change:
    return lambda invoice: replace(invoice, **{name: replace(getattr(invoice, name), **changes)})


def _line_delivery(**changes: Any) -> Change:
    def change(invoice: Invoice) -> Invoice:
        line = invoice.lines[0]
        return replace(
            invoice, lines=(replace(line, delivery=replace(line.delivery or Delivery(), **changes)), *invoice.lines[1:])
        )

    return change


def _traveller(**changes: Any) -> Change:
    def change(invoice: Invoice) -> Invoice:
        assert invoice.buyer is not None
        return replace(invoice, buyer=replace(invoice.buyer, party=replace(invoice.buyer.party, **changes)))

    return change


EXPORT, TRAVELLER = ("IHRACAT", "ISTISNA"), ("YOLCUBERABERFATURA", "ISTISNA")
PLAIN, INCENTIVE = ("TEMELFATURA", "SATIS"), ("YATIRIMTESVIK", "SATIS")
#: code, field of the finding, pair, how the sound invoice is broken
BROKEN: list[tuple[str, str, tuple[str, str], Change]] = [
    ("INV.SPECIAL_CODE", "lines[0].exemption.code", ("TEMELFATURA", "OZELMATRAH"), _line(exemption_code="")),
    ("INV.EXPORT_REGISTERED_CODE", "lines[0].exemption.code", ("TEMELFATURA", "IHRACKAYITLI"),
     _line(exemption_code="")),
    ("INV.DIIB_GTIP", "lines[0].delivery.customs_id", ("TEMELFATURA", "IHRACKAYITLI"), _line_delivery(customs_id="1")),
    ("INV.DIIB_BUYER", "lines[0].delivery.buyer_line_code", ("TEMELFATURA", "IHRACKAYITLI"),
     _line_delivery(buyer_line_code="")),
    ("INV.DIIB_SELLER", "lines[0].delivery.seller_line_code", ("TEMELFATURA", "IHRACKAYITLI"),
     _line_delivery(seller_line_code="12")),
    ("INV.CUSTOMS_PARTY", "customer.vkn", EXPORT, _set(customer=CUSTOMER)),
    ("INV.EXPORT_TAX_OFFICE", "supplier.tax_office", EXPORT, _part("supplier", tax_office="")),
    ("INV.EXPORT_BUYER", "buyer.party_type", EXPORT, _part("buyer", party_type="")),
    ("INV.EXPORT_BUYER_NAME", "buyer.legal_name", EXPORT, _part("buyer", legal_name=" \x02")),
    ("INV.EXPORT_GTIP", "lines[0].delivery.customs_id", EXPORT, _line_delivery(customs_id="")),
    ("INV.EXPORT_GTIP_SHAPE", "lines[0].delivery.customs_id", EXPORT, _line_delivery(customs_id="0206.22")),
    ("INV.EXPORT_INCOTERMS", "delivery.incoterms", EXPORT, _part("delivery", incoterms="")),
    ("INV.EXPORT_ADDRESS", "delivery.address", EXPORT, _part("delivery", address=None)),
    ("INV.EXPORT_TRANSPORT", "delivery.transport_mode", EXPORT, _part("delivery", transport_mode="")),
    ("INV.EXPORT_TYPE", "type", ("IHRACAT", "SATIS"), _set()),
    ("INV.TRAVELLER", "buyer.party_type", TRAVELLER, _part("buyer", party_type="EXPORT")),
    ("INV.TRAVELLER_NAME", "buyer.name", TRAVELLER, _traveller(first_name="")),
    ("INV.TRAVELLER_NATION", "buyer.nationality", TRAVELLER, _part("buyer", nationality="")),
    ("INV.TRAVELLER_NATION", "buyer.nationality", TRAVELLER, _part("buyer", nationality="İNG")),
    ("INV.TRAVELLER_PASSPORT", "buyer.passport_no", TRAVELLER, _part("buyer", passport_no="")),
    ("INV.TRAVELLER_PASSPORT_DAY", "buyer.passport_day", TRAVELLER, _part("buyer", passport_day=None)),
    ("INV.AGENT", "tax_representative.number", TRAVELLER, _part("tax_representative", number="12")),
    ("INV.AGENT_LABEL", "tax_representative.label", TRAVELLER, _part("tax_representative", label="")),
    ("INV.EARCHIVE_SENDING", "earchive.sending", ("EARSIVFATURA", "SATIS"), _set(earchive=None)),
    ("INV.INTERNET_WEB", "earchive.web", ("", ""), _part("earchive", web="")),
    ("INV.INTERNET_PAYMENT", "payment.code", ("", ""), _set(payment_means=None)),
    ("INV.INTERNET_PAYMENT_DAY", "payment.due_date", ("", ""), _part("payment_means", due_date=None)),
    ("INV.INTERNET_DESPATCH", "delivery.despatch_day", ("", ""), _part("delivery", despatch_day=None)),
    ("INV.INTERNET_CARRIER", "delivery.carrier.vkn", ("", ""), _part("delivery", carrier=None)),
    ("INV.INTERNET_NOTE", "notes", ("", ""), _set(notes=())),
    ("INV.KAMU_IBAN", "payment.iban", ("KAMU", "SATIS"), _part("payment_means", iban="TR33 0006 1005")),
    ("INV.KAMU_IBAN", "payment.iban", ("KAMU", "SATIS"), _set(payment_means=None)),
    ("INV.KAMU_BUYER", "buyer.vkn", ("KAMU", "SATIS"), _set(buyer=None)),
    ("INV.HKS_TAG", "lines[0].item_ids", ("HKS", "SATIS"), _line(item_ids=())),
    ("INV.HKS_TAG", "lines[0].item_ids", ("HKS", "SATIS"), _line(item_ids=(("KUNYENO", "123456789012345678"),))),
    ("INV.SGK_KIND", "accounting_cost", ("TEMELFATURA", "SGK"), _set(accounting_cost="")),
    ("INV.SGK_KIND_CODE", "accounting_cost", ("TEMELFATURA", "SGK"), _set(accounting_cost="ECZANE")),
    ("INV.CHARGE_PLATE", "customer.identifiers", ("ENERJI", "SARJ"), _set(customer=CUSTOMER)),
    ("INV.CHARGE_PERIOD", "period.start_time", ("ENERJI", "SARJ"), _part("period", start_time=None)),
    ("INV.CHARGE_REPORT", "references", ("ENERJI", "SARJ"), _set(references=())),
    ("INV.MEDICAL_ID", "lines[0].item_ids", ("ILAC_TIBBICIHAZ", "SATIS"), _line(item_ids=(("KUNYENO", "1"),))),
    ("INV.INCENTIVE", "incentive.number", INCENTIVE, _part("incentive", number="12345")),
    ("INV.INCENTIVE", "incentive.number", ("EARSIVFATURA", "YTBSATIS"), _set(incentive=None)),
    ("INV.EXPENSE_KIND", "lines[0].classification", INCENTIVE, _line(classification="05")),
    ("INV.MACHINE", "lines[0].serial_id", INCENTIVE, _line(serial_id="")),
    ("INV.INCENTIVE_VAT", "lines[0].vat_rate", INCENTIVE, _line(vat_rate=Decimal(0), exemption_code="351")),
    ("INV.INCENTIVE_VAT", "lines[0].vat_rate", ("YATIRIMTESVIK", "IADE"),
     _line(vat_rate=Decimal(0), classification="03", exemption_code="")),
    ("INV.INCENTIVE_KIND", "lines[0].classification", ("YATIRIMTESVIK", "ISTISNA"), _line(classification="03")),
    ("INV.INCENTIVE_CODE", "lines[0].exemption.code", ("YATIRIMTESVIK", "ISTISNA"), _line(exemption_code="339")),
    ("INV.INCENTIVE_SHOWN", "lines[0].vat_shown_only", ("YATIRIMTESVIK", "ISTISNA"), _line(vat_shown_only=False)),
    ("INV.IDIS_SHIPMENT", "shipment_no", ("IDIS", "SATIS"), _set(shipment_no="SE-123")),
    ("INV.IDIS_TAG", "lines[0].item_ids", ("IDIS", "SATIS"), _line(item_ids=(("ETIKETNO", "C0152457"),))),
    ("INV.TECH_TCKN", "customer.tckn", ("EARSIVFATURA", "TEKNOLOJIDESTEK"), _set(customer=CUSTOMER)),
    ("INV.TECH_ONLY_TCKN", "customer.identifiers", ("EARSIVFATURA", "TEKNOLOJIDESTEK"),
     _part("customer", identifiers=(("MUSTERINO", "42"),))),
    ("INV.TECH_ID", "lines[0].item_ids", ("EARSIVFATURA", "TEKNOLOJIDESTEK"), _line(item_ids=())),
    ("INV.INCOTERMS", "delivery.incoterms", EXPORT, _part("delivery", incoterms="DAT")),
    ("INV.TRANSPORT", "delivery.transport_mode", PLAIN, _set(delivery=Delivery(transport_mode="11"))),
    ("INV.PACKAGE", "delivery.packages[0].type_code", PLAIN,
     _set(delivery=Delivery(packages=(Package(type_code="KUTU"),)))),
    ("INV.PACKAGE_RARE", "lines[0].delivery.packages[0].type_code", PLAIN,
     _line(delivery=Delivery(packages=(Package(type_code="ZZ"),)))),
    ("INV.ORIGIN", "lines[0].origin_country", PLAIN, _line(origin_country="ALMANYA")),
    ("INV.NO_ACCOMMODATION", "lines", ("TEMELFATURA", "KONAKLAMAVERGISI"), _line(other_taxes=())),
    ("INV.EXPORT_BUYER_ADDRESS", "buyer.address.city", EXPORT, _set(buyer=Buyer(party_type="EXPORT", legal_name="X"))),
]  # fmt: skip


def _sound(pair: tuple[str, str]) -> Invoice:
    return internet_sale() if pair == ("", "") else invoice_for(*pair)


def _findings(invoice: Invoice, purpose: Any = "draft") -> list[tuple[str, str]]:
    return [(f.code, f.field) for f in check_invoice(invoice, today=TODAY, purpose=purpose, registered=True)]


@pytest.mark.parametrize(("code", "field", "pair", "change"), BROKEN, ids=lambda v: v if isinstance(v, str) else "")
def test_extra_rule(code: str, field: str, pair: tuple[str, str], change: Change) -> None:
    sound = _sound(pair)
    if code != "INV.EXPORT_TYPE":
        assert code not in {c for c, _ in _findings(sound)}
    assert (code, field) in _findings(change(sound))


def test_every_extra_rule_has_a_broken_example() -> None:
    room = Path(__file__).resolve().parents[2] / "app/validation"
    written = set(re.findall(r'"(INV\.[A-Z_0-9]+)"', (room / "builtin_extras.py").read_text("utf-8")))
    written |= {f.code for pair in PAIRS for f in fields_for(*pair) if f.code and not f.checked_elsewhere}
    assert written - {b[0] for b in BROKEN} == set()


def test_incoterms_on_every_line_serve_as_well() -> None:
    sound = invoice_for(*EXPORT)
    assert sound.delivery is not None
    line = sound.lines[0]
    there = replace(line.delivery or Delivery(), incoterms="FOB", transport_mode="4", address=sound.delivery.address)
    moved = replace(sound, delivery=None, lines=(replace(line, delivery=there),))
    assert _findings(moved) == []
    one_without = replace(moved, lines=(*moved.lines, line))
    assert ("INV.EXPORT_INCOTERMS", "delivery.incoterms") in _findings(one_without)


def test_paying_at_the_door_needs_no_day() -> None:
    sale = replace(internet_sale(), payment_means=PaymentMeans(code="10"))
    assert _findings(sale) == []


def test_a_normal_earchive_invoice_needs_no_shop() -> None:
    assert _findings(replace(internet_sale(), earchive=EArchive(), payment_means=None, delivery=None, notes=())) == []


def test_our_habits_do_not_judge_a_strangers_document() -> None:
    stranger = replace(invoice_for("EARSIVFATURA", "SATIS"), earchive=None)
    assert "INV.EARCHIVE_SENDING" not in {c for c, _ in _findings(stranger, purpose="file")}
    assert "INV.EXPORT_TYPE" not in {c for c, _ in _findings(invoice_for("IHRACAT", "SATIS"), purpose="file")}


def test_the_fix_of_a_removed_delivery_term_mends_it() -> None:
    sound = invoice_for(*EXPORT)
    assert sound.delivery is not None
    broken = replace(sound, delivery=replace(sound.delivery, incoterms="DAT"))
    (finding,) = [f for f in check_invoice(broken, today=TODAY) if f.code == "INV.INCOTERMS"]
    assert (finding.field, finding.fix) == ("delivery.incoterms", "delivery.incoterms=DPU")
    mended = replace(sound, delivery=replace(sound.delivery, incoterms=finding.fix.partition("=")[2]))
    assert _findings(mended) == []


def test_sentences_are_whole() -> None:
    """No template hole, a capital at the start, a full stop at the end."""
    for _, _, pair, change in BROKEN:
        for finding in check_invoice(change(_sound(pair)), today=date(2026, 3, 9), registered=True):
            assert "{" not in finding.message
            assert not finding.message[0].islower() or finding.message.startswith("e-")
            assert finding.message.endswith((".", "?", ")"))
            assert finding.severity in (Severity.ERROR, Severity.WARNING)


def test_the_lists_of_the_extra_fields_hold_what_gib_accepts() -> None:
    assert "DPU" in codes.incoterms() and "DAT" not in codes.incoterms()
    assert set(codes.transport_modes()) == set("0123456789")
    assert set(codes.expense_kinds()) == {"01", "02", "03", "04"}
    with pytest.raises(KeyError):
        codes.named_list("nothing")
