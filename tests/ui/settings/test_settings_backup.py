"""Yedek: back up, a dry run that touches nothing, the question, and the restore that keeps the old database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.demo import people
from app.domain.lifecycle import Direction
from app.storage import companies as stored
from app.storage.backup import inspect
from app.ui.pages.settings import backup_work
from app.ui.pages.settings.backup import BackupSubject, size_text


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


@pytest.fixture
def subject(qtbot: Any, ui_desk: Any) -> BackupSubject:
    made = BackupSubject(ui_desk)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    settle(qtbot, ui_desk)
    return made


def made_backup(qtbot: Any, subject: BackupSubject, target: Path | None = None) -> Path:
    subject.back_up(target)
    settle(qtbot, subject.desk)
    path = backup_work.state(subject.desk.office).last_path
    assert path is not None
    return path


def test_without_a_backup_the_page_says_so(subject: BackupSubject) -> None:
    assert "henüz yedek alınmamış" in subject.last.text()
    assert subject.empty.isVisible() and not subject.table.isVisible()


def test_backing_up_shows_when_and_where(qtbot: Any, subject: BackupSubject) -> None:
    subject.now_button.click()
    settle(qtbot, subject.desk)
    assert "20.11.2026 12:00" in subject.last.text()
    assert subject.table.rowCount() == 1
    state = backup_work.state(subject.desk.office)
    assert inspect(state.kept[0].path).companies == 1
    assert subject.made.kind == "ok"


def test_a_backup_elsewhere_is_remembered_too(qtbot: Any, subject: BackupSubject, tmp_path: Path) -> None:
    path = made_backup(qtbot, subject, tmp_path / "usb.db")
    assert path == tmp_path / "usb.db"
    assert str(path) in subject.last.text()
    assert subject.table.rowCount() == 0


def test_the_dry_run_changes_nothing_and_asks(qtbot: Any, subject: BackupSubject) -> None:
    path = made_backup(qtbot, subject)
    before = subject.desk.office.folder.database.read_bytes()
    subject.table.selectRow(0)
    subject.try_button.click()
    settle(qtbot, subject.desk)
    assert subject.question.isVisible()
    words = subject.question_words.text()
    assert str(subject.desk.office.folder.database) in words and path.name in words
    assert str(subject.desk.office.folder.backups) in words and "silinmez" in words
    assert subject.desk.office.folder.database.read_bytes() == before
    subject.no_button.click()
    assert not subject.question.isVisible()


def test_restoring_brings_the_old_state_and_keeps_the_present_one(
    qtbot: Any, ui_world: Any, subject: BackupSubject
) -> None:
    path = made_backup(qtbot, subject)
    ui_world.draft()
    assert len(ui_world.records(Direction.OUT)) == 1
    subject.look_at(path)
    settle(qtbot, ui_world.desk)
    with qtbot.waitSignals([ui_world.desk.changed, ui_world.desk.company_changed], timeout=30_000):
        subject.yes_button.click()
    settle(qtbot, ui_world.desk)
    assert ui_world.records(Direction.OUT) == []
    assert "Geri yüklendi" in subject.found.sentence
    aside = [file for file in backup_work.state(ui_world.office).kept if file.is_aside]
    assert len(aside) == 1 and inspect(aside[0].path).documents == 1
    assert ui_world.desk.company.company.tax_number.digits == people.SELLER["vkn"]
    # The window goes on working with the restored database.
    ui_world.draft()
    with ui_world.office.db.read() as s:
        assert stored.has_companies(s)


def test_a_file_that_is_no_backup_is_refused_in_place(qtbot: Any, subject: BackupSubject, tmp_path: Path) -> None:
    stranger = tmp_path / "yedek.db"
    stranger.write_bytes(b"not a database at all" * 100)
    subject.look_at(stranger)
    settle(qtbot, subject.desk)
    assert subject.found.kind == "error" and "dokunulmadı" in subject.found.sentence
    assert not subject.question.isVisible()


def test_running_work_stops_the_restore(qtbot: Any, ui_world: Any, subject: BackupSubject) -> None:
    import threading

    path = made_backup(qtbot, subject)
    subject.look_at(path)
    settle(qtbot, ui_world.desk)
    gate = threading.Event()
    ui_world.desk.run("Faturalar gönderiliyor", lambda _ctx: gate.wait(20), owner=subject)
    subject.yes_button.click()
    assert "Faturalar gönderiliyor" in subject.found.sentence
    assert subject.question.isVisible()
    gate.set()
    settle(qtbot, ui_world.desk)


def test_sizes_are_turkish() -> None:
    assert size_text(300) == "1 KB"
    assert size_text(3_600_000) == "3,4 MB"
