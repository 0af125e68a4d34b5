"""Settings and set-up in use: errors of Dene, refused values, a dry run, the log with lines, the support package."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLineEdit, QWidget

from app.domain.dates import ISTANBUL
from app.storage import companies as stored
from app.ui.frame.leaving import ask_to_leave
from app.ui.tour.ground import NOW
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage
from app.workflows.context import WorkContext

_LOG: Final = (
    ("INFO", "MainThread", "app.ui.app", "pencere açıldı: 60 firma"),
    ("INFO", "account-12", "app.workflows.sync", "İpek Yolu (VKN 54******26): 3 gönderildi, 2 geldi"),
    ("WARNING", "account-7", "app.connectors.izibiz.wire", "yanıt 10,2 saniyede geldi: GetInvoiceStatusAll"),
    ("ERROR", "account-7", "app.workflows.sending", "NET.LOST: bağlantı yanıt gelmeden koptu (BK62026000000027)"),
    ("INFO", "account-7", "app.workflows.settling", "durumu soruldu: 101, gönderilmiş"),
    ("INFO", "token", "app.signing.token", "kart: AKIS MALI MUHUR, 12 imza, 1,4 saniye"),
    ("ERROR", "cpu-1", "app.rendering.html", "HTML.TEMPLATE: şablon çalışmadı, kendi görünümümüzle gösterildi"),
)


def _subject(stage: Stage, key: str, *, window: Any = None) -> Any:
    page = stage.page("settings", None if window is not None else stage.busiest(), window=window)
    if key not in page.keys():  # noqa: SIM118 - not a dict
        raise NotThere(key)
    found = page.subject(key)
    stage.settle()
    return found if found is not None else page.stack.currentWidget()


def _inside(subject: Any, class_path: str, class_name: str) -> Any:
    """The first child of that class; subjects may stand in a scroll area."""
    from importlib import import_module

    kind = getattr(import_module(class_path), class_name)
    if isinstance(subject, kind):
        return subject
    known = subject.window().findChildren(kind)
    shown = [child for child in known if child.isVisible()] or known
    if not shown:
        raise NotThere(class_name)
    return shown[0]


def _tried(stage: Stage, prepare: Callable[[Any], None]) -> QWidget:
    subject = _subject(stage, "integrators")
    form = _inside(subject, "app.ui.pages.settings.account_form", "AccountForm")
    prepare(form)
    form.try_out()
    stage.wait(300)
    stage.settle()
    stage.later(lambda: form.show_company(stage.busiest()))
    return stage.window


@scene("ayarlar", "entegrator-dene-tamam")
def try_good(stage: Stage) -> QWidget:
    return _tried(stage, lambda form: None)


@scene("ayarlar", "entegrator-dene-parola", quick=True)
def try_wrong_password(stage: Stage) -> QWidget:
    return _tried(stage, lambda form: form.password.setText("yanlış-parola"))


@scene("ayarlar", "entegrator-dene-ulasilamadi")
def try_unreachable(stage: Stage) -> QWidget:
    def elsewhere(form: Any) -> None:
        form.url.setText("http://127.0.0.1:9")
        form.password.setText("parola")

    return _tried(stage, elsewhere)


@scene("ayarlar", "entegrator-bos-alan")
def try_unfilled(stage: Stage) -> QWidget:
    return _tried(stage, lambda form: form.user.clear())


@scene("ayarlar", "ofis-hatali-deger")
def office_refused(stage: Stage) -> QWidget:
    subject = _subject(stage, "office")
    form = _inside(subject, "app.ui.pages.settings.generated", "SettingsForm")
    fields = [edit for edit in form.findChildren(QLineEdit) if edit.text().isdigit()]
    if not fields:
        raise NotThere("interval")
    fields[0].setText("5")
    fields[0].textEdited.emit("5")
    fields[0].editingFinished.emit()
    stage.settle()
    stage.later(form.load)
    return stage.window


def _firm_tab(stage: Stage, place: int) -> QWidget:
    from PySide6.QtWidgets import QTabWidget

    subject = _subject(stage, "firms")
    tabs = _inside(subject, "PySide6.QtWidgets", "QTabWidget")
    if not isinstance(tabs, QTabWidget) or tabs.count() <= place:
        raise NotThere("tab")
    tabs.setCurrentIndex(place)
    stage.later(lambda: tabs.setCurrentIndex(0))
    stage.settle()
    return stage.window


@scene("ayarlar", "firma-adres")
def firm_address(stage: Stage) -> QWidget:
    return _firm_tab(stage, 1)


@scene("ayarlar", "firma-etiket-seri")
def firm_series(stage: Stage) -> QWidget:
    return _firm_tab(stage, 2)


@scene("ayarlar", "firma-muhur")
def firm_seal(stage: Stage) -> QWidget:
    return _firm_tab(stage, 3)


@scene("ayarlar", "firma-gorseller")
def firm_images(stage: Stage) -> QWidget:
    return _firm_tab(stage, 4)


@scene("ayarlar", "firma-yeni")
def firm_new(stage: Stage) -> QWidget:
    subject = _inside(_subject(stage, "firms"), "app.ui.pages.settings.firms", "FirmsSubject")
    subject.new_button.click()
    stage.settle()
    stage.later(subject.revert_button.click)
    return stage.window


@scene("ayarlar", "yedek-deneme", quick=True)
def restore_dry_run(stage: Stage) -> QWidget:
    subject = _inside(_subject(stage, "backup"), "app.ui.pages.settings.backup", "BackupSubject")
    subject.back_up()
    stage.wait(200)
    stage.settle()
    kept = sorted(stage.office.folder.backups.glob("*"))
    files = [path for path in kept if path.is_file() and path.stat().st_size > 10_000]
    if not files:
        raise NotThere("backup")
    subject.look_at(files[-1])
    stage.wait(300)
    stage.settle()
    stage.later(subject.refresh)
    return stage.window


@scene("ayarlar", "gunluk-satirlar")
def log_lines(stage: Stage) -> QWidget:
    folder = stage.office.folder.logs
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for place in range(40):
        level, thread, name, words = _LOG[place % len(_LOG)]
        at = (NOW - timedelta(minutes=3 * (40 - place))).astimezone(ISTANBUL).isoformat(timespec="milliseconds")
        lines.append(f"{at} {level} 4711 {thread} {name}: {words}\n")
    path = folder / f"muhurdar-{NOW.astimezone(ISTANBUL):%Y-%m-%d}.log"
    path.write_text("".join(lines), encoding="utf-8")
    subject = _inside(_subject(stage, "log"), "app.ui.pages.settings.log_view", "LogSubject")
    subject.refresh()
    stage.wait(200)
    stage.settle()
    subject.table.selectRow(subject.model.rowCount() - 3)
    stage.settle()
    return stage.window


@scene("ayarlar", "destek-paketi")
def support_package(stage: Stage) -> QWidget:
    subject = _inside(_subject(stage, "log"), "app.ui.pages.settings.log_view", "LogSubject")
    target = stage.office.folder.root / "destek.zip"
    target.unlink(missing_ok=True)
    subject.make_package(Path(target))
    stage.wait(200)
    stage.settle()
    stage.later(subject.message.dismiss if hasattr(subject.message, "dismiss") else subject.message.hide)
    return stage.window


def _wizard(stage: Stage, row: int) -> QWidget:
    from app.ui.setup.wizard import SetupWizard

    window = stage.bare("empty")
    with window.desk.office.db.read() as s:
        only = stored.list_companies(s)[0]
    wizard = SetupWizard(window.desk)
    wizard.company = only
    stage.show(wizard)
    wizard.list.setCurrentRow(row)
    stage.wait(400)
    stage.settle()
    return wizard


@scene("kurulum", "firma")
def setup_company(stage: Stage) -> QWidget:
    return _wizard(stage, 1)


@scene("kurulum", "entegrator")
def setup_integrator(stage: Stage) -> QWidget:
    return _wizard(stage, 2)


@scene("kurulum", "muhur")
def setup_seal(stage: Stage) -> QWidget:
    return _wizard(stage, 3)


@scene("kurulum", "seri")
def setup_series(stage: Stage) -> QWidget:
    return _wizard(stage, 4)


@scene("kurulum", "hazir")
def setup_finish(stage: Stage) -> QWidget:
    return _wizard(stage, 5)


@scene("kurulum", "firma-yok")
def setup_without_company(stage: Stage) -> QWidget:
    from app.ui.setup.wizard import SetupWizard

    wizard = SetupWizard(stage.bare("new").desk)
    stage.show(wizard)
    wizard.list.setCurrentRow(2)
    stage.settle()
    return wizard


@scene("pencere", "200-firma", quick=False)
def crowd(stage: Stage) -> QWidget:
    window = stage.bare("crowd")
    stage.page("today", window=window)
    window.header.switcher.open()
    stage.settle()
    return window


@scene("pencere", "200-firma-aranan")
def crowd_searched(stage: Stage) -> QWidget:
    window = stage.bare("crowd")
    stage.page("today", window=window)
    window.header.switcher.open()
    field = window.header.switcher.panel.findChild(QLineEdit)
    if field is None:
        raise NotThere("field")
    field.setText("gıda")
    stage.wait(300)
    stage.settle()
    return window


@scene("pencere", "cikis-sorusu", quick=True)
def leaving_question(stage: Stage) -> QPixmap:
    """What still runs is named before the window goes."""
    ended: list[bool] = []

    def send(context: WorkContext) -> None:
        context.progress.report(131, 240, "gönderiliyor")
        while not ended:
            time.sleep(0.02)

    firms = stage.companies()
    stage.page("today")
    stage.desk.run("240 fatura gönderiliyor", send, owner=stage, company=firms[0])
    stage.later(lambda: ended.append(True))
    stage.wait(300)
    names = {firm.company.tax_number.digits: firm.company.party.display_name for firm in firms}
    return stage.modal(lambda: ask_to_leave(stage.desk, names, stage.window))
