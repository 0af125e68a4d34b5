"""`ledger import` from a database and by a saved mapping."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

QUERY = 'SELECT fisno AS "Fiş No", gun AS Tarih, kod, borc AS Borç, alacak AS Alacak FROM hareket ORDER BY rowid'


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "logo.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE hareket (fisno TEXT, gun TEXT, kod TEXT, borc REAL, alacak REAL)")
    rows: list[tuple[Any, ...]] = []
    for n in range(1, 6):
        rows.append((str(n), "2026-03-02", "600.01", 0, n + 0.125))
        rows.append((str(n), "2026-03-02", "100.01", n + 0.125, 0))
    connection.executemany("INSERT INTO hareket VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    monkeypatch.setenv("LOGO", f"sqlite:///{path}")
    return path


def write_query(tmp_path: Path, text: str = QUERY) -> Path:
    path = tmp_path / "yevmiye.sql"
    path.write_text(text, "utf-8")
    return path


def test_a_query_comes_in_once_and_its_mapping_stays(run: Any, company: str, database: Path, tmp_path: Path) -> None:
    query = write_query(tmp_path)
    base = ("ledger", "import", "--company", company, "--sql-url-env", "LOGO", "--query", query)
    run(*base).refused(2, "Gereken sütunlar bulunamadı: Hesap kodu")
    first = run(*base, "--column", "kod=sub_id", "--save-mapping", "Logo", "--json")
    assert first.code == 0, first.err
    told = json.loads(first.out)
    assert (told["new"], told["lines"], told["periods"]) == (5, 10, ["2026-03"])
    again = json.loads(run(*base, "--mapping", "Logo", "--json").out)
    assert (again["new"], again["same"]) == (0, 5)
    shown = json.loads(run(*base, "--mapping", "Logo", "--preview", "--json").out)
    assert shown["format"] == "sql" and shown["rows"][0]["amount"] == 11_250
    run(*base, "--mapping", "Mikro").refused(2, "'Mikro' adlı eşleme bulunamadı", "Logo")


def test_a_mapping_of_a_file_serves_the_next_month(run: Any, company: str, tmp_path: Path) -> None:
    def source(month: int) -> Path:
        path = tmp_path / f"{month}.csv"
        rows = [f"1;02.{month:02d}.2026;{side};x" for side in ("100;1,00;", "600;;1,00")]
        path.write_text("\n".join(["Fiş No;Tarih;Kod;Borç;Alacak;Not", *rows]), "utf-8")
        return path

    columns = ("--column", "Kod=sub_id", "--column", "Not=comment")
    assert run("ledger", "import", source(3), "--company", company, *columns, "--save-mapping", "Kuzey").code == 0
    assert run("ledger", "import", source(4), "--company", company).code == 2
    assert run("ledger", "import", source(4), "--company", company, "--mapping", "Kuzey").code == 0


def test_what_is_asked_must_be_one_thing(run: Any, company: str, database: Path, tmp_path: Path) -> None:
    query = write_query(tmp_path, "UPDATE hareket SET borc = 0")
    run("ledger", "import", "--company", company).refused(2, "nereden alınacağı anlaşılmadı")
    run("ledger", "import", "a.csv", "--company", company, "--query", query).refused(2, "nereden")
    sql = ("ledger", "import", "--company", company, "--sql-url-env", "LOGO", "--query", query)
    run(*sql).refused(2, "'update' ile başlıyor")
    run("ledger", "import", "--company", company, "--sql-url-env", "YOK", "--query", query).refused(1, "YOK")
