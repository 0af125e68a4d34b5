"""Editors of despatch notes, answers, producer and freelance receipts: from the first key to the stored draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.demo import people
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.taxnumber import parse_tax_number
from app.signing.demo_token import CONFIG_VARIABLE
from app.storage import documents
from app.ubl.despatch import build_despatch
from app.ui.editor.list_edit import ListEdit
from app.ui.editor.paper_parts import DriversEdit
from app.ui.editor.paper_window import PaperWindow
from app.workflows import companies, papers, points
from tests.ubl.scenarios import despatch_for
from tests.ui.conftest import World
from tests.ui.editor.conftest import typed
from tests.ui.editor.test_editor_sealing import in_dialog, with_test_seal

SERIES = {"despatch": "IRS", "receipt": "YNT", "creditnote": "MUH", "smm": "SMM"}
PATIENCE_MS = 10_000
OpenPaper = Callable[..., PaperWindow]


@pytest.fixture
def world(ui_world: World) -> World:
    """The seller with a series for each kind."""
    card = ui_world.company.company
    ui_world.company = companies.save_company(ui_world.ctx, replace(card, series={**card.series, **SERIES}))
    ui_world.desk.set_company(ui_world.company)
    return ui_world


@pytest.fixture
def open_paper(qtbot: QtBot) -> Iterator[OpenPaper]:
    opened: list[PaperWindow] = []

    def make(world: World, kind: DocumentKind, *, draws: bool = False, **what: Any) -> PaperWindow:
        window = PaperWindow(world.desk, kind, **what)
        opened.append(window)
        window.worker.draws = draws
        with qtbot.waitSignal(window.opened, timeout=PATIENCE_MS):
            window.show()
        qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
        return window

    yield make
    for window in opened:
        if isValid(window):
            window.worker.is_locked = True
            window.close()
            qtbot.waitUntil(lambda w=window: not isValid(w) or not w.worker.is_storing, timeout=PATIENCE_MS)


def edit_of(window: PaperWindow, place: str) -> QLineEdit:
    field = window.form.field_of(place)
    assert field is not None and isinstance(field.editor, QLineEdit), place
    return field.editor


def fill_party(window: PaperWindow, path: str = "customer", *, index: int = 0) -> None:
    buyer = people.buyer(index)
    typed(window.form.party.number, str(buyer.get("vkn") or buyer.get("tckn")))
    typed(edit_of(window, f"{path}.title"), str(buyer["title"]))
    typed(edit_of(window, f"{path}.tax_office"), "Çiğli")
    typed(edit_of(window, f"{path}.address.district"), "Çiğli")
    typed(edit_of(window, f"{path}.address.city"), "İzmir")
    typed(edit_of(window, f"{path}.address.country"), "Türkiye")
    typed(edit_of(window, f"{path}.address.postal_code"), "35620")


def put_cells(window: PaperWindow, row: int, **values: str) -> None:
    model = window.store.lines
    for key, text in values.items():
        assert model.setData(model.index(row, model.sheet.keys.index(key)), text)


def codes_of(window: PaperWindow, severity: str = "error") -> list[str]:
    assert window.assessment is not None
    return [f.code for f in window.assessment.findings if f.severity == severity]


def saved(window: PaperWindow, qtbot: QtBot) -> int:
    window.save()
    qtbot.waitUntil(lambda: window.worker.is_saved and window.worker.is_assessed, timeout=PATIENCE_MS)
    assert window.document_id is not None, window.totals.state.toolTip()
    return window.document_id


def fill_despatch(window: PaperWindow) -> None:
    fill_party(window)
    typed(edit_of(window, "shipment.despatch_time"), "14.30")
    window.deliver_to_party()
    drivers = window.form.field_of("shipment.drivers")
    assert drivers is not None and isinstance(drivers.editor, DriversEdit)
    drivers.editor.add_row()
    for key, text in (("name", "Ümit"), ("surname", "Şahin"), ("number", "10000000146")):
        typed(drivers.editor.rows[0].edits[key], text)
    typed(edit_of(window, "shipment.plate"), "35abc123")
    put_cells(window, 0, name="Dişli takımı", quantity="1.250,5", unit="kg")


def test_a_despatch_note_is_typed_and_stored(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.DESPATCH)
    assert {"DSP.CARRIER", "DSP.DESPATCH_TIME", "DSP.LINES"} <= set(codes_of(window))
    fill_despatch(window)
    document_id = saved(window, qtbot)
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    with world.office.db.read() as s:
        record, fields = documents.get(s, document_id), documents.load_draft(s, document_id)
    assert (record.kind, record.state) == (DocumentKind.DESPATCH, State.DRAFT)
    assert record.partner_name == people.buyer_name(0)
    shipment = fields["shipment"]
    assert shipment["despatch_time"] == "14:30:00" and shipment["plate"] == "35ABC123"
    assert shipment["address"]["postal_code"] == "35620"
    assert shipment["drivers"] == [{"name": "Ümit", "surname": "Şahin", "number": "10000000146"}]
    assert fields["lines"] == [{"name": "Dişli takımı", "quantity": "1250.5", "unit": "KGM"}]


def test_a_finding_jumps_to_its_field_and_its_line(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.DESPATCH)
    fill_despatch(window)
    typed(edit_of(window, "shipment.address.postal_code"), "99")
    put_cells(window, 0, quantity="0")
    qtbot.waitUntil(lambda: set(codes_of(window)) == {"DSP.POSTAL_CODE", "DSP.LINE_QUANTITY"}, timeout=PATIENCE_MS)
    by_code = {f.code: f for f in window.findings.findings}
    window.form.sections["shipment"].fold(True)
    window.form.jump(by_code["DSP.POSTAL_CODE"])
    assert not window.form.sections["shipment"].is_folded
    qtbot.waitUntil(edit_of(window, "shipment.address.postal_code").hasFocus, timeout=PATIENCE_MS)
    window.form.jump(by_code["DSP.LINE_QUANTITY"])
    index: QModelIndex = window.form.table.currentIndex()
    assert (index.row(), window.store.lines.sheet.keys[index.column()]) == (0, "quantity")
    assert window.form.place_title(by_code["DSP.LINE_QUANTITY"]) == "1. satır, Miktar"


def test_paper_reference_only_for_paper(world: World, open_paper: OpenPaper) -> None:
    window = open_paper(world, DocumentKind.DESPATCH)
    field = window.form.field_of("paper")
    assert field is not None and field.isHidden()
    window.store.set("type", "MATBUDAN")
    assert not field.isHidden()


def test_a_producer_receipt_adds_up_its_cuts(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.CREDIT_NOTE)
    typed(window.form.party.number, "10000000146")
    assert window.form.party.title_field.isHidden() and not window.form.party.first_field.isHidden()
    typed(edit_of(window, "customer.first_name"), "Hatice")
    typed(edit_of(window, "customer.family_name"), "Öz")
    for path, text in (("district", "Çiğli"), ("city", "İzmir"), ("country", "Türkiye")):
        typed(edit_of(window, f"customer.address.{path}"), text)
    cuts = {"cut_0003": "2", "cut_SGK_PRIM": "3", "cut_8001": "0,1", "cut_9040": "0,1"}
    put_cells(window, 0, name="Buğday", quantity="1000", unit_price="10", **cuts)
    document_id = saved(window, qtbot)
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    totals = window.assessment.totals if window.assessment is not None else None
    assert totals is not None and (totals.withheld, totals.payable) == (Decimal("520.00"), Decimal("9480.00"))
    assert not window.totals.vat.isVisible() and window.totals.withheld.title.text() == "Kesintiler"
    assert window.store.lines.index(0, window.store.lines.sheet.amount_at).data() == "10.000,00"
    put_cells(window, 0, cut_SGK_PRIM="")
    taxes = window.store.data()["lines"][0]["other_taxes"]
    assert [t["code"] for t in taxes] == ["0003", "8001", "9040"]
    with world.office.db.read() as s:
        record = documents.get(s, document_id)
    assert (record.kind, record.payable) == (DocumentKind.CREDIT_NOTE, Decimal("9480.00"))


def test_a_fee_from_gross_and_from_net(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.SMM)
    fill_party(window)
    put_cells(window, 0, name="Danışmanlık", unit_price="10000")
    model = window.store.lines
    paid = model.index(0, model.sheet.keys.index("paid"))
    assert paid.data() == "10.000,00"
    put_cells(window, 0, paid="5.000")
    assert model.line(0)["unit_price"] == "5000.00"
    put_cells(window, 0, vat_rate="20", withholding="624")
    assert paid.data() != "5.000,00"
    put_cells(window, 0, paid="8000")
    document_id = saved(window, qtbot)
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    with world.office.db.read() as s:
        assert documents.get(s, document_id).payable == Decimal("8000.00")


def received_note(world: World) -> int:
    """A despatch note to the firm, as an integrator that carries them would have brought it."""
    today = world.clock.today()
    note = despatch_for(issue_date=today, customer=world.company.company.party)
    note = replace(note, shipment=replace(note.shipment, despatch_day=today, despatch_time=time(8, 0)))
    raw = build_despatch(note, template=None)
    with world.office.db.write(points.RECEIVE) as s:
        record, _ = documents.store_received(
            s,
            world.company.id,
            kind=DocumentKind.DESPATCH,
            ettn=note.uuid,
            index=papers.index_of_paper(note),
            raw=raw,
            arrived_at=world.clock.now(),
            state=State.RECEIVED,
            at=world.clock.now(),
        )
    return record.id


def test_an_answer_to_a_despatch_note_that_came(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.RECEIPT, answer_to=received_note(world))
    model = window.store.lines
    assert model.rowCount() == 2 and codes_of(window) == []
    # Two never came, three of what came were damaged.
    put_cells(window, 0, received="18", rejected="3")
    assert (model.line(0)["short"], "oversupply" in model.line(0)) == ("2", False)
    qtbot.waitUntil(lambda: "RCP.REASON" in codes_of(window, "warning"), timeout=PATIENCE_MS)
    put_cells(window, 0, reason="Hasarlı")
    put_cells(window, 1, received="13")
    assert model.line(1)["oversupply"] == "0.5"
    document_id = saved(window, qtbot)
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    with world.office.db.read() as s:
        record, fields = documents.get(s, document_id), documents.load_draft(s, document_id)
    assert (record.kind, record.direction) == (DocumentKind.RECEIPT, Direction.OUT)
    assert fields["lines"][0]["rejected"] == "3" and fields["despatch_number"] == "IRS2026000000007"


def test_half_a_form_is_kept_and_comes_back(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.SMM)
    put_cells(window, 0, name="Yarım iş")
    window.save()
    qtbot.waitUntil(lambda: window.worker.is_saved, timeout=PATIENCE_MS)
    assert window.document_id is None
    ettn = window.store.text("uuid")
    again = open_paper(world, DocumentKind.SMM, unfinished=ettn)
    assert again.store.data()["lines"][0]["name"] == "Yarım iş"


def test_sealed_from_the_button_and_kept(
    world: World, open_paper: OpenPaper, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = tmp_path / "leer"
    empty.mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {empty}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv(CONFIG_VARIABLE, str(config))
    window = open_paper(world, DocumentKind.DESPATCH)
    fill_despatch(window)
    saved(window, qtbot)
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    seen = in_dialog(qtbot, with_test_seal)
    with qtbot.waitSignal(window.issued, timeout=60_000):
        qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(seen) == 1
    record = world.get(window.store.text("uuid"))
    assert (record.state, record.number) == (State.SEALED, "IRS2026000000001")
    assert "göndermiyor" in window.message.sentence
    assert parse_tax_number(record.partner_vkn).digits == people.buyer_number(0)


def test_hks_and_idis_ask_for_the_numbers_of_the_goods(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.DESPATCH)
    fill_despatch(window)
    sheet, table = window.store.lines.sheet, window.form.table

    def shown() -> set[str]:
        return {sheet.keys[n] for n in table.shown_columns()}

    number = window.form.field_of("shipment_no")
    assert number is not None and number.isHidden()
    assert not {"item_ids[KUNYENO]", "item_ids[ETIKETNO]"} & shown()
    window.store.set("profile", "HKSIRSALIYE")
    assert "item_ids[KUNYENO]" in shown() and number.isHidden()
    qtbot.waitUntil(lambda: "DSP.HKS_TAG" in codes_of(window), timeout=PATIENCE_MS)
    finding = next(f for f in window.findings.findings if f.code == "DSP.HKS_TAG")
    assert window.form.place_title(finding) == "1. satır, Künye no"
    window.form.jump(finding)
    assert sheet.keys[table.currentIndex().column()] == "item_ids[KUNYENO]"
    for row in range(len(window.store.lines.lines)):
        put_cells(window, row, **{"item_ids[KUNYENO]": "1234567890 123456789"})
    assert window.store.lines.line(0)["item_ids"] == [{"scheme": "KUNYENO", "value": "1234567890123456789"}]
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    window.store.set("profile", "IDISIRSALIYE")
    assert {"item_ids[KUNYENO]", "item_ids[ETIKETNO]"} <= shown(), "what a line holds is never hidden"
    assert not number.isHidden()
    qtbot.waitUntil(lambda: {"DSP.IDIS_TAG", "DSP.IDIS_SHIPMENT"} <= set(codes_of(window)), timeout=PATIENCE_MS)
    typed(edit_of(window, "shipment_no"), "se-1345840")
    for row in range(len(window.store.lines.lines)):
        put_cells(window, row, **{"item_ids[KUNYENO]": "", "item_ids[ETIKETNO]": "ab1234567"})
    qtbot.waitUntil(lambda: codes_of(window) == [], timeout=PATIENCE_MS)
    assert "item_ids[KUNYENO]" not in shown()
    data = window.store.data()
    assert (data["shipment_no"], data["lines"][0]["item_ids"][0]["value"]) == ("SE-1345840", "AB1234567")


def test_trailers_have_plates_of_their_own(world: World, open_paper: OpenPaper, qtbot: QtBot) -> None:
    window = open_paper(world, DocumentKind.DESPATCH)
    fill_despatch(window)
    trailers = next(e for e in window.form.findChildren(ListEdit) if e.title == "Dorse plakaları")
    for number, plate in enumerate(("34 abc 12", "06 xyz 345")):
        trailers.add_row()
        typed(trailers.rows[number].findChildren(QLineEdit)[0], plate)
    assert window.store.get("shipment")["trailers"] == ["34 ABC 12", "06 XYZ 345"]
    document_id = saved(window, qtbot)
    with world.office.db.read() as s:
        assert documents.load_draft(s, document_id)["shipment"]["trailers"] == ["34 ABC 12", "06 XYZ 345"]
    trailers.remove_row(trailers.rows[0])
    assert window.store.get("shipment")["trailers"] == ["06 XYZ 345"]
