"""Rows out of the tables that offices keep: CSV and TXT in any of the usual encodings, and Excel's workbooks."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from app.domain.errors import InputError
from app.edefter.sources.texts import HEAD_BYTES, sniff_text
from app.ubl.sheets import is_sheet, sheet_rows

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkTable:
    """`columns` are the headers as they stand; each row is (its number in the file, cells by header).

    Numbers and dates of a workbook come in one form (`is_typed`): point decimal, ISO date; else they are as typed.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    is_typed: bool = False


def read_table(raw: bytes) -> BulkTable:
    """The table in a CSV, TXT, xlsx, xlsm, xls or ods file; the first row that is not empty names the columns.

    Raises: InputError BULK.EMPTY, BULK.TOO_BIG, BULK.DELIMITER, BULK.ENCODING, BULK.QUOTE, BULK.HEADER (two columns
    of one name), and what the readers underneath raise.
    """
    is_typed = is_sheet(raw)
    cells = sheet_rows(raw) if is_typed else _text_rows(raw)
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, dict[str, str]]] = []
    for number, values in cells:
        if not any(value.strip() for value in values):
            continue
        if not columns:
            columns = _headers(values)
            continue
        if len(rows) >= MAX_ROWS:
            raise InputError(
                "BULK.TOO_BIG",
                "Dosya açılmadı.",
                why=f"{MAX_ROWS} satırdan uzun.",
                todo="Dosyayı bölüp parça parça aktarın.",
            )
        pairs = zip(columns, values, strict=False)
        rows.append((number, {column: value.strip() for column, value in pairs if column}))
    if not rows:
        raise InputError(
            "BULK.EMPTY",
            "Dosyada aktarılacak satır yok.",
            why="Başlık satırının altında dolu satır bulunmadı.",
            todo="İlk satıra sütun başlıklarını, altına faturaları yazın.",
        )
    return BulkTable(columns=tuple(column for column in columns if column), rows=tuple(rows), is_typed=is_typed)


def _headers(values: list[str]) -> tuple[str, ...]:
    headers = tuple(" ".join(value.split()) for value in values[:MAX_COLUMNS])
    named = [header for header in headers if header]
    doubles = sorted({header for header in named if named.count(header) > 1})
    if doubles:
        raise InputError(
            "BULK.HEADER",
            "Dosya açılmadı.",
            why=f"'{doubles[0][:40]}' başlığı birden çok sütunda.",
            todo="Her sütuna ayrı bir başlık verin.",
        )
    return headers


def _text_rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    shape = sniff_text(raw[:HEAD_BYTES])
    try:
        text = raw.decode(shape.encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            "BULK.ENCODING",
            "Dosyadaki bazı harfler okunamadı.",
            why=f"Dosya {shape.encoding} olarak okunurken uymayan bir bayt çıktı.",
            todo="Dosyayı UTF-8 ya da Windows-1254 olarak yeniden kaydedin.",
        ) from error
    if not shape.delimiter:
        raise InputError(
            "BULK.DELIMITER",
            "Dosyanın sütunları ayrılamadı.",
            why="Noktalı virgül, virgül ya da sekme ile ayrılmış en az üç sütun bulunamadı.",
            todo="CSV olarak, sütunlar noktalı virgülle ayrılmış kaydedin.",
        )
    try:
        yield from enumerate(csv.reader(text.splitlines(keepends=True), delimiter=shape.delimiter), start=1)
    except csv.Error as error:
        raise InputError(
            "BULK.QUOTE",
            "Dosyanın bir yerinde tırnak kapanmıyor.",
            why="Bu yüzden çok uzun bir bölüm tek hücre gibi duruyor.",
            todo="Tırnakları düzeltip yeniden deneyin.",
            raw_text=str(error),
        ) from error
