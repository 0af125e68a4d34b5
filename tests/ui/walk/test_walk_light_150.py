"""The walk in the light theme at 150 %: nothing cut, squeezed, hidden or faint."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.walk import walked


@pytest.fixture(scope="module")
def found(walk_ground: Path, project: Path, tmp_path_factory: pytest.TempPathFactory) -> walked.Faults:
    place = tmp_path_factory.mktemp("walk-light-150")
    return walked.walk(walk_ground, project, place, percent=150, theme="light", looks=walked.SEEN)


@pytest.mark.slow
@pytest.mark.parametrize("look", [*walked.SEEN, "played"])
def test_every_page_is_whole_and_legible(found: walked.Faults, look: str) -> None:
    faults = walked.told(found, look)
    assert not faults, "\n" + faults
