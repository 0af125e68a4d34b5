"""A small generated office for the walk, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ui.tour import ground


@pytest.fixture(scope="session")
def walk_ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("walk") / "ground"
    ground.build(root, quick=True)
    return root
