"""Nothing typed is lost: unfinished forms, damaged ones, a process that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.domain.lifecycle import Direction
from app.ui.editor.recovery import recovery_of
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open, fill_buyer

ROOT = Path(__file__).parents[3]


def test_an_unfinished_form_is_kept_and_offered(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = open_editor(ui_world)
    window.store.lines.setData(window.store.lines.index(0, 0), "Yarım kalan masa")
    window.close()
    qtbot.waitUntil(lambda: not isValid(window), timeout=10_000)
    assert ui_world.records(Direction.OUT) == []
    kept = recovery_of(ui_world.office).waiting()
    assert [form.title for form in kept] == ["Yarım kalan masa"]
    again = open_editor(ui_world)
    qtbot.waitUntil(lambda: "Yarım kalan 1 form" in again.message.sentence, timeout=10_000)
    restored = open_editor(ui_world, unfinished=kept[0].ettn)
    assert restored.store.lines.lines[0]["name"] == "Yarım kalan masa"
    fill_buyer(restored)
    restored.store.lines.paste(0, [1, 3], [["1", "10"]])
    with qtbot.waitSignal(restored.worker.stored, timeout=10_000, check_params_cb=lambda s: s.drafted is not None):
        restored.save()
    assert recovery_of(ui_world.office).waiting() == []
    assert len(ui_world.records(Direction.OUT)) == 1


def test_a_damaged_kept_form_stops_nothing(ui_world: World, expected_logs: Any) -> None:
    expected_logs("kept form .* is not readable")
    store = recovery_of(ui_world.office)
    fields = {"uuid": "11111111-2222-4333-8444-555555555555", "lines": []}
    store.keep("1234567890", fields, at=ui_world.clock.now())
    folder = ui_world.office.folder.root / "unfinished"
    (folder / "22222222-2222-4333-8444-555555555555.json").write_bytes(b"{half")
    (folder / "notes.json").write_text("{}")
    assert [form.ettn for form in store.waiting()] == ["11111111-2222-4333-8444-555555555555"]
    assert store.waiting("9999999999") == []


_TYPIST = """
import sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
app = QApplication([])
from app.office import Office
from app.runtime.secrets import MemorySecretStore
from app.storage import companies
from app.ui.desk import Desk
from app.ui.editor.window import EditorWindow

office = Office.open(Path(sys.argv[1]), owner="test", secrets=MemorySecretStore())
desk = Desk(office)
with office.db.read() as s:
    desk.set_company(companies.list_companies(s)[0])
window = EditorWindow(desk)
window.worker.draws = False

def write():
    if sys.argv[2] == "draft":
        window.store.set("customer", {"vkn": "7750409379", "title": "Işıl"})
    window.store.lines.paste(0, [0, 1, 3], [["Çökmeden önce", "1", "10"]])

window.opened.connect(write)
window.worker.stored.connect(lambda stored: print("stored", window.store.text("uuid"), flush=True))
window.show()
app.exec()
"""


@pytest.mark.parametrize("kind", ["draft", "form"])
def test_a_killed_process_loses_nothing_saved(ui_world: World, open_editor: Open, qtbot: QtBot, kind: str) -> None:
    environment: dict[str, Any] = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    root = ui_world.office.folder.root
    with subprocess.Popen(
        [sys.executable, "-c", _TYPIST, str(root), kind], stdout=subprocess.PIPE, text=True, env=environment
    ) as child:
        assert child.stdout is not None
        word, ettn = child.stdout.readline().split()
        child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    assert word == "stored"
    if kind == "draft":
        window = open_editor(ui_world, document_id=ui_world.get(ettn).id)
    else:
        assert [form.ettn for form in recovery_of(ui_world.office).waiting()] == [ettn]
        window = open_editor(ui_world, unfinished=ettn)
    assert window.store.lines.lines[0]["name"] == "Çökmeden önce"
