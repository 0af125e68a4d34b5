"""SIGKILL around the rename of each whole-file write: the file is the old one or the new one, never half of either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.runtime.vault import Vault

ROOT = Path(__file__).resolve().parents[2]

WRITE_OUTPUT = """
from pathlib import Path
from app.runtime.files import write_output
write_output(Path(TARGET), b"new" * 100_000)
"""
WRITE_TEST_SEAL = """
from pathlib import Path
from app.domain.taxnumber import parse_tax_number
from app.signing.soft import TestSealer
TestSealer.create(parse_tax_number("9205121120"), "Deneme").save(Path(TARGET), "x")
"""
WRITE_VAULT = """
from pathlib import Path
from app.runtime.vault import Vault
Vault(Path(TARGET), "parola").set("izibiz:1", "yeni")
"""
WRITE_SETTING = """
from pathlib import Path
from app.runtime.clock import SystemClock
from app.storage.database import Database
from app.storage.settings_store import POINT, save_setting
db = Database.open(Path(TARGET), clock=SystemClock())
with db.write(POINT) as s:
    save_setting(s, "office_name", "yeni")
db.close()
"""
WRITE_SCOPE = """
from pathlib import Path
from app.runtime.paths import DataFolder
from app.runtime.secrets import _scope
_scope(DataFolder(Path(TARGET)).ensure())
"""


def _run(script: str, target: Path, crash_at: str | None) -> int:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "MUHURDAR_CRASH_GUARD": "1"}
    if crash_at:
        env["MUHURDAR_CRASH_AT"] = crash_at
    script = script.replace("TARGET", repr(str(target)))
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize(("name", "script"), [("file.output", WRITE_OUTPUT), ("file.test_seal", WRITE_TEST_SEAL)])
def test_a_file_is_whole_whatever_happens(name: str, script: str, phase: str, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    assert _run(script, target, f"{name}:{phase}") == -signal.SIGKILL
    left = target.read_bytes()
    assert (left == b"old") is (phase == "before")
    assert _run(script, target, None) == 0
    assert len(target.read_bytes()) > 1000


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize(("passage", "expected"), [("before", "eski"), ("after", "yeni")])
def test_the_vault_keeps_the_old_or_the_new_secret(passage: str, expected: str, tmp_path: Path) -> None:
    target = tmp_path / "vault.bin"
    Vault(target, "parola").set("izibiz:1", "eski")
    assert _run(WRITE_VAULT, target, f"file.vault:{passage}") == -signal.SIGKILL
    assert Vault(target, "parola").get("izibiz:1") == expected


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_the_folder_keeps_one_scope(phase: str, tmp_path: Path) -> None:
    """The id under which secrets stand in the keyring: made once; a crash while making it loses nothing."""
    assert _run(WRITE_SCOPE, tmp_path, f"file.scope:{phase}") == -signal.SIGKILL
    assert _run(WRITE_SCOPE, tmp_path, None) == 0
    made = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    assert _run(WRITE_SCOPE, tmp_path, "file.scope:before") == 0, "an existing id is never written again"
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == made


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="only on POSIX")
@pytest.mark.parametrize(("phase", "expected"), [("before", None), ("after", "yeni")])
def test_a_setting_is_stored_or_not(phase: str, expected: str | None, tmp_path: Path) -> None:
    from app.runtime.clock import SystemClock
    from app.storage.database import Database
    from app.storage.settings_store import load_settings

    target = tmp_path / "x.db"
    Database.open(target, clock=SystemClock()).close()
    assert _run(WRITE_SETTING, target, f"db.settings:{phase}") == -signal.SIGKILL
    db = Database.open(target, clock=SystemClock())
    with db.read() as s:
        assert load_settings(s).get("office_name") == expected
    db.close()
