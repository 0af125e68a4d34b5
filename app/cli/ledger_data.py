"""ledger fix, start, mapping: what is done to a company's vouchers and numbers before its books are made."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.ledger import period_of
from app.cli.shell import note, open_office, print_json, say
from app.domain.errors import InputError

if TYPE_CHECKING:
    from app.workflows.ledger_fix_model import FixOffer
    from app.workflows.ledger_start import LedgerStart

_TOLD_CHANGES = 20


def cmd_fix(arguments: argparse.Namespace) -> int:
    """Exit 0 when all that was offered was done or shown, 1 when some could not be; nothing changes without --yes."""
    from app.workflows import companies, ledger_fixes

    if arguments.yes + arguments.preview + bool(arguments.undo) + arguments.history > 1:
        raise InputError(
            "LEDGER.FIX_WORD",
            "Ne yapılacağı anlaşılmadı.",
            why="--preview, --yes, --undo ve --history birlikte verilemez.",
            todo="Önce --preview ile bakın, sonra --yes ile uygulayın.",
        )
    unknown = [code for code in arguments.finding if code not in ledger_fixes.FIXABLE]
    if unknown:
        raise InputError(
            "LEDGER.FIX_CODE",
            f"{unknown[0]} için bir düzeltme yok.",
            why="Program yalnız güvenli olanı düzeltir; gerisi kaynak programda düzeltilir.",
            todo=f"Düzeltilebilenler: {', '.join(ledger_fixes.FIXABLE)}.",
        )
    period = period_of(arguments.period)
    with open_office(arguments) as office:
        ctx, folder = office.context(), office.folder.ledgers
        company = companies.require_company(ctx, arguments.company)
        if arguments.history:
            records = ledger_fixes.history(ctx, company, period, folder=folder)
            if arguments.json:
                print_json({"fixes": [record.to_json() for record in records]})
            for record in [] if arguments.json else records:
                undone = " (geri alındı)" if record.is_undone else ""
                say(f"{record.id}  {record.at[:16]}  {record.who}  {record.title}: {record.changes} değer{undone}")
            return 0
        if arguments.undo:
            count = ledger_fixes.undo(ctx, company, period, arguments.undo, folder=folder)
            _tell(arguments, {"undone": arguments.undo, "changes": count}, f"Düzeltme geri alındı: {count} değer.")
            return 0
        offered = ledger_fixes.offers(ctx, company, period, folder=folder, codes=arguments.finding)
        if not arguments.yes:
            return _show(arguments, offered)
        possible = [offer for offer in offered if not offer.refusal]
        who = arguments.who or getpass.getuser()
        report = ledger_fixes.apply(ctx, company, period, possible, folder=folder, who=who)
    report.refused += [(offer.title, offer.refusal) for offer in offered if offer.refusal]
    for title, reason in report.refused:
        note(f"{title}: {reason}")
    _tell(
        arguments,
        report.to_json(),
        f"{report.applied} düzeltme yapıldı, {report.changes} değer değişti. Ayı yeniden denetleyin.",
    )
    return 1 if report.refused else 0


def _show(arguments: argparse.Namespace, offered: list[FixOffer]) -> int:
    if arguments.json:
        print_json({"offers": [offer.to_json() for offer in offered]})
        return 0
    if not offered:
        say("Düzeltilebilecek bir şey yok.")
    for offer in offered:
        say(f"{offer.code}: {offer.title} ({offer.total} değer)")
        if offer.refusal:
            note(f"  yapılamaz: {offer.refusal}")
        for change in offer.changes[:_TOLD_CHANGES]:
            say(f"  {change.reference} · {change.field}: '{change.before}' → '{change.after}'")
        if offer.total > _TOLD_CHANGES:
            say(f"  … ve {offer.total - _TOLD_CHANGES} değer daha (--json ilk 200'ünü yazar).")
        for reference, reason in offer.left_out[:_TOLD_CHANGES]:
            note(f"  {reference} dışarıda kalır: {reason}")
    if any(not offer.refusal for offer in offered):
        say("Hiçbir şey değiştirilmedi; uygulamak için --yes verin.")
    return 0


def cmd_start(arguments: argparse.Namespace) -> int:
    """Exit 0 when the start was kept (or shown with --preview), 1 when warnings hold it back, 2 when it is refused."""
    from app.domain.findings import Severity
    from app.workflows import companies
    from app.workflows.ledger_start import read_start, save_start, start_findings

    if bool(arguments.source) == bool(arguments.period):
        raise InputError(
            "LEDGER.START_WORD",
            "Başlangıcın nereden alınacağı anlaşılmadı.",
            why="Ya --from ile bir dosya ya da --period ile numaralar verilir.",
            todo="Birini seçin.",
        )
    with open_office(arguments) as office:
        ctx, folder = office.context(), office.folder.ledgers
        company = companies.require_company(ctx, arguments.company)
        start = read_start(Path(arguments.source), company) if arguments.source else _typed(arguments)
        start = _with_typed(start, arguments)
        found = start_findings(ctx, company, start, folder=folder)
        for finding in found:
            note(f"{'HATA' if finding.severity is Severity.ERROR else 'UYARI'} {finding.code}: {finding.message}")
        kept = not arguments.preview and not start.missing
        if kept:
            save_start(ctx, company, start, folder=folder)
    data = {**start.to_json(), "kept": kept, "findings": [finding.to_json() for finding in found]}
    words = (
        f"İlk ay {start.period}; önceki programın son numaraları: madde {start.entry}, satır {start.line},"
        f" parça {start.sequence}. {'Firma kartına yazıldı.' if kept else 'Yazılmadı.'}"
    )
    _tell(arguments, data, words)
    return 0 if kept or arguments.preview else 1


def _typed(arguments: argparse.Namespace) -> LedgerStart:
    from app.workflows.ledger_start import LedgerStart

    return LedgerStart(period=str(period_of(arguments.period)), branch_no=arguments.branch)


def _with_typed(start: LedgerStart, arguments: argparse.Namespace) -> LedgerStart:
    """What is typed in stands above what the file says, and fills what it does not."""
    from dataclasses import replace

    said = {
        key: getattr(arguments, key) for key in ("entry", "line", "sequence") if getattr(arguments, key) is not None
    }
    return replace(start, **said, missing=tuple(key for key in start.missing if key not in said))


def cmd_mapping_list(arguments: argparse.Namespace) -> int:
    """The saved column mappings of a company."""
    from app.workflows import companies
    from app.workflows.ledger_mappings import mapping_names

    with open_office(arguments) as office:
        company = companies.require_company(office.context(), arguments.company)
        names = mapping_names(company, folder=office.folder.ledgers)
    _tell(arguments, {"mappings": names}, "\n".join(names) or "Kayıtlı eşleme yok.")
    return 0


def cmd_mapping_delete(arguments: argparse.Namespace) -> int:
    """Exit 0 when it was forgotten, 2 when there was none of the name."""
    from app.workflows import companies
    from app.workflows.ledger_mappings import delete_mapping, mapping_names

    with open_office(arguments) as office:
        company = companies.require_company(office.context(), arguments.company)
        folder = office.folder.ledgers
        if not delete_mapping(company, arguments.name, folder=folder):
            known = ", ".join(mapping_names(company, folder=folder)) or "yok"
            raise InputError(
                "LEDGER.MAPPING",
                f"'{arguments.name}' adlı eşleme bulunamadı.",
                why=f"Bu firma için kayıtlı eşlemeler: {known}.",
                todo="Adı kontrol edin.",
            )
    _tell(arguments, {"deleted": arguments.name}, f"'{arguments.name}' eşlemesi silindi.")
    return 0


def _tell(arguments: argparse.Namespace, data: dict[str, Any], sentence: str) -> None:
    if arguments.json:
        print_json(data)
    else:
        say(sentence)


def undo_import(arguments: argparse.Namespace) -> int:
    """The last import of a fiscal year taken back; what it had replaced is in force again."""
    from app.workflows import companies
    from app.workflows.ledger_import import undo_last_import

    given = [arguments.file, arguments.query, arguments.sql_url_env, arguments.replace, arguments.preview]
    if any(given):
        raise InputError(
            "LEDGER.SOURCE",
            "Ne yapılacağı anlaşılmadı.",
            why="--undo son aktarmayı geri alır; yanında dosya, sorgu, --replace ya da --preview verilmez.",
            todo="Birini seçin.",
        )
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        undone = undo_last_import(ctx, company, arguments.undo, folder=office.folder.ledgers)
    if arguments.json:
        print_json({"year": arguments.undo, "file": undone.file, "vouchers": undone.vouchers})
    else:
        say(f"{undone.file} aktarması geri alındı; {undone.vouchers} fiş çıkarıldı.")
    return 0
