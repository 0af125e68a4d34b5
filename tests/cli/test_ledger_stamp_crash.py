"""SIGKILL while a time stamp is asked for: nothing stands in the tree, and the next build gives the whole month."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.sandbox.tsa import TimeStampAuthority
from app.signing.verify import verify_document

from .test_ledger_build_crash import muhurdar, office

__all__ = ["office"]


@pytest.fixture
def tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority() as authority:
        yield authority


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_nothing_stands_half_done(
    office: tuple[Path, str], tsa: TimeStampAuthority, tmp_path: Path, phase: str
) -> None:
    folder, vkn = office
    tree = tmp_path / "defterler"
    build = ("ledger", "build", "--company", vkn, "--period", "2026-01", "--out", tree, "--seal", "test")
    stamped = (*build, "--time-stamp", "berats", "--tsa", tsa.url)
    killed = muhurdar(folder, *stamped, crash_at=f"tsa.post:{phase}")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert tsa.stamped == (phase == "after") and not list(tree.rglob("*B-*.xml"))
    again = muhurdar(folder, *stamped)
    assert again.returncode == 0, again.stderr
    books = sorted(tree.rglob(f"{vkn}-202601-*.xml"))
    assert len(books) == 4
    for path in books:
        (signature,) = verify_document(path.read_bytes()).signatures
        assert signature.valid and (signature.time_stamp is not None) is ("B-" in path.name)
