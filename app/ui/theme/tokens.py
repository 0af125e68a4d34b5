"""Every colour, step and size of the window. No colour literal stands anywhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

#: Colours that carry a meaning; always beside an icon and a word.
Tone = Literal["text", "quiet", "accent", "on_accent", "ok", "wait", "warn", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """One theme. `*_soft` are grounds of message bars: text on them is `text`, only the icon carries the tone."""

    name: Literal["light", "dark"]
    ground: str
    surface: str
    raised: str
    line: str
    text: str
    quiet: str
    #: The next thing to press, the focus ring, the selected tab; nothing else.
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    ok: str
    wait: str
    warn: str
    error: str
    ok_soft: str
    wait_soft: str
    warn_soft: str
    error_soft: str
    #: Selected rows (neutral, for the accent is kept), the row under the mouse, and a pressed quiet button.
    selection: str
    hover: str
    pressed: str
    #: Lines of fields and buttons; they must be told from the ground without a shadow.
    field_line: str
    #: Moving parts of scroll bars and the bars of skeleton rows.
    thumb: str
    skeleton: str
    disabled: str

    def tone(self, tone: Tone) -> str:
        """The colour of a tone."""
        colour: str = getattr(self, tone)
        return colour

    def soft(self, tone: Tone) -> str:
        """The quiet ground that belongs to a tone."""
        colour: str = getattr(self, f"{tone}_soft", self.wait_soft)
        return colour


LIGHT: Final = Palette(
    name="light",
    ground="#F6F5F2",
    surface="#FFFFFF",
    raised="#FFFFFF",
    line="#DEDBD4",
    text="#1F2328",
    # A shade darker than drawn: 4.5:1 on a selected row too, where a list's next step stands.
    quiet="#5E6870",
    accent="#0F6E73",
    accent_hover="#0C5E62",
    accent_pressed="#0A5053",
    on_accent="#FFFFFF",
    ok="#2E7D4F",
    wait="#5B6B7A",
    # A shade darker than drawn: 4.5:1 on the window's ground too, not only on white.
    warn="#A26000",
    error="#B3261E",
    ok_soft="#E8F2EC",
    wait_soft="#ECEFF2",
    warn_soft="#FBF1E0",
    error_soft="#FBEAE8",
    selection="#E3E7EB",
    hover="#F3F2EE",
    pressed="#E6E4DE",
    field_line="#C6C2B9",
    thumb="#C3BFB6",
    skeleton="#E9E7E2",
    disabled="#9AA0A6",
)

DARK: Final = Palette(
    name="dark",
    ground="#1C1D1F",
    surface="#242628",
    raised="#2B2D30",
    line="#3A3D41",
    text="#E8E6E1",
    quiet="#9AA3AB",
    accent="#4DB6B0",
    accent_hover="#63C4BE",
    accent_pressed="#3DA19B",
    on_accent="#0E1F1E",
    ok="#7CC796",
    wait="#9FB0BF",
    warn="#E2A94B",
    error="#F2867E",
    ok_soft="#25342B",
    wait_soft="#2C3137",
    warn_soft="#3A3122",
    error_soft="#3E2A29",
    selection="#33393F",
    hover="#2C2F32",
    pressed="#34383C",
    field_line="#54595F",
    thumb="#565B61",
    skeleton="#33363A",
    disabled="#6F767D",
)

#: Steps of spacing in px at 100 %.
XS: Final = 4
S: Final = 8
M: Final = 12
L: Final = 16
XL: Final = 24

ROW_PX: Final = 28
ICON_PX: Final = 16
BIG_ICON_PX: Final = 20
HERO_ICON_PX: Final = 40
RADIUS_PX: Final = 4
#: The least width of a reading column and the widest line of running text.
TEXT_WIDTH_PX: Final = 480
POPUP_WIDTH_PX: Final = 520
POPUP_HEIGHT_PX: Final = 420

#: Loading that lasts longer than this shows skeleton rows.
SKELETON_AFTER_MS: Final = 300
