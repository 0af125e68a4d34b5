"""Where the PKCS#11 modules of the seals used in Turkey are installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

# File names as their makers install them. AKİS: KamuSM's own cards (most mali mühür); SafeNet and SafeSign: older
# USB tokens; OpenSC knows several cards; SoftHSM2 is for tests and the demo.
_WINDOWS_SYSTEM = ("akisp11.dll", "eTPKCS11.dll", "aetpkss1.dll", "cmP11.dll", "siecap11.dll")
_WINDOWS_PROGRAMS = (
    r"OpenSC Project\OpenSC\pkcs11\opensc-pkcs11.dll",
    r"SafeNet\Authentication\SAC\x64\eTPKCS11.dll",
    r"SoftHSM2\lib\softhsm2-x64.dll",
)
_LINUX_FOLDERS = (
    "/usr/lib",
    "/usr/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/local/lib",
    "/opt/akis",
    "/opt/akis/lib",
)
_LINUX_NAMES = (
    "libakisp11.so",
    "libeTPkcs11.so",
    "libeToken.so",
    "libaetpkss.so.3",
    "opensc-pkcs11.so",
    "softhsm/libsofthsm2.so",
    "pkcs11/libsofthsm2.so",
)
_TITLES = (
    ("akis", "AKİS"),
    ("etpkcs11", "SafeNet"),
    ("etoken", "SafeNet"),
    ("aetpkss", "SafeSign"),
    ("opensc", "OpenSC"),
    ("softhsm", "SoftHSM2"),
)


def known_modules() -> list[Path]:
    """Return the installed PKCS#11 modules among the known places, links resolved, each file once."""
    found: dict[Path, None] = {}
    for candidate in _candidates():
        if candidate.is_file():
            found[candidate.resolve()] = None
    return list(found)


def module_title(path: Path) -> str:
    """The maker's name for a module, else its file name."""
    name = path.name.lower()
    return next((title for part, title in _TITLES if part in name), path.name)


def find_softhsm() -> Path | None:
    """The SoftHSM2 module, when it is installed."""
    return next((path for path in known_modules() if "softhsm" in path.name.lower()), None)


def _candidates() -> Iterator[Path]:
    if sys.platform == "win32":
        system = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
        yield from (system / name for name in _WINDOWS_SYSTEM)
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "SYSTEMDRIVE"):
            base = os.environ.get(variable)
            if base:
                # "C:" alone means the current folder of that drive.
                yield from (Path(f"{base}\\") / name for name in _WINDOWS_PROGRAMS)
        return
    yield from (Path(folder) / name for folder in _LINUX_FOLDERS for name in _LINUX_NAMES)
