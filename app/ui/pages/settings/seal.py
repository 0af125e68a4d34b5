"""Mühür: who seals, the card doctor, and drivers outside the known places."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from app.domain.errors import AppError
from app.runtime.settings import SEAL_MODULES
from app.ui.desk import Desk
from app.ui.jobs import Changes
from app.ui.pages.settings.card_doctor import CardDoctor
from app.ui.pages.settings.form import PlainButton, Verdict
from app.ui.pages.settings.sealing_form import INTEGRATOR_WORDS
from app.ui.pages.settings.subject import FormSubject
from app.ui.theme import tokens
from app.ui.widgets import QuietButton, QuietLabel, Section
from app.workflows.context import WorkContext

_LIST_ROWS = 3


class SealSubject(FormSubject):
    """Nothing is asked of the card before the button is pressed: some drivers hang."""

    key = "seal"
    icon = "seal"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, self.tr("Mühür"), "", parent)
        self._added: list[str] = []
        check = Section(
            self.tr("Kart denetimi"),
            self,
            sentence=self.tr("Okuyucuya, sürücüye, karta ve sertifikalara bakar; PIN istemez."),
        )
        self.doctor = CardDoctor(desk, check)
        check.body.addWidget(self.doctor)
        self.column.addWidget(check)
        self.column.addWidget(self._drivers())
        who = Section(self.tr("Belgeyi kim mühürler"), self)
        who.body.addWidget(
            QuietLabel(
                self.tr(
                    "“Kendi mali mührü” seçilince belge bu bilgisayardaki kartla mühürlenir; PIN, toplu işte "
                    "yalnız bir kez sorulur ve saklanmaz."
                ),
                who,
                wrap=True,
            )
        )
        who.body.addWidget(QuietLabel(INTEGRATOR_WORDS, who, wrap=True))
        who.body.addWidget(
            QuietLabel(self.tr("Seçim firma kartında yapılır: Firmalar › firma › Mühür."), who, wrap=True)
        )
        self.column.addWidget(who)
        self.column.addStretch(1)

    def refresh(self) -> None:
        self.desk.run(self.tr("Ayarlar okunuyor"), partial(_read_added, self.desk), self._on_added_read, owner=self)

    def add_module(self, path: Path) -> None:
        """Look for cards with this driver too."""
        text = str(path)
        if not path.is_file():
            self.driver_verdict.say("error", self.tr("Dosya bulunamadı: {0}. Sürücünün dosyasını seçin.").format(text))
            return
        if text not in self._added:
            self._store([*self._added, text])

    def _drivers(self) -> Section:
        section = Section(
            self.tr("Ek kart sürücüleri"),
            self,
            sentence=self.tr(
                "AKİS, SafeNet ve benzerleri kendiliğinden bulunur. Başka yerdeki bir PKCS#11 dosyasını ekleyin."
            ),
        )
        self.drivers = QListWidget(section)
        self.drivers.setAccessibleName(self.tr("Ek kart sürücüleri"))
        self.drivers.setMaximumHeight(tokens.ROW_PX * _LIST_ROWS + tokens.S)
        self.drivers.setMaximumWidth(tokens.TEXT_WIDTH_PX + tokens.XL * 6)
        self.add_button = PlainButton(self.tr("Sürücü ekle…"), section, icon="plus")
        self.remove_button = QuietButton(self.tr("Kaldır"), section, icon="trash")
        self.driver_verdict = Verdict(section)
        row = QHBoxLayout()
        row.addWidget(self.add_button)
        row.addWidget(self.remove_button)
        row.addStretch(1)
        body = QVBoxLayout()
        body.addWidget(self.drivers)
        body.addLayout(row)
        body.addWidget(self.driver_verdict)
        section.body.addLayout(body)
        self.add_button.clicked.connect(self._on_add_button_clicked)
        self.remove_button.clicked.connect(self._on_remove_button_clicked)
        self.drivers.currentRowChanged.connect(self._on_current_row_changed)
        return section

    def _store(self, added: list[str]) -> None:
        self.driver_verdict.clear()
        self.desk.run(
            self.tr("Sürücü listesi kaydediliyor"),
            partial(_write_added, self.desk, added),
            self._on_stored,
            owner=self,
            changes=Changes(settings=True),
            failed=self._on_failed,
        )

    @Slot(object)
    def _on_added_read(self, added: list[str]) -> None:
        self._added = added
        self.drivers.clear()
        self.drivers.addItems(added)
        self.drivers.setVisible(bool(added))
        self.remove_button.setVisible(bool(added))
        self._on_current_row_changed()

    @Slot(object)
    def _on_stored(self, added: list[str]) -> None:
        self._on_added_read(added)
        self.driver_verdict.say("ok", self.tr("Kaydedildi."))
        self.doctor.look()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.driver_verdict.say("error", error.sentence)

    @Slot()
    def _on_current_row_changed(self) -> None:
        self.remove_button.setEnabled(self.drivers.currentRow() >= 0)

    @Slot()
    def _on_add_button_clicked(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(
            self,
            self.tr("PKCS#11 sürücüsü seç"),
            "",
            self.tr("Sürücüler (*.dll *.so *.so.* *.dylib);;Bütün dosyalar (*)"),
        )
        if name:
            self.add_module(Path(name))

    @Slot()
    def _on_remove_button_clicked(self) -> None:
        row = self.drivers.currentRow()
        if row >= 0:
            self._store([text for index, text in enumerate(self._added) if index != row])


def _read_added(desk: Desk, _ctx: WorkContext) -> list[str]:
    return [line for line in desk.office.settings.get(SEAL_MODULES).splitlines() if line.strip()]


def _write_added(desk: Desk, added: list[str], ctx: WorkContext) -> list[str]:
    desk.office.settings.set(SEAL_MODULES, "\n".join(added))
    return _read_added(desk, ctx)
