"""Y, K, their berats and the report: canonical as they stand, sealed while written, good for GİB's own rules."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from app.domain.books import AccountTotal, BookHead, BookKind, EntryHead, LineRow
from app.domain.ledger_rows import LedgerRow
from app.edefter.books.berat import AccountSum, SealedBook, berat_xml, report_xml, size_in_mib
from app.edefter.books.body import CLOSE_BODY, BodyFile
from app.edefter.books.head import DECLARATION, ending, opening
from app.edefter.books.lines import journal_entries, ledger_entries
from app.edefter.books.sealing import Written, seal_of, write_sealed
from app.edefter.books.text import escape, escape_bytes, escape_column, money
from app.signing.soft import TestSealer
from app.signing.verify import verify_document
from app.storage.ledgers import books
from app.storage.ledgers.book_rows import BookRows
from app.storage.ledgers.books import Part
from app.storage.ledgers.database import LedgerDatabase

from .conftest import month_rows

AT = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)
PERIOD = 202603
DS = "{http://www.w3.org/2000/09/xmldsig#}"
Fill = Callable[..., tuple[LedgerDatabase, Part]]


def sealed_book(path: Path, head: BookHead, kind: BookKind, entries: Iterator[bytes], seal: TestSealer) -> Written:
    """A book of these entryHeaders."""
    end = ending(kind).encode()
    with BodyFile(path) as body:
        for piece in (opening(head, kind).encode(), *entries, CLOSE_BODY):
            body.write(piece)
        made = seal_of(head.name(kind), body.digest(end), sealer=seal, signing_time=AT)
        facts = body.finish(made.element + end)
    return Written(path=path, size_bytes=facts.size_bytes, sha256=facts.sha256, signature_value=made.signature_value)


def build(folder: Path, head: BookHead, seal: TestSealer, db: LedgerDatabase, part: Part) -> dict[BookKind, Written]:
    """All five files of a month."""
    written: dict[BookKind, Written] = {}

    def place(kind: BookKind) -> Path:
        return folder / f"{head.name(kind).stem}.xml"

    branch = {"branch_no": head.branch_no, "branch_name": head.branch_name}
    with BookRows(db.path, period=PERIOD, branch_no=head.branch_no) as rows:
        entries = journal_entries(
            rows.journal(part.first, part.last), rows.heads(part.first, part.last), rows.names, **branch
        )
        written[BookKind.JOURNAL] = sealed_book(place(BookKind.JOURNAL), head, BookKind.JOURNAL, entries, seal)
        totals, batches = rows.ledger(part.first, part.last)
        entries = ledger_entries(batches, totals, rows.names, **branch)
        written[BookKind.LEDGER] = sealed_book(place(BookKind.LEDGER), head, BookKind.LEDGER, entries, seal)
    with db.read() as connection:
        held = books.part_totals(connection, period=PERIOD, part=part)
        sums = {
            row[0]: AccountSum(row[2], row[3], row[4], row[5], row[1])
            for row in books.main_sums(connection, period=PERIOD, part=part)
        }
    for kind, of in ((BookKind.JOURNAL_BERAT, BookKind.JOURNAL), (BookKind.LEDGER_BERAT, BookKind.LEDGER)):
        book = SealedBook(held.vouchers, written[of].size_bytes, written[of].signature_value)
        text = berat_xml(head, kind, book=book, ettn="f47ac10b-58cc-4372-a567-0e02b2c3d479", sums=sums)
        written[kind] = write_sealed(place(kind), head.name(kind), [text], sealer=seal, signing_time=AT)
    text = report_xml(head, ettn="f47ac10b-58cc-4372-a567-0e02b2c3d470", sums=sums.items())
    written[BookKind.REPORT] = write_sealed(
        place(BookKind.REPORT), head.name(BookKind.REPORT), [text], sealer=seal, signing_time=AT
    )
    return written


def canonical_without_signature(path: Path) -> bytes:
    """What the seal's digest must be of, computed by lxml from the file."""
    tree = etree.parse(path)
    root = tree.getroot()
    signature = root.find(f"{DS}Signature")
    assert signature is not None
    root.remove(signature)
    return etree.tostring(tree, method="c14n")


