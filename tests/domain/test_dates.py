"""Istanbul days and the seven-day rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.dates import answer_deadline, is_issue_date_allowed, istanbul_date

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("days_back", "allowed"), [(-1, False), (0, True), (1, True), (6, True), (7, True), (8, False), (365, False)]
)
def test_seven_days_back_pass_eight_and_tomorrow_fail(days_back: int, allowed: bool) -> None:
    assert is_issue_date_allowed(TODAY - timedelta(days=days_back), today=TODAY) is allowed


def test_the_day_is_the_one_of_istanbul() -> None:
    assert istanbul_date(datetime(2026, 3, 9, 20, 59, 59, tzinfo=UTC)) == date(2026, 3, 9)
    assert istanbul_date(datetime(2026, 3, 9, 21, 0, tzinfo=UTC)) == date(2026, 3, 10)
    # Until 2016 there was summer time; old documents are dated by it.
    assert istanbul_date(datetime(2015, 1, 1, 21, 30, tzinfo=UTC)) == date(2015, 1, 1)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        istanbul_date(datetime(2026, 1, 1))


def test_eight_days_to_answer() -> None:
    arrived = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert answer_deadline(arrived) == datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
