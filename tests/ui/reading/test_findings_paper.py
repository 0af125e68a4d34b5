"""Findings on paper and in Excel, and the way from a finding to its field."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lxml import etree
from pypdf import PdfReader
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.domain.findings import Finding, Layer, Severity
from app.ui.reading import findings_paper
from app.ui.reading.fields import Group, place_in
from app.ui.reading.fields_tab import FieldsTab
from app.ui.reading.findings_list import FindingsList
from app.ui.widgets import MessageBar

PATIENCE_MS = 30_000
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FINDINGS = [
    Finding(
        Severity.ERROR,
        Layer.SCHEMATRON,
        "LINE.VAT",
        "lines[1].vat_rate",
        "Satır 2: KDV oranı 0 ama <istisna> kodu yok.",
        explanation="Sıfır oranın nedeni belirtilir.",
        official="TaxExemptionReasonCode boş olamaz.",
    ),
    Finding(Severity.WARNING, Layer.XSD, "XSD.1", "", '=HYPERLINK("http://kötü")', line=42),
    Finding(Severity.INFO, Layer.BUILTIN, "RULES.ABSENT", "", "Resmî denetim paketi kurulu değil."),
]


def test_a_sheet_has_every_word_and_no_formula(tmp_path: Path) -> None:
    path = findings_paper.write_excel(tmp_path / "bulgular.xlsx", FINDINGS, "ABC2026000000001")
    rows, formulas = cells_of(path)
    assert rows[0][0] == "ABC2026000000001" and rows[1][:3] == ["Önem", "Bulgu", "Yer"]
    assert rows[2][:3] == ["Hata", FINDINGS[0].message, "2. satır › KDV oranı"]
    assert rows[2][3:7] == [FINDINGS[0].explanation, FINDINGS[0].official, "GİB kuralı (Schematron)", "LINE.VAT"]
    assert rows[3][1] == '=HYPERLINK("http://kötü")' and rows[3][7] == "42"
    assert len(rows) == 5 and formulas == 0


def cells_of(path: Path) -> tuple[list[list[str]], int]:
    """The rows of the first sheet as text, and how many of its cells are formulas."""
    with zipfile.ZipFile(path) as book:
        shared = [
            "".join(t.text or "" for t in item.iter(f"{SHEET}t"))
            for item in etree.fromstring(book.read("xl/sharedStrings.xml"))
        ]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(f"{SHEET}row"):
        values = [(cell.get("t"), cell.findtext(f"{SHEET}v") or "") for cell in row.iter(f"{SHEET}c")]
        rows.append([shared[int(text)] if kind == "s" else text for kind, text in values])
    return rows, len(list(sheet.iter(f"{SHEET}f")))


def test_paper_has_every_finding(qtbot: QtBot, dressed, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "bulgular.pdf"))
    many = FINDINGS + [Finding(Severity.INFO, Layer.BUILTIN, f"N.{n}", "", f"Bulgu numara {n}.") for n in range(120)]
    findings_paper.paint(printer, many, "ABC2026000000001 · Işıl A.Ş.")
    sheets = [page.extract_text() for page in PdfReader(tmp_path / "bulgular.pdf").pages]
    whole = " ".join(" ".join(sheets).split())
    assert len(sheets) > 1 and "ABC2026000000001" in whole
    assert "<istisna>" in whole and "Resmî metin: TaxExemptionReasonCode boş olamaz." in whole
    assert all(f"Bulgu numara {n}." in whole for n in range(120))


def test_the_buttons_hand_out_what_the_filter_lets_through(qtbot: QtBot, dressed) -> None:  # type: ignore[no-untyped-def]
    listed = FindingsList(on_paper=True)
    qtbot.addWidget(listed)
    listed.set_findings(FINDINGS)
    listed.show()
    listed.chips[Severity.INFO].click()
    with qtbot.waitSignal(listed.excel_wanted) as excel:
        listed.excel_button.click()
    with qtbot.waitSignal(listed.print_wanted) as paper:
        listed.print_button.click()
    assert excel.args == paper.args == [FINDINGS[:2]]
    for severity in (Severity.ERROR, Severity.WARNING):
        listed.chips[severity].click()
    assert not listed.excel_button.isEnabled() and not listed.copy_button.isEnabled()
    plain = FindingsList()
    qtbot.addWidget(plain)
    plain.set_findings(FINDINGS)
    plain.show()
    assert plain.copy_button.isVisible() and not plain.print_button.isVisible()


def test_saving_asks_where_and_says_so(
    qtbot: QtBot,
    ui_desk,  # type: ignore[no-untyped-def]
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    answers = [str(tmp_path / "Işıl A.Ş. 2026"), ""]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (answers.pop(0), "")))
    assert findings_paper.save_excel(ui_desk, FINDINGS, "A/B", bar, bar) is not None
    qtbot.waitUntil(lambda: "3 bulgu kaydedildi" in bar.sentence, timeout=PATIENCE_MS)
    assert [p.name for p in tmp_path.glob("*.xlsx")] == ["Işıl A.Ş. 2026.xlsx"]
    assert findings_paper.save_excel(ui_desk, FINDINGS, "A/B", bar, bar) is None


GROUPS = [
    Group(key="document", title="Belge", fields=(("Belge no", "A"), ("Tarih", "1"))),
    Group(key="customer", title="Alıcı", fields=(("Unvan", "X"), ("VKN", "1"), ("Adres", "Y"))),
    Group(key="totals", title="Tutarlar", fields=(("Mal ve hizmet toplamı", "1"), ("Ödenecek", "2"))),
    Group(key="lines", title="Satırlar", fields=tuple((str(n + 1), f"kalem {n + 1}") for n in range(700))),
]


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("issue_date", (0, 1)),
        ("number", (0, 0)),
        ("customer", (1, 0)),
        ("customer.vkn", (1, 1)),
        ("customer.address", (1, 2)),
        ("payable", (2, 1)),
        ("lines[2].quantity", (3, 2)),
        ("lines[900].quantity", None),
        ("payment.iban", None),
    ],
)
def test_a_field_is_found_where_the_reader_sees_it(field: str, place: tuple[int, int] | None) -> None:
    assert place_in(GROUPS, field) == place


def test_the_row_of_a_far_line_is_shown_and_selected(qtbot: QtBot, dressed) -> None:  # type: ignore[no-untyped-def]
    tab = FieldsTab()
    qtbot.addWidget(tab)
    tab.show_groups(GROUPS)
    tab.show()
    top = tab.tree.topLevelItem(3)
    assert top is not None and top.childCount() == 101, "a long invoice is unfolded in steps"
    assert tab.reveal("lines[650].unit_price")
    assert [item.text(1) for item in tab.tree.selectedItems()] == ["kalem 651"]
    assert not tab.reveal("payment.iban")
