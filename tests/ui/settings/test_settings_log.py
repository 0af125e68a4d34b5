"""Günlük: reading, filtering and following the log; a support package that holds no secret and no number."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtTest import QAbstractItemModelTester

from app.demo import people
from app.domain.lifecycle import Direction
from app.runtime import masking
from app.storage import companies as stored
from app.ui.pages.settings import support
from app.ui.pages.settings.log_model import LogLine, LogModel, Tail, parse, read_new
from app.ui.pages.settings.log_view import LogSubject

LINES = """\
2026-11-20T12:00:01.123+03:00 INFO 41 MainThread app.office: office opened
2026-11-20T12:00:02.123+03:00 WARNING 41 account lane 1 app.workflows.sync: 9205121120 said no
2026-11-20T12:00:03.123+03:00 ERROR 41 cpu app.ui: job failed
    Traceback (most recent call last):
    ValueError: password=gizli-parola
"""


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


def log_file(desk: Any, text: str = LINES) -> Path:
    path: Path = desk.office.folder.logs / "muhurdar-2026-11-20.log"
    with path.open("a", encoding="utf-8") as file:
        file.write(text)
    return path


@pytest.fixture
def subject(qtbot: Any, ui_desk: Any) -> LogSubject:
    log_file(ui_desk)
    made = LogSubject(ui_desk)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    settle(qtbot, ui_desk)
    return made


def test_records_are_parsed_and_masked_again() -> None:
    lines = parse(LINES)
    assert [line.level for line in lines] == ["INFO", "WARNING", "ERROR"]
    assert lines[0].at == "20.11.2026 12:00:01" and lines[0].source == "app.office"
    assert "9205121120" not in lines[1].message and "said no" in lines[1].message
    assert "Traceback" in lines[2].more and "gizli-parola" not in lines[2].more


def test_only_what_is_new_is_read(tmp_path: Path) -> None:
    path = tmp_path / "muhurdar-2026-11-20.log"
    path.write_text(LINES, encoding="utf-8")
    lines, tail = read_new(tmp_path, Tail())
    assert len(lines) == 3 and read_new(tmp_path, tail) == ([], tail)
    with path.open("a", encoding="utf-8") as file:
        file.write("2026-11-20T12:00:04.123+03:00 INFO 41 MainThread app.x: next\nhalf a li")
    lines, tail = read_new(tmp_path, tail)
    assert [line.message for line in lines] == ["next"]
    (tmp_path / "muhurdar-2026-11-21.log").write_text(LINES, encoding="utf-8")
    lines, tail = read_new(tmp_path, tail)
    assert len(lines) == 3 and tail.path is not None and tail.path.name.endswith("21.log")


def test_the_model_keeps_qts_rules(qtbot: Any, dressed: Any) -> None:
    model = LogModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.add(parse(LINES))
    model.set_filter(rank=30, words="")
    assert model.rowCount() == 2
    model.add([LogLine("", "INFO", "app.x", "quiet"), LogLine("", "ERROR", "app.x", "loud")])
    assert model.rowCount() == 3
    model.set_filter(rank=0, words="LOUD")
    assert model.rowCount() == 1


def test_level_and_words_filter(qtbot: Any, subject: LogSubject) -> None:
    assert subject.model.rowCount() == 3
    subject.level.setCurrentIndex(1)
    assert subject.model.rowCount() == 2
    subject.level.setCurrentIndex(0)
    subject.words.setText("traceback")
    qtbot.waitUntil(lambda: subject.model.rowCount() == 1)
    subject.table.selectRow(0)
    assert "ValueError" in subject.detail.toPlainText()


def test_new_lines_come_by_themselves(qtbot: Any, subject: LogSubject, ui_desk: Any) -> None:
    log_file(ui_desk, "2026-11-20T12:00:09.000+03:00 INFO 41 MainThread app.x: just now\n")
    qtbot.waitUntil(lambda: subject.model.rowCount() == 4, timeout=10_000)
    assert subject.model.line(3).message == "just now"
    subject.hide()
    assert not subject._timer.isActive()


def test_what_is_shown_can_be_copied(qtbot: Any, subject: LogSubject, qapp: Any) -> None:
    subject.copy_button.click()
    assert "office opened" in qapp.clipboard().text()
    assert "3 satır" in subject.message.sentence


SECRETS = (
    "gizli-parola",
    "demo-parola",
    "s3ss10n-abcdef",
    "9205121120",
    "10000000146",
    "TR330006100519786457841326",
    "0216 555 01 42",
    "+90 532 111 22 33",
    "muhasebe@cinaralti.example",
    "0920512112000015",
    people.SELLER["title"],
)


def test_the_support_package_holds_no_secret_and_no_number(qtbot: Any, filled_world: Any, tmp_path: Path) -> None:
    """The log is written as an older, careless program might have: raw."""
    desk = filled_world.desk
    masking.hide("s3ss10n-abcdef")
    partner = people.BUYERS[0]["title"]
    careless = " | ".join(
        (
            "user=demo password=gizli-parola",
            "<SESSION_ID>s3ss10n-abcdef</SESSION_ID>",
            "parola: demo-parola",
            "vkn 9205121120 tckn 10000000146 iban TR330006100519786457841326",
            "tel 0216 555 01 42, +90 532 111 22 33, mersis 0920512112000015",
            f"muhasebe@cinaralti.example {people.SELLER['title']} {partner}",
        )
    )
    log_file(desk, f"2026-11-20T12:00:01.000+03:00 INFO 41 MainThread app.x: {careless}\n")
    subject = LogSubject(desk)
    qtbot.addWidget(subject)
    subject.show()
    target = tmp_path / "destek.zip"
    subject.make_package(target)
    settle(qtbot, desk)
    assert "destek.zip" in subject.message.sentence
    with zipfile.ZipFile(target) as package:
        contents = {name: package.read(name).decode("utf-8") for name in package.namelist()}
    assert {"bilgi.json", "OKU.txt", "gunluk/muhurdar-2026-11-20.log"} <= set(contents)
    for name, text in contents.items():
        for secret in SECRETS:
            assert secret not in text, (name, secret)
        # Taxpayer numbers and phones have ten or eleven digits, a MERSİS sixteen, a card or IBAN more.
        assert not re.search(r"(?<![\d-])\d{10,}", text), name
        assert partner not in text
    assert '"documents"' in contents["bilgi.json"] and "sandbox" in contents["bilgi.json"]
    assert "app.x" in contents["gunluk/muhurdar-2026-11-20.log"]


@pytest.mark.parametrize(
    "number",
    ["0216 555 01 42", "(0216) 555 01 42", "+90 532 111 22 33", "0532-111-2233", "532 111 2233", "05321112233"],
)
def test_phones_are_taken_out_in_every_grouping(number: str) -> None:
    digits = re.sub(r"\D", "", number)
    cleaned = re.sub(r"\D", "", support.scrub(f"ara {number}.", []))
    assert digits not in cleaned and len(cleaned) < 7


def test_ordinary_words_of_a_log_stay() -> None:
    text = "2026-11-20T12:00:01.123+03:00 INFO 41 MainThread app.workflows.sync: 12 sent, 3 waiting"
    assert support.scrub(text, []) == text


def test_a_place_that_cannot_be_written_is_said(qtbot: Any, subject: LogSubject, tmp_path: Path) -> None:
    blocker = tmp_path / "dosya"
    blocker.write_text("x", encoding="utf-8")
    subject.make_package(blocker / "destek.zip")
    settle(qtbot, subject.desk)
    assert "yazılamadı" in subject.message.sentence


def test_whatever_the_office_knows_of_people_is_not_in_the_package(filled_world: Any, tmp_path: Path) -> None:
    """Every number, address and name of the database, every password of the store, written raw into a log."""
    office = filled_world.office
    with office.db.read() as s:
        records = stored.list_companies(s)
        accounts = stored.list_accounts(s)
        parties = [r.company.party for r in records]
        parties += [p.party for r in records for p in stored.list_partners(s, r.id)]
        labels = [label for r in records for label in (*r.company.labels.gb, *r.company.labels.pk)]
        labels += [label for r in records for p in stored.list_partners(s, r.id) for label in p.pk_labels]
    secrets = [office.secrets.get(account.secret_name) for account in accounts]
    known = {p.tax_number.digits for p in parties} | {p.display_name for p in parties}
    known |= {w for p in parties for w in (p.phone, p.fax, p.email, p.mersis, p.trade_registry_no) if w}
    known |= {label.removeprefix("urn:mail:") for label in labels}
    known |= {account.user for account in accounts if len(account.user) > 4}
    senders = {r.partner_name for r in filled_world.records(Direction.IN)}
    known |= senders
    assert len(parties) >= 5 and len(senders - {p.display_name for p in parties}) > 3 and all(secrets)
    lines = [f"2026-11-20T12:00:01.000+03:00 INFO 41 MainThread app.x: {word} ve {word}.\n" for word in sorted(known)]
    lines += [f"2026-11-20T12:00:02.000+03:00 INFO 41 MainThread app.x: password={secret}\n" for secret in secrets]
    log_file(filled_world.desk, "".join(lines))
    target = support.build(office, tmp_path / "destek.zip")
    raw = target.read_bytes()
    with zipfile.ZipFile(target) as package:
        contents = [package.read(name).decode("utf-8") for name in package.namelist()] + package.namelist()
    for word in {*known, *(secret for secret in secrets if secret)}:
        assert not any(word in text for text in contents), word
        assert word.encode() not in raw, word


def test_many_names_are_taken_out_where_a_word_begins() -> None:
    names = support.by_beginning(["Çınar Gıda Ltd. Şti.", "Çınar Gıda", "Öz", "+90 (212) 1", "Işık"])
    text = "Çınar Gıda Ltd. Şti., 'Çınar Gıda' ve Işıklı; Öz kaldı, ara +90 (212) 1. Çınarlı sokak"
    assert support._without(text, names) == "[ad], '[ad]' ve [ad]lı; Öz kaldı, ara [ad]. Çınarlı sokak"
