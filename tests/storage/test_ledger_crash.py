"""SIGKILL at each commit of an import: afterwards the old state or the new one, never half a month."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.storage.ledgers import queries
from app.storage.ledgers.database import LedgerDatabase

POINTS = ("ledger.create", "ledger.stage", "ledger.finish", "ledger.clear", "ledger.undo")
DRIVER = """
import sys
from pathlib import Path
from app.domain.ledger_rows import LedgerRow
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import begin_import, undo_import

def rows(count, comment):
    for index in range(count):
        head = ("2026-03-02", f"F{index}", "", "", f"F{index}", comment, "A", 0, 0, "100", "K", "", "")
        rest = ("", "", "", "", "", "", "")
        yield LedgerRow(2 * index + 2, *head, 10000, "D", *rest)
        yield LedgerRow(2 * index + 3, *head, 10000, "C", *rest)

db = LedgerDatabase.open(Path(sys.argv[1]))
for comment, months in (("bir", ()), ("iki", (202603,)), ("iki", ())):
    staged = begin_import(db, name="a", sha256="", source_format="csv", at="2026-04-01")
    for _ in staged.add(rows(4500, comment)):
        pass
    last = staged.finish(at="2026-04-01", replace=frozenset(months))
    print(last, flush=True)
undo_import(db, last.import_id - 1)
print("bitti", flush=True)
"""


def run(path: Path, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key != "MUHURDAR_CRASH_AT"}
    if crash_at:
        environment["MUHURDAR_CRASH_AT"] = crash_at
    return subprocess.run(
        [sys.executable, "-c", DRIVER, str(path)],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("name", POINTS)
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_killed_import_leaves_whole_vouchers_or_none(tmp_path: Path, name: str, phase: str) -> None:
    path = tmp_path / "9205121120-2026.db"
    killed = run(path, f"{name}:{phase}:2" if name in ("ledger.stage", "ledger.finish") else f"{name}:{phase}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    db = LedgerDatabase.open(path)
    try:
        with db.read() as connection:
            found = queries.months(connection)
            comments = connection.exec_driver_sql("SELECT DISTINCT comment FROM voucher WHERE state = 1").all()
        # All 4,500 vouchers of one import, or nothing; never of two imports mixed.
        assert [(month.vouchers, month.lines, month.is_balanced) for month in found] in ([], [(4500, 9000, True)])
        assert len(comments) <= 1
    finally:
        db.close()
    again = run(path)
    assert again.returncode == 0 and again.stdout.endswith("bitti\n"), again.stderr
    db = LedgerDatabase.open(path)
    try:
        with db.read() as connection:
            (month,) = queries.months(connection)
            assert (month.vouchers, month.lines) == (4500, 9000)
            staged = connection.exec_driver_sql("SELECT count(*) FROM voucher WHERE state = 0").scalar_one()
            lost = connection.exec_driver_sql(
                "SELECT count(*) FROM line WHERE voucher_id NOT IN (SELECT id FROM voucher)"
            ).scalar_one()
            assert (staged, lost) == (0, 0)
    finally:
        db.close()
