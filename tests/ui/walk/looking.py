"""What the walk looks for on a page: cut words, weak contrast, nameless controls, English, things no key reaches.

Every function returns sentences, one per fault; an empty list means that all is well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPoint, QRect, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QRadioButton,
    QScrollBar,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTextEdit,
    QWidget,
)

from app.ui.frame.popup import Panel

LEAST_CONTRAST = 4.5
#: Words are drawn so many times larger to be looked at: smoothing leaves hardly a pixel of the pen's full colour.
_LENS = 3
#: A field's frame is not its words.
_FRAME_PX = 4
#: A cell in which nothing but the line between the rows is drawn: its model has a word, its delegate shows none.
_LINE_ONLY = 1.6
#: Rows of a list that are looked at.
_MOST_ROWS = 12
#: Rounding of text widths at fractional scales.
_SLACK_PX = 2
ENGLISH = re.compile(
    r"\b(?:cancel|close|open|save|delete|file|edit|view|search|settings|error|warning|loading|select|copy|paste|undo|"
    r"redo|yes|no|help|next|previous|back|apply|reset|print|invoice|customer|amount|date|status|unknown|none|true|false|"
    r"null|draft|sent|inbox|outbox|page|zoom|options|the|and|with|your|please|failed)\b",
    re.IGNORECASE,
)
#: Words that are the same in Turkish, names and codes, and keys.
_ALSO_TURKISH = re.compile(
    r"\b(?:no|Open[A-Z]\w*|PDF|XML|Excel|Esc|Enter|Caps Lock|Ctrl|Page ?(?:Up|Down))\b|\S+@\S+|\S+\.\w{2,}"
)
_INTERACTIVE = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)


def seen(root: QWidget) -> Iterator[QWidget]:
    """The widgets of a page that a person sees, the page's own included."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget.isVisibleTo(root) and widget.width() > 1 and widget.height() > 1 and not _is_of_qt(widget):
            yield widget


def _is_of_qt(widget: QWidget) -> bool:
    """Parts that Qt puts into its own widgets (scroll bars, headers' corners, viewports, the web view's insides)."""
    name = widget.objectName()
    return name.startswith("qt_") or isinstance(widget, QScrollBar) or "WebEngine" in type(widget).__name__


def words_of(widget: QWidget) -> str:
    """What stands on it, without the mnemonic's mark."""
    if isinstance(widget, QLabel):
        return widget.text()
    if isinstance(widget, QAbstractButton):
        return widget.text().replace("&&", "\0").replace("&", "").replace("\0", "&")
    return ""


def called(widget: QWidget) -> str:
    """The widget as a fault names it."""
    return f"{type(widget).__name__} {widget.accessibleName() or words_of(widget)[:50] or widget.objectName()!r}"


def cut_words(root: QWidget) -> list[str]:
    """Labels and buttons that have less room than their words need. An elided one must tell all on hover."""
    faults = []
    for widget in seen(root):
        words = words_of(widget)
        if isinstance(widget, QComboBox):
            faults += _cut_choice(widget)
            continue
        if not words or (isinstance(widget, QLabel) and not widget.pixmap().isNull()):
            continue
        if isinstance(widget, QLabel) and widget.textFormat() is Qt.TextFormat.RichText:
            continue
        if isinstance(widget, QLabel) and widget.wordWrap():
            needed = widget.heightForWidth(widget.width())
            if needed > widget.height() + _SLACK_PX:
                faults.append(f"{called(widget)}: {widget.height()} px of {needed} px height")
            continue
        if isinstance(widget, QAbstractButton):
            # The hint knows icon, padding and indicator; a button has no ellipsis, so a tool tip does not excuse it.
            needed, room, is_told = widget.sizeHint().width(), widget.width(), _elides(widget)
        else:
            needed, room = widget.fontMetrics().horizontalAdvance(words), widget.contentsRect().width()
            is_told = words in widget.toolTip()
        if needed > room + _SLACK_PX and not is_told:
            faults.append(f"{called(widget)}: {room} px for {needed} px of {words!r}")
        tall = widget.fontMetrics().height()
        if widget.contentsRect().height() + _SLACK_PX < tall:
            faults.append(f"{called(widget)}: {widget.contentsRect().height()} px high for a line of {tall} px")
    return faults


