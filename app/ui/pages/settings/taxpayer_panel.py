"""The taxpayer list as the settings show it: how large, how old, and the button that renews it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.domain.errors import AppError
from app.domain.turkish import format_datetime
from app.storage.taxpayer_list import ListState
from app.ui.desk import Desk
from app.ui.pages.settings.form import PlainButton, Verdict
from app.ui.taxpayers import TaxpayerRenewal, read_list_state
from app.ui.theme import tokens
from app.ui.widgets import QuietLabel, Section
from app.workflows.taxpayers import RenewReport


class TaxpayerPanel(Section):
    """One for the whole office, whichever company is chosen above."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.desk = desk
        self.heading.setText(self.tr("e-Fatura mükellef listesi"))
        self.setAccessibleName(self.tr("e-Fatura mükellef listesi"))
        self.set_sentence(
            self.tr(
                "Bütün firmalar için tek liste. Alıcının mükellef olup olmadığı bağlantı yokken de buradan bilinir; "
                "cari kartları listeye göre güncellenir."
            )
        )
        self.renewal = TaxpayerRenewal(desk, self)
        self.state = QuietLabel("", self, wrap=True)
        self.button = PlainButton(self.tr("Listeyi yenile"), self, icon="sync")
        self.verdict = Verdict(self)
        row = QHBoxLayout()
        row.setSpacing(tokens.M)
        row.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        row.addWidget(self.verdict, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.addWidget(self.state)
        self.body.addLayout(row)
        self.button.clicked.connect(self.renew)
        self.renewal.renewed.connect(self._on_renewed)
        self.renewal.failed.connect(self._on_failed)
        self.renewal.nowhere.connect(self._on_nowhere)

    def refresh(self) -> None:
        """Read again how large and how old the list is."""
        self.desk.run("Okunuyor", read_list_state, self._take_state, owner=self)

    @Slot()
    def renew(self) -> None:
        self.button.setEnabled(False)
        self.verdict.say("wait", self.tr("Liste alınıyor; ilk seferinde birkaç dakika sürebilir…"))
        self.renewal.renew()

    def _take_state(self, state: ListState | None) -> None:
        if state is None:
            self.state.setText(self.tr("Liste henüz alınmadı."))
            return
        count = f"{state.taxpayers:,}".replace(",", ".")
        self.state.setText(self.tr("{0} mükellef, son yenileme {1}.").format(count, format_datetime(state.asked_at)))

    @Slot(object)
    def _on_renewed(self, report: RenewReport) -> None:
        self.button.setEnabled(True)
        if report.skipped_until is not None:
            self.verdict.say(
                "wait",
                self.tr(
                    "Liste güncel. Entegratör iki saatte birden sık sorulmasına izin vermez; {0} sonrasında."
                ).format(format_datetime(report.skipped_until)),
            )
        else:
            cards = len(report.updated_cards)
            self.verdict.say(
                "ok",
                self.tr("Yenilendi; {0} cari kartı güncellendi.").format(cards)
                if cards
                else self.tr("Yenilendi; cari kartlarında değişiklik yok."),
            )
        self.refresh()

    @Slot(object)
    def _on_failed(self, error: AppError) -> None:
        self.button.setEnabled(True)
        self.verdict.say("error", error.sentence)

    @Slot()
    def _on_nowhere(self) -> None:
        self.button.setEnabled(True)
        self.verdict.say("warn", self.tr("Önce bir firmanın entegratör hesabını kaydedin; liste oradan alınır."))
