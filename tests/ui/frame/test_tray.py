"""Notices: off unless chosen, for what arrived by itself and for what became urgent, once each; a press brings up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from app.runtime.settings import TRAY_NOTICES
from app.storage.overview import Waiting
from app.ui.frame.sync import SyncSummary
from app.ui.frame.tray import Tray
from app.ui.frame.window import MainWindow
from app.ui.jobs import Changes
from app.ui.theme.icons import app_icon


@pytest.fixture
def tray(dressed: QApplication) -> Iterator[Tray]:
    window = QWidget()
    made = Tray(app_icon(), "Mühürdar", window, QAction("Çıkış", window))
    yield made
    window.deleteLater()


def test_nothing_is_said_where_it_was_turned_off(tray: Tray) -> None:
    tray.set_on(False)
    tray.tell_arrived(3)
    tray.tell_waiting(Waiting(answer_due=2, urgent=2))
    assert tray.last_notice == ""
    assert not tray.icon.isVisible()


def test_arrivals_are_told_with_their_number(tray: Tray) -> None:
    tray.set_on(True)
    tray.tell_arrived(0)
    assert tray.last_notice == ""
    tray.tell_arrived(1234)
    assert tray.last_notice == "1.234 yeni belge geldi"


def test_urgent_answers_are_told_once_and_again_only_when_there_are_more(tray: Tray) -> None:
    tray.set_on(True)
    tray.tell_waiting(Waiting(answer_due=5, urgent=2))
    assert tray.last_notice.startswith("2 yanıtın süresi")
    tray.last_notice = ""
    tray.tell_waiting(Waiting(answer_due=5, urgent=2))
    tray.tell_waiting(Waiting(answer_due=4, urgent=1))
    assert tray.last_notice == ""
    tray.tell_waiting(Waiting(answer_due=6, urgent=3))
    assert tray.last_notice.startswith("3 yanıtın süresi")


def test_turned_on_later_it_does_not_repeat_what_is_known(tray: Tray) -> None:
    tray.tell_waiting(Waiting(answer_due=5, urgent=2))
    tray.set_on(True)
    tray.tell_waiting(Waiting(answer_due=5, urgent=2))
    assert tray.last_notice == ""


def test_a_press_on_icon_or_notice_brings_the_window_up(tray: Tray, qtbot: QtBot) -> None:
    with qtbot.waitSignal(tray.pressed):
        tray.icon.messageClicked.emit()
    with qtbot.waitSignal(tray.pressed):
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    with qtbot.assertNotEmitted(tray.pressed):
        # The menu opens by itself.
        tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)


def test_the_menu_shows_the_window_and_quits(tray: Tray, qtbot: QtBot) -> None:
    show, quit_ = [action for action in tray.icon.contextMenu().actions() if not action.isSeparator()]
    assert (show.text(), quit_.text()) == ("Mühürdar'ı göster", "Çıkış")
    with qtbot.waitSignal(tray.pressed):
        show.trigger()


def test_window_tells_what_a_sync_by_the_clock_brought_and_not_what_was_asked_for(window: MainWindow) -> None:
    window.tray.set_on(True)
    window.tray.last_notice = ""
    window.center.finished.emit(SyncSummary(received=2, is_button=True))
    assert window.tray.last_notice == ""
    window.center.finished.emit(SyncSummary(received=2))
    assert window.tray.last_notice == "2 yeni belge geldi"


def test_the_press_raises_a_minimised_window(window: MainWindow, qtbot: QtBot) -> None:
    window.showMinimized()
    window.tray.icon.messageClicked.emit()
    qtbot.waitUntil(lambda: not window.isMinimized())


def test_turning_notices_off_in_the_menu_stores_and_switches(window: MainWindow, qtbot: QtBot) -> None:
    notices = next(a for a in window.findChildren(QAction) if a.text() == "Bildirim göster")
    assert notices.isChecked() and window.tray.is_on
    notices.trigger()
    qtbot.waitUntil(lambda: not window.desk.office.settings.get(TRAY_NOTICES) and not window.tray.is_on)
    # Chosen on the settings page: the menu says the same.
    window.desk.office.settings.set(TRAY_NOTICES, True)
    window.desk.changed.emit(Changes(settings=True))
    assert notices.isChecked() and window.tray.is_on
