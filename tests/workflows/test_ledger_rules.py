"""Every rule of the ledgers' own checks: a month that breaks it, and a month that breaks none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.findings import Severity
from app.domain.ledger_rows import LedgerRow
from app.domain.ledger_terms import LedgerMode, LedgerTerms, Numbering
from app.domain.party import Branch
from app.domain.taxnumber import parse_tax_number
from app.domain.voucher import Period, PeriodState
from app.edefter.rules import RULES
from tests.workflows.ledger_office import JANUARY, LIRA, MARCH, LedgerOffice, codes, ledger_office, row, voucher

Rows = list[LedgerRow]

#: What EDEFTER's section 19 and the sections it points to ask for, and the rule that looks at it. Rules that begin
#: with LEDGER are asked while the source is read: a row that breaks them never becomes a line.
ASKED: dict[str, tuple[str, ...]] = {
    "19 balanced voucher": ("DEFTER.BALANCE",),
    "19 at least two lines": ("DEFTER.ONE_LINE",),
    "19 one date per voucher, inside the period": ("DEFTER.TWO_DAYS",),
    "19 dates not decreasing by madde": ("DEFTER.DAY_BACK",),
    "19 madde numbers consecutive, from the last part": ("DEFTER.ENTRY_GAP", "DEFTER.ENTRY_LOW"),
    "19 line numbers consecutive": ("DEFTER.LINE_GAP",),
    "19 one fiş per madde": ("DEFTER.ENTRY_TWICE",),
    "19 amount above zero, two decimals": ("DEFTER.AMOUNT_ZERO", "DEFTER.AMOUNT_DECIMALS"),
    "19 D or C": ("DEFTER.SIDE", "LEDGER.SIDE"),
    "19 main account of 3-4 digits, sub begins with it": ("DEFTER.MAIN_ACCOUNT", "DEFTER.SUB_ACCOUNT"),
    "4 accounts have names": ("DEFTER.ACCOUNT_NAME",),
    "5 enteredBy": ("DEFTER.ENTERED_BY",),
    "5 document types": ("DEFTER.DOCUMENT_TYPE", "DEFTER.DOCUMENT_NO_TYPE"),
    "5 number, date, description": (
        "DEFTER.DOCUMENT_NUMBER",
        "DEFTER.DOCUMENT_DAY",
        "DEFTER.DOCUMENT_TEXT",
        "DEFTER.DOCUMENT_EXPECTED",
        "DEFTER.DOCUMENT_EXTRA",
    ),
    "5 name of the document, not of the act": ("DEFTER.DOCUMENT_ACT", "DEFTER.DOCUMENT_SMM"),
    "5 the invoice's ID, not its ETTN": ("DEFTER.DOCUMENT_ETTN",),
    "5 one document per voucher, groups of 100 in 10 days": ("DEFTER.DOCUMENT_GROUP", "DEFTER.DOCUMENT_MIXED"),
    "5 documentReference is the fiş number": ("DEFTER.DOCUMENT_REFERENCE",),
    "5 currency pairing": ("DEFTER.CURRENCY_PAIR", "DEFTER.CURRENCY_CODE", "DEFTER.CURRENCY_RATE"),
    "19 no control characters": ("LEDGER.CONTROL",),
    "19 VKN": ("DEFTER.VKN",),
    "4 entity fields, Workcube's list": ("DEFTER.COMPANY", "DEFTER.WEB", "DEFTER.FISCAL_YEAR"),
    "11 branches": ("DEFTER.BRANCH_NO", "DEFTER.BRANCH_NAME", "DEFTER.BRANCH_MIXED", "DEFTER.BRANCH_UNKNOWN"),
    "11 with branches or without, all year": (
        "DEFTER.BRANCH_WANTED",
        "DEFTER.BRANCH_UNWANTED",
        "DEFTER.BRANCH_CHANGED",
    ),
    "11 order of months": ("DEFTER.ORDER", "DEFTER.PREVIOUS_OPEN", "DEFTER.MONTH_SKIPPED", "DEFTER.START_MONTH"),
    "11 period not after today, not empty": ("DEFTER.FUTURE", "DEFTER.EMPTY"),
    "11 size of a voucher": ("DEFTER.TOO_LARGE",),
    "numbers of the source": ("DEFTER.NUMBERS_MIXED",),
    "sense: cash and banks": ("DEFTER.NEGATIVE", "DEFTER.NO_BALANCES"),
    "sense: sides of the uniform chart": ("DEFTER.REVERSED",),
    "sense: opening and closing": ("DEFTER.NO_OPENING", "DEFTER.NO_CLOSING", "DEFTER.RESULT_OPEN"),
    "sense: dates of documents": ("DEFTER.DOCUMENT_LATER",),
    "sense: KDV": ("DEFTER.VAT_RATE",),
    "sense: duplicate documents": ("DEFTER.SAME_DOCUMENT",),
}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def line(changes: dict[str, Any], **both: Any) -> Rows:
    """A voucher whose first line says something else."""
    first, second = voucher(**both)
    return [first._replace(**changes), second]


def numbered(*counters: int) -> Rows:
    """Vouchers with madde numbers of the source, a day apart."""
    return [
        one
        for place, counter in enumerate(counters)
        for one in voucher(f"F{place}", 2 + 2 * place, counter=counter, day=f"2026-03-{2 + place:02d}")
    ]


def amounts(*pairs: tuple[str, str, int], **common: Any) -> Rows:
    """A voucher of (account, side, lira); `common` go to every line."""
    number = common.pop("document_number", "ABC2026000000077")
    return [
        row(index, main_id=code, main_name="HESAP", side=side, amount=units, document_number=number, **common)
        for index, (code, side, units) in enumerate(
            ((code, side, round(lira * LIRA)) for code, side, lira in pairs), start=2
        )
    ]


OTHER = {"document_type": "other", "document_description": "dekont"}
BROKEN: dict[str, Callable[[], Rows]] = {
    "DEFTER.BALANCE": lambda: line({"amount": 5 * LIRA}),
    "DEFTER.ONE_LINE": lambda: voucher()[:1],
    "DEFTER.TWO_DAYS": lambda: [voucher()[0], voucher()[1]._replace(day="2026-03-05")],
    "DEFTER.DAY_BACK": lambda: [
        *voucher("F1", day="2026-03-09", counter=1),
        *voucher("F2", 4, day="2026-03-02", counter=2),
    ],
    "DEFTER.ENTRY_GAP": lambda: numbered(1, 3),
    "DEFTER.ENTRY_TWICE": lambda: numbered(1, 1),
    "DEFTER.LINE_GAP": lambda: [voucher()[0]._replace(number=1), voucher()[1]._replace(number=3)],
    "DEFTER.AMOUNT_ZERO": lambda: line({"amount": 0}),
    "DEFTER.AMOUNT_DECIMALS": lambda: line({"amount": 100 * LIRA + 1}),
    "DEFTER.MAIN_ACCOUNT": lambda: line({"main_id": "1X", "main_name": "X"}),
    "DEFTER.SUB_ACCOUNT": lambda: line({"sub_id": "121.01", "sub_name": "Y"}),
    "DEFTER.ACCOUNT_NAME": lambda: line({"sub_id": "120.01", "sub_name": " "}),
    "DEFTER.ENTERED_BY": lambda: voucher(entered_by="A"),
    "DEFTER.DOCUMENT_TYPE": lambda: line({"document_type": "koli"}),
    "DEFTER.DOCUMENT_NO_TYPE": lambda: line({"document_type": ""}),
    "DEFTER.DOCUMENT_NUMBER": lambda: line({"document_number": " "}),
    "DEFTER.DOCUMENT_DAY": lambda: line({"document_day": ""}),
    "DEFTER.DOCUMENT_TEXT": lambda: line({"document_type": "other"}),
    "DEFTER.DOCUMENT_EXPECTED": lambda: line({"document_type": "receipt", "document_number": ""}),
    "DEFTER.DOCUMENT_EXTRA": lambda: line({"document_description": "fatura"}),
    "DEFTER.DOCUMENT_ACT": lambda: line({"document_type": "other", "document_description": "ÖDEME"}),
    "DEFTER.DOCUMENT_SMM": lambda: line({"document_type": "receipt", "comment": "Serbest Meslek Makbuzu"}),
    "DEFTER.DOCUMENT_ETTN": lambda: line({"document_number": "9f1c2c1e-0d0a-4c6e-9a39-0a1b2c3d4e5f"}),
    "DEFTER.DOCUMENT_LATER": lambda: line({"document_day": "2026-03-09"}),
    "DEFTER.DOCUMENT_REFERENCE": lambda: line({"document_reference": "F9"}),
    "DEFTER.DOCUMENT_GROUP": lambda: [
        *voucher(document_day="2026-02-01"),
        row(9, side="D", amount=50 * LIRA, document_day="2026-03-01"),
        row(10, main_id="600", main_name="SATIŞLAR", side="C", amount=50 * LIRA, document_day="2026-03-01"),
    ],
    "DEFTER.DOCUMENT_MIXED": lambda: line(OTHER),
    "DEFTER.CURRENCY_PAIR": lambda: line({"currency_amount": LIRA}),
    "DEFTER.CURRENCY_CODE": lambda: line({"currency": "usd", "currency_rate": "35"}),
    "DEFTER.CURRENCY_RATE": lambda: line({"currency": "USD", "currency_rate": "otuz"}),
    "DEFTER.SIDE": lambda: line({"side": "X"}),
    "DEFTER.BRANCH_NO": lambda: voucher(branch_no="12", branch_name="Kadıköy Şubesi"),
    "DEFTER.BRANCH_NAME": lambda: voucher(branch_no="0012"),
    "DEFTER.SAME_DOCUMENT": lambda: [*voucher("F1", document_number="A1"), *voucher("F2", 4, document_number="A1")],
    "DEFTER.NUMBERS_MIXED": lambda: numbered(1, 0),
    "DEFTER.VAT_RATE": lambda: amounts(("120", "D", 115), ("600", "C", 100), ("391", "C", 15)),
    "DEFTER.NO_BALANCES": voucher,
    "DEFTER.MONTH_SKIPPED": lambda: [*voucher("F0", day="2026-01-05"), *voucher()],
    "DEFTER.ORDER": lambda: [*voucher("F0", day="2026-02-05"), *voucher()],
}
#: A month out of January on: balances run.
SENSE: dict[str, tuple[Period, Callable[[], Rows]]] = {
    "DEFTER.NEGATIVE": (
        JANUARY,
        lambda: (
            amounts(("100", "D", 10), ("600", "C", 10), day="2026-01-02")
            + amounts(("320", "D", 50), ("100", "C", 50), day="2026-01-09", reference="F2")
        ),
    ),
    "DEFTER.REVERSED": (JANUARY, lambda: amounts(("770", "D", 10), ("120", "C", 10), day="2026-01-02")),
    "DEFTER.NO_OPENING": (JANUARY, lambda: voucher(day="2026-01-02")),
    "DEFTER.NO_CLOSING": (Period(2026, 12), lambda: voucher(day="2026-12-02")),
    "DEFTER.RESULT_OPEN": (Period(2026, 12), lambda: voucher(day="2026-12-02")),
}


@pytest.mark.parametrize("code", [*BROKEN])
def test_a_month_that_breaks_the_rule_is_told(world: LedgerOffice, code: str) -> None:
    world.take(BROKEN[code]())
    check = world.check()
    found = [finding for finding in check.findings if finding.code == code]
    assert len(found) == 1 == check.counts[code], [finding.message for finding in check.findings]
    assert found[0].severity is RULES[code].severity and found[0].explanation
    assert found[0].message[-1] == "." and "{" not in found[0].message
    about_the_month = ("NUMBERS_MIXED", "BRANCH_NAME", "NO_BALANCES", "MONTH_SKIPPED", "ORDER")
    if code.removeprefix("DEFTER.") not in about_the_month:
        assert found[0].voucher_id and found[0].reference and found[0].line, found[0]


@pytest.mark.parametrize("code", [*SENSE])
def test_what_makes_no_sense_is_told(world: LedgerOffice, code: str) -> None:
    period, rows = SENSE[code]
    world.take(rows(), period=period)
    check = world.check(period)
    found = [finding for finding in check.findings if finding.code == code]
    assert len(found) == 1, [finding.message for finding in check.findings]
    assert found[0].severity is Severity.WARNING


def test_a_clean_month_is_clean(world: LedgerOffice) -> None:
    world.take([*voucher(), *amounts(("120", "D", 120), ("600", "C", 100), ("391", "C", 20), reference="F2")])
    assert codes(world.check()) == {"DEFTER.NO_BALANCES"}


def test_every_rule_is_asked_for_and_shown() -> None:
    """Nothing of EDEFTER's list is without a rule, no rule without a test that breaks it."""
    named = {code for several in ASKED.values() for code in several}
    # Fund units and liquidation have tests of their own.
    rules = {code for code in RULES if not code.startswith(("DEFTER.MEASURE_", "DEFTER.LIQUIDATION_"))}
    assert {code for code in named if code.startswith("DEFTER.")} == rules
    elsewhere = {
        "DEFTER.ENTRY_LOW", "DEFTER.VKN", "DEFTER.COMPANY", "DEFTER.WEB", "DEFTER.FISCAL_YEAR", "DEFTER.BRANCH_MIXED",
        "DEFTER.BRANCH_UNKNOWN", "DEFTER.BRANCH_WANTED", "DEFTER.BRANCH_UNWANTED", "DEFTER.BRANCH_CHANGED",
        "DEFTER.PREVIOUS_OPEN", "DEFTER.START_MONTH", "DEFTER.FUTURE", "DEFTER.EMPTY",
        "DEFTER.TOO_LARGE",
    }  # fmt: skip
    assert rules - elsewhere == set(BROKEN) | set(SENSE)


