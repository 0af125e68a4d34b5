"""Dialogs, menus and panels that open over a page."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.connectors.base import Answer
from app.domain.errors import RuleBroken
from app.domain.findings import Finding, Layer, Severity
from app.domain.lifecycle import Direction, State
from app.ui.dialogs.answer import AnswerDialog
from app.ui.dialogs.bulk_report import BulkReportDialog
from app.ui.dialogs.confirm import ConfirmDialog
from app.ui.dialogs.pin import SealDialog
from app.ui.frame.shortcuts import ShortcutSheet
from app.ui.lists.bulk import Failure, Outcome
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage


@scene("pencere", "kisayollar", quick=True)
def shortcuts(stage: Stage) -> QWidget:
    stage.page("inbox")
    return stage.show(ShortcutSheet(stage.window, stage.window.pages))


@scene("pencere", "firma-secimi", quick=True)
def switcher(stage: Stage) -> QWidget:
    stage.page("today")
    stage.window.header.switcher.open()
    stage.settle()
    return stage.window


@scene("pencere", "arama")
def search(stage: Stage) -> QWidget:
    stage.page("today")
    stage.window.header.search.focus()
    stage.window.header.search.field.setText("karadeniz")
    stage.wait(500)
    stage.settle()
    return stage.window


@scene("pencere", "arama-bos")
def search_without_hits(stage: Stage) -> QWidget:
    stage.page("today")
    stage.window.header.search.focus()
    stage.window.header.search.field.setText("qwxyz yok böyle bir şey")
    stage.wait(500)
    stage.settle()
    return stage.window


@scene("yanit", "kabul")
def accept(stage: Stage) -> QWidget:
    name = stage.busiest().company.party.display_name
    return stage.show(AnswerDialog(Answer.ACCEPT, company=name, count=3, left_out=2, parent=stage.window))


@scene("yanit", "red", quick=True)
def reject(stage: Stage) -> QWidget:
    name = max((c.company.party.display_name for c in stage.companies()), key=len)
    return stage.show(AnswerDialog(Answer.REJECT, company=name, count=1, parent=stage.window))


@scene("onay", "taslak-silme")
def confirm(stage: Stage) -> QWidget:
    dialog = ConfirmDialog(
        "3 taslak silinsin mi?",
        company=stage.busiest().company.party.display_name,
        consequence="Silinen taslaklar İptal durumuna geçer; Ctrl+Z ile geri alınabilir.",
        yes="Sil",
        parent=stage.window,
    )
    return stage.show(dialog)


@scene("muhur", "pin", quick=True)
def seal(stage: Stage) -> QWidget:
    company = stage.busiest()
    said = "İZİBİZ (deneme ortamı) üzerinden gönderilmek üzere kuyruğa girer."
    dialog = stage.show(SealDialog(stage.desk, company, 3, said, stage.window))
    stage.wait(600)
    stage.settle()
    return dialog


@scene("toplu", "kismi-hata", quick=True)
def bulk_failure(stage: Stage) -> QWidget:
    """Some went, some did not; the list behind has the failed ones selected."""
    found = stage.documents(Direction.OUT, State.DRAFT, State.READY, State.SEALED)[:24]
    errors = (
        RuleBroken(
            "BUYER.NOT_REGISTERED",
            "{} e-Fatura mükellefi değil.",
            why="e-Fatura yalnız kayıtlı kullanıcılara gönderilir.",
            todo="Taslak duruyor; bu alıcıya e-Arşiv fatura düzenleyin.",
        ),
        RuleBroken(
            "DATE.SEVEN_DAYS",
            "{} bugün gönderilemez.",
            why="Fatura en çok yedi gün geriye ve en geç bugün tarihli olabilir.",
            todo="Satışın tarihini kontrol edip gerekirse yeni fatura düzenleyin.",
        ),
    )
    outcome = Outcome(title="Mühürlendi ve kuyruğa alındı", done=[r.id for r in found[5:]], stopped=False)
    for place, record in enumerate(found[:5]):
        error = errors[place % 2]
        said = RuleBroken(error.code, error.what.format(record.partner_name), why=error.why, todo=error.todo)
        findings = ("Satır 2: KDV oranı 0 ama istisna kodu yok.",) if place == 3 else ()
        outcome.failed.append(
            Failure(document_id=record.id, name=record.number or record.partner_name, error=said, findings=findings)
        )
    page = stage.page("outbox")
    stage.select(page, [f.document_id for f in outcome.failed])
    return stage.show(BulkReportDialog(outcome, stage.window))


@scene("denetle", "bulgular")
def file_findings(stage: Stage) -> QWidget:
    from app.ui.dialogs.file_findings import FileFindingsDialog
    from app.ui.lists.file_check import CheckedFile

    found = (
        (Severity.ERROR, "LINE.VAT", "lines[1].vat_rate", "Satır 2: KDV oranı 0 ama istisna kodu yok."),
        (Severity.WARNING, "TAXNO.CHECKSUM", "customer.vkn", "Alıcının VKN'si kontrol basamağını tutturmuyor."),
        (Severity.INFO, "RULES.ABSENT", "", "Resmî denetim paketi kurulu değil."),
    )
    findings = tuple(Finding(severity, Layer.BUILTIN, code, place, said) for severity, code, place, said in found)
    files = (
        CheckedFile(name="EFT2026000000113.xml", kind="invoice", findings=findings),
        CheckedFile(name="çok uzun adlı bir klasörden gelen fatura dosyası.xml", kind="invoice", findings=()),
    )
    return stage.show(FileFindingsDialog(files, stage.window))


def _menu(stage: Stage, page: str, name: str) -> QWidget:
    shown = stage.page(page)
    if page in ("inbox", "outbox"):
        stage.select(shown, shown.model.ids[:1])
    menu = getattr(shown, name, None)
    if not isinstance(menu, QMenu):
        raise NotThere(name)
    menu.popup(stage.window.mapToGlobal(QPoint(200, 150)))
    stage.later(menu.close)
    stage.settle()
    return menu


@scene("gelen", "diger-menusu")
def inbox_menu(stage: Stage) -> QWidget:
    return _menu(stage, "inbox", "more_menu")


@scene("giden", "diger-menusu")
def outbox_menu(stage: Stage) -> QWidget:
    return _menu(stage, "outbox", "more_menu")


@scene("gelen", "sutunlar")
def columns_menu(stage: Stage) -> QWidget:
    return _menu(stage, "inbox", "columns_menu")