def _cut_choice(combo: QComboBox) -> list[str]:
    """What is chosen in a list must be read whole, or on hover."""
    option = QStyleOptionComboBox()
    option.initFrom(combo)
    option.editable = combo.isEditable()
    field = QStyle.SubControl.SC_ComboBoxEditField
    room = combo.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, field, combo).width()
    words = combo.currentText()
    needed = combo.fontMetrics().horizontalAdvance(words)
    if needed > room + _SLACK_PX and words not in combo.toolTip() and not combo.isEditable():
        return [f"{called(combo)}: {room} px for {needed} px of {words!r}"]
    return []


def _elides(button: QAbstractButton) -> bool:
    """Whether the button shortens its own words: those whose minimum is less than their hint, told whole on hover."""
    return words_of(button).find("…") > 0 and bool(button.toolTip())


def hidden_tabs(root: QWidget) -> list[str]:
    """Tabs that do not fit beside each other."""
    faults = []
    for bar in root.findChildren(QTabBar):
        if bar.isVisibleTo(root) and bar.count():
            right = max(bar.tabRect(i).right() for i in range(bar.count()))
            if right > bar.width() + _SLACK_PX:
                faults.append(f"{called(bar)}: {bar.width()} px for {right} px of tabs")
    return faults


def squeezed(root: QWidget) -> list[str]:
    """Widgets that their layout gives less than their least size: something is drawn over or cut."""
    faults = []
    for widget in seen(root):
        least = widget.minimumSizeHint()
        if widget is root or widget.layout() is None or widget.isWindow():
            continue
        parent = widget.parentWidget()
        inside = parent.rect().adjusted(-_SLACK_PX, -_SLACK_PX, _SLACK_PX, _SLACK_PX) if parent is not None else QRect()
        if isinstance(widget.property("role"), str) and widget.property("role") == "message":
            if widget.height() + _SLACK_PX < least.height():
                faults.append(f"{called(widget)}: {widget.height()} px high, needs {least.height()}")
            if not inside.contains(widget.geometry()):
                faults.append(f"{called(widget)}: outside of its parent")
    return faults


def nameless(root: QWidget) -> list[str]:
    """Controls that a screen reader could not tell: neither a name nor words nor a label that points to them."""
    labelled = {label.buddy() for label in root.findChildren(QLabel) if label.buddy() is not None}
    return [
        called(widget)
        for widget in seen(root)
        if isinstance(widget, _INTERACTIVE)
        and not isinstance(widget.parentWidget(), QComboBox | QAbstractSpinBox)
        and not _is_part_of_view(widget)
        and not (widget.accessibleName() or words_of(widget) or widget in labelled)
    ]


def _is_part_of_view(widget: QWidget) -> bool:
    """Headers and corner buttons of tables, the buttons inside a search field."""
    parent = widget.parentWidget()
    return isinstance(parent, QAbstractItemView | QLineEdit | QTabBar)


def unreachable(root: QWidget, window: QWidget) -> list[str]:
    """Buttons that neither Tab nor a shortcut nor a mnemonic reaches, nor an action of the same words in a menu."""
    actions = {a.text().replace("&", "").removesuffix("…") for a in window.findChildren(QAction)} - {""}
    faults = []
    for widget in seen(root):
        if not isinstance(widget, QAbstractButton) or not widget.isEnabled() or _is_part_of_view(widget):
            continue
        if isinstance(widget, QRadioButton) or widget.group() is not None:
            # Tab comes to the one of its group that had the focus last, the arrows to the others.
            continue
        by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if by_tab or not widget.shortcut().isEmpty() or words_of(widget).removesuffix("…") in actions:
            continue
        faults.append(called(widget))
    return faults


