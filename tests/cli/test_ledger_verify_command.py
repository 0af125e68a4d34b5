"""`muhurdar ledger verify`: a whole archive holds, and every kind of harm to it is seen and named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .test_ledger_build_commands import build, ledger_company, source, take

__all__ = ["ledger_company"]


@pytest.fixture
def archive(run: Any, ledger_company: str, tmp_path: Path) -> Path:
    out = tmp_path / "defterler"
    for month in (1, 2):
        take(run, ledger_company, source(tmp_path / f"{month}.csv", 2026, month, 5))
        build(run, ledger_company, out, f"2026-{month:02d}")
    return out


def verdicts(run: Any, archive: Path) -> tuple[int, dict[str, list[str]]]:
    ran = run("ledger", "verify", archive, "--json")
    return ran.code, {Path(one["file"]).name: one["problems"] for one in json.loads(ran.out)["files"]}


def test_a_whole_archive_holds(run: Any, archive: Path) -> None:
    code, found = verdicts(run, archive)
    assert code == 0 and len(found) == 8 and not any(found.values())
    assert "tamam" in run("ledger", "verify", archive).out


def one(archive: Path, kind: str, month: str = "01") -> Path:
    (path,) = archive.rglob(f"*-2026{month}-{kind}-000000.xml")
    return path


def _flip(path: Path, old: bytes, new: bytes) -> None:
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new, 1))


HARMS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "a changed letter": (lambda a: _flip(one(a, "Y"), b"Kay\xc4\xb1t", b"Kayit"), "-202601-Y-", "Mühür tutmuyor"),
    "a lost end": (lambda a: one(a, "K").write_bytes(one(a, "K").read_bytes()[:-400]), "-202601-K-", "okunamadı"),
    "an empty file": (lambda a: one(a, "YB").write_bytes(b""), "-202601-YB-", "boş"),
    "a lost ledger": (lambda a: one(a, "K").unlink(), "-202601-KB-", "defteri yok"),
    "another month's ledger": (
        lambda a: shutil.copy(one(a, "Y", "02"), one(a, "Y")),
        "-202601-Y-",
        "dönem ile içindeki farklı",
    ),
    "a ledger built anew without its berat": (
        lambda a: shutil.copy(one(a, "YB", "02"), one(a, "YB")),
        "-202601-YB-",
        "mühür değeri",
    ),
}


@pytest.mark.parametrize("harm", list(HARMS))
def test_harm_is_seen_and_named(run: Any, archive: Path, harm: str) -> None:
    do, where, words = HARMS[harm]
    do(archive)
    code, found = verdicts(run, archive)
    assert code == 1
    said = [problem for name, problems in found.items() if where in name for problem in problems]
    assert any(words in problem for problem in said), found


def test_a_gap_between_months_is_seen(run: Any, archive: Path, tmp_path: Path, ledger_company: str) -> None:
    take(run, ledger_company, source(tmp_path / "3.csv", 2026, 3, 4))
    build(run, ledger_company, archive, "2026-03")
    shutil.rmtree(one(archive, "Y", "02").parent)
    code, found = verdicts(run, archive)
    assert code == 1
    (problems,) = [problems for name, problems in found.items() if "-202603-Y-" in name]
    assert "Madde numarası 6 ile başlamalıyken 11." in problems


def test_what_is_no_archive_says_so(run: Any, tmp_path: Path) -> None:
    run("ledger", "verify", tmp_path / "yok").refused(2, "Klasör bulunamadı")
    run("ledger", "verify", tmp_path).refused(2, "Klasörde defter yok")
