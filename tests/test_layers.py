"""The rooms and their doors, as .importlinter says: the code keeps them, and a breach of any is noticed."""

from __future__ import annotations

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# What a hurried hand could write, by the contract that must stop it: file under app/, line.
BREACHES = {
    "rooms": ("domain/breach.py", "import app.storage"),
    "sandbox-below": ("sandbox/breach.py", "import app.storage"),
    "sandbox-above": ("workflows/breach_sandbox.py", "import app.sandbox"),
    "sandbox-mirror": ("connectors/breach.py", "import app.sandbox"),
    "pdfworker-imports": ("pdfworker/breach.py", "import app.domain"),
    "pdfworker-alone": ("rendering/breach.py", "import app.pdfworker"),
    "qt": ("workflows/breach_qt.py", "from PySide6.QtCore import QObject"),
    "sql": ("workflows/breach_sql.py", "from sqlalchemy.orm import Session"),
    "sqlite": ("runtime/breach_sqlite.py", "import sqlite3"),
    "network": ("signing/breach_network.py", "def f():\n    import requests"),
    "http": ("storage/breach_http.py", "from http.client import HTTPSConnection"),
    "pkcs11": ("workflows/breach_pkcs11.py", "import pkcs11"),
    "saxon": ("ubl/breach_saxon.py", "import saxonche"),
    "keyring": ("storage/breach_keyring.py", "import keyring"),
    "workbooks": ("workflows/breach_workbooks.py", "import python_calamine"),
    "pdf": ("workflows/breach_pdf.py", "import pypdf"),
    "lxml": ("storage/breach_lxml.py", "from lxml import etree"),
}


def test_rooms_keep_their_doors(project: Path) -> None:
    output = _lint(project)
    assert "0 broken" in output, output


@pytest.fixture(scope="module")
def broken_contracts(project: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the contracts that fail on a copy of the code with every breach in it."""
    tree = tmp_path_factory.mktemp("layers")
    shutil.copy(project / ".importlinter", tree)
    shutil.copytree(project / "app", tree / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in BREACHES.values():
        (tree / "app" / name).write_text(f"{line}\n", encoding="utf-8")
    broken = [line for line in _lint(tree).splitlines() if " BROKEN" in line]
    return {name for name in _contract_names(project).values() if any(line.startswith(name) for line in broken)}


@pytest.mark.parametrize("contract", sorted(BREACHES))
def test_breach_is_noticed(contract: str, project: Path, broken_contracts: set[str]) -> None:
    assert _contract_names(project)[contract] in broken_contracts


def test_every_contract_has_a_breach(project: Path) -> None:
    assert set(_contract_names(project)) == set(BREACHES)


def _contract_names(project: Path) -> dict[str, str]:
    config = configparser.ConfigParser()
    config.read(project / ".importlinter", encoding="utf-8")
    prefix = "importlinter:contract:"
    return {s.removeprefix(prefix): config[s]["name"] for s in config.sections() if s.startswith(prefix)}


def _lint(tree: Path) -> str:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, encoding="utf-8", timeout=120)
    return done.stdout + done.stderr
