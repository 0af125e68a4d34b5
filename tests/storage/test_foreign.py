"""A stranger's database: one SELECT, values as text that is read in one way, nothing written, no secret said."""

from __future__ import annotations

import socket
import sqlite3
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import AppError, ConfigError, EnvironmentFault, InputError
from app.storage.foreign import ensure_one_select, open_query, text_of_value
from app.storage.foreign_drivers import address, drivers


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "logo.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE fis (no TEXT, tarih TEXT, tutar REAL, [update] TEXT, bos TEXT)")
        rows = [(f"F{n}", "2026-03-02", n * 1.25, "%40 ; --", None) for n in range(5_000)]
        connection.executemany("INSERT INTO fis VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return path


def test_rows_stream_as_text_with_their_names_first(accounts: Path) -> None:
    query = "SELECT no, tarih, tutar, [update], bos FROM fis WHERE no <> '%x;' -- yorum; DROP\nORDER BY rowid;"
    with open_query(f"sqlite:///{accounts}", query) as cells:
        rows = list(cells)
    assert rows[0] == ["no", "tarih", "tutar", "update", "bos"]
    assert rows[2] == ["F1", "2026-03-02", "1.2500", "%40 ; --", ""] and len(rows) == 5_001


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("", "boş"),
        ("-- yalnız yorum", "boş"),
        ("DELETE FROM fis", "'delete'"),
        ("SELECT 1; DELETE FROM fis", "Birden çok"),
        ("WITH x AS (SELECT 1) DELETE FROM fis", "'delete'"),
        ("SELECT * INTO yeni FROM fis", "'into'"),
        ("PRAGMA writable_schema = 1", "'pragma'"),
        ("SELECT 1 /* ; */ ; /* x */ UPDATE fis SET no = ''", "Birden çok"),
        ("EXEC sp_who", "'exec'"),
    ],
)
def test_what_is_not_one_select_is_refused(query: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        ensure_one_select(query)
    assert caught.value.code == "LEDGER.SQL_QUERY" and word in caught.value.sentence


def test_words_in_texts_and_quoted_names_are_no_commands() -> None:
    said = """SELECT 'delete; it''s', "drop", [update], `set` FROM t -- insert\n;"""
    assert ensure_one_select(said) == """SELECT 'delete; it''s', "drop", [update], `set` FROM t"""


def test_a_comment_may_not_hide_a_command_from_us() -> None:
    # The quote opens inside the comment, so that DELETE stands outside of every text.
    with pytest.raises(InputError):
        ensure_one_select("SELECT 1 -- '\n; DELETE FROM fis --'")


def test_the_database_stays_as_it_was(accounts: Path) -> None:
    before = accounts.read_bytes()
    with open_query(f"sqlite:///{accounts}", "SELECT count(*) FROM fis") as cells:
        assert list(cells)[1] == ["5000"]
    assert accounts.read_bytes() == before


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "yok.db"
    with pytest.raises(ConfigError) as caught, open_query(f"sqlite:///{path}", "SELECT 1"):
        pass
    assert caught.value.code == "LEDGER.SQL_URL" and not path.exists()


@pytest.mark.parametrize(
    ("url", "query", "kind", "code"),
    [
        ("kötü adres", "SELECT 1", ConfigError, "LEDGER.SQL_URL"),
        ("bilinmeyen://ali:sır@h/d", "SELECT 1", ConfigError, "LEDGER.SQL_DRIVER"),
        ("mssql+pyodbc://ali:sır@h/d", "SELECT 1", ConfigError, "LEDGER.SQL_DRIVER"),
        ("sqlite://", "SELECT yok FROM yok", EnvironmentFault, "LEDGER.SQL"),
    ],
)
def test_what_fails_says_so_without_the_password(url: str, query: str, kind: type[AppError], code: str) -> None:
    with pytest.raises(kind) as caught, open_query(url, query) as cells:
        list(cells)
    assert caught.value.code == code
    assert "sır" not in f"{caught.value.sentence} {caught.value.raw_text}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "1"),
        (17, "17"),
        (100.0, "100"),
        (0.1, "0.1000"),
        (Decimal("1.234"), "1.2340"),
        (Decimal("1250.400"), "1250.4000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("NaN"), ""),
        (date(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2), "2026-03-02"),
        (datetime(2026, 3, 2, 9, 5), "2026-03-02 09:05:00"),
        (b"Kas\xc4\xb1m", "Kasım"),
        ("03/04/2026", "03/04/2026"),
    ],
)
def test_values_become_cells_of_one_meaning(value: Any, text: str) -> None:
    assert text_of_value(value) == text


def test_sql_server_that_is_not_there_is_one_sentence_without_the_password() -> None:
    """The driver for SQL Server comes with the program: what fails is the server, not the installation."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        url = address("mssql+pymssql", host="127.0.0.1", port=port, database="LOGO", user="sa", password="cok-gizli")
        with pytest.raises(EnvironmentFault) as caught, open_query(url, "SELECT 1") as cells:
            list(cells)
    assert caught.value.code == "LEDGER.SQL"
    assert "cok-gizli" not in f"{caught.value.sentence} {caught.value.raw_text} {caught.value!r}"


def test_without_odbc_the_driver_that_comes_along_is_named() -> None:
    with pytest.raises(ConfigError) as caught, open_query("mssql+pyodbc://ali:sır@h/d", "SELECT 1") as cells:
        list(cells)
    assert "mssql+pymssql://" in caught.value.todo


def test_sql_server_is_among_what_can_be_reached() -> None:
    assert "mssql+pymssql" in [driver.name for driver in drivers()]
