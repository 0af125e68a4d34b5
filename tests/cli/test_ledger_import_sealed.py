"""Vouchers of a sealed month stay out until it is taken back; the last import is taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .test_ledger_build_commands import build, ledger_company, source, take

__all__ = ["ledger_company"]


@pytest.mark.parametrize("replace", [(), ("--replace", "2026-01", "--replace", "2026-02")])
def test_a_sealed_month_takes_no_voucher_until_it_is_taken_back(
    run: Any, ledger_company: str, tmp_path: Path, replace: tuple[str, ...]
) -> None:
    out = tmp_path / "defterler"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 3))
    build(run, ledger_company, out, "2026-01")
    february = source(tmp_path / "02.csv", 2026, 2, 2).read_bytes().partition(b"\r\n")[2]
    more = tmp_path / "hepsi.csv"
    more.write_bytes(source(tmp_path / "01b.csv", 2026, 1, 5).read_bytes() + february)
    words = ("ledger", "import", more, "--company", ledger_company, *replace)
    refused = run(*words, "--json")
    told = json.loads(refused.out)
    assert refused.code == 1 and (told["new"], told["locked"], told["replaced"]) == (2, 0, 0)
    assert told["sealed"] + told["same"] == 5 and told["sealed"] >= 2
    said = run(*words)
    assert said.code == 1 and "beratı mühürlü aya ait, alınmadı; önce ayı geri alın" in said.out
    back = run("ledger", "takeback", "--company", ledger_company, "--period", "2026-01", "--out", out)
    assert back.code == 0, back.err
    january = json.loads(run(*words, "--replace", "2026-01", "--json").out)
    assert january["sealed"] == 0 and january["new"] >= 5
    assert build(run, ledger_company, out, "2026-01")["checks"][0]["vouchers"] == 5


def test_the_last_import_is_taken_back(run: Any, ledger_company: str, tmp_path: Path) -> None:
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 3))
    wrong = source(tmp_path / "01b.csv", 2026, 1, 7)
    assert run("ledger", "import", wrong, "--company", ledger_company, "--replace", "2026-01").code == 0
    words = ("ledger", "import", "--undo", 2026, "--company", ledger_company)
    assert json.loads(run(*words, "--json").out) == {"year": 2026, "file": "01b.csv", "vouchers": 7}
    check = run("ledger", "check", "--company", ledger_company, "--period", "2026-01", "--json")
    assert json.loads(check.out)["checks"][0]["vouchers"] == 3
    assert "01.csv aktarması geri alındı; 3 fiş çıkarıldı." in run(*words).out
    run(*words).refused(2, "Geri alınacak bir aktarma yok.")
    run(*words[:-3], 2019, *words[-2:]).refused(2, "2019 hesap yılına fiş aktarılmamış")


def test_the_import_of_a_sealed_month_is_not_taken_back(run: Any, ledger_company: str, tmp_path: Path) -> None:
    out = tmp_path / "defterler"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 3))
    build(run, ledger_company, out, "2026-01")
    words = ("ledger", "import", "--undo", 2026, "--company", ledger_company)
    run(*words).refused(1, "Önce o ayı geri alın")
    assert run("ledger", "takeback", "--company", ledger_company, "--period", "2026-01", "--out", out).code == 0
    assert run(*words).code == 0


def test_what_is_taken_back_needs_no_file(run: Any, ledger_company: str, tmp_path: Path) -> None:
    path = source(tmp_path / "01.csv", 2026, 1, 3)
    run("ledger", "import", path, "--undo", 2026, "--company", ledger_company).refused(2, "--undo")
