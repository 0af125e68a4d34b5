"""Tokens, sheet and icons: readable in both themes, one file of colours, no name without its picture."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from app.domain.lifecycle import State
from app.ui.theme import icons
from app.ui.theme.sheet import style_sheet
from app.ui.theme.style import theme
from app.ui.theme.tokens import DARK, LIGHT, Palette
from app.ui.widgets import IconButton, look_of

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")


def _luminance(colour: str) -> float:
    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    c = QColor(colour)
    return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF())


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_are_readable_on_every_ground_they_stand_on(palette: Palette) -> None:
    grounds = ("ground", "surface", "raised")
    pairs = [(word, ground) for word in ("text", "quiet", "error", "warn", "ok", "wait") for ground in grounds]
    pairs += [("text", ground) for ground in ("selection", "hover", "pressed", "ok_soft", "wait_soft", "warn_soft")]
    pairs += [("text", "error_soft"), ("on_accent", "accent"), ("on_accent", "accent_hover"), ("quiet", "hover")]
    low = {
        f"{word} on {ground}": round(contrast(getattr(palette, word), getattr(palette, ground)), 2)
        for word, ground in pairs
        if contrast(getattr(palette, word), getattr(palette, ground)) < 4.5
    }
    assert not low


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_icons_and_field_lines_are_seen(palette: Palette) -> None:
    for tone in ("accent", "ok", "wait", "warn", "error"):
        for ground in ("ground", "surface", "raised", f"{tone}_soft"):
            if hasattr(palette, ground):
                assert contrast(getattr(palette, tone), getattr(palette, ground)) >= 3, (tone, ground)


def test_colours_stand_in_the_tokens_only(project: Path) -> None:
    guilty = []
    for path in sorted((project / "app" / "ui").rglob("*.py")):
        if path.name == "tokens.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and _COLOUR.search(node.value):
                guilty.append(f"{path.relative_to(project)}:{node.lineno}")
    assert not guilty


def test_every_icon_named_in_the_code_is_in_the_set(project: Path) -> None:
    known = {path.stem for path in (project / "resources" / "icons").glob("*.svg")}
    call = re.compile(r"(?:bind_icon\([^()\"]*|icon=|IconButton\(\s*|IconLabel\(\s*|pixmap\(\s*)\"([a-z][a-z-]*)\"")
    missing = {
        f"{path.relative_to(project)}: {name}"
        for path in (project / "app" / "ui").rglob("*.py")
        if path.name != "icons.py"
        for name in call.findall(path.read_text(encoding="utf-8"))
        if name not in known
    }
    assert not missing
    assert {look_of(state).icon for state in State} <= known


def test_every_icon_can_be_drawn(dressed: QApplication, project: Path) -> None:
    for path in sorted((project / "resources" / "icons").glob("*.svg")):
        image = icons.pixmap(path.stem, size=32).toImage()
        drawn = sum(image.pixelColor(x, y).alpha() > 60 for x in range(32) for y in range(32))
        assert drawn > 8, path.stem


def test_bound_icons_follow_the_theme(dressed: QApplication) -> None:
    button = IconButton("close", "Kapat")

    def darkest() -> int:
        image = button.icon().pixmap(16, 16).toImage()
        return min(
            image.pixelColor(x, y).lightness()
            for x in range(image.width())
            for y in range(image.height())
            if image.pixelColor(x, y).alpha() > 200
        )

    assert darkest() < 90
    theme().apply("dark")
    assert darkest() > 160


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_sheet_is_whole(palette: Palette) -> None:
    sheet = style_sheet(palette)
    assert "$" not in sheet
    assert sheet.count("{") == sheet.count("}")
    for path in re.findall(r'url\("([^"]+)"\)', sheet):
        assert Path(path).is_file(), path


@pytest.mark.parametrize("name", ["light", "dark"])
def test_icon_of_a_button_that_cannot_be_pressed_is_seen(dressed: QApplication, name: str) -> None:
    """The accent behind it is gone then; white on grey would be nothing at all."""
    theme().apply(name)
    palette = theme().palette
    picture = icons.icon("seal", "on_accent").pixmap(QSize(40, 40), 1.0, QIcon.Mode.Disabled).toImage()
    inked = [picture.pixelColor(x, y) for x in range(picture.width()) for y in range(picture.height())]
    inked = [colour for colour in inked if colour.alpha() > 240]
    assert inked
    assert all(contrast(colour.name(), palette.line) >= 3 for colour in inked)


def test_program_has_an_icon_for_every_place(dressed: QApplication, project: Path) -> None:
    sizes = {size.width() for size in icons.app_icon().availableSizes()}
    assert {16, 24, 32, 48, 256} <= sizes
    head = (project / "resources" / "icons" / "muhurdar.ico").read_bytes()[:6]
    assert head[:4] == b"\x00\x00\x01\x00", "not an .ico"
    assert head[4] >= 7, "too few sizes"
