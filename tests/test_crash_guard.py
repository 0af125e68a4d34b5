"""No commit, file rename or wire call outside a named crash point, and no named point that no test kills.

At run time the guard (MUHURDAR_CRASH_GUARD=1, set for every test) raises at the act itself; here the source is read, so
that an act on a path no test walks is found too.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from sqlalchemy import text

from app.runtime import crashpoints
from app.runtime.clock import SystemClock
from app.runtime.crashpoints import UnnamedCrashPoint
from app.storage.database import Database

ROOT = Path(__file__).resolve().parent.parent

#: The acts, and the only modules that may perform them (each does so inside a point).
RENAMES = {"os.replace", "os.rename", "os.renames", "shutil.move", "os.link"}
MAY_RENAME = {"app/runtime/files.py"}
MAY_COMMIT = {
    "app/storage/database.py",
    "app/storage/schema.py",
    "app/storage/migrate.py",
    "app/storage/backup.py",
    "app/storage/ledgers/database.py",
}
# The sandbox plays the integrator: its state is its own and is never killed to see what is left.
APART = ("app/sandbox/",)


def _calls() -> list[tuple[str, int, str]]:
    found = []
    for path in sorted((ROOT / "app").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(APART):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found.append((name, node.lineno, ast.unparse(node.func)))
    return found


def test_files_are_renamed_in_one_place() -> None:
    strays = [c for c in _calls() if (c[2] in RENAMES or c[2].endswith(".rename")) and c[0] not in MAY_RENAME]
    assert strays == []


def test_transactions_are_committed_in_one_place() -> None:
    strays = [c for c in _calls() if c[2].endswith(".commit") and c[0] not in MAY_COMMIT]
    assert strays == []


def test_an_unnamed_commit_fails(tmp_path: Path) -> None:
    """Even by the back door: the write engine itself refuses."""
    db = Database.open(tmp_path / "x.db", clock=SystemClock())
    try:
        with pytest.raises(UnnamedCrashPoint), db._writer.begin() as connection:
            connection.execute(text("UPDATE setting SET value = value"))
        with pytest.raises(KeyError, match="never declared"), db.write("db.nobody.declared.this"):
            pass
    finally:
        db.close()


def test_an_unnamed_wire_call_fails() -> None:
    """The guard stands in the connector's one door to the network, before a socket is opened."""
    from app.connectors.izibiz.endpoint import parse_endpoint, parse_settings
    from app.connectors.izibiz.http import HttpLine

    line = HttpLine(parse_endpoint("http://127.0.0.1:9"), parse_settings({}))
    try:
        with pytest.raises(UnnamedCrashPoint):
            line.post("http://127.0.0.1:9/EInvoiceWS", b"<x/>", {}, changes=True)
    finally:
        line.close()


def test_every_point_is_killed_by_a_test() -> None:
    """Each declared name stands in a test that sends SIGKILL there."""
    import app.connectors.izibiz.points
    import app.signing.soft
    import app.storage.backup
    import app.storage.leases
    import app.storage.ledgers.importing
    import app.storage.settings_store
    import app.workflows.ledger_export
    import app.workflows.ledger_inventory
    import app.workflows.ledger_life
    import app.workflows.ledger_mappings
    import app.workflows.points

    killers = [
        p.read_text("utf-8")
        for p in (ROOT / "tests").rglob("test_*.py")
        if "SIGKILL" in p.read_text("utf-8") and p.name != Path(__file__).name
    ]
    declared = [n for n in crashpoints.declared() if not n.startswith(("bench.", "db.test", "test."))]
    # Operations that only read change nothing over there; the day kills several, the rest is the same code path.
    reads = app.connectors.izibiz.points.READING | {"LoadInvoice"}
    unkilled = [
        n
        for n in declared
        if not any(f'"{n}"' in source or f'"{n}:' in source for source in killers)
        and n.removeprefix("wire.izibiz.") not in reads
    ]
    assert unkilled == []
