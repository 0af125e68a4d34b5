"""The extra fields of scenarios and types: they come with the pair, are kept in the draft and named in findings."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.demo import people
from app.ubl import codes
from app.ui.editor.columns import EXTRAS
from app.ui.editor.paths import value_at, write_at
from app.ui.editor.window import EditorWindow
from app.workflows import drafting
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open

PATIENCE_MS = 20_000


def opened(world: World, open_editor: Open, **changes: Any) -> EditorWindow:
    data = people.drafts(world.clock.today().isoformat())[0] | changes
    return open_editor(world, document_id=drafting.save_draft(world.ctx, world.company, data).record.id)


def editor(window: EditorWindow, path: str) -> QWidget:
    return window.form.scenario.values.fields[path].editor


def found_codes(qtbot: QtBot, window: EditorWindow) -> set[str]:
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    assert window.assessment is not None
    return {f.code for f in window.assessment.findings}


def test_profiles_and_types_come_from_the_code_lists(ui_world: World, open_editor: Open) -> None:
    window = open_editor(ui_world)
    profile = window.form.profile
    assert {profile.itemData(i) for i in range(profile.count())} == set(codes.profiles())
    for code, known in codes.profiles().items():
        window.store.set("profile", code)
        types = {window.form.type.itemData(i) for i in range(window.form.type.count())}
        assert known.types <= types <= known.types | {window.store.text("type")}


def test_an_export_asks_for_its_buyer_and_its_way(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    scenario = window.form.scenario
    assert not scenario.isVisibleTo(window)
    window.store.set("profile", "IHRACAT")
    window.store.set("type", "ISTISNA")
    assert scenario.isVisibleTo(window)
    assert {"INV.EXPORT_BUYER_NAME", "INV.EXPORT_INCOTERMS", "INV.EXPORT_GTIP"} <= found_codes(qtbot, window)
    qtbot.keyClicks(editor(window, "buyer.legal_name"), "Nordlicht GmbH")
    qtbot.keyClicks(editor(window, "delivery.address.city"), "Hamburg")
    terms = editor(window, "delivery.incoterms")
    terms.setCurrentIndex(terms.findData("CIF"))  # type: ignore[attr-defined]
    terms.activated.emit(terms.currentIndex())  # type: ignore[attr-defined]
    data = window.store.data()
    assert data["buyer"] == {"party_type": "EXPORT", "legal_name": "Nordlicht GmbH"}
    assert data["delivery"] == {"address": {"city": "Hamburg"}, "incoterms": "CIF"}
    finding = next(f for f in window.findings.findings if f.code == "INV.EXPORT_GTIP")
    assert window.form.place_title(finding) == "1. satır, GTİP"
    window.form.jump(finding)
    model, column = window.store.lines, window.form.table.currentIndex().column()
    assert model.sheet.keys[column] == "delivery.customs_id", "it has a column of its own, to be pasted from Excel"
    assert model.setData(model.index(0, column), "9403 6010 0000")
    window.tabs.setCurrentWidget(window.details)
    customs = window.details.extra.fields["delivery.customs_id"].editor
    assert customs.text() == "940360100000", "and stands in the line's details too"  # type: ignore[attr-defined]
    qtbot.keyClicks(window.details.extra.fields["delivery.packages[].number"].editor, "K-1")
    assert model.line(0)["delivery"] == {"customs_id": "940360100000", "packages": [{"number": "K-1"}]}
    left = found_codes(qtbot, window)
    assert not {"INV.EXPORT_BUYER_NAME", "INV.EXPORT_INCOTERMS", "INV.EXPORT_BUYER"} & left
    with qtbot.waitSignal(window.worker.stored, timeout=PATIENCE_MS):
        window.save()
    saved = drafting.load_fields(ui_world.ctx, window.document_id or 0)
    assert saved["buyer"]["party_type"] == "EXPORT"
    assert saved["lines"][0]["delivery"]["customs_id"] == "940360100000"
    while window.store.undo.canUndo():
        window.store.undo.undo()
    assert not scenario.isVisibleTo(window) and "buyer" not in window.store.data()


def test_what_a_scenario_asks_of_each_line_is_a_column(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    sheet, table = window.store.lines.sheet, window.form.table

    def shown() -> set[str]:
        return {sheet.keys[n] for n in table.shown_columns()} & {column.key for column in EXTRAS}

    assert shown() == set()
    for profile, type_code, key in (
        ("HKS", "SATIS", "item_ids[KUNYENO]"),
        ("IDIS", "SATIS", "item_ids[ETIKETNO]"),
        ("ILAC_TIBBICIHAZ", "SATIS", "item_ids[ILAC|TIBBICIHAZ|DIGER]"),
        ("EARSIVFATURA", "TEKNOLOJIDESTEK", "item_ids[TELEFON|TABLET_PC]"),
        ("TEMELFATURA", "IHRACKAYITLI", "delivery.buyer_line_code"),
    ):
        window.store.set("profile", profile)
        window.store.set("type", type_code)
        assert key in shown(), profile
    window.store.set("profile", "HKS")
    window.store.set("type", "SATIS")
    model = window.store.lines
    at = sheet.keys.index("item_ids[KUNYENO]")
    written = model.paste(0, [at], [["1234567890123456789"], ["2234567890123456789"], ["3234567890123456789"]])
    assert written == 3 and model.line(1)["item_ids"] == [{"scheme": "KUNYENO", "value": "2234567890123456789"}]
    qtbot.waitUntil(lambda: "INV.HKS_TAG" not in found_codes(qtbot, window), timeout=PATIENCE_MS)
    window.store.set("profile", "TEMELFATURA")
    assert shown() == {"item_ids[KUNYENO]"}, "what a line holds is never hidden"


def test_what_a_draft_holds_stays_in_sight(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor, type="SGK", accounting_cost="SAGLIK_ECZ")
    qtbot.keyClicks(editor(window, "references[DOSYA_NO]"), "4711")
    qtbot.keyClicks(editor(window, "period.start"), "01.11.2026")
    data = window.store.data()
    assert data["references"] == [
        {"type_code": "DOSYA_NO", "number": "4711", "kind": "4711", "day": window.store.text("issue_date")}
    ]
    assert data["period"] == {"start": "2026-11-01"}
    window.store.set("type", "SATIS")
    assert {"references[DOSYA_NO]", "period.start", "accounting_cost"} <= set(window.form.scenario.values.fields)
    assert window.form.scenario.isVisibleTo(window)
    qtbot.keyClick(editor(window, "references[DOSYA_NO]"), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(editor(window, "references[DOSYA_NO]"), Qt.Key.Key_Delete)
    assert "references" not in window.store.data()


def test_paths_of_the_table_are_read_and_written() -> None:
    line: dict[str, Any] = {"name": "Domates"}
    written = write_at(line, "item_ids[KUNYENO]", "1234567890123456789")
    assert written["item_ids"] == [{"scheme": "KUNYENO", "value": "1234567890123456789"}]
    assert value_at(written, "item_ids[KUNYENO]") == "1234567890123456789"
    assert write_at(written, "item_ids[KUNYENO]", "") == line
    boxes = write_at(line, "delivery.packages[].type_code", "CT")
    assert boxes["delivery"] == {"packages": [{"type_code": "CT"}]}
    assert write_at(boxes, "delivery.packages[].type_code", None) == line
    either = write_at({"item_ids": [{"scheme": "TIBBICIHAZ", "value": "1"}]}, "item_ids[ILAC|TIBBICIHAZ|DIGER]", "2")
    assert either == {"item_ids": [{"scheme": "TIBBICIHAZ", "value": "2"}]}


def test_a_part_that_is_half_told_is_named_and_stops_no_sums(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor, profile="YATIRIMTESVIK")
    number = editor(window, "incentive.number")
    qtbot.keyClicks(number, "512345")
    qtbot.waitUntil(lambda: "DRAFT.UNFINISHED" in found_codes(qtbot, window), timeout=PATIENCE_MS)
    assert window.assessment is not None
    finding = next(f for f in window.assessment.findings if f.code == "DRAFT.UNFINISHED")
    assert finding.message == "Belge tarihi boş; yazın." and finding.field == "incentive.day"
    assert window.assessment.totals is not None and window.totals.payable.amount.text() != "–"
    window.store.lines.replace_line(0, window.store.lines.line(0) | {"vat_base": "yüz"}, "matrah")
    qtbot.waitUntil(
        lambda: any(f.field == "lines[0].vat_base" for f in (window.assessment.findings if window.assessment else ())),
        timeout=PATIENCE_MS,
    )
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    assert window.assessment.totals is not None
    assert any(f.message.startswith("1. satırda Özel matrah tutarı") for f in window.assessment.findings)
