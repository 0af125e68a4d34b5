from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault
from app.runtime.paths import DataFolder, cloud_folder_warning, resolve_data_dir


def test_the_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MUHURDAR_DATA_DIR", str(tmp_path / "env"))
    assert resolve_data_dir(str(tmp_path / "arg")) == tmp_path / "arg"
    assert resolve_data_dir(None) == tmp_path / "env"


def test_without_both_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MUHURDAR_DATA_DIR", raising=False)
    chosen = resolve_data_dir(None)
    assert chosen.is_absolute()
    assert "muhurdar" in str(chosen).lower()


def test_a_relative_folder_becomes_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve_data_dir("ofis") == tmp_path / "ofis"


def test_every_place_lies_inside_the_root_and_is_its_own(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    places = [
        folder.database,
        folder.taxpayers,
        folder.packages,
        folder.ledgers,
        folder.edefter,
        folder.vault,
        folder.backups,
        folder.logs,
        folder.cache,
    ]
    assert all(place.parent == tmp_path for place in places)
    assert len(set(places)) == len(places)


def test_ensure_makes_the_folders_for_this_user_only(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "derin" / "ofis").ensure()
    assert folder.logs.is_dir()
    assert folder.cache.is_dir()
    assert not folder.vault.exists()
    if sys.platform != "win32":
        assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700 & ~_umask()
    folder.ensure()  # a second start finds them


def test_a_place_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "dosya").write_text("bir dosya")
    with pytest.raises(EnvironmentFault) as caught:
        DataFolder(tmp_path / "dosya" / "ofis").ensure()
    assert caught.value.code == "DATA.FOLDER"
    assert "--data-dir" in caught.value.sentence


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/ayse/OneDrive/ofis", "OneDrive"),
        ("/home/ayse/OneDrive - Yılmaz Mali Müşavirlik/ofis", "OneDrive"),
        ("/home/ayse/Dropbox (Kişisel)/ofis", "Dropbox"),
        ("/home/ayse/Google Drive/ofis", "Google Drive"),
        ("/Users/ayse/Library/CloudStorage/GoogleDrive-ayse@example.com/ofis", "Google Drive"),
        ("/Users/ayse/Library/Mobile Documents/com~apple~CloudDocs/ofis", "iCloud"),
        ("/home/ayse/iCloudDrive/ofis", "iCloud"),
        ("/home/ayse/Yandex.Disk/ofis", "Yandex.Disk"),
    ],
)
def test_a_synced_folder_is_named(path: str, name: str) -> None:
    warning = cloud_folder_warning(Path(path))
    assert warning is not None
    assert name in warning


@pytest.mark.parametrize("path", ["/home/ayse/ofis", "/home/onedriver/ofis", "/srv/dropboxes/ofis", "/home/a/driver"])
def test_an_ordinary_folder_is_silent(path: str) -> None:
    assert cloud_folder_warning(Path(path)) is None


def test_the_folder_that_onedrive_names_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OneDriveCommercial", str(tmp_path / "Belgelerim"))
    assert "OneDrive" in (cloud_folder_warning(tmp_path / "Belgelerim" / "ofis") or "")
    assert cloud_folder_warning(tmp_path / "Belgelerim2") is None


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: making links needs a privilege on Windows")
def test_a_link_into_a_synced_folder_is_seen(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "ofis").symlink_to(tmp_path / "Dropbox")
    assert "Dropbox" in (cloud_folder_warning(tmp_path / "ofis") or "")


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
