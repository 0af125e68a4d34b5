"""Series and document numbers: 3 characters + year + 9 digits, no gap, no double."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import InputError

_SERIES = re.compile(r"[A-Z0-9]{3}")
# Source: UBL-TR Schematron InvoiceIDCheck.
_NUMBER = re.compile(r"([A-Z0-9]{3})(20[0-9]{2})([0-9]{9})")


class SeriesPurpose(StrEnum):
    """What a series is for; each purpose needs a series of its own (İzibiz guide, Belge Numarası Yönetimi)."""

    EINVOICE = "einvoice"
    EXPORT = "export"
    EARCHIVE = "earchive"
    EARCHIVE_INTERNET = "earchive_internet"
    DESPATCH = "despatch"
    RECEIPT = "receipt"
    CREDIT_NOTE = "creditnote"
    SMM = "smm"


_EXPORT_PROFILES = frozenset({"IHRACAT", "YOLCUBERABERFATURA", "OZELFATURA"})


def invoice_purpose(profile: str, *, type_code: str = "", is_internet: bool = False) -> SeriesPurpose:
    """Which series numbers an invoice (or a receipt built as one) of this profile and type.

    `is_internet` tells an e-Arşiv sale over the internet.
    """
    if profile == "EARSIVBELGE":
        return SeriesPurpose.SMM if type_code == "SERBESTMESLEKMAKBUZU" else SeriesPurpose.CREDIT_NOTE
    if profile == "EARSIVFATURA":
        return SeriesPurpose.EARCHIVE_INTERNET if is_internet else SeriesPurpose.EARCHIVE
    return SeriesPurpose.EXPORT if profile in _EXPORT_PROFILES else SeriesPurpose.EINVOICE


@dataclass(frozen=True, slots=True, order=True)
class DocumentNumber:
    """`ABC2026000000001`. Build it with `parse_document_number` or the constructor with checked parts."""

    series: str
    year: int
    sequence: int

    def __post_init__(self) -> None:
        if not _SERIES.fullmatch(self.series) or not 2000 <= self.year <= 2099 or not 0 <= self.sequence < 10**9:
            raise InputError(
                "NUMBER.SHAPE",
                "Belge numarası kurulamadı.",
                why=f"Seri {self.series!r}, yıl {self.year}, sıra {self.sequence}.",
                todo="Seri 3 büyük harf veya rakam olmalı (Türkçe harf yok), sıra en çok 9 hane.",
            )

    def __str__(self) -> str:
        return f"{self.series}{self.year:04d}{self.sequence:09d}"

    @property
    def is_placeholder(self) -> bool:
        """True for `<series><year>000000000`, the ID of a draft that has no number yet."""
        return self.sequence == 0


def parse_document_number(text: str) -> DocumentNumber:
    """Return the 16-character number in `text`. Raises: InputError (NUMBER.SHAPE)."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise InputError(
            "NUMBER.SHAPE",
            f"Belge numarası geçersiz: {text[:20]!r}.",
            todo="3 büyük harf/rakam + yıl + 9 rakam yazın, örneğin ABC2026000000001. Türkçe harf kullanmayın.",
        )
    return DocumentNumber(match[1], int(match[2]), int(match[3]))


def parse_series(text: str) -> str:
    """Return the 3-character series in `text` (upper case ASCII letters and digits). Raises: InputError."""
    if not _SERIES.fullmatch(text):
        raise InputError(
            "SERIES.SHAPE",
            f"Seri geçersiz: {text[:10]!r}.",
            todo="Seri 3 karakter olmalı: A–Z ve 0–9; Türkçe harf ve küçük harf kullanılamaz.",
        )
    return text
