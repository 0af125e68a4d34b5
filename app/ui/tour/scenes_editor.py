"""The editor at its ends: no line and 500, an address of eight lines, findings to mend; and paper to print on."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.lifecycle import Direction, State
from app.storage import documents, search
from app.storage.records import CompanyRecord, DocumentRecord
from app.ui.tour import oddities
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.scenes_later import open_editor
from app.ui.tour.stage import Stage

#: For previews that other processes draw.
_DRAWN_MS = 2500


def _odd(stage: Stage, note: str) -> DocumentRecord:
    """The draft with this note. Raises: NotThere."""
    with stage.office.db.read() as s:
        drafts = search.DocumentQuery(direction=Direction.OUT, states=(State.DRAFT,))
        for document_id in search.ids(s, drafts):
            if note in documents.load_draft(s, document_id).get("notes", ()):
                return documents.get(s, document_id)
    raise NotThere(note)


def _edit(stage: Stage, note: str) -> QWidget:
    draft = _odd(stage, note)
    stage.page("outbox", _company(stage, draft))
    return open_editor(stage, document_id=draft.id)


def _company(stage: Stage, record: DocumentRecord) -> CompanyRecord:
    return stage.company_of(record)


@scene("duzenleyici", "500-satir")
def editor_many(stage: Stage) -> QWidget:
    return _edit(stage, oddities.MANY_LINES)


@scene("duzenleyici", "0-satir")
def editor_none(stage: Stage) -> QWidget:
    return _edit(stage, oddities.NO_LINES)


@scene("duzenleyici", "uzun-adres")
def editor_long(stage: Stage) -> QWidget:
    return _edit(stage, oddities.LONG_ADDRESS)


@scene("duzenleyici", "bulgular", quick=True)
def editor_faulty(stage: Stage) -> QWidget:
    return _edit(stage, oddities.FAULTY)


@scene("giden", "uzun-adres")
def outbox_long(stage: Stage) -> QWidget:
    draft = _odd(stage, oddities.LONG_ADDRESS)
    stage.select(stage.page("outbox", _company(stage, draft)), [draft.id])
    return stage.window


@scene("giden", "500-satir")
def outbox_many_lines(stage: Stage) -> QWidget:
    draft = _odd(stage, oddities.MANY_LINES)
    stage.select(stage.page("outbox", _company(stage, draft)), [draft.id])
    stage.wait(_DRAWN_MS)
    return stage.window


def _preview(stage: Stage, ids: list[int], wait_ms: int) -> QWidget:
    from app.ui.printing.preview import PreviewDialog

    dialog = PreviewDialog(stage.desk, ids, stage.window)
    dialog.resize(stage.window.size())
    if not wait_ms:
        dialog.show()
        stage.own(dialog)
        stage.wait(150)
        return dialog
    stage.show(dialog)
    stage.wait(wait_ms)
    stage.settle()
    stage.wait(400)
    return dialog


@scene("baski", "onizleme", quick=True)
def print_preview(stage: Stage) -> QWidget:
    found = stage.documents(Direction.OUT, State.DELIVERED)[:3]
    stage.page("outbox")
    return _preview(stage, [r.id for r in found], _DRAWN_MS)


@scene("baski", "hazirlaniyor")
def print_waiting(stage: Stage) -> QWidget:
    found = stage.documents(Direction.OUT, State.DELIVERED)[:40]
    stage.page("outbox")
    return _preview(stage, [r.id for r in found], 0)


@scene("giden", "is-listesi", quick=True)
def work_list(stage: Stage) -> QWidget:
    """What needs a person, the first of it open."""
    try:
        stuck = stage.documents(Direction.OUT, State.FAILED, State.UNKNOWN, only_review=True)
    except NotThere:
        # A small office may have nothing flagged; what has no outcome waits for a person too.
        stuck = stage.documents(Direction.OUT, State.UNKNOWN, State.FAILED)
    page = stage.page("outbox")
    chip = next((c for c in page.chips if c.key in ("review", "stuck", "work")), None)
    if chip is not None and stuck[0].review_code:
        page.reveal(chip.key)
        stage.settle()
    stage.select(page, [stuck[0].id])
    return stage.window


@scene("giden", "cok-secim")
def outbox_selection(stage: Stage) -> QWidget:
    """All drafts of the client with the most of them."""
    drafts = stage.documents(Direction.OUT, State.DRAFT, State.READY)
    counts: dict[int, list[DocumentRecord]] = {}
    for record in drafts:
        counts.setdefault(record.company_id, []).append(record)
    most = max(counts.values(), key=len)
    stage.select(stage.page("outbox", stage.company_of(most[0])), [r.id for r in most])
    return stage.window


@scene("giden", "hepsi-secili")
def outbox_everything(stage: Stage) -> QWidget:
    page = stage.page("outbox")
    page.table.selectAll()
    stage.wait(600)
    stage.settle()
    return stage.window
