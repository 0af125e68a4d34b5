"""How a company's e-ledgers are kept: who makes the files, who numbers, branches or none, how large a part is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: The most a part may have. Source: e-Defter Teknik Kılavuz 1.7.
MAX_PART_MB: Final = 200
#: The integrators' files that a month can be given as.
EXPORT_FORMATS: Final = ("izibiz", "uyumsoft-csv", "uyumsoft-xml", "turkcell")
_APPLICATION_PARTS: Final = 4
_TAX_NUMBER = re.compile(r"[0-9]{10,11}")


class LedgerMode(StrEnum):
    """Whose approved program makes the files: ours, or an integrator's that we feed."""

    OWN = "own"
    INTEGRATOR = "integrator"


class StampedFiles(StrEnum):
    """Which ledgers get a time stamp beside the seal (XAdES-T); `OFFICE` follows the office's setting."""

    OFFICE = ""
    NEVER = "never"
    BERATS = "berats"
    ALL = "all"


class Numbering(StrEnum):
    """Who gives the yevmiye numbers: the accounting program (never altered), or we (by day, then source order)."""

    SOURCE = "source"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTerms:
    """`source_application` empty: the office's own; `max_part_mb` 0 likewise. `export_format` counts in feeding only.

    `uses_branches` is decided with the fiscal year and kept through it. Source: e-Defter Teknik Kılavuz 1.7, branches.
    """

    mode: LedgerMode = LedgerMode.OWN
    source_application: str = ""
    export_format: str = ""
    numbering: Numbering = Numbering.SOURCE
    uses_branches: bool = False
    max_part_mb: int = 0
    time_stamp: StampedFiles = StampedFiles.OFFICE


def application_problem(text: str) -> str:
    """What is wrong with a sourceApplication, "" when its form is right. Whether GİB approved it nobody can see here.

    Shape: `VKN##UNVAN##PROGRAM##SÜRÜM`, as in the producer's taahhütname. Source: Uyumluluk Onay Kılavuzu 1.7.
    """
    parts = [part.strip() for part in text.split("##")]
    if len(parts) != _APPLICATION_PARTS:
        return f"VKN##UNVAN##PROGRAM##SÜRÜM biçiminde dört bölüm olmalı; {len(parts)} bölüm var."
    if not _TAX_NUMBER.fullmatch(parts[0]):
        return "İlk bölüm yazılım üreticisinin 10 haneli VKN'si (kişiyse 11 haneli TCKN'si) olmalı."
    names = ("unvan", "program adı", "sürüm")
    empty = [name for name, part in zip(names, parts[1:], strict=True) if not part]
    return f"Boş bölüm var: {', '.join(empty)}." if empty else ""
