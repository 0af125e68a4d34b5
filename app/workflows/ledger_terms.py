"""How a company's ledgers are built or given away: the card's word, else the office's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from app import __version__
from app.domain.errors import RuleBroken
from app.domain.ledger_terms import LedgerMode, StampedFiles
from app.domain.party import Company
from app.domain.protocols import SecretStore
from app.runtime.settings import LEDGER_APPLICATION, LEDGER_PART_MB, Settings
from app.storage.records import CompanyRecord
from app.workflows.ledger_heads import BuildOptions
from app.workflows.time_stamps import stamping_of

_MB: Final = 1024 * 1024


def source_application(company: Company, office_application: str) -> str:
    """The company's own, else the office's; else who makes the file, which GİB's live side refuses."""
    told = company.ledger.source_application or office_application
    return told or f"{company.tax_number}##{company.party.display_name}##Mühürdar##{__version__}"


def build_options(
    settings: Settings,
    company: CompanyRecord,
    *,
    secrets: Callable[[], SecretStore] | None = None,
    max_part_mb: int = 0,
    split_after: tuple[date, ...] = (),
    stamped: StampedFiles = StampedFiles.OFFICE,
) -> BuildOptions:
    """How to build this company's ledgers; the last three are what this one build asks beyond card and settings.

    Without `secrets` nothing is stamped: for a look that seals nothing. Raises: as `stamping_of`.
    """
    card = company.company
    size = max_part_mb or card.ledger.max_part_mb or settings.get(LEDGER_PART_MB)
    return BuildOptions(
        source_application=source_application(card, settings.get(LEDGER_APPLICATION)),
        creator=card.accountant.name,
        max_part_bytes=size * _MB,
        split_after=split_after,
        stamping=None if secrets is None else stamping_of(settings, secrets, card, files=stamped),
    )


def fed_elsewhere(company: CompanyRecord) -> RuleBroken:
    """Why a month of a company that feeds an integrator is not built here."""
    return RuleBroken(
        "LEDGER.MODE",
        f"{company.company.party.display_name} için defter burada oluşturulmaz.",
        why="Firma kartında defterleri onaylı entegratörün hazırladığı yazıyor.",
        todo="Ayın dosyasını entegratöre verin ya da kartın Defter sekmesinde hazırlayanı değiştirin.",
    )


def is_exporting(company: CompanyRecord) -> bool:
    """Whether the company's months are given to an integrator instead of being built here."""
    return company.company.ledger.mode is LedgerMode.INTEGRATOR
