"""What dropped or chosen files are: GİB's approved berats, ledger files to look at, or sources of vouchers."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.edefter.archive import FileName, parse_name

_START: Final = 8 * 1024
Month = tuple[str, str]


@dataclass(slots=True)
class Sorted:
    """`berats` by (tax number, YYYYMM); the key is empty for a zip or a file whose names say nothing."""

    berats: dict[Month, list[Path]] = field(default_factory=dict)
    views: list[Path] = field(default_factory=list)
    sources: list[Path] = field(default_factory=list)


def sort_files(paths: Sequence[Path], *, waits: bool) -> Sorted:
    """Look at each file. Not in the GUI thread. `waits`: the open month waits for nothing but GİB's files."""
    found = Sorted()
    for path in paths:
        names = _names(path)
        approved = [name for name in names if name.is_gibs]
        ending = path.suffix.lower()
        if approved:
            found.berats.setdefault((approved[0].owner, approved[0].period), []).append(path)
        elif _is_ledger(path) and (names or not waits):
            found.views.append(path)
        elif waits and ending in (".xml", ".zip"):
            found.berats.setdefault(("", ""), []).append(path)
        else:
            found.sources.append(path)
    return found


def _names(path: Path) -> list[FileName]:
    """What the file's own name says, or the names inside a zip."""
    if path.suffix.lower() != ".zip":
        said = parse_name(path.name)
        return [said] if said is not None else []
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [parse_name(Path(name).name) for name in archive.namelist()[:1_000]]
    except (OSError, zipfile.BadZipFile):
        return []
    return [name for name in inside if name is not None]


def _is_ledger(path: Path) -> bool:
    """By its root, wherever it was renamed to."""
    if path.suffix.lower() != ".xml":
        return False
    try:
        with path.open("rb") as file:
            return b"<edefter:" in file.read(_START)
    except OSError:
        return False
