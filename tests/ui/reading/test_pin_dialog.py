"""The PIN dialog against a real SoftHSM2 token, PKCS#12 files and the TEST seal."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.taxnumber import parse_tax_number
from app.runtime.masking import mask
from app.signing.demo_token import CONFIG_VARIABLE, DemoToken, create_demo_token
from app.signing.soft import TestSealer
from app.ui.desk import Desk
from app.ui.dialogs import seal_sources
from app.ui.dialogs.pin import SealDeclined, SealDialog, ask_seal
from app.ui.seals import keeper_of
from app.workflows import companies

PIN = "40718293"
PATIENCE_MS = 60_000
GOES = "İZİBİZ deneme ortamına gönderilmek üzere kuyruğa girer."


@pytest.fixture
def token(ui_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoToken:
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    assert ui_desk.company is not None
    party = ui_desk.company.company.party
    made = create_demo_token(tmp_path / "softhsm", party.tax_number, party.display_name, PIN)
    assert made is not None, "mark the test `softhsm`"
    return made


def opened(qtbot: QtBot, desk: Desk, count: int = 3) -> SealDialog:
    assert desk.company is not None
    dialog = SealDialog(desk, desk.company, count, GOES)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: "aranıyor" not in dialog.chooser.status_text(), timeout=PATIENCE_MS)
    return dialog


def kinds(dialog: SealDialog) -> list[str]:
    return [s.kind for s in dialog.chooser.sources]


@pytest.mark.softhsm
def test_a_typed_pin_opens_the_companys_card_once_for_the_session(
    qtbot: QtBot, ui_desk: Desk, token: DemoToken
) -> None:
    dialog = opened(qtbot, ui_desk)
    source = dialog.chooser.source
    assert source is not None and source.kind == seal_sources.TOKEN and token.label in source.title
    assert not dialog.confirm.isEnabled() and not dialog.confirm.isDefault()
    assert dialog.focusWidget() is dialog.secret, "one types at once; no button waits for Enter"
    dialog.secret.setText(PIN)
    qtbot.keyClick(dialog.secret, Qt.Key.Key_Return)
    assert dialog.choice is None, "Enter in the field must not seal"
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        qtbot.mouseClick(dialog.confirm, Qt.MouseButton.LeftButton)
    assert dialog.choice is not None and dialog.choice.sealer.certificate.owner == token.owner
    assert dialog.secret.text() == ""
    assert PIN not in mask(f"girilen {PIN}")

    again = opened(qtbot, ui_desk)
    assert again.chooser.source is not None and again.chooser.source.kind == seal_sources.OPEN
    assert not again.secret.isVisible() and again.confirm.isEnabled()
    with qtbot.waitSignal(again.accepted, timeout=PATIENCE_MS):
        again.confirm.click()
    assert again.choice is not None and again.choice.sealer is dialog.choice.sealer
    assert keeper_of(ui_desk).companies() == [ui_desk.company.id]  # type: ignore[union-attr]


@pytest.mark.softhsm
def test_a_wrong_pin_is_said_in_place_and_not_tried_twice(qtbot: QtBot, ui_desk: Desk, token: DemoToken) -> None:
    dialog = opened(qtbot, ui_desk)
    for wanted in ("PIN", "az önce reddedildi"):
        qtbot.waitUntil(lambda: "aranıyor" not in dialog.chooser.status_text(), timeout=PATIENCE_MS)
        dialog.secret.setText("99999999")
        dialog.confirm.click()
        assert dialog.secret.text() == ""
        qtbot.waitUntil(lambda: "açılıyor" not in dialog.message.sentence, timeout=PATIENCE_MS)
        assert wanted in dialog.message.sentence
        assert dialog.choice is None and dialog.isVisible()
    qtbot.waitUntil(lambda: "aranıyor" not in dialog.chooser.status_text(), timeout=PATIENCE_MS)
    assert "az deneme hakkı" in dialog.warning.sentence or not dialog.warning.isVisible()
    assert keeper_of(ui_desk).companies() == []


@pytest.mark.softhsm
def test_another_firms_card_is_shown_and_blocked(
    qtbot: QtBot, ui_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    create_demo_token(tmp_path / "softhsm", parse_tax_number("1234567801"), "Başka Firma A.Ş.", PIN)
    dialog = opened(qtbot, ui_desk)
    card = next(s for s in dialog.chooser.sources if s.kind == seal_sources.TOKEN)
    assert "Bu firmanın değil" in card.blocked
    assert not dialog.chooser.button(card.key).isEnabled()
    assert dialog.chooser.source is not card


def test_the_test_seal_is_offered_at_the_sandbox_and_nowhere_else(qtbot: QtBot, ui_desk: Desk) -> None:
    company = ui_desk.company
    assert company is not None
    assert seal_sources.allows_test(ui_desk.office, company, is_demo=True)
    dialog = opened(qtbot, ui_desk)
    qtbot.waitUntil(lambda: seal_sources.TEST in kinds(dialog), timeout=PATIENCE_MS)
    dialog.chooser.choose(seal_sources.TEST)
    assert not dialog.secret.isVisible()
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        dialog.confirm.click()
    assert dialog.choice is not None and dialog.choice.is_test

    companies.set_connector(
        ui_desk.office.context(),
        company,
        ui_desk.office.connector("izibiz"),
        url="https://canli.example.invalid",
        user="u",
        password="p",
        secrets=ui_desk.office.secrets,
        settings={},
    )
    assert not seal_sources.allows_test(ui_desk.office, company, is_demo=True)


def test_a_seal_file_needs_its_password_and_its_owner(qtbot: QtBot, ui_desk: Desk, tmp_path: Path) -> None:
    company = ui_desk.company
    assert company is not None
    own, foreign = tmp_path / "bizim.p12", tmp_path / "baska.p12"
    owner = company.company.tax_number
    own.write_bytes(TestSealer.create(owner, "Bizim Firma").to_pkcs12("gizli-parola"))
    foreign.write_bytes(TestSealer.create(parse_tax_number("1234567801"), "Başka").to_pkcs12("gizli-parola"))
    dialog = opened(qtbot, ui_desk)
    dialog.chooser.choose(seal_sources.FILE)
    assert dialog.path.isVisible() and not dialog.confirm.isEnabled()
    for path, password, code in ((own, "yanlış", "parola yanlış"), (foreign, "gizli-parola", "bu firmanın değil")):
        dialog.path.setText(str(path))
        dialog.secret.setText(password)
        dialog.confirm.click()
        qtbot.waitUntil(lambda: "açılıyor" not in dialog.message.sentence, timeout=PATIENCE_MS)
        assert code in dialog.message.sentence
    dialog.path.setText(str(own))
    dialog.secret.setText("gizli-parola")
    with qtbot.waitSignal(dialog.accepted, timeout=PATIENCE_MS):
        dialog.confirm.click()
    assert dialog.choice is not None and dialog.choice.sealer.certificate.owner == owner


def test_going_away_seals_nothing(qtbot: QtBot, ui_desk: Desk) -> None:
    dialog = opened(qtbot, ui_desk)
    with qtbot.waitSignal(dialog.rejected):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.choice is None and keeper_of(ui_desk).companies() == []
    assert dialog.answer == SealDeclined() and not dialog.answer.pin_refused


@pytest.mark.softhsm
def test_who_asked_learns_that_the_pin_was_refused(qtbot: QtBot, ui_desk: Desk, token: DemoToken) -> None:
    dialog = opened(qtbot, ui_desk)
    QGuiApplication.clipboard().setText("11112222")
    dialog.secret.paste()
    assert dialog.secret.text() == "11112222", "a PIN may be pasted"
    dialog.confirm.click()
    qtbot.waitUntil(lambda: "açılıyor" not in dialog.message.sentence, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "aranıyor" not in dialog.chooser.status_text(), timeout=PATIENCE_MS)
    dialog.reject()
    answer = dialog.answer
    assert isinstance(answer, SealDeclined) and answer.pin_refused
    assert "11112222" not in repr(answer)


def test_nothing_to_type_leaves_the_keyboard_on_the_list(qtbot: QtBot, ui_desk: Desk) -> None:
    dialog = opened(qtbot, ui_desk)
    qtbot.waitUntil(lambda: seal_sources.TEST in kinds(dialog), timeout=PATIENCE_MS)
    dialog.chooser.choose(seal_sources.TEST)
    assert dialog.focusWidget() is dialog.chooser.button(seal_sources.TEST)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.choice is None and dialog.isVisible()


def test_ask_seal_gives_the_choice_back(qtbot: QtBot, ui_desk: Desk) -> None:
    company = ui_desk.company
    assert company is not None
    seen: list[str] = []

    def press() -> None:
        dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, SealDialog) and w.isVisible())
        seen.append(dialog.windowTitle())
        dialog.reject()

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, press)
    assert ask_seal(ui_desk, company, 2, GOES) is None
    assert seen == ["Mühürle"]


def test_caps_lock_is_told_by_a_capital_without_shift(qtbot: QtBot, ui_desk: Desk) -> None:
    dialog = opened(qtbot, ui_desk)
    dialog.chooser.choose(seal_sources.FILE)
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(dialog.secret, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, none, "A"))
    assert dialog.caps.isVisible()
    QApplication.sendEvent(dialog.secret, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_A, none, "a"))
    assert not dialog.caps.isVisible()
