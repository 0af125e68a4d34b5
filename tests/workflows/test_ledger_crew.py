"""Two children write a month side by side: the same files as without them; killed or stopped, they leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.demo import people
from app.domain.books import BookKind
from app.domain.errors import AppError, EnvironmentFault, JobCancelled
from app.domain.findings import Finding, Layer, Severity
from app.domain.protocols import CertificateInfo
from app.domain.voucher import Period, PeriodState
from app.edefter.books.body import FileFacts
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import TestSealer
from app.signing.verify import verify_document
from app.storage.ledgers import parts
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_from_json
from app.validation.official import EngineWork, LedgerVerdict
from app.workflows import companies, ledger_lookers
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month, open_ledger
from app.workflows.ledger_crew import SMALL_LINES, BookCrew
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_verify import verify_archive
from app.workflows.ledger_writing import BuildReport

JANUARY = Period(2026, 1)
OPTIONS = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe")
VOUCHERS = SMALL_LINES // 2 + 100


@dataclass
class Month:
    """An office with one company whose January is large enough for children, and is not built."""

    office: Office
    company: CompanyRecord
    seal: Any
    out: Path
    progress: Any = None

    def build(self, options: BuildOptions = OPTIONS, official: Any = None) -> BuildReport:
        ctx, folder = self.office.context(self.progress), self.office.folder.ledgers
        return build_month(
            ctx, self.company, JANUARY, self.seal, options, folder=folder, out=self.out, official=official
        )

    @property
    def path(self) -> Path:
        ledger = open_ledger(self.company, JANUARY, self.office.folder.ledgers)
        ledger.close()
        return ledger.path

    def state(self) -> PeriodState | None:
        ledger = open_ledger(self.company, JANUARY, self.office.folder.ledgers)
        try:
            with ledger.read() as connection:
                return parts.state_of(connection, period=202601, branch_no="")
        finally:
            ledger.close()


@pytest.fixture
def month(tmp_path: Path) -> Iterator[Month]:
    source = tmp_path / "ocak.csv"
    rows = ["Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Açıklama;Borç;Alacak;Kaydeden"]
    for index in range(1, VOUCHERS + 1):
        day = f"{1 + index * 30 // (VOUCHERS + 1):02d}.01.2026"
        rows += [
            f"{index};{day};100.{index % 40:02d};MERKEZ {index % 40};KASA;Satış & «iş» {index};1{index},50;;Ayşe",
            f"{index};{day};600.01;TİCARİ;SATIŞLAR;;;1{index},50;Ayşe",
        ]
    source.write_text("\n".join(rows), "utf-8")
    clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
    with Office.open(tmp_path / "o", owner="deneme", clock=clock, secrets=MemorySecretStore()) as office:
        data = {**people.SELLER, "accountant": {"name": "Şükriye Yağcıoğlu"}}
        company = companies.save_company(office.context(), company_from_json(data, base_dir=tmp_path))
        import_vouchers(office.context(), company, source, inspect_source(source), folder=office.folder.ledgers)
        seal = TestSealer.create(company.company.tax_number, "Çınaraltı")
        yield Month(office, company, seal, tmp_path / "defterler")


def crew_files(month: Month, folder: Path, *, lines: int) -> dict[str, Any]:
    """What a crew says of both books, and the books themselves."""
    folder.mkdir()
    with BookCrew(lines) as crew:
        assert bool(crew.process_ids) == (lines >= SMALL_LINES)
        crew.take(month.path, period=202601, branch_no="", branch_name="")
        found: dict[str, Any] = {}
        for kind, writer in ((BookKind.JOURNAL, crew.journal), (BookKind.LEDGER, crew.ledger)):
            path, packed = folder / f"{kind}.xml", folder / f"{kind}.z"
            names = (str(path), str(packed), path.name, f"<{kind}>", f"</{kind}>")
            found[f"{kind} body"] = writer.submit("write", kind.value, 1, VOUCHERS, *names).result()
            facts = FileFacts(**writer.submit("finish", str(path), b"<seal/>").result())
            found[f"{kind} facts"] = facts
            found[f"{kind} bytes"] = path.read_bytes()
            assert len(found[f"{kind} bytes"]) == facts.size_bytes
        return found


def test_children_write_what_this_process_writes(month: Month, tmp_path: Path) -> None:
    check_month(month.office.context(), month.company, JANUARY, folder=month.office.folder.ledgers)
    here = crew_files(month, tmp_path / "a", lines=0)
    there = crew_files(month, tmp_path / "b", lines=SMALL_LINES)
    assert here == there
    told = here["Y body"]
    assert (told["vouchers"], told["lines"]) == (VOUCHERS, 2 * VOUCHERS)
    assert {name: here["K body"][name] for name in ("lines", "debit", "credit")} == {
        name: told[name] for name in ("lines", "debit", "credit")
    }
    assert here["K body"]["mains"]["600"] == [0, told["credit"]]


def test_a_large_month_is_built_packaged_and_verified(month: Month) -> None:
    report = month.build()
    assert report.is_built and report.parts == 1
    assert month.state() is PeriodState.BERAT_SEALED
    verdict = verify_archive(month.out)
    assert verdict.ok, [one.problems for one in verdict.files]
    for path in month.out.rglob("*.zip"):
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            for name in package.namelist():
                assert package.read(name) == (path.parent / name).read_bytes()
    assert not [*month.out.rglob(".muhurdar-*")]


def test_a_large_month_in_parts(month: Month) -> None:
    report = month.build(
        BuildOptions(
            source_application=OPTIONS.source_application,
            creator="Ayşe",
            max_part_bytes=1024 * 1024,
            split_after=(date(2026, 1, 10),),
        )
    )
    assert report.parts >= 3
    verdict = verify_archive(month.out)
    assert verdict.ok, [one.problems for one in verdict.files]
    journals = sorted(month.out.rglob("*-Y-*.xml"))
    assert [path.stem[-6:] for path in journals] == [f"{number:06d}" for number in range(1, report.parts + 1)]
    assert max(path.stat().st_size for path in month.out.rglob("*.xml")) <= 1024 * 1024
    assert sum(path.read_text("utf-8").count("<gl-cor:entryHeader>") for path in journals) == VOUCHERS
    for path in month.out.rglob("*.xml"):
        assert verify_document(path.read_bytes()).valid, path.name


@dataclass
class Watcher:
    """A progress that remembers what it was told, and stops the work at a word."""

    stop_at: str = ""
    told: list[tuple[int, int, str]] = field(default_factory=list)
    stopped: bool = False

    def report(self, done: int, total: int, what: str) -> None:
        self.told.append((done, total, what))

    def checkpoint(self) -> None:
        if self.stop_at and self.told and self.stop_at in self.told[-1][2]:
            self.stopped = True
            raise JobCancelled


def test_progress_is_told_and_a_stop_leaves_nothing(month: Month) -> None:
    month.progress = Watcher(stop_at="Y ve K yazılıyor")
    before = children_of(os.getpid())
    with pytest.raises(JobCancelled):
        month.build()
    assert month.progress.stopped
    assert children_of(os.getpid()) == before
    assert files_under(month.out) == []
    assert month.state() is not PeriodState.BERAT_SEALED
    month.progress = None
    assert month.build().is_built


@dataclass
class Saboteur:
    """A seal whose owner kills our children while it signs."""

    inner: TestSealer
    spared: set[int]

    @property
    def certificate(self) -> CertificateInfo:
        return self.inner.certificate

    @property
    def title(self) -> str:
        return "x"

    def sign(self, digests: Any) -> list[bytes]:
        for pid in children_of(os.getpid()) - self.spared:
            os.kill(pid, signal.SIGKILL)
        return self.inner.sign(digests)


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
def test_a_child_that_dies_is_told_and_leaves_nothing(month: Month) -> None:
    month.seal = Saboteur(month.seal, children_of(os.getpid()))
    with pytest.raises(AppError) as told:
        month.build()
    assert told.value.code == "LEDGER.WRITER" and "dokunulmadı" in str(told.value)
    assert files_under(month.out) == []
    assert month.state() is not PeriodState.BERAT_SEALED
    month.seal = month.seal.inner
    assert month.build().is_built


class Refusing:
    """Official rules that find an error in the first general ledger they see."""

    release = "2026-01-01"

    def check_ledger(self, path: Path, *, kind: str, file_name: str, progress: Any) -> LedgerVerdict:
        assert path.stat().st_size and file_name.endswith(".xml")
        wrong = Finding(severity=Severity.ERROR, layer=Layer.SCHEMATRON, code="X", field="", message="olmadı")
        work = (EngineWork(engine="schematron", how="whole", release=self.release, rules=("X",)),)
        return LedgerVerdict(findings=[wrong] if kind == "ledger-k" else [], work=work)


def test_an_official_error_stops_the_writers_and_leaves_nothing(month: Month) -> None:
    before = children_of(os.getpid())
    options = BuildOptions(source_application=OPTIONS.source_application, creator="Ayşe", max_part_bytes=1024 * 1024)
    report = month.build(options, official=Refusing())
    assert not report.is_built and [finding.code for _, finding in report.official] == ["X"]
    assert children_of(os.getpid()) == before
    assert files_under(month.out) == []
    assert month.state() is not PeriodState.BERAT_SEALED


@pytest.mark.parametrize("lines", [0, SMALL_LINES], ids=["here", "children"])
def test_a_full_disk_is_told_by_the_files_own_name(month: Month, lines: int) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only on Linux: a device that is always full")
    check_month(month.office.context(), month.company, JANUARY, folder=month.office.folder.ledgers)
    with BookCrew(lines) as crew:
        crew.take(month.path, period=202601, branch_no="", branch_name="")
        words = ("Y", 1, VOUCHERS, "/dev/full", "", "Y.xml", "<a>", "</a>")
        with pytest.raises(EnvironmentFault) as told:
            crew.journal.submit("write", *words).result()
    assert told.value.code == "FILE.FULL" and "Y.xml" in told.value.what


def test_a_writer_loads_neither_sqlalchemy_nor_a_window() -> None:
    """A child must be there in a tenth of a second."""
    asked = "import sys, app.workflows.ledger_child; print(sorted({m.split('.')[0] for m in sys.modules}))"
    ran = subprocess.run(
        [sys.executable, "-c", asked], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    for heavy in ("sqlalchemy", "PySide6", "lxml", "cryptography", "zeep"):
        assert f"'{heavy}'" not in ran.stdout


def files_under(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def children_of(pid: int) -> set[int]:
    """The living processes that `pid` has started."""
    if sys.platform == "win32":
        return set()
    ran = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    rows = [line.split() for line in ran.stdout.splitlines()]
    return {int(row[0]) for row in rows if row[1] != "ps"}


def test_children_find_what_is_named_from_the_working_folder(
    month: Month, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--out defterler`: a child works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ledger_lookers, "SMALL_BYTES", 0)
    month.out = Path("buradan")
    assert month.build().is_built
    report = verify_archive(month.out)
    assert report.ok and len(report.files) == 4
