from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from app.domain.errors import InputError, LeaseHeld, StorageError
from app.domain.lifecycle import Direction
from app.storage import backup, documents, leases, schema, settings_store
from app.storage.database import Database


def _ettns(path: Path, lab: Any) -> list[str]:
    db = Database.open(path, clock=lab.clock)
    try:
        with db.read() as s:
            found = documents.find(s, lab.company.id, Direction.OUT, "e-1")
            if found is not None:
                assert documents.load_file(s, found.id, "sealed") == b"<Invoice>e-1</Invoice>"
        with closing(sqlite3.connect(path)) as connection:
            return [row[0] for row in connection.execute("SELECT ettn FROM document ORDER BY id")]
    finally:
        db.close()


@pytest.fixture
def saved(lab: Any, tmp_path: Path) -> Path:
    """A backup with e-1; the database has got e-2 since."""
    lab.sealed("e-1")
    target = tmp_path / "elsewhere" / "yedek.db"
    target.parent.mkdir()
    report = backup.backup(lab.path, target)
    assert (report.version, report.companies, report.documents) == (schema.VERSION, 1, 1)
    assert report.size_bytes == target.stat().st_size
    lab.sealed("e-2")
    return target


def test_backup_is_one_file_that_opens(lab: Any, saved: Path) -> None:
    assert sorted(p.name for p in saved.parent.iterdir()) == ["yedek.db"]
    assert _ettns(saved, lab) == ["e-1"]


def test_backup_replaces_an_older_one_whole(lab: Any, saved: Path) -> None:
    backup.backup(lab.path, saved)
    assert _ettns(saved, lab) == ["e-1", "e-2"]


def test_backup_while_others_write_is_one_moment(lab: Any, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            with lab.db.write(lab.point) as s:
                settings_store.save_setting(s, "left", number)
                settings_store.save_setting(s, "right", number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for position in range(5):
            target = tmp_path / f"yedek{position}.db"
            backup.backup(lab.path, target)
            with closing(sqlite3.connect(target)) as connection:
                values = dict(connection.execute("SELECT name, value FROM setting").fetchall())
            assert values.get("left") == values.get("right")
    finally:
        stop.set()
        writer.join()


def test_restore_brings_the_old_state_back_and_keeps_the_present_one_aside(lab: Any, saved: Path) -> None:
    lab.db.close()
    report = backup.restore(saved, lab.path, clock=lab.clock)
    assert report.source.documents == 1
    assert report.kept_aside is not None
    assert _ettns(lab.path, lab) == ["e-1"]
    assert _ettns(report.kept_aside, lab) == ["e-1", "e-2"]


def test_dry_run_changes_nothing(lab: Any, saved: Path) -> None:
    lab.db.close()
    report = backup.restore(saved, lab.path, dry_run=True, clock=lab.clock)
    assert (report.source.documents, report.kept_aside, report.is_migrated) == (1, None, False)
    assert _ettns(lab.path, lab) == ["e-1", "e-2"]
    assert not list(lab.path.parent.glob("*.tmp"))


def test_restore_where_nothing_was(lab: Any, saved: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh" / "muhurdar.db"
    fresh.parent.mkdir()
    report = backup.restore(saved, fresh, clock=lab.clock)
    assert report.kept_aside is None
    assert _ettns(fresh, lab) == ["e-1"]


def test_restore_over_a_damaged_database(lab: Any, saved: Path) -> None:
    lab.db.close()
    broken = b"\x00" * 5_000
    lab.path.write_bytes(broken)
    report = backup.restore(saved, lab.path, clock=lab.clock)
    assert report.kept_aside is not None
    assert report.kept_aside.read_bytes() == broken
    assert _ettns(lab.path, lab) == ["e-1"]


def test_restore_is_refused_while_somebody_works(lab: Any, saved: Path) -> None:
    with leases.acquire(lab.db, lab.company.id, owner="pencere"), pytest.raises(LeaseHeld, match="pencere"):
        backup.restore(saved, lab.path, clock=lab.clock)


def test_restore_is_refused_while_a_window_is_open(lab: Any, saved: Path) -> None:
    with pytest.raises(StorageError) as refusal:
        backup.restore(saved, lab.path, clock=lab.clock)
    assert refusal.value.code == "RESTORE.IN_USE"
    lab.sealed("e-3")
    lab.db.close()
    assert _ettns(lab.path, lab) == ["e-1", "e-2", "e-3"]


def test_leases_of_the_past_are_not_restored(lab: Any, tmp_path: Path) -> None:
    target = tmp_path / "yedek.db"
    with leases.acquire(lab.db, lab.company.id, owner="pencere"):
        backup.backup(lab.path, target)
    lab.db.close()
    backup.restore(target, lab.path, clock=lab.clock)
    db = Database.open(lab.path, clock=lab.clock)
    leases.acquire(db, lab.company.id, owner="yeni").release()
    db.close()


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.write_bytes(b"%PDF-1.7" * 1000), "STORAGE.DAMAGED"),
        (lambda path: _with(path, "PRAGMA user_version = 99"), "STORAGE.NEWER"),
        (lambda path: _with(path, "PRAGMA application_id = 7"), "STORAGE.FOREIGN"),
        (lambda path: _with(path, "PRAGMA foreign_keys = OFF", "DELETE FROM company"), "STORAGE.DAMAGED"),
        (lambda path: path.write_bytes(path.read_bytes()[:20_000]), "STORAGE.DAMAGED"),
        (lambda path: path.write_bytes(b""), "BACKUP.EMPTY"),
        (lambda path: path.unlink(), "BACKUP.MISSING"),
    ],
    ids=["pdf", "newer", "foreign", "broken references", "cut", "empty", "missing"],
)
def test_a_file_that_is_no_sound_backup_is_refused_and_nothing_changes(
    lab: Any, saved: Path, make: Any, code: str
) -> None:
    lab.db.close()
    make(saved)
    with pytest.raises((StorageError, InputError)) as refusal:
        backup.restore(saved, lab.path, clock=lab.clock)
    assert refusal.value.code == code
    assert _ettns(lab.path, lab) == ["e-1", "e-2"]


def _with(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_a_database_is_not_backed_up_onto_itself(lab: Any) -> None:
    with pytest.raises(InputError):
        backup.backup(lab.path, lab.path)
    with pytest.raises(InputError):
        backup.restore(lab.path, lab.path, clock=lab.clock)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize(
    ("crash", "left"),
    [
        ("file.backup:before", ["e-1", "e-2"]),
        ("file.backup:after", ["e-1", "e-2"]),
        ("file.restore:before", ["e-1", "e-2"]),
        ("file.restore:after", ["e-1"]),
    ],
)
def test_killed_while_restoring_it_is_the_old_database_or_the_new(
    lab: Any, saved: Path, crash: str, left: list[str]
) -> None:
    lab.db.close()
    code = dedent(
        """
        import sys
        from pathlib import Path
        from app.storage import backup
        backup.restore(Path(sys.argv[1]), Path(sys.argv[2]))
        """
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "MUHURDAR_CRASH_AT": crash}
    child = subprocess.run(
        [sys.executable, "-c", code, str(saved), str(lab.path)], env=env, check=False, capture_output=True
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    assert _ettns(lab.path, lab) == left
