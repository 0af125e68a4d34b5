"""The month's path as widgets: done steps fold to a line, the next one is open with its button, blocked ones wait."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.ui.ledger.steps import KEYS, Action, Standing, Step
from app.ui.theme import fonts, tokens
from app.ui.theme.icons import bind_icon
from app.ui.theme.tokens import Tone
from app.ui.widgets import ElidedLabel, IconButton, IconLabel, PrimaryButton, QuietButton, QuietLabel, line_frame

_LOOKS: Final[dict[Standing, tuple[str, Tone, str]]] = {
    "done": ("check-circle", "ok", "bitti"),
    "open": ("forward", "text", "sırada"),
    "blocked": ("lock", "quiet", "bekliyor"),
}


class StepCard(QFrame):
    """One step. `acted` carries the action's key."""

    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.step: Step | None = None
        self._icon = IconLabel("lock", "quiet", self)
        self._title = QLabel(self)
        self._summary = ElidedLabel("", self, mode=Qt.TextElideMode.ElideRight, quiet=True)
        self.fold = IconButton("chevron-right", self.tr("Ayrıntı"), self)
        self.fold.setCheckable(True)
        self.fold.toggled.connect(self._on_fold_toggled)
        self._sentence = QLabel(self)
        self._sentence.setWordWrap(True)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._why = QuietLabel("", self, wrap=True)
        self.buttons: dict[str, PrimaryButton | QuietButton] = {}
        self._row = QVBoxLayout()
        self._row.setSpacing(tokens.XS)
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        top.addWidget(self._icon)
        top.addWidget(self._title)
        top.addWidget(self._summary, 1)
        top.addWidget(self.fold)
        self._body = QWidget(self)
        inside = QVBoxLayout(self._body)
        inside.setContentsMargins(tokens.XL, 0, 0, tokens.XS)
        inside.setSpacing(tokens.S)
        inside.addWidget(self._sentence)
        inside.addWidget(self._why)
        inside.addLayout(self._row)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.M, tokens.S, tokens.S, tokens.S)
        column.setSpacing(tokens.XS)
        column.addLayout(top)
        column.addWidget(self._body)

    def set_step(self, step: Step) -> None:
        """Show the step as it stands; a fold that the user opened stays open while nothing moved."""
        if step == self.step:
            return
        self.step = step
        icon, tone, word = _LOOKS[step.standing]
        self._icon.set_icon(icon, tone)
        self._title.setText(step.title)
        base = self.font()
        self._title.setFont(fonts.medium(base) if step.standing == "open" else base)
        self._title.setProperty("role", "quiet" if step.standing == "blocked" else "")
        self._title.style().unpolish(self._title)
        self._title.style().polish(self._title)
        self._summary.setText(step.summary)
        self.setAccessibleName(f"{step.title}, {word}. {step.summary or step.sentence}")
        said, quiet = (step.sentence, "") if step.standing != "blocked" else ("", step.sentence)
        self._sentence.setText(said)
        self._sentence.setVisible(bool(said))
        self._why.setText(quiet)
        self._why.setVisible(bool(quiet))
        self._fill_buttons(step)
        self.fold.setVisible(step.standing == "done")
        self.fold.setAccessibleName(self.tr("{0}: ayrıntı").format(step.title))
        self.fold.setChecked(False)
        self._body.setVisible(step.standing != "done")

    def _fill_buttons(self, step: Step) -> None:
        while (item := self._row.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.buttons = {}
        if step.primary is not None:
            self._add(PrimaryButton(step.primary.text, self._body, icon=step.primary.icon), step.primary)
        for action in step.others:
            self._add(QuietButton(action.text, self._body, icon=action.icon), action)

    def _add(self, button: PrimaryButton | QuietButton, action: Action) -> None:
        button.setProperty("action", action.key)
        button.clicked.connect(self._on_clicked)
        self.buttons[action.key] = button
        self._row.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        button.show()

    @Slot()
    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.acted.emit(str(sender.property("action")))

    @Slot(bool)
    def _on_fold_toggled(self, is_open: bool) -> None:
        bind_icon(self.fold, "chevron-down" if is_open else "chevron-right")
        self._body.setVisible(is_open)


class Path(QScrollArea):
    """The six steps, one below the other. `acted` carries an action's key."""

    acted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Ayın adımları"))
        inside = QWidget(self)
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, tokens.XS, 0, tokens.XS)
        column.setSpacing(0)
        self.cards: dict[str, StepCard] = {}
        for key in KEYS:
            card = StepCard(inside)
            card.acted.connect(self.acted)
            self.cards[key] = card
            column.addWidget(card)
            column.addWidget(line_frame(inside))
        column.addStretch(1)
        self.setWidget(inside)

    def set_steps(self, steps: list[Step]) -> None:
        for step in steps:
            self.cards[step.key].set_step(step)

    def set_busy(self, busy: bool) -> None:
        """While one piece of work runs no other begins."""
        for card in self.cards.values():
            for button in card.buttons.values():
                button.setEnabled(not busy)

    def focus_open(self) -> None:
        """The keyboard goes to the step that is next."""
        for card in self.cards.values():
            if card.step is not None and card.step.primary is not None:
                card.buttons[card.step.primary.key].setFocus()
                return
