"""entryHeader and entryDetail of the journal and of the general ledger, as canonical UTF-8.

Order and conditions are GİB's: Yevmiye Defteri Kılavuzu (entryHeader, entryDetail), Büyük Defter Kılavuzu. A batch of
lines is handled column by column and put together by C code (`zip`, `map`, `join`): a line costs about a microsecond,
a tenth of what one formatted string per line does. What returns again and again (accounts, days, kinds of document)
is written once and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Final, TypeVar

from app.domain.books import AccountTotal, EntryHead, LineRow, LineWeights
from app.edefter.books.text import escape_bytes, escape_column, money, rate

JOURNAL_CONTEXT: Final = b'contextRef="journal_context"'
LEDGER_CONTEXT: Final = b'contextRef="ledger_context"'
_COUNT: Final = b'decimals="INF" unitRef="countable"'
_MONEY: Final = b'decimals="INF" unitRef="try"'
_OPEN: Final = b"<gl-cor:entryHeader>"
_CLOSE: Final = b"</gl-cor:entryHeader>"
#: Pieces kept of one sort; beyond that they are made anew, so that a month of many accounts stays within memory.
_KEPT: Final = 20_000
#: Digits of the amounts among the rare columns, and a day.
_RARE_DIGITS: Final = 60

#: Gives the names of an account of the ledger file: (main code, main name, sub code, sub name).
Names = Callable[[int, int], tuple[bytes, bytes, bytes, bytes]]
_Key = TypeVar("_Key")


class Lines:
    """Writes batches of lines for one context. `names` tells what the accounts are called."""

    def __init__(self, context: bytes, names: Names) -> None:
        self.context = context
        self._names = names
        self._accounts: dict[tuple[int, int], bytes] = {}
        self._sides: dict[tuple[bytes, bytes], bytes] = {}
        self._papers: dict[tuple[bytes, bytes], bytes] = {}
        self._paper_days: dict[bytes, bytes] = {b"": b""}
        self._payments: dict[bytes, bytes] = {b"": b""}
        c = context
        self._number = b"<gl-cor:entryDetail><gl-cor:lineNumber %b>" % c
        self._counter = b"</gl-cor:lineNumber><gl-cor:lineNumberCounter %b %b>" % (c, _COUNT)

    def details(self, rows: Sequence[LineRow]) -> list[bytes]:
        """An entryDetail per row."""
        (
            entries,
            numbers,
            days,
            mains,
            subs,
            amounts,
            sides,
            types,
            texts,
            papers,
            references,
            paper_days,
            payments,
            comments,
            currencies,
            *rare,
        ) = zip(*rows, strict=True)
        c = self.context
        has_papers = any(types)
        columns: list[Iterable[bytes]] = [
            repeat(self._number),
            numbers,
            repeat(self._counter),
            entries,
            _kept(self._accounts, zip(mains, subs, strict=True), self._account),
            map(_money, amounts),
            repeat(b"</gl-cor:amount>"),
            _kept(self._sides, zip(sides, days, strict=True), self._side),
        ]
        if any(currencies) or any(rare[3]):
            columns.insert(7, [_currency(row, c) for row in rows])
        if has_papers:
            columns.append(_kept(self._papers, zip(types, texts, strict=True), self._paper))
            columns.append(_tagged(b"documentNumber", c, papers, types))
            if any(references):
                columns.append(_tagged(b"documentReference", c, references, types))
            if not all(types):
                paper_days = tuple([day if kind else b"" for day, kind in zip(paper_days, types, strict=True)])
            columns.append(_kept(self._paper_days, paper_days, self._paper_day))
        if any(payments):
            columns.append(_kept(self._payments, payments, self._payment))
        if any(comments):
            columns.append(_tagged(b"detailComment", c, comments, comments))
        if any(rare[6]):
            columns.append([_measured(row, c) if row.measure_quantity else b"" for row in map(LineRow._make, rows)])
        columns.append(repeat(b"</gl-cor:entryDetail>"))
        return list(map(b"".join, zip(*columns, strict=False)))

    def account_of(self, main: int, sub: int) -> bytes:
        """What stands between lineNumberCounter's text and the amount."""
        return next(iter(_kept(self._accounts, [(main, sub)], self._account)))

    def _account(self, key: tuple[int, int]) -> bytes:
        main_id, main_name, sub_id, sub_name = map(escape_bytes, self._names(*key))
        c = self.context
        sub = (
            b"<gl-cor:accountSub><gl-cor:accountSubDescription %b>%b</gl-cor:accountSubDescription>"
            b"<gl-cor:accountSubID %b>%b</gl-cor:accountSubID></gl-cor:accountSub>" % (c, sub_name, c, sub_id)
            if sub_id
            else b""
        )
        return (
            b"</gl-cor:lineNumberCounter><gl-cor:account><gl-cor:accountMainID %b>%b</gl-cor:accountMainID>"
            b"<gl-cor:accountMainDescription %b>%b</gl-cor:accountMainDescription>%b</gl-cor:account>"
            b"<gl-cor:amount %b %b>" % (c, main_id, c, main_name, sub, c, _MONEY)
        )

    def _side(self, key: tuple[bytes, bytes]) -> bytes:
        side, day = key
        c = self.context
        return (
            b"<gl-cor:debitCreditCode %b>%b</gl-cor:debitCreditCode>"
            b"<gl-cor:postingDate %b>%b</gl-cor:postingDate>" % (c, side, c, day)
        )

    def _paper(self, key: tuple[bytes, bytes]) -> bytes:
        """documentType and its description. Without a document (openings, closings) nothing is written."""
        kind, text = key
        if not kind:
            return b""
        written = _tag(b"gl-cor:documentType", self.context, escape_bytes(kind))
        return written + (_tag(b"gl-cor:documentTypeDescription", self.context, escape_bytes(text)) if text else b"")

    def _paper_day(self, day: bytes) -> bytes:
        return _tag(b"gl-cor:documentDate", self.context, escape_bytes(day)) if day else b""

    def _payment(self, text: bytes) -> bytes:
        return _tag(b"gl-bus:paymentMethod", self.context, escape_bytes(text)) if text else b""


