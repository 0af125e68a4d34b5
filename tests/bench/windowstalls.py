"""The longest silence of the event loop while the window is worked hard. Prints figures; asserts nothing.

    QT_QPA_PLATFORM=offscreen python -m tests.bench.windowstalls [part]

The heartbeat beats in the real main window; a robot user meanwhile changes pages, scrolls, selects and types. Each
row says how many beats came more than 50 ms late, and at most how much processor time this program and its main thread
spent in one gap: what is beyond the first, other programs had. The yardstick is a window nobody
touches, in this very process.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from app.domain.lifecycle import Direction, State
from app.storage import search
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs.file_findings import FileFindingsDialog
from app.ui.dialogs.pin import SealDialog
from app.ui.dialogs.seal_sources import TEST
from app.ui.frame.window import MainWindow
from app.workflows import drafting
from tests.bench.stopwatch import Board
from tests.bench.validating import packages
from tests.bench.window import Ground, Heartbeat, Pulse, ground, main_window, settle, turn, until

SEALS: Final = 1000
LINES: Final = 20_000
COMPANIES: Final = 20
ARRIVING: Final = 25
_STEP_MS: Final = 150
_PAGES: Final = ("inbox", "today", "outbox", "partners", "inbox", "outbox")


class Robot(QObject):
    """A user who never rests: another page, another row, the wheel, a word in the search field."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._step = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._act)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _act(self) -> None:
        self._step += 1
        if self._step % 12 == 1:
            self._window.show_page(_PAGES[self._step // 12 % len(_PAGES)])
            return
        page: Any = next((p for p in self._window.pages if p.isVisible()), None)
        table = getattr(page, "table", None)
        if table is None or page is None:
            return
        bar = table.verticalScrollBar()
        match self._step % 12:
            case 2 | 3 | 4:
                bar.setValue(bar.value() + bar.pageStep() // 2)
            case 5 | 6 | 7 | 8:
                index = table.indexAt(table.viewport().rect().center()).row() + self._step % 4
                if index >= 0:
                    table.selectRow(index)
            case 9 | 10 if hasattr(page, "bar"):
                text = "gıda"[: self._step % 12 - 7]
                page.bar.search.setText(text)
                page.bar.search.textEdited.emit(text)
            case 11 if hasattr(page, "bar"):
                page.bar.clear()


def run(board: Board, *, big: bool, only: str = "") -> None:
    parts: dict[str, Callable[[Board, Ground, Desk, MainWindow, Heartbeat], None]] = {
        "user": _user,
        "slow": _slow_sandbox,
        "sync": _sync,
        "seals": _seals,
        "file": _file,
    }
    with ground() as given, main_window(given.office) as (_app, desk, window):
        beat = Heartbeat()
        try:
            turn(500)
            beat.reset()
            turn(2000)
            _tell(board, "yardstick: nobody touches the window, 2 s", beat.pulse)
            _warm(window, desk)
            for name, part in parts.items():
                if not only or name == only:
                    part(board, given, desk, window, beat)
                    settle(desk)
        finally:
            beat.stop()


def _warm(window: MainWindow, desk: Desk) -> None:
    """Every page once, and one document: first views are measured elsewhere."""
    for key in ("inbox", "outbox", "partners", "today"):
        window.show_page(key)
        settle(desk)
    page: Any = window.show_page("inbox")
    settle(desk)
    page.table.selectRow(0)
    turn(3000)
    settle(desk)


def _tell(board: Board, what: str, pulse: Pulse, note: str = "") -> None:
    board.row(what, pulse.longest_ms / 1000, aim="50 ms", note=f"{note}{pulse.words()}")
    for stall in sorted((s for s in pulse.stalls if s.main), key=lambda s: -s.gap_ms)[:4]:
        told = f"{stall.gap_ms:.0f} ms (own {stall.own_ms:.0f}) in {stall.main or '?'}"
        board.fact("    stall", f"{told}{' | beside: ' + stall.others[:160] if stall.others else ''}")


def _user(board: Board, _given: Ground, desk: Desk, window: MainWindow, beat: Heartbeat) -> None:
    robot = Robot(window)
    beat.reset()
    robot.start()
    turn(12_000)
    robot.stop()
    _tell(board, "a busy user, nothing in the background, 12 s", beat.pulse)


def _slow_sandbox(board: Board, given: Ground, desk: Desk, window: MainWindow, beat: Heartbeat) -> None:
    given.control("arm", fault="slow", times=400, seconds=10)
    robot = Robot(window)
    desk.set_company(None)
    beat.reset()
    window.center.sync_all(mode="button")
    robot.start()
    turn(15_000)
    robot.stop()
    _tell(board, "integrator answers after 10 s, user works, 15 s", beat.pulse)
    given.control("clear_faults")
    for job in desk.lanes.jobs():
        job.cancel()
    until(lambda: not window.center.is_running, 40)


def _sync(board: Board, given: Ground, desk: Desk, window: MainWindow, beat: Heartbeat) -> None:
    given.control("advance", hours=5)
    for company in given.companies[:COMPANIES]:
        vkn = company.company.tax_number.digits
        given.control("incoming", count=ARRIVING, to_vkn=vkn, sealed=False, seed=f"sync {vkn}")
    desk.set_company(None)
    robot = Robot(window)
    beat.reset()
    robot.start()
    window.center.sync_all(mode="button")
    turn(100)
    took = until(lambda: not window.center.is_running, 180)
    settle(desk)
    robot.stop()
    what = f"sync of {len(given.companies)} companies, {COMPANIES} with {ARRIVING} arrivals"
    _tell(board, what, beat.pulse, f"{took:.0f} s; ")


def _seals(board: Board, given: Ground, desk: Desk, window: MainWindow, beat: Heartbeat) -> None:
    company = given.companies[1]
    _drafts(given, company, SEALS)
    desk.set_company(company)
    page: Any = window.show_page("outbox")
    settle(desk)
    with given.office.db.read() as s:
        query = search.DocumentQuery(company_id=company.id, direction=Direction.OUT, states=(State.DRAFT,))
        ids = search.ids(s, query)
    page.table.select_ids(ids, current=ids[0])
    until(lambda: len(page.doing.selection.ids) >= SEALS, 20)
    settle(desk)
    ended: list[object] = []
    page.doing.finished.connect(ended.append)
    consent = _Consent()
    beat.reset()
    consent.start()
    page.doing.issue()
    took = until(lambda: bool(ended) or consent.is_lost, 300)
    turn(200)
    consent.stop()
    _tell(board, f"{len(ids)} invoices sealed and queued from the list", beat.pulse, f"{took:.0f} s; ")
    beat.reset()
    took = until(lambda: not desk.runner.live_jobs(), 180)
    _tell(board, f"{len(ids)} invoices sent after it", beat.pulse, f"{took:.0f} s; ")


class _Consent(QObject):
    """Chooses the TEST seal and presses Mühürle, as a user does; closes the report at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.is_lost = False
        self._pressed = False
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def _look(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, SealDialog):
            known = [source.key for source in box.chooser.sources]
            if TEST in known and not self._pressed:
                box.chooser.choose(TEST)
                box.chooser.chosen.emit()
                if box.confirm.isEnabled():
                    self._pressed = True
                    box.confirm.click()
        elif isinstance(box, QDialog):
            box.reject()


def _drafts(given: Ground, company: CompanyRecord, count: int) -> None:
    ctx = given.office.context()
    today = given.office.clock.today().isoformat()
    buyer = given.companies[2].company.party
    data = {
        "profile": "TEMELFATURA",
        "type": "SATIS",
        "issue_date": today,
        "customer": {
            "vkn" if buyer.tax_number.is_vkn else "tckn": buyer.tax_number.digits,
            **({"title": buyer.title} if buyer.title else {"name": buyer.first_name, "surname": buyer.family_name}),
            "tax_office": buyer.tax_office,
            "address": {"street": "Gül Sokak", "building_no": "1", "district": "Meram", "city": "Konya"},
        },
        "lines": [{"name": "Kalem", "quantity": "2", "unit": "C62", "unit_price": "12.50", "vat_rate": "20"}],
    }
    for _ in range(count):
        drafting.save_draft(ctx, company, data)


def _file(board: Board, given: Ground, desk: Desk, window: MainWindow, beat: Heartbeat) -> None:
    company = given.companies[3]
    raw = _big_invoice(given, company)
    # With GİB's rules, as they are in every office: without them most of the work is not done at all.
    for name, package in packages():
        given.office.packages.install(package, name)
    release = given.office.rules.release
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "yirmi-bin-satir.xml"
        path.write_bytes(raw)
        desk.set_company(company)
        page: Any = window.show_page("inbox")
        settle(desk)
        shown: list[bool] = []

        def close() -> None:
            for box in QApplication.topLevelWidgets():
                if isinstance(box, FileFindingsDialog) and box.isVisible():
                    shown.append(True)
                    box.reject()

        timer = QTimer(page)
        timer.setInterval(200)
        timer.timeout.connect(close)
        timer.start()
        beat.reset()
        page.doing.check_files([path])
        took = until(lambda: bool(shown), 120)
        turn(300)
        timer.stop()
        _tell(
            board,
            f"a file of {LINES:,} lines ({len(raw) / 1e6:.0f} MB) checked",
            beat.pulse,
            f"rules {release}, {took:.1f} s; ",
        )
    given.control("advance", minutes=40)
    import base64

    given.control("incoming", xml=base64.b64encode(raw).decode(), to_vkn=company.company.tax_number.digits)
    window.center.sync_chosen()
    turn(200)
    until(lambda: not window.center.is_running, 60)
    settle(desk)
    with given.office.db.read() as s:
        ids = search.ids(s, search.DocumentQuery(company_id=company.id, direction=Direction.IN, text="YBS"))
    if not ids:
        board.fact(f"a received invoice of {LINES:,} lines", "did not arrive")
        return
    beat.reset()
    page.table.select_ids(ids[:1], current=ids[0])
    turn(300)
    settle(desk, 90)
    turn(4000)
    for place in range(page.reading.tabs.count()):
        page.reading.tabs.setCurrentIndex(place)
        turn(800)
    page.reading.tabs.setCurrentIndex(0)
    settle(desk, 60)
    _tell(board, f"a received invoice of {LINES:,} lines opened, its four tabs", beat.pulse)


def _big_invoice(given: Ground, company: CompanyRecord) -> bytes:
    from dataclasses import replace
    from datetime import time
    from decimal import Decimal

    from app.domain.document_number import DocumentNumber
    from app.domain.invoice import Invoice, InvoiceLine
    from app.ubl.totals import compute_totals
    from app.ubl.writer import build_invoice

    line = InvoiceLine(
        name="Vida", quantity=Decimal(3), unit_code="C62", unit_price=Decimal("1.25"), vat_rate=Decimal(20)
    )
    today: date = given.office.clock.today()
    invoice = Invoice(
        uuid="20000000-0000-4000-8000-00000000beef",
        series="YBS",
        number=DocumentNumber("YBS", today.year, 1),
        profile="TEMELFATURA",
        type_code="SATIS",
        issue_date=today,
        issue_time=time(9, 0),
        supplier=given.companies[4].company.party,
        customer=company.company.party,
        lines=tuple(replace(line, name=f"Vida {n}") for n in range(LINES)),
    )
    return build_invoice(invoice, compute_totals(invoice), template=None)


if __name__ == "__main__":
    run(Board(), big=False, only=sys.argv[1] if len(sys.argv) > 1 else "")
