"""Ledger and voucher files inside a zip, copied out one by one with flat memory: they may be 200 MB each.

Names in the archive are never paths here, no size in a header is believed. Raises: InputError ZIP.*.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final

from app.domain.errors import InputError

_CHUNK: Final = 1024 * 1024
#: A ledger is 200 MB at most; a year of vouchers may be more.
MAX_FILE_BYTES: Final = 2 * 1024 * 1024 * 1024
_MAX_FILES: Final = 200
#: What every workbook has: Office Open XML, OpenDocument.
_WORKBOOK_PARTS: Final = frozenset({"[Content_Types].xml", "mimetype", "content.xml"})
_BROKEN: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


def is_zip(path: Path) -> bool:
    """Whether the file begins as a zip does."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def is_archive(path: Path) -> bool:
    """Whether the file is a zip of files, and not a workbook, which is a zip too. A broken zip is none."""
    if not is_zip(path):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:_MAX_FILES])
    except _BROKEN:
        return False
    return not names & _WORKBOOK_PARTS


@contextmanager
def unpacked(path: Path, wanted: Callable[[str], bool]) -> Iterator[list[Path]]:
    """The wanted files of the zip (by their names without folders) in a folder that goes afterwards."""
    with TemporaryDirectory(prefix="muhurdar-zip-") as name:
        yield _copied(path, wanted, Path(name))


def _copied(path: Path, wanted: Callable[[str], bool], folder: Path) -> list[Path]:
    made: list[Path] = []
    left = MAX_FILE_BYTES
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                plain = PurePosixPath(info.filename.replace("\\", "/")).name
                if info.is_dir() or not plain or not wanted(plain):
                    continue
                if info.flag_bits & 0x1:
                    raise _refused("ZIP.ENCRYPTED", "ZIP dosyası parolalı.", "Parolasız bir ZIP verin.")
                if len(made) == _MAX_FILES:
                    raise _refused("ZIP.TOO_MANY", "ZIP dosyasında çok fazla dosya var.", "Dosyaları ayırıp verin.")
                target = folder / str(len(made)) / plain
                target.parent.mkdir()
                with archive.open(info) as source, target.open("wb") as out:
                    while chunk := source.read(_CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise _refused("ZIP.TOO_BIG", "ZIP açılınca çok büyük.", "Dosyaları ayırıp verin.")
                        out.write(chunk)
                made.append(target)
    except _BROKEN as error:
        raise _refused("ZIP.DAMAGED", "ZIP dosyası açılamadı.", "Dosyayı yeniden indirin.") from error
    return made


def _refused(code: str, sentence: str, todo: str) -> InputError:
    return InputError(code, sentence, why="Dosyaya dokunulmadı.", todo=todo)
