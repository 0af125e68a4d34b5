"""However windows die, the browser's pages are gone before their profile; each way in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
BEGIN = """
import sys
from PySide6.QtCore import QTimer, Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from app.ui.reading.web import DocumentView, stage
app = QApplication([])
window = QWidget()
row = QVBoxLayout(window)
view, other = DocumentView(window), DocumentView()
row.addWidget(view)
shown = []
for each in (view, other):
    each.shown.connect(shown.append)
    each.show_html(1, "<!doctype html><p>belge</p>" * 50)
window.show()
def turn(ready):
    while not ready():
        app.processEvents()
turn(lambda: len(shown) == 2)
profile = stage().profile
"""
ENDS = {
    "left standing, no event loop ever ran": "",
    "the loop ends under open windows": "QTimer.singleShot(0, app.quit); app.exec(); view.resize(300, 300); "
    "view.show_html(2, 'x'); view.zoom_in(); view.show(); "
    "assert stage().is_open; assert stage().profile is not profile",
    "windows first, by deleteLater, loop ends": "window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose); "
    "QTimer.singleShot(0, window.close); QTimer.singleShot(0, other.deleteLater); "
    "QTimer.singleShot(50, app.quit); app.exec()",
    "closed at once, nothing processed": "window.close(); window.deleteLater(); other.deleteLater()",
    "python lets go of everything first": "del view, each, row, window, other, profile",
    "a page is worn and replaced as the end comes": "view._shown_documents = 100; view.show_html(3, '<p>taze</p>'); "
    "turn(lambda: shown[-1] == 3)",
    "an exception nobody caught": "raise SystemExit(0)",
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_pages_go_before_their_profile(end: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1", "PYTHONPATH": str(PROJECT)}
    script = (
        f"{BEGIN}{end}\nprint('geldi', flush=True)"
        if "raise" not in end
        else f"{BEGIN}print('geldi', flush=True)\n{end}"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    assert "geldi" in ended.stdout, ended.stderr
    assert "Release of profile" not in ended.stderr and "Fatal" not in ended.stderr, ended.stderr
