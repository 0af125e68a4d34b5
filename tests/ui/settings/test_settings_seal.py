"""Mühür: the card doctor over a real SoftHSM2 token, drivers added by hand, one try per typed PIN."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.domain.taxnumber import parse_tax_number
from app.runtime.settings import SEAL_MODULES
from app.signing.demo_token import CONFIG_VARIABLE, DemoToken, create_demo_token
from app.ui.pages.settings.card_doctor import CardDoctor
from app.ui.pages.settings.seal import SealSubject

OWNER = "9205121120"


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=60_000)


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DemoToken]:
    monkeypatch.setenv(CONFIG_VARIABLE, "")
    made = create_demo_token(tmp_path / "hsm", parse_tax_number(OWNER), "Çınaraltı", "246810")
    assert made is not None
    yield made


def texts(doctor: CardDoctor) -> str:
    found = []
    for index in range(doctor.tree.topLevelItemCount()):
        top = doctor.tree.topLevelItem(index)
        assert top is not None
        found.append(f"{top.text(0)} {top.text(1)}")
        found += [f"{top.child(i).text(0)}: {top.child(i).text(1)}" for i in range(top.childCount())]
    return "\n".join(found)


@pytest.mark.softhsm
def test_the_doctor_lists_cards_and_certificates(qtbot: Any, ui_desk: Any, token: DemoToken) -> None:
    doctor = CardDoctor(ui_desk)
    qtbot.addWidget(doctor)
    doctor.show()
    with qtbot.waitSignal(doctor.reported, timeout=60_000):
        doctor.look_button.click()
    said = texts(doctor)
    assert "SoftHSM2" in said and token.label in said
    assert OWNER in said and "TEST" in said and "tarihine kadar" in said
    assert doctor.state.kind == "ok" and doctor.test.isVisible()
    # Every row is seen: the page scrolls, not the list in it.
    qtbot.waitUntil(lambda: doctor.tree.verticalScrollBar().maximum() == 0, timeout=5_000)
    rows = texts(doctor).count("\n") + 1
    assert doctor.tree.height() > rows * doctor.tree.fontMetrics().height()


@pytest.mark.softhsm
def test_one_typed_pin_is_one_try(qtbot: Any, ui_desk: Any, token: DemoToken) -> None:
    doctor = CardDoctor(ui_desk)
    qtbot.addWidget(doctor)
    doctor.show()
    with qtbot.waitSignal(doctor.reported, timeout=60_000):
        doctor.look_button.click()
    panel = doctor.test
    assert not panel.sign_button.isEnabled()
    panel.pin.setText("999999")
    with qtbot.waitSignal(panel.ended, timeout=60_000):
        panel.sign_button.click()
        assert panel.pin.text() == ""
    settle(qtbot, ui_desk)
    assert panel.result.kind == "error" and "PIN" in panel.result.sentence
    panel.pin.setText("246810")
    with qtbot.waitSignal(panel.ended, timeout=60_000):
        panel.sign_button.click()
    settle(qtbot, ui_desk)
    assert panel.result.kind == "ok" and "doğrulandı" in panel.result.sentence


def test_a_driver_is_added_kept_and_removed(qtbot: Any, ui_desk: Any, tmp_path: Path) -> None:
    subject = SealSubject(ui_desk)
    qtbot.addWidget(subject)
    subject.show()
    subject.refresh()
    settle(qtbot, ui_desk)
    subject.add_module(tmp_path / "yok.so")
    assert "bulunamadı" in subject.driver_verdict.sentence
    driver = tmp_path / "libozel.so"
    driver.write_bytes(b"not a library")
    subject.add_module(driver)
    settle(qtbot, ui_desk)
    assert ui_desk.office.settings.get(SEAL_MODULES) == str(driver)
    assert driver in ui_desk.office.seal_modules()
    # A driver that cannot be loaded is told, and stops nobody.
    qtbot.waitUntil(lambda: subject.doctor.report is not None, timeout=60_000)
    assert "libozel.so" in texts(subject.doctor)
    subject.drivers.setCurrentRow(0)
    subject.remove_button.click()
    settle(qtbot, ui_desk)
    assert ui_desk.office.settings.get(SEAL_MODULES) == ""


def test_the_page_explains_the_integrators_seal(qtbot: Any, ui_desk: Any) -> None:
    from PySide6.QtWidgets import QLabel

    subject = SealSubject(ui_desk)
    qtbot.addWidget(subject)
    words = " ".join(label.text() for label in subject.findChildren(QLabel))
    assert "entegratörün kendi mali mührüyle imzalanır" in words
