"""What single scenarios and types of invoice ask for beyond the ordinary fields: export, travellers, incentives,
charging stations, e-Arşiv sales over the internet, hal. All optional; `ubl.profiles` says which pair needs which.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Final

from app.domain.party import Address, Party
from app.domain.taxnumber import TaxNumber

#: PARTYTYPE values of BuyerCustomerParty (Schematron IhracatYolcuBeraberCheck).
EXPORT_BUYER: Final = "EXPORT"
TRAVELLER: Final = "TAXFREE"
#: Sending of an e-Arşiv invoice: on paper, or by e-mail or download.
ON_PAPER: Final = "KAGIT"
ELECTRONIC: Final = "ELEKTRONIK"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days (and hours) that the invoice is about; either end may be open."""

    start: date | None = None
    end: date | None = None
    start_time: time | None = None
    end_time: time | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionalReference:
    """A document or datum that the invoice names: `number` with its `scheme`, or `type_code` with `kind` as value.

    GİB and its institutions use it for what UBL has no field for: a charging report (scheme ESURaporID), an SGK file
    number (type_code DOSYA_NO, kind the number itself), an investment incentive (scheme YTBNO).
    """

    number: str
    day: date
    scheme: str = ""
    type_code: str = ""
    kind: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A packaging of exported goods: its number, how many, UN/ECE rec. 21 `type_code` (BX kutu, CT karton)."""

    type_code: str = ""
    number: str = ""
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Where and how goods go, of the whole document or of one line.

    `customs_id` is the GTİP (12 digits), `buyer_line_code`/`seller_line_code` the DİİB line codes of the customs
    declaration (11 characters, ihraç kayıtlı 702), `transport_mode` one digit of UN/ECE rec. 19 (1 deniz … 4 hava).
    """

    address: Address | None = None
    day: date | None = None
    despatch_day: date | None = None
    carrier: Party | None = None
    incoterms: str = ""
    transport_mode: str = ""
    customs_id: str = ""
    packages: tuple[Package, ...] = ()
    buyer_line_code: str = ""
    seller_line_code: str = ""

    @property
    def has_shipment(self) -> bool:
        """Whether anything of cac:Shipment is told."""
        return bool(
            self.customs_id or self.transport_mode or self.packages or self.buyer_line_code or self.seller_line_code
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount:
    number: str
    currency: str = ""
    bank: str = ""
    branch: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """BuyerCustomerParty: who really buys when the invoice is addressed to somebody else.

    An exporter's customer abroad (`party_type` EXPORT), a traveller (TAXFREE), the paying unit of a public body, a
    patient of SGK. The party's tax number is empty for the first two.
    """

    party: Party = field(default_factory=lambda: Party(tax_number=TaxNumber("")))
    party_type: str = ""
    legal_name: str = ""
    legal_id: str = ""
    nationality: str = ""
    passport_no: str = ""
    passport_day: date | None = None
    account: BankAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRepresentative:
    """The aracı kurum of a yolcu beraberi invoice: its VKN or TCKN and its e-Fatura label."""

    number: str
    label: str
    name: str = ""
    address: Address = field(default_factory=Address)


@dataclass(frozen=True, slots=True, kw_only=True)
class EArchive:
    """How an e-Arşiv invoice reaches its buyer. `web` is the address of the shop of an internet sale.

    The sale's payment stands in the invoice's payment means, its carrier and day in the invoice's delivery.
    """

    sending: str = ELECTRONIC
    is_internet: bool = False
    web: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deduction:
    """A cost that a hal commission agent keeps back (HKSKOMISYON, HKSNAVLUN, … and their KDV).

    Give `amount`, or `rate` in percent of the invoice's base.
    """

    code: str
    rate: Decimal | None = None
    amount: Decimal | None = None
