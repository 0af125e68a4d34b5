"""Lists of doors: rows as high as their words, also when the list becomes narrower."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.widgets import Line, LineList

_LONG = "Düzeltip aynı numara ve ETTN ile yeniden gönderebilirsiniz; numara kaybolmaz ve ikinci kez kullanılmaz."


def test_rows_grow_when_the_list_becomes_narrower(dressed: QApplication, qtbot: QtBot) -> None:
    view = LineList("Takılanlar")
    qtbot.addWidget(view)
    view.lines.set_lines([Line(title=f"Satır {n}", details=("bir", _LONG), wraps=True) for n in range(30)])
    view.resize(900, 300)
    view.show()
    qtbot.waitUntil(lambda: view.visualRect(view.lines.index(0, 0)).height() > 0)
    wide = view.visualRect(view.lines.index(0, 0)).height()
    view.resize(260, 300)
    qtbot.waitUntil(lambda: view.visualRect(view.lines.index(0, 0)).height() > wide)
    first, second = (view.visualRect(view.lines.index(row, 0)) for row in (0, 1))
    assert first.height() == view.sizeHintForRow(0)
    assert second.top() > first.bottom()
