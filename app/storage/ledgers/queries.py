"""Reading a ledger file: months, vouchers, lines, trial balance. Functions over an open connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from app.domain.ledger_rows import BadRow
from app.domain.money import SCALE
from app.domain.turkish import fold
from app.domain.voucher import DocumentType, FundUnits, LineCurrency, PeriodState, Side, Voucher, VoucherLine
from app.storage.ledgers.tables import IN_FORCE

_DOCUMENT_TYPES = frozenset(kind.value for kind in DocumentType)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSummary:
    """A month of the ledger as its board shows it. Amounts in the book's currency."""

    period: int
    branch_no: str
    state: PeriodState
    vouchers: int
    lines: int
    debit: Decimal
    credit: Decimal

    @property
    def is_balanced(self) -> bool:
        return self.debit == self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherRow:
    """A voucher as a list shows it."""

    id: int
    day: date
    reference: str
    entry_number: str
    comment: str
    branch_no: str
    counter: int
    debit: Decimal
    credit: Decimal
    lines: int
    #: The yevmiye madde number that the books give it, 0 before the month was numbered.
    entry: int = 0

    @property
    def is_balanced(self) -> bool:
        return self.debit == self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountBalance:
    """An account's sums in the trial balance (mizan). `balance` is debit less credit."""

    code: str
    name: str
    debit: Decimal
    credit: Decimal

    @property
    def balance(self) -> Decimal:
        return self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import that came to its end."""

    id: int
    name: str
    format: str
    ended_at: str
    lines: int
    vouchers: int
    same: int
    changed: int
    bad: int


def amount(units: int) -> Decimal:
    """An amount of the database: units of 1/10,000, exact, with at least two decimals."""
    whole = Decimal(units) / SCALE
    return whole.quantize(Decimal("0.01")) if whole == whole.quantize(Decimal("0.01")) else whole


def months(connection: Connection) -> list[MonthSummary]:
    """Every month that has vouchers in force, oldest first."""
    rows = connection.exec_driver_sql(
        "SELECT v.period, v.branch_no, coalesce(p.state, 1), count(*), sum(v.lines), sum(v.debit), sum(v.credit)"
        " FROM voucher AS v LEFT JOIN period AS p ON p.period = v.period AND p.branch_no = v.branch_no"
        " WHERE v.state = ? GROUP BY v.period, v.branch_no ORDER BY v.period, v.branch_no",
        (IN_FORCE,),
    )
    return [
        MonthSummary(
            period=row[0],
            branch_no=row[1],
            state=PeriodState(row[2]),
            vouchers=row[3],
            lines=row[4],
            debit=amount(row[5]),
            credit=amount(row[6]),
        )
        for row in rows
    ]


def voucher_ids(
    connection: Connection, *, period: int | None = None, text: str = "", newest_first: bool = False
) -> list[int]:
    """Ids of the vouchers in force in the order of the journal: day, given number, source order.

    `text` is searched in fiş number, reference and comment, folded; several words must all occur.
    """
    where, values = ["state = ?"], [IN_FORCE]
    parameters: list[Any] = list(values)
    if period is not None:
        where.append("period = ?")
        parameters.append(period)
    for word in fold(text).split():
        where.append("instr(folded, ?) > 0")
        parameters.append(word)
    direction = "DESC" if newest_first else "ASC"
    rows = connection.exec_driver_sql(
        f"SELECT id FROM voucher WHERE {' AND '.join(where)}"
        f" ORDER BY day {direction}, counter {direction}, source_line {direction}, id {direction}",
        tuple(parameters),
    )
    return [row[0] for row in rows]


def voucher_rows(connection: Connection, ids: list[int]) -> list[VoucherRow]:
    """The vouchers in the order of `ids`; what has gone meanwhile is left out."""
    if not ids:
        return []
    rows = connection.exec_driver_sql(
        "SELECT id, day, reference, entry_number, comment, branch_no, counter, debit, credit, lines, entry"
        f" FROM voucher WHERE id IN ({', '.join('?' * len(ids))})",
        tuple(ids),
    )
    found = {
        row[0]: VoucherRow(
            id=row[0],
            day=date.fromisoformat(row[1]),
            reference=row[2],
            entry_number=row[3],
            comment=row[4],
            branch_no=row[5],
            counter=row[6],
            debit=amount(row[7]),
            credit=amount(row[8]),
            lines=row[9],
            entry=row[10],
        )
        for row in rows
    }
    return [found[voucher_id] for voucher_id in ids if voucher_id in found]


def load_voucher(connection: Connection, voucher_id: int) -> Voucher | None:
    """A voucher with all its lines in source order; None when it is not there."""
    head = connection.exec_driver_sql(
        "SELECT reference, day, entry_number, counter, entered_by, comment, branch_no, branch_name"
        " FROM voucher WHERE id = ?",
        (voucher_id,),
    ).first()
    if head is None:
        return None
    rows = connection.exec_driver_sql(
        "SELECT line.number, main.code, main.name, sub.code, sub.name, amount, side, document_type,"
        " document_description, document_number, document_day, document_reference, payment_method, comment,"
        " currency, currency_amount, currency_rate, currency_rate_day, amount_currency, rate_source, rate_comment,"
        " measure_quantity, measure_cost"
        " FROM line JOIN account AS main ON main.id = line.main LEFT JOIN account AS sub ON sub.id = line.sub"
        " WHERE voucher_id = ? ORDER BY line.source_line, line.id",
        (voucher_id,),
    )
    return Voucher(
        reference=head[0],
        day=date.fromisoformat(head[1]),
        number=head[2],
        counter=head[3] or None,
        entered_by=head[4],
        comment=head[5],
        branch_no=head[6],
        branch_name=head[7],
        lines=tuple(_line(row) for row in rows),
    )


def trial_balance(connection: Connection, *, first: str, last: str, by_sub: bool = False) -> list[AccountBalance]:
    """Sums per account (main, or the finest) of the vouchers in force between two ISO days, by account code."""
    account = "coalesce(line.sub, line.main)" if by_sub else "line.main"
    rows = connection.exec_driver_sql(
        "SELECT account.code, max(account.name), sum(CASE side WHEN 'D' THEN amount ELSE 0 END),"
        " sum(CASE side WHEN 'C' THEN amount ELSE 0 END)"
        " FROM voucher JOIN line ON line.voucher_id = voucher.id"
        f" JOIN account ON account.id = {account}"
        " WHERE voucher.state = ? AND voucher.day BETWEEN ? AND ? GROUP BY account.code ORDER BY account.code",
        (IN_FORCE, first, last),
    )
    return [AccountBalance(code=row[0], name=row[1], debit=amount(row[2]), credit=amount(row[3])) for row in rows]


def findings_of(connection: Connection, import_id: int) -> list[BadRow]:
    """What was wrong with an import, in the order of the source."""
    rows = connection.exec_driver_sql(
        "SELECT source_line, code, field, message, text FROM import_finding WHERE import_id = ?"
        " ORDER BY source_line, id",
        (import_id,),
    )
    return [BadRow(*row) for row in rows]


def imports(connection: Connection, *, period: int | None = None) -> list[ImportRecord]:
    """Imports that came to their end, newest first; with `period` those that vouchers of the month came from."""
    of_month = " AND id IN (SELECT import_id FROM voucher WHERE state = ? AND period = ?)" if period else ""
    rows = connection.exec_driver_sql(
        "SELECT id, name, format, ended_at, lines, vouchers, same, changed, bad FROM import_file"
        f" WHERE ended_at IS NOT NULL{of_month} ORDER BY id DESC",
        (IN_FORCE, period) if period else (),
    )
    return [
        ImportRecord(
            id=row[0],
            name=row[1],
            format=row[2],
            ended_at=row[3],
            lines=row[4],
            vouchers=row[5],
            same=row[6],
            changed=row[7],
            bad=row[8],
        )
        for row in rows
    ]


def _line(row: Any) -> VoucherLine:
    currency = None
    if row[14]:
        currency = LineCurrency(
            currency=row[14],
            amount=amount(row[15]) if row[15] else None,
            rate=_rate(row[16]),
            rate_day=date.fromisoformat(row[17]) if row[17] else None,
            source=row[19],
            comment=row[20],
        )
    known = row[7] in _DOCUMENT_TYPES
    return VoucherLine(
        number=row[0] or None,
        main_id=row[1],
        main_name=row[2],
        sub_id=row[3] or "",
        sub_name=row[4] or "",
        amount=amount(row[5]),
        side=Side(row[6]),
        document_type=DocumentType(row[7]) if known else None,
        document_description=row[8] or ("" if known else row[7]),
        document_number=row[9],
        document_day=date.fromisoformat(row[10]) if row[10] else None,
        document_reference=row[11],
        payment_method=row[12],
        comment=row[13],
        currency=currency,
        amount_currency=row[18],
        fund=FundUnits(quantity=Decimal(row[21]), cost=Decimal(row[22])) if row[21] and row[22] else None,
    )


def _rate(text: str) -> Decimal | None:
    """A rate as the source wrote it: a comma is its decimal sign unless a point stands behind it."""
    plain = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")
    return Decimal(plain) if plain.replace(".", "", 1).isdigit() else None
