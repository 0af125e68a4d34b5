"""taxpayers update, taxpayers find."""

from __future__ import annotations

import argparse

from app.cli.shell import note, open_office, print_json, say
from app.domain.errors import AppError, ConfigError
from app.domain.turkish import format_datetime


def cmd_update(arguments: argparse.Namespace) -> int:
    """Bring the list up to date with the first account that can; obeys the integrator's floor as the window does."""
    from app.workflows import taxpayers

    with open_office(arguments) as office:
        ctx = office.context()
        report, refused = None, None
        for source in taxpayers.sources(ctx, office.connector):
            try:
                report = taxpayers.renew(ctx, source, office.session)
                break
            except AppError as error:
                # Another company's account may have its password in order.
                refused = refused or error
    if report is None:
        raise refused or ConfigError(
            "TAXPAYERS.NOWHERE",
            "Mükellef listesi alınamadı.",
            why="Hiçbir firmanın entegratör hesabı tanımlı değil.",
            todo="'muhurdar connector set' ile bir hesap tanımlayın.",
        )
    if arguments.json:
        print_json(report.to_json())
        return 0
    count = f"{report.state.taxpayers:,}".replace(",", ".") if report.state is not None else "0"
    if report.skipped_until is not None:
        until = format_datetime(report.skipped_until)
        say(f"Liste güncel: {count} mükellef. Entegratöre {until} sonrasında sorulabilir.")
    else:
        what = "Liste baştan alındı" if report.is_whole else "Değişiklikler alındı"
        say(f"{what}: {count} mükellef, {len(report.updated_cards)} cari kartı güncellendi.")
    return 0


def cmd_find(arguments: argparse.Namespace) -> int:
    """Look one number up in the office's own list; needs no connection. Exit code 1: not registered."""
    from app.domain.taxnumber import parse_tax_number
    from app.workflows import taxpayers

    number = parse_tax_number(arguments.number)
    with open_office(arguments) as office:
        found = taxpayers.lookup(office.context(), number)
    if found is None:
        raise ConfigError(
            "TAXPAYERS.NO_LIST",
            "Mükellef listesi bu bilgisayarda yok.",
            todo="Önce 'muhurdar taxpayers update' ile listeyi alın.",
        )
    if arguments.json:
        print_json(
            {
                "tax_number": number.digits,
                "registered": found.registered,
                "title": found.title,
                "labels": list(found.labels),
                "registered_at": found.registered_at,
                "as_of": found.as_of.isoformat(),
                "source": found.source.value,
            }
        )
        return 0 if found.registered else 1
    if found.registered:
        say(f"{number} e-Fatura mükellefi: {found.title}")
        for label in found.labels:
            say(f"  {label}")
    else:
        say(f"{number} e-Fatura mükellefi değil.")
    note(f"Listenin tarihi: {format_datetime(found.as_of)}")
    return 0 if found.registered else 1
