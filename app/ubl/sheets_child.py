"""Reading a workbook with calamine. Runs in a child process only; `sheets` is its door."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

import python_calamine as calamine

from app.domain.errors import EnvironmentFault, InputError
from app.runtime.safezip import iter_chunks, member_names
from app.runtime.shutdoors import shut_doors

MAX_COLUMNS: Final = 300
#: Excel's own limit of 1,048,576 rows stays below.
MAX_MEMBER_BYTES: Final = 2 << 30
_HEAD_BYTES: Final = 64 << 10
_STYLES: Final = "xl/styles.xml"
_MAX_STYLES_BYTES: Final = 16 << 20
_TURKISH_DAY: Final = re.compile(rb'formatCode="g{1,2}[./-]a{1,4}[./-]y{2,4}(?:;@)?"', re.IGNORECASE)


def write_rows(source: str | bytes, target: str, until: int) -> int:
    """Write each row that is not empty as a line `[number, cell, …]` (JSON) to `target`; give their count.

    `until` is the last row number wanted, 0 for all.

    Raises: as `sheets.sheet_rows`.
    """
    if isinstance(source, str):
        try:
            source = Path(source).read_bytes()
        except OSError as error:
            raise EnvironmentFault(
                "FILE.READ",
                "Tablo dosyası okunamadı.",
                why="Dosya açılamıyor ya da başka bir program onu kilitlemiş.",
                todo="Dosyayı başka programda kapatıp yeniden deneyin.",
                raw_text=str(error),
            ) from error
    _ensure_harmless(source)
    count = 0
    with Path(target).open("w", encoding="utf-8", newline="\n") as out, shut_doors():
        for number, cells in _rows(source):
            if until and number > until:
                break
            out.write(json.dumps([number, *cells], ensure_ascii=False, separators=(",", ":")))
            out.write("\n")
            count += 1
    return count


def _ensure_harmless(raw: bytes) -> None:
    """The doors of every other zip, before foreign code looks at one; a DTD has no place in a workbook."""
    if not raw.startswith(b"PK"):
        return
    for name in member_names(raw):
        # The first piece is enough: it is refused already when the whole would be too large.
        head = next(iter_chunks(raw, name, max_bytes=MAX_MEMBER_BYTES), b"")[:_HEAD_BYTES]
        if name.lower().endswith((".xml", ".rels")) and b"<!DOCTYPE" in head.replace(b"\0", b""):
            raise InputError(
                "XML.DTD",
                "Tablo dosyası açılmadı.",
                why="İçindeki bir dosyada DTD tanımı var; böyle tanımlar zararlı dosyalarda görülür.",
                todo="Dosyayı Excel'de açıp yeni bir dosya olarak kaydedin.",
            )


def _with_known_dates(raw: bytes) -> bytes:
    """The workbook with Turkish spellings of a day's format (gg.aa.yyyy) in the spelling that the format prescribes.

    Some programs write what the Turkish Excel shows instead; Excel itself reads it, calamine would give a number.
    """
    if not raw.startswith(b"PK") or _STYLES not in (names := member_names(raw)):
        return raw
    styles = b"".join(iter_chunks(raw, _STYLES, max_bytes=_MAX_STYLES_BYTES))
    mended = _TURKISH_DAY.sub(rb'formatCode="dd.mm.yyyy"', styles)
    if mended == styles:
        return raw
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in dict.fromkeys(names):
            whole = b"".join(iter_chunks(raw, name, max_bytes=MAX_MEMBER_BYTES))
            archive.writestr(name, mended if name == _STYLES else whole)
    return out.getvalue()


def _rows(raw: bytes) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of the first visible sheet."""
    plain = _with_known_dates(raw)
    book = _guarded(lambda: calamine.load_workbook(io.BytesIO(plain)), unknown="SHEET.NONE")
    names = [one.name for one in book.sheets_metadata if _is_table(one)] or book.sheet_names[:1]
    if not names:
        raise _none("Dosyada tablo yok.")
    sheet = _guarded(lambda: book.get_sheet_by_name(names[0]))
    if sheet.start is None:
        return
    # Rows are counted from the top of the sheet, columns from the first that holds something.
    blanks = [""] * min(sheet.start[1], MAX_COLUMNS)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [*blanks, *(value if type(value) is str else _text(value) for value in row)][:MAX_COLUMNS]
        while cells and not cells[-1]:
            cells.pop()
        if cells:
            yield number, cells


def _is_table(one: calamine.SheetMetadata) -> bool:
    return one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible


def _text(value: Any) -> str:
    """A cell as text. A bool is a kind of int and a datetime a kind of date, so those are asked for first."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _number(value / timedelta(days=1))
    return "" if value is None else str(value)


def _number(value: float) -> str:
    """A number as Excel shows it: 15 digits (the file holds binary fractions), never with an exponent."""
    shown = format(value, ".15g")
    if "e" in shown:
        try:
            whole = Decimal(shown)
        except InvalidOperation:
            return shown
        return format(whole, "f") if abs(whole.adjusted()) <= 30 else shown.upper()
    return "0" if shown == "-0" else shown


def _guarded(step: Callable[[], Any], *, unknown: str = "SHEET.DAMAGED") -> Any:
    """Do one step of calamine's and say in our words what it says of the file."""
    try:
        return step()
    except calamine.PasswordError as error:
        raise InputError(
            "SHEET.ENCRYPTED",
            "Tablo dosyası açılmadı.",
            why="Dosya parolayla korunuyor.",
            todo="Excel'de parolasını kaldırıp yeniden kaydedin.",
        ) from error
    except (calamine.XmlError, calamine.ZipError) as error:
        raise _damaged(error) from error
    except calamine.CalamineError as error:
        raise (_none(str(error)) if unknown == "SHEET.NONE" else _damaged(error)) from error
    except BaseException as error:
        # Rust's panics come as no Exception; a file that makes the reader stumble is a damaged file.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(error) from error


def _none(raw_text: str) -> InputError:
    return InputError(
        "SHEET.NONE",
        "Tablo dosyası açılmadı.",
        why="Dosya bir çalışma kitabı (xlsx, xlsm, xls ya da ods) değil.",
        todo="Tabloyu Excel'de xlsx olarak kaydedip yeniden seçin.",
        raw_text=raw_text[:600],
    )


def _damaged(error: BaseException) -> InputError:
    return InputError(
        "SHEET.DAMAGED",
        "Tablo dosyası açılmadı.",
        why="Dosya bozuk ya da yarım; içindeki tablo bütün olarak okunamadı.",
        todo="Dosyayı Excel'de açıp yeniden kaydedin ya da göndericiden yeniden isteyin.",
        raw_text=f"{type(error).__name__}: {error}"[:600],
    )
