"""The one icon set: SVG files drawn on a 20 px grid with `currentColor`, which is replaced by a token when loaded."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Protocol
from weakref import WeakKeyDictionary

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from shiboken6 import isValid

from app.runtime.resources import resource_path
from app.ui.theme.tokens import BIG_ICON_PX, ICON_PX, Tone

_DRAWN_PX: Final = (ICON_PX, BIG_ICON_PX)
#: Beside the screens there are now: a screen that is plugged in later scales these down.
_LARGE: Final = 2.0


class HasIcon(Protocol):
    """A QAction, a button, a window..."""

    def setIcon(self, icon: QIcon, /) -> None: ...


_bound: WeakKeyDictionary[QObject, tuple[str, Tone]] = WeakKeyDictionary()


def icon(name: str, tone: Tone = "text") -> QIcon:
    """The icon in the current theme's colour. Raises: EnvironmentFault when the set has no such icon."""
    from app.ui.theme.style import theme

    palette = theme().palette
    # On a button that cannot be pressed the accent is gone, and with it what was to be read on it.
    faint = palette.quiet if tone == "on_accent" else palette.disabled
    return _icon(name, palette.tone(tone), faint, _sizes())


def app_icon() -> QIcon:
    """The program's own icon, for windows, task bars and the tray."""
    result = QIcon(str(resource_path("icons/muhurdar.png")))
    for size in (16, 20, 24, 32, 48, 64):
        result.addPixmap(_pixmap("muhurdar", "", size, 1.0))
    return result


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


def _sizes() -> tuple[int, ...]:
    """Device pixels to draw an icon in, so that no screen there is scales a picture."""
    ratios = {screen.devicePixelRatio() for screen in QGuiApplication.screens()} | {1.0, _LARGE}
    return tuple(sorted({round(px * ratio) for px in _DRAWN_PX for ratio in ratios}))


@lru_cache(maxsize=512)
def _icon(name: str, colour: str, faint: str, sizes: tuple[int, ...]) -> QIcon:
    result = QIcon()
    for size in sizes:
        drawn = _pixmap(name, colour, size, 1.0)
        result.addPixmap(drawn)
        result.addPixmap(_tinted(drawn, faint), QIcon.Mode.Disabled)
    return result


def _tinted(drawn: QPixmap, colour: str) -> QPixmap:
    picture = QPixmap(drawn)
    painter = QPainter(picture)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(picture.rect(), QColor(colour))
    painter.end()
    return picture


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
