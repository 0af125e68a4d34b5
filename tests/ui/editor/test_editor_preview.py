"""The live page: the reading pane's own view, off the GUI thread, in the place where one was reading."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from app.demo import people
from app.ui.editor.window import EditorWindow
from app.ui.reading.web import DocumentView
from app.workflows import drafting
from tests.ui.conftest import World
from tests.ui.editor.conftest import Open

PATIENCE_MS = 60_000


def opened(world: World, open_editor: Open, qtbot: QtBot, lines: int = 3) -> EditorWindow:
    data = people.drafts(world.clock.today().isoformat())[0]
    data["lines"] = [dict(data["lines"][n % 3], name=f"Mal {n}") for n in range(lines)]
    record = drafting.save_draft(world.ctx, world.company, data).record
    window = open_editor(world, document_id=record.id, draws=True)
    window.resize(1366, 768)
    window.worker.redraw()
    qtbot.waitUntil(lambda: window.preview.is_settled, timeout=PATIENCE_MS)
    return window


def test_the_page_follows_the_form_and_keeps_its_place(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor, qtbot, lines=60)
    view = window.preview.view
    assert isinstance(view, DocumentView)
    assert "Mal 59" in window.preview.html and "TASLAK" in window.preview.html
    view.page().runJavaScript("window.scrollTo(0, 700)", 1)
    qtbot.waitUntil(lambda: view.page().scrollPosition().y() > 50, timeout=PATIENCE_MS)
    place = view.page().scrollPosition().y()
    window.form.table.go_to(0, 0)
    window.form.table.edit(window.form.table.currentIndex())
    window.store.lines.setData(window.store.lines.index(0, 0), "Değişen mal")
    qtbot.waitUntil(lambda: "Değişen mal" in window.preview.html and window.preview.is_settled, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: abs(view.page().scrollPosition().y() - place) < 2, timeout=PATIENCE_MS)
    assert not view.hasFocus(), "a page that loads takes no key from the typist"


def test_pages_that_come_faster_than_they_load_are_skipped(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor, qtbot)
    pane = window.preview
    shown: list[int] = []
    pane.shown.connect(shown.append)
    for version in range(100, 110):
        pane.show_page(f"<!doctype html><p>Sayfa {version}</p>", version)
    qtbot.waitUntil(lambda: pane.is_settled and bool(shown), timeout=PATIENCE_MS)
    assert shown == [100, 109], "the one under way and the last one; nothing in between"


def test_a_hidden_preview_draws_nothing_until_it_is_seen(ui_world: World, open_editor: Open, qtbot: QtBot) -> None:
    window = opened(ui_world, open_editor, qtbot)
    toggle = next(a for a in window.verbs.actions if a.shortcut().toString() == "F9")
    toggle.trigger()
    before = window.preview.html
    window.store.lines.setData(window.store.lines.index(0, 0), "Görünmeyen mal")
    qtbot.waitUntil(lambda: window.worker.is_assessed, timeout=PATIENCE_MS)
    with qtbot.assertNotEmitted(window.worker.drawn, wait=700):
        assert window.preview.html == before
    toggle.trigger()
    qtbot.waitUntil(lambda: "Görünmeyen mal" in window.preview.html and window.preview.is_settled, timeout=PATIENCE_MS)
