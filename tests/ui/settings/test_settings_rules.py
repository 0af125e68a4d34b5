"""Kurallar: packages installed from files, fetched from a loopback address, gone back from, with every refusal said."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from app.ui.pages.settings.rules import RulesSubject
from app.validation.packages.content import PackageKind
from tests.validation.packagemaker import e_invoice_files, zipped

OLD = e_invoice_files(release="20250101", lists={"CurrencyCodeList": "TRY,USD", "UnitCodeList": "C62"})
NEW = e_invoice_files()


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=60_000)


@pytest.fixture
def rules(qtbot: Any, ui_desk: Any) -> RulesSubject:
    made = RulesSubject(ui_desk)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    made.refresh()
    settle(qtbot, ui_desk)
    return made


def put(folder: Path, name: str, files: Any) -> Path:
    path = folder / name
    path.write_bytes(files if isinstance(files, bytes) else zipped(files))
    return path


def cell(rules: RulesSubject, kind: PackageKind, column: int) -> str:
    row = [state.kind for state in rules._states].index(kind)
    item = rules.table.item(row, column)
    assert item is not None
    return item.text()


def said(rules: RulesSubject) -> str:
    from PySide6.QtWidgets import QLabel

    return " ".join(label.text() for label in rules.findChildren(QLabel) if label.isVisibleTo(rules))


def test_what_is_missing_is_said(rules: RulesSubject) -> None:
    assert rules.table.rowCount() == len(PackageKind)
    assert {cell(rules, kind, 1) for kind in PackageKind} == {"kurulu değil"}
    assert rules.update_button.isEnabled() and not rules.back_button.isEnabled()


def test_a_file_is_installed_and_its_changes_are_listed(qtbot: Any, rules: RulesSubject, tmp_path: Path) -> None:
    rules.install([put(tmp_path, "eski.zip", OLD), put(tmp_path, "yeni.zip", NEW)])
    settle(qtbot, rules.desk)
    store = rules.desk.office.packages
    current = store.current(PackageKind.E_INVOICE)
    assert current is not None and f"{current.release:%d.%m.%Y}" == cell(rules, PackageKind.E_INVOICE, 1)
    assert cell(rules, PackageKind.E_INVOICE, 3) == "01.01.2025"
    assert "kuruldu" in said(rules) and "EUR" in said(rules), "what changed between the two"


def test_one_refused_file_stops_no_other_and_is_named(qtbot: Any, rules: RulesSubject, tmp_path: Path) -> None:
    rules.install([put(tmp_path, "resim.zip", b"PK not a zip"), tmp_path / "yok.zip", put(tmp_path, "n.zip", NEW)])
    settle(qtbot, rules.desk)
    assert "resim.zip" in said(rules) and "yok.zip" in said(rules)
    assert "2 paket kurulamadı" in rules.verdict.sentence
    assert cell(rules, PackageKind.E_INVOICE, 1) != "kurulu değil"


def test_going_back_asks_first_and_says_what_it_means(qtbot: Any, rules: RulesSubject, tmp_path: Path) -> None:
    rules.install([put(tmp_path, "eski.zip", OLD), put(tmp_path, "yeni.zip", NEW)])
    settle(qtbot, rules.desk)
    rules.table.selectRow([state.kind for state in rules._states].index(PackageKind.UBL_TR))
    assert not rules.back_button.isEnabled(), "nothing stored to go back to"
    rules.table.selectRow([state.kind for state in rules._states].index(PackageKind.E_INVOICE))
    rules.back_button.click()
    assert rules.question.isVisible() and "01.01.2025" in rules.question_words.text()
    rules.no_button.click()
    assert not rules.question.isVisible()
    rules.back_button.click()
    rules.yes_button.click()
    settle(qtbot, rules.desk)
    current = rules.desk.office.packages.current(PackageKind.E_INVOICE)
    assert current is not None and current.name == "eski.zip"
    assert cell(rules, PackageKind.E_INVOICE, 1) == "01.01.2025"
    assert not rules.question.isVisible() and "artık 01.01.2025" in said(rules)


@pytest.fixture
def published(tmp_path: Path) -> Iterator[Path]:
    """A folder served on loopback, as GİB's page."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            return None

    folder = tmp_path / "gib"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    (folder / "port").write_text(str(server.server_port))
    yield folder
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_button_fetches_what_is_published(qtbot: Any, rules: RulesSubject, published: Path) -> None:
    put(published, "efatura.zip", NEW)
    base = f"http://127.0.0.1:{(published / 'port').read_text()}"
    entries = [
        {"kind": "e-fatura", "addresses": [f"{base}/efatura.zip"]},
        {"kind": "ubl-tr", "addresses": [f"{base}/yok.zip"]},
    ]
    folder = rules.desk.office.folder.packages
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "addresses.json").write_text(json.dumps({"packages": entries}), encoding="utf-8")
    rules.update_button.click()
    assert not rules.update_button.isEnabled()
    settle(qtbot, rules.desk)
    assert cell(rules, PackageKind.E_INVOICE, 1) != "kurulu değil"
    assert "1 paket kurulamadı" in rules.verdict.sentence and "404" in said(rules)
    rules.update_button.click()
    settle(qtbot, rules.desk)
    assert "kurulu olan güncel" in said(rules)


def test_a_page_instead_of_the_package_changes_nothing_and_is_said(
    qtbot: Any, rules: RulesSubject, published: Path, tmp_path: Path
) -> None:
    rules.install([put(tmp_path, "eski.zip", OLD)])
    settle(qtbot, rules.desk)
    put(published, "efatura.zip", b"<!DOCTYPE html><html>bakim</html>")
    base = f"http://127.0.0.1:{(published / 'port').read_text()}"
    entries = [{"kind": "e-fatura", "addresses": [f"{base}/efatura.zip"]}]
    folder = rules.desk.office.folder.packages
    (folder / "addresses.json").write_text(json.dumps({"packages": entries}), encoding="utf-8")
    rules.update_button.click()
    settle(qtbot, rules.desk)
    assert "web sayfası" in said(rules) and "dosyadan yükleyin" in said(rules)
    assert cell(rules, PackageKind.E_INVOICE, 1) == "01.01.2025"
    # Half of it, then the whole: the next try begins anew.
    put(published, "efatura.zip", zipped(NEW)[: len(zipped(NEW)) // 2])
    rules.update_button.click()
    settle(qtbot, rules.desk)
    assert "bozuk ya da yarım" in said(rules)
    put(published, "efatura.zip", NEW)
    rules.update_button.click()
    settle(qtbot, rules.desk)
    assert cell(rules, PackageKind.E_INVOICE, 1) == "12.03.2026"
    # Gone back from, an update returns to what is published, as the question says.
    rules.table.selectRow([state.kind for state in rules._states].index(PackageKind.E_INVOICE))
    rules.back_button.click()
    rules.yes_button.click()
    settle(qtbot, rules.desk)
    rules.update_button.click()
    settle(qtbot, rules.desk)
    assert cell(rules, PackageKind.E_INVOICE, 1) == "12.03.2026"
