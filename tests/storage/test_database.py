from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.domain.errors import EnvironmentFault, RuleBroken, StorageError
from app.runtime import crashpoints
from app.runtime.clock import FixedClock
from app.storage import backup, blobs, engines, schema, settings_store
from app.storage.database import Database

_CLOCK = FixedClock(datetime(2026, 11, 21, tzinfo=UTC))


def _pragma(lab: Any, name: str, *, write: bool) -> Any:
    if write:
        with lab.db.write(lab.point) as s:
            return s.execute(text(f"PRAGMA {name}")).scalar()
    with lab.db.read() as s:
        return s.execute(text(f"PRAGMA {name}")).scalar()


@pytest.mark.parametrize("write", [True, False])
def test_every_connection_is_durable_patient_and_strict(lab: Any, write: bool) -> None:
    assert _pragma(lab, "journal_mode", write=write) == "wal"
    assert _pragma(lab, "synchronous", write=write) == 2
    assert _pragma(lab, "busy_timeout", write=write) == 10_000
    assert _pragma(lab, "foreign_keys", write=write) == 1


def test_a_reader_that_turns_writer_fails_at_once(lab: Any) -> None:
    with pytest.raises(StorageError) as error, lab.db.read() as s:
        settings_store.save_setting(s, "x", 1)
    assert error.value.code == "STORAGE.READER_WRITES"


def test_a_reader_sees_one_snapshot_while_others_write(lab: Any) -> None:
    with lab.db.read() as s:
        before = settings_store.load_settings(s)
        with lab.db.write(lab.point) as w:
            settings_store.save_setting(w, "x", 1)
        assert settings_store.load_settings(s) == before == {}
    with lab.db.read() as s:
        assert settings_store.load_settings(s) == {"x": 1}


def test_an_error_inside_write_rolls_everything_back(lab: Any) -> None:
    with pytest.raises(RuleBroken), lab.db.write(lab.point) as s:
        settings_store.save_setting(s, "x", 1)
        raise RuleBroken("X", "x")
    with lab.db.read() as s:
        assert settings_store.load_settings(s) == {}


def test_write_wants_a_declared_point(lab: Any) -> None:
    with pytest.raises(KeyError), lab.db.write("nobody.declared.this"):
        raise AssertionError("must not get here")


def test_write_inside_write_is_a_clear_bug_not_a_deadlock(lab: Any) -> None:
    with (
        pytest.raises(RuntimeError, match="inside write"),
        lab.db.write(lab.point),
        lab.db.write(lab.point),
    ):
        raise AssertionError("must not get here")
    with lab.db.write(lab.point) as s:
        settings_store.save_setting(s, "x", 1)


def test_a_commit_outside_any_point_is_caught(lab: Any) -> None:
    engine = engines.write_engine(lab.path)
    try:
        with pytest.raises(crashpoints.UnnamedCrashPoint), engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO setting VALUES ('x', '1')")
    finally:
        engine.dispose()
    with lab.db.read() as s:
        assert settings_store.load_settings(s) == {}


def test_foreign_keys_hold(lab: Any) -> None:
    with pytest.raises(StorageError) as error, lab.db.write(lab.point) as s:
        blobs.store(s, 4711, b"x")
    assert error.value.code == "STORAGE.CONSTRAINT"


def test_many_threads_write_and_none_is_lost(lab: Any) -> None:
    def work(name: str) -> None:
        for number in range(20):
            with lab.db.write(lab.point) as s:
                settings_store.save_setting(s, f"{name}-{number}", number)

    threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with lab.db.read() as s:
        assert len(settings_store.load_settings(s)) == 120


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.runtime.clock import FixedClock
from app.storage import settings_store
from app.storage.database import Database

db = Database.open(Path(sys.argv[1]), clock=FixedClock(datetime(2026, 1, 1, tzinfo=UTC)))
for number in range(30):
    with db.write(settings_store.POINT) as s:
        settings_store.save_setting(s, f"{sys.argv[2]}-{number}", number)
