"""Reading what others wrote: odd but readable documents, the index, templates, the official samples."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.errors import InputError
from app.domain.invoice import AllowanceCharge, Invoice, InvoiceLine
from app.domain.lifecycle import DocumentKind
from app.ubl.reader import find_templates, read_invoice, summarize
from app.ubl.totals import compute_totals
from app.ubl.writer import build_invoice

D = Decimal
Make = Callable[..., Invoice]
STYLESHEET = '<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>'


def build(invoice: Invoice, template: bytes | None = None) -> str:
    return build_invoice(invoice, compute_totals(invoice), template=template).decode()


def without(xml: str, start: str, end: str) -> str:
    """`xml` without everything from each `start` to the `end` behind it."""
    while start in xml:
        head, _, rest = xml.partition(start)
        xml = head + rest.partition(end)[2]
    return xml


def test_summary_of_an_invoice(make: Make, template: bytes) -> None:
    found = summarize(build(make(notes=("Bir", "İki")), template).encode())
    assert found.kind is DocumentKind.INVOICE
    assert found.ettn == "f47ac10b-58cc-4372-a567-0e02b2c3d479"
    assert (found.number, found.profile, found.type_code) == ("CNR2026000000001", "TEMELFATURA", "SATIS")
    assert (found.issue_date, found.issue_time) == (date(2026, 3, 9), time(14, 30, 5))
    assert (found.supplier_vkn, found.supplier_name) == ("9205121120", "Çınar & Oğulları <Gıda> A.Ş.")
    assert (found.customer_vkn, found.customer_name) == ("10000000146", "Işıl Şahin")
    assert (found.currency, found.payable, found.vat, found.tax_exclusive) == (
        "TRY", D("1200.00"), D("200.00"), D("1000.00"),
    )  # fmt: skip
    assert found.notes == "Yalnız BinİkiYüz TürkLirası\nBir\nİki"
    assert not found.has_signature


def test_summary_knows_the_vat_before_withholding(make: Make, line: InvoiceLine) -> None:
    invoice = make(type_code="TEVKIFAT", lines=(replace(line, withholding_code="606", withholding_rate=D(90)),))
    assert summarize(build(invoice).encode()).vat == D("200.00")


def test_an_earchive_invoice_is_its_own_kind(make: Make) -> None:
    assert summarize(build(make(profile="EARSIVFATURA")).encode()).kind is DocumentKind.EARCHIVE


def test_summary_says_whether_a_seal_is_there(make: Make) -> None:
    xml = build(make()).replace("<ext:ExtensionContent>", "<ext:ExtensionContent><ds:Signature/>")
    assert summarize(xml.encode()).has_signature
    assert read_invoice(xml.encode()).has_signature


@pytest.mark.parametrize("raw", [b"<a/>", b"<Invoice/>", b"<a xmlns='urn:x'><b>1</b></a>"])
def test_readable_xml_of_no_known_kind_is_unknown(raw: bytes) -> None:
    assert summarize(raw).kind == "unknown"


def test_a_hollow_invoice_is_still_indexed() -> None:
    raw = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    found = summarize(raw)
    assert found.kind is DocumentKind.INVOICE
    assert (found.number, found.payable, found.issue_date, found.vat) == ("", None, None, None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<cbc:IssueDate>2026-03-09<", "<cbc:IssueDate>yarın<"),
        ("<cbc:IssueTime>14:30:05<", "<cbc:IssueTime>25:99<"),
        (">1200.00<", ">1.200,00<"),
        (">1200.00<", ">1e999999999<"),
        (">1200.00<", "><"),
        (">9205121120<", ">dokuz<"),
    ],
)
def test_odd_values_never_stop_the_index(make: Make, old: str, new: str) -> None:
    xml = build(make())
    assert old in xml
    assert summarize(xml.replace(old, new).encode()).kind is DocumentKind.INVOICE


def test_zoned_and_fractional_times_are_read(make: Make) -> None:
    xml = build(make())
    for text in ("14:30:05.1234567+03:00", "14:30:05Z", "14:30:05.0"):
        assert summarize(xml.replace("14:30:05", text).encode()).issue_time == time(14, 30, 5)
    assert summarize(xml.replace(">2026-03-09<", ">2026-03-09+03:00<", 1).encode()).issue_date == date(2026, 3, 9)


def test_comments_inside_values_do_not_count(make: Make) -> None:
    xml = build(make()).replace(">CNR2026000000001<", ">CNR2026<!-- yıl -->000000001<", 1)
    assert summarize(xml.encode()).number == "CNR2026000000001"


def test_another_document_is_no_invoice() -> None:
    with pytest.raises(InputError) as caught:
        read_invoice(b"<a/>")
    assert caught.value.code == "UBL.NOT_INVOICE"


def test_an_invoice_without_a_date_is_refused(make: Make) -> None:
    xml = build(make()).replace("<cbc:IssueDate>2026-03-09</cbc:IssueDate>", "")
    with pytest.raises(InputError) as caught:
        read_invoice(xml.encode())
    assert caught.value.code == "UBL.NO_DATE"


def test_a_foreign_number_is_kept_as_written(make: Make) -> None:
    read = read_invoice(build(make()).replace("<cbc:ID>CNR2026000000001", "<cbc:ID>A-1/26").encode())
    assert (read.document_id, read.invoice.number, read.invoice.number_text) == ("A-1/26", None, "")
    assert any("Belge numarası" in warning for warning in read.warnings)


def test_a_foreign_first_note_is_no_amount_in_words(make: Make) -> None:
    xml = build(make(notes=("Bir",))).replace("Yalnız BinİkiYüz TürkLirası", "Yalnız #bin iki yüz# TL")
    assert read_invoice(xml.encode()).invoice.notes == ("Yalnız #bin iki yüz# TL", "Bir")


def test_a_discount_written_as_percent_is_read_by_its_amount(make: Make, line: InvoiceLine) -> None:
    invoice = make(lines=(replace(line, allowances=(AllowanceCharge(rate=D("0.05")),)),))
    xml = build(invoice).replace("Numeric>0.05<", "Numeric>5<")
    (item,) = read_invoice(xml.encode()).invoice.lines[0].allowances
    assert (item.rate, item.amount) == (None, D("50.00"))


def test_empty_discounts_of_careless_programs_are_passed_over(make: Make) -> None:
    empty = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
        "<cbc:MultiplierFactorNumeric>0</cbc:MultiplierFactorNumeric><cbc:Amount>0</cbc:Amount></cac:AllowanceCharge>"
    )
    xml = build(make()).replace(
        "</cbc:LineExtensionAmount>\n    <cac:TaxTotal>", f"</cbc:LineExtensionAmount>{empty}<cac:TaxTotal>"
    )
    assert empty in xml
    assert read_invoice(xml.encode()).invoice.lines[0].allowances == ()


def test_taxes_written_on_the_document_only(make: Make, line: InvoiceLine) -> None:
    invoice = make(lines=(line, line))
    head, marker, lines = build(invoice).partition("<cac:InvoiceLine>")
    read = read_invoice((head + marker + without(lines, "<cac:TaxTotal>", "</cac:TaxTotal>")).encode())
    assert [item.vat_rate for item in read.invoice.lines] == [D(20), D(20)]
    assert compute_totals(read.invoice).payable == read.stated.payable


def test_tax_total_may_be_written_with_or_without_the_withheld_part(make: Make, line: InvoiceLine) -> None:
    invoice = make(type_code="TEVKIFAT", lines=(replace(line, withholding_code="606", withholding_rate=D(90)),))
    xml = build(invoice)
    for written in ("20.00", "200.00"):
        read = read_invoice(xml.replace(">20.00<", f">{written}<").encode())
        assert read.stated.tax_total == D("200.00")
        assert read.warnings == []
    read = read_invoice(xml.replace(">20.00<", ">77.00<").encode())
    assert read.stated.tax_total == D("77.00")
    assert any("vergi" in warning for warning in read.warnings)


def test_a_discount_on_the_whole_document_is_told(make: Make) -> None:
    discount = (
        "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>5</cbc:Amount>"
        "</cac:AllowanceCharge><cac:TaxTotal>"
    )
    read = read_invoice(build(make()).replace("<cac:TaxTotal>", discount, 1).encode())
    assert any("tamamına iskonto" in warning for warning in read.warnings)


def test_a_missing_party_is_told_not_raised(make: Make) -> None:
    xml = without(build(make()), "<cac:AccountingCustomerParty>", "</cac:AccountingCustomerParty>")
    read = read_invoice(xml.encode())
    assert read.invoice.customer.tax_number.digits == ""
    assert any("Alıcı" in warning for warning in read.warnings)


# --- templates -------------------------------------------------------------------------------------------------------


def attach(xml: str, content: str, *, kind: str = "", filename: str = "a.bin") -> str:
    """`xml` with one more attachment, in front of those it has."""
    reference = (
        f"<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cbc:DocumentType>{kind}</cbc:DocumentType><cac:Attachment>"
        f'<cbc:EmbeddedDocumentBinaryObject filename="{filename}">{content}</cbc:EmbeddedDocumentBinaryObject>'
        "</cac:Attachment></cac:AdditionalDocumentReference>"
    )
    head, tail = xml.split("<cac:Signature>", 1)
    place = head.find("<cac:AdditionalDocumentReference>")
    if place < 0:
        place = len(head)
    return head[:place] + reference + head[place:] + "<cac:Signature>" + tail


def pack(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def test_a_named_template_comes_before_an_unnamed_one(make: Make, template: bytes) -> None:
    xml = attach(build(make(), template), pack(STYLESHEET), kind="SATIS")
    assert find_templates(xml.encode()) == [template, STYLESHEET.encode()]


@pytest.mark.parametrize(
    "content",
    [pack(STYLESHEET), "\n  " + "\n".join(pack(STYLESHEET)[i : i + 64] for i in range(0, 200, 64)) + "\n",
     pack(STYLESHEET).rstrip("="), STYLESHEET.replace("<", "&lt;"), STYLESHEET],
    ids=["base64", "wrapped", "unpadded", "plain text", "as elements"],
)  # fmt: skip
def test_templates_are_found_however_they_are_written(make: Make, content: str) -> None:
    (found,) = find_templates(attach(build(make()), content).encode())
    assert b"<xsl:stylesheet" in found


def test_a_template_in_utf16_is_found(make: Make) -> None:
    assert len(find_templates(attach(build(make()), pack(STYLESHEET, "utf-16")).encode())) == 1


@pytest.mark.parametrize("content", ["", "   ", pack("%PDF-1.4"), "!!! not base64 !!!", pack("<a/>"), "ğ"])
def test_other_and_broken_attachments_are_passed_over(make: Make, content: str) -> None:
    xml = attach(build(make()), content, kind="XSLT")
    assert find_templates(xml.encode()) == []
    assert read_invoice(xml.encode()).template is None


# --- the official samples -------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sample_files(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Every XML document of both official packages."""
    import zipfile

    folder = tmp_path_factory.mktemp("samples")
    files: list[Path] = []
    for package in ("UBL-TR1.2.1_Paketi.zip", "e-FaturaPaketi.zip"):
        with zipfile.ZipFile(shared / "gib" / package) as archive:
            for index, name in enumerate(n for n in archive.namelist() if "/xml/" in n and n.endswith(".xml")):
                target = folder / f"{package}-{index}.xml"
                target.write_bytes(archive.read(name))
                files.append(target)
    return files


