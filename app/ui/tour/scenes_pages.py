"""Pages as they look on a working day."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.domain.lifecycle import Direction, State
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage


@scene("bugun", "tum-firmalar", quick=True)
def today_all(stage: Stage) -> QWidget:
    stage.page("today")
    return stage.window


@scene("bugun", "tek-firma")
def today_one(stage: Stage) -> QWidget:
    stage.page("today", stage.busiest())
    return stage.window


@scene("gelen", "tum-firmalar", quick=True)
def inbox_all(stage: Stage) -> QWidget:
    stage.page("inbox")
    return stage.window


@scene("gelen", "tek-firma")
def inbox_one(stage: Stage) -> QWidget:
    stage.page("inbox", stage.busiest())
    return stage.window


@scene("gelen", "yanit-bekleyen", quick=True)
def inbox_due(stage: Stage) -> QWidget:
    due = min(stage.documents(Direction.IN, State.ANSWER_DUE), key=lambda r: r.answer_due_at or r.created_at)
    stage.select(stage.page("inbox", stage.company_of(due)), [due.id])
    return stage.window


@scene("gelen", "temel-fatura")
def inbox_basic(stage: Stage) -> QWidget:
    record = stage.documents(Direction.IN, State.RECEIVED)[0]
    stage.select(stage.page("inbox", stage.company_of(record)), [record.id])
    return stage.window


@scene("gelen", "mukerrer")
def inbox_duplicate(stage: Stage) -> QWidget:
    record = stage.documents(Direction.IN, only_duplicates=True)[0]
    stage.select(stage.page("inbox", stage.company_of(record)), [record.id])
    return stage.window


@scene("gelen", "coklu-secim")
def inbox_many(stage: Stage) -> QWidget:
    due = stage.documents(Direction.IN, State.ANSWER_DUE)
    stage.select(stage.page("inbox"), [r.id for r in due[:5]])
    return stage.window


@scene("giden", "tum-firmalar", quick=True)
def outbox_all(stage: Stage) -> QWidget:
    stage.page("outbox")
    return stage.window


def _one_of(stage: Stage, state: State) -> QWidget:
    record = stage.documents(Direction.OUT, state)[0]
    stage.select(stage.page("outbox", stage.company_of(record)), [record.id])
    return stage.window


@scene("giden", "taslak")
def outbox_draft(stage: Stage) -> QWidget:
    return _one_of(stage, State.DRAFT)


@scene("giden", "hata", quick=True)
def outbox_failed(stage: Stage) -> QWidget:
    return _one_of(stage, State.FAILED)


@scene("giden", "sonucu-bilinmiyor")
def outbox_unknown(stage: Stage) -> QWidget:
    return _one_of(stage, State.UNKNOWN)


@scene("giden", "red")
def outbox_rejected(stage: Stage) -> QWidget:
    return _one_of(stage, State.REJECTED)


@scene("giden", "kuyrukta")
def outbox_queued(stage: Stage) -> QWidget:
    return _one_of(stage, State.QUEUED)


@scene("giden", "coklu-taslak")
def outbox_many(stage: Stage) -> QWidget:
    drafts = stage.documents(Direction.OUT, State.DRAFT, State.READY)
    company = stage.company_of(drafts[0])
    stage.select(stage.page("outbox", company), [r.id for r in drafts if r.company_id == company.id])
    return stage.window


def _tab(stage: Stage, place: int) -> QWidget:
    due = stage.documents(Direction.IN, State.ANSWER_DUE)[0]
    page = stage.page("inbox", stage.company_of(due))
    stage.select(page, [due.id])
    tabs = getattr(page.reading, "tabs", None)
    if tabs is None or not hasattr(tabs, "setCurrentIndex") or tabs.count() <= place:
        raise NotThere("tabs")
    tabs.setCurrentIndex(place)
    stage.later(lambda: tabs.setCurrentIndex(0))
    stage.settle()
    return stage.window


@scene("okuma", "bilgiler")
def reading_facts(stage: Stage) -> QWidget:
    return _tab(stage, 1)


@scene("okuma", "gecmis")
def reading_history(stage: Stage) -> QWidget:
    return _tab(stage, 2)


@scene("okuma", "bulgular")
def reading_findings(stage: Stage) -> QWidget:
    return _tab(stage, 3)


@scene("cariler", "tek-firma", quick=True)
def partners_one(stage: Stage) -> QWidget:
    stage.page("partners", stage.busiest())
    return stage.window


@scene("cariler", "tum-firmalar")
def partners_all(stage: Stage) -> QWidget:
    stage.page("partners")
    return stage.window


def _settings(stage: Stage, key: str) -> QWidget:
    page = stage.page("settings", stage.busiest())
    known: list[str] = page.keys()
    if key not in known:
        raise NotThere(key)
    page.subject(key)
    stage.settle()
    return stage.window


@scene("ayarlar", "ofis", quick=True)
def settings_office(stage: Stage) -> QWidget:
    return _settings(stage, "office")


@scene("ayarlar", "firmalar")
def settings_firms(stage: Stage) -> QWidget:
    return _settings(stage, "firms")


@scene("ayarlar", "entegratorler")
def settings_integrators(stage: Stage) -> QWidget:
    return _settings(stage, "integrators")


@scene("ayarlar", "muhur")
def settings_seal(stage: Stage) -> QWidget:
    return _settings(stage, "seal")


@scene("ayarlar", "yedek")
def settings_backup(stage: Stage) -> QWidget:
    return _settings(stage, "backup")


@scene("ayarlar", "gorunum")
def settings_look(stage: Stage) -> QWidget:
    return _settings(stage, "look")


@scene("ayarlar", "gunluk")
def settings_log(stage: Stage) -> QWidget:
    return _settings(stage, "log")
