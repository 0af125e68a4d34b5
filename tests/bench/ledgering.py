"""A month of 100,000 lines (`--big`: 1,000,000): import, check, build and seal, verify. In memory and on disk as it is.

Yardsticks in the same run: `xmllint --stream --noout` and `xmlsec1 --verify` of the files that were written (each only
where the program is there; xmlsec1 needs twenty times the file in memory and is left out above 64 MB).
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.demo import people
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import TestSealer
from app.ubl.company_json import company_from_json
from app.workflows import companies
from app.workflows.ledger_build import build_month
from app.workflows.ledger_check import check_month
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_verify import verify_archive
from tests.bench.stopwatch import Board, once, own_memory_mb

_XMLSEC_BYTES = 64 * 1024 * 1024
_HEAD = (
    "entryref;linenumber;accmainid;accmainiddesc;accsubid;accsubdesc;amount;debitcreditcode;postingdate;documenttype;"
    "doctypedesc;documentnumber;documentdate;paymentmethod;detailcomment;enteredby;entrynumber;entrycomment\n"
)
_MAINS = ("100", "120", "153", "191", "770")


def run(board: Board, *, big: bool) -> None:
    lines = 1_000_000 if big else 100_000
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        source = place / "mart.csv"
        _write_month(source, lines)
        clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
        with Office.open(place / "o", owner="bench", clock=clock, secrets=MemorySecretStore()) as office:
            _measure(board, office, place, source, lines)


def _measure(board: Board, office: Office, place: Path, source: Path, lines: int) -> None:
    data: dict[str, Any] = {**people.SELLER, "accountant": {"name": "Şükriye Yağcıoğlu"}}
    ctx = office.context()
    company = companies.save_company(ctx, company_from_json(data, base_dir=place))
    folder, out, period = office.folder.ledgers, place / "defterler", Period(2026, 3)
    seal = TestSealer.create(company.company.tax_number, "Çınaraltı")
    options = BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="bench")

    seconds, report = once(lambda: import_vouchers(ctx, company, source, inspect_source(source), folder=folder))
    assert report.total("lines") == lines, report
    aim = "40 s" if lines == 1_000_000 else ""
    board.row(f"import {lines:,} lines, {report.total('new'):,} vouchers", seconds, aim=aim)
    seconds, (check,) = once(lambda: check_month(ctx, company, period, folder=folder))
    assert not check.has_errors, check.findings[:3]
    board.row("number and check the month", seconds)
    seconds, built = once(lambda: build_month(ctx, company, period, seal, options, folder=folder, out=out))
    assert built.is_built, built
    books = sorted(path for path in out.rglob("*.xml"))
    size = sum(path.stat().st_size for path in books)
    board.fact("Y, K and berats", f"{size / 1e6:.0f} MB")
    yard = sum(once(lambda p=path: _xmllint(p))[0] for path in books) if shutil.which("xmllint") else 0.0
    note = f"{seconds / yard:.1f} × xmllint --stream ({yard:.2f} s)" if yard else "no xmllint here"
    board.row("check again, write, seal and package Y, K, YB, KB", seconds, aim="4 × yardstick", note=note)
    board.fact("peak memory of import and build", f"{own_memory_mb():.0f} MB")
    seconds, verdict = once(lambda: verify_archive(out))
    assert verdict.ok, [one.problems for one in verdict.files]
    small = [path for path in books if path.stat().st_size <= _XMLSEC_BYTES]
    board.row("verify the archive", seconds, note=_xmlsec(small))


def _write_month(path: Path, lines: int) -> None:
    dice = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        number = voucher = 0
        while number < lines:
            voucher += 1
            count = min(dice.choice((2, 3, 5, 7)), lines - number)
            if lines - number - count == 1:
                count += 1
            day = f"2026-03-{1 + number * 31 // lines:02d}"
            total = 0
            for place in range(count):
                number += 1
                main, side = ("320", "C") if place == count - 1 else (dice.choice(_MAINS), "D")
                kurus = total if side == "C" else dice.randint(100, 9_999_999)
                total += kurus
                sub = dice.randint(1, 300)
                file.write(
                    f"F{voucher};{number};{main};HESAP {main};{main}.{sub:03d};ALT HESAP {sub};{kurus / 100:.2f};"
                    f"{side};{day};invoice;NULL;ABC2026{number:09d};{day};NULL;"
                    f"Açıklama satırı {number};AYŞE IŞIK;F{voucher};Mart fişi\n"
                )


def _xmllint(path: Path) -> None:
    subprocess.run(["xmllint", "--stream", "--noout", "--huge", str(path)], check=True, capture_output=True)


def _xmlsec(paths: list[Path]) -> str:
    if not shutil.which("xmlsec1") or not paths:
        return ""
    ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]

    def verify() -> None:
        for path in paths:
            command = ["xmlsec1", "--verify", "--insecure", *ids, str(path)]
            subprocess.run(command, check=True, capture_output=True)

    seconds, _ = once(verify)
    return f"xmlsec1 alone, {len(paths)} files: {seconds:.1f} s"
