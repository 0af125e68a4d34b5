"""The guided set-up: from an empty folder to a company that can send, skipping, and going on where it was left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit

from app.demo import people
from app.domain.lifecycle import SealingMode
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.runtime.settings import OFFICE_NAME
from app.sandbox.server import Sandbox
from app.storage import companies as stored
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.setup import SetupWizard, needs_setup
from app.ui.setup.state import SetupState, load_state, save_state
from app.ui.setup.steps import CompanyStep, IntegratorStep, OfficeStep, SealStep, SeriesStep, suggest_series

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def fresh_desk(dressed: Any, tmp_path: Path) -> Iterator[Desk]:
    office = Office.open(tmp_path / "yeni", owner="test", clock=FixedClock(START), secrets=MemorySecretStore())
    desk = Desk(office)
    yield desk
    assert not desk.close()


def settle(qtbot: Any, desk: Desk) -> None:
    qtbot.waitUntil(lambda: not desk.runner.live_jobs(), timeout=30_000)


def opened(qtbot: Any, desk: Desk) -> SetupWizard:
    wizard = SetupWizard(desk)
    qtbot.addWidget(wizard)
    wizard.show()
    settle(qtbot, desk)
    return wizard


def press_next(qtbot: Any, wizard: SetupWizard) -> None:
    wizard.next_button.click()
    settle(qtbot, wizard.desk)


def fill_company(step: Any) -> None:
    assert isinstance(step, CompanyStep)
    step.number.set_text(people.SELLER["vkn"])
    step.edit("title").setText(people.SELLER["title"])
    step.edit("tax_office").setText("Kadıköy")
    step.edit("address.city").setText("İstanbul")
    step.edit("address.district").setText("Kadıköy")


def company(desk: Desk) -> CompanyRecord:
    with desk.office.db.read() as s:
        record = stored.get_company(s, people.SELLER["vkn"])
    assert record is not None
    return record


def test_from_nothing_to_a_company_that_can_send(qtbot: Any, fresh_desk: Desk) -> None:
    seller = people.SELLER
    assert needs_setup(fresh_desk)
    with Sandbox(now=START, frozen=True) as sandbox:
        sandbox.add_account(
            "demo",
            "demo-parola",
            vkn=seller["vkn"],
            title=seller["title"],
            gb=seller["labels"]["gb"],
            pk=seller["labels"]["pk"],
        )
        wizard = opened(qtbot, fresh_desk)
        office = wizard.steps["office"]
        assert isinstance(office, OfficeStep)
        name = office.form.form.editor(OFFICE_NAME.name)
        assert isinstance(name, QLineEdit)
        name.setText("Deniz Mali Müşavirlik")
        name.editingFinished.emit()
        press_next(qtbot, wizard)
        assert wizard.current == "company"
        fill_company(wizard.steps["company"])
        press_next(qtbot, wizard)
        step = wizard.steps["integrator"]
        assert isinstance(step, IntegratorStep) and wizard.current == "integrator"
        step.account.url.setText(sandbox.url)
        step.account.user.setText("demo")
        step.account.password.setText("demo-parola")
        with qtbot.waitSignal(step.account.tried, timeout=30_000):
            step.account.try_button.click()
        press_next(qtbot, wizard)
        seal = wizard.steps["seal"]
        assert isinstance(seal, SealStep) and wizard.current == "seal"
        seal.integrator.setChecked(True)
        press_next(qtbot, wizard)
        series = wizard.steps["series"]
        assert isinstance(series, SeriesStep) and wizard.current == "series"
        press_next(qtbot, wizard)
        assert wizard.current == "finish"
        record = company(fresh_desk)
        assert record.company.labels.pk == tuple(seller["labels"]["pk"])
        assert record.company.labels.gb == tuple(seller["labels"]["gb"])
        assert record.company.default_sealing_mode is SealingMode.INTEGRATOR
        assert record.company.series == {"einvoice": "CAM"}
        assert fresh_desk.office.settings.get(OFFICE_NAME) == "Deniz Mali Müşavirlik"
        assert fresh_desk.company is not None and fresh_desk.company.id == record.id
        with qtbot.waitSignals([wizard.completed, fresh_desk.wanted]):
            wizard.invoice_button.click()
        settle(qtbot, fresh_desk)
        fresh_desk.office.forget(1)
    assert not needs_setup(fresh_desk)


def test_every_step_can_be_skipped(qtbot: Any, fresh_desk: Desk) -> None:
    wizard = opened(qtbot, fresh_desk)
    seen = []
    while wizard.current != "finish":
        seen.append(wizard.current)
        wizard.skip_button.click()
        settle(qtbot, fresh_desk)
    assert seen == ["office", "company", "integrator", "seal", "series"]
    assert wizard.state.skipped == tuple(seen)
    with qtbot.waitSignal(wizard.completed):
        wizard.next_button.click()
    settle(qtbot, fresh_desk)
    assert not needs_setup(fresh_desk)


def test_it_goes_on_where_it_was_left(qtbot: Any, fresh_desk: Desk) -> None:
    wizard = opened(qtbot, fresh_desk)
    wizard.skip_button.click()
    fill_company(wizard.steps["company"])
    press_next(qtbot, wizard)
    wizard.close()
    settle(qtbot, fresh_desk)
    assert needs_setup(fresh_desk)
    again = opened(qtbot, fresh_desk)
    assert again.current == "integrator" and again.isEnabled()
    assert again.company is not None and again.company.company.tax_number.digits == people.SELLER["vkn"]
    again.back_button.click()
    step = again.steps["company"]
    assert isinstance(step, CompanyStep) and step.edit("title").text() == people.SELLER["title"]
    settle(qtbot, fresh_desk)


def test_steps_that_need_a_company_say_so(qtbot: Any, fresh_desk: Desk) -> None:
    wizard = opened(qtbot, fresh_desk)
    wizard.list.setCurrentRow(3)
    assert wizard.stack.currentWidget() is wizard.no_company
    assert not wizard.next_button.isEnabled() and wizard.skip_button.isVisible()
    wizard.no_company.button.click()
    assert wizard.current == "company"
    settle(qtbot, fresh_desk)


def test_what_is_wrong_stands_under_its_field(qtbot: Any, fresh_desk: Desk) -> None:
    wizard = opened(qtbot, fresh_desk)
    wizard.skip_button.click()
    step = wizard.steps["company"]
    assert isinstance(step, CompanyStep)
    step.number.set_text("92051")
    press_next(qtbot, wizard)
    assert wizard.current == "company" and wizard.next_button.isEnabled()
    assert step.form.verdict("title").isVisible() and step.number.verdict.kind == "error"


def test_an_interval_below_the_floor_holds_the_first_step(qtbot: Any, fresh_desk: Desk) -> None:
    wizard = opened(qtbot, fresh_desk)
    step = wizard.steps["office"]
    assert isinstance(step, OfficeStep)
    edit = step.form.form.editor("receive_interval_min")
    assert isinstance(edit, QLineEdit)
    edit.setText("1")
    press_next(qtbot, wizard)
    assert wizard.current == "office"
    assert "15 dakika" in step.form.form.verdict("receive_interval_min").sentence


def test_the_practice_office_is_one_click_away(qtbot: Any, fresh_desk: Desk) -> None:
    wizard = opened(qtbot, fresh_desk)
    with qtbot.waitSignal(wizard.demo_wanted):
        wizard.demo_button.click()


def test_a_state_file_that_cannot_be_read_counts_as_none(fresh_desk: Desk) -> None:
    folder = fresh_desk.office.folder
    save_state(folder, SetupState(step="seal", done=("office",)))
    state = load_state(folder)
    assert state is not None and state.step == "seal" and state.done == ("office",)
    (folder.root / "kurulum.json").write_text("{", encoding="utf-8")
    assert load_state(folder) is None


def test_an_office_with_firms_is_not_asked(ui_world: Any) -> None:
    ui_world.desk.is_demo = False
    assert not needs_setup(ui_world.desk)


@pytest.mark.parametrize(
    ("name", "series"),
    [("Çınaraltı Ahşap Mobilya Sanayi", "CAM"), ("Işıl A.Ş.", "ISI"), ("Öz", "FTR"), ("", "FTR")],
)
def test_a_series_is_suggested_from_the_name(name: str, series: str) -> None:
    assert suggest_series(name) == series
