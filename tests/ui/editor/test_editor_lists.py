"""Lists in the form: discounts of the whole document, a commission agent's deductions, further numbers of the buyer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from app.demo import people
from app.ui.editor.code_edit import CodeEdit
from app.ui.editor.list_edit import ListEdit
from app.ui.editor.spreading import SpreadDialog
from app.ui.editor.window import EditorWindow
from app.workflows import drafting
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open, typed

PATIENCE_MS = 20_000


def opened(world: World, open_editor: Open, **changes: Any) -> EditorWindow:
    data = people.drafts(world.clock.today().isoformat())[0] | changes
    return open_editor(world, document_id=drafting.save_draft(world.ctx, world.company, data).record.id)


def list_of(window: EditorWindow, path: str) -> ListEdit:
    return next(e for e in window.form.findChildren(ListEdit) if e._path == path)


def edits(window: EditorWindow, path: str, row: int) -> list[QLineEdit]:
    return list_of(window, path).rows[row].findChildren(QLineEdit)


def assessed(window: EditorWindow, qtbot: QtBot) -> Any:
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    assert window.assessment is not None
    return window.assessment


def give(qtbot: QtBot, window: EditorWindow, amount: str, reason: str, *, whole: bool) -> None:
    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, SpreadDialog)
        assert dialog.yes.text() == "Satırlara dağıt"
        dialog.amount.setText(amount)
        dialog.reason.setText(reason)
        dialog.way.setCurrentIndex(int(whole))
        assert dialog.yes.text() == ("Faturaya ekle" if whole else "Satırlara dağıt")
        dialog.yes.click()

    QTimer.singleShot(0, answer)
    window.verbs._spread()


def test_a_discount_stays_one_item_of_the_document(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    fold = window.form.sections["whole"]
    assert fold.isHidden()
    before = assessed(window, qtbot).totals
    net = sum(line.net for line in before.lines)
    give(qtbot, window, "%10", "Yılbaşı", whole=True)
    assert window.store.get("discounts") == [{"rate": "0.1", "reason": "Yılbaşı"}]
    assert not any(
        "discounts" in line and line["discounts"][-1].get("reason") == "Yılbaşı" for line in window.store.lines.lines
    )
    assert not fold.isHidden() and "%10" in fold.words()
    qtbot.waitUntil(lambda: assessed(window, qtbot).totals.allowance_amounts != (), timeout=PATIENCE_MS)
    totals = assessed(window, qtbot).totals
    assert totals.allowance_amounts == ((net / 10).quantize(Decimal("0.01")),)
    assert window.totals.discount.isVisibleTo(window)
    amount = edits(window, "discounts", 0)[0]
    assert amount.text() == "%10"
    typed(amount, "2")
    assert window.store.get("discounts") == [{"amount": "2", "reason": "Yılbaşı"}]
    typed(amount, "999999999")
    qtbot.waitUntil(
        lambda: "INV.ALLOWANCE_MORE" in {f.code for f in assessed(window, qtbot).findings}, timeout=PATIENCE_MS
    )
    finding = next(f for f in window.findings.findings if f.code == "INV.ALLOWANCE_MORE")
    assert window.form.place_title(finding) == "İndirim"
    typed(amount, "iki")
    qtbot.waitUntil(
        lambda: any(f.message.startswith("Genel indirim") for f in assessed(window, qtbot).findings),
        timeout=PATIENCE_MS,
    )
    list_of(window, "discounts").remove_row(list_of(window, "discounts").rows[0])
    assert "discounts" not in window.store.data() and fold.isHidden()
    while window.store.undo.canUndo():
        window.store.undo.undo()
    assert fold.isHidden()


def test_it_can_be_spread_over_the_lines_as_before(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    give(qtbot, window, "%10", "Yılbaşı", whole=False)
    assert "discounts" not in window.store.data()
    assert all(line["discounts"][-1]["rate"] == "0.1" for line in window.store.lines.lines)


def test_a_commission_agent_keeps_back_what_the_list_knows(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    fold = window.form.sections["deductions"]
    assert fold.isHidden()
    window.store.set("type", "KOMISYONCU")
    assert not fold.isHidden()
    rows = list_of(window, "deductions")
    for number, (code, amount) in enumerate((("HKSKOMISYON", "%8"), ("HKSHAMMALIYE", "150,50"))):
        rows.add_row()
        choice = rows.rows[number].findChild(QComboBox)
        assert choice is not None
        choice.setCurrentIndex(choice.findData(code))
        choice.activated.emit(choice.currentIndex())
        typed(edits(window, "deductions", number)[0], amount)
    assert window.store.get("deductions") == [
        {"code": "HKSKOMISYON", "rate": "8"},
        {"code": "HKSHAMMALIYE", "amount": "150.50"},
    ]
    qtbot.waitUntil(lambda: len(assessed(window, qtbot).totals.deduction_amounts) == 2, timeout=PATIENCE_MS)
    totals = assessed(window, qtbot).totals
    assert totals.deduction_total == (totals.tax_exclusive * 8 / 100).quantize(Decimal("0.01")) + Decimal("150.50")
    assert window.totals.deducted.isVisibleTo(window)
    with qtbot.waitSignal(window.worker.stored, timeout=PATIENCE_MS):
        window.save()
    again = open_editor(ui_world, document_id=window.document_id)
    assert [row.texts()["amount"] for row in list_of(again, "deductions").rows] == ["%8", "150,50"]


def test_a_deduction_that_came_with_rate_and_amount_is_not_cut_by_its_neighbour(
    ui_world: World, open_editor: Open
) -> None:
    kept = {"code": "HKSKOMISYON", "rate": "5", "amount": "10"}
    window = opened(ui_world, open_editor, type="KOMISYONCU", deductions=[kept, {"code": "HKSRUSUM", "amount": "3"}])
    typed(edits(window, "deductions", 1)[0], "4")
    assert window.store.get("deductions") == [kept, {"code": "HKSRUSUM", "amount": "4"}]


def test_the_buyer_may_have_further_numbers(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    window.form.open_section("references")
    rows = list_of(window, "customer.identifiers")
    rows.add_row()
    scheme = rows.rows[0].findChild(CodeEdit)
    assert scheme is not None
    typed(scheme, "müşteri")
    scheme.take_over()
    typed(rows.rows[0].findChildren(QLineEdit)[-1], "0042")
    assert window.store.get("customer")["identifiers"] == [{"scheme": "MUSTERINO", "value": "0042"}]
    assert not {f.code for f in assessed(window, qtbot).findings if f.field.startswith("customer")} & {
        "INV.PARTY_SCHEME"
    }
