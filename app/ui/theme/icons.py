"""The one icon set: SVG files drawn on a 20 px grid with `currentColor`, which is replaced by a token when loaded."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from app.runtime.resources import resource_path
from app.ui.theme.tokens import ICON_PX, Tone

#: 16 and 20 px at 100, 125, 150, 200 and 300 %, so that no screen scales a picture.
_SIZES: Final = (16, 20, 24, 25, 30, 32, 40, 48, 60)


class HasIcon(Protocol):
    """A QAction, a button, a window..."""

    def setIcon(self, icon: QIcon, /) -> None: ...


_bound: WeakKeyDictionary[QObject, tuple[str, Tone]] = WeakKeyDictionary()


def icon(name: str, tone: Tone = "text") -> QIcon:
    """The icon in the current theme's colour. Raises: EnvironmentFault when the set has no such icon."""
    from app.ui.theme.style import theme

    return _icon(name, theme().palette.tone(tone))


def pixmap(name: str, tone: Tone = "text", *, size: int = ICON_PX, ratio: float = 1.0) -> QPixmap:
    """A picture of `size` logical px for a screen of `ratio` (`widget.devicePixelRatioF()`); cached, for painting."""
    from app.ui.theme.style import theme

    return _pixmap(name, theme().palette.tone(tone), round(size * ratio), ratio)


def bind_icon(target: HasIcon, name: str, tone: Tone = "text") -> None:
    """Give a button or action its icon and keep it in the theme's colour as long as it lives."""
    target.setIcon(icon(name, tone))
    assert isinstance(target, QObject)
    _bound[target] = (name, tone)


def rebind_all() -> None:
    """After the theme has changed: every bound icon again."""
    for target, (name, tone) in list(_bound.items()):
        # Made first: drawing may collect garbage, and with it the very target.
        fresh = icon(name, tone)
        if isValid(target):
            target.setIcon(fresh)  # type: ignore[attr-defined]


@lru_cache(maxsize=512)
def _icon(name: str, colour: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(_pixmap(name, colour, size, 1.0))
    return result


@lru_cache(maxsize=1024)
def _pixmap(name: str, colour: str, pixels: int, ratio: float) -> QPixmap:
    renderer = QSvgRenderer(QByteArray(_source(name).replace(b"currentColor", colour.encode())))
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


@lru_cache(maxsize=256)
def _source(name: str) -> bytes:
    return resource_path(f"icons/{name}.svg").read_bytes()
