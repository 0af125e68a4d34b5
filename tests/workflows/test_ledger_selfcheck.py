"""The archives' own check: what is missing, changed or broken is told, kept, and gone on with after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.demo import people
from app.domain.errors import JobCancelled
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import TestSealer
from app.storage import leases
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.moves import MOVED, PendingMove, plan_moves
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_from_json
from app.workflows import companies, ledger_life
from app.workflows import ledger_selfcheck as selfcheck
from app.workflows.ledger_build import build_month
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_import import import_vouchers

MONTH = timedelta(days=30)


@dataclass
class Archive:
    """An office with one company whose January and February are built into the office's own tree."""

    office: Office
    company: CompanyRecord
    clock: FixedClock

    def file(self, name: str) -> Path:
        return next(self.office.folder.edefter.rglob(name))

    def check(self, **how: bool) -> dict[str, selfcheck.ArchiveCheck]:
        found = selfcheck.check_archives(self.office.context(), [self.company], self.office.folder, **how)
        return {check.period: check for _, check in found}

    def due(self) -> str:
        found = selfcheck.next_due([self.company], self.office.folder, now=self.clock.now(), every=MONTH)
        return str(found[1].period) if found is not None else ""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
    with Office.open(tmp_path / "o", owner="deneme", clock=clock, secrets=MemorySecretStore()) as office:
        data = {**people.SELLER, "accountant": {"name": "Şükriye Yağcıoğlu"}}
        company = companies.save_company(office.context(), company_from_json(data, base_dir=tmp_path))
        seal = TestSealer.create(company.company.tax_number, "Çınaraltı")
        options = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe")
        for month in (1, 2):
            rows = ["Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Borç;Alacak;Kaydeden"]
            for index in range(1, 4):
                rows += [
                    f"{month}-{index};{index:02d}.{month:02d}.2026;100.01;MERKEZ;KASA;1{index},50;;Ayşe",
                    f"{month}-{index};{index:02d}.{month:02d}.2026;600.01;TİCARİ;SATIŞLAR;;1{index},50;Ayşe",
                ]
            source = tmp_path / f"{month}.csv"
            source.write_text("\n".join(rows), "utf-8")
            ctx, folder = office.context(), office.folder
            import_vouchers(ctx, company, source, inspect_source(source), folder=folder.ledgers)
            period = Period(2026, month)
            report = build_month(ctx, company, period, seal, options, folder=folder.ledgers, out=folder.edefter)
            assert report.is_built, report.checks[0].findings
        yield Archive(office, company, clock)


def test_a_whole_archive_is_told_with_its_day(archive: Archive) -> None:
    found = archive.check()
    assert {period: check.problems for period, check in found.items()} == {"2026-01": (), "2026-02": ()}
    kept = selfcheck.checks_of(archive.company, archive.office.folder)
    assert [check.checked_at for check in kept.values()] == [archive.clock.now()] * 2
    assert selfcheck.warnings([archive.company], archive.office.folder) == []
    # Everything that was built is known by its digest, packages too.
    assert {name.split("-")[2] for name in found["2026-01"].files} >= {"Y", "K", "YB", "KB"}


def test_a_missing_and_a_changed_file_are_told_until_they_are_back(archive: Archive) -> None:
    archive.check()
    journal, berat = archive.file("*-202601-Y-*.xml"), archive.file("*-202602-YB-*.xml")
    whole, sealed = journal.read_bytes(), berat.read_bytes()
    journal.unlink()
    berat.write_bytes(sealed.replace(b"2026-02-28", b"2026-02-27", 1))
    for _ in range(2):
        found = archive.check(thorough=False)
        assert [(one.kind, one.file) for one in found["2026-01"].problems if one.kind == "missing"] == [
            ("missing", journal.name)
        ]
        assert ("changed", berat.name) in [(one.kind, one.file) for one in found["2026-02"].problems]
    told = selfcheck.warnings([archive.company], archive.office.folder)
    assert sorted(check.period for _, check in told) == ["2026-01", "2026-02"]
    journal.write_bytes(whole)
    berat.write_bytes(sealed)
    assert all(check.ok for check in archive.check(thorough=False).values())
    assert selfcheck.warnings([archive.company], archive.office.folder) == []


