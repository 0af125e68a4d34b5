"""An account's card: its lines between two days with the balance after each. Functions over an open connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.engine import Connection

from app.storage.ledgers.queries import amount
from app.storage.ledgers.tables import IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLine:
    """A line of an account. `balance` is debit less credit of the card up to and with this line."""

    voucher_id: int
    day: date
    reference: str
    comment: str
    code: str
    is_debit: bool
    amount: Decimal
    balance: Decimal


def account_card(
    connection: Connection, *, code: str, first: str, last: str, by_sub: bool = False, limit: int = 2_000
) -> list[CardLine]:
    """The first `limit` lines of the account (main, or the finest) between two ISO days, in the journal's order."""
    account = "coalesce(line.sub, line.main)" if by_sub else "line.main"
    rows = connection.exec_driver_sql(
        "SELECT voucher.id, voucher.day, voucher.entry_number, voucher.reference, line.comment, voucher.comment,"
        " line.side, line.amount, fine.code"
        " FROM voucher JOIN line ON line.voucher_id = voucher.id"
        f" JOIN account ON account.id = {account} JOIN account AS fine ON fine.id = coalesce(line.sub, line.main)"
        " WHERE voucher.state = ? AND voucher.day BETWEEN ? AND ? AND account.code = ?"
        " ORDER BY voucher.day, voucher.entry, voucher.id, line.source_line, line.id LIMIT ?",
        (IN_FORCE, first, last, code, limit),
    )
    found: list[CardLine] = []
    units = 0
    for row in rows:
        is_debit = row[6] == "D"
        units += row[7] if is_debit else -row[7]
        found.append(
            CardLine(
                voucher_id=row[0],
                day=date.fromisoformat(row[1]),
                reference=row[2] or row[3],
                comment=row[4] or row[5],
                code=row[8],
                is_debit=is_debit,
                amount=amount(row[7]),
                balance=amount(units),
            )
        )
    return found
