"""A ledger file as a page for the browser: made in a child, kept in the data folder, of a large file what is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QUrl
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.voucher import Period
from app.edefter.sources.reading import inspect_source
from app.ui.ledger.viewer import LedgerViewer
from app.workflows.ledger_build import build_month
from app.workflows.ledger_import import import_vouchers
from app.workflows.ledger_terms import build_options

from .conftest import PATIENCE_MS, source


@pytest.fixture
def books(ledger_world: Any, tmp_path: Path) -> dict[str, Path]:
    """The files of a built month by kind."""
    world, file = ledger_world, source(tmp_path / "mart.csv", 3, 12)
    folder, out = world.office.folder.ledgers, world.office.folder.edefter
    import_vouchers(world.ctx, world.company, file, inspect_source(file), folder=folder)
    options = build_options(world.office.settings, world.company)
    report = build_month(world.ctx, world.company, Period(2026, 3), world.sealer, options, folder=folder, out=out)
    assert report.is_built
    return {path.name.split("-")[2]: path for path in out.rglob("*.xml")}


@pytest.fixture
def show(qtbot: QtBot, ledger_world: Any) -> Iterator[Any]:
    shown: list[LedgerViewer] = []

    def make(path: Path) -> LedgerViewer:
        viewer = LedgerViewer(ledger_world.desk, path)
        viewer.resize(910, 480)
        shown.append(viewer)
        with qtbot.waitSignal(viewer.settled, timeout=PATIENCE_MS):
            viewer.show()
        return viewer

    yield make
    qtbot.waitUntil(lambda: not ledger_world.desk.runner.live_jobs(), timeout=PATIENCE_MS)
    for viewer in shown:
        viewer.close()
        QApplication.sendPostedEvents(viewer, QEvent.Type.DeferredDelete.value)


def opened(qtbot: QtBot, viewer: LedgerViewer) -> tuple[Path, str]:
    """The page that the browser was given, and what stands on it."""
    urls: list[QUrl] = []
    viewer.browser.opener = urls.append
    with qtbot.waitSignal(viewer.browser.opened, timeout=PATIENCE_MS):
        viewer.head.browser_button.click()
    (url,) = urls
    page = Path(url.toLocalFile())
    return page, page.read_text("utf-8")


@pytest.mark.parametrize("kind", ["Y", "K", "YB", "KB"])
def test_each_kind_becomes_the_page_of_its_viewer(
    qtbot: QtBot, show: Any, books: dict[str, Path], ledger_world: Any, kind: str
) -> None:
    page, html = opened(qtbot, show(books[kind]))
    assert page.is_relative_to(ledger_world.office.folder.cache) and page.stem == books[kind].stem
    assert html.lstrip().startswith("<!DOCTYPE html") and "<script" not in html
    assert "Çınaraltı" in html
    if kind in ("Y", "K"):
        assert all(f"Kayıt {number}" in html for number in range(1, 13)), "the whole file stands on the page"


def test_of_a_large_file_only_what_is_shown(qtbot: QtBot, show: Any, books: dict[str, Path]) -> None:
    viewer = show(books["Y"])
    viewer.browser.limit = 100
    with qtbot.waitSignal(viewer.searched, timeout=PATIENCE_MS):
        viewer.bar.search.setText("ABC2026030000008")
    _, html = opened(qtbot, viewer)
    assert "Kayıt 8" in html and "Kayıt 7" not in html


def test_the_page_of_the_last_time_goes(qtbot: QtBot, show: Any, books: dict[str, Path]) -> None:
    first, _ = opened(qtbot, show(books["YB"]))
    second, _ = opened(qtbot, show(books["KB"]))
    assert list(first.parent.iterdir()) == [second]


def test_a_file_that_is_gone_is_told(qtbot: QtBot, show: Any, books: dict[str, Path]) -> None:
    viewer = show(books["Y"])
    qtbot.waitUntil(lambda: not viewer._desk.runner.live_jobs(), timeout=PATIENCE_MS)
    books["Y"].unlink()
    viewer.head.browser_button.click()
    qtbot.waitUntil(viewer.message.isVisible, timeout=PATIENCE_MS)
