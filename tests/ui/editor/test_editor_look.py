"""A look at the editor as a designer would: nothing cut, faint, nameless, English or out of the keys' reach."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.demo import people
from app.ui.theme.style import theme
from app.workflows import drafting
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open
from tests.ui.walk import looking

LOOKS = (looking.cut_words, looking.squeezed, looking.nameless, looking.english, looking.weak_contrast)


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("profile", ["TEMELFATURA", "IHRACAT"])
def test_the_editor_can_be_read(ui_world: World, open_editor: Open, name: str, profile: str) -> None:
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
        QApplication.processEvents()
        faults = {look.__name__: found for look in LOOKS if (found := look(window))}
        assert faults == {}
        assert looking.unreachable(window, window) == []