def journal_entries(
    batches: Iterable[Sequence[LineRow]],
    heads: Iterable[EntryHead],
    names: Names,
    *,
    branch_no: str = "",
    branch_name: str = "",
) -> Iterator[bytes]:
    """The entryHeaders of the journal, a batch of lines at a time.

    Lines and `heads` come in the order of the madde numbers, a voucher's lines together. Raises: ValueError when a
    line has no head or a head no line.
    """
    lines = Lines(JOURNAL_CONTEXT, names)
    branch = branch_piece(JOURNAL_CONTEXT, branch_no, branch_name)
    waiting = iter(heads)
    current: bytes | None = None
    for rows in batches:
        out: list[bytes] = []
        for row, detail in zip(rows, lines.details(rows), strict=True):
            if row[0] != current:
                if current is not None:
                    out.append(_CLOSE)
                current = row[0]
                head = next(waiting, None)
                if head is None or head.entry != current:
                    raise ValueError(f"the head is of {head.entry if head else None!r}, the line of {current!r}")
                out.append(entry_head(head, branch))
            out.append(detail)
        yield b"".join(out)
    if current is not None:
        yield _CLOSE
    if (left := next(waiting, None)) is not None:
        raise ValueError(f"no line belongs to {left.entry!r}")


def ledger_entries(
    batches: Iterable[Sequence[LineRow]],
    totals: Iterable[AccountTotal],
    names: Names,
    *,
    branch_no: str = "",
    branch_name: str = "",
) -> Iterator[bytes]:
    """An entryHeader per account, a batch of lines at a time. Lines come by account, inside it by line number.

    `totals` are those of every account in the same order: an account's header stands before
    its lines, and holding a million lines back to sum them would not do. Raises: ValueError when they disagree.
    """
    lines = Lines(LEDGER_CONTEXT, names)
    branch = branch_piece(LEDGER_CONTEXT, branch_no, branch_name)
    sums = iter(totals)
    ids: tuple[int, int] | None = None
    codes: tuple[bytes, bytes] | None = None
    for rows in batches:
        out: list[bytes] = []
        for row, detail in zip(rows, lines.details(rows), strict=True):
            if (row[3], row[4]) != ids:
                ids = (row[3], row[4])
                main_id, _, sub_id, _ = names(*ids)
                # One code may have been called by several names: still one account, one header.
                if (main_id, sub_id) != codes:
                    if codes is not None:
                        out.append(_CLOSE)
                    codes = (main_id, sub_id)
                    out.append(_account_head(next(sums, None), codes, branch))
            out.append(detail)
        yield b"".join(out)
    if codes is not None:
        yield _CLOSE
    if (left := next(sums, None)) is not None:
        raise ValueError(f"the totals hold {left[0]!r} {left[1]!r}, the lines do not")


