"""Companies and partners."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.ledger_terms import LedgerTerms
from app.domain.lifecycle import DocumentKind, SealingMode
from app.domain.taxnumber import TaxNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A structured postal address. UBL-TR wants district (ilçe), city and country in every address."""

    street: str = ""
    building: str = ""
    building_no: str = ""
    district: str = ""
    city: str = ""
    postal_code: str = ""
    country: str = "Türkiye"
    country_code: str = "TR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side of a document. A VKN holder has a `title`; a TCKN holder has `first_name` and `family_name`.

    `identifiers` are further PartyIdentification entries as (scheme, value), e.g. ("MERSISNO", "0…").
    """

    tax_number: TaxNumber
    title: str = ""
    first_name: str = ""
    family_name: str = ""
    tax_office: str = ""
    address: Address = field(default_factory=Address)
    phone: str = ""
    fax: str = ""
    email: str = ""
    web: str = ""
    mersis: str = ""
    trade_registry_no: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()

    @property
    def display_name(self) -> str:
        """Title, or name and surname."""
        return self.title or f"{self.first_name} {self.family_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """e-Fatura addresses: sending units (gb) and mailboxes (pk); the first of each is the default."""

    gb: tuple[str, ...] = ()
    pk: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    no: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accountant:
    """The mali müşavir who signs for the books."""

    name: str = ""
    engagement_type: str = ""
    contract_no: str = ""
    contract_date: str = ""
    tckn: str = ""
    vkn: str = ""
    phone: str = ""
    email: str = ""
    address: Address = field(default_factory=Address)
    fax: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A client firm of the office.

    `series` maps a SeriesPurpose value to its 3-character series. `sealing_modes` says per document kind who
    seals; a kind that is absent uses `default_sealing_mode`. `logo` and `stamp` are PNG or JPEG bytes.
    `fiscal_year_start`/`_end` are ISO dates as typed by the office (used by the ledgers).
    """

    party: Party
    labels: Labels = field(default_factory=Labels)
    series: dict[str, str] = field(default_factory=dict)
    default_sealing_mode: SealingMode = SealingMode.OWN
    sealing_modes: dict[DocumentKind, SealingMode] = field(default_factory=dict)
    logo: bytes = b""
    stamp: bytes = b""
    nace: str = ""
    fiscal_year_start: str = ""
    fiscal_year_end: str = ""
    branches: tuple[Branch, ...] = ()
    accountant: Accountant = field(default_factory=Accountant)
    taxpayer_kind: str = ""
    upload_preference: str = ""
    ledger_start: dict[str, str] = field(default_factory=dict)
    ledger: LedgerTerms = field(default_factory=LedgerTerms)
    #: The yeminli mali müşavir of a tam tasdik contract; the ledgers name him beside the accountant.
    auditor: Accountant = field(default_factory=Accountant)
    #: Tasfiye: the day it was registered and the day it ended, ISO texts; empty where there is none.
    liquidation_start: str = ""
    liquidation_end: str = ""

    @property
    def tax_number(self) -> TaxNumber:
        return self.party.tax_number

    def sealing_mode(self, kind: DocumentKind) -> SealingMode:
        return self.sealing_modes.get(kind, self.default_sealing_mode)
