from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.domain.errors import EnvironmentFault
from app.runtime import resources


def test_a_bundle_keeps_its_files_under_its_own_root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "resources" / "codes").mkdir(parents=True)
    (tmp_path / "resources" / "codes" / "units.json").write_text("{}")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.resource_path("codes/units.json") == tmp_path / "resources" / "codes" / "units.json"


def test_the_source_tree_keeps_them_beside_the_code() -> None:
    assert resources.resources_root() == Path(__file__).resolve().parents[2] / "resources"


def test_a_missing_file_means_a_damaged_installation() -> None:
    with pytest.raises(EnvironmentFault) as caught:
        resources.resource_path("templates/boyle-bir-dosya-yok.xslt")
    assert caught.value.code == "RESOURCE.MISSING"


@pytest.mark.parametrize("path", ["../pyproject.toml", "/etc/passwd", "codes\\units.json", ""])
def test_a_path_that_leaves_the_folder_is_our_own_mistake(path: str) -> None:
    with pytest.raises(ValueError, match="resource path"):
        resources.resource_path(path)
