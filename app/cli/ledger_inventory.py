"""ledger inventory: the lists of what a company owned on a day, and the inventory ledger."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from app.cli.ledger import options_of, tell_build
from app.cli.ledger_stamps import stamped
from app.cli.shell import note, open_office, print_json, say, sealer_of
from app.domain.errors import InputError

_TOLD_ROWS = 20


def cmd_import(arguments: argparse.Namespace) -> int:
    """Exit 0 when every row came in (or was there already), 1 when some or all stayed out, 2 when it is no list."""
    from app.workflows import companies
    from app.workflows.ledger_inventory import import_inventory

    day = _day(arguments.day)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        result = import_inventory(
            ctx,
            company,
            Path(arguments.file),
            day,
            folder=office.folder.ledgers,
            decimals=arguments.decimals,
            replace=arguments.replace,
        )
    for row in result.bad[:_TOLD_ROWS]:
        note(f"{row.source_line}. satır: {row.message}")
    if result.bad_total > _TOLD_ROWS:
        note(f"… ve {result.bad_total - _TOLD_ROWS} satır daha.")
    if arguments.json:
        print_json(result.to_json())
    elif result.is_same:
        say(f"{result.items} satır okundu; aynı liste zaten vardı.")
    elif result.taken:
        say(f"{result.items} satır okundu ve {day.isoformat()} envanteri olarak alındı.")
    else:
        note("Bu gün için başka bir liste var, dokunulmadı (--replace ile yerine konur).")
    return 0 if (result.taken or result.is_same) and not result.bad_total else 1


def cmd_build(arguments: argparse.Namespace) -> int:
    """Exit 0 when the ledger is built, 1 when errors forbade it."""
    from app.workflows import companies
    from app.workflows.ledger_inventory import build_inventory

    day = _day(arguments.day)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        options = stamped(arguments, office, company, options_of(arguments, office, company))
        with sealer_of(arguments, company.company.tax_number, office) as sealer:
            if sealer is None:
                raise InputError(
                    "LEDGER.NO_SEAL",
                    "Defter mühürsüz oluşturulamaz.",
                    why="Mühür seçilmemiş.",
                    todo="--seal test, --pkcs11 ya da --pkcs12 verin.",
                )
            report = build_inventory(
                ctx,
                company,
                day,
                sealer,
                options,
                folder=office.folder.ledgers,
                out=Path(arguments.out),
                official=office.rules,
                again=arguments.again,
            )
    return tell_build(arguments, report)


def cmd_filed(arguments: argparse.Namespace) -> int:
    """The day's inventory was uploaded in GİB's portal."""
    from app.workflows import companies
    from app.workflows.ledger_inventory_life import record_inventory_filed

    day = _day(arguments.day)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        record_inventory_filed(ctx, company, day, folder=office.folder.ledgers)
    if arguments.json:
        print_json({"day": day.isoformat(), "state": "filed"})
    else:
        say(f"{day.isoformat()} envanteri yüklenmiş olarak işaretlendi.")
    return 0


def cmd_approve(arguments: argparse.Namespace) -> int:
    """Exit 0 when every file given was taken, 1 when one was refused."""
    from app.workflows import companies
    from app.workflows.ledger_inventory_life import take_approved_inventory

    day = _day(arguments.day)
    with open_office(arguments) as office:
        ctx = office.context()
        report = take_approved_inventory(
            ctx,
            companies.require_company(ctx, arguments.company),
            day,
            [Path(name) for name in arguments.files],
            folder=office.folder.ledgers,
            out=Path(arguments.out),
        )
    for name, reason in report.refused:
        note(f"{name}: {reason}")
    if arguments.json:
        print_json(report.to_json())
    else:
        closed = "Envanter tamamlandı." if report.is_complete else "Beklenen GİB beratı var."
        say(f"{len(report.taken)} GİB beratı alındı. {closed}")
    return 1 if report.refused else 0


def cmd_takeback(arguments: argparse.Namespace) -> int:
    """The day's inventory may be built again; its files are set aside."""
    from app.workflows import companies
    from app.workflows.ledger_inventory_life import take_back_inventory

    day = _day(arguments.day)
    with open_office(arguments) as office:
        ctx = office.context()
        moved = take_back_inventory(
            ctx,
            companies.require_company(ctx, arguments.company),
            day,
            folder=office.folder.ledgers,
            out=Path(arguments.out),
            deleted_by=arguments.deleted_by,
            deleted_on=arguments.deleted_on,
        )
    if arguments.json:
        print_json({"day": day.isoformat(), "moved": [str(path) for path in moved]})
    else:
        say(f"{day.isoformat()} envanteri geri alındı; {len(moved)} dosya iptal edilenler klasörüne taşındı.")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(
            "LEDGER.DAY", "Envanter günü anlaşılmadı.", why="Gün YYYY-AA-GG biçiminde yazılır.", todo="Örn. 2026-12-31."
        ) from error
