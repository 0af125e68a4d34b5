"""The slow half of bootstrap.py: makes `.venv`, installs the locked libraries and puts the project into it.

Standard library only, Python 3.11 to 3.13. Safe against a second start at the same time, and against having been cut
short: a set-up that did not end is begun anew.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bootstrap
import system_packages

ROOT, VENV, VENV_PYTHON = Path(bootstrap.ROOT), Path(bootstrap.VENV), Path(bootstrap.VENV_PYTHON)
STAMP = Path(bootstrap.STAMP)
LOCK_FILE = ROOT / ".setup.lock"
LOG = VENV / "muhurdar-setup.log"
# The environment takes 0.9 GB (1.0 with the tools of the tests), its wheels while they come in another 0.35.
FREE_BYTES = 2 * 1024**3
# What pip prints when the cable is out, by cause. The first match speaks.
PIP_TROUBLES = (
    (
        ("no space left on device", "[errno 28]", "disk quota exceeded", "not enough space on the disk"),
        "Diskte yer bitti. Yer açın (en az 2 GB) ve komutu yeniden verin.",
    ),
    (
        ("do not match the hashes", "hash mismatch"),
        "İndirilen bir kütüphane beklenen özetle uyuşmadı: yolda bozulmuş ya da değiştirilmiş. "
        "Komutu yeniden verin; sürerse ağınızdaki vekil sunucuyu (proxy) denetleyin.",
    ),
    (
        (
            "newconnectionerror", "temporary failure in name resolution", "name or service not known", "getaddrinfo",
            "connection refused", "timed out", "max retries exceeded", "cannot connect to proxy",
            "network is unreachable",
            "certificate_verify_failed", "connection reset", "connection broken", "remote end closed", "proxyerror",
        ),
        "İnternete ulaşılamadı; kütüphaneler indirilemedi. "
        "Bağlantıyı (varsa vekil sunucu ve sertifika ayarını) denetleyip komutu yeniden verin.",
    ),
    (
        ("no matching distribution", "could not find a version"),
        "Bu makine için uygun bir kütüphane bulunamadı: ya internete ulaşılamıyor ya da işlemci veya işletim "
        "sistemi desteklenmiyor. ""Gerekenler: 64 bit Windows 10+ ya da güncel bir 64 bit Linux.",
    ),
)  # fmt: skip


class SetUpFailed(Exception):
    """The text is the sentence for the user."""


def set_up(mode: str, fingerprint: str) -> int:
    """Make everything ready for `mode` ("run" or "test"). Returns 0, or the exit code after saying what is wrong."""
    try:
        with _only_one():
            if not bootstrap.is_ready(mode):
                _set_up(mode, fingerprint)
    except (SetUpFailed, system_packages.CannotInstall) as error:
        _say(f"Kurulum tamamlanamadı. {error}")
        return bootstrap.EXIT_SETUP
    except OSError as error:
        _say(f"Kurulum tamamlanamadı. {_os_sentence(error)}")
        return bootstrap.EXIT_SETUP
    return 0


def _set_up(mode: str, fingerprint: str) -> None:
    with_tests = mode == "test"
    _say("Mühürdar kuruluyor; yalnızca ilk seferinde birkaç dakika sürer.")
    system_packages.ensure(tests=with_tests, say=_say)
    stamp = _read_stamp()
    identity = {"python": list(sys.version_info[:2]), "base": sys.base_prefix, "root": str(ROOT)}
    if not _is_usable(stamp, identity):
        _make_venv(identity)
        stamp = None
    # Busy stays written until all is done: whoever finds it knows the last set-up was cut short.
    _write_stamp({**(stamp or {}), **identity, "busy": True})
    _say("Kütüphaneler indirilip kuruluyor (yaklaşık 350 MB)...")
    lock = ROOT / "installer" / ("requirements-dev.txt" if with_tests else "requirements.txt")
    # The lock names everything, so pip has nothing to resolve; wheels only, so nothing is compiled here.
    _pip("install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", str(lock))
    _install_project()
    ready = {mode: fingerprint}
    if with_tests:
        ready["run"] = bootstrap.fingerprint("run")
    _write_stamp({**(stamp or {}), **identity, **ready, "busy": False})
    _say("Kurulum bitti.")


# --- one at a time ---------------------------------------------------------------------------------------------------


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the set-up lock; the system frees it when the process dies, however it dies.

    On POSIX the programs we start hold it too: a pip whose parent was killed works on, and nobody may start beside it.
    """
    with LOCK_FILE.open("a+b") as file:
        os.set_inheritable(file.fileno(), True)
        if not _try_lock(file, wait=False):
            _say("Başka bir kurulum sürüyor; bitmesi bekleniyor...")
            while not _try_lock(file, wait=True):
                pass
        yield


def _try_lock(file: Any, *, wait: bool) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(0)
            # LK_LOCK itself tries for ten seconds and then gives up, hence the loop of the caller.
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if isinstance(error, BlockingIOError) or sys.platform == "win32":
            return False
        raise
    return True


def _run(command: list[str], *, stdout: Any, stderr: int) -> subprocess.CompletedProcess[bytes]:
    # close_fds=False lets the lock through; Python opens everything else as not inheritable.
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, check=False, close_fds=os.name == "nt"
    )


# --- the virtual environment -----------------------------------------------------------------------------------------


