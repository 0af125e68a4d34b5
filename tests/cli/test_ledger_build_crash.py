"""SIGKILL while a month is numbered, written, sealed and recorded: afterwards it is built whole, once."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.signing.verify import verify_document
from app.workflows.ledger_crew import SMALL_LINES

from .test_ledger_build_commands import source

ROOT = Path(__file__).parents[2]
CARD = {
    "phone": "2165550142",
    "email": "muhasebe@ornek.example",
    "nace": "310903",
    "fiscal_year_start": "2026-01-01",
    "fiscal_year_end": "2026-12-31",
    "accountant": {"name": "Şükriye Yağcıoğlu"},
}


def muhurdar(data_dir: Path, *words: Any, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MUHURDAR_VAULT_PASSPHRASE": "kasa-parolasi", "PYTHONUTF8": "1"}
    if crash_at:
        environment["MUHURDAR_CRASH_AT"] = crash_at
    command = [sys.executable, "-m", "app", *map(str, words), "--data-dir", str(data_dir)]
    return subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def holders_of(folder: Path) -> list[int]:
    """The processes that have a file under `folder` open: children that outlive their parent for a moment."""
    found = []
    for links in Path("/proc").glob("[0-9]*/fd"):
        try:
            if any(str(link.readlink()).startswith(str(folder)) for link in links.iterdir()):
                found.append(int(links.parent.name))
        except OSError:
            continue  # another user's process, or one that has just gone
    return found


def wait_for_end(pid: int) -> None:
    """Until the process has gone; fails after ten seconds."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 10)[0], f"process {pid} outlived its parent"
    finally:
        os.close(handle)


@pytest.fixture
def office(tmp_path: Path, company_file: Path) -> tuple[Path, str]:
    """A data folder with a company and a month of vouchers."""
    data = json.loads(company_file.read_text("utf-8")) | CARD
    data["address"] |= {"street": "Bahariye Caddesi", "city": "İstanbul", "postal_code": "34710"}
    card = tmp_path / "firma.json"
    card.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    folder = tmp_path / "veri"
    assert muhurdar(folder, "company", "add", "--from", card).returncode == 0
    taken = muhurdar(folder, "ledger", "import", source(tmp_path / "01.csv", 2026, 1, 6), "--company", data["vkn"])
    assert taken.returncode == 0, taken.stderr
    return folder, str(data["vkn"])


def assert_whole_after_all(
    folder: Path, out: Path, words: tuple[Any, ...], *, vouchers: int, is_recorded: bool
) -> None:
    """Build again: from the record on the month is sealed, and what was left undone in the tree is done by now."""
    again = muhurdar(folder, *words)
    if is_recorded:
        assert again.returncode == 1 and "zaten mühürlü" in again.stderr, again.stderr
    else:
        assert again.returncode == 0, again.stderr
        told = json.loads(again.stdout)
        assert told["checks"][0]["entries"] == [1, vouchers] and len(told["files"]) == 6
    names = sorted(path.name.split("-", 2)[2] for path in out.rglob("*") if path.suffix in (".xml", ".zip"))
    assert names == [
        "K-000000.xml",
        "KB-000000.xml",
        "KB-000000.zip",
        "Y-000000.xml",
        "YB-000000.xml",
        "YB-000000.zip",
    ]
    assert not list(out.rglob(".muhurdar-*"))
    for path in out.rglob("*.xml"):
        assert verify_document(path.read_bytes()).valid
    assert muhurdar(folder, "ledger", "verify", out).returncode == 0


#: Each place in the tree is taken once per file; the third is in the middle of them.
RECORDED = {
    "ledger.number:before": False,
    "ledger.number:after": False,
    "ledger.built:before": False,
    "ledger.built:after": True,
    "ledger.book:before": True,
    "ledger.book:after": True,
    "ledger.book:3:before": True,
    "ledger.book:3:after": True,
    "ledger.moved:before": True,
    "ledger.moved:after": True,
    "ledger.viewer:before": False,
    "ledger.viewer:after": False,
}


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize(
    "at", ["ledger.number", "ledger.built", "ledger.book", "ledger.book:3", "ledger.moved", "ledger.viewer"]
)
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_killed_build_is_done_again_whole(office: tuple[Path, str], tmp_path: Path, at: str, phase: str) -> None:
    folder, vkn = office
    out = tmp_path / "defterler"
    name, _, nth = at.partition(":")
    words = ("ledger", "build", "--company", vkn, "--period", "2026-01", "--out", out, "--seal", "test", "--json")
    killed = muhurdar(folder, *words, crash_at=f"{name}:{phase}" + (f":{nth}" if nth else ""))
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for path in out.rglob(f"{vkn}-*.xml"):
        assert verify_document(path.read_bytes()).valid, f"half a file stands in the tree: {path.name}"
    assert_whole_after_all(folder, out, words, vouchers=6, is_recorded=RECORDED[f"{at}:{phase}"])


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux: /proc, pidfd")
@pytest.mark.parametrize("at", ["ledger.book:before:1", "ledger.book:after:4", "ledger.built:before:1"])
def test_a_killed_build_of_a_large_month_takes_its_children_with_it(
    office: tuple[Path, str], tmp_path: Path, at: str
) -> None:
    folder, vkn = office
    vouchers = SMALL_LINES // 2 + 100
    more = source(tmp_path / "01b.csv", 2026, 1, vouchers)
    taken = muhurdar(folder, "ledger", "import", more, "--company", vkn, "--replace", "2026-01")
    assert taken.returncode == 0, taken.stdout + taken.stderr
    out = tmp_path / "defterler"
    words = ("ledger", "build", "--company", vkn, "--period", "2026-01", "--out", out, "--seal", "test", "--json")
    killed = muhurdar(folder, *words, crash_at=at)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    for pid in holders_of(tmp_path):
        wait_for_end(pid)
    for path in out.rglob(f"{vkn}-*.xml"):
        assert verify_document(path.read_bytes()).valid, f"half a file stands in the tree: {path.name}"
    assert_whole_after_all(folder, out, words, vouchers=vouchers, is_recorded=at != "ledger.built:before:1")
