"""The list of registered taxpayers: a ZIP of some hundred megabytes of XML, read as a stream.

Source: İzibiz guide, "Mükellef Listesi Çekme (GetGibUserList)". We ask for XML; a CSV is read too. The guide writes
DELETION_TIME, the WSDL ALIAS_DELETION_TIME; a deleted address carries DELETED=Y.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import IO

from lxml import etree

from app.connectors.base import ContractBroken, Taxpayer
from app.connectors.izibiz.replies import local_name
from app.domain.errors import AppError

# Ten times today's list; beyond it the file is no taxpayer list.
_MAX_LIST_BYTES = 4 * 1024 * 1024 * 1024
_MAX_RATIO = 500
_FIELD_LIMIT = 64 * 1024


def iter_taxpayers(packed: bytes) -> Iterator[Taxpayer]:
    """The addresses in a list as it came (ZIP, or bare XML/CSV), one at a time with flat memory.

    Raises: ContractBroken in the middle for a cut-off or damaged list; what came before it must not be kept as a
    whole list then.
    """
    try:
        with _open(packed) as stream:
            head = stream.peek(64)[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
            if not head:
                return
            yield from _from_xml(stream) if head.startswith(b"<") else _from_csv(stream)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _broken(type(error).__name__) from error
    except (etree.XMLSyntaxError, UnicodeDecodeError, csv.Error) as error:
        raise _broken(type(error).__name__) from error


def read_user(fields: Mapping[str, str]) -> Taxpayer | None:
    """One USER, by field names; None when it names nobody."""
    vkn, alias = fields.get("IDENTIFIER", ""), fields.get("ALIAS", "")
    if not vkn:
        return None
    deleted_at = fields.get("ALIAS_DELETION_TIME", "") or fields.get("DELETION_TIME", "")
    return Taxpayer(
        vkn=vkn,
        title=fields.get("TITLE", ""),
        alias=alias,
        unit=fields.get("UNIT", "").upper(),
        kind=fields.get("TYPE", ""),
        registered_at=fields.get("REGISTER_TIME", ""),
        alias_created_at=fields.get("ALIAS_CREATION_TIME", ""),
        deleted=fields.get("DELETED", "").upper() == "Y" or bool(deleted_at),
        document_type=fields.get("DOCUMENT_TYPE", "") or "INVOICE",
    )


def fields_of(node: etree._Element) -> dict[str, str]:
    """The children of a USER element as text by name."""
    return {local_name(child): (child.text or "").strip() for child in node.iterchildren("*")}


class _Limited(io.RawIOBase):
    """A stream that ends with an error past its limit: a size in a ZIP header is only a claim."""

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self._source, self._left = source, limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._source.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise OSError("list too big")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._source.close()
        super().close()


def _open(packed: bytes) -> io.BufferedReader:
    if not packed.startswith(b"PK"):
        return io.BufferedReader(io.BytesIO(packed))
    archive = zipfile.ZipFile(io.BytesIO(packed))
    files = [info for info in archive.infolist() if not info.is_dir()]
    if len(files) != 1 or files[0].flag_bits & 0x1:
        raise _broken(f"{len(files)} files")
    limit = min(_MAX_LIST_BYTES, max(len(packed) * _MAX_RATIO, 1024 * 1024))
    return io.BufferedReader(_Limited(archive.open(files[0]), limit), 256 * 1024)


def _from_xml(stream: IO[bytes]) -> Iterator[Taxpayer]:
    events = etree.iterparse(
        stream,
        events=("end",),
        tag=("{*}USER", "USER"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, node in events:
        if (found := read_user(fields_of(node))) is not None:
            yield found
        # The element and everything before it is done with; without this the tree grows to gigabytes.
        node.clear()
        parent = node.getparent()
        while parent is not None and node.getprevious() is not None:
            del parent[0]


def _from_csv(stream: IO[bytes]) -> Iterator[Taxpayer]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
    header = text.readline(_FIELD_LIMIT)
    delimiter = max(";,\t|", key=header.count)
    names = [name.strip().strip('"').upper() for name in header.rstrip("\r\n").split(delimiter)]
    if "IDENTIFIER" not in names:
        raise _broken("CSV without header")
    for row in csv.reader(text, delimiter=delimiter):
        if row and len(row) != len(names):
            raise _broken("CSV row of another length")
        if (found := read_user(dict(zip(names, (cell.strip() for cell in row), strict=False)))) is not None:
            yield found


def _broken(raw: str) -> AppError:
    return ContractBroken(
        "IZIBIZ.TAXPAYERS",
        "Mükellef listesi okunamadı.",
        why="Liste yarım ya da bozuk geldi.",
        todo="Eldeki liste geçerli kalır; bir süre sonra yeniden alınır.",
        retry_safe=True,
        raw_text=raw,
    )
