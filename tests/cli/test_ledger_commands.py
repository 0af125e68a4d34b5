"""`muhurdar ledger import`, from the words to the ledger file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.storage.ledgers import queries
from app.storage.ledgers.database import LedgerDatabase, ledger_path

HEAD = "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Açıklama;Borç;Alacak"


@pytest.fixture
def march(tmp_path: Path) -> Path:
    path = tmp_path / "mart.csv"
    rows = [
        HEAD,
        "1;02.03.2026;100.01;Kasa;Şişli satış;1.180,00;",
        "1;02.03.2026;600.01;Satış;Şişli satış;;1.000,00",
        "1;02.03.2026;391.20;KDV;Şişli satış;;180,00",
        "2;31.12.2025;770;Kira;Kira;500,00;",
        "2;31.12.2025;100.01;Kasa;Kira;;500,00",
    ]
    path.write_bytes("\r\n".join(rows).encode("cp1254"))
    return path


def months(data_dir: Path, company: str, year: int) -> list[tuple[int, int, bool]]:
    db = LedgerDatabase.open(ledger_path(data_dir / "ledgers", company, year))
    try:
        with db.read() as connection:
            return [(month.period, month.vouchers, month.is_balanced) for month in queries.months(connection)]
    finally:
        db.close()


def test_import_by_fiscal_year_and_again(run: Any, company: str, march: Path, data_dir: Path) -> None:
    ran = run("ledger", "import", march, "--company", company, "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert (told["lines"], told["new"], told["bad"]) == (5, 2, 0)
    assert told["periods"] == ["2025-12", "2026-03"]
    assert months(data_dir, company, 2026) == [(202603, 1, True)]
    assert months(data_dir, company, 2025) == [(202512, 1, True)]
    again = run("ledger", "import", march, "--company", company)
    assert again.code == 0 and "2 fiş zaten vardı" in again.out
    assert months(data_dir, company, 2026) == [(202603, 1, True)]


def test_bad_rows_are_told_and_the_others_come_in(run: Any, company: str, march: Path, data_dir: Path) -> None:
    march.write_bytes(march.read_bytes() + "\r\n3;32.03.2026;100;Kasa;x;1,00;".encode("cp1254"))
    ran = run("ledger", "import", march, "--company", company)
    assert ran.code == 1 and "7. satır: Fiş tarihi '32.03.2026' okunamadı" in ran.err
    assert months(data_dir, company, 2026) == [(202603, 1, True)]


def test_a_month_is_replaced_on_the_users_word_only(run: Any, company: str, march: Path, data_dir: Path) -> None:
    assert run("ledger", "import", march, "--company", company).code == 0
    march.write_bytes(march.read_bytes().replace(b"1.180,00", b"1.180,01").replace(b"180,00", b"180,01"))
    ran = run("ledger", "import", march, "--company", company)
    assert ran.code == 1 and "dokunulmadı" in ran.out
    ran = run("ledger", "import", march, "--company", company, "--replace", "2026-03", "--json")
    assert ran.code == 0 and json.loads(ran.out)["replaced"] == 1
    run("ledger", "import", march, "--company", company, "--replace", "mart").refused(2, "Ay anlaşılmadı")


def test_a_preview_takes_nothing(run: Any, company: str, march: Path, data_dir: Path) -> None:
    ran = run("ledger", "import", march, "--company", company, "--preview")
    assert ran.code == 0 and "Hesap Kodu → sub_id" in ran.out and "Açıklama → comment" in ran.out
    assert not (data_dir / "ledgers").exists() or not [*(data_dir / "ledgers").iterdir()]
    told = json.loads(run("ledger", "import", march, "--company", company, "--preview", "--json").out)
    assert told["encoding"] == "cp1254" and told["decimals"] == "," and len(told["rows"]) == 5


def test_what_may_be_read_two_ways_is_asked(run: Any, company: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}\n1;03/04/2026;100;K;x;1.234;\n1;03/04/2026;600;S;x;;1.234\n", "utf-8")
    run("ledger", "import", path, "--company", company).refused(2, "iki türlü okunabiliyor")
    ran = run("ledger", "import", path, "--company", company, "--decimals", ".", "--days", "mdy", "--json")
    assert ran.code == 0 and json.loads(ran.out)["periods"] == ["2026-03"]
    mapped = tmp_path / "b.csv"
    mapped.write_text("Sıra Nosu;Gün;Kod;Borç;Alacak\n9;2026-03-04;100;1,00;\n9;2026-03-04;600;;1,00\n", "utf-8")
    run("ledger", "import", mapped, "--company", company).refused(2, "Gereken sütunlar bulunamadı")
    columns = ["--column", "Sıra Nosu=entry_number", "--column", "Gün=day", "--column", "Kod=sub_id"]
    assert run("ledger", "import", mapped, "--company", company, *columns).code == 0
    run("ledger", "import", mapped, "--company", company, "--column", "Yok=day").refused(2, "eşlemesi anlaşılmadı")
