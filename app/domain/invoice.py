"""The invoice as the bookkeeper thinks of it. Sums are never stored here: `ubl.totals` computes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal

from app.domain.document_number import DocumentNumber
from app.domain.extras import (
    AdditionalReference,
    Buyer,
    Deduction,
    Delivery,
    EArchive,
    Period,
    TaxRepresentative,
)
from app.domain.money import ZERO
from app.domain.party import Party

TEMELFATURA = "TEMELFATURA"
TICARIFATURA = "TICARIFATURA"
EARSIVFATURA = "EARSIVFATURA"
IHRACAT = "IHRACAT"
YOLCUBERABERFATURA = "YOLCUBERABERFATURA"
OZELFATURA = "OZELFATURA"
YATIRIMTESVIK = "YATIRIMTESVIK"
SATIS = "SATIS"
IADE = "IADE"
TEVKIFAT = "TEVKIFAT"
ISTISNA = "ISTISNA"
#: Types that give an earlier invoice back and must name it (Schematron IADEInvioceCheck).
RETURN_TYPES = frozenset({"IADE", "TEVKIFATIADE", "YTBIADE", "YTBTEVKIFATIADE"})

KDV_CODE = "0015"


@dataclass(frozen=True, slots=True, kw_only=True)
class AllowanceCharge:
    """A discount (`is_charge` False) or a charge on a line, or on the document as a whole.

    Give `rate` as a fraction (0.05 is 5 %) or a fixed `amount`; with a rate the amount is base × rate.
    """

    is_charge: bool = False
    rate: Decimal | None = None
    amount: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherTax:
    """A tax beside KDV (ÖTV, ÖİV, konaklama...). `rate` is a percent; or `per_unit` an amount per quantity unit.

    `in_vat_base`: None lets the tax code decide (ÖTV enters the KDV base, konaklama and ÖİV do not).
    """

    code: str
    name: str = ""
    rate: Decimal | None = None
    per_unit: Decimal | None = None
    in_vat_base: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line. `unit_code` is UN/ECE rec 20 (C62 adet), `vat_rate` a percent, `withholding_rate` a whole percent.

    `vat_base` replaces the line's own KDV base (özel matrah). `vat_shown_only`: the KDV is computed and shown but not
    collected (teşvikli ISTISNA, ihraç kayıtlı). `item_ids` are AdditionalItemIdentification entries as
    (scheme, value): KUNYENO, ILAC, TELEFON, ETIKETNO… `classification` is an ItemClassificationCode (harcama tipi),
    `trace_id` and `serial_id` name one piece (makine teçhizat sıra no, makine or socket ID).
    """

    name: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    vat_rate: Decimal = Decimal(0)
    allowances: tuple[AllowanceCharge, ...] = ()
    other_taxes: tuple[OtherTax, ...] = ()
    withholding_code: str = ""
    withholding_rate: Decimal | None = None
    exemption_code: str = ""
    exemption_reason: str = ""
    description: str = ""
    note: str = ""
    brand: str = ""
    model: str = ""
    seller_code: str = ""
    buyer_code: str = ""
    manufacturer_code: str = ""
    origin_country: str = ""
    vat_base: Decimal | None = None
    vat_shown_only: bool = False
    item_ids: tuple[tuple[str, str], ...] = ()
    classification: str = ""
    trace_id: str = ""
    serial_id: str = ""
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """How many TRY one unit of the document currency is worth; at most 6 decimals (enforced by GİB)."""

    rate: Decimal
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentReference:
    """An order, a despatch note or a returned invoice: its number and date."""

    number: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMeans:
    """`code` per UN/EDIFACT 4461 (42 havale/EFT, 48 kart, 10 nakit, 1 belirsiz)."""

    code: str
    due_date: date | None = None
    iban: str = ""
    channel_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    note: str = ""
    due_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice, drafted or read. `number` None means not numbered yet: the XML then carries the placeholder.

    `sender_label` (gb) and `receiver_label` (pk) are not part of the UBL; they address the envelope.
    `rounding` is added to the payable amount (PayableRoundingAmount). `shipment_no` is the İDİS sevkiyat number,
    `accounting_cost` the SGK's own kind of invoice; `incentive` names the yatırım teşvik belgesi. `allowances` are of
    the document as a whole: a rate is taken from the sum of the lines.
    """

    uuid: str
    series: str
    profile: str
    type_code: str
    issue_date: date
    issue_time: time
    supplier: Party
    customer: Party
    lines: tuple[InvoiceLine, ...]
    number: DocumentNumber | None = None
    currency: str = "TRY"
    exchange_rate: ExchangeRate | None = None
    notes: tuple[str, ...] = ()
    order_reference: DocumentReference | None = None
    despatch_references: tuple[DocumentReference, ...] = ()
    returned_invoices: tuple[DocumentReference, ...] = ()
    payment_means: PaymentMeans | None = None
    payment_terms: PaymentTerms | None = None
    rounding: Decimal = ZERO
    sender_label: str = ""
    receiver_label: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    period: Period | None = None
    accounting_cost: str = ""
    incentive: DocumentReference | None = None
    references: tuple[AdditionalReference, ...] = ()
    buyer: Buyer | None = None
    tax_representative: TaxRepresentative | None = None
    delivery: Delivery | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    earchive: EArchive | None = None
    shipment_no: str = ""

    @property
    def number_text(self) -> str:
        """The 16-character ID; for an unnumbered draft `<series><year>000000000`, which is never sealed.

        Empty for a received invoice whose ID is not in GİB's form: showing it must not fail.
        """
        if self.number is not None:
            return str(self.number)
        return f"{self.series}{self.issue_date.year:04d}{0:09d}" if self.series else ""

    @property
    def is_answerable(self) -> bool:
        """Only commercial invoices are accepted or rejected through the system."""
        return self.profile == TICARIFATURA


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSubtotal:
    """One tax of a line or of the document; `percent` None for fixed amounts.

    `shown_amount` is a tax that is computed and shown but not added (CalculationSequenceNumeric −1); `amount` is then
    zero, so that every sum over amounts holds.
    """

    code: str
    name: str
    taxable: Decimal
    amount: Decimal
    percent: Decimal | None = None
    exemption_code: str = ""
    exemption_reason: str = ""
    per_unit: Decimal | None = None
    shown_amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTotals:
    """`gross` = quantity × price; `net` = LineExtensionAmount = gross − discounts + charges."""

    gross: Decimal
    allowance_amounts: tuple[Decimal, ...]
    net: Decimal
    taxes: tuple[TaxSubtotal, ...]
    withholding: TaxSubtotal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTotals:
    """All sums of an invoice in the document currency, two decimals each.

    `tax_total` is the sum of `taxes` (before withholding); `payable` = tax_inclusive − withheld − deduction_total +
    rounding. `deduction_amounts` follow the invoice's deductions, `allowance_amounts` its allowances (of the document;
    `allowance_total` and `charge_total` count those of the lines too).
    """

    lines: tuple[LineTotals, ...]
    gross: Decimal
    allowance_total: Decimal
    charge_total: Decimal
    tax_exclusive: Decimal
    taxes: tuple[TaxSubtotal, ...]
    tax_total: Decimal
    withholdings: tuple[TaxSubtotal, ...]
    withheld: Decimal
    tax_inclusive: Decimal
    rounding: Decimal
    payable: Decimal
    deduction_amounts: tuple[Decimal, ...] = ()
    deduction_total: Decimal = ZERO
    allowance_amounts: tuple[Decimal, ...] = ()

    @property
    def vat(self) -> Decimal:
        return sum((t.amount for t in self.taxes if t.code == KDV_CODE), ZERO)
