"""How months and their states are called and look; figures in the Turkish form."""

from __future__ import annotations

from typing import Final

from app.domain.turkish import format_date
from app.domain.voucher import Period, PeriodState
from app.edefter.deadlines import Deadline
from app.ui.theme.tokens import Tone
from app.ui.widgets import Look

MONTHS: Final = (
    "Ocak",
    "Şubat",
    "Mart",
    "Nisan",
    "Mayıs",
    "Haziran",
    "Temmuz",
    "Ağustos",
    "Eylül",
    "Ekim",
    "Kasım",
    "Aralık",
)
#: Days before the deadline at which it turns to warn and to error.
WARN_DAYS: Final = 10
ERROR_DAYS: Final = 3
_EMPTY: Final = Look("month-empty", "quiet", "boş")
_LOOKS: Final[dict[PeriodState, Look]] = {
    PeriodState.IMPORTED: Look("import", "wait", "Alındı"),
    PeriodState.CHECKED: Look("check", "wait", "Denetlendi"),
    PeriodState.BUILT: Look("seal", "wait", "Mühürlü"),
    PeriodState.SEALED: Look("seal", "wait", "Mühürlü"),
    PeriodState.BERAT_SEALED: Look("seal", "wait", "Mühürlü"),
    PeriodState.FILED: Look("send", "wait", "Yüklendi"),
    PeriodState.COMPLETED: Look("check-circle", "ok", "Tamam"),
    PeriodState.CANCELLED: Look("cancelled", "warn", "İptal"),
    PeriodState.FAILED: Look("error", "error", "Hatalı"),
}


def look_of_month(state: PeriodState | None) -> Look:
    """Icon, tone and word of a month; None is a month without vouchers."""
    return _EMPTY if state is None else _LOOKS[state]


def month_name(period: Period) -> str:
    """`Mart 2026`."""
    return f"{MONTHS[period.month - 1]} {period.year}"


def number(count: int) -> str:
    """Thousands with a dot."""
    return f"{count:,}".replace(",", ".")


def is_waiting(state: PeriodState | None) -> bool:
    """Whether the deadline still asks for something."""
    return state not in (PeriodState.FILED, PeriodState.COMPLETED)


def days_words(left: int) -> str:
    """`12 gün`, `bugün`, `3 gün geçti`."""
    if left == 0:
        return "son gün"
    return f"{left} gün" if left > 0 else f"{-left} gün geçti"


def days_tone(left: int) -> Tone:
    """Quiet while there is time, then warn, then error."""
    if left <= ERROR_DAYS:
        return "error"
    return "warn" if left <= WARN_DAYS else "quiet"


def deadline_words(deadline: Deadline) -> str:
    """`14.07.2026 (doğrulanmadı)`."""
    return format_date(deadline.day) + ("" if deadline.is_confirmed else " (doğrulanmadı)")


def size_words(size: int) -> str:
    """Bytes as people say them."""
    if size < 1024:
        return f"{size} bayt"
    if size < 1024 * 1024:
        return f"{size / 1024:.0f} KB"
    return f"{size / (1024 * 1024):.1f} MB".replace(".", ",")
