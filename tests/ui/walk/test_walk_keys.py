"""The walk by keyboard and by ear: Tab comes to everything, every control has a name, every word is Turkish."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.walk import walked

LOOKS = ("keys", "unreachable", "nameless", "english")


@pytest.fixture(scope="module")
def found(walk_ground: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> walked.Faults:
    place = tmp_path_factory.mktemp("walk-keys")
    return walked.walk(walk_ground, project, place, percent=100, theme="light", looks=LOOKS)


@pytest.mark.slow
@pytest.mark.parametrize("look", [*LOOKS, "played"])
def test_every_page_is_for_keys_and_ears(found: walked.Faults, look: str) -> None:
    faults = walked.told(found, look)
    assert not faults, "\n" + faults
