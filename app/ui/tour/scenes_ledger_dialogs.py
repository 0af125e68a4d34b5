"""The Defter page's further windows: a database's vouchers, the inventory, build options, a file for an integrator."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QWidget

from app.domain.voucher import Period
from app.ui.ledger.facts import ledger_file
from app.ui.tour.ground import NOW
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage

_QUERY = """SELECT v.reference AS [Fiş No], v.day AS Tarih, a.code AS [Hesap Kodu], a.name AS [Hesap Adı],
       v.comment AS Açıklama, l.amount / 10000.0 AS Tutar, l.side AS [Borç/Alacak]
FROM voucher v JOIN line l ON l.voucher_id = v.id JOIN account a ON a.id = l.main"""
_STOCK = """Hesap Kodu;Hesap Adı;Ana Hesap Adı;Ürün Kodu;Ürün Adı;Miktar;Birim;Tutar
153.01;MEŞE PANEL;TİCARİ MALLAR;URN-0001;Meşe panel 18 mm;420,5;m2;184.250,50
153.02;KAYIN PANEL;TİCARİ MALLAR;URN-0002;Kayın panel 12 mm;75;m2;31.900,00
153.03;MENTEŞE;TİCARİ MALLAR;URN-0041;Menteşe, gizli;1.250;adet;22.437,75
150.01;TUTKAL;İLK MADDE VE MALZEME;HAM-0007;Ahşap tutkalı;340;kg;18.020,00
"""


def _folder(stage: Stage) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="muhurdar-tur-")
    stage.later(folder.cleanup)
    return Path(folder.name)


def _shown(stage: Stage, dialog: Any) -> QWidget:
    shown = stage.show(dialog)
    stage.settle()
    return shown


@scene("defter", "veritabani", quick=True)
def query(stage: Stage) -> QWidget:
    from app.ui.ledger.query_dialog import QueryDialog

    # Our own ledger file plays the other program's database: it has the very tables.
    company = stage.companies()[0]
    base = ledger_file(stage.desk.office.folder.ledgers, company, Period(NOW.year, NOW.month - 1))
    dialog = QueryDialog(stage.desk, company, period=Period(NOW.year, NOW.month))
    form = dialog.form
    form.driver.setCurrentIndex(form.driver.findData("sqlite"))
    form.database.setText(str(base))
    form.query.setPlainText(_QUERY)
    _shown(stage, dialog)
    dialog.look_at()
    stage.settle()
    return dialog


@scene("defter", "veritabani-bos")
def query_empty(stage: Stage) -> QWidget:
    from app.ui.ledger.query_dialog import QueryDialog

    return _shown(stage, QueryDialog(stage.desk, stage.companies()[0], period=None))


@scene("defter", "envanter-bos")
def inventory_empty(stage: Stage) -> QWidget:
    from app.ui.ledger.inventory_window import InventoryWindow

    return _shown(stage, InventoryWindow(stage.desk, stage.companies()[2], date(NOW.year, 1, 1)))


@scene("defter", "envanter-listesi", quick=True)
def inventory_list(stage: Stage) -> QWidget:
    from app.ui.ledger.inventory_import import InventoryImportDialog

    path = _folder(stage) / "stok-listesi.csv"
    path.write_text(_STOCK, "utf-8")
    return _shown(stage, InventoryImportDialog(stage.desk, stage.companies()[0], path, date(NOW.year, 1, 1)))


@scene("defter", "olusturma-secenekleri")
def build_options(stage: Stage) -> QWidget:
    from app.ui.ledger.build_dialog import BuildDialog

    dialog = BuildDialog(stage.desk, stage.companies()[0], Period(NOW.year, NOW.month - 1))
    _shown(stage, dialog)
    dialog.day.setDate(QDate(NOW.year, NOW.month - 1, 16))
    dialog.add_button.click()
    stage.settle()
    stage.settle()
    return dialog


@scene("defter", "entegratore-dosya")
def export(stage: Stage) -> QWidget:
    from app.ui.ledger.export_dialog import ExportDialog

    dialog = ExportDialog(stage.desk, stage.companies()[0], Period(NOW.year, NOW.month - 1), target="uyumsoft-xml")
    return _shown(stage, dialog)


def _firm_tab(stage: Stage, title: str) -> QWidget:
    page = stage.page("settings", stage.busiest())
    subject: Any = page.subject("firms")
    stage.settle()
    card = subject.card
    places = [place for place in range(card.count()) if card.tabText(place) == title]
    if not places:
        raise NotThere(title)
    card.setCurrentIndex(places[0])
    stage.later(lambda: card.setCurrentIndex(0))
    stage.settle()
    return stage.window


@scene("ayarlar", "firma-defter", quick=True)
def firm_ledger(stage: Stage) -> QWidget:
    return _firm_tab(stage, "Defter")


@scene("ayarlar", "firma-musavir")
def firm_accountant(stage: Stage) -> QWidget:
    return _firm_tab(stage, "Müşavir")


@scene("ayarlar", "defter")
def office_ledger(stage: Stage) -> QWidget:
    page = stage.page("settings", stage.busiest())
    page.subject("ledger")
    stage.settle()
    return stage.window
