"""Whose seal is in the reader, read without a PIN on the token thread; in the demo office the TEST seal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from app.domain.errors import AppError
from app.domain.turkish import format_date
from app.storage.records import CompanyRecord
from app.ui.desk import Desk
from app.ui.frame.strip import READING
from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import Tone
from app.ui.widgets import MenuButton
from app.workflows.context import WorkContext

_MIDDLE = Qt.TextElideMode.ElideMiddle
_ENDS_SOON = timedelta(days=30)
#: The title of the job that looks; leaving does not wait for it.
LOOKING = "Kart okuyucuya bakılıyor"
#: Certificates and drivers cost a quarter of a second to load; at the start the first page goes before.
_AFTER_START_MS = 1500


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFact:
    """One seal certificate found: owner, tax number, and when it ends."""

    owner_name: str
    owner: str
    ends_at: str
    days_left: int


class CardState(QObject):
    """Reads the readers once at the start and whenever the button is pressed."""

    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.cards: list[CardFact] = []
        self.is_reading = False
        self.trouble = ""
        self._is_known = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_AFTER_START_MS)
        self._later.timeout.connect(self._on_later_timeout)
        desk.company_changed.connect(self._on_company_changed)

    def read_soon(self) -> None:
        """Look once the window stands and its first page is read."""
        self._later.start()

    @Slot()
    def _on_later_timeout(self) -> None:
        if any(job.title == READING for job in self._desk.runner.live_jobs()):
            # A slow machine, or a big office: the page comes first.
            self._later.start()
        else:
            self.read()

    @Slot()
    def read(self) -> None:
        """Look again. A demo office has no reader to ask."""
        self._later.stop()
        if self._desk.is_demo or self.is_reading:
            self.changed.emit()
            return
        self.is_reading = True
        self.changed.emit()
        office = self._desk.office
        self._desk.run(
            LOOKING,
            lambda ctx: find_cards(ctx, office.seal_modules()),
            self._take,
            owner=self,
            lane=self._desk.lanes.token,
            failed=self._on_failed,
        )

    @property
    def ending(self) -> list[CardFact]:
        """Those whose certificate ends soon, the first to end first."""
        return sorted((c for c in self.cards if c.days_left < _ENDS_SOON.days), key=lambda c: c.days_left)

    def words(self) -> tuple[str, str, str, Tone]:
        """Label, tool tip, icon and tone for the chosen company."""
        if self._desk.is_demo:
            return (
                self.tr("TEST mührü"),
                self.tr("Deneme ofisi yazılımdaki TEST mührünü kullanır; hukuken geçerli değildir."),
                "seal",
                "quiet",
            )
        if self.is_reading or not self._is_known:
            return self.tr("kart okunuyor…"), self.tr("Takılı mühür kartlarına bakılıyor."), "card", "quiet"
        if self.trouble:
            return self.tr("kart okunamadı"), self.trouble, "warn", "warn"
        if not self.cards:
            tip = self.tr("Okuyucuda mühür kartı görünmüyor. Kartı takıp buraya basın.")
            return self.tr("kart yok"), tip, "card", "quiet"
        company = self._desk.company
        mine = [c for c in self.cards if company is not None and c.owner == company.company.tax_number.digits]
        card = (mine or self.cards)[0]
        tip = "\n".join(f"{c.owner_name} ({c.owner}) · {c.ends_at} tarihine kadar" for c in self.cards)
        if card.days_left < _ENDS_SOON.days:
            return f"{card.owner_name} · {card.days_left} gün", tip, "warn", "warn"
        if company is not None and not mine:
            return card.owner_name, self.tr("Takılı kart bu firmanın değil.") + "\n" + tip, "card", "warn"
        return card.owner_name, tip, "card", "ok"

    def _take(self, cards: list[CardFact]) -> None:
        self.is_reading, self._is_known, self.trouble, self.cards = False, True, "", cards
        self.changed.emit()

    def _on_failed(self, error: AppError) -> None:
        self.is_reading, self._is_known, self.trouble = False, True, error.sentence
        self.changed.emit()

    @Slot(object)
    def _on_company_changed(self, _company: CompanyRecord | None) -> None:
        self.changed.emit()


class CardButton(MenuButton):
    """The card's owner beside the sync state; a press looks again."""

    def __init__(self, state: CardState, parent: QWidget | None = None) -> None:
        super().__init__("", None, parent, icon="card")
        self._state = state
        self.setPopupMode(MenuButton.ToolButtonPopupMode.DelayedPopup)
        self.clicked.connect(state.read)
        state.changed.connect(self._on_state_changed)
        self._on_state_changed()

    @Slot()
    def _on_state_changed(self) -> None:
        text, tip, icon, tone = self._state.words()
        short = self.fontMetrics().elidedText(text, _MIDDLE, self.fontMetrics().averageCharWidth() * 22)
        self.setText(short)
        self.setToolTip(tip)
        self.setAccessibleName(f"{self.tr('Mühür kartı')}: {text}")
        bind_icon(self, icon, tone)


def find_cards(ctx: WorkContext, modules: list[Path]) -> list[CardFact]:
    """Certificates of every token these PKCS#11 modules see, by their owners. Token thread only."""
    if not modules:
        return []
    from app.signing import token

    found: list[CardFact] = []
    for look in token.list_tokens(modules):
        for facts in look.tokens:
            for certificate in facts.own_certificates:
                info = certificate.info
                found.append(
                    CardFact(
                        owner_name=info.owner_name or info.subject,
                        owner=info.owner.digits if info.owner is not None else "",
                        ends_at=format_date(info.not_after.date()),
                        days_left=(info.not_after - ctx.clock.now()).days,
                    )
                )
    return list(dict.fromkeys(found))
