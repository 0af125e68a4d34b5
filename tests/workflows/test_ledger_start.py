"""A client taken over in mid-year: the numbers go on from the previous program's last files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.errors import InputError, RuleBroken
from app.domain.voucher import Period
from app.workflows.ledger_start import LedgerStart, read_start, save_start, start_findings
from tests.workflows.ledger_office import LedgerOffice, ledger_office, voucher

HEAD = (
    '<edefter:{root} xmlns:edefter="http://www.edefter.gov.tr"><xbrli:xbrl'
    ' xmlns:xbrli="http://www.xbrl.org/2003/instance" xmlns:gl-cor="http://www.xbrl.org/int/gl/cor/2006-10-25"'
    ' xmlns:gl-bus="http://www.xbrl.org/int/gl/bus/2006-10-25"><xbrli:context><xbrli:entity>'
    "<xbrli:identifier>{owner}</xbrli:identifier>{segment}</xbrli:entity></xbrli:context><gl-cor:accountingEntries>"
    "<gl-cor:documentInfo><gl-cor:entriesType>journal</gl-cor:entriesType><gl-cor:uniqueID>{id}</gl-cor:uniqueID>"
    "<gl-cor:periodCoveredStart>{month}-01</gl-cor:periodCoveredStart>"
    "<gl-cor:periodCoveredEnd>{month}-{day}</gl-cor:periodCoveredEnd></gl-cor:documentInfo>"
)
TAIL = "</gl-cor:accountingEntries></xbrli:xbrl></edefter:{root}>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LedgerOffice]:
    with ledger_office(tmp_path) as made:
        yield made


def journal(folder: Path, *, month: str = "2026-03", day: str = "31", sequence: int = 4, owner: str = "") -> Path:
    """The previous program's journal: maddes 201 and 202, lines 805 to 808."""
    owner = owner or "9205121120"
    head = HEAD.format(
        root="defter", owner=owner, segment="", id=f"YEV{month.replace('-', '')}{sequence:06d}", month=month, day=day
    )
    entries = "".join(
        f"<gl-cor:entryHeader><gl-cor:entryNumberCounter>{entry}</gl-cor:entryNumberCounter>"
        + "".join(
            f"<gl-cor:entryDetail><gl-cor:lineNumber>{line}</gl-cor:lineNumber><gl-cor:amount>1.00</gl-cor:amount>"
            "<gl-cor:debitCreditCode>D</gl-cor:debitCreditCode></gl-cor:entryDetail>"
            for line in lines
        )
        + "</gl-cor:entryHeader>"
        for entry, lines in ((201, (805, 806)), (202, (807, 808)))
    )
    path = folder / f"{owner}-{month.replace('-', '')}-Y-000000.xml"
    path.write_text(head + entries + TAIL.format(root="defter"), "utf-8")
    return path


def berat(folder: Path, *, month: str = "2026-03", sequence: int = 4, gibs: bool = True) -> Path:
    segment = (
        "<xbrli:segment><gl-bus:numberOfEntries>40</gl-bus:numberOfEntries>"
        "<gl-cor:uniqueID>0f1e</gl-cor:uniqueID></xbrli:segment>"
    )
    compact = month.replace("-", "")
    head = HEAD.format(
        root="berat", owner="9205121120", segment=segment, id=f"YEV{compact}{sequence:06d}", month=month, day="31"
    )
    path = folder / f"{'GIB-' if gibs else ''}9205121120-{compact}-YB-000000.xml"
    path.write_text(head + TAIL.format(root="berat"), "utf-8")
    return path


def test_the_last_journal_says_all(world: LedgerOffice, tmp_path: Path) -> None:
    start = read_start(journal(tmp_path), world.company)
    assert (start.period, start.entry, start.line, start.sequence) == ("2026-04", 202, 808, 4)
    assert (start.missing, start.is_approved, start.branch_no) == ((), False, "")
    assert start_findings(world.ctx, world.company, start, folder=world.ledgers) == []
    world.company = save_start(world.ctx, world.company, start, folder=world.ledgers)
    assert world.company.company.ledger_start == {
        "period": "2026-04", "entry": "202", "line": "808", "sequence": "4",
    }  # fmt: skip
    world.take(voucher(day="2026-04-02"))
    check = world.check(Period(2026, 4))
    assert check.first_entry == 203
    with world.ledger() as ledger, ledger.read() as connection:
        assert connection.exec_driver_sql("SELECT min(entry_line), max(entry_line) FROM line").one() == (809, 810)