def line_weights() -> LineWeights:
    """How many bytes a line's elements take in the journal, the longer of its two forms; of the rare ones, at most."""
    context = JOURNAL_CONTEXT
    blank = LineRow(*(b"",) * 3, 0, 0, 0, *(b"",) * 9, 0, *(b"",) * 7)
    full = blank._replace(
        currency=b"x", currency_amount=1, currency_rate=b"1", currency_rate_day=b"x", amount_currency=b"x"
    )
    full = full._replace(rate_source=b"x", rate_comment=b"x", measure_quantity=b"x", measure_cost=b"x")
    lines = Lines(context, lambda _main, _sub: (b"",) * 4)
    # Less the account's piece, which is counted by itself, and the digits of the amount, 0.00.
    bare = len(lines.details([blank])[0]) - len(lines.account_of(0, 0)) - 4
    return LineWeights(
        bare=bare,
        document_type=len(lines._paper((b"x", b""))) - 1,
        document_description=len(_tag(b"gl-cor:documentTypeDescription", context, b"")),
        document_number=len(_tag(b"gl-cor:documentNumber", context, b"")),
        document_reference=len(_tag(b"gl-cor:documentReference", context, b"")),
        document_day=len(lines._paper_day(b"x")) - 1,
        payment_method=len(lines._payment(b"x")) - 1,
        comment=len(_tag(b"gl-cor:detailComment", context, b"")),
        currency=len(_currency(full, context)) + _RARE_DIGITS,
        measure=len(_measured(full, context)),
        # The entry's digits and its head's two sums, a day, the tag that closes it.
        head=len(entry_head(EntryHead(b"", b"", b"", b"", b"", 0, 0), b"")) + 60 + len(_CLOSE),
        head_comment=len(_tag(b"gl-cor:entryComment", context, b"")),
    )


_HEAD: Final = (
    b"<gl-cor:entryHeader><gl-cor:enteredBy C>%b</gl-cor:enteredBy><gl-cor:enteredDate C>%b</gl-cor:enteredDate>"
    b"<gl-cor:entryNumber C>%b</gl-cor:entryNumber>%b<gl-bus:totalDebit C M>%b</gl-bus:totalDebit>"
    b"<gl-bus:totalCredit C M>%b</gl-bus:totalCredit><gl-cor:entryNumberCounter C N>%b</gl-cor:entryNumberCounter>"
)
_JOURNAL_HEAD: Final = (
    _HEAD.replace(b" C", b" " + JOURNAL_CONTEXT).replace(b" M>", b" " + _MONEY + b">").replace(b" N>", b" %b>" % _COUNT)
)


def entry_head(head: EntryHead, branch: bytes) -> bytes:
    """The opening of a voucher in the journal, up to its first line."""
    entry, day, entered_by, number, comment, debit, credit = head
    told = _tag(b"gl-cor:entryComment", JOURNAL_CONTEXT, escape_bytes(comment)) if comment else b""
    debits = _money(debit)
    credits_ = debits if debit == credit else _money(credit)
    return _JOURNAL_HEAD % (
        escape_bytes(entered_by),
        day,
        escape_bytes(number),
        told + branch,
        debits,
        credits_,
        entry,
    )


