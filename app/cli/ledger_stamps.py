"""What `ledger build` may add to a build: the liquidation's day on the card, and time stamps."""

from __future__ import annotations

import argparse
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.shell import secret_from_env
from app.domain.errors import InputError

if TYPE_CHECKING:
    from app.office import Office
    from app.storage.records import CompanyRecord
    from app.workflows.context import WorkContext
    from app.workflows.ledger_heads import BuildOptions
    from app.workflows.time_stamps import Stamping


def liquidated(arguments: argparse.Namespace, ctx: WorkContext, company: CompanyRecord) -> CompanyRecord:
    """The company with the day that --liquidation puts on its card; the same without one."""
    from app.workflows import companies

    if not arguments.liquidation or arguments.liquidation == company.company.liquidation_start:
        return company
    try:
        day = date.fromisoformat(arguments.liquidation)
    except ValueError as error:
        raise InputError(
            "LEDGER.DAY", "Tasfiye günü anlaşılmadı.", why="Gün YYYY-AA-GG biçiminde yazılır.", todo="Örn. 2026-05-21."
        ) from error
    return companies.save_company(ctx, replace(company.company, liquidation_start=day.isoformat()))


def stamped(
    arguments: argparse.Namespace, office: Office, company: CompanyRecord, options: BuildOptions
) -> BuildOptions:
    """The options with the time stamps that this call, the card or the office want.

    Raises: ConfigError (TSA.*), InputError.
    """
    return replace(options, stamping=_stamping(arguments, office, company))


def _stamping(arguments: argparse.Namespace, office: Office, company: CompanyRecord) -> Stamping | None:
    from app.domain.ledger_terms import StampedFiles
    from app.workflows import time_stamps

    files = StampedFiles(arguments.time_stamp)
    if not arguments.tsa:
        return time_stamps.stamping_of(office.settings, lambda: office.secrets, company.company, files=files)
    if files is StampedFiles.OFFICE:
        files = time_stamps.wanted_files(office.settings, company.company)
        files = StampedFiles.BERATS if files is StampedFiles.NEVER else files
    if files is StampedFiles.NEVER:
        return None
    secret = arguments.tsa_password_env
    stamper = time_stamps.stamper_at(
        arguments.tsa,
        login=arguments.tsa_login or ("basic" if arguments.tsa_user else "none"),
        user=arguments.tsa_user,
        password=secret_from_env(secret, "Zaman damgası parolası") if secret else "",
        roots=[Path(name) for name in arguments.tsa_trust],
    )
    return time_stamps.Stamping(stamper=stamper, files=files)