def _read_stamp() -> dict[str, Any] | None:
    """The stamp; {} when it cannot be read; None when there is none."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _write_stamp(stamp: dict[str, Any]) -> None:
    temporary = STAMP.with_suffix(".new")
    temporary.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    temporary.replace(STAMP)


def _is_usable(stamp: dict[str, Any] | None, identity: dict[str, Any]) -> bool:
    """True for an environment of this Python and folder that no interrupted set-up left half-made."""
    if stamp is None:
        # Made by hand, perhaps: good enough when it is of this Python and has a pip.
        return VENV_PYTHON.exists() and _probe("import pip, sys; print(sys.version_info[:2])") == str(
            sys.version_info[:2]
        )
    same = all(stamp.get(key) == value for key, value in identity.items())
    return same and stamp.get("busy") is False and _probe("import pip; print('ok')") == "ok"


def _probe(program: str) -> str:
    try:
        done = subprocess.run([VENV_PYTHON, "-I", "-c", program], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _make_venv(identity: dict[str, Any]) -> None:
    free = shutil.disk_usage(ROOT).free
    if free < FREE_BYTES:
        raise SetUpFailed(
            f"Diskte yer yok: {ROOT} klasörünün bulunduğu diskte {free / 1024**3:.1f} GB boş, en az 2 GB gerekir. "
            "Yer açın ve komutu yeniden verin."
        )
    if importlib.util.find_spec("ensurepip") is None:
        if sys.platform != "linux":
            raise SetUpFailed("Bu Python eksik kurulmuş (ensurepip yok). Python'u python.org paketinden yeniden kurun.")
        system_packages.install_venv_package(_say)
    _say("Sanal ortam (.venv) hazırlanıyor...")
    # The Python of a virtual environment cannot clear the environment it runs from.
    python = getattr(sys, "_base_executable", None) or sys.executable
    steps = (
        # Without pip first, so that a half-made pip is never taken for a whole one: busy is written in between.
        [python, "-I", "-m", "venv", "--clear", "--without-pip", str(VENV)],
        [str(VENV_PYTHON), "-I", "-m", "ensurepip", "--upgrade", "--default-pip"],
    )
    for step in steps:
        done = _run(step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise SetUpFailed(_sentence(done.stdout.decode("utf-8", "replace"), "Sanal ortam yapılamadı."))
        _write_stamp({**identity, "busy": True})


# --- libraries -------------------------------------------------------------------------------------------------------


def _pip(*arguments: str) -> None:
    command = [
        str(VENV_PYTHON), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color", *arguments,
        "--progress-bar", "off",
    ]  # fmt: skip
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(command)}\n".encode())
        log.flush()
        start = log.tell()
        done = _run(command, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        output = LOG.read_bytes()[start:].decode("utf-8", "replace")
        raise SetUpFailed(f"{_sentence(output, 'Kütüphaneler kurulamadı.')}\nAyrıntı: {LOG}")


def _sentence(output: str, otherwise: str) -> str:
    low = output.lower()
    for signs, sentence in PIP_TROUBLES:
        if any(sign in low for sign in signs):
            return sentence
    last = next((line for line in reversed(output.splitlines()) if line.strip()), "")
    return f"{otherwise} {last.strip()}"


def _os_sentence(error: OSError) -> str:
    if error.errno == 28:
        return "Diskte yer bitti. Yer açın (en az 2 GB) ve komutu yeniden verin."
    if isinstance(error, PermissionError):
        return (
            f"{error.filename or ROOT} yazılamıyor: izin yok ya da dosya açık. Klasörü yazabildiğiniz bir yere "
            "(örneğin belgeleriniz) taşıyın, çalışan Mühürdar varsa kapatın ve komutu yeniden verin."
        )
    return f"İşletim sistemi izin vermedi: {error}. Sorunu giderip komutu yeniden verin."


# --- the project itself ----------------------------------------------------------------------------------------------


def _install_project() -> None:
    """Install a wheel that only points at this folder: commands and entry points without a build back end.

    It is what an editable install makes (PEP 660), with a plain path where setuptools would hook every import.
    """
    with tempfile.TemporaryDirectory() as folder:
        wheel = build_pointer_wheel(ROOT, Path(folder))
        _pip("install", "--no-index", "--no-deps", "--force-reinstall", str(wheel))


def build_pointer_wheel(root: Path, folder: Path) -> Path:
    """Write `<name>-<version>-py3-none-any.whl` into `folder` from `root`/pyproject.toml."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = f"{project['name']}-{project['version']}.dist-info"
    # An import line, not a bare path: that is read in the locale's encoding, and folders have Turkish names.
    pointer = f"import sys; sys.path.append({str(root)!a})\n"
    members = {
        f"{project['name']}.pth": pointer,
        f"{info}/METADATA": _metadata(project),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: muhurdar\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": _entry_points(project),
    }
    record = [f"{name},{_digest(text)},{len(text.encode())}" for name, text in members.items()]
    members[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""])
    wheel = folder / f"{project['name']}-{project['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return wheel


def _digest(text: str) -> str:
    raw = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _metadata(project: dict[str, Any]) -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {requirement}" for requirement in project["dependencies"]),
    ]
    return "\n".join(lines) + "\n"


def _entry_points(project: dict[str, Any]) -> str:
    groups = {"console_scripts": project.get("scripts", {}), **project.get("entry-points", {})}
    lines: list[str] = []
    for group, entries in groups.items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in entries.items()), ""]
    return "\n".join(lines)


def _say(text: str) -> None:
    """To stderr: what the command itself prints may be read by a program."""
    bootstrap.say(f"{text}\n", sys.stderr)


if __name__ == "__main__":
    _say("Bu dosya doğrudan çalıştırılmaz. Komut: python3 installer/bootstrap.py run")
    sys.exit(os.EX_USAGE if hasattr(os, "EX_USAGE") else 2)
