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
    amount_currency: str = ""
    rate_source: str = ""
    rate_comment: str = ""
    measure_quantity: str = ""
    measure_cost: str = ""


class LineRow(NamedTuple):
    """One numbered line as the writer takes it from the ledger file: texts are UTF-8 as stored, amounts 1/10,000.

    `entry` and `number` are the digits of the yevmiye madde and line, `main` and `sub` the ids of accounts (0: none).
    The last nine are rare: a foreign currency's side, and what fund units are measured by.
    """

    entry: bytes
    number: bytes
    day: bytes
    main: int
    sub: int
    amount: int
    side: bytes
    document_type: bytes
    document_description: bytes
    document_number: bytes
    document_reference: bytes
    document_day: bytes
    payment_method: bytes
    comment: bytes
    currency: bytes
    currency_amount: int
    currency_rate: bytes
    currency_rate_day: bytes
    amount_currency: bytes
    rate_source: bytes
    rate_comment: bytes
    measure_quantity: bytes
    measure_cost: bytes


class EntryHead(NamedTuple):
    """The head of a voucher for the journal, as `LineRow` is for its lines."""

    entry: bytes
    day: bytes
    entered_by: bytes
    number: bytes
    comment: bytes
    debit: int
    credit: int


class AccountTotal(NamedTuple):
    """What an account moved in a part. Codes as stored, amounts in units of 1/10,000."""

    main: bytes
    sub: bytes
    debit: int
    credit: int
    lines: int


class LineWeights(NamedTuple):
    """Bytes of the elements around texts in the journal: `bare` stands in every line, `head` in every voucher.

    The others where there is a text; `currency` and `measure` are the most that the rare columns take.
    """

    bare: int
    document_type: int
    document_description: int
    document_number: int
    document_reference: int
    document_day: int
    payment_method: int
    comment: int
    currency: int
    measure: int
    head: int
    head_comment: int


class LineSize(NamedTuple):
    """A line for the splitter: its voucher's madde number and day, its account, its bytes but for `words` and account.

    `head_size` and `head_words` are the same for the voucher's head.
    """

    entry: int
    day: bytes
    number: int
    main: int
    sub: int
    size: int
    words: bytes
    head_size: int
    head_words: bytes
