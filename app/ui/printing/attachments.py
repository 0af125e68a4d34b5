"""Saving what a sender put into a document: only where the user says, under a name that can do no harm."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.runtime.files import write_output

if TYPE_CHECKING:
    from app.ubl.attachments import Attachment

#: Windows runs or trusts these on a double click; they are saved, but so that nothing runs.
_PROGRAM_ENDINGS: Final = (
    "exe com scr pif bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta msi msp mst lnk url reg jar cpl chm inf scf iso img"
    " vhd application gadget desktop sh html htm xhtml svg mht mhtml docm xlsm pptm xlam"
)
_PROGRAMS: Final = frozenset(_PROGRAM_ENDINGS.split())
_DEVICES: Final = frozenset(["con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))])
_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_LONGEST: Final = 120


def clean_name(name: str, *, fallback: str = "ek") -> str:
    """A file name without path, control or direction marks, reserved names or trailing dots; never empty.

    U+202E and its kin turn `gnp.exe` into `exe.png` before one's eyes, so all format characters go.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        "_" if c in _FORBIDDEN else c
        for c in unicodedata.normalize("NFC", last)
        if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    stem, dot, ending = " ".join(kept.split()).strip(" .").rpartition(".")
    if not dot:
        stem, ending = ending, ""
    stem = stem.strip(" .")[:_LONGEST] or fallback
    if stem.split(".", 1)[0].lower() in _DEVICES:
        stem = f"_{stem}"
    cleaned = f"{stem}.{ending[:16]}" if ending else stem
    return f"{cleaned}.txt" if is_program(cleaned) else cleaned


def is_program(name: str) -> bool:
    """Whether the system would run or trust a file of this name."""
    return name.rpartition(".")[2].lower() in _PROGRAMS


def save_all(attachments: list[Attachment], folder: Path) -> list[Path]:
    """Write every attachment into `folder`; nothing that lies there is overwritten. Raises: EnvironmentFault FILE.*."""
    written = []
    for number, attachment in enumerate(attachments, start=1):
        path = _free(folder / clean_name(attachment.name, fallback=f"ek-{number}"))
        write_output(path, attachment.content)
        written.append(path)
    return written


def _free(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}_{number}{path.suffix}")
    return free