def test_a_zip_of_journal_and_gibs_berat_is_read(world: LedgerOffice, tmp_path: Path) -> None:
    packed = tmp_path / "son ay.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(journal(tmp_path), "2026/03/9205121120-202603-Y-000000.xml")
        archive.write(berat(tmp_path), "2026/03/GIB-9205121120-202603-YB-000000.xml")
        archive.writestr("oku.txt", "x")
    start = read_start(packed, world.company)
    assert (start.entry, start.line, start.is_approved, start.missing) == (202, 808, True, ())


def test_a_berat_alone_says_what_it_does_not_say(world: LedgerOffice, tmp_path: Path) -> None:
    start = read_start(berat(tmp_path), world.company)
    assert (start.sequence, start.is_approved, start.missing) == (4, True, ("entry", "line"))
    found = start_findings(world.ctx, world.company, start, folder=world.ledgers)
    assert [one.code for one in found] == ["LEDGER.START_MISSING"] * 2
    january = read_start(berat(tmp_path, month="2026-01", sequence=1), world.company)
    assert (january.entry, january.missing) == (40, ("line",))


def test_a_new_fiscal_year_begins_at_one(world: LedgerOffice, tmp_path: Path) -> None:
    start = read_start(journal(tmp_path, month="2025-12", sequence=14), world.company)
    assert (start.period, start.entry, start.line, start.sequence) == ("2026-01", 0, 0, 0)


@pytest.mark.parametrize(
    ("code", "make"),
    [
        ("LEDGER.START_OWNER", lambda folder: journal(folder, owner="1234567808")),
        ("LEDGER.START_PART", lambda folder: journal(folder, day="16")),
        ("LEDGER.START_FILE", lambda folder: journal(folder).rename(folder / "defter.xml")),
    ],
)
def test_a_file_that_is_not_the_last_part_is_refused(world: LedgerOffice, tmp_path: Path, code: str, make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError) as caught:
        read_start(make(tmp_path), world.company)
    assert caught.value.code == code


def test_no_xml_is_refused(world: LedgerOffice, tmp_path: Path) -> None:
    path = tmp_path / "9205121120-202603-Y-000000.xml"
    path.write_bytes(b"hello")
    with pytest.raises(InputError) as caught:
        read_start(path, world.company)
    assert caught.value.code == "LEDGER.START_FILE"
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(InputError) as caught:
        read_start(tmp_path / "x.zip", world.company)
    assert caught.value.code == "ZIP.DAMAGED"


def test_what_is_odd_about_a_start_is_said(world: LedgerOffice) -> None:
    world.take(voucher())
    start = LedgerStart(period="2026-04", entry=40, line=41, sequence=2)
    found = start_findings(world.ctx, world.company, start, folder=world.ledgers)
    assert [one.code for one in found] == ["LEDGER.START_VOUCHERS", "LEDGER.START_LINES", "LEDGER.START_SEQUENCE"]
    with pytest.raises(InputError):
        save_start(world.ctx, world.company, LedgerStart(period="Nisan"), folder=world.ledgers)


def test_no_start_behind_books_that_were_built(world: LedgerOffice) -> None:
    world.execute(
        "INSERT INTO part (period, branch_no, part, sequence, first_entry, last_entry, last_line, start_day, end_day)"
        " VALUES (202603, '', 0, 2, 1, 40, 807, '2026-03-01', '2026-03-31')"
    )
    with pytest.raises(RuleBroken) as caught:
        save_start(world.ctx, world.company, LedgerStart(period="2026-02", entry=1, line=2), folder=world.ledgers)
    assert caught.value.code == "LEDGER.START_BUILT"


def test_a_branch_has_its_own_start(world: LedgerOffice) -> None:
    start = LedgerStart(period="2026-03", entry=7, line=20, sequence=2, branch_no="0001")
    world.company = save_start(world.ctx, world.company, start, folder=world.ledgers)
    world.take(voucher(branch_no="0001", branch_name="Kadıköy Şubesi"))
    assert world.check().first_entry == 8
