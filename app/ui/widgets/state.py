"""How a state looks: an icon and a word, the same in every list, card and dialog."""

from __future__ import annotations

from typing import Final, NamedTuple

from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.domain.lifecycle import STATE_TITLES, State
from app.ui.theme.tokens import XS, Tone
from app.ui.widgets.labels import IconLabel


class Look(NamedTuple):
    """The icon's name, its tone, and the Turkish word that stands beside it."""

    icon: str
    tone: Tone
    title: str


_ICONS: Final[dict[State, tuple[str, Tone]]] = {
    State.DRAFT: ("draft", "wait"),
    State.READY: ("ready", "wait"),
    State.SEALED: ("seal", "wait"),
    State.QUEUED: ("queue", "wait"),
    State.SENDING: ("send", "wait"),
    State.UNKNOWN: ("question", "warn"),
    State.SENT: ("send", "wait"),
    State.DELIVERED: ("delivered", "ok"),
    State.ACCEPTED: ("check-circle", "ok"),
    State.REJECTED: ("rejected", "error"),
    State.LAPSED: ("lapsed", "wait"),
    State.FAILED: ("error", "error"),
    State.CANCELLED: ("cancelled", "wait"),
    State.RECEIVED: ("inbox", "wait"),
    State.ANSWER_DUE: ("clock", "warn"),
    State.ANSWERING: ("reply", "wait"),
    State.ANSWERED: ("check-circle", "ok"),
}


def look_of(state: State, *, review: bool = False) -> Look:
    """The look of a state; a document under manual review shows that first."""
    if review:
        return Look("warn", "error", "İncele")
    icon, tone = _ICONS[state]
    return Look(icon, tone, STATE_TITLES[state])


class StateBadge(QWidget):
    """Icon and word of one state."""

    def __init__(self, state: State | None = None, parent: QWidget | None = None, *, review: bool = False) -> None:
        super().__init__(parent)
        self._icon = IconLabel("info", "wait", self)
        self._word = QLabel(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(XS)
        row.addWidget(self._icon)
        row.addWidget(self._word)
        row.addStretch(1)
        if state is not None:
            self.set_state(state, review=review)

    def set_state(self, state: State, *, review: bool = False) -> None:
        look = look_of(state, review=review)
        self._icon.set_icon(look.icon, look.tone)
        self._word.setText(look.title)
        self.setAccessibleName(look.title)
