"""Export and import are each other's inverse: a month written for an integrator reads back as the same lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.books import BookLine
from app.domain.ledger_rows import LedgerRow
from app.edefter.sources.reading import ensure_ready, inspect_source, read_source
from app.edefter.sources.values import text_of
from app.edefter.targets.common import ExportHead
from app.edefter.targets.izibiz_csv import COLUMNS, izibiz_csv
from app.edefter.targets.turkcell_txt import turkcell_txt
from app.edefter.targets.uyumsoft_csv import uyumsoft_csv
from app.edefter.targets.uyumsoft_xml import uyumsoft_xml

Writer = Callable[[Iterable[BookLine], ExportHead], Iterator[str]]
HEAD = ExportHead(
    tax_number="9205121120",
    fiscal_start=date(2026, 1, 1),
    fiscal_end=date(2026, 12, 31),
    start=date(2026, 3, 1),
    end=date(2026, 3, 31),
    branch_no="0001",
    branch_name="Kadıköy Şubesi",
)
WRITERS: dict[str, tuple[Writer, str]] = {
    "izibiz": (izibiz_csv, "utf-8"),
    "uyumsoft-csv": (uyumsoft_csv, "utf-8-sig"),
    "uyumsoft-xml": (uyumsoft_xml, "utf-8"),
    "turkcell": (turkcell_txt, "utf-8"),
}
#: What a format has no place for.
LOST = {
    "izibiz": {"currency": "", "currency_amount": 0, "currency_rate": "", "currency_rate_day": ""},
    "uyumsoft-csv": {
        "currency": "", "currency_amount": 0, "currency_rate": "", "currency_rate_day": "", "document_reference": "",
    },
    "uyumsoft-xml": {},
    "turkcell": {},
}  # fmt: skip

LETTERS = st.characters(min_codepoint=0x20, max_codepoint=0x2FFF, exclude_categories=("Cc", "Cs", "Zl", "Zp"))
TEXT = st.text(st.one_of(st.sampled_from(" ;,\"'&<>ığüşöçİ€|-"), LETTERS), max_size=12).map(text_of)
NAME = TEXT.filter(bool)
DAYS = st.dates(date(2026, 3, 1), date(2026, 3, 31)).map(date.isoformat)


@st.composite
def months(draw: st.DrawFn) -> list[BookLine]:
    """Balanced, numbered vouchers with every field that a line may have."""
    lines: list[BookLine] = []
    entry, number = draw(st.integers(0, 5_000)), draw(st.integers(0, 90_000))
    for _ in range(draw(st.integers(1, 4))):
        entry += 1
        day, by, fis, said = draw(DAYS), draw(TEXT), draw(NAME), draw(TEXT)
        amounts = [units * 100 for units in draw(st.lists(st.integers(1, 10**11), min_size=1, max_size=3))]
        total = sum(amounts)
        for units, side in [*((units, "D") for units in amounts), (total, "C")]:
            number += 1
            kind = draw(st.sampled_from(["", "invoice", "check", "other", "receipt"]))
            main = draw(st.sampled_from(["100", "120", "600", "7701"]))
            sub = draw(st.one_of(st.just(""), st.integers(0, 99).map(lambda n, main=main: f"{main}.{n:02d}")))  # type: ignore[misc]
            foreign = draw(st.booleans())
            lines.append(
                BookLine(
                    entry,
                    number,
                    day,
                    by,
                    fis,
                    said,
                    total,
                    total,
                    main,
                    draw(NAME),
                    sub,
                    draw(NAME) if sub else "",
                    units,
                    side,
                    kind,
                    draw(NAME) if kind == "other" else "",
                    draw(NAME) if kind else "",
                    draw(TEXT) if kind else "",
                    draw(DAYS) if kind else "",
                    draw(TEXT),
                    draw(TEXT),
                    "USD" if foreign else "",
                    draw(st.integers(1, 10**9)) * 100 if foreign else 0,
                    "41.2500" if foreign else "",
                    draw(DAYS) if foreign else "",
                )
            )
    return lines


def back(row: LedgerRow) -> BookLine:
    """A row read back, as the line it was."""
    return BookLine(
        row.counter, row.number, row.day, row.entered_by, row.entry_number, row.entry_comment, 0, 0, row.main_id,
        row.main_name, row.sub_id, row.sub_name, row.amount, row.side, row.document_type, row.document_description,
        row.document_number, row.document_reference, row.document_day, row.payment_method, row.comment, row.currency,
        row.currency_amount, row.currency_rate, row.currency_rate_day,
    )  # fmt: skip


def read_back(path: Path) -> list[LedgerRow]:
    shape = inspect_source(path)
    ensure_ready(shape)
    rows = list(read_source(path, shape))
    assert all(isinstance(row, LedgerRow) for row in rows), rows
    return [row for row in rows if isinstance(row, LedgerRow)]


@pytest.mark.parametrize("name", list(WRITERS))
@settings(max_examples=60)
@given(lines=months())
def test_what_is_written_reads_back_as_it_was(name: str, lines: list[BookLine]) -> None:
    writer, encoding = WRITERS[name]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mart"
        path.write_text("".join(writer(lines, HEAD)), encoding, newline="")
        rows = read_back(path)
    expected = [line._replace(debit=0, credit=0, **LOST[name]) for line in lines]
    assert [back(row) for row in rows] == expected
    assert {row.branch_no for row in rows} == {"0001"}
    # A voucher's lines stay together and apart from others'.
    assert [row.reference for row in rows] == [str(line.entry) for line in lines]


def line(**changes: object) -> BookLine:
    values = dict.fromkeys(BookLine._fields, "") | {
        "entry": 1, "number": 1, "day": "2026-03-02", "debit": 10_000, "credit": 10_000, "main_id": "100",
        "amount": 10_000, "side": "D", "currency_amount": 0, "entry_number": "F1",
    }  # fmt: skip
    return BookLine(**(values | changes))  # type: ignore[arg-type]


def test_the_izibiz_pattern_is_the_sample_s() -> None:
    head, row = izibiz_csv([line(comment="a;b")], HEAD)
    assert head.split(";")[:4] == ["detailref", "entryref", "linenumber", "linenumbercounter"] and len(COLUMNS) == 25
    assert row == (
        '1;1;1;1;100;NULL;NULL;NULL;1.00;D;2026-03-02;NULL;NULL;NULL;NULL;1;NULL;NULL;"a;b";001;0001;NULL;'
        "2026-03-02;F1;NULL\r\n"
    )


def test_turkcell_holds_no_tab_and_no_line_end_and_as_few_fields_as_needed() -> None:
    rows = list(turkcell_txt([line(comment="a\tb\r\nc"), line(number=2, currency="USD", currency_rate="41,5")], HEAD))
    assert rows[0] == "Y\t2026-01-01\t2026-12-31\t0001\t9205121120\n"
    assert rows[1] == "H\t\t2026-03-02\tF1\t\t1.00\t1.00\t1\n"
    assert rows[2].count("\t") == 15 and rows[2].endswith("\ta b  c\n")
    assert rows[3].count("\t") == 22 and rows[3].split("\t")[19:21] == ["iso4217:USD", "41.5"]
