"""Exporting PDFs from a list: one each, and the window's process never looks at a large document's seal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.domain.lifecycle import Direction, State
from app.ui.lists import bulk
from app.ui.reading import heavy
from app.workflows import viewing


def text_of(path: Path) -> str:
    from pypdf import PdfReader

    return "".join(page.extract_text() for page in PdfReader(path).pages)


def test_one_pdf_each_with_its_number_and_mark(filled_world: Any, tmp_path: Path) -> None:
    records = [r for r in filled_world.records(Direction.OUT) if r.state is not State.DRAFT][:2]
    outcome = bulk.export_pdf(filled_world.ctx, filled_world.office, [r.id for r in records], tmp_path)
    assert (outcome.failed, sorted(outcome.done)) == ([], sorted(r.id for r in records))
    found = {path.name.partition("_")[0]: text_of(path) for path in tmp_path.glob("*.pdf")}
    assert set(found) == {r.number for r in records}
    for number, text in found.items():
        assert number in text and "TEST" in text


def test_the_seal_of_a_large_document_is_looked_at_in_a_child(
    filled_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def here(_raw: bytes) -> None:
        raise AssertionError("looked at in the window's process")

    (record, *_) = [r for r in filled_world.records(Direction.OUT) if r.state is not State.DRAFT]
    monkeypatch.setattr(viewing, "verify_document", here)
    with pytest.raises(AssertionError):
        bulk.export_pdf(filled_world.ctx, filled_world.office, [record.id], tmp_path)
    monkeypatch.setattr(heavy, "HEAVY_BYTES", 1)
    outcome = bulk.export_pdf(filled_world.ctx, filled_world.office, [record.id], tmp_path)
    assert (outcome.failed, outcome.done) == ([], [record.id])
    assert "TEST" in text_of(next(tmp_path.glob("*.pdf")))
