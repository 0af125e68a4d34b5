"""Names of the smart card readers, from the PC/SC service of the system. Optional: only the doctor shows them.

Through ctypes, because it is two calls; a binding would be one more native dependency.
Source: PC/SC part 5, SCardEstablishContext and SCardListReaders.
"""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass

_SCOPE_SYSTEM = 2
_NO_READERS = 0x8010002E
_NO_SERVICE = 0x8010001D


@dataclass(frozen=True, slots=True)
class ReaderList:
    """Reader names; `note` is one Turkish sentence when they could not be listed."""

    names: tuple[str, ...]
    note: str = ""


def list_readers() -> ReaderList:
    """Ask PC/SC for its readers. Never raises for a machine without the service."""
    windows = sys.platform == "win32"
    try:
        library = ctypes.CDLL("winscard.dll" if windows else "libpcsclite.so.1")
    except OSError:
        return ReaderList((), "Akıllı kart hizmeti (PC/SC) kurulu değil.")
    list_names = library.SCardListReadersA if windows else library.SCardListReaders
    context = ctypes.c_size_t()
    code = library.SCardEstablishContext(ctypes.c_ulong(_SCOPE_SYSTEM), None, None, ctypes.byref(context)) & 0xFFFFFFFF
    if code:
        text = "çalışmıyor" if code == _NO_SERVICE else f"yanıt vermedi (0x{code:08X})"
        return ReaderList((), f"Akıllı kart hizmeti (PC/SC) {text}.")
    try:
        size = ctypes.c_ulong()
        code = list_names(context, None, None, ctypes.byref(size)) & 0xFFFFFFFF
        if code == 0:
            names = ctypes.create_string_buffer(size.value)
            code = list_names(context, None, names, ctypes.byref(size)) & 0xFFFFFFFF
        if code == _NO_READERS:
            return ReaderList((), "Takılı kart okuyucu yok.")
        if code:
            return ReaderList((), f"Kart okuyucular listelenemedi (0x{code:08X}).")
        return ReaderList(tuple(part.decode("utf-8", "replace") for part in names.raw.split(b"\0") if part))
    finally:
        library.SCardReleaseContext(context)
