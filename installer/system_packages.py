"""What the application needs from Linux itself: Qt's runtime libraries, fonts, and the tools of the tests.

Looked for by library, file or command name, so that the answer is right on every distribution; only the remedy is
Debian's. Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

APT_LOCK_WAIT_S = 180


@dataclass(frozen=True)
class Need:
    """One thing to be there, and the Debian packages that bring it: the first name apt knows is the right one."""

    what: str  # "lib:<soname>", "file:<glob under />", "exe:<command>"
    packages: tuple[str, ...]
    # Without it the program cannot start; the rest only makes it poorer (or skips tests).
    vital: bool = True
    only_for_tests: bool = False


def _libs(table: str, *, vital: bool) -> tuple[Need, ...]:
    rows = (line.split() for line in table.strip().splitlines())
    return tuple(Need(f"lib:{row[0]}", tuple(row[1:]), vital=vital) for row in rows)


# From the NEEDED entries of PySide6 6.11's QtWebEngineCore, QtWidgets and the offscreen plugin (readelf -d).
# Names ending in t64 are those of Debian 13 and Ubuntu 24.04 (64-bit time).
_TO_START = _libs(
    """
    libEGL.so.1 libegl1
    libGL.so.1 libgl1
    libX11.so.6 libx11-6
    libXcomposite.so.1 libxcomposite1
    libXdamage.so.1 libxdamage1
    libXext.so.6 libxext6
    libXfixes.so.3 libxfixes3
    libXrandr.so.2 libxrandr2
    libXtst.so.6 libxtst6
    libasound.so.2 libasound2t64 libasound2
    libbrotlidec.so.1 libbrotli1
    libdbus-1.so.3 libdbus-1-3
    libexpat.so.1 libexpat1
    libfontconfig.so.1 libfontconfig1
    libfreetype.so.6 libfreetype6
    libgbm.so.1 libgbm1
    libglib-2.0.so.0 libglib2.0-0t64 libglib2.0-0
    libgssapi_krb5.so.2 libgssapi-krb5-2
    libnspr4.so libnspr4
    libnss3.so libnss3
    libudev.so.1 libudev1
    libxcb-dri3.so.0 libxcb-dri3-0
    libxcb.so.1 libxcb1
    libxkbcommon.so.0 libxkbcommon0
    libxkbfile.so.1 libxkbfile1
    libz.so.1 zlib1g
    libzstd.so.1 libzstd1
    """,
    vital=True,
)

# From libQt6XcbQpa and the wayland plugin: a window on a screen needs the one or the other.
_FOR_A_SCREEN = _libs(
    """
    libX11-xcb.so.1 libx11-xcb1
    libxcb-cursor.so.0 libxcb-cursor0
    libxcb-glx.so.0 libxcb-glx0
    libxcb-icccm.so.4 libxcb-icccm4
    libxcb-image.so.0 libxcb-image0
    libxcb-keysyms.so.1 libxcb-keysyms1
    libxcb-randr.so.0 libxcb-randr0
    libxcb-render-util.so.0 libxcb-render-util0
    libxcb-render.so.0 libxcb-render0
    libxcb-shape.so.0 libxcb-shape0
    libxcb-shm.so.0 libxcb-shm0
    libxcb-sync.so.1 libxcb-sync1
    libxcb-util.so.1 libxcb-util1
    libxcb-xfixes.so.0 libxcb-xfixes0
    libxcb-xkb.so.1 libxcb-xkb1
    libxkbcommon-x11.so.0 libxkbcommon-x11-0
    libwayland-client.so.0 libwayland-client0
    libwayland-cursor.so.0 libwayland-cursor0
    libwayland-egl.so.1 libwayland-egl1
    """,
    vital=False,
)

NEEDS: tuple[Need, ...] = (
    *_TO_START,
    *_FOR_A_SCREEN,
    Need("file:usr/share/fonts/**/DejaVuSans.ttf", ("fonts-dejavu-core",), vital=False),
    Need("file:usr/share/fonts/**/LiberationSans-Regular.ttf", ("fonts-liberation",), vital=False),
    # The demo office seals through a real token when SoftHSM2 is there.
    Need("exe:softhsm2-util", ("softhsm2",), vital=False),
    Need("exe:xmlsec1", ("xmlsec1",), vital=False),
    Need("exe:Xvfb", ("xvfb",), vital=False),
    Need("exe:xdotool", ("xdotool",), vital=False, only_for_tests=True),
    Need("exe:pdftotext", ("poppler-utils",), vital=False, only_for_tests=True),
    # Other people's programs judge what ours writes: packages and time stamps.
    Need("exe:unzip", ("unzip",), vital=False, only_for_tests=True),
    Need("exe:openssl", ("openssl",), vital=False, only_for_tests=True),
)


class CannotInstall(Exception):
    """Something vital is missing and may not or could not be installed. The text is for the user."""


def ensure(*, tests: bool, say: Callable[[str], None]) -> None:
    """Install what is missing, where that is allowed; say what to do where it is not.

    Raises: CannotInstall, when the program could not start without it.
    """
    if sys.platform != "linux":
        return
    missing = find_missing(need for need in NEEDS if tests or not need.only_for_tests)
    if not missing:
        return
    problem = _install(missing, say)
    missing = find_missing(missing)
    if not missing:
        return
    text = advice(missing, problem)
    if any(need.vital for need in missing):
        raise CannotInstall(text)
    say(text)


def find_missing(needs: Iterable[Need]) -> list[Need]:
    libraries = _known_libraries()
    return [need for need in needs if not _is_there(need.what, libraries)]


def _known_libraries() -> set[str]:
    ldconfig = shutil.which("ldconfig", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if ldconfig is None:
        return set()
    listing = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False).stdout
    return {line.split()[0] for line in listing.splitlines() if " => " in line}


def _is_there(what: str, libraries: set[str]) -> bool:
    kind, _, name = what.partition(":")
    if kind == "lib":
        return name in libraries
    if kind == "exe":
        return shutil.which(name) is not None
    return next(Path("/").glob(name), None) is not None


def _install(missing: list[Need], say: Callable[[str], None]) -> str:
    """Try apt; return why it did not do, "" when it did."""
    if os.environ.get("MUHURDAR_NO_APT") == "1":
        return "MUHURDAR_NO_APT=1 olduğu için apt çağrılmadı."
    if shutil.which("apt-get") is None:
        return "Bu dağıtımda apt yok."
    prefix = _root_prefix()
    if prefix is None:
        return "Bunları kurmaya yetki yok (parolasız sudo gerekir)."
    say(f"Sistem paketleri kuruluyor ({len(missing)} eksik)...")
    apt = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-q",
        "-o",
        f"DPkg::Lock::Timeout={APT_LOCK_WAIT_S}",
    ]
    # The lists of a new machine are empty. Where the refresh fails, the lists at hand may still do.
    subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    names = debian_names(missing)
    command = [*apt, "install", "-y", "--no-install-recommends", *names]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    last_lines = " ".join((done.stderr or done.stdout).split("\n")[-4:]).strip()
    return f"apt kuramadı: {last_lines}"


def _root_prefix() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo is None:
        return None
    allowed = subprocess.run([sudo, "-n", "true"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return [sudo, "-n"] if allowed.returncode == 0 else None


def debian_names(missing: Iterable[Need]) -> list[str]:
    """The package names to install here; a name that changed between releases is asked of apt."""
    names = (need.packages[0] if len(need.packages) == 1 else _first_known(need.packages) for need in missing)
    return list(dict.fromkeys(names))


def _first_known(names: tuple[str, ...]) -> str:
    cache = shutil.which("apt-cache")
    for name in names:
        if cache and subprocess.run([cache, "show", name], capture_output=True, check=False).stdout:
            return name
    return names[-1]


def advice(missing: list[Need], problem: str) -> str:
    vital = any(need.vital for need in missing)
    head = "Eksik sistem paketleri var; uygulama onlarsız açılamaz." if vital else "Bazı sistem paketleri eksik."
    if shutil.which("apt-get"):
        remedy = "Şu komutla kurun:\n  sudo apt-get install " + " ".join(debian_names(missing))
    else:
        things = ", ".join(need.what.partition(":")[2].rpartition("/")[2] for need in missing)
        remedy = f"Dağıtımınızın paket yöneticisiyle şunları kurun:\n  {things}"
    after = "\nSonra bu komutu yeniden verin." if vital else "\nOnlarsız devam ediliyor."
    return " ".join(part for part in (head, problem, remedy) if part) + after


def install_venv_package(say: Callable[[str], None]) -> None:
    """Bring `ensurepip`, which Debian keeps in a package of its own.

    Raises: CannotInstall, with the command line the user can give.
    """
    name = f"python3.{sys.version_info.minor}-venv"
    need = Need("file:nowhere", (name,))
    problem = _install([need], say)
    if problem:
        raise CannotInstall(advice([need], problem))
