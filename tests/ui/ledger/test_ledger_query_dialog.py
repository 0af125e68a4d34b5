"""Vouchers from a database: the query is looked at, kept without its login, and read again at the import."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.storage import settings_store
from app.ui.ledger.query_dialog import QueryDialog
from app.workflows.ledger_connections import Login, View, address_of, login_of, save_view, views

from .conftest import PATIENCE_MS

QUERY = "SELECT fis AS [Fiş No], gun AS Tarih, hesap AS [Hesap Kodu], borc AS Borç, alacak AS Alacak FROM yevmiye"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "muhasebe.db"
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE yevmiye (fis TEXT, gun TEXT, hesap TEXT, borc REAL, alacak REAL, not_ TEXT)")
        rows = [("1", "2026-01-05", "100.01", 1250.5, 0, ""), ("1", "2026-01-05", "600.01", 0, 1250.5, "")]
        base.executemany("INSERT INTO yevmiye VALUES (?, ?, ?, ?, ?, ?)", rows)
    base.close()
    return path


def idle(qtbot: QtBot, world: Any) -> None:
    qtbot.waitUntil(lambda: not world.desk.runner.live_jobs(), timeout=PATIENCE_MS)


def opened(qtbot: QtBot, world: Any) -> QueryDialog:
    dialog = QueryDialog(world.desk, world.company, period=None)
    qtbot.addWidget(dialog)
    dialog.show()
    idle(qtbot, world)
    return dialog


def write(dialog: QueryDialog, path: Path, query: str = QUERY) -> None:
    form = dialog.form
    form.driver.setCurrentIndex(form.driver.findData("sqlite"))
    form.driver.activated.emit(form.driver.currentIndex())
    form.database.setText(str(path))
    form.query.setPlainText(query)


def test_a_query_is_looked_at_before_it_is_taken(qtbot: QtBot, ledger_world: Any, books: Path) -> None:
    dialog = opened(qtbot, ledger_world)
    assert not dialog.look.isEnabled() and not dialog.go.isEnabled()
    write(dialog, books)
    assert dialog.look.isEnabled() and not dialog.go.isEnabled()
    dialog.look.click()
    idle(qtbot, ledger_world)
    assert dialog.panel.model.rowCount() == 2
    assert dialog.panel.model.index(0, 5).data() == "1.250,50"
    assert dialog.go.isEnabled() and dialog.ready is not None
    dialog.form.query.setPlainText(QUERY + " WHERE fis = '2'")
    assert not dialog.go.isEnabled() and dialog.ready is None


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("DELETE FROM yevmiye", "SELECT ile başlamalı"),
        ("SELECT 1; DROP TABLE yevmiye", "Birden çok komut"),
        ("", "yazın"),
    ],
)
def test_what_is_no_select_is_never_run(qtbot: QtBot, ledger_world: Any, books: Path, query: str, part: str) -> None:
    dialog = opened(qtbot, ledger_world)
    write(dialog, books, query)
    assert part in dialog.form.said.text()
    assert not dialog.look.isEnabled() and not dialog.save.isEnabled()
    dialog.look_at()
    assert not ledger_world.desk.runner.live_jobs()


def test_what_the_server_says_is_shown(qtbot: QtBot, ledger_world: Any, books: Path) -> None:
    dialog = opened(qtbot, ledger_world)
    write(dialog, books, "SELECT olmayan FROM yevmiye")
    dialog.look.click()
    idle(qtbot, ledger_world)
    assert dialog.panel.waiting.isVisible()
    assert "olmayan" in dialog.panel.waiting._sentence.text()
    assert not dialog.go.isEnabled()


def test_a_query_is_kept_and_found_again(qtbot: QtBot, ledger_world: Any, books: Path) -> None:
    first = opened(qtbot, ledger_world)
    write(first, books)
    assert not first.save.isEnabled()
    first.name.setText("Logo yevmiye")
    first.save.click()
    idle(qtbot, ledger_world)
    assert first.saved.currentText() == "Logo yevmiye"
    second = opened(qtbot, ledger_world)
    idle(qtbot, ledger_world)
    assert second.form.query.toPlainText() == QUERY
    assert second.form.database.text() == str(books)
    second.forget.click()
    idle(qtbot, ledger_world)
    with ledger_world.office.db.read() as s:
        assert views(s, ledger_world.company.id) == []


def test_a_login_never_comes_near_the_database(ledger_world: Any) -> None:
    view = View(name="SQL", driver="mssql+pyodbc", query="SELECT 1", host="MUHASEBE", database="LOGO", odbc="ODBC 18")
    login = Login(user="gizli-kullanici", password="çok/gizli@parola")
    secrets, company = ledger_world.office.secrets, ledger_world.company
    save_view(ledger_world.ctx, company, view, login, secrets=secrets)
    with ledger_world.office.db.read() as s:
        kept = json.dumps(settings_store.load_settings(s), ensure_ascii=False)
    assert "LOGO" in kept and "gizli" not in kept
    assert "gizli" not in repr(login)
    assert login_of(company, view, secrets=secrets) == login
    assert "%40parola" in address_of(view, login)
    elsewhere = View(name="SQL", driver="mssql+pyodbc", query="SELECT 1", host="BASKA", database="LOGO")
    assert login_of(company, elsewhere, secrets=secrets) == Login()
