"""Offices for the e-Defter tests, with GİB's package and a time stamp authority where they want one."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli import main
from app.sandbox.tsa import TimeStampAuthority
from tests.e2e.edefter_desk import Desk


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    monkeypatch.setenv("MUHURDAR_VAULT_PASSPHRASE", "kasa-icin-uzun-bir-parola")
    made = Desk(tmp_path / "veri", tmp_path, tmp_path / "defterler", capsys)
    made.card()
    return made


@pytest.fixture(scope="module")
def with_package(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds GİB's e-Defter package: installed once, copied for every test."""
    place = tmp_path_factory.mktemp("paket")
    with zipfile.ZipFile(place / "edefter.zip", "w") as archive:
        folder = shared / "gib" / "edefter-paketi"
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, str(path.relative_to(folder)))
    assert main(["package", "install", str(place / "edefter.zip"), "--data-dir", str(place / "veri")]) == 0
    return place / "veri" / "packages"


@pytest.fixture
def judged(desk: Desk, with_package: Path) -> Desk:
    """The office with GİB's e-Defter package: every file that it builds is judged by the official rules."""
    shutil.copytree(with_package, desk.data / "packages", dirs_exist_ok=True)
    return desk


@pytest.fixture(scope="module")
def open_tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority() as authority:
        yield authority


@pytest.fixture
def stamped(judged: Desk, open_tsa: TimeStampAuthority) -> Desk:
    """The judged office, its berats stamped: what is sent to GİB for approval is (Uyumluluk Onay Kılavuzu 1.7)."""
    judged.more = ("--time-stamp", "berats", "--tsa", open_tsa.url)
    return judged


@pytest.fixture(scope="module")
def tsa() -> Iterator[TimeStampAuthority]:
    with TimeStampAuthority(login="kamusm", user="7521", password="gizli") as authority:
        yield authority
