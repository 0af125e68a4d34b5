"""Firmalar: the card with all its fields, problems under their fields, series, pictures, JSON files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QLineEdit

from app.demo import people
from app.domain.document_number import SeriesPurpose
from app.domain.lifecycle import DocumentKind, SealingMode
from app.storage import companies as stored
from app.storage import numbers
from app.storage.records import CompanyRecord
from app.ubl.company_json import MAX_IMAGE_BYTES, company_from_json, company_to_json
from app.ui.pages.settings.company_card import CompanyCard
from app.ui.pages.settings.firms import FirmsSubject
from app.ui.pages.settings.images import ImagePicker
from app.ui.pages.settings.tax_field import TaxNumberField, judge

WHOLE = people.SELLER | {
    "fax": "0216 555 01 43",
    "identifiers": [{"scheme": "BAYINO", "value": "12=34"}],
    "branches": [{"no": "1", "name": "Merkez"}],
    "sealing_mode": {"default": "own", "despatch": "integrator"},
    "taxpayer_kind": "isletme",
    "ledger_start": {"yevmiye_no": "17"},
    "accountant": {
        "name": "Ayşe Şen",
        "contract_date": "2026-01-05",
        "address": {"city": "İzmir", "country": "Türkiye"},
    },
}


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


@pytest.fixture
def firms(qtbot: Any, ui_desk: Any) -> FirmsSubject:
    made = FirmsSubject(ui_desk)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.refresh()
    settle(qtbot, ui_desk)
    return made


def line(card: CompanyCard, key: str) -> QLineEdit:
    editor = card._forms[key][1].editor(key)
    assert isinstance(editor, QLineEdit)
    return editor


def write(edit: QLineEdit, text: str) -> None:
    """As typed; QTest's own typing knows no Turkish letters."""
    edit.setText(text)
    edit.textEdited.emit(text)


def company(desk: Any, digits: str) -> CompanyRecord | None:
    with desk.office.db.read() as s:
        return stored.get_company(s, digits)


def picture(width: int = 40, height: int = 20) -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("navy"))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def test_a_card_gives_back_every_field_that_it_was_shown(qtbot: Any, dressed: Any) -> None:
    card = CompanyCard()
    qtbot.addWidget(card)
    whole = company_from_json(WHOLE | {"logo": _data_uri(picture())})
    card.show_company(whole, (), year=2026)
    data = card.data() | {"series": dict(whole.series)}
    assert company_to_json(company_from_json(data)) == company_to_json(whole)


def _data_uri(raw: bytes) -> str:
    import base64

    return "data:image/png;base64," + base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("text", "kind", "part"),
    [
        ("", "wait", "10"),
        ("92051", "wait", "5 rakam daha"),
        ("9205121120", "ok", "tutuyor"),
        ("9205121121", "warn", "levhadan"),
        ("10000000146", "ok", "TCKN"),
        ("00000000146", "error", "sıfırla"),
        ("92051x", "error", "Rakam olmayan"),
    ],
)
def test_the_number_says_what_it_is(text: str, kind: str, part: str) -> None:
    assert judge(text)[0] == kind
    assert part in judge(text)[1]


def test_a_pasted_number_may_have_blanks(qtbot: Any, dressed: Any) -> None:
    field = TaxNumberField()
    qtbot.addWidget(field)
    field.set_text("920 512 11 20")
    assert field.number is not None and field.number.digits == "9205121120"


