"""The frame from key and click to what stands on the screen and in the database."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.domain.lifecycle import Direction, State
from app.runtime.settings import THEME
from app.storage.overview import Waiting
from app.storage.records import CompanyRecord
from app.ui.frame.card import LOOKING, CardFact
from app.ui.frame.window import MainWindow
from app.ui.pages.base import Page
from app.ui.pages.today import TodayPage
from app.ui.theme.style import theme
from app.ui.theme.tokens import DARK, LIGHT
from app.workflows import points
from tests.ui.conftest import World
from tests.ui.frame.conftest import settle, today_only


def test_switcher_finds_by_any_part_of_title_or_vkn(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    switcher = window.header.switcher
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    switcher.open()
    assert switcher.panel.isVisible()
    titles = [line.title for line in switcher.list.lines.lines]
    assert titles[0] == "Tüm firmalar"
    assert len(titles) == 3
    qtbot.keyClicks(switcher.field, "mobilya cinar")
    assert [line.title for line in switcher.list.lines.lines] == [filled_world.company.company.party.display_name]
    assert "takıldı" in switcher.list.lines.lines[0].details[0]
    switcher.field.setText(filled_world.company.company.tax_number.digits[3:8])
    assert len(switcher.list.lines.lines) == 1
    with qtbot.waitSignal(filled_world.desk.company_changed):
        qtbot.keyClick(switcher.field, Qt.Key.Key_Return)
    assert not switcher.panel.isVisible()
    assert filled_world.desk.company is not None
    assert filled_world.desk.company.id == filled_world.company.id


def test_switcher_shows_what_is_urgent_first(window: MainWindow, filled_world: World) -> None:
    switcher = window.header.switcher
    switcher.open()
    last = switcher.list.lines.lines[-1].what
    assert isinstance(last, CompanyRecord)
    switcher.show_companies(filled_world.companies(), {last.id: Waiting(answer_due=1, urgent=1)})
    assert [line.what for line in switcher.list.lines.lines[:2]] == [None, last]
    switcher.panel.dismiss()


def test_switcher_closes_with_escape_and_changes_nothing(window: MainWindow, qtbot: QtBot) -> None:
    switcher = window.header.switcher
    switcher.open()
    with qtbot.assertNotEmitted(window.desk.company_changed):
        qtbot.keyClick(switcher.field, Qt.Key.Key_Escape)
    assert not switcher.panel.isVisible()
    assert window.desk.company is None


def test_search_goes_across_companies_and_opens_the_very_document(
    window: MainWindow, filled_world: World, qtbot: QtBot
) -> None:
    record = filled_world.records(Direction.OUT, State.REJECTED)[0]
    field = window.header.search.field
    field.setFocus()
    qtbot.keyClicks(field, record.number[-6:])
    qtbot.waitUntil(lambda: window.header.search.panel.isVisible(), timeout=5000)
    lines = [line for line in window.header.search.list.lines.lines if not line.is_header]
    assert any(getattr(line.what, "id", None) == record.id for line in lines)
    field.setText(record.number)
    qtbot.waitUntil(lambda: len([x for x in window.header.search.list.lines.lines if not x.is_header]) == 1)
    with qtbot.waitSignal(window.desk.wanted) as wanted:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert wanted.args == ["outbox", record.id]
    assert field.text() == ""


def test_search_drops_answers_older_than_the_question(window: MainWindow, qtbot: QtBot) -> None:
    search = window.header.search
    search.field.setFocus()
    search.field.setText("mobilya")
    search._on_timer_timeout()
    search.field.setText("bulunmayanbirsey")
    settle(window, qtbot)
    qtbot.waitUntil(lambda: "bulunmayanbirsey" in search._foot.text(), timeout=5000)
    assert not search.list.lines.lines


def test_document_of_another_company_chooses_that_company(
    window: MainWindow, filled_world: World, qtbot: QtBot
) -> None:
    other = next(c for c in filled_world.companies() if c.id != filled_world.company.id)
    filled_world.desk.set_company(other)
    record = filled_world.records(Direction.IN)[0]
    with qtbot.waitSignal(filled_world.desk.company_changed) as changed:
        filled_world.desk.wanted.emit("inbox", record.id)
    chosen: CompanyRecord = changed.args[0]
    assert chosen.id == filled_world.company.id


def test_sync_button_sends_and_receives_and_says_so(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    queued = filled_world.records(Direction.OUT, State.QUEUED)
    assert queued
    filled_world.push(minutes=30)
    filled_world.sandbox.add_incoming(count=2, to_vkn=filled_world.company.company.tax_number.digits, sealed=False)
    with qtbot.waitSignal(window.center.finished, timeout=20_000) as finished:
        window.actions_["sync"].trigger()
    summary = finished.args[0]
    assert (summary.companies, summary.received, summary.errors) == (2, 2, [])
    assert "2 belge geldi" in window.strip.note
    assert filled_world.get(queued[0].ettn).state is State.SENT
    settle(window, qtbot)
    assert "az önce" in window.header.sync_button.text()


def test_offline_is_a_line_and_nothing_is_lost(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    filled_world.push(minutes=30)
    filled_world.sandbox.stop()
    with qtbot.waitSignal(window.center.finished, timeout=30_000) as finished:
        window.center.sync_chosen()
    assert finished.args[0].is_offline
    assert "çevrimdışı" in window.header.sync_button.text()
    assert not window.messages.isVisible()
    settle(window, qtbot)
    assert filled_world.records(Direction.OUT, State.QUEUED)


def test_button_inside_the_floor_says_when_it_may_ask_again(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.center.finished, timeout=20_000):
        window.center.sync_chosen()
    with qtbot.waitSignal(window.center.finished, timeout=20_000) as finished:
        window.center.sync_chosen()
    assert finished.args[0].skipped_until is not None
    assert "sonrasında yeniden sorulabilir" in window.strip.note


def test_timer_obeys_the_users_interval(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    filled_world.push(minutes=29)
    window.center._on_timer_timeout()
    assert not window.center.is_running
    filled_world.push(minutes=2)
    with qtbot.waitSignal(window.center.finished, timeout=20_000) as finished:
        window.center._on_timer_timeout()
    assert finished.args[0].is_button is False
    assert finished.args[0].companies == 2


def test_failure_names_the_company_and_can_be_copied(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    filled_world.push(minutes=30)
    filled_world.sandbox.set_password("demo", "degisti")
    with qtbot.waitSignal(window.center.finished, timeout=20_000):
        window.center.sync_chosen()
    assert window.messages.isVisible()
    assert window.messages.bar.sentence.startswith("Çınaraltı")
    window.messages.bar.action.click()
    assert "Çınaraltı" in QApplication.clipboard().text()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.messages.isVisible()


def test_badges_follow_the_chosen_company(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    everybody = window.header.switcher._waiting
    total = sum(everybody.values(), Waiting())
    mine = everybody[filled_world.company.id]
    assert total.unread == mine.unread + 3
    assert (mine.unsent, mine.stuck, mine.queued) == (3, 3, 1)


def test_theme_choice_is_stored_and_worn(window: MainWindow, qtbot: QtBot) -> None:
    assert theme().palette is LIGHT
    dark = next(a for a in window.findChildren(type(window.actions_["sync"])) if a.data() == "dark")
    with qtbot.waitSignal(theme().changed, timeout=5000):
        dark.trigger()
    assert theme().palette is DARK
    assert window.desk.office.settings.get(THEME) == "dark"
    settle(window, qtbot)


def test_last_page_company_and_place_are_remembered(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    filled_world.desk.set_company(filled_world.company)
    window.resize(1100, 640)
    settle(window, qtbot)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5000)
    filled_world.desk.set_company(None)
    window.memory.set("window/company", filled_world.company.company.tax_number.digits)
    again = MainWindow(filled_world.desk, specs=today_only())
    again.show()
    again.start()
    qtbot.waitUntil(lambda: filled_world.desk.company is not None, timeout=5000)
    assert again.height() == 640, "the offscreen screen is 800 px wide; the width is fitted to it"
    settle(again, qtbot)
    again.hide()
    again.deleteLater()


def test_quit_names_what_still_runs_and_may_be_taken_back(
    window: MainWindow, filled_world: World, qtbot: QtBot
) -> None:
    release = threading.Event()
    desk = filled_world.desk
    desk.run("240 fatura gönderiliyor", lambda _ctx: release.wait(20), owner=window, company=filled_world.company)
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if not isinstance(box, QMessageBox):
            return
        looking.stop()
        asked.append(box.informativeText())
        next(b for b in box.findChildren(QPushButton) if b.text() == "Açık kalsın").click()

    looking = QTimer()
    looking.timeout.connect(answer)
    looking.start(20)
    window.close()
    qtbot.waitUntil(lambda: bool(asked), timeout=10_000)
    assert window.isVisible()
    assert "Çınaraltı Ahşap Mobilya" in asked[0]
    assert "240 fatura gönderiliyor" in asked[0]
    assert window.stack.isEnabled()
    release.set()
    settle(window, qtbot)


def test_shortcut_sheet_lists_every_action_with_a_key(window: MainWindow) -> None:
    from app.ui.frame.shortcuts import ShortcutSheet

    sheet = ShortcutSheet(window, window.pages)
    keys = dict(key for _, group in sheet.groups for key in group)
    assert {"F1", "F5", "Ctrl+K", "Ctrl+F", "Ctrl+N", "Ctrl+Q", "Ctrl+1"} <= set(keys)
    assert keys["F5"].startswith("Eşitle")
    sheet.deleteLater()


@pytest.mark.parametrize("column", ["due", "stuck", "arrived"])
def test_today_lines_are_doors(window: MainWindow, qtbot: QtBot, column: str) -> None:
    page = window.page
    assert isinstance(page, TodayPage)
    lines = getattr(page, column).list
    assert lines.lines.rowCount() > 0
    lines.setFocus()
    lines.select_first()
    record = lines.lines.lines[0].what
    with qtbot.waitSignal(window.desk.wanted) as wanted:
        qtbot.keyClick(lines, Qt.Key.Key_Return)
    assert wanted.args == ["inbox" if record.direction is Direction.IN else "outbox", record.id]


def test_today_says_why_something_is_stuck_and_the_next_step(window: MainWindow) -> None:
    page = window.page
    assert isinstance(page, TodayPage)
    told = {line.what.state: line for line in page.stuck.list.lines.lines}
    assert "kendiliğinden ikinci kez gönderilmez" in told[State.UNKNOWN].details[-1]
    assert told[State.FAILED].details[-1].startswith("→ ")


def test_today_says_that_it_speaks_of_all_firms(window: MainWindow, filled_world: World, qtbot: QtBot) -> None:
    page = window.page
    assert isinstance(page, TodayPage)
    assert not page._summary.text().startswith("Bütün firmalar: ")
    filled_world.desk.set_company(filled_world.company)
    qtbot.waitUntil(lambda: page._summary.text().startswith("Bütün firmalar: "))


def test_today_of_a_new_office_says_what_comes_first(ui_world: World, qtbot: QtBot) -> None:
    with ui_world.office.db.write(points.STATUS) as s:
        s.execute(text("DELETE FROM account"))
    page = TodayPage(ui_world.desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.begin.isVisible())
    with qtbot.waitSignal(ui_world.desk.wanted) as asked:
        qtbot.mouseClick(page.begin.button, Qt.MouseButton.LeftButton)
    assert asked.args == ["settings", "integrators"]


def test_gibs_rules_are_warmed_up_behind_the_first_page(window: MainWindow, qtbot: QtBot) -> None:
    warmed: list[str] = []
    window.desk.office.rules.warm_up = lambda: warmed.append(threading.current_thread().name)  # type: ignore[method-assign]
    qtbot.waitUntil(lambda: len(warmed) == 1)
    assert warmed[0] != threading.current_thread().name


def test_everything_in_sight_has_an_accessible_name(window: MainWindow) -> None:
    from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QLineEdit

    for kind in (QAbstractButton, QLineEdit, QAbstractItemView):
        for widget in window.findChildren(kind):
            if widget.isVisible() and not widget.objectName().startswith("qt_"):
                name = widget.accessibleName() or getattr(widget, "text", lambda: "")()
                assert name or isinstance(widget.parent(), QLineEdit), widget


def test_short_work_at_the_end_needs_no_question(window: MainWindow, qtbot: QtBot) -> None:
    """A setting that is just being stored: the window waits for it and goes."""
    release = threading.Event()
    window.desk.run("Ayar kaydediliyor", lambda _ctx: release.wait(5), owner=window)
    window.close()
    assert window.isVisible()
    release.set()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=5_000)


def test_a_reader_that_hangs_keeps_nobody_from_leaving(window: MainWindow, qtbot: QtBot) -> None:
    release = threading.Event()
    window.desk.run(LOOKING, lambda _ctx: release.wait(20), owner=window, lane=window.desk.lanes.token)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=8_000)
    release.set()
    qtbot.waitUntil(lambda: not window.desk.lanes.jobs())


class _Card(Page):
    """A page with something typed in it."""

    key = "settings"
    title = "Ayarlar"

    def unsaved(self) -> str | None:
        return "Firma kartında kaydedilmemiş değişiklik var."


def test_what_is_typed_and_not_stored_holds_the_window(window: MainWindow, qtbot: QtBot) -> None:
    window._pages["settings"] = page = _Card(window.desk, window.stack)
    window.stack.addWidget(page)
    said: list[str] = []

    def answer(word: str) -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        said.append(box.informativeText())
        next(b for b in box.findChildren(QPushButton) if b.text() == word).click()

    QTimer.singleShot(0, lambda: answer("Geri dön"))
    window.close()
    assert window.isVisible()
    assert said == ["Firma kartında kaydedilmemiş değişiklik var."]
    QTimer.singleShot(0, lambda: answer("Kaydetmeden kapat"))
    window.close()
    assert not window.isVisible()


def test_seals_that_end_soon_stand_first_among_what_is_due(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page
    assert isinstance(page, TodayPage)
    before = page.due.list.lines.rowCount()
    soon = CardFact(owner_name="Deniz Ltd.", owner="4840847211", ends_at="03.12.2026", days_left=13)
    window.card.cards = [CardFact(owner_name="Uzun", owner="9205121120", ends_at="01.01.2028", days_left=400), soon]
    window.card.changed.emit()
    line = page.due.list.lines.lines[0]
    assert (line.title, line.right) == ("Deniz Ltd.", "13 gün")
    assert page.due.list.lines.rowCount() == before + 1
    page.due.list.setFocus()
    page.due.list.select_first()
    with qtbot.waitSignal(window.desk.wanted) as wanted:
        qtbot.keyClick(page.due.list, Qt.Key.Key_Return)
    assert wanted.args == ["settings", "seal"]


def test_first_start_on_a_small_screen_takes_all_of_it(window: MainWindow) -> None:
    assert window.screen().availableSize().width() < 1440, "the offscreen screen is 800 px wide"
    window.memory.forget("window/geometry")
    fresh = MainWindow(window.desk, specs=today_only())
    assert fresh.isMaximized()
    fresh.deleteLater()
