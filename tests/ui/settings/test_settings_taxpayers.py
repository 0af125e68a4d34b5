"""The taxpayer list from the window: by the button, by the clock, and what is said at every end."""

from __future__ import annotations

from typing import Any

import pytest

from app.demo import people
from app.runtime.settings import TAXPAYERS_RENEW
from app.storage import companies as stored
from app.ui.pages.settings.integrators import IntegratorsSubject
from app.ui.pages.settings.taxpayer_panel import TaxpayerPanel
from app.ui.taxpayers import TaxpayerRenewal
from app.workflows import taxpayers


def settle(qtbot: Any, desk: Any) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


def asked(world: Any) -> int:
    return sum(call.operation == "GetGibUserList" for call in world.sandbox.calls)


@pytest.fixture
def panel(qtbot: Any, ui_world: Any) -> TaxpayerPanel:
    made = TaxpayerPanel(ui_world.desk)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    settle(qtbot, ui_world.desk)
    return made


def test_the_button_fetches_the_list_and_says_how_large_it_is(qtbot: Any, panel: TaxpayerPanel, ui_world: Any) -> None:
    assert "henüz alınmadı" in panel.state.text()
    with qtbot.waitSignal(panel.renewal.renewed, timeout=30_000):
        panel.button.click()
    settle(qtbot, ui_world.desk)
    state = taxpayers.state(ui_world.ctx)
    assert state is not None and state.taxpayers >= len(people.BUYERS)
    assert f"{state.taxpayers} mükellef" in panel.state.text() and panel.verdict.kind == "ok"
    assert panel.button.isEnabled()
    with qtbot.waitSignal(panel.renewal.renewed, timeout=30_000):
        panel.button.click()
    assert "iki saatte" in panel.verdict.sentence and asked(ui_world) == 1


def test_a_card_follows_and_the_number_of_cards_is_said(qtbot: Any, panel: TaxpayerPanel, ui_world: Any) -> None:
    from app.domain.party import Party
    from app.domain.taxnumber import parse_tax_number

    digits = people.buyer_number(0)
    with ui_world.office.db.write("db.partner") as s:
        party = Party(tax_number=parse_tax_number(digits), title=people.buyer_name(0))
        stored.save_partner(s, ui_world.company.id, party, at=ui_world.clock.now())
    changes: list[Any] = []
    ui_world.desk.changed.connect(changes.append)
    with qtbot.waitSignal(panel.renewal.renewed, timeout=30_000):
        panel.button.click()
    settle(qtbot, ui_world.desk)
    assert "1 cari kartı" in panel.verdict.sentence
    assert any(change.partners for change in changes)
    with ui_world.office.db.read() as s:
        record = stored.get_partner(s, ui_world.company.id, digits)
    assert record is not None and record.registered is True


@pytest.mark.expected_logs()
def test_an_integrator_that_is_away_is_said(qtbot: Any, panel: TaxpayerPanel, ui_world: Any) -> None:
    ui_world.sandbox.stop()
    with qtbot.waitSignal(panel.renewal.failed, timeout=30_000):
        panel.button.click()
    assert panel.verdict.kind == "error" and panel.verdict.sentence
    assert panel.button.isEnabled() and "henüz alınmadı" in panel.state.text()


def test_without_an_account_it_says_where_the_list_comes_from(qtbot: Any, panel: TaxpayerPanel, ui_world: Any) -> None:
    from sqlalchemy import text

    with ui_world.office.db.write("db.company") as s:
        s.execute(text("DELETE FROM account"))
    with qtbot.waitSignal(panel.renewal.nowhere, timeout=30_000):
        panel.button.click()
    assert "entegratör hesabını" in panel.verdict.sentence and panel.button.isEnabled()


def test_by_the_clock_it_obeys_the_floor_and_the_setting(qtbot: Any, ui_world: Any) -> None:
    renewal = TaxpayerRenewal(ui_world.desk)
    settings = ui_world.office.settings
    settings.set(TAXPAYERS_RENEW, False)
    renewal._on_timer_timeout()
    assert not renewal.is_running
    settings.set(TAXPAYERS_RENEW, True)
    for hours, calls in ((0, 1), (1, 1), (1, 2)):
        ui_world.push(hours=hours)
        with qtbot.waitSignal(renewal.renewed, timeout=30_000):
            renewal._on_timer_timeout()
        settle(qtbot, ui_world.desk)
        assert asked(ui_world) == calls
    assert not renewal.is_running


def test_the_panel_stands_under_entegratorler(qtbot: Any, ui_world: Any) -> None:
    subject = IntegratorsSubject(ui_world.desk)
    qtbot.addWidget(subject)
    subject.show()
    subject.refresh()
    settle(qtbot, ui_world.desk)
    assert subject.taxpayers.isVisible() and subject.taxpayers.accessibleName()
