"""package install, list, update, rollback: GİB's own rules in this data folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.inputs import read_file
from app.cli.shell import note, open_office, print_json, say
from app.domain.errors import AppError

if TYPE_CHECKING:
    from app.validation.packages.store import InstallReport


def cmd_install(arguments: argparse.Namespace) -> int:
    """Install zips one by one; one that is refused does not stop the others, and nothing of it is kept."""
    from app.validation.packages.content import MAX_ZIP_BYTES

    shown: list[dict[str, Any]] = []
    failed = False
    with open_office(arguments) as office:
        for name in arguments.files:
            try:
                raw = read_file(name, max_bytes=MAX_ZIP_BYTES)
                report = office.packages.install(raw, Path(name).name)
            except AppError as error:
                failed = True
                note(f"{name}: {error.sentence}")
                shown.append({"file": name, "ok": False, "error": {"code": error.code, "message": error.sentence}})
                continue
            shown.append({"file": name, "ok": True, **_report_json(report)})
            if not arguments.json:
                _show_report(report)
    if arguments.json:
        print_json({"packages": shown})
    return 1 if failed else 0


def cmd_list(arguments: argparse.Namespace) -> int:
    """What is stored, which is in use; with `--changes` what the one in use changed."""
    with open_office(arguments) as office:
        store = office.packages
        entries = [one.to_json() for one in store.installed()]
        if arguments.changes:
            for one, entry in zip(store.installed(), entries, strict=True):
                changes = store.changes(one.kind) if one.is_current else None
                entry["changes"] = changes.to_json() if changes else None
                entry["words"] = changes.lines() if changes else []
    words = [entry.pop("words", []) for entry in entries]
    if arguments.json:
        print_json({"packages": entries})
        return 0
    for entry, lines in zip(entries, words, strict=True):
        mark = "kullanılıyor" if entry["current"] else "saklı"
        year, month, day = entry["release"].split("-")
        say(f"{entry['title']}  {day}.{month}.{year}  {mark}  ({entry['file']})")
        for line in lines:
            say(f"  {line}")
    if not entries:
        say("Kurulu GİB paketi yok. 'muhurdar package update' indirir, 'muhurdar package install' dosyadan yükler.")
    return 0


def cmd_update(arguments: argparse.Namespace) -> int:
    """Download what is new from GİB's published addresses; exit 1 when one could not be fetched or installed."""
    from app.validation.packages.content import PackageKind
    from app.workflows.rule_packages import update_packages

    shown: list[dict[str, Any]] = []
    failed = False
    with open_office(arguments) as office:
        only = frozenset(PackageKind(name) for name in arguments.kind) if arguments.kind else None
        for outcome in update_packages(office.packages, only=only):
            entry: dict[str, Any] = {"kind": outcome.kind.value, "address": outcome.address, "ok": not outcome.error}
            if outcome.error is not None:
                failed = True
                entry["error"] = {"code": outcome.error.code, "message": outcome.error.sentence}
                note(outcome.sentence)
            elif not arguments.json:
                say(outcome.sentence)
            if outcome.report is not None:
                entry |= _report_json(outcome.report)
                if not arguments.json:
                    _show_changes(outcome.report)
            shown.append(entry)
    if arguments.json:
        print_json({"packages": shown})
    return 1 if failed else 0


def cmd_rollback(arguments: argparse.Namespace) -> int:
    """Use the stored release before the one in use."""
    from app.validation.packages.content import PackageKind

    with open_office(arguments) as office:
        report = office.packages.rollback(PackageKind(arguments.kind))
    if arguments.json:
        print_json(_report_json(report))
    else:
        say(f"{report.installed.title}: artık {report.installed.release:%d.%m.%Y} sürümü kullanılıyor.")
        _show_changes(report)
    return 0


def _report_json(report: InstallReport) -> dict[str, Any]:
    return {
        "installed": report.installed.to_json(),
        "was_known": report.was_known,
        "previous": report.previous.to_json() if report.previous else None,
        "changes": report.changes.to_json() if report.changes else None,
    }


def _show_report(report: InstallReport) -> None:
    one = report.installed
    say(f"{one.title} {one.release:%d.%m.%Y} {'zaten kuruluydu' if report.was_known else 'kuruldu'}.")
    if not one.is_current:
        say("  Daha yenisi kurulu; bu sürüm yalnız o günün belgeleri için saklanıyor.")
    _show_changes(report)


def _show_changes(report: InstallReport) -> None:
    for line in report.changes.lines() if report.changes else []:
        say(f"  {line}")
