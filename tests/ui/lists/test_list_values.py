"""Words and questions of the lists without a window: next steps, countdown, periods, safe cells."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.lifecycle import Direction, State
from app.storage.records import DocumentRecord
from app.ui.lists import columns, export
from app.ui.lists.columns import Facts, due_text, due_tone, next_step
from app.ui.lists.filters import ChipSpec, ListFilter

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CHIPS = (ChipSpec(key="all", title="Tümü"), ChipSpec(key="due", title="Yanıt", states=(State.ANSWER_DUE,)))


def record(**changes: Any) -> DocumentRecord:
    empty = dict.fromkeys(DocumentRecord.__slots__)
    words = dict.fromkeys(
        ("review_code", "review_reason", "review_todo", "number", "answer", "partner_name", "ettn", "currency"), ""
    )
    base = DocumentRecord(**(empty | words | {"id": 1, "company_id": 1, "direction": Direction.OUT, "is_read": True}))
    return replace(base, **changes)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW + timedelta(hours=1, minutes=40), "GİB yanıtı bekleniyor, 13:40'ta sorulacak"),
        (NOW + timedelta(hours=1, minutes=35), "GİB yanıtı bekleniyor, 13:35'te sorulacak"),
        (NOW + timedelta(hours=1), "GİB yanıtı bekleniyor, 13:00'te sorulacak"),
        (NOW + timedelta(hours=13, minutes=6), "GİB yanıtı bekleniyor, yarın 01:06'da sorulacak"),
        (NOW - timedelta(hours=1), "GİB yanıtı bekleniyor, ilk eşitlemede sorulacak"),
    ],
)
def test_a_sent_invoice_says_when_it_is_asked_about(moment: datetime, words: str) -> None:
    assert next_step(record(state=State.SENT), Facts(now=NOW, next_status={1: moment})) == words


@pytest.mark.parametrize(
    ("left", "words", "tone"),
    [
        (timedelta(days=8), "8 gün", "text"),
        (timedelta(days=3), "3 gün", "warn"),
        (timedelta(days=1), "1 gün", "error"),
        (timedelta(hours=2), "bugün", "error"),
        (timedelta(hours=-1), "süre doldu", "error"),
    ],
)
def test_the_countdown_warns_at_three_days_and_alarms_at_one(left: timedelta, words: str, tone: str) -> None:
    due = record(direction=Direction.IN, state=State.ANSWER_DUE, answer_due_at=NOW + left)
    assert (due_text(due, NOW), due_tone(due, NOW)) == (words, tone)


def test_a_review_says_what_to_do_before_anything_else() -> None:
    stuck = record(state=State.FAILED, review_code="SEND.FAILED", review_todo="Düzeltip yeniden gönderin.")
    assert next_step(stuck, Facts(now=NOW)) == "Düzeltip yeniden gönderin."


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ("all", None, None),
        ("week", date(2026, 11, 15), date(2026, 11, 21)),
        ("month", date(2026, 11, 1), None),
        ("last_month", date(2026, 10, 1), date(2026, 10, 31)),
        ("last_year", date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_periods_are_inclusive_istanbul_days(period: str, start: date | None, end: date | None) -> None:
    assert ListFilter(period=period).days(date(2026, 11, 21)) == (start, end)


def test_a_stored_filter_that_makes_no_sense_shows_everything() -> None:
    assert ListFilter.from_json({"period": "custom", "start": "yarın"}) == ListFilter()
    assert ListFilter.from_json({"states": ["sent", "no-such"]}).states == ("sent",)
    kept = ListFilter(chip="due", period="custom", start="2026-01-01", end="2026-02-01", text="x")
    assert ListFilter.from_json(kept.to_json()) == kept


def test_states_chosen_by_hand_stand_in_for_the_chips() -> None:
    asked = ListFilter(chip="due", states=("lapsed",)).query(
        CHIPS, company_id=3, direction=Direction.IN, sort=(), today=date(2026, 11, 21)
    )
    assert (asked.states, asked.company_id) == ((State.LAPSED,), 3)


@pytest.mark.parametrize("text", ["=1+1", "+90", "-x", "@sum", "\t=a"])
def test_no_name_becomes_a_formula(text: str) -> None:
    assert not export.safe(text).startswith(("=", "+", "-", "@", "\t"))


def test_negative_amounts_stay_numbers() -> None:
    column = next(c for c in columns.OUTBOX if c.key == "payable")
    view = columns.view_of(
        record(state=State.SENT, payable=Decimal("-5"), profile="", type_code="", sealed_by="", partner_vkn=""),
        Facts(now=NOW),
        (column,),
    )
    assert export.tsv([view], (column,), (column,)) == "Tutar\n-5,00\n"


def test_a_foreign_amount_says_its_currency_and_is_exported_bare() -> None:
    column = next(c for c in columns.OUTBOX if c.key == "payable")
    dollars = record(state=State.SENT, payable=Decimal("1234.5"), currency="USD")
    view = columns.view_of(dollars, Facts(now=NOW), (column,))
    assert view.texts == ("USD 1.234,50",)
    assert export.tsv([view], (column,), (column,)) == "Tutar\n1.234,50\n"
    assert [c.key for c in export.with_currency((column,), columns.OUTBOX)] == ["payable", "currency"]
