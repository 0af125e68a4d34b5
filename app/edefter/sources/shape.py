"""What a source looks like: found by looking, corrected by the user, saved as a mapping for the next month."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.domain.errors import InputError
from app.edefter.sources.doubts import amount_words, day_words
from app.edefter.sources.fields import BY_KEY, field_of
from app.edefter.sources.texts import HEAD_BYTES, TextShape, sniff_text
from app.edefter.sources.values import DayOrder, Decimals, day_order_in, decimals_in

SAMPLE_ROWS = 2_000
_HEADER_SEARCH = 15
_AMOUNTS = ("amount", "debit", "credit", "currency_amount", "measure_quantity", "measure_cost")


class Format(StrEnum):
    """How the source is laid out."""

    TABLE = "csv"
    TURKCELL = "turkcell"
    EXCEL = "excel"
    SQL = "sql"
    UYUMSOFT_XML = "uyumsoft-xml"


@dataclass(frozen=True, slots=True)
class Question:
    """Two readings are possible. `key` names the setting; `choices` are (value, what it would mean)."""

    key: str
    text: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShape:
    """How to read a source. `columns` holds a field's key per column, empty for a column that is not taken.

    `header_rows` are the rows before the first line. A shape with `questions` is not ready: see `answer`.
    """

    format: Format
    text: TextShape = field(default_factory=lambda: TextShape("utf-8", "\n", ";"))
    header_rows: int = 1
    columns: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    decimals: Decimals | None = Decimals.COMMA
    days: DayOrder | None = DayOrder.DAY_FIRST
    questions: tuple[Question, ...] = ()
    #: The user's word that signs which no XML may hold are left out; else such a row stands aside.
    clean_control: bool = False
    sample: tuple[tuple[str, ...], ...] = field(default=(), repr=False, compare=False)

    def answer(self, **values: str) -> SourceShape:
        """The shape with the user's answers: `decimals=","`, `days="dmy"`, `delimiter=";"`, `encoding="cp1254"`.

        Raises: InputError LEDGER.ANSWER for a value that is none of the choices.
        """
        shape = self
        try:
            if decimals := values.get("decimals"):
                shape = replace(shape, decimals=Decimals(decimals))
            if days := values.get("days"):
                shape = replace(shape, days=DayOrder(days))
        except ValueError as error:
            raise InputError(
                "LEDGER.ANSWER",
                "Verilen seçim tanınmadı.",
                why="Ondalık işareti ',' ya da '.', tarih sırası 'dmy' ya da 'mdy' olur.",
                todo="Geçerli bir değer verin.",
            ) from error
        left = tuple(question for question in shape.questions if not values.get(question.key))
        return replace(shape, questions=left)

    def to_mapping(self) -> dict[str, Any]:
        """What is saved under a name: how columns are called and read, not where the file was cut."""
        return {
            "columns": dict(zip(self.headers, self.columns, strict=False)),
            "decimals": self.decimals.value if self.decimals else "",
            "days": self.days.value if self.days else "",
        }

    def with_mapping(self, mapping: dict[str, Any]) -> SourceShape:
        """A saved mapping applied: its columns by their headers' names, its answers to the questions.

        A column that was not taken before may prove a decimal sign or an order of days, or raise the question.
        """
        named = mapping.get("columns", {})
        columns = tuple(named.get(header, column) for header, column in zip(self.headers, self.columns, strict=True))
        answers = {key: str(mapping[key]) for key in ("decimals", "days") if mapping.get(key)}
        return _judged(replace(self, columns=columns)).answer(**answers)


def inspect_table(path: Path, *, encoding: str = "", delimiter: str = "") -> SourceShape:
    """The shape of a CSV or TXT table. Raises: InputError LEDGER.EMPTY, BINARY, ENCODING, DELIMITER."""
    with path.open("rb") as file:
        text = sniff_text(file.read(HEAD_BYTES))
    text = replace(text, encoding=encoding or text.encoding, delimiter=delimiter or text.delimiter)
    if not text.delimiter:
        raise InputError(
            "LEDGER.DELIMITER",
            "Sütunların nasıl ayrıldığı anlaşılamadı.",
            why="Noktalı virgül, virgül ve sekmeden hiçbiri satırları düzgün bölmüyor.",
            todo="Ayırıcıyı kendiniz seçin ya da dosyayı noktalı virgüllü CSV olarak yeniden alın.",
        )
    rows = []
    for row in table_rows(path, text):
        rows.append(row)
        if len(rows) >= SAMPLE_ROWS:
            break
    return shape_of_rows(rows, Format.TABLE, text)


def shape_of_rows(rows: Sequence[Sequence[str]], source: Format, text: TextShape | None = None) -> SourceShape:
    """The shape of a table from its first rows: where the header is, what the columns are, what must be asked."""
    header_at, columns = _find_header(rows)
    shape = SourceShape(
        format=source,
        text=text or TextShape("utf-8", "\n", ""),
        header_rows=header_at + 1,
        columns=columns,
        headers=tuple(str(cell).strip() for cell in rows[header_at]),
        sample=tuple(tuple(row) for row in rows[header_at + 1 :]),
    )
    return _judged(_settled(shape))


def shape_of_keys(rows: Sequence[Sequence[str]], source: Format) -> SourceShape:
    """The shape of a source without headers of its own: its first row holds our field keys, for every field.

    What decides how the others are read and never comes in the sample counts as absent.
    """
    shape = shape_of_rows(rows, source)
    columns = list(shape.columns)
    for key in ("amount", "side", "debit", "credit", "number", "line_counter", "counter"):
        at = columns.index(key)
        if not any(row[at] for row in shape.sample):
            columns[at] = ""
    return _judged(_settled(replace(shape, columns=tuple(columns))))


def _settled(shape: SourceShape) -> SourceShape:
    """Uyumsoft calls by LineNumberCounter the running number of the line, which GİB calls lineNumber.

    GİB's own is the same for all lines of a voucher; so a column whose values never repeat is the line's number.
    """
    if "line_counter" not in shape.columns or "number" in shape.columns:
        return shape
    values = [value for value in _cells(shape.sample, shape.columns, ("line_counter",)) if value.strip()]
    if len(values) < 2 or len(set(values)) < len(values):
        return shape
    return replace(shape, columns=tuple("number" if key == "line_counter" else key for key in shape.columns))


def _judged(shape: SourceShape) -> SourceShape:
    """The shape with the decimal sign and order of days that its sample proves, or the questions it leaves."""
    amounts = _cells(shape.sample, shape.columns, _AMOUNTS)
    dated = _cells(shape.sample, shape.columns, ("day", "document_day", "entered_day"))
    decimals, days = decimals_in(amounts), day_order_in(dated)
    questions = []
    if decimals is None:
        questions.append(Question("decimals", *amount_words(amounts)))
    if days is None:
        questions.append(Question("days", *day_words(dated)))
    return replace(shape, decimals=decimals, days=days, questions=tuple(questions))


def table_rows(path: Path, text: TextShape) -> Iterator[list[str]]:
    """The cells of a delimited text, row by row with flat memory; empty rows come too, so that they can be counted.

    Raises: InputError LEDGER.ENCODING when a byte does not fit the encoding, LEDGER.QUOTE for a text that never
    ends.
    """
    try:
        with path.open(encoding=text.encoding, newline="") as file:
            yield from csv.reader(file, delimiter=text.delimiter)
    except UnicodeDecodeError as error:
        raise InputError(
            "LEDGER.ENCODING",
            "Dosyadaki bazı harfler okunamadı.",
            why=f"Dosya {text.encoding} olarak okunurken uymayan bir bayt çıktı.",
            todo="Kodlamayı Windows-1254 ya da UTF-8 olarak seçip yeniden deneyin.",
        ) from error
    except csv.Error as error:
        raise InputError(
            "LEDGER.QUOTE",
            "Dosyanın bir yerinde tırnak kapanmıyor.",
            why="Açılan bir tırnak yüzünden yüz binlerce harf tek hücre gibi duruyor.",
            todo="Açıklamalardaki tek tırnak ve çift tırnakları düzeltip dosyayı yeniden alın.",
            raw_text=str(error),
        ) from error


def table_from_text(content: str, delimiter: str) -> list[list[str]]:
    """Rows of a text in memory: what was pasted."""
    return list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))


def missing_fields(columns: Sequence[str]) -> list[str]:
    """Titles of the fields without which no line can be made."""
    missing = [] if "day" in columns or "entered_day" in columns else [BY_KEY["day"].title]
    if not ("amount" in columns and "side" in columns) and not ("debit" in columns and "credit" in columns):
        missing.append("Tutar ile Borç/Alacak (ya da ayrı Borç ve Alacak)")
    if not {"sub_id", "main_id"} & set(columns):
        missing.append(BY_KEY["sub_id"].title)
    if not {"reference", "entry_number", "counter"} & set(columns):
        missing.append("Fiş no")
    return missing


def _find_header(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[str, ...]]:
    """(row index, keys per column) of the row that names the most fields; else the first row that is not empty."""
    best: tuple[int, int] = (0, -1)
    for index, row in enumerate(rows[:_HEADER_SEARCH]):
        known = sum(1 for key in _columns(row) if key)
        if known > best[0] or (best[1] < 0 and any(cell.strip() for cell in row)):
            best = (known, index)
    return best[1], _columns(rows[best[1]])


def _columns(row: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    columns = []
    for cell in row:
        key = field_of(cell) if cell and cell.strip() else None
        # A name that comes twice is taken once; the second would overwrite the first in silence.
        columns.append("" if key is None or key in taken else key)
        taken.add(columns[-1])
    return tuple(columns)


def _cells(rows: Sequence[Sequence[str]], columns: Sequence[str], keys: Sequence[str]) -> list[str]:
    places = [index for index, key in enumerate(columns) if key in keys]
    return [row[place] for row in rows for place in places if place < len(row)]
