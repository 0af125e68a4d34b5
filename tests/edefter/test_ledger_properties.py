"""Any balanced vouchers: taken in, numbered, cut into parts and written, they read back as they were, in Y and in K."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from app.domain.ledger_rows import LedgerRow
from app.edefter.books.lines import JOURNAL_CONTEXT, Lines, journal_entries, ledger_entries, line_weights
from app.edefter.splitting import cut_month
from app.runtime.crashpoints import declare
from app.storage.ledgers.book_rows import BookRows
from app.storage.ledgers.books import give_numbers
from app.storage.ledgers.database import LedgerDatabase
from app.storage.ledgers.importing import begin_import
from app.ubl import xmlsafe

from .test_splitting import FIRST, FRAME, LAST

NUMBERED = declare("test.ledger.any_numbered", "numbers given by a property test")
COR = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"
BUS = "{http://www.xbrl.org/int/gl/bus/2006-10-25}"
#: What XML can hold and a source may say.
texts = st.text(
    st.one_of(
        st.sampled_from("&<>\"'\t\n\r ğüşıöçİ€"),
        st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn", "Cc"]),
    ),
    max_size=20,
)
codes = st.sampled_from(["100", "102", "120", "1000", "600", "770"])
amounts = st.integers(1, 10**9).map(lambda kurus: kurus * 100)
lines = st.tuples(codes, st.sampled_from(["", ".01", ".02", ".9"]), texts, amounts, texts, st.booleans())
vouchers = st.lists(
    st.tuples(st.integers(1, 31), texts, st.lists(lines, min_size=1, max_size=6)), min_size=1, max_size=12
)


def rows_of(month: list[tuple[int, str, list[tuple[str, str, str, int, str, bool]]]]) -> list[LedgerRow]:
    """A credit line behind the debits of each voucher makes it balance."""
    found: list[LedgerRow] = []
    for index, (day, comment, debits) in enumerate(month, start=1):
        iso = f"2026-03-{day:02d}"
        balance = ("320", "", "SATICILAR", sum(line[3] for line in debits), comment, False)
        for place, (main, tail, name, amount, text, has_paper) in enumerate([*debits, balance]):
            found.append(
                LedgerRow(
                    len(found) + 2, iso, f"F{index}", "", "", f"N{index}", comment, "Ayşe", 0, 0,
                    main, f"HESAP {main}", f"{main}{tail}" if tail else "", f"ALT {name}" if tail else "",
                    amount, "C" if place == len(debits) else "D",
                    "other" if has_paper else "", "dekont" if has_paper else "", f"B{place}" if has_paper else "",
                    iso if has_paper else "", "", "", text,
                )
            )  # fmt: skip
    return found


def details(body: bytes) -> list[tuple[str, ...]]:
    """(number, entry, main, sub, side, amount, comment) of each entryDetail, as an XML parser reads it."""
    spaces = f'xmlns:gl-cor="{COR[1:-1]}" xmlns:gl-bus="{BUS[1:-1]}"'.encode()
    root = xmlsafe.parse(b"<x " + spaces + b">" + body + b"</x>")

    def text(detail: etree._Element, path: str) -> str:
        return detail.findtext(path) or ""

    names = ("lineNumber", "lineNumberCounter", f"account/{COR}accountMainID", f"account/{COR}accountSub/{COR}"
             "accountSubID", "debitCreditCode", "amount", "detailComment")  # fmt: skip
    return [tuple(text(one, f"{COR}{name}") for name in names) for one in root.iter(f"{COR}entryDetail")]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(month=vouchers, limit=st.integers(9_000, 40_000))
def test_what_was_taken_in_is_what_is_written(
    month: list[tuple[int, str, list[tuple[str, str, str, int, str, bool]]]], limit: int
) -> None:
    source = rows_of(month)
    with tempfile.TemporaryDirectory() as folder:
        db = LedgerDatabase.open(Path(folder) / "l.db")
        try:
            staged = begin_import(db, name="x", sha256="", source_format="csv", at="2026-04-02")
            for _ in staged.add(source):
                pass
            staged.finish(at="2026-04-02")
            with db.write(NUMBERED) as connection:
                give_numbers(connection, period=202603, branch_no="", next_entry=1, next_line=1)
        finally:
            db.close()
        journal: list[tuple[str, ...]] = []
        ledger: list[tuple[str, ...]] = []
        with BookRows(db.path, period=202603, branch_no="") as rows:
            writer = Lines(JOURNAL_CONTEXT, rows.names)
            cuts = cut_month(
                rows.sizes(1, len(month), line_weights()),
                lambda main, sub: len(writer.account_of(main, sub)),
                first_day=FIRST,
                last_day=LAST,
                max_bytes=FRAME + max(limit, largest(month)),
            )
            for cut in cuts:
                span = (cut.first_entry, cut.last_entry)
                part = b"".join(journal_entries(rows.journal(*span), rows.heads(*span), rows.names))
                totals, batches = rows.ledger(*span)
                other = b"".join(ledger_entries(batches, totals, rows.names))
                assert max(len(part), len(other)) <= cut.size_bytes
                journal += details(part)
                ledger += details(other)
                assert sorted(details(part)) == sorted(details(other))
                assert heads_balance(part) and accounts_are_sums(other)
    assert Counter(line[2:] for line in journal) == Counter(
        (
            row.main_id,
            row.sub_id,
            row.side,
            f"{row.amount // 10_000}.{row.amount // 100 % 100:02d}",
            row.comment,
        )
        for row in source
    )
    numbers = count(1)
    assert [line[0] for line in journal] == [str(next(numbers)) for _ in journal]
    assert len(journal) == len(ledger) == len(source)


def largest(month: list[tuple[int, str, list[tuple[str, str, str, int, str, bool]]]]) -> int:
    """More than any voucher of the month takes."""
    return max(6_000 + 3_500 * len(debits) for _, _, debits in month)


def heads_balance(body: bytes) -> bool:
    return body.count(b"<gl-bus:totalDebit") == body.count(b"<gl-cor:entryNumberCounter")


def accounts_are_sums(body: bytes) -> bool:
    """Each account's header is the balance of its lines, and no account has two."""
    spaces = f'xmlns:gl-cor="{COR[1:-1]}" xmlns:gl-bus="{BUS[1:-1]}"'.encode()
    root = xmlsafe.parse(b"<x " + spaces + b">" + body + b"</x>")
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for header in root.iter(f"{COR}entryHeader"):
        balance = 0
        for detail in header.iter(f"{COR}entryDetail"):
            kurus = int((detail.findtext(f"{COR}amount") or "").replace(".", ""))
            balance += kurus if detail.findtext(f"{COR}debitCreditCode") == "D" else -kurus
        first = header.find(f"{COR}entryDetail/{COR}account")
        assert first is not None
        key = (first.findtext(f"{COR}accountMainID") or "", first.findtext(f"{COR}accountSub/{COR}accountSubID") or "")
        seen[key] += 1
        said = [int((header.findtext(f"{BUS}{name}") or "").replace(".", "")) for name in ("totalDebit", "totalCredit")]
        if said != [max(balance, 0), max(-balance, 0)]:
            return False
    return all(times == 1 for times in seen.values()) and list(seen) == sorted(seen)
