"""Which documents a list shows: a chip, a period, states, words. Values that can be saved, and their bar."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_date
from app.storage.overview import new_since
from app.storage.search import DocumentQuery

_MONTHS: Final = (
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
#: Key and title of each period, in the order of the menu.
PERIODS: Final[tuple[tuple[str, str], ...]] = (
    ("all", "Tüm tarihler"),
    ("today", "Bugün"),
    ("week", "Son 7 gün"),
    ("month", "Bu ay"),
    ("last_month", "Geçen ay"),
    ("year", "Bu yıl"),
    ("last_year", "Geçen yıl"),
    ("custom", "Tarih aralığı…"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipSpec:
    """A chip: what it is called and which documents it lets through."""

    key: str
    title: str
    states: tuple[State, ...] = ()
    only_unread: bool = False
    only_review: bool = False
    #: Only what a status question may still change.
    only_open: bool = False
    #: What the words leave open, told on hover.
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """What the bar says. `states` (values of State) narrow further; `start`/`end` are ISO days of a custom period."""

    chip: str = ""
    period: str = "all"
    start: str = ""
    end: str = ""
    states: tuple[str, ...] = ()
    text: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Any) -> ListFilter:
        """The filter of stored JSON; what cannot be read falls back to everything."""
        if not isinstance(data, dict):
            return cls()
        known = {s.value for s in State}
        found = cls(
            chip=str(data.get("chip", "")),
            period=str(data.get("period", "all")),
            start=str(data.get("start", "")),
            end=str(data.get("end", "")),
            states=tuple(str(s) for s in data.get("states", ()) if s in known),
            text=str(data.get("text", "")),
        )
        is_known = found.period in dict(PERIODS)
        if not is_known or (found.period == "custom" and (_day(found.start) is None or _day(found.end) is None)):
            found = replace(found, period="all", start="", end="")
        return found

    @property
    def is_narrow(self) -> bool:
        """Whether anything beside the chip hides documents."""
        return self.period != "all" or bool(self.states) or bool(self.text.strip())

    def days(self, today: date) -> tuple[date | None, date | None]:
        """First and last day, both inclusive; None where there is no bound."""
        first = today.replace(day=1)
        match self.period:
            case "today":
                return today, today
            case "week":
                return today - timedelta(days=6), today
            case "month":
                return first, None
            case "last_month":
                last = first - timedelta(days=1)
                return last.replace(day=1), last
            case "year":
                return date(today.year, 1, 1), None
            case "last_year":
                return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
            case "custom":
                return _day(self.start), _day(self.end)
            case _:
                return None, None

    def period_text(self, today: date) -> str:
        """What the period's button says: `Kasım 2026`, `01.10.2026–15.10.2026`."""
        start, end = self.days(today)
        match self.period:
            case "month" | "last_month" if start is not None:
                return f"{_MONTHS[start.month - 1]} {start.year}"
            case "year" | "last_year" if start is not None:
                return str(start.year)
            case "custom" if start is not None and end is not None:
                return f"{format_date(start)}–{format_date(end)}"
            case _:
                return dict(PERIODS).get(self.period, PERIODS[0][1])

    def query(
        self,
        chips: tuple[ChipSpec, ...],
        *,
        company_id: int | None,
        direction: Direction,
        sort: tuple[tuple[str, bool], ...],
        today: date,
    ) -> DocumentQuery:
        """The question for SQL. A state chosen by hand stands in for the chip's states."""
        chip = next((c for c in chips if c.key == self.chip), chips[0])
        start, end = self.days(today)
        states = tuple(State(s) for s in self.states) or chip.states
        return DocumentQuery(
            company_id=company_id,
            direction=direction,
            states=states,
            text=self.text,
            start=start,
            end=end,
            sort=sort,
            only_review=chip.only_review,
            only_unread=chip.only_unread,
            # As the tab's number and Bugün count them: what lies unread for longer is not new any more.
            arrived_from=new_since(today) if chip.only_unread else None,
            only_open=chip.only_open and not self.states,
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