def test_the_card_is_looked_at(world: LedgerOffice) -> None:
    world.take(voucher())
    party = world.company.company.party
    world.change(
        nace="",
        party=replace(party, web=""),
        fiscal_year_start="2026-01-01",
        fiscal_year_end="2027-06-30",
    )
    check = world.check()
    assert {"DEFTER.COMPANY", "DEFTER.WEB", "DEFTER.FISCAL_YEAR"} <= codes(check)
    (finding,) = [one for one in check.findings if one.code == "DEFTER.COMPANY"]
    assert "NACE" in finding.message and finding.severity is Severity.ERROR


def test_a_number_that_no_register_gave_is_odd(world: LedgerOffice) -> None:
    party = replace(world.company.company.party, tax_number=parse_tax_number("9205121121"))
    world.change(party=party)
    world.take(voucher())
    assert "DEFTER.VKN" in codes(world.check())


def test_an_empty_month_and_one_that_is_not_over(tmp_path: Path) -> None:
    with ledger_office(tmp_path) as world:
        assert codes(world.check(Period(2027, 2))) == {"DEFTER.EMPTY", "DEFTER.FUTURE"}


def test_branches_are_held_together(world: LedgerOffice) -> None:
    world.change(branches=(Branch(no="0001", name="Kadıköy Şubesi"),))
    world.take([*voucher(), *voucher("F2", 4, branch_no="0002", branch_name="Bilinmeyen Şube")])
    from app.workflows.ledger_check import check_month

    whole, branch = check_month(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert "DEFTER.BRANCH_MIXED" in codes(whole)
    assert "DEFTER.BRANCH_UNKNOWN" in codes(branch)


def test_a_branch_without_a_name_takes_the_cards(world: LedgerOffice) -> None:
    world.change(branches=(Branch(no="0001", name="Kadıköy Şubesi"),))
    world.take(voucher(branch_no="0001"))
    check = world.check()
    assert check.branch_name == "Kadıköy Şubesi"
    assert "DEFTER.BRANCH_NAME" not in codes(check)


def test_branches_are_kept_as_the_card_and_the_year_say(world: LedgerOffice) -> None:
    world.take(voucher(branch_no="0001", branch_name="Kadıköy Şubesi"))
    assert "DEFTER.BRANCH_UNWANTED" in codes(world.check())
    world.change(ledger=LedgerTerms(uses_branches=True))
    assert not {"DEFTER.BRANCH_UNWANTED", "DEFTER.BRANCH_WANTED", "DEFTER.BRANCH_CHANGED"} & codes(world.check())
    world.execute(
        "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day)"
        " VALUES (202602, '', 0, 2, 1, 40, 807, '2026-02-01', '2026-02-28')"
    )
    (finding,) = [one for one in world.check().findings if one.code == "DEFTER.BRANCH_CHANGED"]
    assert "2026-02 ayının defterleri şubesiz" in finding.message
    world.take(voucher("A1", day="2026-04-02"))
    assert "DEFTER.BRANCH_WANTED" in codes(world.check(Period(2026, 4)))


def test_the_previous_month_built_but_not_approved(world: LedgerOffice) -> None:
    world.take([*voucher("F0", day="2026-02-05"), *voucher()])
    world.execute(
        "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day)"
        " VALUES (202602, '', 0, 2, 1, 40, 807, '2026-02-01', '2026-02-28')"
    )
    world.execute("UPDATE period SET state = ? WHERE period = 202602", int(PeriodState.BERAT_SEALED))
    check = world.check()
    assert "DEFTER.PREVIOUS_OPEN" in codes(check)
    assert check.first_entry == 41
    world.execute("UPDATE period SET state = ? WHERE period = 202602", int(PeriodState.COMPLETED))
    assert "DEFTER.PREVIOUS_OPEN" not in codes(world.check())


def test_a_sealed_month_whose_vouchers_changed_comes_first_again(world: LedgerOffice) -> None:
    world.take([*voucher("F0", day="2026-02-05"), *voucher()])
    world.execute(
        "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day)"
        " VALUES (202602, '', 0, 2, 1, 1, 2, '2026-02-01', '2026-02-28')"
    )
    world.execute("UPDATE period SET state = ? WHERE period = 202602", int(PeriodState.BERAT_SEALED))
    assert "DEFTER.ORDER" not in codes(world.check())
    # As a ledger file of an earlier version may have it; now a sealed month takes no voucher.
    world.execute("UPDATE period SET state = ? WHERE period = 202602", int(PeriodState.IMPORTED))
    assert "DEFTER.ORDER" in codes(world.check())


def test_a_number_of_an_earlier_part_is_not_used_again(world: LedgerOffice) -> None:
    world.take([*voucher("F0", day="2026-02-05"), *voucher(counter=7)])
    world.execute(
        "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day)"
        " VALUES (202602, '', 0, 2, 1, 40, 807, '2026-02-01', '2026-02-28')"
    )
    (finding,) = [one for one in world.check().findings if one.code == "DEFTER.ENTRY_LOW"]
    assert "7 madde numarası" in finding.message and "41 ile" in finding.message


def test_months_of_the_previous_program_are_not_ours(world: LedgerOffice) -> None:
    world.change(ledger_start={"period": "2026-04", "entry": "40", "line": "807", "sequence": "3"})
    world.take([*voucher(), *voucher("N1", 9, day="2026-04-01")])
    assert "DEFTER.START_MONTH" in codes(world.check())
    april = world.check(Period(2026, 4))
    assert "DEFTER.START_MONTH" not in codes(april)
    assert april.first_entry == 41


def test_the_start_counts_in_its_own_fiscal_year_only(world: LedgerOffice) -> None:
    world.change(ledger_start={"period": "2026-04", "entry": "40", "line": "807", "sequence": "3"})
    january = Period(2027, 1)
    world.take(voucher(day="2027-01-04"), period=january)
    assert world.check(january).first_entry == 1


def test_numbers_are_given_by_us_when_the_card_says_so(world: LedgerOffice) -> None:
    world.take(numbered(5, 9))
    assert world.check().first_entry == 5
    world.change(ledger=LedgerTerms(numbering=Numbering.OURS))
    check = world.check()
    assert (check.first_entry, check.last_entry) == (1, 2)
    assert "DEFTER.ENTRY_GAP" not in codes(check)
    with world.ledger() as ledger, ledger.read() as connection:
        kept = connection.exec_driver_sql("SELECT counter FROM voucher ORDER BY entry").all()
    assert [one[0] for one in kept] == [5, 9]


def test_a_voucher_that_no_part_can_hold_is_found_before_the_build(world: LedgerOffice) -> None:
    world.change(ledger=LedgerTerms(max_part_mb=1))
    text = "Uzun bir açıklama " * 20
    many = [row(index, amount=LIRA, comment=text) for index in range(2, 1202)]
    total = row(1202, main_id="600", main_name="SATIŞLAR", side="C", amount=1200 * LIRA)
    world.take([*many, total, *voucher("F2", 1203)])
    (finding,) = [one for one in world.check().findings if one.code == "DEFTER.TOO_LARGE"]
    assert finding.reference == "F1" and "1 numaralı madde tek başına 2 MB" in finding.message
    world.change(ledger=LedgerTerms(max_part_mb=3))
    assert "DEFTER.TOO_LARGE" not in codes(world.check())


def test_numbers_run_on_where_an_integrator_builds(world: LedgerOffice) -> None:
    world.change(ledger=LedgerTerms(mode=LedgerMode.INTEGRATOR, export_format="izibiz"))
    world.take([*voucher("F0", day="2026-02-05"), *voucher("F00", 4, day="2026-02-06"), *voucher("F1", 6)])
    assert "DEFTER.ORDER" in codes(world.check()), "nobody has numbered February yet"
    assert world.check(Period(2026, 2)).last_entry == 2
    march = world.check()
    assert march.first_entry == 3
    assert not {"DEFTER.ORDER", "DEFTER.PREVIOUS_OPEN"} & codes(march)


def test_one_finding_a_voucher_says_how_many_lines(world: LedgerOffice) -> None:
    rows = [row(index, document_number="", amount=30 * LIRA) for index in (2, 3, 4)]
    world.take([*rows, row(5, main_id="600", main_name="SATIŞ", side="C", amount=90 * LIRA)])
    (finding,) = [one for one in world.check().findings if one.code == "DEFTER.DOCUMENT_NUMBER"]
    assert "(3 satır)" in finding.message and finding.line == 2


def test_one_finding_an_account_says_how_many_lines(world: LedgerOffice) -> None:
    world.take([*voucher(sub_id="", main_name=""), *voucher("F2", 4, main_name="")])
    found = [one for one in world.check().findings if one.code == "DEFTER.ACCOUNT_NAME"]
    assert [("'120'" in one.message or "'600'" in one.message) for one in found] == [True, True]
    assert all("(2 satır)" in one.message for one in found)


@pytest.mark.parametrize(
    ("lines", "day", "fits"),
    [
        ((("120", "D", 120), ("600", "C", 100), ("391", "C", 20)), "2026-03-02", True),
        ((("120", "D", 118), ("600", "C", 100), ("391", "C", 18)), "2026-03-02", False),
        # The buyer withholds nine tenths of the tax.
        ((("120", "D", 102), ("600", "C", 100), ("391", "C", 2)), "2026-03-02", True),
        # A purchase of two rates, its tax on one line.
        ((("153", "D", 100), ("770", "D", 50), ("191", "D", 25), ("320", "C", 175)), "2026-03-02", True),
        ((("153", "D", 100), ("191", "D", 21), ("320", "C", 121)), "2026-03-02", False),
        # A part of the base is exempt.
        ((("120", "D", 160), ("600", "C", 100), ("600", "C", 50), ("391", "C", 10)), "2026-03-02", True),
        # The sale of a car: the base is its price, which no account says.
        ((("102", "D", 360), ("254", "C", 250), ("679", "C", 50), ("391", "C", 60)), "2026-03-02", True),
        # The month's settlement.
        ((("391", "D", 70), ("191", "C", 60), ("360", "C", 10)), "2026-03-02", True),
        # A return by the buyer, and one to the seller.
        ((("610", "D", 100), ("191", "D", 20), ("120", "C", 120)), "2026-03-02", True),
        ((("320", "D", 110), ("153", "C", 100), ("391", "C", 10)), "2026-03-02", True),
        ((("320", "D", 115), ("153", "C", 100), ("391", "C", 15)), "2026-03-02", False),
        # Rounded per line.
        ((("120", "D", 119.98), ("600", "C", 99.98), ("391", "C", 20)), "2026-03-02", True),
    ],
)
def test_kdv_beside_its_base(world: LedgerOffice, lines: Any, day: str, fits: bool) -> None:
    world.take(amounts(*lines, day=day))
    assert ("DEFTER.VAT_RATE" not in codes(world.check())) is fits


@pytest.mark.parametrize(
    ("day", "lira", "fits"), [("2023-07-09", 18, True), ("2023-07-10", 18, False), ("2023-07-10", 20, True)]
)
def test_kdvs_rates_go_by_the_day(world: LedgerOffice, day: str, lira: int, fits: bool) -> None:
    period = Period(2023, 7)
    rows = amounts(("120", "D", 100 + lira), ("600", "C", 100), ("391", "C", lira), day=day)
    world.take(rows, period=period)
    assert ("DEFTER.VAT_RATE" not in codes(world.check(period))) is fits


def test_balances_run_from_the_opening(world: LedgerOffice) -> None:
    opening = amounts(
        ("100", "D", 500), ("500", "C", 500), day="2026-01-01", entry_comment="Açılış fişi", document_type="",
        document_number="", document_day="", reference="A1",
    )  # fmt: skip
    world.take(opening, period=JANUARY)
    spent = amounts(("770", "D", 400), ("100", "C", 400), reference="M1")
    world.take(spent)
    assert codes(world.check(JANUARY)) == set()
    assert "DEFTER.NEGATIVE" not in codes(world.check())
    world.take(amounts(("770", "D", 200), ("100", "C", 200), reference="M2", day="2026-03-20", document_number="X9"))
    (finding,) = [one for one in world.check().findings if one.code == "DEFTER.NEGATIVE"]
    assert "20.03.2026" in finding.message and "-100,00" in finding.message and finding.reference == "M2"


def test_a_contra_account_stands_on_the_other_side(world: LedgerOffice) -> None:
    world.take(
        [
            *amounts(("770", "D", 10), ("257", "C", 10), day="2026-01-31"),
            *amounts(("770", "D", 10), ("122", "C", 10), day="2026-01-31", reference="F2"),
            *amounts(("257", "D", 30), ("770", "C", 30), day="2026-01-31", reference="F3"),
        ],
        period=JANUARY,
    )
    found = [one.message for one in world.check(JANUARY).findings if one.code == "DEFTER.REVERSED"]
    assert len(found) == 1 and found[0].startswith("257") and "20,00 borç" in found[0]


def test_a_year_that_closes_is_closed(world: LedgerOffice) -> None:
    december = Period(2026, 12)
    world.take(voucher(day="2026-12-02"), period=december)
    closing = amounts(
        ("600", "D", 100), ("120", "C", 100), day="2026-12-31", entry_comment="KAPANIŞ FİŞİ", document_type="",
        document_number="", document_day="", reference="K1",
    )  # fmt: skip
    world.take(closing, period=december)
    assert not {"DEFTER.NO_CLOSING", "DEFTER.RESULT_OPEN"} & codes(world.check(december))
