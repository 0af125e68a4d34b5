"""The upload deadlines: by kind, by preference, at the year's end, in a special fiscal year, over weekends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.party import Company, Party
from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period
from app.edefter.deadlines import TaxpayerKind, deadline, deadline_of, is_quarterly, kind_of, next_working_day

INCOME, CORPORATE = TaxpayerKind.INCOME, TaxpayerKind.CORPORATE
FIRM = Company(party=Party(tax_number=parse_tax_number("9205121120"), title="Çınaraltı Ltd. Şti."))


@pytest.mark.parametrize(
    ("month", "kind", "quarterly", "due"),
    [
        ("2026-01", CORPORATE, False, date(2026, 5, 14)),
        ("2026-03", CORPORATE, False, date(2026, 7, 14)),
        ("2026-03", INCOME, False, date(2026, 7, 10)),
        # 10 October 2026 is a Saturday.
        ("2026-06", INCOME, False, date(2026, 10, 12)),
        # The year's last month is counted from the return: March for income tax, April for corporations.
        ("2025-12", INCOME, False, date(2026, 4, 10)),
        ("2025-12", CORPORATE, False, date(2026, 5, 14)),
        # The months of a quarter share one date; those of the last wait for the return.
        ("2026-01", CORPORATE, True, date(2026, 6, 15)),
        ("2026-03", CORPORATE, True, date(2026, 6, 15)),
        ("2026-08", INCOME, True, date(2026, 12, 10)),
        ("2025-10", CORPORATE, True, date(2026, 5, 14)),
        # Earlier rules.
        # 30 April 2022 is a Saturday, and from Monday on it is Ramazan Bayramı.
        ("2022-01", CORPORATE, False, date(2022, 5, 5)),
        ("2023-05", CORPORATE, True, date(2023, 8, 31)),
        ("2022-12", INCOME, False, date(2023, 3, 31)),
        ("2024-02", CORPORATE, False, date(2024, 6, 10)),
    ],
)
def test_the_day_by_kind_and_preference(month: str, kind: TaxpayerKind, quarterly: bool, due: date) -> None:
    found = deadline(Period.parse(month), kind=kind, quarterly=quarterly)
    assert found is not None
    assert found.day == due
    assert not found.is_confirmed
    assert found.note
    assert "(Sıra" in found.source


def test_a_special_fiscal_year_counts_from_its_own_months() -> None:
    june = deadline(Period(2026, 6), kind=CORPORATE, first_month=7)
    assert june is not None
    assert june.day == date(2026, 11, 16), "the year's last month, five months on, moved off a Saturday"
    assert june.is_moved
    july = deadline(Period(2026, 7), kind=CORPORATE, first_month=7)
    assert july is not None
    assert july.day == date(2026, 11, 16)


def test_no_rule_is_said_and_not_guessed() -> None:
    assert deadline(Period(2018, 12), kind=CORPORATE) is None


def test_weekends_and_fixed_holidays_move_on() -> None:
    assert next_working_day(date(2026, 10, 29)) == date(2026, 10, 30)
    # 1 May 2026 is a Friday.
    assert next_working_day(date(2026, 5, 1)) == date(2026, 5, 4)
    assert next_working_day(date(2026, 7, 14)) == date(2026, 7, 14)


def test_the_months_of_a_quarter_share_one_date_in_every_fiscal_year() -> None:
    for first_month in (1, 4, 7, 10):
        days: dict[int, set[date]] = {}
        for place in range(12):
            month = Period(2026 + (first_month - 1 + place) // 12, (first_month - 1 + place) % 12 + 1)
            found = deadline(month, kind=CORPORATE, quarterly=True, first_month=first_month)
            assert found is not None
            days.setdefault(place // 3, set()).add(found.day)
        assert [len(some) for some in days.values()] == [1, 1, 1, 1], first_month
        assert len(set().union(*days.values())) == 4


def test_the_last_month_alone_waits_for_the_return_when_uploading_monthly() -> None:
    november, december = (deadline(Period(2026, month), kind=CORPORATE) for month in (11, 12))
    assert november is not None and december is not None
    assert (november.day, december.day) == (date(2027, 3, 15), date(2027, 5, 14))


def test_religious_holidays_move_too_where_their_year_is_known() -> None:
    # Ramazan Bayramı 2026: Friday 20 to Sunday 22 March.
    assert next_working_day(date(2026, 3, 20)) == date(2026, 3, 23)
    assert next_working_day(date(2025, 6, 6)) == date(2025, 6, 10)
    assert next_working_day(date(2026, 5, 26)) == date(2026, 5, 26), "the eve is half a working day"
    known, unknown = deadline(Period(2026, 1), kind=CORPORATE), deadline(Period(2026, 11), kind=CORPORATE)
    assert known is not None and "bayram" not in known.note
    assert unknown is not None and "2027 yılının dini bayramları" in unknown.note


def test_the_card_decides_and_the_tax_number_where_it_is_silent() -> None:
    person = replace(FIRM, party=replace(FIRM.party, tax_number=parse_tax_number("10000000146")))
    assert kind_of(FIRM) is CORPORATE
    assert kind_of(person) is INCOME
    assert kind_of(replace(FIRM, taxpayer_kind="Gelir vergisi mükellefi")) is INCOME
    assert kind_of(replace(person, taxpayer_kind="Kurumlar")) is CORPORATE
    assert not is_quarterly(FIRM)
    assert is_quarterly(replace(FIRM, upload_preference="Üç aylık"))
    assert is_quarterly(replace(FIRM, upload_preference="Geçici vergi dönemi"))
    assert not is_quarterly(replace(FIRM, upload_preference="Aylık"))
    found = deadline_of(replace(FIRM, upload_preference="üç aylık"), Period(2026, 2))
    assert found is not None
    assert found.day == date(2026, 6, 15)
    assert found.days_left(date(2026, 6, 12)) == 3
