"""ledger filed, approve, takeback, report: a month after its ledgers are sealed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.ledger import options_of, period_of
from app.cli.shell import note, open_office, print_json, say, sealer_of
from app.domain.errors import InputError

if TYPE_CHECKING:
    from app.office import Office
    from app.storage.records import CompanyRecord


def cmd_filed(arguments: argparse.Namespace) -> int:
    """The month was uploaded in GİB's portal."""
    from app.workflows.ledger_life import record_filed

    period = period_of(arguments.period)
    with open_office(arguments) as office:
        record_filed(office.context(), _company(office, arguments), period, folder=office.folder.ledgers)
    _tell(arguments, {"period": str(period), "state": "filed"}, f"{period} yüklenmiş olarak işaretlendi.")
    return 0


def cmd_approve(arguments: argparse.Namespace) -> int:
    """Exit 0 when every file given was taken, 1 when one was refused."""
    from app.workflows.ledger_life import take_approved

    period = period_of(arguments.period)
    with open_office(arguments) as office:
        report = take_approved(
            office.context(),
            _company(office, arguments),
            period,
            [Path(name) for name in arguments.files],
            folder=office.folder.ledgers,
            out=Path(arguments.out),
        )
    for name, reason in report.refused:
        note(f"{name}: {reason}")
    closed = f"{period} tamamlandı." if report.is_complete else f"{period} için beklenen GİB beratı var."
    _tell(arguments, report.to_json(), f"{len(report.taken)} GİB beratı alındı. {closed}")
    return 1 if report.refused else 0


def cmd_takeback(arguments: argparse.Namespace) -> int:
    """The month may be built again; its files are set aside."""
    from app.workflows.ledger_life import take_back

    period = period_of(arguments.period)
    with open_office(arguments) as office:
        moved = take_back(
            office.context(),
            _company(office, arguments),
            period,
            folder=office.folder.ledgers,
            out=Path(arguments.out),
            deleted_by=arguments.deleted_by,
            deleted_on=arguments.deleted_on,
        )
    _tell(
        arguments,
        {"period": str(period), "moved": [str(path) for path in moved]},
        f"{period} geri alındı; {len(moved)} dosya iptal edilenler klasörüne taşındı.",
    )
    return 0


def cmd_report(arguments: argparse.Namespace) -> int:
    """The defter raporu of a closed month."""
    from app.workflows.ledger_life import build_report

    period = period_of(arguments.period)
    with open_office(arguments) as office:
        company = _company(office, arguments)
        with sealer_of(arguments, company.company.tax_number, office) as sealer:
            if sealer is None:
                raise InputError(
                    "LEDGER.NO_SEAL",
                    "Defter raporu mühürsüz oluşturulamaz.",
                    why="Mühür seçilmemiş.",
                    todo="--seal test, --pkcs11 ya da --pkcs12 verin.",
                )
            made = build_report(
                office.context(),
                company,
                period,
                sealer,
                options_of(arguments, office, company),
                folder=office.folder.ledgers,
                out=Path(arguments.out),
            )
    _tell(arguments, {"period": str(period), "files": [str(path) for path in made]}, "\n".join(map(str, made)))
    return 0


def _company(office: Office, arguments: argparse.Namespace) -> CompanyRecord:
    from app.workflows import companies

    return companies.require_company(office.context(), arguments.company)


def _tell(arguments: argparse.Namespace, data: dict[str, Any], sentence: str) -> None:
    if arguments.json:
        print_json(data)
    else:
        say(sentence)
