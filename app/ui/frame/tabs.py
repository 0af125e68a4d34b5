"""The row of pages: an icon-less word each, a number where something waits, settings at the far end."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from app.storage.overview import Waiting
from app.ui.frame.words import thousands
from app.ui.pages.registry import PageSpec
from app.ui.theme import fonts, tokens
from app.ui.theme.style import theme


class PageTab(QAbstractButton):
    """One page's tab; paints its badge itself."""

    def __init__(self, spec: PageSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self._badge = 0
        self.setText(spec.title)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(spec.title)
        theme().changed.connect(self._on_theme_changed)

    @property
    def badge(self) -> int:
        return self._badge

    def set_badge(self, number: int) -> None:
        if number != self._badge:
            self._badge = number
            self.setAccessibleName(
                f"{self.spec.title}, {number} {self.spec.badge_title}" if number else self.spec.title
            )
            self.updateGeometry()
            self.update()
        self.setToolTip(f"{thousands(number)} {self.spec.badge_title}" if number else "")

    def sizeHint(self) -> QSize:
        metrics = self._strong_metrics()
        width = metrics.horizontalAdvance(self.text()) + 2 * tokens.M
        if self._badge:
            width += tokens.XS + self._badge_width()
        return QSize(width, metrics.height() + 2 * tokens.S)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = theme().palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and not self.isChecked():
            painter.fillRect(self.rect(), QColor(colours.hover))
        if self.isChecked():
            bar = QRectF(tokens.M, self.height() - 2, self.width() - 2 * tokens.M, 2)
            painter.fillRect(bar, QColor(colours.accent))
        font = fonts.medium(self.font()) if self.isChecked() or self._badge else self.font()
        painter.setFont(font)
        painter.setPen(QColor(colours.text if self.isChecked() or self._badge else colours.quiet))
        area = self.rect().adjusted(tokens.M, 0, -tokens.M, 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        if self._badge:
            self._paint_badge(painter)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 3.5, -2.5, -4.5), 3, 3)

    def _paint_badge(self, painter: QPainter) -> None:
        colours = theme().palette
        metrics = self._strong_metrics()
        height = metrics.height()
        width = self._badge_width()
        pill = QRectF(self.width() - tokens.M - width, (self.height() - height) / 2, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.selection))
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(QColor(colours.text))
        painter.setFont(fonts.medium(self.font()))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, self._badge_text())

    def _badge_text(self) -> str:
        return "999+" if self._badge > 999 else str(self._badge)

    def _badge_width(self) -> int:
        metrics = self._strong_metrics()
        return max(metrics.height(), metrics.horizontalAdvance(self._badge_text()) + 2 * tokens.S)

    def _strong_metrics(self) -> QFontMetrics:
        return QFontMetrics(fonts.medium(self.font()))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()


class TabRow(QWidget):
    """All tabs. Left and right arrows move between them."""

    chosen = Signal(str)

    def __init__(self, specs: list[PageSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Sayfalar"))
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._tabs: dict[str, PageTab] = {}
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(tokens.XS, 0, tokens.XS, 0)
        self.row.setSpacing(0)
        is_stretched = False
        for spec in specs:
            if spec.at_end and not is_stretched:
                self.row.addStretch(1)
                is_stretched = True
            tab = PageTab(spec, self)
            self._group.addButton(tab)
            self._tabs[spec.key] = tab
            self.row.addWidget(tab)
        if not is_stretched:
            self.row.addStretch(1)
        self._group.buttonClicked.connect(self._on_group_button_clicked)

    def tab(self, key: str) -> PageTab:
        return self._tabs[key]

    def set_current(self, key: str) -> None:
        """Mark a tab without telling anybody."""
        self._tabs[key].setChecked(True)

    def show_waiting(self, waiting: Waiting) -> None:
        for tab in self._tabs.values():
            tab.set_badge(sum(getattr(waiting, name) for name in tab.spec.badge))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if not step:
            super().keyPressEvent(event)
            return
        tabs = list(self._tabs.values())
        here = next((i for i, tab in enumerate(tabs) if tab.isChecked()), 0)
        tabs[(here + step) % len(tabs)].click()
        tabs[(here + step) % len(tabs)].setFocus(Qt.FocusReason.TabFocusReason)

    @Slot(QAbstractButton)
    def _on_group_button_clicked(self, button: QAbstractButton) -> None:
        assert isinstance(button, PageTab)
        self.chosen.emit(button.spec.key)
