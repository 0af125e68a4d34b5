"""The first sheet of a workbook (xlsx, xlsm, xls, ods) as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from app.ubl.sheets import sheet_rows


def sheet_cells(path: Path, *, until: int = 0) -> Iterator[list[str]]:
    """Every row with its cells as text; empty rows come empty, so that the numbers are Excel's.

    `until` is the last row wanted, 0 for all: for a look at the head of a large sheet.
    Raises: InputError SHEET.*, ZIP.*, XML.DTD; EnvironmentFault FILE.READ; AppError CHILD.*.
    """
    expected = 1
    for number, cells in sheet_rows(path, until=until):
        while expected < number:
            yield []
            expected += 1
        yield cells
        expected += 1