def english(root: QWidget) -> list[str]:
    """English words on labels, buttons, tool tips, placeholders, headings of tables, and in accessible names."""
    faults = []
    for widget in seen(root):
        texts = [words_of(widget), widget.toolTip(), widget.accessibleName(), widget.statusTip()]
        if isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit):
            texts.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            texts += [widget.itemText(i) for i in range(widget.count())]
        if isinstance(widget, QTabBar):
            texts += [widget.tabText(i) for i in range(widget.count())]
        if isinstance(widget, QListWidget):
            texts += [widget.item(i).text() for i in range(min(widget.count(), _MOST_ROWS))]
        texts += [action.text() for action in widget.actions()]
        if isinstance(widget, QHeaderView) and widget.orientation() is Qt.Orientation.Horizontal:
            texts += [str(widget.model().headerData(i, widget.orientation()) or "") for i in range(widget.count())]
        for text in texts:
            # ASCII "no" is Turkish (belge no); an English sentence has other words to be known by.
            found = ENGLISH.search(_ALSO_TURKISH.sub(" ", text)) if text else None
            if found is not None:
                faults.append(f"{called(widget)}: {found[0]!r} in {text!r}")
    return faults


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.1, 1.4.3)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(one: QColor, other: QColor) -> float:
    """WCAG contrast ratio, 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def weak_contrast(root: QWidget) -> list[str]:
    """Words that are painted too faintly: the colour furthest from the ground against the ground, as drawn.

    Labels and buttons, placeholders, the cells of lists and tables, headings. Disabled controls may be faint.
    """
    picture = QImage(root.size() * _LENS, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(_LENS)
    root.render(picture)
    panels = [panel for panel in root.findChildren(Panel) if panel.isVisibleTo(root)]
    faults = []
    for widget in seen(root):
        if not widget.isEnabled() or _is_covered(widget, panels):
            continue
        for name, rect in _painted(widget):
            visible = rect.intersected(widget.visibleRegion().boundingRect())
            if visible.isEmpty() or visible.height() < widget.fontMetrics().height() // 2:
                continue
            corner = widget.mapTo(root, visible.topLeft()) if widget is not root else visible.topLeft()
            ratio = _painted_contrast(picture, QRect(corner, visible.size()))
            if name.startswith(" cell") and ratio is not None and ratio < _LINE_ONLY:
                continue
            if ratio is not None and ratio < LEAST_CONTRAST - 0.005:
                faults.append(f"{called(widget)}{name}: {ratio:.2f}")
    return list(dict.fromkeys(faults))


def _is_covered(widget: QWidget, panels: list[Panel]) -> bool:
    """Whether a panel that has dropped from the header stands before it."""
    return any(
        not panel.isAncestorOf(widget)
        and panel is not widget
        and QRect(panel.mapToGlobal(QPoint()), panel.size()).intersects(
            QRect(widget.mapToGlobal(QPoint()), widget.size())
        )
        for panel in panels
    )


def _painted(widget: QWidget) -> Iterator[tuple[str, QRect]]:
    """(what, where) of the words that this widget paints itself."""
    inside = widget.rect().adjusted(_FRAME_PX, _FRAME_PX, -_FRAME_PX, -_FRAME_PX)
    if isinstance(widget, QLineEdit):
        if widget.text() or widget.placeholderText():
            yield ("" if widget.text() else " (placeholder)"), inside
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _cells(widget)
    elif words_of(widget).strip() and not (isinstance(widget, QLabel) and not widget.pixmap().isNull()):
        yield "", widget.rect() if isinstance(widget, QLabel) else inside


def _cells(view: QAbstractItemView) -> Iterator[tuple[str, QRect]]:
    """The cells in sight that have words, a screenful at most."""
    model, port = view.model(), view.viewport()
    place = port.mapTo(view, QPoint())
    top = view.indexAt(QPoint(2, 2))
    first = top.row() if top.isValid() else 0
    # Qt keeps a list model's count of columns private.
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for row in range(first, min(first + _MOST_ROWS, model.rowCount(QModelIndex()))):
        for column in range(columns):
            index = model.index(row, column)
            rect = view.visualRect(index)
            if rect.isEmpty() or not port.rect().intersects(rect):
                continue
            in_sight = rect.intersected(port.rect())
            # Of a cell at the edge hardly a letter may be in sight.
            if in_sight.width() < rect.width() or in_sight.height() * 2 < rect.height():
                continue
            if str(index.data(Qt.ItemDataRole.DisplayRole) or "").strip():
                yield f" cell {row},{column}", in_sight.translated(place)


def _painted_contrast(picture: QImage, rect: QRect) -> float | None:
    """The best contrast that any colour has against the commonest one; None where nothing is drawn."""
    whole = picture.rect()
    area = QRect(rect.topLeft() * _LENS, rect.size() * _LENS).intersected(whole)
    if area.isEmpty():
        return None
    part = picture.copy(area)
    counts = Counter(memoryview(part.constBits()).cast("B").cast("I")[: part.width() * part.height()].tolist())
    if len(counts) < 2:
        return None
    ground = QColor.fromRgb(counts.most_common(1)[0][0])
    # A colour of a few pixels is a corner of a letter beside it, not a letter.
    return max(contrast(ground, QColor.fromRgb(pixel)) for pixel in counts)
