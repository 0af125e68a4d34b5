"""A look at the editor as a designer would: nothing cut, faint, nameless, English or out of the keys' reach."""

from __future__ import annotations

import contextlib

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.demo import people
from app.ui.theme.style import theme
from app.workflows import drafting
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open
from tests.ui.walk import looking

LOOKS = (looking.cut_words, looking.squeezed, looking.nameless, looking.english, looking.weak_contrast)


def faults_at_rest(qtbot: QtBot, window: QWidget) -> dict[str, list[str]]:
    """What is wrong with the window's look once it has come to rest; what stays for ten seconds is wrong."""
    faults: dict[str, list[str]] = {}

    def is_clean() -> bool:
        # The sums come from a worker, and a label takes its new width with the next turn of the loop.
        QApplication.processEvents()
        faults.clear()
        faults.update({look.__name__: found for look in LOOKS if (found := look(window))})
        return not faults

    with contextlib.suppress(qtbot.TimeoutError):
        qtbot.waitUntil(is_clean, timeout=10_000)
    return faults


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("profile", ["TEMELFATURA", "IHRACAT"])
def test_the_editor_can_be_read(qtbot: QtBot, ui_world: World, open_editor: Open, name: str, profile: str) -> None:
    theme().apply(name)  # type: ignore[arg-type]
    data = people.drafts("2026-11-20")[0] | {"issue_date": "2026-11-25", "profile": profile}
    data["lines"][0] |= {
        "withholding": {"code": "624", "rate": "30"},
        "charges": [{"rate": "0.02", "reason": "Nakliye"}],
        "other_taxes": [{"code": "0071", "per_unit": "2.5"}],
    }
    data["lines"][1]["unit"] = "ADET"
    window = open_editor(ui_world, document_id=drafting.save_draft(ui_world.ctx, ui_world.company, data).record.id)
    window.resize(1366, 768)
    # The page of the preview is a picture of its own and is not looked at here.
    window.preview.hide()
    window.form.table.go_to(0, 0)
    for tab in (window.findings, window.details):
        window.tabs.setCurrentWidget(tab)
        assert faults_at_rest(qtbot, window) == {}
        assert looking.unreachable(window, window) == []
