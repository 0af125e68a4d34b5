"""`ledger export`: a checked month goes out in each format and comes in again as the very same vouchers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .test_ledger_build_commands import ledger_company, source, take

__all__ = ["ledger_company"]


@pytest.mark.parametrize("target", ["izibiz", "uyumsoft-csv", "uyumsoft-xml", "turkcell"])
def test_a_month_goes_out_and_means_the_same(run: Any, ledger_company: str, tmp_path: Path, target: str) -> None:
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 12))
    out = tmp_path / "disari"
    base = ("--company", ledger_company, "--period", "2026-01")
    told = json.loads(run("ledger", "export", *base, "--format", target, "-o", out, "--json").out)
    assert told["written"] and told["lines"] == 24 and told["without_currency"] == 0
    before = json.loads(run("ledger", "check", *base, "--json").out)["checks"][0]
    assert run("ledger", "import", out, "--company", ledger_company, "--replace", "2026-01").code == 0
    after = json.loads(run("ledger", "check", *base, "--json").out)["checks"][0]
    same = ("vouchers", "lines", "debit", "credit", "entries", "counts", "ok")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    again = tmp_path / "yine"
    assert run("ledger", "export", *base, "--format", target, "-o", again).code == 0
    assert again.read_bytes() == out.read_bytes()


def test_a_month_with_errors_and_a_letter_without_place_write_nothing(
    run: Any, ledger_company: str, tmp_path: Path
) -> None:
    out = tmp_path / "disari.csv"
    base = ("ledger", "export", "--company", ledger_company, "--format", "izibiz", "-o", out)
    extra = "1-99;28.01.2026;100.01;ALT;KASA;Hatalı;10,00;;;;;A"
    take(run, ledger_company, source(tmp_path / "01.csv", 2026, 1, 3, extra=extra))
    ran = run(*base, "--period", "2026-01")
    assert ran.code == 1 and "DEFTER.ONE_LINE" in ran.err and not out.exists()
    path = tmp_path / "02.csv"
    head = "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Açıklama;Borç;Alacak;Kaydeden"
    rows = [
        f"1;2026-02-03;{code}.01;ALT;ADI;π ≥ 3;{sides};Ayşe" for code, sides in (("100", "1,00;"), ("600", ";1,00"))
    ]
    path.write_text("\n".join([head, *rows]), "utf-8")
    take(run, ledger_company, path)
    run(*base, "--period", "2026-02").refused(2, "'π' harfi cp1254 kodlamasında yok")
    assert not out.exists() and not list(tmp_path.glob(".muhurdar-*"))
    assert run(*base, "--period", "2026-02", "--encoding", "utf-8").code == 0
