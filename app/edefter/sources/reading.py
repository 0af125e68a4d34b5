"""Cells to rows. A row that cannot be read says why and stands aside; its neighbours still come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache, partial
from itertools import islice
from operator import itemgetter
from pathlib import Path

from app.domain.errors import InputError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.domain.turkish import fold
from app.domain.voucher import DOCUMENT_TYPE_NAMES, DocumentType
from app.edefter.sources.excel import sheet_cells
from app.edefter.sources.fields import BY_KEY
from app.edefter.sources.measures import measure_problem
from app.edefter.sources.shape import (
    SAMPLE_ROWS,
    Format,
    SourceShape,
    inspect_table,
    missing_fields,
    shape_of_keys,
    shape_of_rows,
    table_rows,
)
from app.edefter.sources.texts import HEAD_BYTES, sniff_text
from app.edefter.sources.turkcell import is_turkcell, turkcell_rows
from app.edefter.sources.uyumsoft import ensure_lines, is_xml, xml_cells
from app.edefter.sources.values import (
    CONTROL_CODE,
    amount_of,
    control_in,
    control_sentence,
    day_of,
    number_of,
    texts_of,
    without_control,
)
from app.edefter.zipped import is_archive, unpacked
from app.ubl.sheets import is_sheet

Row = LedgerRow | BadRow
_SHOWN = 80
_ENDINGS = frozenset({"xml", "csv", "txt", "xlsx", "xlsm", "xls", "ods", "tsv"})
_SIDES = {
    **dict.fromkeys(("d", "b", "borc", "debit", "1"), "D"),
    **dict.fromkeys(("c", "a", "alacak", "credit", "2"), "C"),
}
_TYPES = {kind.value: kind.value for kind in DocumentType} | {
    name: kind.value for name, kind in DOCUMENT_TYPE_NAMES.items()
}
_MAIN_LENGTH = 3


class _Refused(Exception):
    """Why a row is no line: (code, field key, sentence)."""


def inspect_source(path: Path, *, encoding: str = "", delimiter: str = "") -> SourceShape:
    """What the file looks like, by its content; a zip by what it holds.

    Raises: InputError LEDGER.* for what is no source at all, LEDGER.ZIP for a zip of none or of several kinds, ZIP.*.
    """
    if is_archive(path):
        return _inspect_zip(path, encoding=encoding, delimiter=delimiter)
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if is_sheet(head):
        return shape_of_rows(_sample(sheet_cells(path, until=SAMPLE_ROWS)), Format.EXCEL)
    text = sniff_text(head)
    said = head.decode(text.encoding, "replace")
    if is_xml(said):
        rows = _sample(xml_cells(path))
        ensure_lines(rows)
        return shape_of_keys(rows, Format.UYUMSOFT_XML)
    if is_turkcell(said):
        return SourceShape(format=Format.TURKCELL, text=text, header_rows=1)
    return inspect_table(path, encoding=encoding, delimiter=delimiter)


def _inspect_zip(path: Path, *, encoding: str, delimiter: str) -> SourceShape:
    with unpacked(path, _may_be_source) as files:
        shapes = [inspect_source(file, encoding=encoding, delimiter=delimiter) for file in sorted(files)]
    if not shapes or any(replace(shape, sample=()) != replace(shapes[0], sample=()) for shape in shapes):
        raise InputError(
            "LEDGER.ZIP",
            f"{path.name} içindeki dosyalar alınamadı.",
            why="ZIP'te fiş dosyası yok ya da düzenleri birbirinden farklı.",
            todo="Aynı düzendeki dosyaları bir ZIP'e koyun ya da dosyaları tek tek alın.",
        )
    return shapes[0]


def _may_be_source(name: str) -> bool:
    """Not the side files that macOS and others put beside the real ones."""
    return not name.startswith((".", "__")) and name.lower().rpartition(".")[2] in _ENDINGS


def _zipped_rows(path: Path, shape: SourceShape) -> Iterator[Row]:
    """The rows of every file in the zip; those of a later file count on, so that each has a place of its own."""
    above = last = 0
    with unpacked(path, _may_be_source) as files:
        for file in sorted(files):
            for row in read_source(file, shape):
                last = above + row.source_line
                yield row._replace(source_line=last) if above else row
            above = last


def _sample(cells: Iterable[list[str]]) -> list[list[str]]:
    rows = list(islice(cells, SAMPLE_ROWS))
    if not any(cell.strip() for row in rows for cell in row):
        raise InputError(
            "LEDGER.EMPTY", "Dosya boş.", why="İçinde hiç satır yok.", todo="Aktarımı kaynak programda yeniden alın."
        )
    return rows


def ensure_ready(shape: SourceShape) -> None:
    """Raise InputError when something must be asked or mapped first (LEDGER.QUESTION, LEDGER.COLUMNS)."""
    if shape.questions:
        question = shape.questions[0]
        choices = "; ".join(f"{value}: {meaning}" for value, meaning in question.choices)
        raise InputError(
            "LEDGER.QUESTION",
            question.text,
            why="Yanlış okunursa tutarlar ya da tarihler sessizce değişirdi; bu yüzden soruluyor.",
            todo=f"Birini seçin ({choices}).",
        )
    if shape.format is not Format.TURKCELL and (missing := missing_fields(shape.columns)):
        raise InputError(
            "LEDGER.COLUMNS",
            f"Gereken sütunlar bulunamadı: {', '.join(missing)}.",
            why="Bunlar olmadan yevmiye satırı kurulamaz.",
            todo="Sütunları eşleyin ya da dosyayı bu sütunlarla yeniden alın.",
        )


def read_source(path: Path, shape: SourceShape) -> Iterator[Row]:
    """Every row of the file, in its order, with flat memory. Raises: as `ensure_ready`, `table_rows`."""
    ensure_ready(shape)
    if is_archive(path):
        return _zipped_rows(path, shape)
    if shape.format is Format.TURKCELL:
        return turkcell_rows(path, shape.text.encoding, clean_control=shape.clean_control)
    if shape.format is Format.EXCEL:
        return rows_of_cells(sheet_cells(path), shape)
    if shape.format is Format.UYUMSOFT_XML:
        return rows_of_cells(xml_cells(path), shape)
    return rows_of_cells(table_rows(path, shape.text), shape)


def rows_of_cells(cells: Iterable[list[str]], shape: SourceShape) -> Iterator[Row]:
    """The rows of any table: a delimited text, a worksheet, a query's result as text."""
    maker = _RowMaker(shape)
    for number, row in enumerate(cells, start=1):
        if number <= shape.header_rows or not "".join(row).strip():
            continue
        yield maker.make(number, row)


