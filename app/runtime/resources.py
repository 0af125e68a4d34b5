"""Finding the files that ship beside the code, from the source tree and from a PyInstaller bundle alike."""

from __future__ import annotations

import sys
from pathlib import Path, PurePosixPath

from app.domain.errors import EnvironmentFault


def resources_root() -> Path:
    """The `resources` folder itself."""
    # PyInstaller unpacks the data files under sys._MEIPASS; from the source tree it is beside app/.
    bundle = getattr(sys, "_MEIPASS", None)
    base = Path(bundle) if bundle else Path(__file__).resolve().parents[2]
    return base / "resources"


def resource_path(relative: str) -> Path:
    """The absolute path of a shipped file or folder; `relative` uses `/`, e.g. `templates/invoice.xslt`.

    Raises: EnvironmentFault RESOURCE.MISSING when the installation lacks it; ValueError for a path that leaves
    the folder (a mistake in our code).
    """
    parts = PurePosixPath(relative)
    if parts.is_absolute() or ".." in parts.parts or "\\" in relative or not parts.parts:
        raise ValueError(f"not a relative resource path: {relative!r}")
    path = resources_root().joinpath(*parts.parts)
    if not path.exists():
        raise EnvironmentFault(
            "RESOURCE.MISSING",
            f"Programın bir dosyası bulunamadı: {relative}",
            why="Kurulum eksik ya da dosya silinmiş.",
            todo="Programı yeniden kurun; verileriniz etkilenmez.",
        )
    return path
