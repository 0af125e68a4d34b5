"""Whether a month makes accounting sense: warnings that never stop it. The database does the counting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.domain.spans import first_key
from app.domain.turkish import format_amount, format_date
from app.edefter.chart import Chart, chart, fits_a_rate, percent_of, vat_percents
from app.storage.ledgers import queries, senses, sums
from app.storage.ledgers.database import LedgerConnection
from app.storage.ledgers.senses import Place
from app.storage.ledgers.sums import AccountStanding
from app.storage.ledgers.suspects import LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """One thing that makes no sense; `a` and `b` are words for the rule's sentence, `place` where to look."""

    code: str
    a: str = ""
    b: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SenseScope:
    """What is looked at: a month (its key in the database) of a branch, and where it stands in the fiscal year."""

    period: int
    branch_no: str
    #: The month with which the fiscal year begins, as the database calls it.
    fiscal_first: int
    is_first: bool
    is_last: bool
    #: The previous program kept the months before this one: the year does not begin here.
    is_taken_over: bool = False


def oddities(connection: LedgerConnection, scope: SenseScope) -> Iterator[tuple[int, list[Oddity]]]:
    """(how many, the first of them) per rule that finds something. The accounts' sums must be fresh."""
    known = chart()
    standings = sums.standings(connection, period=scope.period, branch_no=scope.branch_no)
    if _has_balances(connection, scope):
        yield from _listed(_below(connection, scope, known))
        yield from _listed(_reversed(connection, scope, known, standings))
    else:
        yield 1, [Oddity(code="DEFTER.NO_BALANCES")]
    yield from _listed(_opening_and_closing(connection, scope))
    if scope.is_last:
        yield from _listed(_open_results(connection, scope, known, standings))
    yield from _listed(_vat(connection, scope, known))


def _listed(found: list[Oddity]) -> Iterator[tuple[int, list[Oddity]]]:
    if found:
        yield len(found), found[:LIMIT]


def _has_balances(connection: LedgerConnection, scope: SenseScope) -> bool:
    """Whether the balances run from the beginning: the year's first month is here, or an opening voucher."""
    first = senses.first_period(connection, branch_no=scope.branch_no, since=first_key(scope.period))
    if first == scope.fiscal_first and not scope.is_taken_over:
        return True
    return _opens(connection, scope, first)


def _opens(connection: LedgerConnection, scope: SenseScope, period: int) -> bool:
    branch = scope.branch_no
    return senses.has_words(connection, period=period, branch_no=branch, word="acilis") or senses.has_balance_sheet(
        connection, period=period, branch_no=branch, last=False
    )


def _below(connection: LedgerConnection, scope: SenseScope, known: Chart) -> list[Oddity]:
    month, branch, mains = scope.period, scope.branch_no, known.never_below_zero
    opening = sums.opening_of(connection, period=month, branch_no=branch, mains=mains)
    found = senses.below_zero(connection, period=month, branch_no=branch, mains=mains, opening=opening)
    return [
        Oddity(
            code="DEFTER.NEGATIVE",
            a=one.code,
            b=f"{format_date(date.fromisoformat(one.day))} ({_money(one.balance)})",
            place=one.place,
        )
        for one in found
    ]


def _reversed(
    connection: LedgerConnection, scope: SenseScope, known: Chart, standings: list[AccountStanding]
) -> list[Oddity]:
    wrong = [
        one
        for one in standings
        if one.has_moved
        and one.main[:3] not in known.never_below_zero
        and known.stands(one.main) == ("C" if one.balance > 0 else "D" if one.balance else "-")
    ]
    return _of_accounts(connection, scope, "DEFTER.REVERSED", wrong)


def _open_results(
    connection: LedgerConnection, scope: SenseScope, known: Chart, standings: list[AccountStanding]
) -> list[Oddity]:
    left = [one for one in standings if one.balance and one.main[:1] in known.result_classes]
    return _of_accounts(connection, scope, "DEFTER.RESULT_OPEN", left)


def _of_accounts(
    connection: LedgerConnection, scope: SenseScope, code: str, accounts: list[AccountStanding]
) -> list[Oddity]:
    if not accounts:
        return []
    moved = [one.fine for one in accounts[:LIMIT] if one.has_moved]
    places = senses.last_movements(connection, period=scope.period, branch_no=scope.branch_no, accounts=moved)
    return [
        Oddity(
            code=code,
            a=f"{one.code} {one.name}".strip(),
            b=f"{_money(abs(one.balance))} {'borç' if one.balance > 0 else 'alacak'}",
            place=places.get(one.fine),
        )
        for one in accounts
    ]


def _opening_and_closing(connection: LedgerConnection, scope: SenseScope) -> list[Oddity]:
    found = []
    if scope.is_first and not _opens(connection, scope, scope.period):
        found.append(Oddity(code="DEFTER.NO_OPENING"))
    if scope.is_last:
        month, branch = scope.period, scope.branch_no
        closes = senses.has_words(
            connection, period=month, branch_no=branch, word="kapanis"
        ) or senses.has_balance_sheet(connection, period=month, branch_no=branch, last=True)
        if not closes:
            found.append(Oddity(code="DEFTER.NO_CLOSING"))
    return found


def _vat(connection: LedgerConnection, scope: SenseScope, known: Chart) -> list[Oddity]:
    roles = {
        **dict.fromkeys(known.vat_output, "o"),
        **dict.fromkeys(known.vat_input, "i"),
        **dict.fromkeys(known.sales, "s"),
        **dict.fromkeys((*known.purchases, *known.expense_classes), "p"),
        **dict.fromkeys(known.assets, "a"),
        **dict.fromkeys(known.returns, "r"),
        **dict.fromkeys(known.vat_skip, "x"),
    }
    found = [
        one
        for one in senses.taxed_vouchers(connection, period=scope.period, branch_no=scope.branch_no, roles=roles)
        if not fits_a_rate(sum(one.taxes), one.bases, day=one.day, is_sale=one.is_sale)
    ]
    odd: list[Oddity] = []
    for one in found:
        rates = ", ".join(f"%{percent}" for percent in vat_percents(one.day))
        share = percent_of(sum(one.taxes), sum(one.bases))
        place = senses.place_of(connection, one.voucher_id) if len(odd) < LIMIT else None
        odd.append(Oddity(code="DEFTER.VAT_RATE", a=share, b=rates, place=place))
    return odd


def _money(units: int) -> str:
    return format_amount(queries.amount(units))
