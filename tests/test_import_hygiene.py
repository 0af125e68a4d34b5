"""A command must start fast: the heavy libraries are loaded by the work that needs them, not by the door."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "PySide6",
    "shiboken6",
    "zeep",
    "requests",
    "sqlalchemy",
    "alembic",
    "lxml",
    "saxonche",
    "pkcs11",
    "cryptography",
)


def _loaded_by(program: str) -> set[str]:
    """Names of the top-level modules a new Python holds after `program`."""
    program += "\nimport sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["app.__main__", "app.cli"])
def test_door_loads_nothing_heavy(module: str) -> None:
    loaded = _loaded_by(f"import {module}")
    assert "app" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_work_is_seen_when_it_loads() -> None:
    """Guards the test above: a module that does use lxml is caught by the same question."""
    assert "lxml" in _loaded_by("import app.ubl.xmlsafe")
