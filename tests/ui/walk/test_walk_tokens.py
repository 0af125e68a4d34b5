"""The palette itself: every ink on every ground it may stand on."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from app.ui.theme.tokens import DARK, LIGHT, Palette
from tests.ui.walk.looking import LEAST_CONTRAST, contrast

GROUNDS = ("ground", "surface", "raised", "selection", "hover")
INKS = ("text", "quiet", "accent", "ok", "wait", "warn", "error")
PAIRS = [(ground, ink) for ground in GROUNDS for ink in INKS]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
@pytest.mark.parametrize(("ground", "ink"), PAIRS)
def test_tokens_have_contrast(palette: Palette, ground: str, ink: str) -> None:
    # On a selected or touched row stand its words and its quiet next step; the tones are icons there (WCAG 1.4.11).
    is_icon = ground in ("selection", "hover") and ink not in ("text", "quiet")
    ratio = contrast(QColor(getattr(palette, ink)), QColor(getattr(palette, ground)))
    assert ratio >= (3.0 if is_icon else LEAST_CONTRAST), f"{palette.name}: {ink} on {ground} has {ratio:.2f}"


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=lambda p: p.name)
def test_words_on_coloured_grounds_have_contrast(palette: Palette) -> None:
    pairs = [(palette.on_accent, palette.accent), (palette.on_accent, palette.accent_hover)]
    pairs += [(palette.text, palette.soft(tone)) for tone in ("ok", "wait", "warn", "error")]
    for ink, ground in pairs:
        assert contrast(QColor(ink), QColor(ground)) >= LEAST_CONTRAST, (palette.name, ink, ground)
