"""The small widgets that every page is made of."""

from app.ui.widgets.buttons import IconButton, LinkButton, MenuButton, PrimaryButton, QuietButton
from app.ui.widgets.chip import Chip
from app.ui.widgets.empty import EmptyState
from app.ui.widgets.labels import ElidedLabel, HeadingLabel, IconLabel, MoneyLabel, QuietLabel, line_frame
from app.ui.widgets.lines import Line, LineList
from app.ui.widgets.message import MessageBar
from app.ui.widgets.section import Section
from app.ui.widgets.skeleton import SkeletonRows, paint_skeleton_row
from app.ui.widgets.state import Look, StateBadge, look_of

__all__ = [
    "Chip",
    "ElidedLabel",
    "EmptyState",
    "HeadingLabel",
    "IconButton",
    "IconLabel",
    "Line",
    "LineList",
    "LinkButton",
    "Look",
    "MenuButton",
    "MessageBar",
    "MoneyLabel",
    "PrimaryButton",
    "QuietButton",
    "QuietLabel",
    "Section",
    "SkeletonRows",
    "StateBadge",
    "line_frame",
    "look_of",
    "paint_skeleton_row",
]
