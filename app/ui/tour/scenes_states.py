"""What is not everyday: nothing there, not yet read, offline, failed, busy."""

from __future__ import annotations

import threading
from typing import Final

from PySide6.QtWidgets import QWidget

from app.domain.errors import BugError, EnvironmentFault
from app.storage import companies
from app.ui.lists.filters import ListFilter
from app.ui.pages.registry import available
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage
from app.workflows.context import WorkContext

#: So many waiting jobs leave no worker of the CPU pool free.
_MORE_THAN_WORKERS: Final = 16


def _empty(stage: Stage, key: str) -> QWidget:
    window = stage.bare("empty")
    with window.desk.office.db.read() as s:
        only = companies.list_companies(s)[0]
    stage.page(key, only, window=window)
    return window


@scene("bugun", "bos", quick=True)
def today_empty(stage: Stage) -> QWidget:
    return _empty(stage, "today")


@scene("gelen", "bos", quick=True)
def inbox_empty(stage: Stage) -> QWidget:
    return _empty(stage, "inbox")


@scene("giden", "bos")
def outbox_empty(stage: Stage) -> QWidget:
    return _empty(stage, "outbox")


@scene("cariler", "bos")
def partners_empty(stage: Stage) -> QWidget:
    return _empty(stage, "partners")


@scene("ayarlar", "yeni-ofis")
def settings_empty(stage: Stage) -> QWidget:
    window = stage.bare("new")
    stage.page("settings", window=window).subject("firms")
    stage.settle()
    return window


@scene("bugun", "yeni-ofis")
def today_new(stage: Stage) -> QWidget:
    window = stage.bare("new")
    stage.page("today", window=window)
    return window


@scene("gelen", "suzgec-bos")
def inbox_filtered_away(stage: Stage) -> QWidget:
    page = stage.page("inbox")
    page.reveal(ListFilter(chip=page.chips[0].key, text="hiçbir belgede olmayan söz"))
    stage.wait(300)
    stage.settle()
    return stage.window


@scene("gelen", "yukleniyor")
def inbox_loading(stage: Stage) -> QWidget:
    """The workers are all held, so the list cannot be read; skeleton rows stand in its place."""
    stage.page("today", stage.busiest())
    gate = threading.Event()

    def hold(_context: WorkContext) -> None:
        gate.wait(20)

    for _ in range(_MORE_THAN_WORKERS):
        stage.desk.run("Bekletiliyor", hold, owner=stage)
    stage.later(gate.set)
    fresh = next(spec for spec in available() if spec.key == "inbox").page_class(stage.desk)
    fresh.resize(stage.window.size())
    fresh.show()
    stage.own(fresh)
    stage.wait(900)
    return fresh


@scene("pencere", "hata", quick=True)
def known_error(stage: Stage) -> QWidget:
    stage.page("inbox")
    stage.desk.failed.emit(
        EnvironmentFault(
            "DISK.FULL",
            "Belge kaydedilemedi.",
            why="Veri klasörünün bulunduğu diskte yer kalmamış.",
            todo="Diskte yer açıp yeniden deneyin; hiçbir belge kaybolmadı.",
        )
    )
    stage.settle()
    return stage.window


@scene("pencere", "program-hatasi")
def bug(stage: Stage) -> QWidget:
    stage.page("today")
    stage.desk.failed.emit(BugError(ValueError("tur")))
    stage.settle()
    return stage.window


@scene("pencere", "cevrimdisi", quick=True)
def offline(stage: Stage) -> QWidget:
    stage.page("outbox")
    window = stage.window
    window.center.is_offline = True
    window.center.changed.emit()
    window.strip.show_connection(is_offline=True, queued=14)

    def back() -> None:
        window.center.is_offline = False
        window.center.changed.emit()

    stage.later(back)
    stage.wait(50)
    return window


@scene("pencere", "isler", quick=True)
def busy(stage: Stage) -> QWidget:
    """Two jobs, the first with a known end."""
    stage.page("outbox")
    gate = threading.Event()
    firms = stage.companies()

    def send(context: WorkContext) -> None:
        context.progress.report(131, 240, "gönderiliyor")
        gate.wait(20)

    stage.desk.run("240 fatura gönderiliyor", send, owner=stage, company=firms[0])
    stage.desk.run("Arşiv yazılıyor", send, owner=stage, company=firms[4])
    stage.later(gate.set)
    stage.wait(900)
    return stage.window


@scene("pencere", "cikis")
def leaving(stage: Stage) -> QWidget:
    stage.page("today")
    stage.window.messages.show_leaving()
    stage.settle()
    return stage.window


@scene("muhur", "pin-hatasi")
def refused_pin(stage: Stage) -> QWidget:
    from app.domain.errors import PinRefused
    from app.ui.dialogs.pin import SealDialog

    dialog = SealDialog(
        stage.desk, stage.busiest(), 240, "İZİBİZ üzerinden gönderilmek üzere kuyruğa girer.", stage.window
    )
    stage.show(dialog)
    stage.wait(400)
    warning = getattr(dialog, "warning", None)
    if warning is None:
        raise NotThere("warning")
    warning.show_error(
        PinRefused("PIN.WRONG", "PIN yanlış.", why="Kartta 2 deneme hakkı kaldı.", todo="PIN'i dikkatle yeniden yazın.")
    )
    stage.settle()
    return dialog