_KEYS = tuple(BY_KEY)
_AT = {key: index for index, key in enumerate(_KEYS)}
(_DAY, _ENTERED, _REFERENCE, _ENTRY_NO, _COUNTER, _LINE_COUNTER, _NUMBER, _MAIN, _SUB) = (
    _AT[key]
    for key in (
        "day",
        "entered_day",
        "reference",
        "entry_number",
        "counter",
        "line_counter",
        "number",
        "main_id",
        "sub_id",
    )
)
(_AMOUNT, _SIDE, _DEBIT, _CREDIT, _BRANCH, _DOC_TYPE, _DOC_DAY, _CURRENCY, _FX, _FX_DAY) = (
    _AT[key]
    for key in (
        "amount",
        "side",
        "debit",
        "credit",
        "branch_no",
        "document_type",
        "document_day",
        "currency",
        "currency_amount",
        "currency_rate_day",
    )
)
# The rest are taken as they stand, in the order of LedgerRow.
_BRANCH_NAME, _ENTRY_TEXT, _BY, _MAIN_NAME, _SUB_NAME = (
    _AT[key] for key in ("branch_name", "entry_comment", "entered_by", "main_name", "sub_name")
)
_DOC_TEXT, _DOC_NO, _DOC_REF, _PAYMENT, _COMMENT, _RATE = (
    _AT[key]
    for key in (
        "document_description",
        "document_number",
        "document_reference",
        "payment_method",
        "comment",
        "currency_rate",
    )
)
(_AMOUNT_CURRENCY, _RATE_SOURCE, _RATE_COMMENT, _MEASURE_QUANTITY, _MEASURE_COST) = (
    _AT[key] for key in ("amount_currency", "rate_source", "rate_comment", "measure_quantity", "measure_cost")
)
_MEASURE_WORDS = tuple(_AT[key] for key in ("measure_code", "measure_name", "measure_qualifier", "measure_unit"))
_MEASURE_AT = (_MEASURE_QUANTITY, _MEASURE_COST, *_MEASURE_WORDS)
_measures: Callable[[list[str]], tuple[str, ...]] = itemgetter(*_MEASURE_AT)