@pytest.mark.shared
def test_every_official_sample_is_read(sample_files: list[Path]) -> None:
    kinds: dict[str, int] = {}
    for file in sample_files:
        raw = file.read_bytes()
        try:
            found = summarize(raw)
        except InputError as e:
            # One file of GİB's is not well-formed.
            assert e.code == "XML.MALFORMED"
            kinds["malformed"] = kinds.get("malformed", 0) + 1
            continue
        kinds[str(found.kind)] = kinds.get(str(found.kind), 0) + 1
        if found.kind in (DocumentKind.INVOICE, DocumentKind.EARCHIVE):
            read = read_invoice(raw)
            assert read.document_id == found.number
            assert read.stated.payable == found.payable
            assert compute_totals(read.invoice).lines
    assert kinds == {
        "invoice": 28, "earchive": 7, "despatch": 5, "receipt": 4, "application-response": 9,
        "envelope": 15, "unknown": 4, "malformed": 1,
    }  # fmt: skip


@pytest.mark.shared
def test_official_sums_are_ours_where_gib_added_up_right(sample_files: list[Path]) -> None:
    """The samples of 2023 and later, without the two kinds that carry further deductions."""
    agreeing = 0
    for file in sample_files:
        raw = file.read_bytes()
        if b"<Invoice" not in raw or b"StandardBusinessDocument" in raw:
            continue
        read = read_invoice(raw)
        ours = compute_totals(read.invoice)
        agreeing += (ours.payable, ours.tax_total) == (read.stated.payable, read.stated.tax_total)
    assert agreeing >= 25
