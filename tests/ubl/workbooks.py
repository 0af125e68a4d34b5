"""Workbooks that the tests write themselves, in the forms that no library here writes: the old xls, and ods."""

from __future__ import annotations

import io
import struct
import zipfile
from xml.sax.saxutils import escape, quoteattr

Cell = str | float | None
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(rows: list[list[Cell]]) -> bytes:
    """A BIFF8 workbook of one sheet. Source: [MS-XLS], [MS-CFB]."""
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 0x06)
    sheet_begin = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 0x06)
    codepage = _record(0x0042, struct.pack("<H", 1200))
    name = "Sayfa1"
    bound_size = 4 + 8 + len(name)
    at = 4 + len(begin) + len(codepage) + bound_size + 4
    bound = _record(0x0085, struct.pack("<IBBBB", at, 0, 0, len(name), 0) + name.encode("ascii"))
    body = b"".join(
        _cell(r, c, value) for r, row in enumerate(rows) for c, value in enumerate(row) if value is not None
    )
    end = _record(0x000A, b"")
    return _compound(_record(0x0809, begin) + codepage + bound + end + _record(0x0809, sheet_begin) + body + end)


def _cell(row: int, column: int, value: str | float) -> bytes:
    if isinstance(value, str):
        text = struct.pack("<HHHHB", row, column, 0, len(value), 1) + value.encode("utf-16-le")
        return _record(0x0204, text)
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, value))


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """`stream` as the Workbook of a compound file: one FAT sector, one directory sector, then the stream."""
    stream = stream.ljust(4096, b"\0")  # below this size it would go into the mini stream
    count = -(-len(stream) // _SECTOR)
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"",
        0, 1, 1, 0, 4096, _END, 0, _END, 0,
    ) + struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108  # fmt: skip
    chain = [_FAT, _END, *(2 + n + 1 for n in range(count - 1)), _END]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(_SECTOR, b"\xff")
    entries = _entry("Root Entry", 5, child=1, start=_END, size=0)
    entries += _entry("Workbook", 2, child=_FREE, start=2, size=len(stream))
    return header + fat + entries.ljust(_SECTOR, b"\0") + stream.ljust(count * _SECTOR, b"\0")


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", raw, len(raw), kind, 1, _FREE, _FREE, child, b"", 0, 0, 0, start, size
    )  # fmt: skip


def ods(rows: list[list[Cell]], *, repeated: str = "") -> bytes:
    """An OpenDocument table. `repeated` is put into the first cell's tag. Source: ODF 1.3, part 3."""
    cells = []
    for row in rows:
        made = []
        for value in row:
            if isinstance(value, str):
                made.append(
                    f'<table:table-cell {repeated} office:value-type="string">'
                    f"<text:p>{escape(value)}</text:p></table:table-cell>"
                )
            elif value is None:
                made.append("<table:table-cell/>")
            else:
                number = quoteattr(str(value))
                made.append(f'<table:table-cell office:value-type="float" office:value={number}/>')
        cells.append(f"<table:table-row>{''.join(made)}</table:table-row>")
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="Sayfa1">{"".join(cells)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr("content.xml", content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
