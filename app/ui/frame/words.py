"""Short Turkish forms that several parts of the frame say."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.dates import ISTANBUL
from app.domain.turkish import format_date, format_datetime

MONTHS = (
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
WEEKDAYS = ("Pazartesi", "Salı", "Çarşamba", "Perşembe", "Cuma", "Cumartesi", "Pazar")


def ago(moment: datetime | None, *, now: datetime) -> str:
    """`2 dk önce`, `bugün 09:12`, `dün 17:40`, `19.11.2026`; `hiç` for None."""
    if moment is None:
        return "hiç"
    span = now - moment
    if span < timedelta(minutes=1):
        return "az önce"
    if span < timedelta(hours=1):
        return f"{int(span.total_seconds() // 60)} dk önce"
    local, today = moment.astimezone(ISTANBUL), now.astimezone(ISTANBUL).date()
    if local.date() == today:
        return f"bugün {local:%H:%M}"
    if local.date() == today - timedelta(days=1):
        return f"dün {local:%H:%M}"
    return format_date(local.date())


def left(until: datetime | None, *, now: datetime) -> str:
    """How long until a deadline: `süre doldu`, `bugün 17:30`, `yarın 09:00`, `3 gün`."""
    if until is None:
        return ""
    if until <= now:
        return "süre doldu"
    local, today = until.astimezone(ISTANBUL), now.astimezone(ISTANBUL).date()
    days = (local.date() - today).days
    if days == 0:
        return f"bugün {local:%H:%M}"
    if days == 1:
        return f"yarın {local:%H:%M}"
    return f"{days} gün"


def clock_time(moment: datetime, *, now: datetime) -> str:
    """`13:40` today, else with its date."""
    local = moment.astimezone(ISTANBUL)
    return f"{local:%H:%M}" if local.date() == now.astimezone(ISTANBUL).date() else format_datetime(moment)


def long_date(now: datetime) -> str:
    """`21 Kasım 2026 Cumartesi`."""
    day = now.astimezone(ISTANBUL).date()
    return f"{day.day} {MONTHS[day.month - 1]} {day.year} {WEEKDAYS[day.weekday()]}"


def thousands(number: int) -> str:
    """`12.345`."""
    return f"{number:,}".replace(",", ".")
