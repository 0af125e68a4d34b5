"""Turkcell e-Şirket's tab-separated TXT: one line Y, then per voucher one line H and its lines without a letter.

All values stand in GİB's own forms (ISO days, decimal point). Source: vendor's e-Defter guide as summed up in the
contracts' section on Turkcell e-Şirket: field order of Y, H and of the 16 to 29 fields of a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from app.domain.ledger_rows import BadRow, LedgerRow
from app.edefter.sources.measures import measure_problem
from app.edefter.sources.values import (
    CONTROL_CODE,
    DayOrder,
    Decimals,
    amount_of,
    control_in,
    control_sentence,
    day_of,
    number_of,
    text_of,
    without_control,
)

_HEAD_FIELDS = 8
_LINE_FIELDS = 16
_ENCODING_ERRORS = "strict"


def is_turkcell(head: str) -> bool:
    """Whether the text begins as such a file: a Y line with two days, then an H line."""
    lines = [line for line in head.splitlines()[:20] if line.strip()]
    if len(lines) < 2:
        return False
    first, second = lines[0].split("\t"), lines[1].split("\t")
    return first[0].strip() == "Y" and second[0].strip() == "H" and len(first) >= 3 and len(second) >= 5


def turkcell_rows(path: Path, encoding: str, *, clean_control: bool = False) -> Iterator[LedgerRow | BadRow]:
    """The rows of the file. A line whose voucher's head could not be read is refused with the head's reason.

    `clean_control`: signs that no XML may hold are left out on the user's word, else such a line is refused.
    """
    head: _Head | BadRow | None = None
    branch = ""
    with path.open(encoding=encoding, newline="", errors=_ENCODING_ERRORS) as file:
        for number, line in enumerate(file, start=1):
            raw = line.rstrip("\r\n").split("\t")
            if clean_control and not "".join(raw).isprintable():
                raw = list(without_control(raw))
            cells = [text_of(cell) for cell in raw]
            if not any(cells):
                continue
            if not "".join(raw).isprintable() and (sign := control_in(raw)):
                bad = BadRow(number, CONTROL_CODE, "", control_sentence(sign), " ".join(cells)[:80])
                if cells[0] == "H":
                    head = bad
                yield bad
            elif cells[0] == "Y":
                branch = cells[3] if len(cells) > 3 else ""
            elif cells[0] == "H":
                head = _read_head(number, cells)
                if isinstance(head, BadRow):
                    yield head
            elif head is None:
                yield BadRow(number, "LEDGER.NO_HEAD", "", "Satırdan önce fiş başlığı (H) yok.", line[:80].strip())
            elif isinstance(head, BadRow):
                yield BadRow(
                    number, head.code, head.field, f"Fişin başlığı okunamadı: {head.message}", line[:80].strip()
                )
            else:
                yield _read_line(number, cells, head, branch)


class _Head:
    """The head of a voucher as its lines need it."""

    __slots__ = ("comment", "counter", "day", "entered_by", "number")

    def __init__(self, entered_by: str, day: str, number: str, comment: str, counter: int) -> None:
        self.entered_by = entered_by
        self.day = day
        self.number = number
        self.comment = comment
        self.counter = counter


def _read_head(number: int, cells: Sequence[str]) -> _Head | BadRow:
    padded = [*cells, *[""] * _HEAD_FIELDS]
    try:
        day = day_of(padded[2], DayOrder.DAY_FIRST)
    except ValueError as error:
        return BadRow(number, "LEDGER.DAY", "day", f"Fiş tarihi '{padded[2][:30]}' okunamadı: {error}.", padded[3])
    counter = padded[7]
    if counter and not (counter.isascii() and counter.isdigit()):
        return BadRow(number, "LEDGER.NUMBER", "counter", f"Yevmiye no '{counter[:30]}' sayı değil.", padded[3])
    if not counter and not padded[3]:
        return BadRow(number, "LEDGER.REFERENCE", "reference", "Fişin ne numarası ne yevmiye numarası var.", "")
    return _Head(padded[1], day, padded[3], padded[4], int(counter or 0))


def _read_line(number: int, cells: Sequence[str], head: _Head, branch: str) -> LedgerRow | BadRow:
    if len(cells) < _LINE_FIELDS:
        return BadRow(
            number,
            "LEDGER.ROW_SHORT",
            "",
            f"Satırda {len(cells)} alan var, en az {_LINE_FIELDS} olmalı.",
            " | ".join(cells)[:80],
        )
    padded = [*cells, *[""] * 13]
    try:
        line_number = int(padded[0]) if padded[0] else 0
        amount = amount_of(padded[6], Decimals.POINT)
        document_day = day_of(padded[13], DayOrder.DAY_FIRST) if padded[13] else ""
        rate_day = day_of(padded[17], DayOrder.DAY_FIRST) if padded[17] else ""
        currency_amount = amount_of(padded[18], Decimals.POINT) if padded[18] else 0
        quantity = number_of(padded[25], Decimals.POINT) if padded[25] else ""
        cost = number_of(padded[28], Decimals.POINT) if padded[28] else ""
    except ValueError as error:
        return BadRow(number, "LEDGER.VALUE", "", f"Satırdaki bir değer okunamadı: {error}.", " | ".join(cells)[:80])
    if padded[7] not in ("D", "C"):
        return BadRow(
            number, "LEDGER.SIDE", "side", f"Borç/Alacak '{padded[7][:20]}' anlaşılmadı; D ya da C olmalı.", ""
        )
    if problem := measure_problem(padded[23], padded[24], padded[26], padded[27]):
        return BadRow(number, "LEDGER.MEASURE", "measure_code", problem, " | ".join(cells)[:80])
    if not padded[2]:
        return BadRow(number, "LEDGER.ACCOUNT", "main_id", "Ana hesap boş.", " | ".join(cells)[:80])
    return LedgerRow(
        number,
        head.day,
        str(head.counter) if head.counter else f"{head.number}@{head.day[:7]}",
        branch,
        "",
        head.number,
        head.comment,
        head.entered_by,
        head.counter,
        line_number,
        padded[2],
        padded[3],
        "" if padded[5] == padded[2] else padded[5],
        padded[4],
        amount,
        padded[7],
        padded[9],
        padded[10],
        padded[11],
        document_day,
        padded[12],
        padded[14],
        padded[15],
        padded[19].removeprefix("iso4217:"),
        currency_amount,
        padded[20],
        rate_day,
        padded[16].removeprefix("iso4217:"),
        padded[21],
        padded[22],
        quantity,
        cost,
    )
