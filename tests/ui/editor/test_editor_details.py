"""What the grid has no room for, what only some invoices have, and the verbs over the whole form."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.demo import people
from app.domain.errors import EnvironmentFault
from app.domain.lifecycle import State
from app.storage.taxpayer_list import ListedAddress, replace_all
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.editor import extras
from app.ui.editor.buyer import number_of
from app.ui.editor.columns import KEYS
from app.ui.editor.earlier import EarlierDialog
from app.ui.editor.line_details import AllowanceRow, TaxRow
from app.ui.editor.spreading import SpreadDialog
from app.ui.editor.window import EditorWindow
from app.ui.frame.shortcuts import EDITOR_KEYS
from app.ui.memory import memory_of
from app.workflows import drafting, favourites, taxpayers
from tests.ui.conftest import World, connect
from tests.ui.editor.conftest import Open

PATIENCE_MS = 20_000


def opened(world: World, open_editor: Open, **changes: Any) -> EditorWindow:
    data = people.drafts(world.clock.today().isoformat())[0] | changes
    return open_editor(world, document_id=drafting.save_draft(world.ctx, world.company, data).record.id)


def settled(qtbot: QtBot, window: EditorWindow) -> None:
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)


def press(window: EditorWindow, keys: str) -> None:
    next(a for a in window.verbs.actions if a.shortcut().toString() == keys).trigger()


def test_second_discount_charge_and_taxes_of_a_line(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    details, model = window.details, window.store.lines
    first = model.line(0)["discounts"][0]
    window.form.table.go_to(0, 0)
    press(window, "F4")
    assert "1. satır" in details.heading.text() and details.isVisibleTo(window)
    details.adders["discounts"].click()
    second = details.lists["discounts"][1]
    assert isinstance(second, AllowanceRow)
    qtbot.keyClicks(second.amount, "100,50")
    qtbot.keyClicks(second.reason, "Kampanya")
    qtbot.keyClick(second.reason, Qt.Key.Key_Return)
    details.adders["charges"].click()
    charge = details.lists["charges"][0]
    assert isinstance(charge, AllowanceRow)
    qtbot.keyClicks(charge.amount, "%2")
    qtbot.keyClick(charge.amount, Qt.Key.Key_Return)
    for number, (code, amount, per_unit) in enumerate((("0071", "2,5", True), ("4080", "10", False))):
        details.adders["other_taxes"].click()
        tax = details.lists["other_taxes"][number]
        assert isinstance(tax, TaxRow)
        qtbot.keyClicks(tax.code, code)
        qtbot.keyClick(tax.code.words.list, Qt.Key.Key_Escape)
        if per_unit:
            tax.kind.setCurrentIndex(1)
            tax.kind.activated.emit(1)
        qtbot.keyClicks(tax.amount, amount)
        qtbot.keyClick(tax.amount, Qt.Key.Key_Return)
    line = model.line(0)
    assert line["discounts"] == [first, {"amount": "100.50", "reason": "Kampanya"}]
    assert line["charges"] == [{"rate": "0.02"}]
    assert line["other_taxes"] == [{"code": "0071", "per_unit": "2.5"}, {"code": "4080", "rate": "10"}]
    assert model.data(model.index(0, KEYS.index("discount"))) == "%5 + 100,50"
    assert not window.form.table.isColumnHidden(KEYS.index("charge"))
    assert not window.form.table.isColumnHidden(KEYS.index("other_tax"))
    settled(qtbot, window)
    assert window.assessment is not None and window.assessment.totals is not None
    # 36.900 − 1.845 − 100,50 + 738, and the other two lines.
    assert window.assessment.totals.lines[0].net == Decimal("35692.50")
    assert window.totals.charge.isVisibleTo(window)
    with qtbot.waitSignal(window.worker.stored, timeout=PATIENCE_MS):
        window.save()
    saved = drafting.load_fields(ui_world.ctx, window.document_id or 0)
    assert saved["lines"][0]["charges"] == [{"rate": "0.02"}]
    while window.store.undo.canUndo():
        window.store.undo.undo()
    assert "charges" not in model.line(0) and details.lists["charges"] == []


def test_looking_at_a_line_changes_nothing(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    lines = people.drafts("2026-11-20")[0]["lines"]
    lines[0]["discounts"] = [{"rate": "0.050"}, {"amount": "7.5", "reason": "x"}]
    lines[0]["other_taxes"] = [{"code": "0071", "name": "ÖTV", "per_unit": "2.50", "in_vat_base": False}]
    window = opened(ui_world, open_editor, lines=lines)
    before = window.store.data()
    press(window, "F4")
    for row in (0, 1, 2, 0):
        window.form.table.go_to(row, 0)
        window.details.take_over()
    assert window.store.data() == before and not window.store.undo.canUndo()


def test_the_first_other_tax_comes_by_its_column(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    table, model = window.form.table, window.store.lines
    tax, rate = KEYS.index("other_tax"), KEYS.index("other_tax_rate")
    assert table.isColumnHidden(tax)
    next(a for a in window.form.columns_menu.actions() if a.data() == "other_tax").trigger()
    assert not table.isColumnHidden(tax) and not table.isColumnHidden(rate)
    assert model.setData(model.index(0, tax), "özel iletişim")
    assert model.setData(model.index(0, rate), "10")
    assert model.line(0)["other_taxes"] == [{"code": "4080", "rate": "10"}]
    assert model.setData(model.index(0, rate), "2,5/br")
    assert model.line(0)["other_taxes"] == [{"code": "4080", "per_unit": "2.5"}]
    assert model.data(model.index(0, rate)) == "2,5/br"
    assert memory_of(ui_world.desk).get("editor/columns") == ["other_tax", "other_tax_rate"]
    again = open_editor(ui_world)
    assert not again.form.table.isColumnHidden(tax), "the chosen column is there in the next invoice too"


def test_folds_are_remembered(ui_world: World, open_editor: Open) -> None:
    window = open_editor(ui_world)
    before = {key: window.form.sections[key].is_folded for key in ("payment", "document")}
    assert before["payment"]
    for key in before:
        window.form.sections[key].head.click()
    again = open_editor(ui_world)
    after = {key: again.form.sections[key].is_folded for key in before}
    assert after == {key: not state for key, state in before.items()}
    document = again.form.sections["document"]
    if not document.is_folded:
        document.head.click()
    assert document.summary.text() == "Temel Fatura · Satış · 20.11.2026 · TRY"


def test_six_lines_are_in_sight_on_a_small_screen(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    def lines_in_sight(width: int, height: int) -> int:
        window = opened(ui_world, open_editor)
        window.resize(width, height)
        qtbot.waitUntil(lambda: window.height() == height, timeout=PATIENCE_MS)
        QApplication.processEvents()
        table = window.form.table
        return table.viewport().height() // table.verticalHeader().defaultSectionSize()

    assert lines_in_sight(1366, 768) >= 6
    # 1366×768 at 150 % leaves 911×512.
    assert lines_in_sight(911, 512) >= 4


def test_declared_sections_come_and_go_with_the_type(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    sections, store = window.form.sections, window.store
    keys = {s.key for s in extras.SECTIONS if s.fields}

    def shown() -> set[str]:
        return {key for key in keys if sections[key].isVisibleTo(window)}

    assert shown() == set()
    store.set("type", "TEVKIFAT")
    assert shown() == {"withholding"}
    bulk = next(f for f in window.form.extras if f.key == "withholding").fields[0].editor
    bulk.picker.setText("624")  # type: ignore[attr-defined]
    bulk.apply()  # type: ignore[attr-defined]
    assert [line["withholding"] for line in store.lines.lines] == [{"code": "624", "rate": "20"}] * 3
    store.undo.undo()
    assert all("withholding" not in line for line in store.lines.lines)
    store.set("type", "ISTISNA")
    assert shown() == {"exemption"}
    store.set("type", "IADE")
    store.set("currency", "EUR")
    assert shown() == {"return", "currency"}
    field = window.form.field_of("exchange_rate.rate")
    assert field is not None
    qtbot.keyClicks(field.editor, "41,2375")
    assert store.text("exchange_rate.rate") == "41.2375"
    store.set("currency", "TRY")
    assert "currency" in shown(), "what the draft holds is never hidden"


def test_a_discount_of_the_whole_invoice(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, SpreadDialog)
        assert not dialog.yes.isEnabled()
        dialog.amount.setText("1.000,00")
        dialog.reason.setText("Yıl sonu")
        dialog.yes.click()

    QTimer.singleShot(0, window, answer)
    press(window, "Ctrl+Shift+G")
    spread = [line["discounts"][-1] for line in window.store.lines.lines]
    assert all(item["reason"] == "Yıl sonu" for item in spread)
    assert sum(Decimal(item["amount"]) for item in spread) == 1000
    window.store.undo.undo()
    assert "discounts" not in window.store.lines.line(1)


def test_lines_of_an_earlier_invoice(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    opened(ui_world, open_editor)
    window = open_editor(ui_world)

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, EarlierDialog)
        qtbot.waitUntil(lambda: dialog.list.count() > 0, timeout=PATIENCE_MS)
        dialog.search.setText("ogutucu")
        dialog.yes.click()

    QTimer.singleShot(0, window, answer)
    press(window, "Ctrl+Shift+O")
    assert [line["name"] for line in window.store.lines.lines] == [
        line["name"] for line in people.drafts("2026-11-20")[0]["lines"]
    ]
    window.store.undo.undo()
    assert window.store.lines.lines == []


def test_f8_goes_round_the_findings(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    lines = people.drafts("2026-11-20")[0]["lines"]
    lines[1]["unit"] = "ADET"
    lines[2]["quantity"] = "0"
    window = opened(ui_world, open_editor, lines=lines)
    places = []
    for keys in ("F8", "F8", "F8", "Shift+F8"):
        press(window, keys)
        index = window.form.table.currentIndex()
        places.append((index.row(), KEYS[index.column()]))
    assert places == [(1, "unit"), (2, "quantity"), (1, "unit"), (2, "quantity")]


def test_it_all_works_with_no_connection(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    connect(ui_world.office, ui_world.company, "http://127.0.0.1:1")
    window = open_editor(ui_world, asks=True)
    window.form.buyer.choose(people.buyer(0))
    QGuiApplication.clipboard().setText("Masa\t2\tAdet\t1.250,50")
    window.form.table.go_to(0, 0)
    window.form.table.paste_cells()
    with qtbot.waitSignal(window.worker.stored, timeout=PATIENCE_MS):
        window.save()
    assert ui_world.get(window.store.text("uuid")).state is State.DRAFT
    settled(qtbot, window)
    qtbot.waitUntil(lambda: "sorulamadı" in window.form.buyer.registration.text(), timeout=PATIENCE_MS)
    assert not window.message.isVisible(), "a line says it; nothing is in the way"


def test_a_typed_number_is_asked_about_by_itself(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world, asks=True)
    qtbot.keyClicks(window.form.buyer.number, people.buyer_number(0))
    qtbot.waitUntil(lambda: window.form.buyer.registration.text().startswith("e-Fatura mükellefi"), timeout=PATIENCE_MS)
    assert window.store.text("customer.title") == people.buyer_name(0), "the title comes with the answer"


def test_the_offices_own_list_answers_without_a_connection(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    number, label = people.buyer_number(1), "urn:mail:liste@alici.example"
    address = ListedAddress(vkn=number, unit="PK", alias=label, title="Listedeki Alıcı A.Ş.")
    replace_all(taxpayers.list_path(ui_world.ctx), [address], source="sandbox", at=ui_world.clock.now())
    connect(ui_world.office, ui_world.company, "http://127.0.0.1:1")
    window = open_editor(ui_world, asks=True)
    qtbot.keyClicks(window.form.buyer.number, number)
    buyer = window.form.buyer
    qtbot.waitUntil(lambda: buyer.registration.text() == "e-Fatura mükellefi", timeout=PATIENCE_MS)
    assert buyer.mailbox.currentText() == label
    assert window.store.text("customer.title") == "Listedeki Alıcı A.Ş."
    qtbot.waitUntil(lambda: not ui_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)
    assert buyer.registration.text() == "e-Fatura mükellefi", "what is known stays when nobody can be reached"


def test_every_key_of_the_editor_is_listed_under_f1(ui_world: World, open_editor: Open) -> None:
    window = open_editor(ui_world)
    actions = [*window.verbs.actions, *window.form.table.actions_for_menu]
    buttons = [window.totals.save, window.totals.seal]
    mine = {part.shortcut().toString().replace("Return", "Enter") for part in (*actions, *buttons)}
    listed = [keys for keys, _ in EDITOR_KEYS]
    assert mine - {""} == set(listed) - {"F2", "Esc", "Ctrl+Tab"} and len(listed) == len(set(listed))


def test_esc_closes_without_a_question_when_all_is_kept(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    window.activateWindow()
    window.form.table.go_to(0, 0)
    qtbot.keyClicks(window.form.table, "Yeni ad")
    cell = window.form.table.viewport().focusWidget() or QApplication.focusWidget()
    assert cell is not None
    qtbot.keyClick(cell, Qt.Key.Key_Escape)
    assert isValid(window) and window.isVisible(), "the first Esc leaves the cell"
    window.store.lines.setData(window.store.lines.index(0, 0), "Saklanan ad")
    ettn = window.store.text("uuid")
    qtbot.keyClick(window.form.table, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not isValid(window), timeout=PATIENCE_MS)
    assert drafting.load_fields(ui_world.ctx, ui_world.get(ettn).id)["lines"][0]["name"] == "Saklanan ad"


def test_esc_asks_when_something_would_be_lost(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    asked: list[str] = []

    def refuse() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ConfirmDialog)
        asked.append(dialog.windowTitle())
        dialog.no_button.click()

    window.store.lines.setData(window.store.lines.index(0, 0), "Kaybolmasın")
    window._is_closing = True
    QTimer.singleShot(0, window, refuse)
    window.worker.store_failed.emit(EnvironmentFault("DISK.FULL", "Disk dolu.", todo="Yer açın."))
    assert asked == ["Kaydedilmemiş değişiklikler bırakılsın mı?"]
    assert isValid(window) and window.isVisible() and "Disk dolu" in window.message.sentence


def test_an_address_of_eight_lines_and_a_long_title(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    customer = people.buyer(0)
    customer["title"] = "Uluslararası " * 20 + "Limited Şirketi"
    window = opened(ui_world, open_editor, customer=customer)
    street = window.form.field_of("customer.address.street")
    assert street is not None
    low = street.editor.height()
    street.editor.setPlainText("\n".join(f"{n}. satır adresin, uzun bir sokak adı" for n in range(8)))  # type: ignore[attr-defined]
    kept = window.store.text("customer.address.street")
    assert kept.startswith("0. satır adresin, uzun bir sokak adı, 1. satır") and "\n" not in kept
    assert low < street.editor.height() < window.form.height() // 3
    title = window.form.buyer.title_field.editor
    assert title.text() == customer["title"] and title.cursorPosition() == 0  # type: ignore[attr-defined]
    assert title.toolTip() == customer["title"]


def test_favourites_stand_first_in_the_pickers(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    for index in (0, 1):
        data = people.drafts(ui_world.clock.today().isoformat())[index]
        drafting.save_draft(ui_world.ctx, ui_world.company, data)
    window = opened(ui_world, open_editor)
    buyers = window.form.buyer.picker.words
    delegate = window.form.table.delegate
    qtbot.waitUntil(lambda: len(delegate.goods) > 2 and buyers.offer("") > 1, timeout=PATIENCE_MS)
    rare = delegate.goods[-1]
    window.store.lines.append_lines([dict(rare, quantity="5")], "hazırlık")
    window.form.table.go_to(len(window.store.lines.lines) - 1, 0)
    press(window, "Ctrl+Shift+F")
    last = buyers.model().index(buyers.offer("") - 1, 0).data(Qt.ItemDataRole.UserRole)
    window.form.buyer.choose(last)
    window.form.buyer.star.click()
    again = open_editor(ui_world)
    goods = again.form.table.delegate
    qtbot.waitUntil(lambda: again.favourites.goods != [] and len(goods.goods) > 2, timeout=PATIENCE_MS)
    assert goods.goods[0]["name"] == rare["name"] and "quantity" not in goods.goods[0]
    words = again.form.buyer.picker.words
    words.offer("")
    first = words.model().index(0, 0)
    assert number_of(first.data(Qt.ItemDataRole.UserRole)) == number_of(last)
    assert str(first.data()).endswith("★")
    window.form.buyer.star.click()
    assert ui_world.company.id and window.favourites.buyers == []
    # A tax number has no place in the plain file of the window's sizes.
    memory_of(ui_world.desk).sync()
    kept = (ui_world.office.folder.root / "window.ini").read_text("utf-8") if memory_file(ui_world) else ""
    assert number_of(last) not in kept


def memory_file(world: World) -> bool:
    return (world.office.folder.root / "window.ini").exists()


def test_favourites_of_an_earlier_version_move_into_the_database(
    ui_world: World, open_editor: Open, qtbot: QtBot
) -> None:
    memory = memory_of(ui_world.desk)
    good = {"name": "Eski mal", "unit": "C62", "unit_price": "5"}
    memory.set(f"editor/favourites/{ui_world.company.id}", {"goods": [good], "buyers": ["9205121120"]})
    memory.set("editor/favourites/77", {"goods": [], "buyers": ["3900892152"]})
    memory.set("editor/columns", ["charge"])
    memory.sync()
    favourites.mark_buyer(ui_world.ctx, ui_world.company.id, "1460415308", on=True)
    window = open_editor(ui_world)
    qtbot.waitUntil(lambda: bool(window.favourites.buyers), timeout=PATIENCE_MS)
    assert window.favourites.buyers == ["1460415308", "9205121120"]
    assert window.favourites.goods == [good]
    assert favourites.load(ui_world.ctx, 77).buyers == ["3900892152"], "another firm's too"
    assert memory.names_in("editor/favourites") == [] and memory.get("editor/columns") == ["charge"]
    kept = (ui_world.office.folder.root / "window.ini").read_text("utf-8")
    assert "9205121120" not in kept and "3900892152" not in kept
