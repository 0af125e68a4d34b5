from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.runtime import settings as s
from app.runtime.settings import ALL, Setting, Settings, describe, described


def test_defaults_hold_without_anything_stored() -> None:
    values = Settings(dict, _no_save)
    assert values.get(s.RECEIVE_INTERVAL_MIN) == 30
    assert values.get(s.STATUS_INTERVAL_HOURS) == 4
    assert values.get(s.SYNC_ON_START) is True
    assert values.get(s.THEME) == "system"
    assert s.BUTTON_FLOOR_MIN == 5


@pytest.mark.parametrize(
    ("setting", "floor", "unit"), [(s.RECEIVE_INTERVAL_MIN, 15, "dakika"), (s.STATUS_INTERVAL_HOURS, 4, "saat")]
)
def test_a_value_below_the_integrator_s_floor_is_refused_in_words(setting: Setting[int], floor: int, unit: str) -> None:
    saved: dict[str, object] = {}
    values = Settings(lambda: saved, saved.__setitem__)
    values.set(setting, floor)
    with pytest.raises(InputError) as caught:
        values.set(setting, floor - 1)
    assert caught.value.code == "SETTING.TOO_LOW"
    assert f"{floor} {unit}" in caught.value.sentence
    assert setting.title in caught.value.sentence
    assert values.get(setting) == floor
    assert saved == {setting.name: floor}


def test_a_low_value_written_past_us_is_not_obeyed(expected_logs: object) -> None:
    expected_logs("receive_interval_min", "theme")  # type: ignore[operator]
    stored: dict[str, object] = {"receive_interval_min": 1, "theme": 7, "bulk_pdf": "each", "of_a_newer_version": [1]}
    values = Settings(lambda: stored, _no_save)
    assert values.get(s.RECEIVE_INTERVAL_MIN) == 30
    assert values.get(s.THEME) == "system"
    assert values.get(s.BULK_PDF) == "each"


def test_a_change_by_another_process_is_seen_after_reload() -> None:
    stored: dict[str, object] = {}
    values = Settings(lambda: dict(stored), stored.__setitem__)
    stored["office_name"] = "Yılmaz Mali Müşavirlik"
    assert values.get(s.OFFICE_NAME) == ""
    values.reload()
    assert values.get(s.OFFICE_NAME) == "Yılmaz Mali Müşavirlik"


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        (s.RECEIVE_INTERVAL_MIN, "30", "SETTING.TYPE"),
        (s.RECEIVE_INTERVAL_MIN, True, "SETTING.TYPE"),
        (s.RECEIVE_INTERVAL_MIN, 30.0, "SETTING.TYPE"),
        (s.RECEIVE_INTERVAL_MIN, 1441, "SETTING.TOO_HIGH"),
        (s.SYNC_ON_START, 1, "SETTING.TYPE"),
        (s.THEME, "mor", "SETTING.CHOICE"),
        (s.OFFICE_NAME, "x" * 121, "SETTING.TOO_HIGH"),
    ],
)
def test_a_value_that_does_not_fit(setting: Setting[str], value: object, code: str) -> None:
    with pytest.raises(InputError) as caught:
        setting.validate(value)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (s.RECEIVE_INTERVAL_MIN, " 45 ", 45),
        (s.SYNC_ON_START, "Hayır", False),
        (s.SYNC_ON_START, "evet", True),
        (s.THEME, "dark", "dark"),
    ],
)
def test_text_is_read_as_its_type(setting: Setting[str], text: str, value: object) -> None:
    assert setting.parse(text) == value


@pytest.mark.parametrize(("setting", "text"), [(s.RECEIVE_INTERVAL_MIN, "yarım saat"), (s.SYNC_ON_START, "belki")])
def test_text_that_is_not_its_type(setting: Setting[str], text: str) -> None:
    with pytest.raises(InputError) as caught:
        setting.parse(text)
    assert caught.value.code == "SETTING.TYPE"


@given(st.integers())
def test_every_whole_number_is_kept_or_refused_by_its_limits(value: int) -> None:
    try:
        assert s.RECEIVE_INTERVAL_MIN.validate(value) == value
        assert 15 <= value <= 1440
    except InputError as e:
        assert (value < 15) == (e.code == "SETTING.TOO_LOW")
        assert (value > 1440) == (e.code == "SETTING.TOO_HIGH")


def test_each_setting_is_complete_and_its_default_is_allowed() -> None:
    assert len(s.BY_NAME) == len(s.ALL)
    for setting in s.ALL:
        assert setting.validate(setting.default) == setting.default
        assert setting.title
        assert setting.description.endswith(".")
        assert s.find_setting(setting.name) is setting


def test_an_unknown_setting_is_said() -> None:
    with pytest.raises(InputError) as caught:
        s.find_setting("renk")
    assert caught.value.code == "SETTING.UNKNOWN"
    assert "theme" in caught.value.sentence


def _no_save(name: str, value: object) -> None:
    raise AssertionError(f"saved {name}={value}")


@dataclass(frozen=True)
class _Schema:
    wait_s: float = described(
        10.0, title="Bekleme", description="En çok bu kadar.", unit="saniye", minimum=0.5, maximum=60
    )
    path: str = described("/yol", title="Yol")
    plain: str = "x"


def test_a_connectors_schema_is_described_in_its_order() -> None:
    wait, path, plain = describe(_Schema)
    assert (wait.title, wait.default, wait.unit, wait.minimum) == ("Bekleme", "10", "saniye", 0.5)
    assert (path.title, path.default) == ("Yol", "/yol")
    assert plain.title == "plain", "without words its name is better than nothing"
    assert _Schema().wait_s == 10.0
    assert describe(None) == [] and describe(int) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", ""), ("2,5", ""), ("0,4", "En az 0,5 saniye olmalı."), ("61", "En çok 60 saniye olmalı."), ("nan", "En az"),
     ("çok", "bir sayı olmalı")],
)  # fmt: skip
def test_a_number_is_judged_as_it_is_typed(typed: str, words: str) -> None:
    wait = describe(_Schema)[0]
    problem = wait.problem(typed)
    assert words in problem and bool(words) == bool(problem)
    assert wait.shown(wait.stored(typed)) == typed


def test_every_setting_has_words_and_every_number_its_bounds() -> None:
    for setting in ALL:
        assert setting.title and setting.description.endswith("."), setting.name
        if setting.type is int:
            assert setting.unit and setting.minimum is not None and setting.maximum is not None, setting.name
