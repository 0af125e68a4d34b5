"""Cells to rows. A row that cannot be read says why and stands aside; its neighbours still come in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from pathlib import Path

from app.domain.errors import InputError
from app.domain.ledger_rows import BadRow, LedgerRow
from app.domain.turkish import fold
from app.domain.voucher import DOCUMENT_TYPE_NAMES, DocumentType
from app.edefter.sources.shape import Format, SourceShape, inspect_table, missing_fields, table_rows
from app.edefter.sources.texts import HEAD_BYTES, sniff_text
from app.edefter.sources.turkcell import is_turkcell, turkcell_rows
from app.edefter.sources.values import amount_of, day_of, text_of

Row = LedgerRow | BadRow
_SHOWN = 80
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
    """What the file looks like, by its content. Raises: InputError LEDGER.* for what is no source at all."""
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    text = sniff_text(head)
    if is_turkcell(head.decode(text.encoding, "replace")):
        return SourceShape(format=Format.TURKCELL, text=text, header_rows=1)
    return inspect_table(path, encoding=encoding, delimiter=delimiter)


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
    if shape.format is Format.TABLE and (missing := missing_fields(shape.columns)):
        raise InputError(
            "LEDGER.COLUMNS",
            f"Gereken sütunlar bulunamadı: {', '.join(missing)}.",
            why="Bunlar olmadan yevmiye satırı kurulamaz.",
            todo="Sütunları eşleyin ya da dosyayı bu sütunlarla yeniden alın.",
        )


def read_source(path: Path, shape: SourceShape) -> Iterator[Row]:
    """Every row of the file, in its order, with flat memory. Raises: as `ensure_ready`, `table_rows`."""
    ensure_ready(shape)
    if shape.format is Format.TURKCELL:
        return turkcell_rows(path, shape.text.encoding)
    return rows_of_cells(table_rows(path, shape.text), shape)


def rows_of_cells(cells: Iterable[Sequence[str]], shape: SourceShape) -> Iterator[Row]:
    """The rows of any table: a delimited text, a worksheet, a query's result as text."""
    maker = _RowMaker(shape)
    for number, row in enumerate(cells, start=1):
        if number <= shape.header_rows or not any(cell.strip() for cell in row):
            continue
        yield maker.make(number, row)


class _RowMaker:
    """Turns cells into a LedgerRow by a shape. The columns' places are looked up once, not per row."""

    def __init__(self, shape: SourceShape) -> None:
        assert shape.decimals is not None and shape.days is not None
        self._width = len(shape.columns)
        self._place = {key: index for index, key in enumerate(shape.columns) if key}
        # Days repeat thousands of times; amounts do not.
        self._day: Callable[[str], str] = lru_cache(maxsize=4096)(partial(day_of, order=shape.days))
        self._decimals = shape.decimals

    def make(self, number: int, cells: Sequence[str]) -> Row:
        place = self._place

        def text(key: str) -> str:
            index = place.get(key, -1)
            return text_of(cells[index]) if 0 <= index < len(cells) else ""

        try:
            if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
                raise _Refused(
                    "LEDGER.ROW_WIDE", "", "Satırda başlıktan çok sütun var; bir açıklamanın içinde ayırıcı olabilir."
                )
            day = self._as_day("day", text("day") or text("entered_day"), "Fiş tarihi")
            amount, side = self._amount(text)
            main_id, sub_id = _accounts(text("main_id"), text("sub_id"))
            entry_number = text("entry_number")
            counter = self._as_number("counter", text("counter") or text("line_counter"))
            reference = text("reference") or (str(counter) if counter else "")
            if not reference:
                if not entry_number:
                    raise _Refused("LEDGER.REFERENCE", "reference", "Satırın hangi fişe ait olduğu yazılmamış.")
                # A fiş number starts again in many programs; within a month it does not.
                reference = f"{entry_number}@{day[:7]}"
            document_type = _document_type(text("document_type"))
            document_day = text("document_day")
            rate_day = text("currency_rate_day")
            currency = text("currency").removeprefix("iso4217:").upper()
            currency_amount = text("currency_amount")
            return LedgerRow(
                number,
                day,
                reference,
                text("branch_no") if text("branch_no") not in ("0", "0000") else "",
                text("branch_name"),
                entry_number,
                text("entry_comment"),
                text("entered_by"),
                counter,
                self._as_number("number", text("number")),
                main_id,
                text("main_name"),
                sub_id,
                text("sub_name"),
                amount,
                side,
                document_type,
                text("document_description"),
                text("document_number"),
                self._as_day("document_day", document_day, "Belge tarihi") if document_day else "",
                text("document_reference"),
                text("payment_method"),
                text("comment"),
                "" if currency in ("TRY", "TL") else currency,
                self._as_amount("currency_amount", currency_amount, "Döviz tutarı") if currency_amount else 0,
                text("currency_rate"),
                self._as_day("currency_rate_day", rate_day, "Kur tarihi") if rate_day else "",
            )
        except _Refused as refused:
            code, field, sentence = refused.args
            return BadRow(number, code, field, sentence, " | ".join(cells)[:_SHOWN])

    def _amount(self, text: Callable[[str], str]) -> tuple[int, str]:
        """(units, D or C), from an amount with its side or from two columns."""
        if "debit" in self._place and "amount" not in self._place:
            debit = self._as_amount("debit", text("debit") or "0", "Borç")
            credit = self._as_amount("credit", text("credit") or "0", "Alacak")
            if debit and credit:
                raise _Refused(
                    "LEDGER.BOTH_SIDES", "debit", "Satırda hem borç hem alacak tutarı var; ayrı satırlara bölün."
                )
            return (credit, "C") if credit else (debit, "D")
        raw = text("amount")
        if not raw:
            raise _Refused("LEDGER.AMOUNT", "amount", "Tutar boş.")
        side = _SIDES.get(fold(text("side")))
        if side is None:
            raise _Refused(
                "LEDGER.SIDE", "side", f"Borç/Alacak '{text('side')[:20]}' olarak yazılmış; D ya da C olmalı."
            )
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


@lru_cache(maxsize=512)
def _document_type(cell: str) -> str:
    """documentType of what the source calls it; a name that is none of the seven stays as it is, for the check."""
    return _TYPES.get(fold(cell), cell)
