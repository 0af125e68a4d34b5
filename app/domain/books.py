"""What a ledger of a month is called and made of: kinds, names, heads, and the numbered lines it is written from.

Source: GİB e-Defter package: Teknik Kılavuz 1.7 (file names, directories), XBRL-GL Genel Açıklamalar.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from app.domain.party import Company
from app.domain.voucher import Period

WHOLE_MONTH = 0


class BookKind(StrEnum):
    """The letter in the file's name."""

    JOURNAL = "Y"
    LEDGER = "K"
    INVENTORY = "E"
    JOURNAL_BERAT = "YB"
    LEDGER_BERAT = "KB"
    INVENTORY_BERAT = "EB"
    REPORT = "DR"

    @property
    def is_berat(self) -> bool:
        return len(self.value) == 2 and self.value.endswith("B")


@dataclass(frozen=True, slots=True, kw_only=True)
class BookName:
    """`9205121120-202603-Y-000000[-0001]`, without extension. `part` 0 is the whole month; a berat keeps its book's."""

    tax_number: str
    period: Period
    kind: BookKind
    part: int = WHOLE_MONTH
    branch_no: str = ""

    @property
    def stem(self) -> str:
        branch = f"-{self.branch_no}" if self.branch_no else ""
        return f"{self.tax_number}-{self.period.compact}-{self.kind}-{self.part:06d}{branch}"

    def of_kind(self, kind: BookKind) -> BookName:
        """The same part's other file."""
        return BookName(
            tax_number=self.tax_number, period=self.period, kind=kind, part=self.part, branch_no=self.branch_no
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BookHead:
    """What documentInfo and entityInformation are written from; the same for all files of a part.

    `sequence` is the part's number in the fiscal year (uniqueID's last six digits). `source_application` is
    `VKN##UNVAN##PROGRAM##SÜRÜM` of the approved software. `fiscal_start`/`fiscal_end` bound the fiscal year.
    """

    company: Company
    period: Period
    start: date
    end: date
    created: date
    fiscal_start: date
    fiscal_end: date
    sequence: int
    creator: str
    source_application: str
    part: int = WHOLE_MONTH
    branch_no: str = ""
    branch_name: str = ""

    def name(self, kind: BookKind) -> BookName:
        return BookName(
            tax_number=self.company.tax_number.digits,
            period=self.period,
            kind=kind,
            part=self.part,
            branch_no=self.branch_no,
        )


class BookLine(NamedTuple):
    """One numbered line with its voucher's head, as the ledgers are written. Amounts are units of 1/10,000.

    `entry` is the yevmiye madde number, `number` the yearly line number, `debit`/`credit` the voucher's totals.
    """

    entry: int
    number: int
    day: str
    entered_by: str
    entry_number: str
    entry_comment: str
    debit: int
    credit: int
    main_id: str
    main_name: str
    sub_id: str
    sub_name: str
    amount: int
    side: str
    document_type: str
    document_description: str
    document_number: str
    document_reference: str
    document_day: str
    payment_method: str
    comment: str
    currency: str
    currency_amount: int
    currency_rate: str
    currency_rate_day: str
