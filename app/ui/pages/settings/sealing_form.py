"""Who seals, per kind of document: the company's own mali mühür or the integrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.domain.lifecycle import DocumentKind, SealingMode
from app.ui.pages.settings.form import Form

KIND_TITLES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.INVOICE: "e-Fatura",
    DocumentKind.EARCHIVE: "e-Arşiv",
    DocumentKind.DESPATCH: "e-İrsaliye",
    DocumentKind.RECEIPT: "e-İrsaliye yanıtı",
    DocumentKind.CREDIT_NOTE: "e-Müstahsil makbuzu",
    DocumentKind.SMM: "e-Serbest meslek makbuzu",
    DocumentKind.APPLICATION_RESPONSE: "Uygulama yanıtı (kabul, red)",
}
MODE_TITLES: Final[Mapping[SealingMode, str]] = {
    SealingMode.OWN: "Kendi mali mührü",
    SealingMode.INTEGRATOR: "Entegratör imzalar",
}
#: Said wherever the choice is offered.
INTEGRATOR_WORDS: Final = (
    "“Entegratör imzalar” seçilince belge, entegratörün kendi mali mührüyle imzalanır; bu bilgisayara kart takılmaz ve "
    "PIN sorulmaz. Bunun için entegratörle bu hizmeti kapsayan bir sözleşme gerekir."
)


class SealingForm(QWidget):
    """One choice for all, and one per kind that may differ from it."""

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = Form(self)
        self.default = QComboBox(self)
        for mode, title in MODE_TITLES.items():
            self.default.addItem(title, mode.value)
        self.form.add("default", self.tr("Belgeleri kim mühürler"), self.default, hint=INTEGRATOR_WORDS)
        self._kinds: dict[DocumentKind, QComboBox] = {}
        for kind, title in KIND_TITLES.items():
            combo = QComboBox(self)
            combo.addItem(self.tr("Yukarıdaki gibi"), "")
            for mode, words in MODE_TITLES.items():
                combo.addItem(words, mode.value)
            combo.activated.connect(self._on_chosen)
            self._kinds[kind] = combo
            self.form.add(kind.value, title, combo)
        self.default.activated.connect(self._on_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)

    def combo(self, kind: DocumentKind) -> QComboBox:
        return self._kinds[kind]

    def set_modes(self, modes: str | Mapping[str, str]) -> None:
        """Show `sealing_mode` as the company's JSON holds it."""
        by_kind: Mapping[str, str] = {"default": modes} if isinstance(modes, str) else modes
        self.default.setCurrentIndex(max(0, self.default.findData(by_kind.get("default", "own"))))
        for kind, combo in self._kinds.items():
            combo.setCurrentIndex(max(0, combo.findData(by_kind.get(kind.value, ""))))

    def modes(self) -> Any:
        """The same again."""
        special = {kind.value: combo.currentData() for kind, combo in self._kinds.items() if combo.currentData()}
        default = self.default.currentData()
        return {"default": default} | special if special else default

    @Slot()
    def _on_chosen(self) -> None:
        self.edited.emit()
