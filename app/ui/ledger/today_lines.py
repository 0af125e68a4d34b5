"""What the ledgers ask for today, across all clients: days that come near, archives that are not whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.domain.voucher import Period
from app.edefter.deadlines import Deadline
from app.runtime.paths import DataFolder
from app.storage.records import CompanyRecord
from app.ui.ledger import facts
from app.ui.ledger.archive_words import counts_of
from app.ui.ledger.words import WARN_DAYS, days_tone, days_words, deadline_words, is_waiting, month_name, number
from app.ui.pages.today import LedgerDoor
from app.ui.theme.tokens import Tone
from app.ui.widgets import Line
from app.workflows.ledger_board import MonthsKept
from app.workflows.ledger_selfcheck import ArchiveCheck, warnings

#: Ledgers of months longer ago than this are the board's matter.
_LATEST_DAYS: Final = 60
FILES_TAB: Final = 3


@dataclass(frozen=True, slots=True)
class LedgerDay:
    """The clients whose month is due on one day and not filed yet."""

    period: Period
    due: Deadline
    left: int
    owners: tuple[CompanyRecord, ...]


@dataclass(frozen=True, slots=True)
class LedgerNews:
    """`days` nearest first, `broken` the months whose archive has a problem."""

    days: tuple[LedgerDay, ...] = ()
    broken: tuple[tuple[CompanyRecord, ArchiveCheck], ...] = ()


def read_news(folder: DataFolder, owners: list[CompanyRecord], today: date) -> LedgerNews:
    """Read every client's year once. Not in the GUI thread."""
    kept = MonthsKept(folder.cache)
    found: dict[tuple[date, Period], list[tuple[CompanyRecord, facts.Cell]]] = defaultdict(list)
    for company in owners:
        years = {facts.year_of(company, today), facts.year_of(company, today) - 1}
        for year in sorted(years):
            for cell in facts.board_row(folder.ledgers, company, year, today, kept).cells:
                if cell.due is None or cell.left is None or not cell.is_expected or not is_waiting(cell.state):
                    continue
                if -_LATEST_DAYS <= cell.left <= WARN_DAYS:
                    found[cell.due.day, cell.period].append((company, cell))
    kept.keep()
    days = []
    for _, waiting in sorted(found.items()):
        cell = waiting[0][1]
        assert cell.due is not None and cell.left is not None
        days.append(LedgerDay(cell.period, cell.due, cell.left, tuple(company for company, _ in waiting)))
    return LedgerNews(tuple(days), tuple(warnings(owners, folder)))


def due_lines(news: LedgerNews) -> list[Line]:
    """One line per day and month, with how many clients it is about."""
    return [_due_line(day) for day in news.days]


def broken_lines(news: LedgerNews) -> list[Line]:
    """One line per month whose files are not as they should be."""
    return [
        Line(
            title=company.company.party.display_name,
            details=(
                f"{month_name(check.month)} defter arşivi: {counts_of(check)}",
                "→ Yedekten geri koyun; ayrıntı 'Dosyalar' sekmesinde",
            ),
            wraps=True,
            right="Arşiv",
            right_tone="error",
            icon="error",
            tone="error",
            tip="\n".join(one.message for one in check.problems[:20]),
            what=LedgerDoor(what=(company, check.month, FILES_TAB)),
        )
        for company, check in news.broken
    ]


def _due_line(day: LedgerDay) -> Line:
    tone: Tone = days_tone(day.left)
    names = ", ".join(company.company.party.display_name for company in day.owners[:3])
    one = day.owners[0] if len(day.owners) == 1 else None
    title = f"{month_name(day.period)} defteri" if one is not None else f"{month_name(day.period)} defterleri"
    count = names if one is not None else f"{number(len(day.owners))} firma"
    return Line(
        title=title,
        details=(count, f"Son yükleme günü {deadline_words(day.due)}"),
        right=days_words(day.left),
        right_tone=tone,
        icon="ledger",
        tone=tone,
        tip="\n".join(company.company.party.display_name for company in day.owners[:30]),
        what=LedgerDoor(what=(one, day.period, 0) if one is not None else "late" if day.left < 0 else "soon"),
    )
