"""What the walk looks for on a page: cut words, weak contrast, nameless controls, English, things no key reaches.

Every function returns sentences, one per fault; an empty list means that all is well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAction, QColor, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QTabBar,
    QTextEdit,
    QWidget,
)

LEAST_CONTRAST = 4.5
#: Of painted words: smoothing leaves hardly a pixel of the pen's full colour. The tokens themselves must reach 4.5.
LEAST_PAINTED = 4.3
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

    Smoothing thins the strokes, so the strongest pixel is what the eye reads. Disabled controls may be faint.
    """
    picture = root.grab().toImage()
    scale = picture.devicePixelRatio()
    faults = []
    for widget in seen(root):
        if (
            not words_of(widget).strip()
            or not widget.isEnabled()
            or (isinstance(widget, QLabel) and _has_picture(widget))
        ):
            continue
        visible = widget.visibleRegion().boundingRect()
        if visible.height() < widget.fontMetrics().height() // 2:
            continue
        corner = widget.mapTo(root, visible.topLeft()) if widget is not root else QPoint()
        if not visible.isEmpty():
            ratio = _painted_contrast(picture, QRect(corner, visible.size()), scale)
            if ratio is not None and ratio < LEAST_PAINTED:
                faults.append(f"{called(widget)}: {ratio:.2f}")
    return faults


def _has_picture(label: QLabel) -> bool:
    return not label.pixmap().isNull()


def _painted_contrast(picture: QImage, rect: QRect, scale: float) -> float | None:
    """The best contrast that any pixel has against the commonest one; None where nothing is drawn."""
    counts: dict[int, int] = {}
    left, top = round(rect.left() * scale), round(rect.top() * scale)
    right, bottom = round(rect.right() * scale), round(rect.bottom() * scale)
    for y in range(max(0, top), min(picture.height(), bottom)):
        for x in range(max(0, left), min(picture.width(), right)):
            pixel = picture.pixel(x, y)
            counts[pixel] = counts.get(pixel, 0) + 1
    if len(counts) < 2:
        return None
    ground = QColor.fromRgb(max(counts, key=lambda pixel: counts[pixel]))
    return max(contrast(ground, QColor.fromRgb(pixel)) for pixel in counts)
