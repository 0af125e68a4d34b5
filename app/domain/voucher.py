"""Accounting vouchers (muhasebe fişi) and their lines: what the ledgers are made of.

Source: GİB e-Defter package, Yevmiye Defteri guide (entryHeader, entryDetail) and Genel Açıklamalar (document types).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import ClassVar, Final


class Side(StrEnum):
    """debitCreditCode; e-Defter allows these two only."""

    DEBIT = "D"
    CREDIT = "C"


class DocumentType(StrEnum):
    """The documentType values that e-Defter allows; what is none of the seven is `OTHER` with a description."""

    CHECK = "check"
    INVOICE = "invoice"
    ORDER_CUSTOMER = "order-customer"
    ORDER_VENDOR = "order-vendor"
    VOUCHER = "voucher"
    SHIPMENT = "shipment"
    RECEIPT = "receipt"
    OTHER = "other"


#: Turkish names as source files spell them, folded (see `turkish.fold`).
DOCUMENT_TYPE_NAMES: dict[str, DocumentType] = {
    "cek": DocumentType.CHECK,
    "fatura": DocumentType.INVOICE,
    "musteri siparisi": DocumentType.ORDER_CUSTOMER,
    "satici siparisi": DocumentType.ORDER_VENDOR,
    "senet": DocumentType.VOUCHER,
    "navlun": DocumentType.SHIPMENT,
    "makbuz": DocumentType.RECEIPT,
    "diger": DocumentType.OTHER,
}

DOCUMENT_TYPE_TITLES: dict[DocumentType, str] = {
    DocumentType.CHECK: "Çek",
    DocumentType.INVOICE: "Fatura",
    DocumentType.ORDER_CUSTOMER: "Müşteri siparişi",
    DocumentType.ORDER_VENDOR: "Satıcı siparişi",
    DocumentType.VOUCHER: "Senet",
    DocumentType.SHIPMENT: "Navlun",
    DocumentType.RECEIPT: "Makbuz",
    DocumentType.OTHER: "Diğer",
}


class PeriodState(IntEnum):
    """How far a month of a company's ledgers has come. The order is the life of a month; a month never skips one."""

    IMPORTED = 1
    CHECKED = 2
    BUILT = 3
    SEALED = 4
    BERAT_SEALED = 5
    FILED = 6
    COMPLETED = 7
    CANCELLED = 8
    FAILED = 9

    @property
    def is_locked(self) -> bool:
        """Vouchers may not change: the berat is at GİB."""
        return self in (PeriodState.FILED, PeriodState.COMPLETED)


#: Added to a month's number where it lies in the liquidation's own fiscal period of that year.
LIQUIDATION: Final = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One calendar month, the unit of every ledger.

    `is_liquidation`: what of it lies in the liquidation's own fiscal period (tasfiye, see `app.domain.spans`).
    """

    year: int
    month: int
    is_liquidation: bool = False

    @classmethod
    def of(cls, day: date) -> Period:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Period:
        """`2026-03` or `202603`. Raises: ValueError."""
        digits = text.strip().replace("-", "")
        if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
            raise ValueError(f"not a period: {text!r}")
        period = cls(int(digits[:4]), int(digits[4:]))
        if not 1 <= period.month <= 12 or period.year < 2000:
            raise ValueError(f"not a period: {text!r}")
        return period

    @property
    def compact(self) -> str:
        """`202603`, as file names and uniqueID spell it."""
        return f"{self.year:04d}{self.month:02d}"

    @property
    def key(self) -> int:
        """The month as a ledger file knows it: 202603, higher by a million in the liquidation's period."""
        return int(self.compact) + (LIQUIDATION if self.is_liquidation else 0)

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineCurrency:
    """The foreign side of a line (gl-muc). `amount` is in `currency`; `rate` is book currency per unit.

    `source` says where the rate is from (T.C.M.B.), `comment` explains it.
    """

    currency: str
    amount: Decimal | None = None
    rate: Decimal | None = None
    rate_day: date | None = None
    source: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FundUnits:
    """What a line measures (gl-bus:measurable): units of a fund; the line's amount is `cost` times `quantity`.

    Source: Yevmiye Defteri guide, measurable; only intangible items (NT) counted by piece (Adet) are allowed.
    """

    CODE: ClassVar = "NT"
    DESCRIPTION: ClassVar = "Maddi Olmayan Kalemler"
    QUALIFIER: ClassVar = "Fon"
    UNIT: ClassVar = "Adet"

    quantity: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherLine:
    """One debit or credit. `number` is the yearly yevmiye line number, None until it is given.

    `main_id` is the three- or four-digit account; `sub_id` begins with it or is empty. `amount` > 0, two decimals.
    """

    main_id: str
    main_name: str
    amount: Decimal
    side: Side
    sub_id: str = ""
    sub_name: str = ""
    number: int | None = None
    document_type: DocumentType | None = None
    document_description: str = ""
    document_number: str = ""
    document_day: date | None = None
    document_reference: str = ""
    payment_method: str = ""
    comment: str = ""
    currency: LineCurrency | None = None
    #: The currency of `amount` where the source says it; empty is that of the books.
    amount_currency: str = ""
    fund: FundUnits | None = None

    @property
    def account_id(self) -> str:
        return self.sub_id or self.main_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Voucher:
    """One fiş, which becomes one yevmiye maddesi. `counter` is its yearly number, None until it is given.

    `reference` is what groups its lines in the source; `number` is the fiş number as people say it.
    """

    reference: str
    day: date
    lines: tuple[VoucherLine, ...]
    number: str = ""
    counter: int | None = None
    entered_by: str = ""
    comment: str = ""
    branch_no: str = ""
    branch_name: str = ""

    @property
    def debit(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.side is Side.DEBIT), Decimal(0))

    @property
    def credit(self) -> Decimal:
        return sum((line.amount for line in self.lines if line.side is Side.CREDIT), Decimal(0))
