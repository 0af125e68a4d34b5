"""The pane over documents of every kind: sealed, unsealed, damaged, unreadable, huge, with two designs or none."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from app.domain.lifecycle import Direction, State
from app.storage import document_files
from app.storage.records import DocumentRecord
from app.ui.desk import Desk
from app.ui.reading import heavy
from app.ui.reading.pane import ReadingPane
from app.workflows import points

PATIENCE_MS = 90_000


@pytest.fixture
def pane(qtbot: QtBot, filled_desk: Desk) -> ReadingPane:
    made = ReadingPane(filled_desk)
    qtbot.addWidget(made)
    made.resize(560, 700)
    made.show()
    return made


@pytest.fixture
def received(filled_world) -> DocumentRecord:  # type: ignore[no-untyped-def]
    """One that came sealed."""
    records: list[DocumentRecord] = filled_world.records(Direction.IN)
    return next(r for r in records if b"SignatureValue" in bytes_of(filled_world, r))


def bytes_of(world, record: DocumentRecord) -> bytes:  # type: ignore[no-untyped-def]
    with world.office.db.read() as s:
        raw = document_files.load_file(s, record.id, "received")
    assert raw is not None
    return raw


def replace_bytes(world, record: DocumentRecord, raw: bytes) -> None:  # type: ignore[no-untyped-def]
    """Put other bytes in the place of what was received, as if they had come so."""
    with world.office.db.write(points.STATUS) as s:
        s.execute(text("DELETE FROM document_file WHERE document_id = :d"), {"d": record.id})
        document_files.add_file(s, record.id, "received", raw, at=world.clock.now())


def show(qtbot: QtBot, pane: ReadingPane, record: DocumentRecord) -> None:
    pane.show_document(record.id)
    qtbot.waitUntil(lambda: pane.facts is not None and pane.facts.record.id == record.id, timeout=PATIENCE_MS)


def drawn(qtbot: QtBot, pane: ReadingPane, record: DocumentRecord) -> str:
    with qtbot.waitSignal(pane.shown, timeout=PATIENCE_MS, check_params_cb=lambda i: i == record.id):
        show(qtbot, pane, record)
    came: list[str] = []
    assert pane.picture.view is not None
    pane.picture.view.page().toPlainText(came.append)
    qtbot.waitUntil(lambda: bool(came), timeout=PATIENCE_MS)
    return came[0]


def test_a_sealed_one_says_whose_and_when(qtbot: QtBot, filled_world, pane: ReadingPane, received) -> None:  # type: ignore[no-untyped-def]
    drawn(qtbot, pane, received)
    said = pane.header.verdict.sentence
    assert received.partner_vkn in said and "2026" in said


def test_a_changed_byte_is_said_and_jumps_to_the_eye(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
    received: DocumentRecord,
) -> None:
    raw = bytes_of(filled_world, received)
    replace_bytes(
        filled_world, received, raw.replace(b"<cbc:Note>", b"<cbc:Note>9", 1).replace(b"</cbc:ID>", b" </cbc:ID>", 1)
    )
    show(qtbot, pane, received)
    said = pane.header.verdict.sentence
    assert said.startswith("Mühür GEÇERSİZ") and pane.header.verdict.accessibleName().startswith("Hata")
    assert pane.header.verdict.details.text()


def test_one_without_a_seal_says_that_nobody_vouches(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
) -> None:
    bare = next(r for r in filled_world.records(Direction.IN) if b"SignatureValue" not in bytes_of(filled_world, r))
    drawn(qtbot, pane, bare)
    assert "mühür yok" in pane.header.verdict.sentence


@pytest.mark.parametrize("raw", [b"bozuk \x00\xff", b"<Invoice", b"", b"%PDF-1.4"], ids=["noise", "cut", "none", "pdf"])
def test_unreadable_bytes_leave_history_and_state(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
    received: DocumentRecord,
    raw: bytes,
) -> None:
    replace_bytes(filled_world, received, raw)
    show(qtbot, pane, received)
    assert pane.facts is not None and pane.facts.broken is not None
    assert "okunamadı" in pane.header.verdict.sentence
    qtbot.waitUntil(pane.picture.error.isVisible, timeout=PATIENCE_MS)
    assert pane.tabs.tabText(3) == "Bulgular 1"
    pane.tabs.setCurrentIndex(2)
    assert pane.tabs.history.tree.topLevelItemCount() >= 2, "what was stored can still be saved"


def test_two_designs_and_the_first_is_broken(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
    received: DocumentRecord,
) -> None:
    replace_bytes(
        filled_world, received, with_designs(bytes_of(filled_world, received), b"<xsl:bozuk", design("IKINCI"))
    )
    assert "IKINCI" in drawn(qtbot, pane, received)


def test_no_design_at_all(qtbot: QtBot, filled_world, pane: ReadingPane, received: DocumentRecord) -> None:  # type: ignore[no-untyped-def]
    replace_bytes(filled_world, received, with_designs(bytes_of(filled_world, received)))
    assert received.number in drawn(qtbot, pane, received)


def test_own_documents_in_every_state_are_drawn(qtbot: QtBot, filled_world, pane: ReadingPane) -> None:  # type: ignore[no-untyped-def]
    seen: set[State] = set()
    for record in filled_world.records(Direction.OUT):
        if record.state in seen:
            continue
        seen.add(record.state)
        said = drawn(qtbot, pane, record)
        assert record.number in said and pane.header.verdict.sentence
        assert ("TASLAK" in said) == (record.state in (State.DRAFT, State.READY))
    assert {State.DRAFT, State.FAILED} <= seen


def test_thousands_of_lines_are_read_in_a_child_and_the_tabs_stay_light(
    qtbot: QtBot,
    filled_world,  # type: ignore[no-untyped-def]
    pane: ReadingPane,
    received: DocumentRecord,
) -> None:
    raw = repeated(bytes_of(filled_world, received), 4_000)
    assert len(raw) > heavy.HEAVY_BYTES
    replace_bytes(filled_world, received, raw)
    show(qtbot, pane, received)
    assert pane.facts is not None
    qtbot.waitUntil(lambda: pane.facts is not None and pane.facts.findings is not None, timeout=PATIENCE_MS)
    lines = next(g for g in pane.facts.groups if g.key == "lines")
    assert len(lines.fields) == 4_000
    pane.tabs.setCurrentIndex(1)
    tops = [pane.tabs.fields.tree.topLevelItem(i) for i in range(pane.tabs.fields.tree.topLevelItemCount())]
    assert sum(top.childCount() for top in tops if top is not None) < 1_000
    pane.tabs.setCurrentIndex(0)
    drawn_or_said: Callable[[], bool] = lambda: pane.picture.view is not None or pane.picture.error.isVisible()  # noqa: E731
    qtbot.waitUntil(drawn_or_said, timeout=PATIENCE_MS)


# --- making them ------------------------------------------------------------------------------------------------------


def design(word: str) -> bytes:
    return (
        '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:output method="html"/>'
        f'<xsl:template match="/"><html><body><p>{word}</p></body></html></xsl:template></xsl:stylesheet>'
    ).encode()


def with_designs(raw: bytes, *sheets: bytes) -> bytes:
    """The document with these designs in place of its own."""
    begin, end = b"<cac:AdditionalDocumentReference>", b"</cac:AdditionalDocumentReference>"
    while begin in raw:
        head, _, rest = raw.partition(begin)
        raw = head + rest.partition(end)[2]
    made = b"".join(
        begin
        + b"<cbc:ID>1</cbc:ID><cbc:DocumentType>XSLT</cbc:DocumentType><cac:Attachment>"
        + b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/xml" filename="t.xslt">'
        + base64.b64encode(sheet)
        + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment>"
        + end
        for sheet in sheets
    )
    at = raw.index(b"<cac:AccountingSupplierParty>")
    return raw[:at] + made + raw[at:]


def repeated(raw: bytes, count: int) -> bytes:
    """The document with its first line so many times."""
    begin, end = b"<cac:InvoiceLine>", b"</cac:InvoiceLine>"
    head, _, rest = raw.partition(begin)
    line = begin + rest.partition(end)[0] + end
    tail = raw[raw.rindex(end) + len(end) :]
    return head + line * count + tail


def test_the_helpers_change_what_they_say() -> None:
    raw = b"<a><cac:AccountingSupplierParty><cac:InvoiceLine>1</cac:InvoiceLine>x</a>"
    assert repeated(raw, 3).count(b"<cac:InvoiceLine>") == 3
    assert hashlib.sha256(with_designs(raw, b"s")).digest() != hashlib.sha256(raw).digest()
