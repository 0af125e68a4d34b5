"""A part of the form that folds to one line with what it holds, and rows of fields that wrap when it grows narrow."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui.theme import fonts, tokens
from app.ui.theme.icons import bind_icon
from app.ui.widgets import ElidedLabel, IconLabel

#: Units of a row of fields where the form is wide, and where it is not.
_WIDE, _NARROW = 12, 6
#: Narrower than so many letters, a row has half as many fields.
_WIDE_LETTERS = 84


class FoldSection(QFrame):
    """`body` is the layout to fill. Folded, the title line says what is inside; a fault inside is said there too.

    `folded` with the new state when the user (or a jump) has changed it.
    """

    folded = Signal(bool)

    def __init__(self, key: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key, self.title = key, title
        self.setProperty("role", "raised")
        self.setAccessibleName(title)
        self.head = QToolButton(self)
        self.head.setText(title)
        self.head.setFont(fonts.medium(self.head.font()))
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.head.clicked.connect(self._on_head_clicked)
        self.fault_icon = IconLabel("error", "error", self)
        self.fault = QLabel(self)
        self.summary = ElidedLabel("", self, quiet=True)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(tokens.XS)
        top = QHBoxLayout()
        top.setSpacing(tokens.S)
        top.addWidget(self.head)
        top.addWidget(self.fault_icon)
        top.addWidget(self.fault)
        top.addWidget(self.summary, 100)
        top.addStretch(1)
        top.addLayout(self.buttons)
        self.inside = QWidget(self)
        self.body = QVBoxLayout(self.inside)
        self.body.setContentsMargins(tokens.S, 0, tokens.S, tokens.S)
        self.body.setSpacing(tokens.S)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.XS, 2, tokens.XS, 2)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.inside)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.is_folded = False
        self.show_fault("", 0)
        self._show()

    def fold(self, folded: bool) -> None:
        """Fold or open, without telling anybody: what a window restores is not what its user did."""
        self.is_folded = folded
        self._show()

    def open(self) -> None:
        """Open because the cursor goes inside."""
        if self.is_folded:
            self.fold(False)

    def set_title(self, title: str) -> None:
        self.title = title
        self.head.setText(title)
        self.setAccessibleName(title)
        self._show()

    def words(self) -> str:
        """What the folded title line says, where the part knows it by itself."""
        return ""

    def set_summary(self, text: str) -> None:
        self.summary.setText(text)

    def show_fault(self, icon: str, count: int) -> None:
        """How many findings are inside, by the worst of them (`error` or `warn`); 0 hides it."""
        word = self.tr("hata") if icon == "error" else self.tr("uyarı")
        if count:
            self.fault_icon.set_icon(icon, "error" if icon == "error" else "warn")
            self.fault.setText(f"{count} {word}")
        self.fault_icon.setVisible(bool(count))
        self.fault.setVisible(bool(count))

    @Slot()
    def _on_head_clicked(self) -> None:
        self.fold(not self.is_folded)
        self.folded.emit(self.is_folded)

    def _show(self) -> None:
        self.inside.setVisible(not self.is_folded)
        self.summary.setVisible(self.is_folded)
        bind_icon(self.head, "chevron-right" if self.is_folded else "chevron-down", "quiet")
        state = self.tr("kapalı") if self.is_folded else self.tr("açık")
        self.head.setAccessibleName(f"{self.title} ({state})")
        self.head.setToolTip(self.tr("Aç") if self.is_folded else self.tr("Kapat"))


class FieldGrid(QWidget):
    """Fields side by side, each so many twelfths wide; the hidden ones leave no hole, a narrow form has more rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: list[tuple[QWidget, int]] = []
        self._laid: list[tuple[int, int, int, int]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(tokens.M)
        self._grid.setVerticalSpacing(tokens.S)
        for column in range(_WIDE):
            self._grid.setColumnStretch(column, 1)

    def add(self, widget: QWidget, units: int) -> None:
        """`units` twelfths of a wide row; a narrow row has six of them."""
        widget.setParent(self)
        self._parts.append((widget, units))
        widget.installEventFilter(self)
        self._lay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._lay()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def _lay(self) -> None:
        wide = self.width() >= self.fontMetrics().averageCharWidth() * _WIDE_LETTERS
        room = _WIDE if wide else _NARROW
        step = _WIDE // room
        places: list[tuple[int, int, int, int]] = []
        row = at = 0
        for number, (widget, units) in enumerate(self._parts):
            if widget.isHidden():
                continue
            units = min(units, room)
            if at + units > room:
                row, at = row + 1, 0
            places.append((number, row, at * step, units * step))
            at += units
        if places == self._laid:
            return
        self._laid = places
        for widget, _ in self._parts:
            self._grid.removeWidget(widget)
        for number, row, at, span in places:
            self._grid.addWidget(self._parts[number][0], row, at, 1, span)
