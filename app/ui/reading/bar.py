"""The small buttons at the right of the pane's tabs: attachments, zoom, print, PDF."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.ui.printing.attachments import clean_name
from app.ui.theme import tokens
from app.ui.widgets import IconButton, MenuButton


class PaneBar(QWidget):
    """Ctrl++, Ctrl+- and Ctrl+0 hold wherever the pane is on show."""

    zoom_in = Signal()
    zoom_out = Signal()
    zoom_fit = Signal()
    print_wanted = Signal()
    pdf_wanted = Signal()
    attachment_wanted = Signal(int)
    attachments_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu = QMenu(self)
        self._menu.triggered.connect(self._on_menu_triggered)
        self.attachments = MenuButton(self.tr("Ekler"), self._menu, self, icon="attach")
        self.attachments.setVisible(False)
        self.smaller = IconButton("zoom-out", self.tr("Küçült"), self, shortcut="Ctrl+-")
        self.larger = IconButton("zoom-in", self.tr("Büyüt"), self, shortcut="Ctrl++")
        # On many keyboards the plus needs Shift, and the unshifted key is the equals sign.
        equal = QAction(self)
        equal.setShortcut(QKeySequence("Ctrl+="))
        equal.triggered.connect(self.zoom_in)
        self.addAction(equal)
        # The keys of the two buttons while there is no room for them: a hidden button's shortcut does not hold.
        self._keys: list[QAction] = []
        for keys, signal in (("Ctrl+-", self.zoom_out), ("Ctrl++", self.zoom_in)):
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setEnabled(False)
            action.triggered.connect(signal)
            self.addAction(action)
            self._keys.append(action)
        # As its neighbours: a push button is higher than the row of the tabs, and its words would stand lower.
        self.percent = QToolButton(self)
        self.percent.setText("100 %")
        self.percent.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.percent.setShortcut(QKeySequence("Ctrl+0"))
        self.percent.setToolTip(self.tr("Genişliğe sığdır (Ctrl+0)"))
        self.percent.setAccessibleName(self.tr("Genişliğe sığdır"))
        self.printing = IconButton("print", self.tr("Baskı önizleme ve yazdır"), self)
        self.pdf = IconButton("pdf", self.tr("PDF olarak kaydet"), self)
        self.smaller.clicked.connect(self.zoom_out)
        self.larger.clicked.connect(self.zoom_in)
        self.percent.clicked.connect(self.zoom_fit)
        self.printing.clicked.connect(self.print_wanted)
        self.pdf.clicked.connect(self.pdf_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, tokens.S, 0)
        row.setSpacing(0)
        for part in (self.attachments, self.smaller, self.percent, self.larger, self.printing, self.pdf):
            row.addWidget(part, alignment=Qt.AlignmentFlag.AlignVCenter)

    def set_compact(self, is_compact: bool) -> None:
        """Give the tabs the room of the zoom buttons; their keys go on working."""
        for button in (self.smaller, self.percent, self.larger):
            button.setVisible(not is_compact)
        for action in self._keys:
            action.setEnabled(is_compact)
        style = Qt.ToolButtonStyle.ToolButtonIconOnly if is_compact else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self.attachments.setToolButtonStyle(style)

    def set_attachments(self, names: list[str]) -> None:
        """The menu of what can be saved; hidden where there is nothing."""
        self._menu.clear()
        for index, name in enumerate(names):
            action = self._menu.addAction(self.tr("{n} kaydet…").format(n=clean_name(name).replace("&", "&&")))
            action.setData(index)
        if len(names) > 1:
            self._menu.addSeparator()
            self._menu.addAction(self.tr("Tümünü kaydet…")).setData(-1)
        said = self.tr("{n} ek").format(n=len(names))
        self.attachments.setText(said)
        self.attachments.setToolTip(said)
        self.attachments.setAccessibleName(said)
        self.attachments.setVisible(bool(names))

    @Slot(int)
    def set_percent(self, percent: int) -> None:
        self.percent.setText(f"%{percent}")

    @Slot(QAction)
    def _on_menu_triggered(self, action: QAction) -> None:
        index = action.data()
        if index == -1:
            self.attachments_wanted.emit()
        else:
            self.attachment_wanted.emit(index)
