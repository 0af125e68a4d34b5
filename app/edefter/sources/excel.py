"""The first sheet of an Excel workbook as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.ubl.xlsx import stream_rows


def sheet_cells(path: Path) -> Iterator[list[str]]:
    """Every row with its cells as text; rows that the file leaves out come empty, so that the numbers are Excel's.

    Raises: InputError XLSX.NONE, ZIP.*, XML.*, also in the middle.
    """
    expected = 1
    for number, cells in stream_rows(path.read_bytes()):
        while expected < number:
            yield []
            expected += 1
        yield cells
        expected += 1
