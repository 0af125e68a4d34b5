"""Finding connectors without paying for them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.connectors.base import EndpointKind
from app.connectors.registry import connector_keys, list_connectors, load_connector
from app.domain.errors import ConfigError


def test_izibiz_is_registered(tmp_path: Path) -> None:
    assert "izibiz" in connector_keys()
    connector = load_connector("izibiz", cache_folder=tmp_path)
    assert (connector.key, connector.title) == ("izibiz", "İzibiz")
    assert connector.endpoint_kind("http://127.0.0.1:9") is EndpointKind.SANDBOX
    assert [i.problem for i in list_connectors() if i.key == "izibiz"] == [""]


def test_an_unknown_key_is_said_with_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        load_connector("yok")
    assert caught.value.code == "CONNECTOR.UNKNOWN"
    assert "izibiz" in caught.value.sentence


def _install_plugin(folder: Path, body: str) -> None:
    """An installed package that registers a connector, as pip leaves it on disk."""
    (folder / "hayali_connector.py").write_text(body)
    info = folder / "hayali-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hayali\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[muhurdar.connectors]\nhayali = hayali_connector:make\nizibiz = hayali_connector:make\n"
    )


def test_a_connector_of_another_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install_plugin(
        tmp_path,
        "class Hayali:\n    key, title = 'hayali', 'Hayali'\n\ndef make(*, cache_folder, clock):\n    return Hayali()",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load_connector("hayali").title == "Hayali"
    assert load_connector("izibiz").title == "İzibiz", "another package must not replace our own"


def test_a_broken_connector_is_shown_and_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected_logs: object
) -> None:
    assert callable(expected_logs)
    expected_logs("connector hayali cannot be loaded")
    _install_plugin(tmp_path, "raise ImportError('bozuk')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "hayali_connector", raising=False)
    shown = {info.key: info.problem for info in list_connectors()}
    assert shown["izibiz"] == ""
    assert "yüklenemedi" in shown["hayali"]


def test_naming_the_connectors_imports_no_soap_library() -> None:
    code = (
        "import sys; import app.connectors.registry as r; r.list_connectors(); r.load_connector('izibiz');"
        "print([m for m in ('zeep', 'requests') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
