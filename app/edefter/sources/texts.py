"""Encoding, line ends and separator of a text file, found from its beginning. What cannot be told is asked.

Files as they come: UTF-8 with or without BOM, Windows-1254, ISO-8859-9, Excel's "Unicode text" (UTF-16); CR, LF or
CRLF; `;`, `,` or tab.
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass

from app.domain.errors import InputError

#: How much of a file is looked at.
HEAD_BYTES = 256 * 1024
DELIMITERS = (";", "\t", ",", "|")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SAMPLE_ROWS = 60


@dataclass(frozen=True, slots=True)
class TextShape:
    """`newline` is for the eyes only: every kind of line end is read. `delimiter` is empty when it cannot be told."""

    encoding: str
    newline: str
    delimiter: str


def sniff_text(head: bytes) -> TextShape:
    """Shape of a text file from its first bytes. Raises: InputError LEDGER.EMPTY, LEDGER.BINARY."""
    if not head.strip():
        raise InputError(
            "LEDGER.EMPTY", "Dosya boş.", why="İçinde hiç satır yok.", todo="Aktarımı kaynak programda yeniden alın."
        )
    encoding = encoding_of(head)
    text = _decode(head, encoding)
    if "\0" in text:
        raise InputError(
            "LEDGER.BINARY",
            "Dosya bir metin dosyası değil.",
            why="İçinde metinde bulunmayan baytlar var.",
            todo="CSV, TXT, XML ya da Excel (xlsx, xls) biçiminde dışa aktarın.",
        )
    return TextShape(encoding, _newline(text), delimiter_of(text))


def encoding_of(head: bytes) -> str:
    """Python's name of the encoding. Without a BOM: UTF-8 when it decodes as such, else Windows-1254.

    ISO-8859-9 is Windows-1254 without the signs at 0x80–0x9F, so that reading it as Windows-1254 is always right.
    """
    for bom, name in _BOMS:
        if head.startswith(bom):
            return name
    try:
        # Not final: the head may end in the middle of a letter.
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1254"
    return "utf-8"


def _decode(head: bytes, encoding: str) -> str:
    return codecs.getincrementaldecoder(encoding)(errors="replace").decode(head)


def _newline(text: str) -> str:
    if "\r\n" in text:
        return "\r\n"
    return "\r" if text.count("\r") > text.count("\n") else "\n"


def delimiter_of(text: str) -> str:
    """The separator that cuts the sample's rows most evenly; empty when none or two do it equally well."""
    sample = text.splitlines(keepends=True)[:_SAMPLE_ROWS]
    if len(sample) > 1 and len(text) >= HEAD_BYTES // 2:
        sample = sample[:-1]  # may be cut
    scores = sorted(((_evenness(sample, mark), mark) for mark in DELIMITERS), reverse=True)
    (best, mark), (second, _) = scores[0], scores[1]
    return mark if best > (0.0, 0) and best > second else ""


def _evenness(sample: list[str], delimiter: str) -> tuple[float, int]:
    """(share of rows with the commonest number of columns, that number); zeros when rows are not cut at all."""
    widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if any(cell.strip() for cell in row)]
    if not widths:
        return 0.0, 0
    usual = max(set(widths), key=widths.count)
    if usual < 3:
        return 0.0, 0
    return round(widths.count(usual) / len(widths), 1), usual