def _account_head(total: AccountTotal | None, codes: tuple[bytes, bytes], branch: bytes) -> bytes:
    if total is None or (total.main, total.sub) != codes:
        raise ValueError(f"the totals are of {total!r}, the lines of {codes[0]!r} {codes[1]!r}")
    balance = total.debit - total.credit
    c = LEDGER_CONTEXT
    return (
        b"<gl-cor:entryHeader>%b<gl-bus:totalDebit %b %b>%b</gl-bus:totalDebit>"
        b"<gl-bus:totalCredit %b %b>%b</gl-bus:totalCredit>"
        % (branch, c, _MONEY, _money(max(balance, 0)), c, _MONEY, _money(max(-balance, 0)))
    )


def branch_piece(context: bytes, branch_no: str, branch_name: str) -> bytes:
    """What a branch adds to every head."""
    if not branch_no:
        return b""
    return _tag(b"gl-bus:batchID", context, escape_bytes(branch_no.encode())) + _tag(
        b"gl-bus:batchDescription", context, escape_bytes(branch_name.encode())
    )


def _tag(name: bytes, context: bytes, text: bytes) -> bytes:
    return b"<%b %b>%b</%b>" % (name, context, text, name)


def _number(name: bytes, context: bytes, kind: bytes, text: bytes) -> bytes:
    return b"<%b %b %b>%b</%b>" % (name, context, kind, text, name)


def _tagged(name: bytes, context: bytes, column: Sequence[bytes], when: Sequence[bytes]) -> list[bytes]:
    """The column's texts in their element; nothing where the text is empty or `when` is."""
    before, after = b"<gl-cor:%b %b>" % (name, context), b"</gl-cor:%b>" % name
    return [
        before + text + after if text and wanted else b""
        for text, wanted in zip(escape_column(column), when, strict=True)
    ]


def _kept(store: dict[_Key, bytes], keys: Iterable[_Key], make: Callable[[_Key], bytes]) -> list[bytes]:
    """The piece of every key, made when it is first met."""
    if len(store) > _KEPT:
        store.clear()
    found = []
    look = store.get
    for key in keys:
        piece = look(key)
        if piece is None:
            piece = store[key] = make(key)
        found.append(piece)
    return found


def _money(units: int) -> bytes:
    if units % 100:
        return money(units).encode()
    return b"%d.%02d" % divmod(units // 100, 100)


def _currency(row: LineRow, context: bytes) -> bytes:
    """The foreign side of a line (gl-muc), in the XSD's order."""
    row = LineRow._make(row)
    prefix = b"gl-muc:amountOriginal"
    parts = []
    if row.amount_currency:
        parts.append(_tag(b"gl-muc:amountCurrency", context, b"iso4217:" + escape_bytes(row.amount_currency)))
    if row.currency:
        if row.currency_rate_day:
            parts.append(_tag(prefix + b"ExchangeRateDate", context, row.currency_rate_day))
        if row.currency_amount:
            parts.append(_number(prefix + b"Amount", context, _MONEY, _money(row.currency_amount)))
        parts.append(_tag(prefix + b"Currency", context, b"iso4217:" + escape_bytes(row.currency)))
        if row.currency_rate:
            value = rate(row.currency_rate.decode()).encode()
            parts.append(_number(prefix + b"ExchangeRate", context, _COUNT, value))
        if row.rate_source:
            parts.append(_tag(prefix + b"ExchangeRateSource", context, escape_bytes(row.rate_source)))
        if row.rate_comment:
            parts.append(_tag(prefix + b"ExchangeRateComment", context, escape_bytes(row.rate_comment)))
    return b"".join(parts)


def _measured(row: LineRow, context: bytes) -> bytes:
    """Fund units (gl-bus:measurable). `Fon` as the official rules want it; the guide prints FON."""
    name = b"gl-bus:measurable"
    return b"".join(
        (
            b"<gl-bus:measurable>",
            _tag(name + b"Code", context, b"NT"),
            _tag(name + b"CodeDescription", context, b"Maddi Olmayan Kalemler"),
            _number(name + b"Quantity", context, _COUNT, escape_bytes(row.measure_quantity)),
            _tag(name + b"Qualifier", context, b"Fon"),
            _tag(name + b"UnitOfMeasure", context, b"Adet"),
            _number(name + b"CostPerUnit", context, _MONEY, escape_bytes(row.measure_cost)),
            b"</gl-bus:measurable>",
        )
    )
