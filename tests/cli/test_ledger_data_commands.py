"""ledger fix, start, mapping and the report: the same commands that a person types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .test_ledger_build_commands import HEAD, ledger_company, source, take

__all__ = ["ledger_company"]


def lacking(path: Path) -> Path:
    """A month with an invoice whose number stands on one line only, and a voucher of two days."""
    rows = [
        HEAD,
        "1;02.01.2026;120.01;ALICI;ALICILAR;Satış;118,00;;fatura;ABC2026000000007;02.01.2026;Ayşe",
        "1;02.01.2026;600.01;SATIŞ;SATIŞLAR;Satış;;118,00;fatura;;02.01.2026;Ayşe",
        "2;03.01.2026;100.01;KASA;KASA;Tahsilat;50,00;;;;;Ayşe",
        "2;03.01.2026;120.01;ALICI;ALICILAR;Tahsilat;;50,00;;;;Ayşe",
        "2;09.01.2026;100.01;KASA;KASA;Tahsilat;10,00;;;;;Ayşe",
        "2;09.01.2026;120.01;ALICI;ALICILAR;Tahsilat;;10,00;;;;Ayşe",
    ]
    path.write_text("\n".join(rows), "utf-8")
    return path


def codes(run: Any, company: str) -> set[str]:
    ran = run("ledger", "check", "--company", company, "--period", "2026-01", "--json")
    (check,) = json.loads(ran.out)["checks"]
    return {finding["code"] for finding in check["findings"]}


def test_fixes_are_shown_done_listed_and_undone(run: Any, ledger_company: str, tmp_path: Path) -> None:
    take(run, ledger_company, lacking(tmp_path / "ocak.csv"))
    mine = ("--company", ledger_company, "--period", "2026-01")
    assert {"DEFTER.DOCUMENT_NUMBER", "DEFTER.TWO_DAYS"} <= codes(run, ledger_company)
    shown = run("ledger", "fix", *mine)
    assert shown.code == 0 and "'' → 'ABC2026000000007'" in shown.out and "--yes verin" in shown.out
    offers = run("ledger", "fix", *mine, "--preview", "--json").json()["offers"]
    assert [offer["code"] for offer in offers] == ["DEFTER.DOCUMENT_NUMBER", "DEFTER.TWO_DAYS"]
    assert "DEFTER.TWO_DAYS" in codes(run, ledger_company), "showing changes nothing"
    done = run("ledger", "fix", *mine, "--yes", "--who", "Ayşe Işık", "--json").json()
    assert (done["applied"], done["changes"], len(done["fixes"])) == (2, 3, 2)
    assert not {"DEFTER.DOCUMENT_NUMBER", "DEFTER.TWO_DAYS"} & codes(run, ledger_company)
    listed = run("ledger", "fix", *mine, "--history", "--json").json()["fixes"]
    assert [(one["who"], one["undone"]) for one in listed] == [("Ayşe Işık", False)] * 2
    for one in listed:
        assert run("ledger", "fix", *mine, "--undo", str(one["id"])).code == 0
    assert {"DEFTER.DOCUMENT_NUMBER", "DEFTER.TWO_DAYS"} <= codes(run, ledger_company)
    run("ledger", "fix", *mine, "--yes", "--preview").refused(2, "Ne yapılacağı")
    run("ledger", "fix", *mine, "--finding", "DEFTER.BALANCE").refused(2, "düzeltme yok")


def test_what_cannot_be_mended_is_said(run: Any, ledger_company: str, tmp_path: Path) -> None:
    path = lacking(tmp_path / "ocak.csv")
    path.write_text(path.read_text("utf-8").replace("Tahsilat;10,00", "Tahsilat;11,00"), "utf-8")
    take(run, ledger_company, path)
    ran = run(
        "ledger", "fix", "--company", ledger_company, "--period", "2026-01", "--yes", "--finding", "DEFTER.TWO_DAYS"
    )
    assert ran.code == 1 and "denk olmuyor" in ran.err


def test_the_start_is_typed_in_or_read(run: Any, ledger_company: str, tmp_path: Path) -> None:
    words = ("ledger", "start", "--company", ledger_company)
    ran = run(*words, "--period", "2026-03", "--entry", "41", "--line", "200", "--sequence", "2", "--json").json()
    assert ran["kept"] and (ran["entry"], ran["line"], ran["sequence"]) == (41, 200, 2)
    take(run, ledger_company, source(tmp_path / "03.csv", 2026, 3, 4))
    ran = run("ledger", "check", "--company", ledger_company, "--period", "2026-03", "--json")
    assert json.loads(ran.out)["checks"][0]["entries"] == [42, 45]
    out = tmp_path / "defterler"
    built = run("ledger", "build", "--company", ledger_company, "--period", "2026-03", "--out", out, "--seal", "test")
    assert built.code == 0, built.err
    journal = next(out.rglob("*-Y-000000.xml"))
    assert "YEV202603000003" in journal.read_text("utf-8")
    shown = run(*words, "--from", journal, "--preview", "--json").json()
    assert (shown["period"], shown["entry"], shown["line"], shown["sequence"]) == ("2026-04", 45, 208, 3)
    assert not shown["kept"]
    refused = run(*words, "--period", "2026-04", "--entry", "1", "--line", "2")
    assert refused.code == 1 and "defter oluşturulmuş" in refused.err
    run(*words).refused(2, "nereden alınacağı")


def test_mappings_are_listed_and_forgotten(run: Any, ledger_company: str, tmp_path: Path) -> None:
    path = source(tmp_path / "01.csv", 2026, 1, 2)
    assert run("ledger", "import", path, "--company", ledger_company, "--save-mapping", "Logo").code == 0
    mine = ("--company", ledger_company)
    assert run("ledger", "mapping", "list", *mine, "--json").json() == {"mappings": ["Logo"]}
    assert run("ledger", "mapping", "delete", "Logo", *mine).code == 0
    assert "Kayıtlı eşleme yok" in run("ledger", "mapping", "list", *mine).out
    run("ledger", "mapping", "delete", "Logo", *mine).refused(2, "bulunamadı")


@pytest.mark.parametrize("ending", ["xlsx", "pdf"])
def test_a_check_is_written_as_a_report(run: Any, ledger_company: str, tmp_path: Path, ending: str) -> None:
    take(run, ledger_company, lacking(tmp_path / "ocak.csv"))
    report = tmp_path / f"rapor.{ending}"
    ran = run("ledger", "check", "--company", ledger_company, "--period", "2026-01", "--report", report)
    assert ran.code == 1 and "Rapor yazıldı" in ran.err
    assert report.read_bytes()[:2] == (b"PK" if ending == "xlsx" else b"%P")
