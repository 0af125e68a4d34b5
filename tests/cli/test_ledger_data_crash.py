"""SIGKILL while a mapping, an inventory list, a sealed inventory or an integrator's file takes its place."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from app.signing.verify import verify_document

from .test_ledger_build_commands import source
from .test_ledger_build_crash import muhurdar, office

__all__ = ["office"]

ITEMS = "Ana Hesap;Ana Hesap Adı;Hesap Kodu;Hesap Adı;Tutar\n100;KASA;100.01;Merkez;1.250,40\n"
POINTS = (
    "ledger.mapping",
    "ledger.exported",
    "ledger.inventory",
    "ledger.inventory_built",
    "ledger.inventory_moved",
    "ledger.mended",
)
LACKING = (
    "Fiş No;Tarih;Hesap Kodu;Ana Hesap Adı;Borç;Alacak;Belge Türü;Belge No;Belge Tarihi;Kaydeden\n"
    "X1;02.03.2026;120;ALICILAR;118,00;;fatura;ABC2026000000007;02.03.2026;Ayşe\n"
    "X1;02.03.2026;600;SATIŞLAR;;118,00;fatura;;02.03.2026;Ayşe\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: SIGKILL")
@pytest.mark.parametrize("phase", ["before", "after"])
def test_killed_it_is_the_old_state_or_the_new_one(office: tuple[Path, str], tmp_path: Path, phase: str) -> None:
    folder, vkn = office
    items = tmp_path / "envanter.csv"
    items.write_text(ITEMS, "utf-8")
    rows = source(tmp_path / "02.csv", 2026, 2, 3)
    out, tree = tmp_path / "disari.csv", tmp_path / "defterler"
    lacking = tmp_path / "03.csv"
    lacking.write_text(LACKING, "utf-8")
    assert muhurdar(folder, "ledger", "import", lacking, "--company", vkn).returncode == 0
    mine = ("--company", vkn)
    words: dict[str, tuple[Any, ...]] = {
        "ledger.mapping": ("ledger", "import", rows, *mine, "--save-mapping", "Logo"),
        "ledger.exported": ("ledger", "export", *mine, "--period", "2026-01", "--format", "izibiz", "-o", out),
        "ledger.inventory": ("ledger", "inventory", "import", items, *mine, "--day", "2026-01-01"),
        "ledger.inventory_built": (
            "ledger", "inventory", "build", *mine, "--day", "2026-01-01", "--out", tree, "--seal", "test",
        ),
        "ledger.inventory_moved": ("ledger", "inventory", "filed", *mine, "--day", "2026-01-01"),
        "ledger.mended": ("ledger", "fix", *mine, "--period", "2026-03", "--yes"),
    }  # fmt: skip
    for point in POINTS:
        killed = muhurdar(folder, *words[point], crash_at=f"{point}:{phase}")
        assert killed.returncode == -signal.SIGKILL, (point, killed.stderr)
        if point == "ledger.exported":
            assert out.exists() is (phase == "after")
        again = muhurdar(folder, *words[point])
        # A day that was sealed is not sealed again unasked, one that was filed is not filed twice.
        expected = int(point in ("ledger.inventory_built", "ledger.inventory_moved") and phase == "after")
        assert again.returncode == expected, (point, again.stderr)
    fixes = json.loads(muhurdar(folder, "ledger", "fix", *mine, "--period", "2026-03", "--history", "--json").stdout)
    assert [one["changes"] for one in fixes["fixes"]] == [1]
    known = muhurdar(folder, "ledger", "import", rows, *mine, "--mapping", "Logo", "--json")
    assert known.returncode == 0 and json.loads(known.stdout)["same"] == 3
    assert out.read_bytes().count(b"\r\n") == 13
    books = [*tree.rglob(f"{vkn}-202601-E*.xml")]
    assert len(books) == 2 and all(verify_document(path.read_bytes()).valid for path in books)
    assert ">2</gl-cor:entryNumberCounter>" not in next(tree.rglob("*-E-*.xml")).read_text("utf-8")
