"""The list of seals to choose from: cards as they are found, files, the TEST seal. Blocked ones say why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.ui.dialogs.seal_sources import FILE, OPEN, TEST, TOKEN, SealSource
from app.ui.theme import tokens
from app.ui.widgets import ElidedLabel, IconButton, QuietLabel

_ORDER = (OPEN, TOKEN, FILE, TEST)


class SealChooser(QWidget):
    """`chosen` when the choice has changed (by the user or by what was found), `search_wanted` on "Yeniden ara"."""

    chosen = Signal()
    search_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: list[SealSource] = []
        self._tokens: list[SealSource] = []
        self._buttons: dict[str, QRadioButton] = {}
        self._lines: list[QWidget] = []
        self._by_user = False
        self._key = ""
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._on_button_clicked)
        self._status = QuietLabel("", self, wrap=True)
        self._again = IconButton("sync", self.tr("Kartları yeniden ara"), self, shortcut="F5")
        self._again.clicked.connect(self.search_wanted)
        top = QHBoxLayout()
        top.addWidget(self._status, 1)
        top.addWidget(self._again, alignment=Qt.AlignmentFlag.AlignTop)
        self._list = QVBoxLayout()
        self._list.setSpacing(tokens.XS)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.S)
        column.addLayout(top)
        column.addLayout(self._list)
        self.setAccessibleName(self.tr("Mühür seçimi"))

    @property
    def source(self) -> SealSource | None:
        return next((s for s in self.sources if s.key == self._key), None)

    @property
    def sources(self) -> list[SealSource]:
        """All lines, in the order they are shown."""
        return sorted([*self._known, *self._tokens], key=lambda s: _ORDER.index(s.kind))

    def button(self, key: str) -> QRadioButton:
        return self._buttons[key]

    def focus_choice(self) -> None:
        """Give the keyboard to the chosen line, or to the first that can be chosen."""
        usable = [b for b in self._buttons.values() if b.isEnabled()]
        chosen = self._buttons.get(self._key)
        if chosen is not None or usable:
            (chosen or usable[0]).setFocus()
        else:
            self._again.setFocus()

    def status_text(self) -> str:
        return self._status.text()

    def set_known(self, known: list[SealSource]) -> None:
        self._known = known
        self._rebuild()

    def add_known(self, source: SealSource) -> None:
        self.set_known([*(s for s in self._known if s.key != source.key), source])

    def set_searching(self, searching: bool) -> None:
        if searching and self.window().focusWidget() is self._again:
            # Disabled it would hand the keyboard to whatever comes next, and that is the button that seals.
            self._again.clearFocus()
        self._again.setEnabled(not searching)
        if searching:
            self._status.setText(self.tr("Kartlar aranıyor…"))

    def set_tokens(self, found: list[SealSource], faults: list[str]) -> None:
        self._tokens = found
        self.set_searching(False)
        count = self.tr("Takılı {n} kart bulundu.").format(n=len(found))
        none = self.tr("Takılı mühür kartı bulunamadı. Kartı takıp yeniden arayın.")
        self._status.setText("\n".join([count if found else none, *faults]))
        self._rebuild()

    def choose(self, key: str) -> None:
        """Choose a line as if the user had."""
        self._by_user = True
        self._set(key)

    def _rebuild(self) -> None:
        # The keyboard stays in the list although its lines are made anew: hidden, the chosen line would hand it to the
        # button that seals. hasFocus() would not do: it is false while another window is in front.
        holder = self.window().focusWidget()
        had_focus = any(button is holder for button in self._buttons.values())
        for old in (*self._buttons.values(), *self._lines):
            old.hide()
            old.deleteLater()
        while self._list.takeAt(0) is not None:
            pass
        self._buttons.clear()
        self._lines.clear()
        for source in self.sources:
            self._add(source)
        usable = [s for s in self.sources if not s.blocked]
        kept = next((s for s in usable if s.key == self._key and self._by_user), None)
        # The company's own card comes first; a file or a TEST seal only when the user says so, or nothing else is.
        cards = [s for s in usable if s.kind in (OPEN, TOKEN)]
        wanted = kept or (cards[0] if cards else None) or next((s for s in usable if s.kind == TEST), None)
        self._key = wanted.key if wanted is not None else ""
        if had_focus:
            # Before the choice is told: the dialog may take the keyboard to its PIN field then.
            self.focus_choice()
        self._set(self._key)

    def _add(self, source: SealSource) -> None:
        button = QRadioButton(source.title, self)
        button.setEnabled(not source.blocked)
        said = source.blocked or source.sentence
        button.setAccessibleDescription(said)
        button.setProperty("source", source.key)
        self._group.addButton(button)
        self._buttons[source.key] = button
        self._list.addWidget(button)
        if said:
            # One line: what does not fit stands in the tool tip.
            indented = QHBoxLayout()
            indented.setContentsMargins(tokens.XL, 0, 0, 0)
            line = ElidedLabel(said, self, quiet=True)
            indented.addWidget(line)
            self._list.addLayout(indented)
            self._lines.append(line)

    def _set(self, key: str) -> None:
        self._key = key
        if key in self._buttons:
            self._buttons[key].setChecked(True)
        self.chosen.emit()

    @Slot(object)
    def _on_button_clicked(self, button: QRadioButton) -> None:
        self.choose(str(button.property("source")))