@pytest.mark.parametrize("branch", ["", "0001"])
def test_what_is_written_is_canonical_and_its_seal_holds(
    tmp_path: Path, head: BookHead, seal: TestSealer, fill: Fill, branch: str
) -> None:
    db, part = fill(month_rows(60, branch=branch), branch=branch)
    if branch:
        head = replace(head, branch_no=branch, branch_name="Kadıköy Şubesi")
    for kind, written in build(tmp_path, head, seal, db, part).items():
        raw = written.path.read_bytes()
        assert written.path.name == f"9205121120-202603-{kind}-000000{'-0001' if branch else ''}.xml"
        assert raw.startswith(DECLARATION.encode()) and b"\r" not in raw
        start, end = raw.index(b"<ds:Signature "), raw.rindex(b"</ds:Signature>") + len(b"</ds:Signature>")
        assert raw[len(DECLARATION.encode()) : start] + raw[end:] == canonical_without_signature(written.path)
        assert written.sha256 == hashlib.sha256(raw).hexdigest() and written.size_bytes == len(raw)
        report = verify_document(raw)
        assert report.valid, (kind, report)


@pytest.mark.xmlsec
def test_xmlsec1_agrees(tmp_path: Path, head: BookHead, seal: TestSealer, fill: Fill) -> None:
    db, part = fill(month_rows(20))
    certificate = tmp_path / "cert.der"
    certificate.write_bytes(seal.certificate.der)
    program = shutil.which("xmlsec1")
    assert program is not None
    for written in build(tmp_path, head, seal, db, part).values():
        ids = ["--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"]
        ran = subprocess.run(
            [program, "--verify", *ids, "--pubkey-cert-der", str(certificate), str(written.path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr


@pytest.mark.shared
@pytest.mark.parametrize("branch", ["", "0001"])
def test_gibs_own_rules_find_nothing(
    tmp_path: Path, head: BookHead, seal: TestSealer, fill: Fill, official: Callable[[Path], list[str]], branch: str
) -> None:
    db, part = fill(month_rows(120, branch=branch), branch=branch)
    if branch:
        head = replace(head, branch_no=branch, branch_name="Kadıköy Şubesi")
    for kind, written in build(tmp_path, head, seal, db, part).items():
        assert official(written.path) == [], kind


@pytest.mark.shared
def test_the_rules_would_see_a_wrong_total(
    tmp_path: Path, head: BookHead, seal: TestSealer, fill: Fill, official: Callable[[Path], list[str]]
) -> None:
    db, part = fill(month_rows(10))
    written = build(tmp_path, head, seal, db, part)[BookKind.JOURNAL]
    raw = written.path.read_bytes()
    at = raw.index(b"</gl-bus:totalDebit>")
    written.path.write_bytes(raw[: at - 1] + (b"1" if raw[at - 1 : at] != b"1" else b"2") + raw[at:])
    assert official(written.path)
    assert not verify_document(written.path.read_bytes()).valid


def test_journal_and_ledger_say_the_same_lines(tmp_path: Path, head: BookHead, seal: TestSealer, fill: Fill) -> None:
    db, part = fill(month_rows(80))
    written = build(tmp_path, head, seal, db, part)
    cor = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"

    def lines(kind: BookKind) -> list[tuple[str, ...]]:
        found = []
        for detail in etree.parse(written[kind].path).iter(f"{cor}entryDetail"):
            texts = [(one.tag, one.text) for one in detail.iter() if one.text and one.tag is not etree.Comment]
            found.append(tuple(f"{tag}={text}" for tag, text in texts))
        return sorted(found)

    journal = lines(BookKind.JOURNAL)
    assert journal == lines(BookKind.LEDGER) and len(journal) > 160
    counters = [
        int(e.text or "0") for e in etree.parse(written[BookKind.JOURNAL].path).iter(f"{cor}entryNumberCounter")
    ]
    assert counters == list(range(41, 121))
    numbers = [int(e.text or "0") for e in etree.parse(written[BookKind.JOURNAL].path).iter(f"{cor}lineNumber")]
    assert numbers == list(range(808, 808 + len(numbers)))


def test_numbers_of_the_source_are_never_altered(fill: Fill) -> None:
    rows = [row._replace(counter=int(row.reference[1:]) * 10, number=row.source_line * 3) for row in month_rows(5)]
    db, part = fill(iter(rows))
    assert (part.first, part.last) == (10, 50)
    with db.read() as connection:
        found = list(books.journal_lines(connection, period=PERIOD, part=part))
    assert [line.number for line in found] == [row.number for row in rows]


def test_the_same_vouchers_get_the_same_numbers(fill: Fill) -> None:
    def numbers(rows: Iterator[LedgerRow]) -> list[tuple[str, int, int]]:
        db, part = fill(rows)
        with db.read() as connection:
            lines = books.journal_lines(connection, period=PERIOD, part=part)
            return [(line.entry_number, line.entry, line.number) for line in lines]

    assert numbers(month_rows(30)) == numbers(month_rows(30))


LINE = LineRow(b"1", b"1", b"2026-03-01", 1, 0, 100, b"D", *[b""] * 7, *[b""], 0, *[b""] * 7)


def names(main: int, sub: int) -> tuple[bytes, bytes, bytes, bytes]:
    return str(main).encode(), b"HESAP", b"", b""


def test_a_ledger_that_would_not_add_up_is_refused() -> None:
    with pytest.raises(ValueError, match="totals"):
        list(ledger_entries([[LINE]], [AccountTotal(b"2", b"", 100, 0, 1)], names))
    with pytest.raises(ValueError, match="the lines do not"):
        list(ledger_entries([], [AccountTotal(b"2", b"", 100, 0, 1)], names))


def test_a_voucher_without_lines_and_a_line_without_voucher_are_refused() -> None:
    head = EntryHead(b"1", b"2026-03-01", b"A", b"1", b"", 100, 100)
    with pytest.raises(ValueError, match="head is of"):
        list(journal_entries([[LINE]], [head._replace(entry=b"2")], names))
    with pytest.raises(ValueError, match="no line belongs"):
        list(journal_entries([[LINE]], [head, head._replace(entry=b"2")], names))


def test_one_code_with_two_names_is_one_account() -> None:
    def two_names(main: int, sub: int) -> tuple[bytes, bytes, bytes, bytes]:
        return b"100", b"KASA" if main == 1 else b"Kasa", b"", b""

    lines = [LINE, LINE._replace(main=2)]
    (text,) = [b"".join(ledger_entries([lines], [AccountTotal(b"100", b"", 200, 0, 2)], two_names))]
    assert text.count(b"<gl-cor:entryHeader>") == 1 and b">KASA<" in text and b">Kasa<" in text


@pytest.mark.parametrize(("size", "text"), [(66_135, "0.06"), (417_061, "0.4"), (209_715_200, "200"), (1, "0")])
def test_the_size_a_berat_tells(size: int, text: str) -> None:
    assert size_in_mib(size) == text


def test_texts() -> None:
    assert escape('a & <b> "c"\r\x00') == 'a &amp; &lt;b&gt; "c"&#xD;'
    texts = [b"Kasa", "Ç & «ğ»".encode(), b"", "\ufffd\uffff".encode(), b"x\ty\rz"]
    assert list(escape_column(texts)) == [escape(text.decode()).encode() for text in texts]
    assert [escape_bytes(text) for text in texts] == list(escape_column(texts))
    clean = [b"Kasa", "Açıklama".encode()]
    assert escape_column(clean) is clean
    assert [money(units) for units in (0, 1_00, 12_345_600, 12_345_678)] == ["0.00", "0.01", "1234.56", "1234.5678"]
