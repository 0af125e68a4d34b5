"""SIGKILL before and after every write of an installation: the old state or the new one, and the next try succeeds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.runtime.children import ChildPool
from app.validation.packages.content import PackageKind
from app.validation.packages.store import PackageStore
from app.validation.packages.updating import update
from tests.validation.packagemaker import e_invoice_files, zipped

ROOT = Path(__file__).resolve().parents[2]
TAGS = "package.tags"
POINTS = ("package.sheet", "package.file", "package.index")
INSTALL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.runtime.children import ChildPool
from app.validation.packages.store import PackageStore
with ChildPool(1) as pool:
    store = PackageStore(Path(sys.argv[1]), pool=lambda: pool, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    store.install(Path(sys.argv[2]).read_bytes(), "new.zip")
"""

UPDATE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from app.runtime.children import ChildPool
from app.validation.packages.content import PackageKind
from app.validation.packages.store import PackageStore
from app.validation.packages.updating import update
with ChildPool(1) as pool:
    store = PackageStore(Path(sys.argv[1]), pool=lambda: pool, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    kind = PackageKind.E_INVOICE
    fetch = lambda address, max_bytes, tag: (Path(sys.argv[2]).read_bytes(), '"1"')
    list(update(store, {kind: ("https://x/e.zip",)}, fetch, only=frozenset([kind])))
"""


@pytest.fixture(scope="module")
def pool() -> Iterator[ChildPool]:
    with ChildPool(1) as made:
        yield made


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_installing(tmp_path: Path, pool: ChildPool, point: str, phase: str) -> None:
    folder = tmp_path / "packages"
    folder.mkdir()
    store = PackageStore(folder, pool=lambda: pool, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    old = store.install(zipped(e_invoice_files(release="20250101")), "old.zip").installed
    # A list more: the rules differ, so that a sheet is written too.
    raw = zipped(e_invoice_files(lists={"UserType": "A"}))
    (tmp_path / "new.zip").write_bytes(raw)
    ended = subprocess.run(
        [sys.executable, "-c", INSTALL, str(folder), str(tmp_path / "new.zip")],
        cwd=ROOT,
        env={**os.environ, "MUHURDAR_CRASH_AT": f"{point}:{phase}"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    current = store.current(PackageKind.E_INVOICE)
    assert current is not None
    is_new = (point, phase) == ("package.index", "after")
    assert (current.id != old.id) == is_new
    assert store.read(current).sha256 == current.sha256
    # The work is simply done again.
    again = store.install(raw, "new.zip")
    assert again.installed.is_current and len(store.installed()) == 2
    assert store.read(again.installed).sha256 == again.installed.sha256


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_while_the_fetched_file_is_noted(tmp_path: Path, pool: ChildPool, phase: str) -> None:
    folder = tmp_path / "packages"
    raw = zipped(e_invoice_files())
    (tmp_path / "new.zip").write_bytes(raw)
    ended = subprocess.run(
        [sys.executable, "-c", UPDATE, str(folder), str(tmp_path / "new.zip")],
        cwd=ROOT,
        env={**os.environ, "MUHURDAR_CRASH_AT": f"{TAGS}:{phase}"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
    store = PackageStore(folder, pool=lambda: pool, now=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    current = store.current(PackageKind.E_INVOICE)
    assert current is not None and store.read(current).sha256 == current.sha256
    asked: list[str] = []

    def fetch(_address: str, _max_bytes: int, tag: str) -> tuple[bytes | None, str]:
        asked.append(tag)
        return (None if tag else raw), tag

    kind = PackageKind.E_INVOICE
    (outcome,) = update(store, {kind: ("https://x/e.zip",)}, fetch, only=frozenset([kind]))
    assert (asked, outcome.error, outcome.report) == (['"1"' if phase == "after" else ""], None, None)
