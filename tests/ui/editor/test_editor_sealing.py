"""Mühürle ve gönder from the editor: the errors that stop it, the PIN dialog, the card, the queue."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.demo import people
from app.domain.errors import SealError
from app.domain.lifecycle import State
from app.domain.protocols import Sealer
from app.signing.demo_token import CONFIG_VARIABLE, DemoToken, create_demo_token
from app.ui.dialogs import seal_sources
from app.ui.dialogs.pin import SealDialog
from app.ui.editor.window import EditorWindow
from app.ui.seals import keeper_of
from app.workflows import drafting
from tests.ui.conftest import World, connect
from tests.ui.editor.conftest import Open

PATIENCE_MS = 60_000
PIN = "40718293"


@pytest.fixture
def no_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without any card: SoftHSM looks into an empty folder."""
    folder = tmp_path / "leer"
    folder.mkdir()
    config = tmp_path / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv(CONFIG_VARIABLE, str(config))


def opened(world: World, open_editor: Open, index: int = 0) -> EditorWindow:
    data = people.drafts(world.clock.today().isoformat())[index]
    record = drafting.save_draft(world.ctx, world.company, data).record
    return open_editor(world, document_id=record.id)


def in_dialog(qtbot: QtBot, act: Callable[[SealDialog], None]) -> list[SealDialog]:
    """Do `act` as soon as the modal dialog has looked for seals; returns the dialogs that were seen."""
    seen: list[SealDialog] = []
    timer = QTimer()
    timer.setInterval(20)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, SealDialog) and "aranıyor" not in dialog.chooser.status_text():
            if seal_sources.TEST not in [s.kind for s in dialog.chooser.sources]:
                return
            timer.stop()
            seen.append(dialog)
            act(dialog)

    timer.timeout.connect(look)
    timer.start()
    qtbot.seal_timer = timer  # type: ignore[attr-defined]
    return seen


def with_test_seal(dialog: SealDialog) -> None:
    dialog.chooser.choose(seal_sources.TEST)
    dialog.confirm.click()


def test_from_the_button_to_the_integrator(ui_world: World, open_editor: Open, qtbot: QtBot, no_card: None) -> None:
    window = opened(ui_world, open_editor)
    seen = in_dialog(qtbot, with_test_seal)
    with qtbot.waitSignal(window.issued, timeout=PATIENCE_MS):
        qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert len(seen) == 1 and window.document_id is not None
    ettn = window.store.text("uuid")
    qtbot.waitUntil(lambda: ui_world.get(ettn).state is State.SENT, timeout=PATIENCE_MS)
    sent = ui_world.get(ettn)
    assert sent.number.startswith("CNR2026") and sent.id == window.document_id
    assert not window.totals.seal.isEnabled() and not window.totals.save.isEnabled()
    assert not window.store.lines.setData(window.store.lines.index(0, 0), "x"), "what is sealed is locked"
    assert "mühürlendi" in window.message.sentence
    assert window.close()


def test_a_declined_pin_leaves_the_draft_as_it_was(
    ui_world: World, open_editor: Open, qtbot: QtBot, no_card: None
) -> None:
    window = opened(ui_world, open_editor)
    seen = in_dialog(qtbot, SealDialog.reject)
    with qtbot.waitSignal(window.issue.declined, timeout=PATIENCE_MS):
        window.totals.seal.click()
    assert len(seen) == 1
    qtbot.waitUntil(window.totals.seal.isEnabled, timeout=PATIENCE_MS)
    record = ui_world.get(window.store.text("uuid"))
    assert (record.state, record.number) == (State.DRAFT, "")
    assert "Mühür verilmedi" in window.message.sentence
    assert window.store.lines.setData(window.store.lines.index(0, 0), "Yeniden yazıldı")
    with qtbot.waitSignal(window.worker.stored, timeout=PATIENCE_MS):
        window.save()


def test_without_a_card_the_dialog_says_so_and_seals_nothing(
    ui_world: World, open_editor: Open, qtbot: QtBot, no_card: None
) -> None:
    window = opened(ui_world, open_editor)
    told: list[tuple[int, str]] = []

    def look(dialog: SealDialog) -> None:
        tokens = [s for s in dialog.chooser.sources if s.kind == seal_sources.TOKEN]
        told.append((len(tokens), dialog.chooser.status_text()))
        dialog.reject()

    in_dialog(qtbot, look)
    with qtbot.waitSignal(window.issue.declined, timeout=PATIENCE_MS):
        window.totals.seal.click()
    assert len(told) == 1 and told[0][0] == 0 and told[0][1], "no card is offered, and the dialog says why"
    assert ui_world.get(window.store.text("uuid")).state is State.DRAFT


