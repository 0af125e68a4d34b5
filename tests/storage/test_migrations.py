from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from app.domain.errors import LeaseHeld, StorageError
from app.domain.lifecycle import Direction, State
from app.runtime.clock import FixedClock
from app.storage import (
    backup,
    companies,
    documents,
    leases,
    migrate,
    numbers,
    outbox,
    polling,
    quarantine,
    schema,
    search,
    spellings,
)
from app.storage.database import Database
from app.storage.engines import write_engine
from app.storage.search import DocumentQuery

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
CLOCK = FixedClock(NOW)
DUMPS = sorted((Path(__file__).parents[1] / "data" / "storage").glob("v*.sql"))


def _load(dump: Path, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))


def _shape(path: Path) -> dict[str, str]:
    """Everything in the schema by name, white space and quotes aside."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_master").fetchall()
    return {f"{kind} {name} {table}": _bare(sql) for kind, name, table, sql in rows}


def _bare(sql: str) -> str:
    return " ".join(sql.replace('"', "").replace("(", " ( ").replace(")", " ) ").split())


def _version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return schema.read_version(connection)


def test_create_all_builds_what_the_migrations_build(tmp_path: Path) -> None:
    created, migrated = tmp_path / "created.db", tmp_path / "migrated.db"
    schema.create(created)
    engine = write_engine(migrated, foreign_keys=False)
    with engine.connect() as connection, connection.begin() as transaction:
        migrate.run_steps(connection)
        with _point():
            transaction.commit()
    engine.dispose()
    assert _shape(created) == _shape(migrated)
    for path in (created, migrated):
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [
                (schema.revision(schema.VERSION),)
            ]
            assert connection.execute("PRAGMA application_id").fetchone()[0] == schema.APPLICATION_ID


def _point() -> Any:
    from app.runtime.crashpoints import point

    return point(schema.MIGRATE)


def test_there_is_a_dump_of_this_version() -> None:
    assert f"v{schema.revision(schema.VERSION)}.sql" in [dump.name for dump in DUMPS]


@pytest.mark.parametrize("dump", DUMPS, ids=[dump.stem for dump in DUMPS])
def test_database_of_every_released_version_opens_with_all_it_held(dump: Path, tmp_path: Path) -> None:
    path, fresh = tmp_path / "muhurdar.db", tmp_path / "fresh.db"
    _load(dump, path)
    db = Database.open(path, clock=CLOCK)
    schema.create(fresh)
    with db.read() as s:
        company = companies.get_company(s, "1234567890")
        assert company is not None
        assert company.company.party.address.city == "İstanbul"
        account = companies.get_account(s, company.id)
        assert account is not None
        assert polling.last_poll(s, account.id, "receive") == NOW
        partner = companies.get_partner(s, company.id, "9876543210")
        assert partner is not None
        assert (partner.registered, partner.pk_labels) == (True, ("urn:mail:pk@x",))
        sealed = documents.find(s, company.id, Direction.OUT, "sealed-1")
        assert sealed is not None
        assert (sealed.number, sealed.state, sealed.payable) == ("ABC2026000000001", State.QUEUED, Decimal("120.00"))
        assert documents.load_file(s, sealed.id, "sealed") == b"<Invoice>sealed-1</Invoice>" * 20
        assert documents.load_draft(s, sealed.id) == {"uuid": "sealed-1"}
        assert str(numbers.peek_next(s, company.id, "ABC", 2026)[0]) == "ABC2026000000002"
        assert [row.payload for row in outbox.due(s, company.id, now=NOW)] == [{"solo": True}]
        second = documents.find(s, company.id, Direction.IN, "received-2")
        assert second is not None
        assert second.duplicate_of is not None
        assert second.answer_due_at == NOW + timedelta(days=8)
        assert len(search.ids(s, DocumentQuery(company_id=company.id, text="ÇINAR"))) == 4
        # Kept since 0002; an older file has none and asks as before.
        known = spellings.load_spellings(s, [second.id])
        assert known == ({} if dump.stem == "v0001" else {second.id: "RECEIVED-2"})
        assert [kept.code for kept in quarantine.list_kept(s, company.id)] == ["ZIP.BOMB"]
    db.close()
    assert _shape(path) == _shape(fresh)


# --- the machinery, tried with a version that never was ---------------------------------------------------------------

_NEXT = schema.VERSION + 1


def _scripts(tmp_path: Path, body: str) -> Path:
    """A copy of the migrations with one more step."""
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for source in migrate.SCRIPTS.rglob("*.py"):
        if "__pycache__" not in source.parts:
            (folder / source.relative_to(migrate.SCRIPTS)).write_bytes(source.read_bytes())
    step = dedent(
        f"""
        from alembic import op
        import sqlalchemy as sa

        revision = "{schema.revision(_NEXT)}"
        down_revision = "{schema.revision(schema.VERSION)}"


        def upgrade() -> None:
        """
    ) + "".join(f"    {line}\n" for line in dedent(body).strip().splitlines())
    (folder / "versions" / "9999_next.py").write_text(step)
    return folder


def _upgrade(lab: Any, scripts: Path) -> Path | None:
    return migrate.upgrade(lab.path, clock=lab.clock, scripts=scripts, version=_NEXT)


def _rows(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT id, company_id, ettn, number, state FROM document ORDER BY id").fetchall()


def test_a_step_runs_and_the_old_file_is_kept(lab: Any, tmp_path: Path) -> None:
    lab.sealed("e-1")
    before = _rows(lab.path)
    scripts = _scripts(
        tmp_path,
        """
        op.add_column("document", sa.Column("tag", sa.String, nullable=False, server_default="x"))
        op.execute("UPDATE document SET tag = 'y'")
        """,
    )
    copy = _upgrade(lab, scripts)
    assert copy is not None
    assert (_version(lab.path), _version(copy)) == (_NEXT, schema.VERSION)
    assert _rows(lab.path) == _rows(copy) == before
    with closing(sqlite3.connect(lab.path)) as connection:
        assert connection.execute("SELECT DISTINCT tag FROM document").fetchall() == [("y",)]
    assert _upgrade(lab, scripts) is None


@pytest.mark.parametrize(
    "body",
    [
        'op.execute("UPDATE document SET ettn = \'gone\'")\nraise RuntimeError("in the middle")',
        'op.execute("UPDATE document SET ettn = \'gone\'")\nop.execute("SELECT * FROM nowhere")',
        'op.execute("DROP TRIGGER history_immutable")\nop.execute("UPDATE history SET company_id = 4711")',
    ],
    ids=["raises", "bad sql", "points at nothing"],
)
def test_a_failing_step_leaves_everything_as_it_was(lab: Any, tmp_path: Path, body: str) -> None:
    lab.sealed("e-1")
    before, shape = _rows(lab.path), _shape(lab.path)
    with pytest.raises(StorageError) as failure:
        _upgrade(lab, _scripts(tmp_path, body))
    assert failure.value.code == "STORAGE.MIGRATION"
    copy = next((lab.path.parent / "backups").glob("*.db"))
    assert str(copy) in failure.value.sentence
    assert (_rows(lab.path), _shape(lab.path), _version(lab.path)) == (before, shape, schema.VERSION)
    lab.sealed("e-2")


def test_a_step_that_commits_by_itself_is_undone_from_the_copy(lab: Any, tmp_path: Path) -> None:
    lab.sealed("e-1")
    before, shape = _rows(lab.path), _shape(lab.path)
    lab.db.close()
    body = """
        op.execute("UPDATE document SET ettn = 'gone'")
        op.execute("PRAGMA user_version = 77")
        op.get_bind().exec_driver_sql("COMMIT")
        raise RuntimeError("in the middle")
        """
    with pytest.raises(StorageError) as failure:
        _upgrade(lab, _scripts(tmp_path, body))
    assert failure.value.code == "STORAGE.MIGRATION"
    assert (_rows(lab.path), _shape(lab.path), _version(lab.path)) == (before, shape, schema.VERSION)


def test_nothing_is_migrated_while_somebody_works(lab: Any, tmp_path: Path) -> None:
    scripts = _scripts(tmp_path, 'op.execute("SELECT 1")')
    with leases.acquire(lab.db, lab.company.id, owner="pencere"), pytest.raises(LeaseHeld):
        _upgrade(lab, scripts)
    assert _version(lab.path) == schema.VERSION
    assert _upgrade(lab, scripts) is not None


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize(
    ("crash", "version"),
    [
        ("file.backup:before", schema.VERSION),
        ("file.backup:after", schema.VERSION),
        ("db.migrate:before", schema.VERSION),
        ("db.migrate:after", _NEXT),
    ],
)
def test_killed_in_the_middle_it_is_the_old_version_or_the_new(
    lab: Any, tmp_path: Path, crash: str, version: int
) -> None:
    lab.sealed("e-1")
    before = _rows(lab.path)
    lab.db.close()
    scripts = _scripts(tmp_path, 'op.add_column("document", sa.Column("tag", sa.String))')
    code = dedent(
        """
        import sys
        from pathlib import Path
        from app.runtime.clock import SystemClock
        from app.storage import migrate
        migrate.upgrade(Path(sys.argv[1]), clock=SystemClock(), scripts=Path(sys.argv[2]), version=int(sys.argv[3]))
        """
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "MUHURDAR_CRASH_AT": crash}
    child = subprocess.run(
        [sys.executable, "-c", code, str(lab.path), str(scripts), str(_NEXT)], env=env, check=False, capture_output=True
    )
    assert child.returncode == -signal.SIGKILL, child.stderr.decode()
    assert _version(lab.path) == version
    assert _rows(lab.path) == before
    _upgrade(lab, scripts)
    assert _version(lab.path) == _NEXT
    with closing(sqlite3.connect(lab.path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_an_old_version_is_upgraded_by_opening_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "muhurdar.db"
    _load(DUMPS[-1], path)
    scripts = _scripts(tmp_path, 'op.execute("SELECT 1")')
    monkeypatch.setattr(schema, "VERSION", _NEXT)
    monkeypatch.setattr(migrate.upgrade, "__kwdefaults__", {"scripts": scripts, "version": None})
    db = Database.open(path, clock=CLOCK)
    db.close()
    assert _version(path) == _NEXT


def test_an_old_backup_is_upgraded_while_it_is_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, path = tmp_path / "yedek.db", tmp_path / "muhurdar.db"
    _load(DUMPS[-1], old)
    before = _rows(old)
    scripts = _scripts(tmp_path, 'op.execute("SELECT 1")')
    monkeypatch.setattr(schema, "VERSION", _NEXT)
    monkeypatch.setattr(migrate.run_steps, "__kwdefaults__", {"scripts": scripts, "version": None})
    report = backup.restore(old, path, clock=CLOCK)
    assert report.is_migrated
    assert report.source.version == _NEXT - 1
    assert (_version(path), _version(old)) == (_NEXT, _NEXT - 1)
    assert _rows(path) == before


@pytest.mark.parametrize("dump", [d for d in DUMPS if d.stem < "v0003"], ids=lambda d: d.stem)
def test_an_upgraded_database_takes_every_kind_and_every_purpose(dump: Path, tmp_path: Path) -> None:
    """The widened checks hold for new rows and still refuse what they refused."""
    path = tmp_path / "old.db"
    _load(dump, path)
    migrate.upgrade(path, clock=CLOCK)
    with closing(sqlite3.connect(path)) as connection:
        for number, purpose in enumerate(("despatch", "receipt", "creditnote", "smm")):
            connection.execute(
                "INSERT INTO series (company_id, purpose, series, is_current) VALUES (1, ?, ?, 1)",
                (purpose, f"N0{number}"),
            )
        connection.execute("UPDATE document SET kind = 'smm', gtb_refno = '1' WHERE id = 1")
        for statement in (
            "UPDATE document SET kind = 'other' WHERE id = 1",
            "UPDATE series SET purpose = 'other' WHERE id = 1",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
