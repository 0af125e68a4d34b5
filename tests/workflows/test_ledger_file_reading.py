"""Ledger files looked at: every header and line where the file has it, searched, kept, and hostile files refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from lxml import etree

from app.demo import people
from app.domain.errors import AppError, InputError
from app.domain.turkish import format_amount
from app.domain.voucher import Period
from app.edefter.reading.index import index_from_bytes
from app.edefter.reading.opening import open_beginning, open_ledger_file
from app.edefter.reading.reader import LedgerReader
from app.edefter.reading.scan import scan_file
from app.edefter.sources.reading import inspect_source
from app.office import Office
from app.runtime.clock import FixedClock
from app.runtime.secrets import MemorySecretStore
from app.signing.soft import TestSealer
from app.ubl.company_json import company_from_json
from app.workflows import companies
from app.workflows.ledger_build import build_month
from app.workflows.ledger_heads import BuildOptions
from app.workflows.ledger_import import import_vouchers

COR = "{http://www.xbrl.org/int/gl/cor/2006-10-25}"
BUS = "{http://www.xbrl.org/int/gl/bus/2006-10-25}"
VOUCHERS = 400
HEAD = "Fiş No;Tarih;Hesap Kodu;Hesap Adı;Ana Hesap Adı;Açıklama;Borç;Alacak;Belge Türü;Belge No;Belge Tarihi;Kaydeden"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """Y, K, YB and KB of a built and sealed month."""
    place = tmp_path_factory.mktemp("okunan")
    dice = random.Random(5)
    rows = [HEAD]
    for number in range(1, VOUCHERS + 1):
        day = f"{1 + number * 30 // VOUCHERS:02d}.03.2026"
        amount = f"{dice.randint(1, 99999)},{dice.randint(10, 99)}"
        if number == 7:
            amount = "1234567,89"
        first, second = dice.sample(("100", "153", "191", "320", "600", "770"), 2)
        paper = f"fatura;ABC2026{number:09d};{day}" if number % 3 else ";;"
        for code, sides in ((first, f"{amount};"), (second, f";{amount}")):
            words = "Çay & <kâğıt> gideri" if number == 9 else f"İŞLEM {number}"
            rows.append(f"M-{number};{day};{code}.01;ALT {code};ANA {code};{words};{sides};{paper};Işıl")
    source = place / "mart.csv"
    source.write_text("\n".join(rows), "utf-8")
    clock = FixedClock(datetime(2026, 4, 2, 9, tzinfo=UTC))
    with Office.open(place / "o", owner="deneme", clock=clock, secrets=MemorySecretStore()) as office:
        ctx = office.context()
        data = {**people.SELLER, "accountant": {"name": "Şükriye Yağcıoğlu"}}
        company = companies.save_company(ctx, company_from_json(data, base_dir=place))
        folder = office.folder.ledgers
        import_vouchers(ctx, company, source, inspect_source(source), folder=folder)
        report = build_month(
            ctx,
            company,
            Period(2026, 3),
            TestSealer.create(company.company.tax_number, "Çınaraltı"),
            BuildOptions(source_application="9205121120##X##Mühürdar##0", creator="Ayşe"),
            folder=folder,
            out=place / "out",
        )
        assert report.is_built, report.checks[0].findings
    yield {path.name.split("-")[2]: path for path in (place / "out").rglob("*.xml")}


@pytest.mark.parametrize("kind", ["Y", "K", "YB", "KB"])
@pytest.mark.parametrize("chunk_bytes", [1031, 512 * 1024])
def test_every_header_and_line_is_found_where_the_file_has_it(
    files: dict[str, Path], kind: str, chunk_bytes: int
) -> None:
    path = files[kind]
    index = scan_file(path, chunk_bytes=chunk_bytes)
    reader = LedgerReader(path, index)
    tree = etree.parse(path)
    headers = tree.findall(f".//{COR}entryHeader")
    lines = tree.findall(f".//{COR}entryDetail")
    assert (index.headers, index.lines) == (len(headers), len(lines))
    assert index.is_whole and index.is_sealed
    for row, element in zip(reader.headers(range(index.headers)), headers, strict=True):
        assert row.number == (element.findtext(f"{COR}entryNumberCounter") or "")
        assert row.comment == (element.findtext(f"{COR}entryComment") or "")
        assert str(row.debit if row.debit is not None else "") == (element.findtext(f"{BUS}totalDebit") or "")
        assert row.lines == len(element.findall(f"{COR}entryDetail"))
    for line, element in zip(reader.lines(range(index.lines)), lines, strict=True):
        assert line.number == element.findtext(f"{COR}lineNumber")
        assert line.comment == (element.findtext(f"{COR}detailComment") or "")
        assert str(line.amount) == element.findtext(f"{COR}amount")
        assert line.side == element.findtext(f"{COR}debitCreditCode")
    debit = sum(Decimal(e.findtext(f"{COR}amount")) for e in lines if e.findtext(f"{COR}debitCreditCode") == "D")
    assert Decimal(index.debit) / 10_000 == debit


def test_the_head_says_whose_book_it_is(files: dict[str, Path]) -> None:
    for kind, path in files.items():
        head = open_ledger_file(path).head()
        assert head.kind == kind
        assert (head.owner, head.period_start, head.period_end) == ("9205121120", "2026-03-01", "2026-03-31")
        assert head.title.startswith("Çınaraltı") and head.unique_id.endswith("202603000001")
    assert open_ledger_file(files["YB"]).head().stated_entries == str(VOUCHERS)


@pytest.mark.parametrize(
    ("asked", "where", "count"),
    [
        ("1.234.567,89", "", 2),
        ("1234567,89", "amount", 2),
        ("ABC2026000000008", "document", 2),
        ("abc2026000000008", "account", 0),
        ("işlem 8", "text", None),
        ("ISLEM 399", "text", 2),
        ("kağıt çay", "", 2),
        ("M-41", "", None),
        ("yok böyle bir şey", "", 0),
    ],
)
def test_lines_are_searched_by_field(files: dict[str, Path], asked: str, where: str, count: int | None) -> None:
    reader = open_ledger_file(files["Y"])
    found = reader.index.search(asked, where)
    if count is not None:
        assert len(found) == count
    else:
        assert found


def test_accounts_are_searched_from_their_beginning(files: dict[str, Path]) -> None:
    reader = open_ledger_file(files["K"])
    found = reader.lines(reader.index.search("153", "account"))
    every = [line for line in reader.lines(range(reader.index.lines)) if line.sub.startswith("153")]
    assert found == every and found
    assert len(reader.index.search("", "")) == reader.index.lines


def test_numbers_lead_to_their_header_and_line(files: dict[str, Path]) -> None:
    index = open_ledger_file(files["Y"]).index
    assert index.header_of(index.lines_of(17).stop - 1) == 17
    assert index.find_number(18) == 17 and index.find_number(9999) == -1
    assert index.find_line(3) == 2
    ledger = open_ledger_file(files["K"])
    (line,) = ledger.lines([ledger.index.find_entry_line(40)])
    assert line.entry == "40"


def test_an_index_is_kept_by_the_files_digest(files: dict[str, Path], tmp_path: Path) -> None:
    index = scan_file(files["Y"])
    raw = index.to_bytes()
    again = index_from_bytes(raw, sha256=index.sha256)
    assert again is not None
    again.modified_ns = index.modified_ns
    assert again == index
    assert index_from_bytes(raw, sha256="0" * 64) is None
    assert index_from_bytes(raw[:-1] + b"!", sha256=index.sha256) is None
    assert index_from_bytes(b"", sha256=index.sha256) is None


def test_a_large_file_is_scanned_once(files: dict[str, Path], tmp_path: Path) -> None:
    large, cache = tmp_path / "large.xml", tmp_path / "cache"
    raw = files["Y"].read_bytes()
    start, end = raw.index(b"<gl-cor:entryHeader>"), raw.rindex(b"</gl-cor:entryHeader>") + 21
    large.write_bytes(raw[:start] + raw[start:end] * 6 + raw[end:])
    assert large.stat().st_size > 4 * 1024 * 1024
    first = open_ledger_file(large, cache=cache)
    assert first.index.headers == 6 * VOUCHERS
    (kept,) = cache.iterdir()
    assert kept.stem == first.index.sha256
    stamp = kept.stat().st_ino
    again = open_ledger_file(large, cache=cache)
    assert again.index == first.index and kept.stat().st_ino == stamp
    kept.write_bytes(b"broken")
    assert open_ledger_file(large, cache=cache).index == first.index


def test_the_beginning_is_shown_before_the_whole(files: dict[str, Path]) -> None:
    part = open_beginning(files["Y"])
    assert part.headers([0])[0].number == "1"
    assert part.lines([0])[0].number == "1"


def test_a_file_that_changes_is_not_read_by_old_offsets(files: dict[str, Path], tmp_path: Path) -> None:
    path = tmp_path / files["Y"].name
    path.write_bytes(files["Y"].read_bytes())
    reader = open_ledger_file(path)
    path.write_bytes(b"x" * 10)
    with pytest.raises(InputError, match="açıkken değişti"):
        reader.lines([0])
    path.unlink()
    with pytest.raises(AppError) as told:
        reader.headers([0])
    assert told.value.code == "LEDGERFILE.READ"


def _book(body: bytes = b"", *, before: bytes = b"") -> bytes:
    return (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + before
        + b'<edefter:defter xmlns:edefter="e">'
        + body
        + b"</edefter:defter>"
    )


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "LEDGERFILE.BROKEN"),
        (b"PK\x03\x04\x14\x00", "LEDGERFILE.KIND"),
        (b"\x00\x01\x02", "LEDGERFILE.BROKEN"),
        (b"<?xml version='1.0'?><Invoice/>", "LEDGERFILE.KIND"),
        (b"<edefter:baska xmlns:edefter='e'/>", "LEDGERFILE.KIND"),
        (b"<?xml version='1.0' encoding='ISO-8859-9'?><edefter:defter xmlns:edefter='e'/>", "LEDGERFILE.KIND"),
        (_book(before=b'<!DOCTYPE a [<!ENTITY x "y">]>'), "LEDGERFILE.UNSAFE"),
        (_book(b"<!-- <gl-cor:entryHeader> -->"), "LEDGERFILE.UNSAFE"),
        (_book(b"<![CDATA[<gl-cor:entryHeader>]]>"), "LEDGERFILE.UNSAFE"),
        (_book(b"&yok;"), "LEDGERFILE.BROKEN"),
        (_book(b"<a><b></a>"), "LEDGERFILE.BROKEN"),
        (_book(b"\xff\xfe"), "LEDGERFILE.BROKEN"),
        (_book(b"<a>" * 400_000 + b"</a>" * 400_000), "LEDGERFILE.UNSAFE"),
        (_book(b"<gl-cor:entryHeader><gl-cor:entryDetail>" + b"x" * 9_000_000), "LEDGERFILE.UNSAFE"),
        (_book()[:-5], "LEDGERFILE.BROKEN"),
    ],
)
def test_hostile_and_damaged_files_are_answered(tmp_path: Path, raw: bytes, code: str) -> None:
    path = tmp_path / "bir-defter.xml"
    path.write_bytes(raw)
    with pytest.raises(InputError) as told:
        scan_file(path)
    assert told.value.code == code
    assert path.name in told.value.what and told.value.why and told.value.todo


def test_odd_texts_in_a_wellformed_book_hurt_nobody(tmp_path: Path) -> None:
    path = tmp_path / "odd.xml"
    path.write_bytes(
        _book(
            b'<gl-cor:entryHeader xmlns:gl-cor="c"><gl-cor:entryNumberCounter>x1</gl-cor:entryNumberCounter>'
            b"<gl-cor:entryDetail><gl-cor:amount>1E+9999999</gl-cor:amount>"
            b"<gl-cor:lineNumber>99999999999999999999999</gl-cor:lineNumber></gl-cor:entryDetail>"
            b"<gl-cor:entryDetail/></gl-cor:entryHeader><gl-cor:entryHeader xmlns:gl-cor='c'></gl-cor:entryHeader>"
        ).replace(b"<gl-cor:entryDetail/>", b"<gl-cor:entryDetail></gl-cor:entryDetail>")
    )
    reader = open_ledger_file(path)
    assert (reader.index.headers, reader.index.lines, reader.index.debit) == (2, 2, 0)
    assert [row.lines for row in reader.headers([0, 1])] == [2, 0]
    assert reader.lines([0])[0].amount is None


@pytest.mark.parametrize(
    ("kind", "viewer", "said"),
    [
        ("Y", "yevmiye.xslt", ("400 madde", "800 satır")),
        ("K", "kebir.xslt", ("6 hesap", "800 satır")),
        ("YB", "berat.xslt", ("Madde sayısı: 400", "391")),
        ("KB", "berat.xslt", ("Defterin boyutu", "602")),
    ],
)
def test_the_viewers_beside_the_files_show_them(
    files: dict[str, Path], kind: str, viewer: str, said: tuple[str, ...]
) -> None:
    path = files[kind]
    style = etree.XSLT(etree.parse(path.with_name(viewer)))
    page = " ".join(str(style(etree.parse(path))).split())
    for words in said:
        assert words in page
    assert "Mühür: TEST Çınaraltı · 02.04.2026" in page and "MÜHÜRSÜZ" not in page
    reader = open_ledger_file(path)
    if kind in ("Y", "K"):
        total = format_amount(Decimal(reader.index.debit) / 10_000)
        # The sums stand at the end, once for each side.
        assert page.rpartition("<tfoot>")[2].count(total) == 2
        assert "thead{display:table-header-group}" in page