class PulledCard:
    """The session was open; the card is gone when it is to sign."""

    def __init__(self, inner: Sealer) -> None:
        self._inner = inner
        self.certificate, self.is_test, self.title = inner.certificate, inner.is_test, inner.title

    def sign(self, _digests: Sequence[bytes]) -> list[bytes]:
        raise SealError("TOKEN.REMOVED", "Kart okuyucudan çıkarılmış.", todo="Kartı takıp yeniden deneyin.")


def test_a_card_pulled_meanwhile_leaves_the_draft(
    ui_world: World, open_editor: Open, qtbot: QtBot, no_card: None
) -> None:
    window = opened(ui_world, open_editor)
    keeper_of(ui_world.desk).keep(ui_world.company.id, PulledCard(ui_world.sealer))

    def seal(dialog: SealDialog) -> None:
        assert dialog.chooser.source is not None and dialog.chooser.source.kind == seal_sources.OPEN
        dialog.confirm.click()

    in_dialog(qtbot, seal)
    with qtbot.waitSignal(window.issue.refused, timeout=PATIENCE_MS):
        window.totals.seal.click()
    qtbot.waitUntil(window.totals.seal.isEnabled, timeout=PATIENCE_MS)
    assert "çıkarılmış" in window.message.sentence
    record = ui_world.get(window.store.text("uuid"))
    assert (record.state, record.number) == (State.DRAFT, "")
    assert keeper_of(ui_world.desk).companies() == [], "the dead session is let go of"


@pytest.mark.softhsm
def test_the_companys_card_seals_from_the_editor(
    ui_world: World, open_editor: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    party = ui_world.company.company.party
    token = create_demo_token(tmp_path / "softhsm", party.tax_number, party.display_name, PIN)
    assert isinstance(token, DemoToken)
    window = opened(ui_world, open_editor)

    def seal(dialog: SealDialog) -> None:
        assert dialog.chooser.source is not None and dialog.chooser.source.kind == seal_sources.TOKEN
        dialog.secret.setText(PIN)
        dialog.confirm.click()

    in_dialog(qtbot, seal)
    with qtbot.waitSignal(window.issued, timeout=PATIENCE_MS):
        window.totals.seal.click()
    assert ui_world.get(window.store.text("uuid")).number


def test_a_draft_with_errors_cannot_be_sealed(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    data = people.drafts(ui_world.clock.today().isoformat())[0]
    data["lines"][1]["unit"] = "ADET"
    data["lines"][2]["quantity"] = "0"
    record = drafting.save_draft(ui_world.ctx, ui_world.company, data).record
    window = open_editor(ui_world, document_id=record.id)
    assert window.totals.seal.text() == "2 hatayı düzelt"
    assert "Mühürlenemez" in window.totals.seal.toolTip()
    window.form.table.go_to(0, 3)
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "düzeltilecek 2 hata" in window.message.sentence, timeout=PATIENCE_MS)
    assert not window.issue.is_running and QApplication.activeModalWidget() is None
    assert window.form.table.currentIndex().row() == 1
    assert ui_world.get(record.ettn).state is State.DRAFT
    window.store.lines.setData(window.store.lines.index(1, 2), "C62")
    window.store.lines.setData(window.store.lines.index(2, 1), "3")
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    assert window.totals.seal.text() == "Mühürle ve gönder"


def test_an_error_typed_a_moment_ago_stops_it_too(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor)
    window.store.lines.setData(window.store.lines.index(0, 1), "0")
    # The findings of a moment ago still say that all is well.
    assert not window.worker.is_assessed and window.totals.seal.text() == "Mühürle ve gönder"
    window.totals.seal.click()
    qtbot.waitUntil(lambda: "düzeltilecek" in window.message.sentence, timeout=PATIENCE_MS)
    assert not window.issue.is_running
    assert ui_world.get(window.store.text("uuid")).state is State.DRAFT


def test_with_the_line_down_it_is_sealed_and_waits(
    ui_world: World, open_editor: Open, qtbot: QtBot, no_card: None
) -> None:
    window = opened(ui_world, open_editor)
    with qtbot.waitSignal(window.registration.known, timeout=PATIENCE_MS):
        window.form.buyer.ask.click()
    connect(ui_world.office, ui_world.company, "http://127.0.0.1:1")
    in_dialog(qtbot, with_test_seal)
    with qtbot.waitSignal(window.issued, timeout=PATIENCE_MS):
        window.totals.seal.click()
    qtbot.waitUntil(lambda: not ui_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)
    assert ui_world.get(window.store.text("uuid")).state is State.QUEUED
