"""SIGKILL while a month is numbered, written, sealed and recorded: afterwards a build gives the whole month."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.signing.verify import verify_document

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


# Each place in the tree is taken once per file; the third is in the middle of them.
@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("at", ["ledger.number", "ledger.book", "ledger.book:3", "ledger.built"])
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
    again = muhurdar(folder, *words)
    assert again.returncode == 0, again.stderr
    told = json.loads(again.stdout)
    assert told["checks"][0]["entries"] == [1, 6] and len(told["files"]) == 6
    for entry in told["files"]:
        if entry["file"].endswith(".xml"):
            assert verify_document(Path(entry["file"]).read_bytes()).valid
