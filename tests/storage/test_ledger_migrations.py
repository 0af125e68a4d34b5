"""A ledger file of the first version takes the later steps; one that fails half-way is as it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.domain.errors import AppError, StorageError
from app.storage.ledgers import migrations, queries
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.tables import APPLICATION_ID, STATEMENTS

FIRST = (
    "INSERT INTO import_file (name, sha256, format, started_at, ended_at) VALUES ('a', '', 'csv', '', '')",
    "INSERT INTO voucher VALUES (1, 1, 1, 202603, '', '', 'F1', '2026-03-02', 'F1', '', 'A', 0, 10000, 10000, 0,"
    " 7, 2, 'f1', NULL, 0)",
    "INSERT INTO period (period, branch_no, state, changed_at) VALUES (202603, '', 2, '')",
)


def first_version(path: Path, *more: str) -> Path:
    """A file as the first version made it, with a voucher."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in (*STATEMENTS, *FIRST, *more):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
    return path


def shape(path: Path) -> dict[str, list[str]]:
    with closing(sqlite3.connect(path)) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in tables}


def test_an_old_file_becomes_as_a_new_one_and_keeps_what_it_holds(tmp_path: Path) -> None:
    old = first_version(tmp_path / "old.db")
    db = LedgerDatabase.open(old)
    with db.read() as connection:
        (month,) = queries.months(connection)
        assert (month.period, month.vouchers, int(month.state)) == (202603, 1, 2)
        assert connection.exec_driver_sql("PRAGMA user_version").scalar() == migrations.VERSION
        assert connection.exec_driver_sql("SELECT stamp FROM period").scalar() == 0
    db.close()
    LedgerDatabase.open(tmp_path / "new.db").close()
    assert shape(old) == shape(tmp_path / "new.db")
    LedgerDatabase.open(old).close()


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    old = first_version(tmp_path / "old.db", "CREATE TABLE fix (id INTEGER)")
    before = shape(old)
    with pytest.raises(AppError):
        LedgerDatabase.open(old)
    assert shape(old) == before
    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1


def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = first_version(tmp_path / "old.db")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {migrations.VERSION + 1}")
    with pytest.raises(StorageError) as caught:
        LedgerDatabase.open(path)
    assert caught.value.code == "STORAGE.NEWER"


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_at_the_commit_it_is_the_old_version_or_the_new_one(tmp_path: Path, phase: str) -> None:
    path = first_version(tmp_path / "old.db")
    code = (
        "import sys; from pathlib import Path; from app.storage.ledgers.database import LedgerDatabase;"
        " LedgerDatabase.open(Path(sys.argv[1]))"
    )
    killed = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        env={**os.environ, "MUHURDAR_CRASH_AT": f"ledger.migrate:{phase}"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    assert version == (1 if phase == "before" else migrations.VERSION)
    db = LedgerDatabase.open(path)
    with db.read() as connection:
        assert [month.vouchers for month in queries.months(connection)] == [1]
    db.close()
