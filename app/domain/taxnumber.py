"""VKN and TCKN, the taxpayer numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.errors import InputError

# By custom: a final consumer, and a foreign buyer without a Turkish number. Both fail the check digit on purpose.
FINAL_CONSUMER_TCKN = "11111111111"
FOREIGN_BUYER_VKN = "2222222222"
# GİB itself; the receiver of export invoices is the Ministry of Trade.
GIB_VKN = "3900892152"
CUSTOMS_VKN = "1460415308"

_EXEMPT = frozenset({FINAL_CONSUMER_TCKN, FOREIGN_BUYER_VKN})


class TaxNumberKind(StrEnum):
    VKN = "VKN"
    TCKN = "TCKN"


class InvalidTaxNumber(InputError):
    """The text is not a taxpayer number."""

    def __init__(self, text: str, why: str) -> None:
        super().__init__(
            "TAXNO.FORMAT",
            "Vergi numarası okunamadı.",
            why=why,
            todo="VKN 10, TCKN 11 rakamdan oluşur; boşluk ve harf olmadan yazın.",
        )


@dataclass(frozen=True, slots=True, order=True)
class TaxNumber:
    """A VKN (10 digits) or a TCKN (11 digits). Build it with `parse_tax_number`."""

    digits: str

    def __str__(self) -> str:
        return self.digits

    @property
    def kind(self) -> TaxNumberKind:
        return TaxNumberKind.VKN if len(self.digits) == 10 else TaxNumberKind.TCKN

    @property
    def is_vkn(self) -> bool:
        return len(self.digits) == 10

    @property
    def is_checksum_valid(self) -> bool:
        """Whether the check digit fits; the two customary numbers count as valid.

        GİB checks only the length, and official samples fail this: so it is a warning, never an error.
        """
        if self.digits in _EXEMPT:
            return True
        # A received document may hold anything here.
        if len(self.digits) not in (10, 11) or not (self.digits.isascii() and self.digits.isdigit()):
            return False
        return _is_vkn_valid(self.digits) if self.is_vkn else _is_tckn_valid(self.digits)

    @property
    def masked(self) -> str:
        """For logs: first two and last two digits only."""
        return f"{self.digits[:2]}{'*' * (len(self.digits) - 4)}{self.digits[-2:]}"


def parse_tax_number(text: str) -> TaxNumber:
    """Return the taxpayer number written in `text`.

    Shape: VKN is 10 digits, TCKN is 11 and does not start with 0; spaces at the ends are ignored, nothing else.
    Raises: InvalidTaxNumber with the rule that failed. The check digit is not enforced here.
    Source: UBL-TR Schematron PartyIdentificationTCKNVKNCheck (length only).
    """
    digits = text.strip()
    if not digits:
        raise InvalidTaxNumber(text, "Alan boş.")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidTaxNumber(text, "Rakam olmayan bir karakter var.")
    if len(digits) not in (10, 11):
        raise InvalidTaxNumber(text, f"{len(digits)} rakam yazılmış.")
    if len(digits) == 11 and digits[0] == "0":
        raise InvalidTaxNumber(text, "TCKN sıfırla başlamaz.")
    return TaxNumber(digits)


def _is_vkn_valid(digits: str) -> bool:
    total = 0
    for i in range(1, 10):
        a = (int(digits[i - 1]) + 10 - i) % 10
        b = (a * 2 ** (10 - i)) % 9
        if a != 0 and b == 0:
            b = 9
        total += b
    return (10 - total % 10) % 10 == int(digits[9])


def _is_tckn_valid(digits: str) -> bool:
    d = [int(c) for c in digits]
    tenth = (7 * sum(d[0:9:2]) - sum(d[1:8:2])) % 10
    return d[0] != 0 and d[9] == tenth and d[10] == sum(d[:10]) % 10
