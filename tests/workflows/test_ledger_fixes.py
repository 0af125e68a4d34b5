"""Mending vouchers: shown first, done on the user's word, undoable until the month is built, the source's word kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import InputError, RuleBroken
from app.domain.ledger_terms import LedgerTerms, Numbering
from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.voucher import PeriodState
from app.runtime.crashpoints import declare
from app.storage.document_rows import insert_document
from app.storage.records import DocumentIndex
from app.workflows import ledger_fixes
from app.workflows.ledger_check import check_month
from app.workflows.ledger_findings import stored_checks
from app.workflows.ledger_fixes import FixKind, FixOffer, FixReport
from tests.workflows.ledger_office import LIRA, MARCH, LedgerOffice, codes, ledger_office, row, voucher

PAPER = declare("test.ledger.paper", "an e-document put into an office by a test")
NOW = datetime(2026, 3, 5, tzinfo=UTC)
ETTN = "9f1c2c1e-0d0a-4c6e-9a39-0a1b2c3d4e5f"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def offered(world: LedgerOffice, *wanted: str, **more: Any) -> list[FixOffer]:
    return ledger_fixes.offers(world.ctx, world.company, MARCH, folder=world.ledgers, codes=wanted, **more)


def mend(world: LedgerOffice, chosen: list[FixOffer]) -> FixReport:
    return ledger_fixes.apply(world.ctx, world.company, MARCH, chosen, folder=world.ledgers, who="Ayşe Işık")


def undo(world: LedgerOffice, fix_id: int) -> int:
    return ledger_fixes.undo(world.ctx, world.company, MARCH, fix_id, folder=world.ledgers)


def table(world: LedgerOffice, what: str = "line") -> list[Any]:
    columns = {
        "line": "SELECT id, voucher_id, day, document_type, document_description, document_number, document_day"
        " FROM line ORDER BY id",
        "voucher": "SELECT id, reference, day, debit, credit, lines, digest, state FROM voucher ORDER BY id",
    }
    with world.ledger() as ledger, ledger.read() as connection:
        return [*connection.exec_driver_sql(columns[what]).all()]


def paper(world: LedgerOffice, number: str, *, kind: DocumentKind = DocumentKind.INVOICE, **more: Any) -> None:
    """An invoice of 1 March in the inbox."""
    index = DocumentIndex(
        profile="TICARIFATURA",
        type_code="SATIS",
        issue_date=date(2026, 3, 1),
        partner_vkn="9876543210",
        partner_name="Satıcı Ltd. Şti.",
        payable=Decimal("120.00"),
    )
    facts = {"direction": Direction.IN, "state": State.RECEIVED, "ettn": ETTN} | more
    with world.office.context().db.write(PAPER) as s:
        insert_document(s, world.company.id, kind=kind, index=index, at=NOW, number=number, **facts)


def gap(**changes: Any) -> list[Any]:
    """An invoice whose credit line says less than its debit line; day and names go to both lines."""
    both = {key: changes.pop(key) for key in ("day", "reference", "entry_number") if key in changes}
    first, second = (one._replace(**both) for one in voucher())
    return [first, second._replace(**changes)]


@pytest.mark.parametrize(
    ("code", "lack"),
    [
        ("DEFTER.DOCUMENT_NO_TYPE", {"document_type": ""}),
        ("DEFTER.DOCUMENT_NUMBER", {"document_number": ""}),
        ("DEFTER.DOCUMENT_DAY", {"document_day": ""}),
    ],
)
def test_a_line_takes_what_the_vouchers_other_lines_say(world: LedgerOffice, code: str, lack: dict[str, str]) -> None:
    world.take(gap(**lack))
    assert code in codes(world.check())
    before = table(world)
    (offer,) = offered(world)
    assert (offer.kind, offer.code, offer.total, offer.refusal) == (FixKind.COMPLETE_DOCUMENT, code, 1, "")
    change = offer.changes[0]
    assert change.reference == "F1" and change.source_line == 3 and change.before == "" and change.after
    assert table(world) == before, "an offer writes nothing"
    report = mend(world, [offer])
    assert (report.applied, report.changes, report.refused) == (1, 1, [])
    assert code not in codes(world.check())
    (record,) = ledger_fixes.history(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert (record.who, record.code, record.is_undone, record.changes) == ("Ayşe Işık", code, False, 1)
    assert undo(world, record.id) == 1
    assert table(world) == before
    assert code in codes(world.check())


def test_two_documents_in_one_voucher_are_not_guessed_between(world: LedgerOffice) -> None:
    first, second = voucher()
    third = row(9, amount=0, document_number="OTHER1")
    world.take([first, third, second._replace(document_number="")])
    (offer,) = offered(world, "DEFTER.DOCUMENT_NUMBER")
    assert offer.total == 0 and "tek anlamlı" in offer.refusal
    report = mend(world, [offer])
    assert report.applied == 0 and report.refused[0][1] == offer.refusal


def test_a_document_of_our_own_inbox_completes_a_line(world: LedgerOffice) -> None:
    paper(world, "SAT2026000000007")
    world.take(voucher(document_number="SAT2026000000007", document_day=""))
    (offer,) = offered(world)
    assert [(one.before, one.after) for one in offer.changes] == [("", "2026-03-01")] * 2
    mend(world, [offer])
    assert "DEFTER.DOCUMENT_DAY" not in codes(world.check())


def test_the_number_takes_the_ettns_place(world: LedgerOffice) -> None:
    paper(world, "SAT2026000000007")
    world.take(voucher(document_number=ETTN))
    (offer,) = offered(world, "DEFTER.DOCUMENT_ETTN")
    mend(world, [offer])
    assert {line[5] for line in table(world)} == {"SAT2026000000007"}


def test_a_self_employed_receipt_is_called_by_its_name(world: LedgerOffice) -> None:
    paper(world, "SMM2026000000001", kind=DocumentKind.SMM)
    world.take(voucher(document_number="SMM2026000000001", document_type=""))
    (offer,) = offered(world)
    mend(world, [offer])
    assert {line[3:5] for line in table(world)} == {("other", "serbest meslek makbuzu")}
    assert not {"DEFTER.DOCUMENT_NO_TYPE", "DEFTER.DOCUMENT_TEXT"} & codes(world.check())


def test_a_draft_and_a_stranger_prove_nothing(world: LedgerOffice) -> None:
    paper(world, "SAT2026000000007", direction=Direction.OUT, state=State.CANCELLED)
    world.take(voucher(document_number="SAT2026000000007", document_day=""))
    (offer,) = offered(world)
    assert offer.refusal


def two_days(**changes: Any) -> list[Any]:
    """One voucher of two days, each of which balances."""
    late = {"day": "2026-03-09", "document_day": "2026-03-09"}
    return [
        *[one._replace(**changes) for one in voucher()],
        row(4, amount=30 * LIRA, **late)._replace(**changes),
        row(5, amount=30 * LIRA, side="C", main_id="600", main_name="SATIŞLAR", **late)._replace(**changes),
    ]


def test_a_voucher_of_two_days_becomes_two(world: LedgerOffice) -> None:
    rows = two_days()
    world.take(rows)
    assert "DEFTER.TWO_DAYS" in codes(world.check())
    before = table(world), table(world, "voucher")
    (offer,) = offered(world, "DEFTER.TWO_DAYS")
    assert offer.total == 2 and "2026-03-09" in offer.changes[0].after
    report = mend(world, [offer])
    made = table(world, "voucher")
    assert [(one[1], one[2], one[3] // LIRA, one[5]) for one in made] == [
        ("F1", "2026-03-02", 100, 2),
        ("F1 (2)", "2026-03-09", 30, 2),
    ]
    check = world.check()
    assert "DEFTER.TWO_DAYS" not in codes(check) and (check.first_entry, check.last_entry) == (1, 2)
    again = world.take(rows)
    assert (again.same, again.new, again.changed) == (1, 0, 0), "the same file still changes nothing"
    assert undo(world, report.fix_ids[0]) == 3
    assert (table(world), table(world, "voucher")) == before


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([*two_days()[:3], two_days()[3]._replace(amount=31 * LIRA)], "denk olmuyor"),
        (two_days(counter=7), "kaynak programdan"),
        (two_days(number=3), "kaynak programdan"),
        ([one._replace(day="2026-04-01") if one.source_line > 3 else one for one in two_days()], "başka bir ayda"),
    ],
)
def test_a_split_that_is_not_safe_is_refused_with_its_reason(world: LedgerOffice, rows: list[Any], why: str) -> None:
    world.take(rows)
    before = table(world)
    (offer,) = offered(world, "DEFTER.TWO_DAYS")
    assert why in offer.refusal and why in offer.left_out[0][1]
    assert mend(world, [offer]).applied == 0
    assert table(world) == before


def numbered(*counters: int) -> list[Any]:
    return [
        one
        for place, counter in enumerate(counters)
        for one in voucher(f"F{place}", 2 + 2 * place, counter=counter, day=f"2026-03-{2 + place:02d}")
    ]


def test_numbers_of_the_source_are_never_altered(world: LedgerOffice) -> None:
    world.take(numbered(1, 5))
    world.check()
    (offer,) = offered(world)
    assert offer.kind is FixKind.RENUMBER and "kaynak programdan" in offer.refusal
    assert mend(world, [offer]).applied == 0
    assert "DEFTER.ENTRY_GAP" in codes(world.check())


def test_numbers_of_ours_are_given_anew(world: LedgerOffice) -> None:
    world.take(numbered(1, 5))
    world.check()
    world.change(ledger=LedgerTerms(numbering=Numbering.OURS))
    (offer,) = offered(world)
    assert [(one.before, one.after) for one in offer.changes] == [("5", "2")]
    assert mend(world, [offer]).applied == 1
    assert offered(world) == []
    with world.ledger() as ledger, ledger.read() as connection:
        rows = connection.exec_driver_sql("SELECT counter, entry FROM voucher ORDER BY entry").all()
    assert [tuple(one) for one in rows] == [(1, 1), (5, 2)]


def test_one_voucher_alone_may_be_mended(world: LedgerOffice) -> None:
    second = [one._replace(reference="F2", entry_number="F2") for one in gap(document_day="")]
    world.take([*gap(document_day=""), *second])
    (whole,) = offered(world)
    assert whole.total == 2
    (one,) = offered(world, voucher_ids=whole.voucher_ids[:1])
    assert one.total == 1
    mend(world, [one])
    (left,) = offered(world)
    assert left.voucher_ids == whole.voucher_ids[1:]


def test_a_fix_makes_stored_findings_stale_and_the_month_unchecked(world: LedgerOffice) -> None:
    world.take(gap(document_day=""))
    world.check()
    mend(world, offered(world))
    (stored,) = stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert stored.is_stale
    with world.ledger() as ledger, ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT state FROM period").scalar() == PeriodState.IMPORTED


def test_nothing_is_mended_under_sealed_files(world: LedgerOffice) -> None:
    world.take(gap(document_day=""))
    chosen = offered(world)
    report = mend(world, chosen)
    world.execute(
        "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day)"
        " VALUES (202603, '', 0, 2, 1, 40, 807, '2026-03-01', '2026-03-31')"
    )
    for action in (lambda: mend(world, chosen), lambda: undo(world, report.fix_ids[0])):
        with pytest.raises(RuleBroken) as caught:
            action()
        assert caught.value.code == "LEDGER.SEALED"
    world.execute("UPDATE period SET state = ?", int(PeriodState.FILED))
    with pytest.raises(RuleBroken) as caught:
        mend(world, chosen)
    assert caught.value.code == "LEDGER.LOCKED"


def test_a_fix_of_vouchers_that_were_replaced_is_not_taken_back(world: LedgerOffice) -> None:
    world.take(gap(document_day=""))
    report = mend(world, offered(world))
    world.take(voucher(comment="yeni"), replace=frozenset({202603}))
    with pytest.raises(RuleBroken) as caught:
        undo(world, report.fix_ids[0])
    assert caught.value.code == "LEDGER.FIX_CHANGED"
    with pytest.raises(InputError):
        undo(world, 99)


def test_an_offer_that_is_out_of_date_does_nothing(world: LedgerOffice) -> None:
    world.take(gap(document_day=""))
    chosen = offered(world)
    mend(world, chosen)
    report = mend(world, [replace(chosen[0])])
    assert report.applied == 0 and "kalmamış" in report.refused[0][1]


def test_both_sides_of_a_liquidation_s_month_are_mended(world: LedgerOffice) -> None:
    world.change(liquidation_start="2026-03-20")
    world.take([*gap(document_day=""), *gap(document_day="", day="2026-03-25", reference="T1", entry_number="T1")])
    check_month(world.ctx, world.company, MARCH, folder=world.ledgers)
    chosen = offered(world, "DEFTER.DOCUMENT_DAY")
    assert [offer.period.is_liquidation for offer in chosen] == [False, True]
    report = mend(world, chosen)
    assert report.applied == 2
    stored = stored_checks(world.ctx, world.company, MARCH, folder=world.ledgers)
    assert [one.is_stale for one in stored] == [True, True]
    for fix_id in report.fix_ids:
        assert undo(world, fix_id) == 1


def test_a_fresh_check_says_what_is_worth_looking_for(world: LedgerOffice) -> None:
    world.take(gap(document_day=""))
    world.check()
    assert [offer.code for offer in offered(world)] == ["DEFTER.DOCUMENT_DAY"]
    # Behind the program's back: the check that was kept is asked, not the lines.
    world.execute("UPDATE line SET document_number = '' WHERE source_line = 3")
    assert [offer.code for offer in offered(world)] == ["DEFTER.DOCUMENT_DAY"]
    world.take(voucher("F7", 70))
    assert [offer.code for offer in offered(world)] == ["DEFTER.DOCUMENT_NUMBER", "DEFTER.DOCUMENT_DAY"]