db.close()
assert "alembic" not in sys.modules
"""


def test_processes_create_and_write_one_file_at_once(tmp_path: Path) -> None:
    path = tmp_path / "muhurdar.db"
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    children = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path), name], stderr=subprocess.PIPE, env=env)
        for name in ("a", "b", "c")
    ]
    for child in children:
        _, complaint = child.communicate(timeout=120)
        assert child.returncode == 0, complaint.decode()
    db = Database.open(path, clock=_CLOCK)
    with db.read() as s:
        assert len(settings_store.load_settings(s)) == 90
    db.close()


def test_a_full_disk_is_said_calmly_and_loses_nothing(lab: Any) -> None:
    lab.receive("r-1")
    with pytest.raises(EnvironmentFault) as error, lab.db.write(lab.point) as s:
        pages = s.execute(text("PRAGMA page_count")).scalar()
        s.execute(text(f"PRAGMA max_page_count = {pages + 5}"))
        blobs.store(s, lab.company.id, os.urandom(1_000_000))
    assert error.value.code == "DISK.FULL"
    assert error.value.retry_safe
    assert "Diskte yer kalmadı" in error.value.sentence
    with lab.db.write(lab.point) as s:
        s.execute(text("PRAGMA max_page_count = 1073741823"))
        settings_store.save_setting(s, "x", 1)
        assert s.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def test_another_process_that_holds_the_lock_is_named_as_the_reason(lab: Any) -> None:
    # The same wait with a shorter patience; the pool holds this one connection.
    with lab.db.write(lab.point) as s:
        s.execute(text("PRAGMA busy_timeout = 50"))
    with closing(sqlite3.connect(lab.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError) as error, lab.db.write(lab.point):
            raise AssertionError("must not get here")
        other.execute("ROLLBACK")
    assert error.value.code == "STORAGE.BUSY"
    assert error.value.retry_safe
    with lab.db.write(lab.point) as s:
        settings_store.save_setting(s, "x", 1)


def test_file_of_a_newer_program_is_refused_and_untouched(lab: Any) -> None:
    with closing(sqlite3.connect(lab.path, isolation_level=None)) as other:
        other.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    with pytest.raises(StorageError) as error:
        Database.open(lab.path, clock=lab.clock)
    assert error.value.code == "STORAGE.NEWER"
    assert str(schema.VERSION + 1) in error.value.sentence
    # A window that was open before must not write into it either.
    with pytest.raises(StorageError) as error, lab.db.write(lab.point):
        raise AssertionError("must not get here")
    assert error.value.code == "STORAGE.NEWER"


def test_file_of_another_program_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.commit()
    before = path.read_bytes()
    with pytest.raises(StorageError) as error:
        Database.open(path, clock=_CLOCK)
    assert error.value.code == "STORAGE.FOREIGN"
    assert path.read_bytes() == before


def test_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "muhurdar.db"
    path.write_bytes(b"%PDF-1.7 not a database at all" * 100)
    with pytest.raises(StorageError) as error:
        Database.open(path, clock=_CLOCK)
    assert error.value.code == "STORAGE.DAMAGED"


def test_folder_may_have_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "Müşteri klasörü 100% & #1"
    folder.mkdir()
    db = Database.open(folder / "muhurdar.db", clock=_CLOCK)
    with db.write(settings_store.POINT) as s:
        settings_store.save_setting(s, "x", 1)
    assert backup.backup(db.path, folder / "yedek.db").companies == 0
    db.close()
    assert sorted(p.name for p in folder.iterdir()) == ["muhurdar.db", "yedek.db"]


def test_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as error:
        Database.open(tmp_path / "nowhere" / "muhurdar.db", clock=_CLOCK)
    assert error.value.code == "DISK.ACCESS"


def test_values_never_reach_an_error(lab: Any) -> None:
    with pytest.raises(StorageError) as error, lab.db.write(lab.point) as s:
        s.execute(text("INSERT INTO company (tax_number) VALUES (:t)"), {"t": "9876501234"})
    chain = f"{error.value} {error.value.raw_text} {error.value.__cause__}"
    assert "9876501234" not in chain


def test_settings_come_back_as_json_values(lab: Any) -> None:
    with lab.db.write(settings_store.POINT) as s:
        settings_store.save_setting(s, "a", {"x": [1, "iki", None, True]})
        settings_store.save_setting(s, "a", 15)
        settings_store.save_setting(s, "b", "metin")
    with lab.db.read() as s:
        assert settings_store.load_settings(s) == {"a": 15, "b": "metin"}
