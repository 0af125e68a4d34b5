"""What there is of a company's inventories: the days of a fiscal year, a day's list and files; a look at a list."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from app.domain.inventory import InventoryRow
from app.domain.ledger_rows import BadRow
from app.domain.spans import fiscal_year, liquidation_of, period_of_day
from app.domain.voucher import PeriodState
from app.edefter.sources.inventory import read_inventory
from app.storage.ledgers import inventory, inventory_life
from app.storage.ledgers.database import LedgerDatabase, ledger_path
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck, open_ledger
from app.workflows.ledger_heads import month_folder
from app.workflows.ledger_import import first_month_of, fiscal_year_of
from app.workflows.ledger_inventory import check_inventory

_LOOKED_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryDay:
    """A day of the year: how many items its list has (0: no list), and how far it has come."""

    day: date
    items: int = 0
    state: PeriodState | None = None


@dataclass(slots=True, kw_only=True)
class InventoryFacts:
    """One day and its neighbours. `files` lie in the tree as (path, size)."""

    day: date
    days: list[InventoryDay] = field(default_factory=list)
    rows: list[InventoryRow] = field(default_factory=list)
    files: list[tuple[Path, int]] = field(default_factory=list)
    folder: Path = Path()

    @property
    def state(self) -> PeriodState | None:
        return next((one.state for one in self.days if one.day == self.day), None)

    @property
    def is_built(self) -> bool:
        return self.state is not None and self.state >= PeriodState.BUILT

    @property
    def is_locked(self) -> bool:
        """Filed or approved: its list stays as it is."""
        return self.state is not None and self.state.is_locked


def inventory_facts(company: CompanyRecord, day: date, *, folder: Path, out: Path) -> InventoryFacts:
    """Read a day; `folder` holds the ledger files, `out` the tree. The fiscal year's first and last day are
    always there, and the day on which a liquidation begins.
    """
    period = period_of_day(company.company, day)
    ends = [*fiscal_year(company.company, period), liquidation_of(company.company, period), day]
    known = {one: InventoryDay(day=one) for one in ends if one is not None}
    facts = InventoryFacts(day=day, folder=month_folder(out, company, period))
    year = fiscal_year_of(day.isoformat(), first_month_of(company))
    path = ledger_path(folder, company.company.tax_number.digits, year)
    if path.is_file():
        ledger = LedgerDatabase.open(path)
        try:
            with ledger.read() as connection:
                for text, items, _ in inventory.days(connection):
                    one = date.fromisoformat(text)
                    state = inventory_life.state_of(connection, day=text)
                    known[one] = InventoryDay(day=one, items=items, state=state)
                facts.rows = inventory.items_of(connection, day=day.isoformat())
        finally:
            ledger.close()
    facts.days = [known[one] for one in sorted(known)]
    if facts.folder.is_dir():
        stem = f"{company.company.tax_number.digits}-{period.compact}-E"
        found = sorted(path for path in facts.folder.iterdir() if path.name.removeprefix("GIB-").startswith(stem))
        facts.files = [(path, path.stat().st_size) for path in found if path.is_file()]
    return facts


def look_at_list(path: Path, *, decimals: str = "") -> list[InventoryRow | BadRow]:
    """The first rows of a list, before it is taken. Raises: InputError as `read_inventory`."""
    return list(islice(read_inventory(path, decimals=decimals), _LOOKED_ROWS))


def check_day(ctx: WorkContext, company: CompanyRecord, day: date, *, folder: Path) -> list[MonthCheck]:
    """The day's list looked at, a result per branch (one without branches)."""
    ledger = open_ledger(company, period_of_day(company.company, day), folder)
    try:
        with ledger.read() as connection:
            branches = inventory.branches_of(connection, day=day.isoformat()) or [("", "")]
        return [check_inventory(ctx, company, ledger, day, no, name) for no, name in branches]
    finally:
        ledger.close()
