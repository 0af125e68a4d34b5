"""The reading pane over a real office, with a real web view."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWebEngineCore import QWebEngineScript, QWebEngineSettings
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.domain.findings import Finding, Layer, Severity
from app.domain.lifecycle import Direction, State
from app.storage import documents
from app.storage.records import DocumentRecord
from app.ubl.attachments import Attachment
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.lists.columns import type_text
from app.ui.reading.loading import Answer
from app.ui.reading.pane import ReadingPane
from app.ui.reading.web import DocumentView, stage
from app.ui.theme.style import theme
from app.workflows import points

PATIENCE_MS = 60_000


@pytest.fixture
def pane(qtbot: QtBot, filled_desk: Desk) -> ReadingPane:
    made = ReadingPane(filled_desk)
    qtbot.addWidget(made)
    made.resize(560, 700)
    made.show()
    return made


def text_of(qtbot: QtBot, view: DocumentView | None) -> str:
    assert view is not None
    came: list[str] = []
    view.page().toPlainText(came.append)
    qtbot.waitUntil(lambda: bool(came), timeout=PATIENCE_MS)
    return came[0]


def show(qtbot: QtBot, pane: ReadingPane, record: DocumentRecord) -> None:
    with qtbot.waitSignal(pane.shown, timeout=PATIENCE_MS, check_params_cb=lambda i: i == record.id):
        pane.show_document(record.id)
    qtbot.waitUntil(lambda: pane.facts is not None and pane.facts.record.id == record.id, timeout=PATIENCE_MS)


def test_a_received_document_is_shown_whole(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    assert pane.picture.view is None, "no web view before the first document"
    record = filled_world.records(Direction.IN)[-1]
    show(qtbot, pane, record)
    assert record.number in text_of(qtbot, pane.picture.view)
    assert pane.facts is not None and pane.facts.broken is None
    titles = [g.title for g in pane.facts.groups]
    assert titles[:4] == ["Belge", "Satıcı", "Alıcı", "Tutarlar"]
    assert pane.header.verdict.sentence
    assert type_text(record) in pane.header.number.text(), "the same words as in the list"
    pane.tabs.setCurrentIndex(2)
    assert pane.tabs.history.tree.topLevelItemCount() >= 2
    view = pane.picture.view
    assert view is not None
    off = QWebEngineSettings.WebAttribute
    assert not view.settings().testAttribute(off.JavascriptEnabled)
    assert stage().profile.isOffTheRecord()


def test_verdicts_of_drafts_and_test_seals(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    show(qtbot, pane, filled_world.records(Direction.OUT, State.DRAFT)[0])
    assert "Taslak" in pane.header.verdict.sentence
    qtbot.waitUntil(lambda: pane.facts is not None and pane.facts.findings is not None, timeout=PATIENCE_MS)
    sent = filled_world.records(Direction.OUT, State.SENT, State.DELIVERED, State.ACCEPTED)[0]
    show(qtbot, pane, sent)
    said = pane.header.verdict.sentence
    assert said.startswith("TEST mührü") and filled_world.company.company.tax_number.digits in said
    assert pane.header.verdict.details.text()


def test_only_the_last_chosen_document_comes(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    records = filled_world.records(Direction.IN)[:8]
    came: list[int] = []
    pane.shown.connect(came.append)
    for record in records:
        pane.show_document(record.id)
    qtbot.waitUntil(lambda: bool(came), timeout=PATIENCE_MS)
    last = records[-1]
    qtbot.waitUntil(lambda: pane.facts is not None, timeout=PATIENCE_MS)
    assert came == [last.id]
    assert pane.facts is not None and pane.facts.record.id == last.id
    assert last.number in text_of(qtbot, pane.picture.view)


def test_neighbours_are_drawn_ahead(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    first, second, third = filled_world.records(Direction.IN)[:3]
    pane.set_neighbours([second.id, third.id])
    show(qtbot, pane, first)
    qtbot.waitUntil(lambda: second.id in pane._cache and third.id in pane._known, timeout=PATIENCE_MS)
    pane.show_document(second.id)
    assert pane.facts is not None and pane.facts.record.id == second.id, "what is known stands there at once"
    assert second.number in pane.header.number.text()
    with qtbot.waitSignal(pane.shown, timeout=PATIENCE_MS):
        pass
    assert second.number in text_of(qtbot, pane.picture.view)


def test_a_change_by_another_program_is_seen_when_the_document_is_shown_again(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
) -> None:
    first, second = filled_world.records(Direction.IN, State.RECEIVED)[:2]
    show(qtbot, pane, first)
    show(qtbot, pane, second)
    with filled_world.office.db.write(points.STATUS) as s:
        documents.mark_read(s, [first.id], is_read=not first.is_read)
    show(qtbot, pane, first)
    qtbot.waitUntil(lambda: pane.facts is not None and pane.facts.record.is_read != first.is_read, timeout=PATIENCE_MS)


def test_an_answer_from_before_a_change_is_not_kept(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    shown, beside = filled_world.records(Direction.IN)[:2]
    show(qtbot, pane, shown)
    assert pane.facts is not None
    stale = Answer(document_id=beside.id, asked=pane._asked, facts=pane.facts)
    filled_world.desk.changed.emit(Changes(documents=True))
    pane._on_answered(stale)
    assert beside.id not in pane._known
    qtbot.waitUntil(lambda: shown.id in pane._known, timeout=PATIENCE_MS)


def test_one_message_at_a_time_the_most_important_first(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    show(qtbot, pane, filled_world.records(Direction.IN)[0])
    assert pane.facts is not None
    assert not pane.notices.isVisible()
    pane._show_note("Gönderenin çizimi bozuk. (Ayrıntı: XPTY0004)")
    stuck = replace(pane.facts.record, review_code="X", review_reason="Sonucu bilinmiyor.", review_todo="Sorun.")
    pane._show_facts(replace(pane.facts, record=stuck))
    assert pane.notices.shown() == [pane.review] and pane.review.isVisible() and not pane.note.isVisible()
    assert pane.notices.more.text() == "+1" and pane.notices.more.accessibleName()
    pane.message.show_message("ok", "Kaydedildi.")
    assert pane.notices.shown() == [pane.message] and pane.notices.more.text() == "+2"
    pane.notices.more.click()
    assert pane.notices.shown() == [pane.message, pane.review, pane.note] and pane.note.isVisible()
    pane.message.close_button.click()
    assert pane.notices.shown() == [pane.review, pane.note]
    pane.notices.more.click()
    assert pane.notices.shown() == [pane.review]


def test_a_lost_answer_is_told_with_the_next_safe_step(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    lost = next(r for r in filled_world.records(Direction.OUT, State.UNKNOWN) if not r.review_code)
    show(qtbot, pane, lost)
    qtbot.waitUntil(lambda: pane.review.isVisible(), timeout=PATIENCE_MS)
    assert "bilinmiyor. Eşitleyin (F5)" in pane.review.sentence


def test_a_refusal_is_told_in_whole_sentences(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    refused = next(r for r in filled_world.records(Direction.OUT, State.FAILED) if r.gib_code == 1150)
    show(qtbot, pane, refused)
    qtbot.waitUntil(lambda: pane.review.isVisible(), timeout=PATIENCE_MS)
    assert "HATALI. Düzeltip" in pane.review.sentence


def test_a_change_reads_the_document_again(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    record = filled_world.records(Direction.IN)[0]
    show(qtbot, pane, record)
    before = pane.facts
    filled_world.desk.changed.emit(Changes(documents=True))
    assert record.id in pane._cache, "received bytes never change: the picture stays"
    qtbot.waitUntil(lambda: pane.facts is not before, timeout=PATIENCE_MS)
    draft = filled_world.records(Direction.OUT, State.DRAFT)[0]
    show(qtbot, pane, draft)
    with qtbot.waitSignal(pane.shown, timeout=PATIENCE_MS):
        filled_world.desk.changed.emit(Changes(documents=True))


def test_several_documents_are_summed_up(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    records = filled_world.records(Direction.IN)[:5]
    pane.show_documents([r.id for r in records])
    qtbot.waitUntil(pane.many.isVisible, timeout=PATIENCE_MS)
    assert any(title == "Toplam" for title, _ in pane.many.lines)
    pane.show_documents([])
    assert pane.empty.isVisible()


def test_fields_are_copied_and_files_saved(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = filled_world.records(Direction.IN)[-1]
    show(qtbot, pane, record)
    pane.tabs.fields.copy_all()
    assert f"Belge no\t{record.number}" in QGuiApplication.clipboard().text()
    pane.tabs.setCurrentIndex(1)
    tree = pane.tabs.fields.tree
    group = tree.topLevelItem(0)
    assert group is not None
    group.child(0).setSelected(True)
    pane.tabs.fields.copy_selected()
    assert QGuiApplication.clipboard().text() == record.number
    target = tmp_path / "saklanan.xml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: (str(target), "")))
    pane.tabs.history.save_wanted.emit("received", 0)
    qtbot.waitUntil(lambda: "Kaydedildi" in pane.message.sentence, timeout=PATIENCE_MS)
    assert record.ettn.encode() in target.read_bytes().lower()


def test_attachments_are_saved_where_the_user_says(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    show(qtbot, pane, filled_world.records(Direction.IN)[-1])
    assert pane.facts is not None and not pane.bar.attachments.isVisible()
    attachments = [
        Attachment(name="../şartname.pdf", mime="application/pdf", content=b"%PDF-1.4"),
        Attachment(name="hesap\u202efdp.exe", mime="", content=b"MZ"),
    ]
    pane._show_facts(replace(pane.facts, attachments=attachments))
    assert pane.bar.attachments.isVisible() and pane.bar.attachments.text() == "2 ek"
    offered: list[str] = []

    def ask(_parent: object, _title: str, name: str) -> tuple[str, str]:
        offered.append(name)
        return str(tmp_path / name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(ask))
    actions = [a for a in pane.bar.attachments.menu().actions() if not a.isSeparator()]
    assert len(actions) == 3
    actions[1].trigger()
    qtbot.waitUntil(lambda: "Kaydedildi" in pane.message.sentence, timeout=PATIENCE_MS)
    assert offered == ["hesapfdp.exe.txt"] and "program olabilir" in pane.message.sentence
    assert (tmp_path / offered[0]).read_bytes() == b"MZ"
    folder = tmp_path / "hepsi"
    folder.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_: str(folder)))
    actions[2].trigger()
    qtbot.waitUntil(lambda: "2 ek kaydedildi" in pane.message.sentence, timeout=PATIENCE_MS)
    assert sorted(p.name for p in folder.iterdir()) == ["hesapfdp.exe.txt", "şartname.pdf"]


def test_mending_a_draft_opens_the_editor(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    draft = filled_world.records(Direction.OUT, State.DRAFT)[0]
    show(qtbot, pane, draft)
    assert pane.facts is not None and pane.facts.is_draft
    wrong = Finding(Severity.ERROR, Layer.BUILTIN, "LINE.UNIT", "lines[0].unit", "Birim tanınmıyor.", fix="unit=C62")
    pane._show_facts(replace(pane.facts, findings=[wrong]))
    assert pane.tabs.tabText(3) == "Bulgular 1" and not pane.tabs.tabIcon(3).isNull()
    pane.tabs.setCurrentIndex(3)
    with qtbot.waitSignal(filled_world.desk.wanted) as wanted, qtbot.waitSignal(pane.fix_wanted) as fixed:
        pane.findings.rows()[0].fix.click()
    assert fixed.args == [draft.id, wrong] and wanted.args == ["editor", draft.id]


def test_an_unknown_document_says_so(qtbot: QtBot, pane: ReadingPane) -> None:
    pane.show_document(999_999)
    qtbot.waitUntil(pane.message.isVisible, timeout=PATIENCE_MS)


def test_it_follows_the_theme(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    show(qtbot, pane, filled_world.records(Direction.IN)[0])
    pane.tabs.setCurrentIndex(1)
    theme().apply("dark")
    group = pane.tabs.fields.tree.topLevelItem(0)
    assert group is not None
    assert group.child(0).foreground(0).color().name().lower() == theme().palette.quiet.lower()


# --- the view itself --------------------------------------------------------------------------------------------------


@pytest.fixture
def view(qtbot: QtBot, dressed) -> DocumentView:  # type: ignore[no-untyped-def]
    made = DocumentView()
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


def test_three_megabytes_are_shown(qtbot: QtBot, view: DocumentView) -> None:
    html = "<!doctype html><p>baş</p>" + "<p>dolgu satırı, ölçü için</p>" * 100_000 + "<p>SON SATIR</p>"
    assert len(html.encode()) > 3 << 20
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, html)
    assert text_of(qtbot, view).rstrip().endswith("SON SATIR")


def test_nothing_is_asked_of_the_outside_and_no_script_runs(qtbot: QtBot, view: DocumentView) -> None:
    before = len(stage().wall.blocked)
    html = (
        "<!doctype html><p id=p>ilk</p><script>document.getElementById('p').textContent='betik'</script>"
        "<img src='http://127.0.0.1:9/iz.png'><img src='file:///etc/hostname'>"
        "<link rel=stylesheet href='https://example.invalid/a.css'><iframe src='https://example.invalid/'></iframe>"
        "<meta http-equiv=refresh content='0;url=https://example.invalid/kac'>"
    )
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, html)
    assert "ilk" in text_of(qtbot, view) and "betik" not in text_of(qtbot, view)
    assert len(stage().wall.blocked) > before
    assert view.url() == view.page().wanted
    view.setUrl(QUrl("https://example.invalid/"))
    assert "ilk" in text_of(qtbot, view)


def test_an_overtaken_load_says_nothing(qtbot: QtBot, view: DocumentView) -> None:
    said: list[object] = []
    view.shown.connect(said.append)
    view.failed.connect(said.append)
    for number in range(6):
        view.show_html(number, f"<!doctype html><p>belge {number}</p>" + "<p>x</p>" * 20_000)
    qtbot.waitUntil(lambda: 5 in said, timeout=PATIENCE_MS)
    assert said == [5]
    assert "belge 5" in text_of(qtbot, view)


def test_a_page_drawn_again_keeps_its_place(qtbot: QtBot, view: DocumentView) -> None:
    """For a live preview: the same document, changed a little, must not jump to its top at every key."""
    html = "<!doctype html>" + "<p>satır</p>" * 400
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, html)
    view.page().runJavaScript("window.scrollTo(0, 900)", QWebEngineScript.ScriptWorldId.ApplicationWorld)
    qtbot.waitUntil(lambda: view.page().scrollPosition().y() > 100, timeout=PATIENCE_MS)
    before = view.page().scrollPosition().y()
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(2, html + "<p>bir daha</p>", keeps_place=True)
    qtbot.waitUntil(lambda: abs(view.page().scrollPosition().y() - before) < 5, timeout=PATIENCE_MS)
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(3, html)
    qtbot.waitUntil(lambda: view.page().scrollPosition().y() == 0, timeout=PATIENCE_MS)


def test_a_worn_page_is_replaced_and_nothing_is_missed(qtbot: QtBot, view: DocumentView) -> None:
    first = view.page()
    for number in range(103):
        with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
            view.show_html(number, f"<!doctype html><p>belge {number}</p>")
    assert view.page() is not first and "belge 102" in text_of(qtbot, view)
    qtbot.waitUntil(lambda: not isValid(first), timeout=PATIENCE_MS)
    assert len(stage().handler.documents) <= 2, "what was shown is not kept"


def test_zoom_steps_and_fits(qtbot: QtBot, view: DocumentView) -> None:
    with qtbot.waitSignal(view.shown, timeout=PATIENCE_MS):
        view.show_html(1, "<!doctype html><p>bir</p>")
    fitted = view.percent
    assert fitted < 100
    view.zoom_in()
    assert view.percent > fitted
    view.resize(600, 400)
    assert view.percent == round(fitted * 1.1) or view.percent > fitted
    view.zoom_to_fit()
    assert view.percent == round(600 / 820 * 100)
