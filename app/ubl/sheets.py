"""The values of a workbook's first visible sheet (xlsx, xlsm, xlsb, xls, ods), row by row.

A stranger's workbook is foreign code's food: calamine reads it in a child process with a deadline and a memory cap,
because it holds the whole sheet (a million rows of 12 columns take 1.1 GB, and two cells far apart make it ask for
everything between them). The child leaves the rows in a file of its own, from which they are read one at a time, so
that memory stays flat here. Formulas are never computed, the value that was stored counts; numbers come with a point,
dates in ISO form.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.domain.errors import AppError, InputError
from app.runtime.children import ChildPool

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TARGET: Final = "app.ubl.sheets_child:write_rows"
_DEADLINE_S: Final = 180.0
#: Room for Excel's 1,048,576 rows of some thirty columns.
_MEMORY_MB: Final = 3072
_TOO_MUCH: Final = frozenset({"CHILD.TIMEOUT", "CHILD.MEMORY", "CHILD.CRASHED"})


def is_sheet(raw: bytes) -> bool:
    """Whether these bytes (the first eight are enough) begin as a workbook does: a zip, or Excel's old container."""
    return raw.startswith((_ZIP, _OLE))


def sheet_rows(source: bytes | Path, *, until: int = 0) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of the first visible sheet; empty rows are left out. Any thread but the GUI's.

    `until` is the last row number wanted, 0 for all.

    Raises at the first row: InputError SHEET.NONE (no workbook), SHEET.DAMAGED, SHEET.ENCRYPTED, SHEET.TOO_BIG,
    XML.DTD, ZIP.* as `safezip` does; EnvironmentFault FILE.READ; AppError CHILD.*.
    """
    with tempfile.TemporaryDirectory(prefix="muhurdar-tablo-") as folder:
        rows = Path(folder) / "rows"
        given = str(source.resolve()) if isinstance(source, Path) else source
        try:
            # A child of its own: it is gone with what it held when the rows are there.
            with ChildPool(1) as pool:
                pool.call(_TARGET, given, str(rows), until, deadline_s=_DEADLINE_S, memory_mb=_MEMORY_MB)
        except AppError as error:
            if error.code in _TOO_MUCH:
                raise _too_big(error) from error
            raise
        with rows.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                number, *cells = json.loads(line)
                yield number, cells


def _too_big(error: AppError) -> InputError:
    return InputError(
        "SHEET.TOO_BIG",
        "Tablo dosyası açılamadı.",
        why="Açılınca bu bilgisayarda ayrılan belleğe ya da süreye sığmıyor; dosya çok büyük ya da bozuk.",
        todo="Excel'de CSV olarak kaydedip onu seçin (CSV için böyle bir sınır yok) ya da dosyayı bölün.",
        raw_code=error.code,
        raw_text=error.what,
    )
