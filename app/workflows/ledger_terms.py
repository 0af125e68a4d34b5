"""How a company's ledgers are built or given away: the card's word, else the office's."""

from __future__ import annotations

from datetime import date
from typing import Final

from app import __version__
from app.domain.ledger_terms import LedgerMode
from app.domain.party import Company
from app.runtime.settings import LEDGER_APPLICATION, LEDGER_PART_MB, Settings
from app.storage.records import CompanyRecord
from app.workflows.ledger_heads import BuildOptions

_MB: Final = 1024 * 1024


def source_application(company: Company, office_application: str) -> str:
    """The company's own, else the office's; else who makes the file, which GİB's live side refuses."""
    told = company.ledger.source_application or office_application
    return told or f"{company.tax_number}##{company.party.display_name}##Mühürdar##{__version__}"


def build_options(
    settings: Settings, company: CompanyRecord, *, max_part_mb: int = 0, split_after: tuple[date, ...] = ()
) -> BuildOptions:
    """How to build this company's ledgers; `max_part_mb` and `split_after` are what this one month asks beyond that."""
    card = company.company
    size = max_part_mb or card.ledger.max_part_mb or settings.get(LEDGER_PART_MB)
    return BuildOptions(
        source_application=source_application(card, settings.get(LEDGER_APPLICATION)),
        creator=card.accountant.name,
        max_part_bytes=size * _MB,
        split_after=split_after,
    )


def is_exporting(company: CompanyRecord) -> bool:
    """Whether the company's months are given to an integrator instead of being built here."""
    return company.company.ledger.mode is LedgerMode.INTEGRATOR
