"""The real window: from a key to the database, and back after a crash."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.demo import people
from app.domain.lifecycle import Direction, State
from app.storage import companies, documents
from app.ui.editor.columns import KEYS
from app.ui.editor.window import EditorWindow
from app.workflows import drafting, points
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open, edit_of, fill_buyer, typed

ROOT = Path(__file__).parents[3]


def settled(qtbot: QtBot, window: EditorWindow) -> None:
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=10_000)


def codes_of(window: EditorWindow) -> set[str]:
    assert window.assessment is not None
    return {f.code for f in window.assessment.findings}


def test_from_keys_to_the_database(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    assert ui_world.company.company.party.display_name in window.windowTitle()
    assert ui_world.company.company.party.display_name in window.company_label.text()
    assert window.worker.is_saved, "an untouched form leaves nothing behind"
    fill_buyer(window)
    assert "tutuyor" in window.form.buyer.verdict.text()
    assert "sorgulanmadı" in window.form.buyer.registration.text()
    QGuiApplication.clipboard().setText("Masa\t2\tAdet\t1.250,50\t%10\t20")
    window.form.table.go_to(0, 0)
    window.form.table.paste_cells()
    settled(qtbot, window)
    assert window.assessment is not None and window.assessment.is_complete
    assert window.totals.payable.amount.text() == "2.701,08 TRY"
    assert window.store.lines.data(window.store.lines.index(0, KEYS.index("net"))) == "2.250,90"
    with qtbot.waitSignal(window.worker.stored, timeout=10_000):
        window.totals.save.click()
    assert window.document_id is not None
    with ui_world.office.db.read() as s:
        record = documents.get(s, window.document_id)
    assert (record.state, record.payable, record.partner_name) == (
        State.DRAFT,
        Decimal("2701.08"),
        people.buyer_name(0),
    )
    assert window.worker.is_saved and not window.isWindowModified()


def test_autosave_comes_by_itself(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    with qtbot.waitSignal(window.worker.stored, timeout=10_000):
        fill_buyer(window)
    assert [r.ettn for r in ui_world.records(Direction.OUT)] == [window.store.text("uuid")]


def test_findings_stand_at_their_fields_and_are_mended(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    data = people.drafts("2026-11-20")[0]
    data["lines"][1]["unit"] = "ADET"
    data["lines"][0]["withholding"] = {"code": "624", "rate": "30"}
    record = drafting.save_draft(ui_world.ctx, ui_world.company, data | {"issue_date": "2026-11-25"}).record
    window = open_editor(ui_world, document_id=record.id)
    field = window.form.field_of("issue_date")
    assert field is not None and "bugünden ileri" in field.message
    assert window.store.lines.fault(1, KEYS.index("unit")) is not None
    assert not window.form.table.isColumnHidden(KEYS.index("withholding"))
    while fixable := [row for row in window.findings.rows() if row.finding.fix]:
        left = len(window.findings.findings)
        fixable[0].fix.click()
        settled(qtbot, window)
        assert len(window.findings.findings) < left
    assert window.store.text("type") == "TEVKIFAT"
    assert window.store.text("issue_date") == "2026-11-20"
    assert window.store.lines.lines[1]["unit"] == "C62"
    assert window.store.lines.lines[0]["withholding"] == {"code": "624", "rate": "20"}
    while window.store.undo.canUndo():
        window.store.undo.undo()
    assert window.store.text("type") == "SATIS"
    assert window.store.lines.lines[1]["unit"] == "ADET"


def test_a_jump_sets_the_cursor(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    data = people.drafts("2026-11-20")[0]
    data["lines"][1]["quantity"] = "0"
    window = open_editor(ui_world, document_id=drafting.save_draft(ui_world.ctx, ui_world.company, data).record.id)
    row = next(r for r in window.findings.rows() if r.finding.code == "INV.LINE_QUANTITY")
    assert row.place.text() == "2. satır, Miktar"
    row.place.click()
    index = window.form.table.currentIndex()
    assert (index.row(), KEYS[index.column()]) == (1, "quantity")


def test_undo_spans_fields_and_lines(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    before = window.store.data()
    title = edit_of(window, "customer.title")
    qtbot.keyClicks(title, "Deneme AS")
    window.store.lines.setData(window.store.lines.index(0, 0), "Masa")
    typed(edit_of(window, "payment.iban"), "tr33 0006")
    after = window.store.data()
    assert after["payment"] == {"iban": "TR330006"}
    undo = window.verbs.actions[0]
    for _ in range(3):
        assert undo.isEnabled()
        undo.trigger()
    assert window.store.data() == before
    assert title.text() == ""
    for _ in range(3):
        window.verbs.actions[1].trigger()
    assert window.store.data() == after
    assert title.text() == "Deneme AS"


def test_ctrl_z_in_a_field_is_the_forms_undo(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    window.activateWindow()
    title = edit_of(window, "customer.title")
    title.setFocus()
    qtbot.keyClicks(title, "Deneme")
    qtbot.keyClick(title, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert title.text() == window.store.text("customer.title") == ""


def test_only_used_fields_are_there(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    form = window.form
    assert not form.sections["currency"].isVisibleTo(window) and not form.sections["return"].isVisibleTo(window)
    window.store.set("currency", "USD")
    assert form.sections["currency"].isVisibleTo(window)
    window.store.set("type", "IADE")
    assert form.sections["return"].isVisibleTo(window)
    assert not form.table.isColumnHidden(KEYS.index("withholding"))
    window.store.set("profile", "TICARIFATURA")
    assert [form.type.itemData(i) for i in range(form.type.count())][:3] == ["SATIS", "TEVKIFAT", "ISTISNA"]
    settled(qtbot, window)
    assert {"INV.RATE", "INV.PROFILE_TYPE", "INV.RETURN_REFERENCE"} <= codes_of(window)


def test_picked_buyer_brings_the_remembered_mailbox(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    labels = ["urn:mail:bir@a.example", "urn:mail:iki@a.example"]
    drafted = drafting.save_draft(ui_world.ctx, ui_world.company, people.drafts("2026-11-20")[0])
    with ui_world.office.db.write(points.PARTNER) as s:
        companies.save_partner(
            s,
            ui_world.company.id,
            drafted.invoice.customer,
            registered=True,
            pk_labels=labels,
            at=ui_world.clock.now(),
        )
    window = open_editor(ui_world)
    picker = window.form.buyer.picker
    qtbot.waitUntil(lambda: picker.words.offer("ogutucu isil") == 1, timeout=10_000)
    window.form.buyer.choose(people.buyer(0))
    assert window.form.buyer.registration.text().startswith("e-Fatura mükellefi")
    assert [window.form.buyer.mailbox.itemText(i) for i in range(2)] == labels
    window.form.buyer.mailbox.setCurrentIndex(1)
    window.form.buyer.mailbox.activated.emit(1)
    assert window.store.text("receiver_label") == labels[1]

    def remembered() -> str:
        with ui_world.office.db.read() as s:
            partner = companies.get_partner(s, ui_world.company.id, people.buyer_number(0))
        assert partner is not None
        return partner.preferred_pk

    qtbot.waitUntil(lambda: remembered() == labels[1], timeout=10_000)
    window.store.undo.undo()
    window.store.undo.undo()
    assert window.form.buyer.number.text() == ""


def test_asking_says_how_the_buyer_is_registered(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    window.form.buyer.choose(people.buyer(0))
    window.form.buyer.ask.click()
    qtbot.waitUntil(lambda: window.form.buyer.registration.text().startswith("e-Fatura mükellefi"), timeout=20_000)
    assert window.form.buyer.mailbox.currentText() == people.buyer_labels(0)[0]


def test_goods_of_earlier_invoices_fill_a_line(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    ui_world.draft(0)
    window = open_editor(ui_world)
    qtbot.waitUntil(lambda: bool(window.form.table.delegate.goods), timeout=10_000)
    oil = next(g for g in window.form.table.delegate.goods if g["name"].startswith("Ahşap"))
    assert oil["unit"] == "LTR" and "quantity" not in oil


def test_a_return_is_made_from_a_received_invoice(filled_world: World, open_editor: Open, qtbot: QtBot) -> None:
    received = filled_world.records(Direction.IN)[0]
    window = open_editor(filled_world, return_of=received.id)
    data = window.store.data()
    assert (data["type"], data["profile"]) == ("IADE", "TEMELFATURA")
    assert data["returned_invoices"] == [{"number": received.number, "day": received.issue_date.isoformat()}]  # type: ignore[union-attr]
    assert window.form.buyer.number.text() == received.partner_vkn
    assert data["lines"]
    assert window.form.sections["return"].isVisibleTo(window)
    with qtbot.waitSignal(window.worker.stored, timeout=10_000):
        window.save()
    assert window.document_id is not None
    assert "INV.RETURN_REFERENCE" not in codes_of(window)


def test_a_copy_has_its_own_ettn_and_day(filled_world: World, open_editor: Open) -> None:
    sent = next(r for r in filled_world.records(Direction.OUT) if r.number)
    window = open_editor(filled_world, copy_of=sent.id)
    data = window.store.data()
    assert data["uuid"] != sent.ettn and "number" not in data
    assert data["issue_date"] == filled_world.clock.today().isoformat()
    assert window.form.buyer.number.text() == sent.partner_vkn
    assert not window.worker.is_saved, "a copy is kept even if nothing is typed"


def test_a_numbered_document_is_only_read(filled_world: World, open_editor: Open) -> None:
    sent = next(r for r in filled_world.records(Direction.OUT, State.ACCEPTED, State.DELIVERED, State.SEALED))
    window = open_editor(filled_world, document_id=sent.id)
    assert "değiştirilemez" in window.message.sentence
    assert not window.totals.seal.isEnabled()
    assert not window.store.lines.setData(window.store.lines.index(0, 0), "x")


def test_sealing_goes_to_the_first_error(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    fill_buyer(window)
    window.totals.seal.click()
    qtbot.waitUntil(lambda: "düzeltilecek" in window.message.sentence, timeout=10_000)
    assert not window.issue.is_running


def test_five_hundred_lines_are_summed_off_the_gui_thread(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    data = people.drafts("2026-11-20")[0]
    data["lines"] = [dict(data["lines"][1], name=f"Mal {n}") for n in range(500)]
    record = drafting.save_draft(ui_world.ctx, ui_world.company, data).record
    window = open_editor(ui_world, document_id=record.id)
    model = window.store.lines
    for row in range(0, 500, 25):
        model.setData(model.index(row, 1), str(row + 1))
        QGuiApplication.processEvents()
        # How long a key takes is measured by tests/bench; here: nobody sums on the GUI thread.
        assert not window.worker.is_assessed
    settled(qtbot, window)
    assert window.assessment is not None and window.assessment.totals is not None
    assert model.data(model.index(475, KEYS.index("net"))) == "88.655,00"


def test_only_keys_from_buyer_to_saved(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    drafting.save_draft(ui_world.ctx, ui_world.company, people.drafts("2026-11-20")[0])
    window = open_editor(ui_world)
    window.activateWindow()
    picker = window.form.buyer.picker
    qtbot.waitUntil(lambda: picker.words.offer("") > 0, timeout=10_000)
    picker.setFocus()
    qtbot.keyClicks(picker, "ogutucu")
    qtbot.keyClick(picker.words.list, Qt.Key.Key_Down)
    qtbot.keyClick(picker.words.list, Qt.Key.Key_Return)
    assert window.form.buyer.number.text() == people.buyer_number(0)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    table = window.form.table

    def cells() -> list[QLineEdit]:
        return [e for e in table.viewport().findChildren(QLineEdit) if e.isVisible()]

    for text in ("Kalem", "3", "adet", "12,5"):
        if not cells():
            qtbot.keyClicks(table, text[0])
            qtbot.keyClicks(cells()[-1], text[1:])
        else:
            qtbot.keyClicks(cells()[-1], text)
        qtbot.keyClick(cells()[-1], Qt.Key.Key_Tab)
    with qtbot.waitSignal(window.worker.stored, timeout=10_000):
        qtbot.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    saved = ui_world.get(window.store.text("uuid"))
    assert saved.payable == Decimal("45.00")