def test_a_new_firm_is_stored_with_series_and_next_number(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    firms.new_button.click()
    card = firms.card
    card.number.set_text("7750409379")
    for key, text in (("title", "Işıl Öğütücü A.Ş."), ("tax_office", "Çiğli"), ("address.city", "İzmir")):
        write(line(card, key), text)
    write(card.series.series_edit(SeriesPurpose.EINVOICE), "isl")
    next_edit = card.series.next_edit(SeriesPurpose.EINVOICE)
    write(next_edit, "42")
    firms.save_button.click()
    settle(qtbot, ui_desk)
    record = company(ui_desk, "7750409379")
    assert record is not None and record.company.party.title == "Işıl Öğütücü A.Ş."
    with ui_desk.office.db.read() as s:
        assert str(numbers.peek_next(s, record.id, "ISL", 2026)[0]) == "ISL2026000000042"
    assert firms.message.isVisible() and "kaydedildi" in firms.message.sentence
    assert firms.list.count() == 2


def test_problems_stand_under_their_fields(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    firms.new_button.click()
    firms.card.number.set_text("77504")
    write(line(firms.card, "tax_office"), "Çiğli")
    firms.save_button.click()
    settle(qtbot, ui_desk)
    assert firms.card.number.verdict.kind == "error"
    assert firms.card._forms["title"][1].verdict("title").isVisible()
    assert company(ui_desk, "77504") is None


def test_a_second_card_of_one_number_is_refused(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    firms.new_button.click()
    firms.card.number.set_text(people.SELLER["vkn"])
    write(line(firms.card, "title"), "Başka Bir Ad")
    firms.save_button.click()
    settle(qtbot, ui_desk)
    assert "kayıtlı bir firma var" in firms.message.sentence
    kept = company(ui_desk, people.SELLER["vkn"])
    assert kept is not None and kept.company.party.title == people.SELLER["title"]


def test_a_changed_card_is_stored_and_announced(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    assert not firms.save_button.isEnabled()
    write(line(firms.card, "phone"), "0216 999")
    combo = firms.card.sealing.combo(DocumentKind.DESPATCH)
    combo.setCurrentIndex(combo.findData("integrator"))
    with qtbot.waitSignal(ui_desk.company_changed):
        firms.save_button.click()
    settle(qtbot, ui_desk)
    kept = company(ui_desk, people.SELLER["vkn"])
    assert kept is not None and kept.company.party.phone == "0216 999"
    assert kept.company.sealing_mode(DocumentKind.DESPATCH) is SealingMode.INTEGRATOR
    assert kept.company.series == people.SELLER["series"]
    assert not firms.save_button.isEnabled()


def test_a_changed_card_is_not_left_in_silence(qtbot: Any, firms: FirmsSubject, ui_desk: Any) -> None:
    write(line(firms.card, "phone"), "9")
    firms.new_button.click()
    assert "kaydedilmemiş" in firms.message.sentence
    assert firms.card.is_dirty
    firms.revert_button.click()
    settle(qtbot, ui_desk)
    assert not firms.card.is_dirty


def test_a_number_once_given_locks_its_sequence(qtbot: Any, ui_world: Any) -> None:
    ui_world.issue(ui_world.draft().ettn)
    subject = FirmsSubject(ui_world.desk)
    qtbot.addWidget(subject)
    subject.show()
    subject.refresh()
    settle(qtbot, ui_world.desk)
    table = subject.card.series
    assert table.next_edit(SeriesPurpose.EINVOICE).isReadOnly()
    assert table.next_edit(SeriesPurpose.EINVOICE).text() == "2"
    assert not table.next_edit(SeriesPurpose.EXPORT).isReadOnly()


def test_one_series_for_two_purposes_is_said_while_typing(qtbot: Any, firms: FirmsSubject) -> None:
    edit = firms.card.series.series_edit(SeriesPurpose.EXPORT)
    write(edit, "cnr")
    assert firms.card.series.verdict.kind == "error"
    assert "CNR" in firms.card.series.verdict.sentence


def test_a_firm_comes_from_a_json_file(qtbot: Any, firms: FirmsSubject, ui_desk: Any, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture())
    path = tmp_path / "firma.json"
    path.write_text(json.dumps(people.BUYERS[1] | {"logo": "logo.png"}), encoding="utf-8")
    firms.add_from_json(path)
    settle(qtbot, ui_desk)
    record = company(ui_desk, people.BUYERS[1]["vkn"])
    assert record is not None and record.company.logo == picture()
    firms.add_from_json(path)
    settle(qtbot, ui_desk)
    assert "zaten kayıtlı" in firms.message.sentence
    path.write_text("{ bozuk", encoding="utf-8")
    firms.add_from_json(path)
    settle(qtbot, ui_desk)
    assert "okunamadı" in firms.message.sentence


def test_pictures_are_judged_when_picked(qtbot: Any, dressed: Any, tmp_path: Path) -> None:
    picker = ImagePicker("Logo")
    qtbot.addWidget(picker)
    good, big, text = tmp_path / "iyi.png", tmp_path / "buyuk.png", tmp_path / "metin.png"
    good.write_bytes(picture())
    big.write_bytes(picture() + b"\0" * MAX_IMAGE_BYTES)
    text.write_text("resim değil", encoding="utf-8")
    assert picker.load(good) and picker.content == picture()
    assert not picker.load(big) and "512 KB" in picker.verdict.sentence
    assert not picker.load(text) and "PNG" in picker.verdict.sentence
    assert not picker.load(tmp_path / "yok.png")
    assert picker.content == picture()


def test_search_narrows_the_list(qtbot: Any, firms: FirmsSubject) -> None:
    firms.search.setText("çınar")
    assert firms.list.count() == 1
    firms.search.setText("yoktur")
    assert firms.list.count() == 0
