"""The parts of the set-up that need no second machine: what it says, what it asks of apt, what it installs."""

from __future__ import annotations

import importlib
import os
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def provision(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """installer/provision.py as bootstrap.py imports it."""
    monkeypatch.syspath_prepend(project / "installer")
    yield importlib.import_module("provision")
    for name in ("provision", "system_packages", "bootstrap"):
        sys.modules.pop(name, None)


@pytest.fixture
def packages(provision: ModuleType) -> ModuleType:
    return provision.system_packages


# Lines as pip 23 to 26 print them.
PIP_LINES = [
    ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "Diskte yer bitti"),
    (
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError': Failed to establish a new "
        "connection: [Errno -3] Temporary failure in name resolution\nERROR: No matching distribution found for lxml",
        "İnternete ulaşılamadı",
    ),
    ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "özetle uyuşmadı"),
    ("ERROR: No matching distribution found for PySide6-Essentials==6.11.3", "uygun bir kütüphane bulunamadı"),
    ("ERROR: something new\n\n", "Kurulamadı. ERROR: something new"),
]


@pytest.mark.parametrize(("output", "sentence"), PIP_LINES)
def test_pip_trouble_becomes_a_sentence(provision: ModuleType, output: str, sentence: str) -> None:
    assert sentence in provision._sentence(output, "Kurulamadı.")


def test_full_disk_is_said_before_anything_is_made(
    provision: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(provision, "FREE_BYTES", 1 << 62)
    with pytest.raises(provision.SetUpFailed, match="Diskte yer yok"):
        provision._make_venv({})


def test_pointer_wheel_names_the_project(provision: ModuleType, project: Path, tmp_path: Path) -> None:
    root = tmp_path / "Ağaç"
    root.mkdir()
    (root / "pyproject.toml").write_bytes((project / "pyproject.toml").read_bytes())
    wheel = provision.build_pointer_wheel(root, tmp_path)
    with zipfile.ZipFile(wheel) as archive:
        texts = {Path(name).name: archive.read(name).decode() for name in archive.namelist()}
    assert texts["muhurdar.pth"].isascii()
    before = list(sys.path)
    try:
        exec(texts["muhurdar.pth"])
        assert sys.path[-1] == str(root)
    finally:
        sys.path[:] = before
    assert "muhurdar = app.__main__:main" in texts["entry_points.txt"]
    assert "[muhurdar.connectors]" in texts["entry_points.txt"]
    assert re.search(r"^Requires-Dist: lxml", texts["METADATA"], re.MULTILINE)


def test_missing_is_found_by_what_it_brings(packages: ModuleType, tmp_path: Path) -> None:
    there = packages.Need("exe:git", ("git",))
    (tmp_path / "Font.ttf").touch()
    font = packages.Need(f"file:{tmp_path.relative_to(tmp_path.anchor).as_posix()}/**/F?nt.ttf", ("fonts",))
    absent = [
        packages.Need("lib:libmuhurdar.so.9", ("libmuhurdar9",)),
        packages.Need("exe:muhurdar-yok", ("muhurdar-yok",)),
        packages.Need("file:usr/share/fonts/**/Muhurdar-Yok.ttf", ("fonts-yok",)),
    ]
    assert packages.find_missing([there, font, *absent]) == absent


@pytest.mark.skipif(sys.platform != "linux", reason="only on Linux")
def test_what_may_not_be_installed_is_said(packages: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUHURDAR_NO_APT", "1")
    said: list[str] = []
    poorer = packages.Need("exe:muhurdar-yok", ("muhurdar-yok",), vital=False)
    monkeypatch.setattr(packages, "NEEDS", (poorer,))
    packages.ensure(tests=True, say=said.append)
    assert "muhurdar-yok" in said[0]
    assert "devam ediliyor" in said[0]
    vital = packages.Need("lib:libmuhurdar.so.9", ("libmuhurdar9",))
    monkeypatch.setattr(packages, "NEEDS", (vital,))
    with pytest.raises(packages.CannotInstall, match=r"libmuhurdar(9|\.so\.9)"):
        packages.ensure(tests=False, say=said.append)


def test_first_name_apt_knows_is_taken(packages: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A library whose package was renamed: an apt-cache of our own knows only the old name, then only the new."""
    cache = tmp_path / "apt-cache"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    need = packages.Need("lib:libasound.so.2", ("libasound2t64", "libasound2"))
    for known in need.packages:
        cache.write_text(f'#!/bin/sh\n[ "$2" = {known} ] && echo "Package: $2"\nexit 0\n', encoding="utf-8")
        cache.chmod(0o755)
        assert packages.debian_names([need]) == [known]


# --- the locks -------------------------------------------------------------------------------------------------------

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def _locked(project: Path, name: str) -> dict[str, str]:
    text = (project / "installer" / name).read_text(encoding="utf-8")
    return {_plain(match[1]): match[2] for match in PINNED.finditer(text)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _wanted(requirements: list[str]) -> set[str]:
    return {_plain(re.match(r"[A-Za-z0-9._-]+", text)[0]) for text in requirements}  # type: ignore[index]


@pytest.fixture(scope="module")
def declared(project: Path) -> dict:
    return tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_locks_hold_every_dependency(project: Path, declared: dict) -> None:
    runtime, dev = _locked(project, "requirements.txt"), _locked(project, "requirements-dev.txt")
    assert _wanted(declared["dependencies"]) - set(runtime) == set()
    assert _wanted(declared["optional-dependencies"]["dev"]) - set(dev) == set()


def test_locks_agree(project: Path) -> None:
    runtime, dev = _locked(project, "requirements.txt"), _locked(project, "requirements-dev.txt")
    assert runtime.items() <= dev.items()


def test_qt_stays_below_the_version_that_aborts(project: Path) -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        versions = {v for package, v in _locked(project, name).items() if package.startswith(("pyside6", "shiboken6"))}
        assert len(versions) == 1
        major, minor = (int(part) for part in versions.pop().split(".")[:2])
        assert (6, 11) <= (major, minor) < (6, 12)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_lock_has_hashes_and_no_registry(project: Path, name: str) -> None:
    text = (project / "installer" / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", text)
    assert [entry.split("\n")[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []
    assert not re.search(r"://|--(?:extra-)?index|--find-links", text)
