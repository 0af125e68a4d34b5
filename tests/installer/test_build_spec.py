"""What the frozen program is built from: `build.spec` is read as PyInstaller reads it, with its classes replaced."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


class Recorder:
    """Stands for Analysis, PYZ, EXE and COLLECT: keeps what the spec asked for."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.taken: list[Any] = []

    def analysis(self, scripts: list[str], **options: Any) -> SimpleNamespace:
        self.asked = options | {"scripts": scripts}
        libraries = [
            ("PySide6/Qt/lib/libQt6WebEngineCore.so.6", "", "BINARY"),
            ("PySide6/Qt/lib/libQt6Quick3D.so.6", "", "BINARY"),
            ("PySide6/Qt/qml/QtQuick/libqtquick2plugin.so", "", "BINARY"),
        ]
        return SimpleNamespace(binaries=libraries, datas=[], pure=[], scripts=scripts)

    def collect(self, *parts: Any, **_: Any) -> None:
        self.taken = list(parts)


@pytest.fixture(scope="module")
def spec() -> Recorder:
    recorder = Recorder()
    names = {
        "SPECPATH": str(ROOT),
        "Analysis": recorder.analysis,
        "PYZ": lambda *_: None,
        "EXE": lambda *_, **__: None,
        "COLLECT": recorder.collect,
    }
    exec(compile((ROOT / "build.spec").read_text("utf-8"), "build.spec", "exec"), names)
    return recorder


@pytest.mark.parametrize(
    "library", ["isal.isal_zlib", "python_calamine", "rfc3161_client", "pymssql", "pkcs11._pkcs11", "saxonche"]
)
def test_what_compiled_code_imports_is_named(spec: Recorder, library: str) -> None:
    """PyInstaller follows imports by reading Python; those of compiled modules it is told, or it leaves them out."""
    package = library.partition(".")[0]
    program = f"import sys, {library}\nprint(*(name for name in sys.modules if name.partition('.')[0] == {package!r}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert set(loaded.stdout.split()) <= set(spec.asked["hiddenimports"])


def test_our_own_modules_and_files_go_along(spec: Recorder) -> None:
    ours = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "app").rglob("*.py")
        if "migrations" not in path.parts
    }
    assert ours <= set(spec.asked["hiddenimports"])
    assert {(str(ROOT / "resources"), "resources")} <= set(spec.asked["datas"])


def test_unused_parts_of_qt_stay_behind(spec: Recorder) -> None:
    [libraries] = [part for part in spec.taken if part and isinstance(part[0], tuple)]
    assert [name.rsplit("/", 1)[-1] for name, *_ in libraries] == ["libQt6WebEngineCore.so.6"]


def test_every_module_of_ours_can_be_imported() -> None:
    """The question that the build scripts ask of the frozen program."""
    command = [sys.executable, "-m", "app", "--muhurdar-imports"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > len(list((ROOT / "app" / "workflows").glob("*.py")))