class _RowMaker:
    """Turns cells into a LedgerRow by a shape. Made for millions of rows: the columns' places are looked up once."""

    def __init__(self, shape: SourceShape) -> None:
        assert shape.decimals is not None and shape.days is not None
        self._width = width = len(shape.columns)
        place = {key: index for index, key in enumerate(shape.columns) if key}
        # A field that the source has not reads the empty cell that is put behind every row.
        self._pick = itemgetter(*(place.get(key, width) for key in _KEYS))
        self._has_two_amounts = "debit" in place and "amount" not in place
        # Days repeat thousands of times; amounts do not.
        self._day: Callable[[str], str] = lru_cache(maxsize=4096)(partial(day_of, order=shape.days))
        self._decimals = shape.decimals
        self._clean_control = shape.clean_control

    def make(self, number: int, cells: list[str]) -> Row:
        try:
            return self._make(number, cells)
        except _Refused as refused:
            code, field, sentence = refused.args
            return BadRow(number, code, field, sentence, " | ".join(cells).rstrip(" |")[:_SHOWN])

    def _make(self, number: int, cells: list[str]) -> LedgerRow:
        short = self._width - len(cells)
        if short < 0 and any(cell.strip() for cell in cells[self._width :]):
            raise _Refused(
                "LEDGER.ROW_WIDE", "", "Satırda başlıktan çok sütun var; bir açıklamanın içinde ayırıcı olabilir."
            )
        row = [*cells, *[""] * (short + 1)] if short >= 0 else [*cells[: self._width], ""]
        picked = self._pick(row)
        # isprintable knows nearly every row to be clean at the price of one pass in C.
        if not "".join(picked).isprintable() and (sign := control_in(picked)):
            if not self._clean_control:
                raise _Refused(CONTROL_CODE, "", control_sentence(sign))
            picked = without_control(picked)
        t = texts_of(picked)
        day = self._as_day("day", t[_DAY] or t[_ENTERED], "Fiş tarihi")
        if self._has_two_amounts:
            amount, side = self._two_amounts(t[_DEBIT], t[_CREDIT])
        else:
            amount, side = self._amount(t[_AMOUNT], t[_SIDE])
        main_id, sub_id = _accounts(t[_MAIN], t[_SUB])
        counter = self._as_number("counter", t[_COUNTER] or t[_LINE_COUNTER])
        reference = t[_REFERENCE] or (str(counter) if counter else "")
        if not reference:
            if not t[_ENTRY_NO]:
                raise _Refused("LEDGER.REFERENCE", "reference", "Satırın hangi fişe ait olduğu yazılmamış.")
            # A fiş number starts again in many programs; within a month it does not.
            reference = f"{t[_ENTRY_NO]}@{day[:7]}"
        currency = t[_CURRENCY].removeprefix("iso4217:").upper()
        quantity, cost = self._measure(t) if any(_measures(t)) else ("", "")
        return LedgerRow(
            number,
            day,
            reference,
            "" if t[_BRANCH] in ("0", "0000") else t[_BRANCH],
            t[_BRANCH_NAME],
            t[_ENTRY_NO],
            t[_ENTRY_TEXT],
            t[_BY],
            counter,
            self._as_number("number", t[_NUMBER]),
            main_id,
            t[_MAIN_NAME],
            sub_id,
            t[_SUB_NAME],
            amount,
            side,
            _document_type(t[_DOC_TYPE]),
            t[_DOC_TEXT],
            t[_DOC_NO],
            self._as_day("document_day", t[_DOC_DAY], "Belge tarihi") if t[_DOC_DAY] else "",
            t[_DOC_REF],
            t[_PAYMENT],
            t[_COMMENT],
            "" if currency in ("TRY", "TL") else currency,
            self._as_amount("currency_amount", t[_FX], "Döviz tutarı") if t[_FX] else 0,
            t[_RATE],
            self._as_day("currency_rate_day", t[_FX_DAY], "Kur tarihi") if t[_FX_DAY] else "",
            t[_AMOUNT_CURRENCY].removeprefix("iso4217:").upper(),
            t[_RATE_SOURCE],
            t[_RATE_COMMENT],
            quantity,
            cost,
        )

    def _measure(self, t: list[str]) -> tuple[str, str]:
        """Fund units and their cost. What else the source says of the measure must be what e-Defter allows."""
        if problem := measure_problem(*(t[place] for place in _MEASURE_WORDS)):
            raise _Refused("LEDGER.MEASURE", "measure_code", problem)
        quantity, cost = t[_MEASURE_QUANTITY], t[_MEASURE_COST]
        return (
            self._as_measure("measure_quantity", quantity, "Fon payı adedi") if quantity else "",
            self._as_measure("measure_cost", cost, "Fon payı birim maliyeti") if cost else "",
        )

    def _as_measure(self, field: str, cell: str, title: str) -> str:
        try:
            return number_of(cell, self._decimals)
        except ValueError as error:
            raise _Refused("LEDGER.AMOUNT", field, f"{title} '{cell[:30]}' okunamadı: {error}.") from None

    def _two_amounts(self, debit_cell: str, credit_cell: str) -> tuple[int, str]:
        debit = self._as_amount("debit", debit_cell, "Borç") if debit_cell else 0
        credit = self._as_amount("credit", credit_cell, "Alacak") if credit_cell else 0
        if debit and credit:
            raise _Refused("LEDGER.BOTH_SIDES", "debit", "Satırda hem borç hem alacak var; ayrı satırlara bölün.")
        return (credit, "C") if credit else (debit, "D")

    def _amount(self, raw: str, side_cell: str) -> tuple[int, str]:
        if not raw:
            raise _Refused("LEDGER.AMOUNT", "amount", "Tutar boş.")
        side = _side(side_cell)
        if not side:
            raise _Refused("LEDGER.SIDE", "side", f"Borç/Alacak '{side_cell[:20]}' anlaşılmadı; D ya da C olmalı.")
        return self._as_amount("amount", raw, "Tutar"), side

    def _as_amount(self, field: str, cell: str, title: str) -> int:
        try:
            return amount_of(cell, self._decimals)
        except ValueError as error:
            raise _Refused("LEDGER.AMOUNT", field, f"{title} '{cell[:30]}' okunamadı: {error}.") from None

    def _as_day(self, field: str, cell: str, title: str) -> str:
        try:
            return self._day(cell)
        except ValueError as error:
            raise _Refused("LEDGER.DAY", field, f"{title} '{cell[:30]}' okunamadı: {error}.") from None

    def _as_number(self, field: str, cell: str) -> int:
        if not cell:
            return 0
        digits = cell.removesuffix(".0").removesuffix(",0")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 15:
            raise _Refused("LEDGER.NUMBER", field, f"Numara '{cell[:30]}' okunamadı: yalnız rakam olmalı.")
        return int(digits)


def _accounts(main_id: str, sub_id: str) -> tuple[str, str]:
    """(main, sub): the main account is the first three digits where the source does not give it."""
    if not main_id:
        main_id = sub_id[:_MAIN_LENGTH]
    if not main_id:
        raise _Refused("LEDGER.ACCOUNT", "sub_id", "Hesap kodu boş.")
    return main_id, "" if sub_id == main_id else sub_id


@lru_cache(maxsize=64)
def _side(cell: str) -> str:
    """D, C, or empty when the cell says neither."""
    return _SIDES.get(fold(cell), "")


@lru_cache(maxsize=512)
def _document_type(cell: str) -> str:
    """documentType of what the source calls it; a name that is none of the seven stays as it is, for the check."""
    return _TYPES.get(fold(cell), cell)
