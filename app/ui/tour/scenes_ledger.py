"""The Defter page: the board, a month at each place of its path, what was found, and the import's questions."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QApplication, QWidget

from app.demo.ledgers.vouchers import csv_of, month_of
from app.domain.voucher import Period
from app.storage.records import CompanyRecord
from app.ui.ledger.filing import FiledDialog
from app.ui.ledger.mending_dialogs import FixDialog
from app.ui.ledger.month import BALANCES, FILES, FINDINGS
from app.ui.ledger.viewer import LedgerViewer
from app.ui.tour.ground import NOW
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage
from app.workflows.ledger_fix_model import FixChange, FixKind, FixOffer

#: How `app.demo.ledgers` left its clients: the first is up to date, the second has a faulty month.
_TIDY: Final = 0
_FAULTY: Final = 1


def _client(stage: Stage, place: int) -> CompanyRecord:
    return stage.companies()[place]


def _month(stage: Stage, place: int, back: int) -> Any:
    """The Defter page with a month open, `back` months before this one."""
    company = _client(stage, place)
    page = stage.page("ledger", company)
    page.open_month(company, Period(NOW.year, NOW.month - back))
    stage.settle()
    stage.later(page.show_board)
    return page


def _tab(stage: Stage, page: Any, index: int) -> QWidget:
    page.month.tabs.setCurrentIndex(index)
    stage.later(lambda: page.month.tabs.setCurrentIndex(0))
    stage.settle()
    return stage.window


@scene("defter", "pano", quick=True)
def board(stage: Stage) -> QWidget:
    stage.page("ledger").show_board()
    stage.settle()
    return stage.window


@scene("defter", "pano-200-firma")
def board_of_many(stage: Stage) -> QWidget:
    window = stage.bare("crowd")
    stage.page("ledger", window=window).show_board()
    stage.settle()
    return window


@scene("defter", "ay-yeni", quick=True)
def month_empty(stage: Stage) -> QWidget:
    _month(stage, 2, 0)
    return stage.window


@scene("defter", "ay-aktarildi")
def month_imported(stage: Stage) -> QWidget:
    _month(stage, _TIDY, 1)
    return stage.window


@scene("defter", "ay-bulgular", quick=True)
def month_findings(stage: Stage) -> QWidget:
    page = _month(stage, _FAULTY, 1)
    page.doing.check(page.month.company, page.month.period)
    stage.settle()
    return _tab(stage, page, FINDINGS)


@scene("defter", "ay-muhurlendi")
def month_sealed(stage: Stage) -> QWidget:
    return _tab(stage, _month(stage, _FAULTY, 2), FILES)


@scene("defter", "ay-gonderildi")
def month_filed(stage: Stage) -> QWidget:
    _month(stage, _TIDY, 2)
    return stage.window


@scene("defter", "ay-onaylandi", quick=True)
def month_approved(stage: Stage) -> QWidget:
    return _tab(stage, _month(stage, _TIDY, 4), FILES)


@scene("defter", "mizan")
def trial_balance(stage: Stage) -> QWidget:
    return _tab(stage, _month(stage, _TIDY, 3), BALANCES)


def _import(stage: Stage, text: str) -> QWidget:
    page = _month(stage, _TIDY, 0)
    folder = tempfile.TemporaryDirectory(prefix="muhurdar-tur-")
    stage.later(folder.cleanup)
    path = Path(folder.name) / "kasım-fişleri.csv"
    path.write_text(text, "cp1254", newline="")
    dialog = page.incoming.dialog(path)
    if dialog is None:
        raise NotThere("import dialog")
    shown = stage.show(dialog)
    QApplication.processEvents()
    stage.settle()
    return shown


@scene("defter", "ice-aktar", quick=True)
def importing(stage: Stage) -> QWidget:
    return _import(stage, csv_of(month_of("9205121120", NOW.year, NOW.month, until=NOW.date()), prefix="F11"))


@scene("defter", "ice-aktar-soru")
def importing_with_questions(stage: Stage) -> QWidget:
    """Days that could be read either way round, and a column whose name says nothing."""
    early = month_of("9205121120", NOW.year, NOW.month, until=date(NOW.year, NOW.month, 11))
    text = csv_of(early, prefix="F11")
    return _import(
        stage, text.replace(f".{NOW.month}.{NOW.year}", f"/{NOW.month}/{NOW.year}").replace("Borç", "Tutar 1")
    )


@scene("defter", "goruntuleyici")
def viewer(stage: Stage) -> QWidget:
    """A sealed journal, searched."""
    month = _month(stage, _TIDY, 4).month.month
    path = next(file.path for file in month.files if file.kind == "Y" and file.path.suffix == ".xml")
    shown = LedgerViewer(stage.desk, path)
    stage.show(shown)
    stage.settle()
    shown.bar.search.setText("153")
    stage.wait(400)
    stage.settle()
    return shown


@scene("defter", "yukleme-ozeti")
def filed_summary(stage: Stage) -> QWidget:
    month = _month(stage, _FAULTY, 2).month.month
    return stage.show(FiledDialog(month))


@scene("defter", "duzeltmeler")
def fixes(stage: Stage) -> QWidget:
    """What a safe fix would change, value by value."""
    company = _client(stage, _FAULTY)
    change = FixChange(
        voucher_id=1, reference="F10-024", source_line=63, field="Belge no", before="", after="CNR2026100000024"
    )
    offer = FixOffer(
        kind=FixKind.COMPLETE_DOCUMENT,
        code="DEFTER.DOCUMENT_NUMBER",
        title="Belgesi bulunan satırların belge bilgisini tamamla",
        period=Period(NOW.year, NOW.month - 1),
        voucher_ids=(1,),
        changes=(change, replace(change, source_line=64), replace(change, source_line=65)),
        total=3,
    )
    refused = replace(
        offer,
        kind=FixKind.RENUMBER,
        title="Madde numaralarını yeniden ver",
        changes=(),
        total=0,
        refusal="Numaraları kaynak program vermiş; bu program onları değiştirmez.",
    )
    return stage.show(FixDialog([offer, refused], company))
