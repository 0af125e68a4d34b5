"""The viewer of ledger files: rows by offset, search, jumps, seal, print; opened from the files and by a drop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.errors import RuleBroken
from app.domain.voucher import Period
from app.edefter.reading.opening import open_ledger_file
from app.edefter.sources.reading import inspect_source
from app.storage.records import CompanyRecord
from app.ui.ledger.viewer import LedgerViewer
from app.ui.ledger.viewer_paper import MAX_LINES, PrintRangeDialog, paper_html
from app.ui.pages.ledger import LedgerPage
from app.workflows.ledger_build import build_month
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_terms import build_options

from .conftest import PATIENCE_MS, source

MARCH = Period(2026, 3)
VOUCHERS = 300


@pytest.fixture
def books(ledger_world: Any, tmp_path: Path) -> dict[str, Path]:
    """The files of a built month by kind."""
    world = ledger_world
    return build(world, world.company, source(tmp_path / "mart.csv", 3, VOUCHERS))


def build(world: Any, company: CompanyRecord, file: Path) -> dict[str, Path]:
    folder = world.office.folder.ledgers
    import_vouchers(world.ctx, company, file, inspect_source(file), folder=folder)
    out = world.office.folder.edefter
    report = build_month(
        world.ctx, company, MARCH, world.sealer, build_options(world.office.settings, company), folder=folder, out=out
    )
    assert report.is_built
    return {path.name.split("-")[2]: path for path in out.rglob("*.xml")}


@pytest.fixture
def show(qtbot: QtBot, ledger_world: Any) -> Iterator[Any]:
    shown: list[LedgerViewer] = []

    def make(path: Path) -> LedgerViewer:
        viewer = LedgerViewer(ledger_world.desk, path)
        viewer.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        shown.append(viewer)
        with qtbot.waitSignal(viewer.settled, timeout=PATIENCE_MS):
            viewer.show()
        idle(qtbot, viewer)
        return viewer

    yield make
    for viewer in shown:
        viewer.close()
        viewer.deleteLater()
        QApplication.sendPostedEvents(viewer, QEvent.Type.DeferredDelete.value)
    qtbot.waitUntil(lambda: not ledger_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def idle(qtbot: QtBot, viewer: LedgerViewer) -> None:
    def is_still() -> bool:
        waits = any(m._wanted or m._is_fetching for m in (viewer.headers, viewer.lines))
        return not waits and not viewer._desk.runner.live_jobs() and not viewer.bar._typing.isActive()

    QApplication.processEvents()
    qtbot.waitUntil(is_still, timeout=PATIENCE_MS)


def cells(viewer: LedgerViewer, table: str, row: int) -> list[str]:
    model = getattr(viewer, table)
    return [model.index(row, column).data() for column in range(model.columnCount())]


def test_a_journal_shows_its_vouchers_lines_seal_and_totals(qtbot: QtBot, show: Any, books: dict[str, Path]) -> None:
    viewer = show(books["Y"])
    QAbstractItemModelTester(viewer.headers, QAbstractItemModelTester.FailureReportingMode.Fatal, viewer)
    assert viewer.head.title.text() == "Yevmiye defteri · Mart 2026"
    assert viewer.head.seal.text().startswith("Mühür geçerli: ") and "deneme mührü" in viewer.head.seal.text()
    assert viewer.headers.rowCount() == VOUCHERS
    assert viewer.totals.text().startswith("300 madde · 600 satır · borç ") and "(eşit)" in viewer.totals.text()
    first = cells(viewer, "headers", 0)
    assert first[:4] == ["1", "01.03.2026", "3-1", "Kayıt 1"] and first[6] == first[7]
    assert cells(viewer, "lines", 1)[0] == "2" and viewer.lines.rowCount() == 2
    facts = dict(row.texts for row in viewer.facts.rows)
    assert facts["Madde aralığı"] == "1–300" and facts["Mühür sahibi"] and len(facts["SHA-256"]) == 64


def test_a_ledger_is_searched_by_account_and_amount(qtbot: QtBot, show: Any, books: dict[str, Path]) -> None:
    viewer = show(books["K"])
    accounts = viewer.headers.rowCount()
    viewer.bar.fields.setCurrentIndex(viewer.bar.fields.findData("account"))
    with qtbot.waitSignal(viewer.searched, timeout=PATIENCE_MS):
        viewer.bar.search.setText("320")
    idle(qtbot, viewer)
    assert [cells(viewer, "headers", row)[0] for row in range(viewer.headers.rowCount())] == ["320.01"]
    viewer.bar.fields.setCurrentIndex(0)
    viewer.show_line(5)
    idle(qtbot, viewer)
    amount = next(text for text in cells(viewer, "lines", viewer.line_table.currentIndex().row())[6:8] if text)
    with qtbot.waitSignal(viewer.searched, timeout=PATIENCE_MS):
        viewer.bar.search.setText(amount)
    idle(qtbot, viewer)
    # Both sides of the voucher, in two accounts; of each only the line that was found, until all are wanted.
    assert viewer.headers.rowCount() >= 2
    few = viewer.lines.rowCount()
    viewer.bar.whole.setChecked(True)
    assert viewer.lines.rowCount() > few
    viewer.bar.whole.setChecked(False)
    with qtbot.waitSignal(viewer.searched, timeout=PATIENCE_MS):
        viewer.bar.search.setText("bulunmayan söz")
    assert viewer.empty.isVisible() and viewer.headers.rowCount() == 0
    qtbot.keyClick(viewer, Qt.Key.Key_Escape)
    idle(qtbot, viewer)
    assert viewer.headers.rowCount() == accounts and not viewer.empty.isVisible()


def test_numbers_lead_to_a_voucher_or_a_line(qtbot: QtBot, show: Any, books: dict[str, Path]) -> None:
    viewer = show(books["Y"])
    viewer.bar.jump.setText("250")
    qtbot.keyClick(viewer.bar.jump, Qt.Key.Key_Return)
    idle(qtbot, viewer)
    assert viewer.current_header() == 249
    viewer.bar.what.setCurrentIndex(1)
    viewer.bar.jump.setText("600")
    qtbot.keyClick(viewer.bar.jump, Qt.Key.Key_Return)
    idle(qtbot, viewer)
    assert viewer.current_header() == 299
    assert cells(viewer, "lines", viewer.line_table.currentIndex().row())[0] == "600"
    viewer.bar.jump.setText("601")
    qtbot.keyClick(viewer.bar.jump, Qt.Key.Key_Return)
    assert viewer.message.sentence == "601. satır bu dosyada yok."


@pytest.mark.parametrize(("kind", "title"), [("YB", "Yevmiye beratı"), ("KB", "Kebir beratı")])
def test_a_berat_is_one_list_of_sums(qtbot: QtBot, show: Any, books: dict[str, Path], kind: str, title: str) -> None:
    viewer = show(books[kind])
    assert viewer.head.title.text().startswith(title)
    assert not viewer.header_table.isVisible() and viewer.lines.rowCount() == 10
    assert cells(viewer, "lines", 0)[:2] == ["391", "Hesaplanan KDV"]


def test_damage_and_strangers_are_answered(qtbot: QtBot, show: Any, books: dict[str, Path], tmp_path: Path) -> None:
    half = tmp_path / books["Y"].name
    half.write_bytes(books["Y"].read_bytes()[:300_000])
    viewer = show(half)
    assert "yarım" in viewer.message.sentence
    assert viewer.head.seal.text() == "Mühürsüz dosya"
    touched = tmp_path / f"x{books['Y'].name}"
    touched.write_bytes(books["Y"].read_bytes().replace(b"Kay\xc4\xb1t 7<", b"Kay\xc4\xb1t 8<", 1))
    viewer = show(touched)
    assert viewer.head.seal.text().startswith("Mühür tutmuyor")
    assert viewer.headers.rowCount() == VOUCHERS
    gone = show(tmp_path / "yok.xml")
    assert "okunamadı" in gone.message.sentence


def test_what_is_shown_is_printed_with_repeated_heads(
    qtbot: QtBot, show: Any, books: dict[str, Path], tmp_path: Path
) -> None:
    viewer = show(books["Y"])
    viewer.print_range()
    dialog: PrintRangeDialog = viewer.paper
    assert dialog.all.isChecked() and "600 satır" in dialog.all.text()
    dialog.first.setText("11")
    dialog.last.setText("60")
    dialog.some.setChecked(True)
    target = tmp_path / "aralik.pdf"
    dialog.save_to(target)
    qtbot.waitUntil(lambda: "kaydedildi" in dialog.message.sentence, timeout=PATIENCE_MS)
    pdf = QPdfDocument()
    pdf.load(str(target))
    assert pdf.pageCount() >= 2
    pages = [pdf.getAllText(page).text() for page in range(pdf.pageCount())]
    assert all("Açıklama ve belge" in page for page in pages), pages[-1][:300]
    assert "11. madde" in pages[0] and "60. madde" in pages[-1] and "61. madde" not in "".join(pages)
    pdf.close()
    dialog.close()


def test_too_much_for_one_print_is_refused(books: dict[str, Path], tmp_path: Path) -> None:
    raw = books["Y"].read_bytes()
    start, end = raw.index(b"<gl-cor:entryHeader>"), raw.rindex(b"</gl-cor:entryHeader>") + 21
    large = tmp_path / "large.xml"
    large.write_bytes(raw[:start] + raw[start:end] * (MAX_LINES // 600 + 1) + raw[end:])
    reader = open_ledger_file(large)
    with pytest.raises(RuleBroken, match="hazırlanmadı"):
        paper_html(reader, range(reader.index.headers))
    assert paper_html(reader, [0, 1]).count("<tr") == 1 + 2 + 4


def test_files_open_from_the_month_and_by_a_drop(
    qtbot: QtBot, ledger_page: LedgerPage, books: dict[str, Path], tmp_path: Path
) -> None:
    page = ledger_page
    with qtbot.waitSignal(page.month.settled, timeout=PATIENCE_MS):
        page.open_month(page.desk.company, MARCH)  # type: ignore[arg-type]
    table = page.month.files.table
    row = next(i for i, one in enumerate(page.month.files.model.rows) if one.what.kind == "KB")
    table.selectRow(row)
    page.month.files.view_button.click()
    renamed = tmp_path / "baska-ad.xml"
    renamed.write_bytes(books["YB"].read_bytes())
    page.incoming.take_files([renamed])
    qtbot.waitUntil(lambda: len(page.findChildren(LedgerViewer)) == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not page.desk.runner.live_jobs(), timeout=PATIENCE_MS)
    viewers = page.findChildren(LedgerViewer)
    titles = sorted(viewer.head.title.text() for viewer in viewers)
    assert titles == ["Kebir beratı · Mart 2026", "Yevmiye beratı · Mart 2026"]
    for viewer in viewers:
        viewer.close()
