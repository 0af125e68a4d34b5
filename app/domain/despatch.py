"""The despatch note (e-İrsaliye) and the receiver's answer to it (e-İrsaliye yanıtı)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.domain.dates import ISTANBUL
from app.domain.document_number import DocumentNumber
from app.domain.extras import AdditionalReference
from app.domain.invoice import DocumentReference
from app.domain.party import Address, Party

TEMELIRSALIYE: Final = "TEMELIRSALIYE"
HKSIRSALIYE: Final = "HKSIRSALIYE"
IDISIRSALIYE: Final = "IDISIRSALIYE"
SEVK: Final = "SEVK"
#: An electronic copy of a despatch note that went out on printed paper.
MATBUDAN: Final = "MATBUDAN"
#: How many days the receiver has to answer (guide Temel İrsaliye Senaryosu V0.3).
ANSWER_DAYS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """Who drives; `number` is the TCKN (or the passport number of a foreigner)."""

    first_name: str
    family_name: str
    number: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """How the goods go: GİB wants a despatch day and time, a delivery address, and a driver or a carrier."""

    despatch_day: date | None = None
    despatch_time: time | None = None
    address: Address | None = None
    carrier: Party | None = None
    drivers: tuple[Driver, ...] = ()
    plate: str = ""
    trailers: tuple[str, ...] = ()
    goods_value: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DespatchLine:
    """One kind of goods. Prices are optional on a despatch note; `outstanding` is what follows later."""

    name: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal | None = None
    outstanding: Decimal | None = None
    outstanding_reason: str = ""
    oversupply: Decimal | None = None
    description: str = ""
    note: str = ""
    brand: str = ""
    model: str = ""
    seller_code: str = ""
    buyer_code: str = ""
    item_ids: tuple[tuple[str, str], ...] = ()
    order_line: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Despatch:
    """A despatch note, drafted or read. `buyer`, `seller` and `originator` only where they differ from the two sides.

    `paper` is the printed note that a MATBUDAN note repeats; `shipment_no` the İDİS sevkiyat number.
    """

    uuid: str
    series: str
    profile: str
    type_code: str
    issue_date: date
    issue_time: time
    supplier: Party
    customer: Party
    lines: tuple[DespatchLine, ...]
    shipment: Shipment = field(default_factory=Shipment)
    number: DocumentNumber | None = None
    currency: str = "TRY"
    notes: tuple[str, ...] = ()
    orders: tuple[DocumentReference, ...] = ()
    paper: DocumentReference | None = None
    references: tuple[AdditionalReference, ...] = ()
    buyer: Party | None = None
    seller: Party | None = None
    originator: Party | None = None
    shipment_no: str = ""
    sender_label: str = ""
    receiver_label: str = ""

    @property
    def number_text(self) -> str:
        """The 16-character ID; for an unnumbered draft `<series><year>000000000`."""
        if self.number is not None:
            return str(self.number)
        return f"{self.series}{self.issue_date.year:04d}{0:09d}" if self.series else ""

    @property
    def value(self) -> Decimal | None:
        """What the goods are worth: as told, or the sum of quantity × price of the lines that have one."""
        if self.shipment.goods_value is not None:
            return self.shipment.goods_value
        priced = [line.quantity * line.unit_price for line in self.lines if line.unit_price is not None]
        return sum(priced, Decimal(0)) if priced else None


class ReceiptOutcome(StrEnum):
    """What a receipt advice says as a whole."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """What became of one line of the despatch note.

    `received` arrived, of which `rejected` is sent back (damaged, or more than ordered) with a `reason`; `short` never
    arrived; `oversupply` came beyond the note. `line_ref` is the line's number on the note.
    """

    name: str
    unit_code: str
    received: Decimal
    rejected: Decimal = Decimal(0)
    reason: str = ""
    short: Decimal = Decimal(0)
    oversupply: Decimal = Decimal(0)
    note: str = ""
    line_ref: str = ""
    order_line: str = ""
    seller_code: str = ""

    @property
    def accepted(self) -> Decimal:
        """What stays with the receiver."""
        return self.received - self.rejected

    @property
    def is_as_sent(self) -> bool:
        return not (self.rejected or self.short or self.oversupply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An answer to a despatch note: the receiver (`customer`) issues it. `despatch` names the note by its ETTN.

    `despatch_number` is the note's 16-character number. Numbers are of a series of their own.
    """

    uuid: str
    series: str
    issue_date: date
    issue_time: time
    customer: Party
    supplier: Party
    despatch: DocumentReference
    lines: tuple[ReceiptLine, ...]
    despatch_number: str = ""
    number: DocumentNumber | None = None
    document_id: str = ""
    profile: str = TEMELIRSALIYE
    type_code: str = SEVK
    notes: tuple[str, ...] = ()
    orders: tuple[DocumentReference, ...] = ()
    buyer: Party | None = None
    seller: Party | None = None
    received_day: date | None = None
    received_time: time | None = None
    sender_label: str = ""
    receiver_label: str = ""

    @property
    def number_text(self) -> str:
        """The 16-character ID. GİB asks only for the length, so what others wrote is kept in `document_id`."""
        if self.number is not None:
            return str(self.number)
        if self.document_id:
            return self.document_id
        return f"{self.series}{self.issue_date.year:04d}{0:09d}" if self.series else ""

    @property
    def outcome(self) -> ReceiptOutcome:
        """Accepted when every line arrived as sent, rejected when nothing stays, partly otherwise."""
        if all(line.is_as_sent for line in self.lines):
            return ReceiptOutcome.ACCEPTED
        if all(line.accepted <= 0 for line in self.lines):
            return ReceiptOutcome.REJECTED
        return ReceiptOutcome.PARTLY


def answer_due(despatch_day: date) -> date:
    """The last day on which a despatch note can be answered."""
    return despatch_day + timedelta(days=ANSWER_DAYS)


def answer_until(despatch_day: date) -> datetime:
    """The last moment of that day in Istanbul."""
    return datetime.combine(answer_due(despatch_day), time(23, 59, 59), tzinfo=ISTANBUL)
