"""The last numbers of the previous program on the card: read from its file, kept, never changed under built books."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.domain.party import Accountant
from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.storage import companies as stored
from app.ui.pages.settings.firms import FirmsSubject
from app.workflows import companies
from app.workflows.ledger_build import build_month
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_terms import build_options

HEAD = "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Borç;Alacak;Kaydeden"


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=60_000)


@pytest.fixture
def built(ui_world: Any, tmp_path: Path) -> Path:
    """The journal of January, three vouchers of two lines, sealed by a program that was here before."""
    card = replace(ui_world.company.company, accountant=Accountant(name="Ayşe Işık"), nace="310903")
    ui_world.company = companies.save_company(ui_world.ctx, card)
    rows = [HEAD]
    for number in (1, 2, 3):
        rows.append(f"{number};0{number}.01.2026;100.01;KASA;KASA;10,00;;Ayşe Işık")
        rows.append(f"{number};0{number}.01.2026;600.01;SATIŞ;SATIŞLAR;;10,00;Ayşe Işık")
    path = tmp_path / "ocak.csv"
    path.write_text("\n".join(rows), "utf-8")
    ctx, ledgers = ui_world.ctx, ui_world.office.folder.ledgers
    import_vouchers(ctx, ui_world.company, path, inspect_source(path), folder=ledgers)
    options = build_options(ui_world.office.settings, ui_world.company)
    report = build_month(
        ctx, ui_world.company, Period(2026, 1), ui_world.sealer, options, folder=ledgers, out=tmp_path / "eski"
    )
    return next(path for path, _ in report.files if path.name.endswith("-Y-000000.xml"))


@pytest.fixture
def firms(qtbot: Any, ui_world: Any) -> FirmsSubject:
    made = FirmsSubject(ui_world.desk)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.refresh()
    settle(qtbot, ui_world.desk)
    return made


def test_the_numbers_are_read_from_the_last_file(qtbot: Any, built: Path, firms: FirmsSubject, ui_world: Any) -> None:
    for base in ui_world.office.folder.ledgers.glob("*.db*"):
        base.unlink()
    firms.doing.read_start_file(built)
    settle(qtbot, ui_world.desk)
    card = firms.card
    assert card.text("ledger_start.period") == "02.2026"
    numbers = [card.text(f"ledger_start.{key}") for key in ("entry", "line", "sequence")]
    assert numbers == ["3", "6", "1"]
    assert "onaylı değil" in firms.message.sentence
    firms.save_button.click()
    settle(qtbot, ui_world.desk)
    with ui_world.office.db.read() as s:
        company = stored.list_companies(s)[0].company
    assert company.ledger_start == {"period": "2026-02", "entry": "3", "line": "6", "sequence": "1"}


def test_books_that_were_built_keep_their_start(qtbot: Any, built: Path, firms: FirmsSubject, ui_world: Any) -> None:
    firms.card.take_start({"period": "2026-02", "entry": "12"})
    firms.save_button.click()
    settle(qtbot, ui_world.desk)
    verdict = firms.card._forms["ledger_start.period"][1].verdict("ledger_start.period")
    assert "oluşturulmuş" in verdict.sentence
    with ui_world.office.db.read() as s:
        assert stored.list_companies(s)[0].company.ledger_start == {}


def test_a_number_is_digits_and_a_stranger_is_refused(
    qtbot: Any, firms: FirmsSubject, ui_world: Any, tmp_path: Path
) -> None:
    firms.card.take_start({"period": "2026-02", "entry": "on iki"})
    firms.save_button.click()
    settle(qtbot, ui_world.desk)
    assert "rakam" in firms.card._forms["ledger_start.entry"][1].verdict("ledger_start.entry").sentence
    other = tmp_path / "liste.xml"
    other.write_text("<a/>")
    firms.doing.read_start_file(other)
    settle(qtbot, ui_world.desk)
    assert "yevmiye defteri ya da beratı yok" in firms.message.sentence
