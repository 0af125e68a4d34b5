"""What follows a sealed inventory: filed at GİB, its berats taken, or taken back. Choices and questions only."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu, QWidget

from app.domain.turkish import format_date
from app.domain.voucher import PeriodState
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.dialogs.confirm import confirm
from app.ui.ledger.deleted import PortalDeletedDialog
from app.ui.ledger.words import look_of_month, number
from app.ui.widgets import MenuButton
from app.workflows.inventory_facts import InventoryFacts

_SEALED: Final = (PeriodState.BUILT, PeriodState.SEALED, PeriodState.BERAT_SEALED)


class InventoryLifeButton(MenuButton):
    """`filed()`, `approved(list[Path])`, `taken_back(who, ISO day)`; the last two words are empty where none is due."""

    filed = Signal()
    approved = Signal(object)
    taken_back = Signal(str, str)

    def __init__(self, desk: Desk, company: CompanyRecord, parent: QWidget) -> None:
        self._choices = QMenu()
        super().__init__("", self._choices, parent, icon="send")
        self._desk, self._company = desk, company
        self._facts: InventoryFacts | None = None
        self.setText(self.tr("Yükleme"))
        self.setAccessibleName(self.tr("Yükleme ve onay"))
        self.file_action = self._choices.addAction(self.tr("GİB portalına yükledim…"))
        self.approve_action = self._choices.addAction(self.tr("GİB beratlarını al…"))
        self.back_action = self._choices.addAction(self.tr("Geri al…"))
        self._choices.triggered.connect(self._on_triggered)
        self.setEnabled(False)

    def show_facts(self, facts: InventoryFacts | None, *, is_free: bool) -> None:
        """What can be done as the day stands."""
        self._facts = facts
        state = facts.state if facts is not None else None
        self.file_action.setEnabled(state in _SEALED)
        self.approve_action.setEnabled(state is PeriodState.FILED)
        self.back_action.setEnabled(state in _SEALED or state is PeriodState.FILED)
        self.setEnabled(is_free and (state in _SEALED or state is PeriodState.FILED))

    @Slot(QAction)
    def _on_triggered(self, action: QAction) -> None:
        if self._facts is None:
            return
        if action is self.file_action:
            self._ask_filed(self._facts)
        elif action is self.approve_action:
            self._ask_approved()
        else:
            self._ask_back(self._facts)

    def _ask_filed(self, facts: InventoryFacts) -> None:
        name = format_date(facts.day)
        if confirm(
            self.tr("{0} envanteri GİB portalına yüklendi mi?").format(name),
            company=self._company.company.party.display_name,
            consequence=self.tr(
                "{0} kalem yüklendi olarak işaretlenir ve kilitlenir: listesi değiştirilemez, yeniden oluşturulamaz. "
                "Bu düğme GİB'e bir şey göndermez."
            ).format(number(len(facts.rows))),
            yes=self.tr("Yüklendi olarak işaretle"),
            parent=self.window(),
        ):
            self.filed.emit()

    def _ask_approved(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(
            self.window(),
            self.tr("GİB onaylı beratları seçin"),
            "",
            self.tr("Beratlar (*.xml *.zip);;Bütün dosyalar (*)"),
        )
        if chosen:
            self.approved.emit([Path(path) for path in chosen])

    def _ask_back(self, facts: InventoryFacts) -> None:
        name = self.tr("{0} envanteri").format(format_date(facts.day))
        company = self._company.company.party.display_name
        if facts.state is PeriodState.FILED:
            today = self._desk.office.clock.today()
            dialog = PortalDeletedDialog(
                name, company=company, files=len(facts.files), today=today, parent=self.window()
            )
            accepted, answer = dialog.exec() == QDialog.DialogCode.Accepted, dialog.answer
            dialog.deleteLater()
            if accepted:
                self.taken_back.emit(*answer)
            return
        if confirm(
            self.tr("{0} geri alınsın mı?").format(name),
            company=company,
            consequence=self.tr(
                "{0} dosya silinmez, 'İPTAL EDİLENLER-SİLİNENLER' klasörüne taşınır. Liste yeniden alınıp envanter "
                "yeniden oluşturulabilir."
            ).format(number(len(facts.files))),
            yes=self.tr("{0} dosyayı geri al").format(number(len(facts.files))),
            parent=self.window(),
        ):
            self.taken_back.emit("", "")


def state_words(state: PeriodState | None) -> str:
    """How far the day has come, "" before there is a list."""
    return "" if state is None else look_of_month(state).title
