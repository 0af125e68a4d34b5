"""Our own viewers: with them beside it a ledger opens in a browser and prints decently. XSLT 1.0, no script."""

from __future__ import annotations

from app.runtime.resources import resource_path

NAMES = ("yevmiye.xslt", "kebir.xslt", "berat.xslt", "defterraporu.xslt", "envanter.xslt")


def viewer_files() -> list[tuple[str, bytes]]:
    """(file name, bytes) of every viewer that a month's folder holds."""
    return [(name, resource_path(f"edefter/{name}").read_bytes()) for name in NAMES]