def test_a_file_that_no_build_recorded_is_remembered_and_judged(archive: Archive) -> None:
    own = archive.file("*-202601-YB-*.xml")
    approved = own.with_name(f"GIB-{own.name}")
    approved.write_bytes(own.read_bytes())
    found = archive.check()
    assert [one.message for one in found["2026-01"].problems] == [f"{approved.name}: GİB'in karşı mührü yok."]
    approved.unlink()
    assert ("missing", approved.name) in [(one.kind, one.file) for one in archive.check()["2026-01"].problems]


def test_a_month_that_was_taken_back_is_wanted_no_more(archive: Archive) -> None:
    archive.check()
    office = archive.office
    ledger_life.take_back(
        office.context(), archive.company, Period(2026, 2), folder=office.folder.ledgers, out=office.folder.edefter
    )
    assert {check.period: check.ok for check in archive.check().values()} == {"2026-01": True}
    assert [check.period for check in selfcheck.checks_of(archive.company, office.folder).values()] == ["2026-01"]


def test_what_is_due_goes_on_after_a_restart(archive: Archive) -> None:
    assert archive.due() == "2026-01"
    archive.check()
    assert archive.due() == ""
    archive.clock.advance(timedelta(days=20))
    selfcheck.check_archives(archive.office.context(), [archive.company], archive.office.folder, only=Period(2026, 1))
    archive.clock.advance(timedelta(days=12))
    assert archive.due() == "2026-02"
    kept = archive.office.folder.root / "archive-checks" / "9205121120.json"
    kept.write_text('{"version": 1, "months": [1]}', "utf-8")
    assert archive.due() == "2026-01", "a damaged memory costs one more look and no more"


class _StopsAfter:
    def __init__(self, count: int) -> None:
        self.left = count

    def report(self, _done: int, _total: int, _what: str) -> None:
        return None

    def checkpoint(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise JobCancelled


def test_a_stopped_check_keeps_what_it_has_seen(archive: Archive) -> None:
    for count in range(1, 400):
        context = archive.office.context(_StopsAfter(count))
        try:
            selfcheck.check_archives(context, [archive.company], archive.office.folder)
        except JobCancelled:
            if len(selfcheck.checks_of(archive.company, archive.office.folder)) == 1:
                break
    assert archive.due() == "2026-02"


def test_a_folder_that_cannot_be_read_is_told(archive: Archive, tmp_path: Path) -> None:
    place = archive.file("*-202601-Y-*.xml").parent
    # A file where the folder was: nobody, root included, can list it.
    place.rename(tmp_path / "kenarda")
    place.write_text("klasör değil", "utf-8")
    found = archive.check()
    assert any("okunamadı" in one.message for one in found["2026-01"].problems)


def test_an_archive_without_a_database_is_judged_by_itself(archive: Archive) -> None:
    for path in archive.office.folder.ledgers.glob("*.db*"):
        path.unlink()
    assert {check.period: check.ok for check in archive.check().values()} == {"2026-01": True, "2026-02": True}
    archive.file("*-202601-K-*.xml").unlink()
    problems = archive.check(thorough=False)["2026-01"].problems
    assert "missing" in {one.kind for one in problems}


def test_moves_that_a_crash_left_undone_are_finished_before_anything_is_called_missing(archive: Archive) -> None:
    ours = archive.file("*-202601-Y-*.xml")
    aside = ours.with_suffix(".aside")
    ours.rename(aside)
    ledger = LedgerDatabase.open(next(archive.office.folder.ledgers.glob("*.db")))
    with ledger.write(MOVED) as connection:
        plan_moves(connection, [PendingMove(source=str(aside), target=str(ours), is_aside=False)])
    ledger.close()
    with leases.acquire(archive.office.db, archive.company.id, owner="başka pencere"):
        # Whoever holds the company finishes it; until then the file is told.
        assert not archive.check()["2026-01"].ok and aside.exists()
    assert archive.check()["2026-01"].ok
    assert ours.exists() and not aside.exists()
