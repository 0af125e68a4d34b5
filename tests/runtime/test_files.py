from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault
from app.runtime import crashpoints, files

POINT = crashpoints.declare("test.files", "a file of this test")
POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: permissions and signals")


def test_the_new_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "kayıt.bin"
    files.replace_file(target, b"eski", point=POINT)
    files.replace_file(target, b"yeni", point=POINT)
    assert target.read_bytes() == b"yeni"
    assert list(tmp_path.iterdir()) == [target]


@POSIX_ONLY
def test_data_files_are_for_this_user_only(tmp_path: Path) -> None:
    files.replace_file(tmp_path / "vault.bin", b"x", point=POINT)
    assert stat.S_IMODE((tmp_path / "vault.bin").stat().st_mode) == 0o600


def test_an_undeclared_point_writes_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"eski")
    with pytest.raises(KeyError, match=r"test\.nobody"):
        files.replace_file(target, b"yeni", point="test.nobody")
    assert target.read_bytes() == b"eski"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_while_filling_leaves_the_old_file_and_no_stray(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"eski")
    with pytest.raises(RuntimeError, match="kesildi"), files.staged(target, point=POINT) as temporary:
        temporary.write_bytes(b"yar")
        raise RuntimeError("kesildi")
    assert target.read_bytes() == b"eski"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_said_calmly(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught, files.staged(tmp_path / "a", point=POINT):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.code == "FILE.FULL"
    assert "yer" in caught.value.sentence
    assert isinstance(caught.value.__cause__, OSError)


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        files.replace_file(tmp_path / "yok" / "a", b"x", point=POINT)
    assert caught.value.code == "FILE.NO_FOLDER"


def test_each_refusal_has_its_own_words(tmp_path: Path) -> None:
    locked = OSError(errno.EACCES, "locked")
    locked.winerror = 32  # type: ignore[attr-defined,unused-ignore]
    codes = [
        files.write_fault(tmp_path, error).code
        for error in (locked, PermissionError(errno.EACCES, "no"), OSError(errno.EIO, "input/output"))
    ]
    assert codes == ["FILE.LOCKED", "FILE.DENIED", "FILE.WRITE"]


@POSIX_ONLY
@pytest.mark.parametrize(("moment", "expected"), [("before", b"eski"), ("after", b"yeni")])
def test_a_kill_around_the_rename_leaves_one_whole_file(tmp_path: Path, moment: str, expected: bytes) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"eski")
    code = (
        "import sys; from pathlib import Path; from app.runtime import files\n"
        "files.write_output(Path(sys.argv[1]), b'yeni')\n"
    )
    env = {**os.environ, "MUHURDAR_CRASH_AT": f"file.output:{moment}"}
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code, str(target)], env=env, cwd=root, check=False, timeout=60)
    assert done.returncode == -9
    assert target.read_bytes() == expected
    strays = [p for p in tmp_path.iterdir() if p != target]
    assert len(strays) == (1 if moment == "before" else 0)
    assert files.remove_leftovers(tmp_path) == 0  # young: it could belong to a live process
    assert files.remove_leftovers(tmp_path, older_than_s=-1) == len(strays)
    assert list(tmp_path.iterdir()) == [target]


def test_an_output_makes_its_folders_and_overwrites(tmp_path: Path) -> None:
    out = tmp_path / "çıktı" / "fatura.xml"
    files.write_output(out, b"bir")
    files.write_output(out, b"iki")
    assert out.read_bytes() == b"iki"


@POSIX_ONLY
def test_an_output_keeps_the_permissions_and_follows_links(tmp_path: Path) -> None:
    real, link = tmp_path / "gerçek", tmp_path / "kısayol"
    real.write_bytes(b"eski")
    real.chmod(0o640)
    link.symlink_to(real)
    files.write_output(link, b"yeni")
    assert link.is_symlink()
    assert real.read_bytes() == b"yeni"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@POSIX_ONLY
def test_a_device_is_written_to_and_never_replaced() -> None:
    files.write_output(Path("/dev/null"), b"x")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_an_output_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        files.write_output(tmp_path, b"x")
    assert caught.value.code == "FILE.IS_FOLDER"
