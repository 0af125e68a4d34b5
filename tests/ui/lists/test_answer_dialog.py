"""The question before Kabul and Red: for whom, how many, how long there is time; a rejection needs its reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.connectors.base import Answer
from app.ui.dialogs.answer import MAX_REASON, REASONS, AnswerDialog

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def dialog(qtbot: QtBot, what: Answer = Answer.REJECT, **more: Any) -> AnswerDialog:
    made = AnswerDialog(what, company="Çınaraltı Ltd.", count=3, **more)
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6), "İlk süre 6 gün sonra doluyor: 27.11.2026 12:00."),
        (timedelta(days=1), "Son gün: ilk süre 22.11.2026 12:00 tarihinde doluyor."),
        (timedelta(hours=-1), "Bir yanıtın süresi doldu: 21.11.2026 11:00. Dolanlar yanıtlanamaz."),
    ],
)
def test_how_long_there_is_time_is_said_before_the_answer(qtbot: QtBot, left: timedelta, words: str) -> None:
    assert dialog(qtbot, due=NOW + left, now=NOW).countdown.text() == words


def test_a_rejection_needs_a_reason_and_a_short_one(qtbot: QtBot) -> None:
    made = dialog(qtbot)
    assert not made.yes_button.isEnabled()
    made.suggestions.setCurrentIndex(1)
    made.suggestions.activated.emit(1)
    assert made.text == REASONS[0] and made.yes_button.isEnabled()
    made.reason.setPlainText("x" * (MAX_REASON + 1))
    assert not made.yes_button.isEnabled()


def test_an_acceptance_may_be_silent(qtbot: QtBot) -> None:
    assert dialog(qtbot, Answer.ACCEPT).yes_button.isEnabled()
