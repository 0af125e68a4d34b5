"""The seal in every state it can be asked for: no card, tries left, last try, locked, a keypad, a file; the doctor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from app.domain.errors import EnvironmentFault, PinRefused
from app.signing.doctor import DoctorReport, TestSignature
from app.signing.isolated import ModuleLook
from app.signing.readers import ReaderList
from app.signing.token_facts import TokenFacts
from app.ui.dialogs.pin import SealDialog
from app.ui.dialogs.seal_sources import FILE, TOKEN, SealSource
from app.ui.tour.scenes import NotThere, scene
from app.ui.tour.stage import Stage

_TOKEN: Final = TokenFacts(
    module="/usr/lib/libakisp11.so",
    slot_id=0,
    reader="ACS ACR39U ICC Reader 00 00",
    label="AKIS MALI MUHUR",
    serial="0A4F8813C2",
    model="AKIS v2.5",
    manufacturer="TÜBİTAK",
    initialized=True,
    pin_pad=False,
    pin_set=True,
    pin_low=False,
    pin_final_try=False,
    pin_locked=False,
    pin_must_change=False,
    can_sign=True,
)
_GOES: Final = "İzibiz (deneme ortamı) üzerinden gönderilmek üzere kuyruğa girer."


def _asked(stage: Stage, source: SealSource | None, count: int = 12, faults: tuple[str, ...] = ()) -> SealDialog:
    """The dialog as it stands when the readers have answered with this one token, or with none."""
    longest = max(stage.companies(), key=lambda c: len(c.company.party.display_name))
    dialog = SealDialog(stage.desk, longest, count, _GOES, stage.window)
    stage.show(dialog)
    stage.wait(600)
    stage.settle()
    dialog.chooser.set_tokens([source] if source is not None else [], list(faults))
    if source is not None and not source.blocked:
        dialog.chooser.choose(source.key)
        dialog.chooser.chosen.emit()
    stage.settle()
    return dialog


def _token(**more: Any) -> SealSource:
    plain = SealSource(
        kind=TOKEN, token=_TOKEN, title="TÜBİTAK / AKIS MALI MUHUR", sentence="ACS ACR39U · 14.03.2028'e kadar geçerli"
    )
    return replace(plain, **more)


@scene("muhur", "kart-pin", quick=True)
def card(stage: Stage) -> QWidget:
    return _asked(stage, _token(), 240)


@scene("muhur", "kart-az-hak")
def few_tries(stage: Stage) -> QWidget:
    return _asked(stage, _token(warning="PIN daha önce yanlış girilmiş; kartta 2 deneme hakkı kaldı."))


@scene("muhur", "kart-son-hak")
def last_try(stage: Stage) -> QWidget:
    warning = "Son deneme hakkı: PIN bir kez daha yanlış girilirse kart kilitlenir ve yalnız PUK ile açılır."
    return _asked(stage, _token(warning=warning, needs_consent=True))


@scene("muhur", "kart-kilitli")
def locked(stage: Stage) -> QWidget:
    return _asked(stage, _token(blocked="Kartın PIN'i kilitli; PUK ile açılmadan kullanılamaz."))


@scene("muhur", "kart-tus-takimi")
def keypad(stage: Stage) -> QWidget:
    return _asked(stage, _token(has_keypad=True))


@scene("muhur", "kart-yok")
def no_card(stage: Stage) -> QWidget:
    return _asked(stage, None, faults=("AKİS: Kart sürücüsü yanıt vermedi. Kartı çıkarıp yeniden takın.",))


@scene("muhur", "dosya")
def from_file(stage: Stage) -> QWidget:
    dialog = _asked(stage, None, 1)
    dialog.chooser.choose(FILE)
    dialog.chooser.chosen.emit()
    dialog.path.setText("Belgeler/mali-muhur-2026.p12")
    stage.settle()
    return dialog


@scene("muhur", "kart-pin-yanlis")
def wrong_pin(stage: Stage) -> QWidget:
    dialog = _asked(stage, _token(warning="PIN daha önce yanlış girilmiş; kartta 2 deneme hakkı kaldı."), 240)
    dialog.message.show_error(
        PinRefused("PIN.WRONG", "PIN yanlış.", why="Kartta 2 deneme hakkı kaldı.", todo="PIN'i dikkatle yeniden yazın.")
    )
    dialog.adjustSize()
    stage.settle()
    return dialog


def _doctor(stage: Stage, report: DoctorReport) -> QWidget:
    page = stage.page("settings", stage.busiest())
    page.subject("seal")
    stage.settle()
    doctor = getattr(page.stack.currentWidget(), "doctor", None)
    found = doctor if doctor is not None else _find_doctor(page)
    found.show_report(report)
    stage.settle()
    return stage.window


def _find_doctor(page: QWidget) -> Any:
    from app.ui.pages.settings.card_doctor import CardDoctor

    known = page.findChildren(CardDoctor)
    if not known:
        raise NotThere("doctor")
    return known[0]


@scene("ayarlar", "muhur-kart-doktoru")
def doctor_good(stage: Stage) -> QWidget:
    low = replace(_TOKEN, label="SAFENET 5110", serial="02C4", module="/usr/lib/libeToken.so", pin_low=True)
    return _doctor(
        stage,
        DoctorReport(
            readers=ReaderList(names=(_TOKEN.reader, "Gemalto USB Shell Token V2")),
            modules=(
                ModuleLook(path=Path("/usr/lib/libakisp11.so"), title="AKİS", tokens=(_TOKEN,)),
                ModuleLook(path=Path("/usr/lib/libeToken.so"), title="SafeNet", tokens=(low,)),
            ),
            advice=("SAFENET 5110 kartının PIN'i daha önce yanlış girilmiş; denemeden önce PIN'den emin olun.",),
            test_signature=TestSignature(token_label=_TOKEN.label, seconds=0.41),
        ),
    )


@scene("ayarlar", "muhur-kart-yok")
def doctor_nothing(stage: Stage) -> QWidget:
    silent = EnvironmentFault(
        "TOKEN.DRIVER",
        "Sürücü yanıt vermedi.",
        why="20 saniye beklendi.",
        todo="Kartı çıkarıp takın; olmazsa bilgisayarı yeniden başlatın.",
    )
    return _doctor(
        stage,
        DoctorReport(
            readers=ReaderList(names=(), note="Akıllı kart hizmeti (PC/SC) çalışmıyor."),
            modules=(ModuleLook(path=Path("/usr/lib/libakisp11.so"), title="AKİS", error=silent),),
            advice=("Kart okuyucuyu takın ve akıllı kart hizmetini başlatın.",),
        ),
    )
