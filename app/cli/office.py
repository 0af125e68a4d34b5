"""company, connector, sync, backup, restore."""

from __future__ import annotations

import argparse
from calendar import monthrange
from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.cli.inputs import read_json
from app.cli.shell import note, open_office, print_json, say, sealer_of, secret_from_env
from app.domain.errors import InputError, StorageError
from app.domain.turkish import format_amount, format_datetime, sort_key


def cmd_company_add(arguments: argparse.Namespace) -> int:
    from app.ubl.company_json import company_from_json
    from app.workflows import companies

    company = company_from_json(read_json(arguments.source), base_dir=Path(arguments.source).parent)
    findings = companies.company_findings(company)
    with open_office(arguments) as office:
        record = companies.save_company(office.context(), company)
    for finding in findings:
        note(finding.message)
    if arguments.json:
        print_json(
            {
                "id": record.id,
                "tax_number": company.tax_number.digits,
                "title": company.party.display_name,
                "findings": [f.to_json() for f in findings],
            }
        )
    else:
        say(f"Kaydedildi: {company.party.display_name} ({company.tax_number})")
    return 0


def cmd_company_list(arguments: argparse.Namespace) -> int:
    from app.storage import companies

    with open_office(arguments) as office, office.db.read() as s:
        records = companies.list_companies(s)
    records.sort(key=lambda r: sort_key(r.company.party.display_name))
    if arguments.json:
        print_json(
            {
                "companies": [
                    {
                        "tax_number": r.company.tax_number.digits,
                        "title": r.company.party.display_name,
                        "tax_office": r.company.party.tax_office,
                        "sealing_mode": r.company.default_sealing_mode.value,
                        "series": r.company.series,
                    }
                    for r in records
                ]
            }
        )
        return 0
    if not records:
        say("Henüz firma yok. 'muhurdar company add --from FİRMA.json' ile ekleyin.")
    for r in records:
        say(f"{r.company.tax_number.digits:<11}  {r.company.party.display_name}")
    return 0


def cmd_connector_set(arguments: argparse.Namespace) -> int:
    from app.workflows import companies

    settings: dict[str, str] = {}
    for pair in arguments.set:
        name, sign, value = pair.partition("=")
        if not sign:
            raise InputError("SETTING.SHAPE", f"Ayar okunamadı: {pair!r}.", todo="AD=DEĞER biçiminde yazın.")
        settings[name.strip()] = value.strip()
    password = secret_from_env(arguments.password_env, "Entegratör parolası")
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        connector = office.connector(arguments.key)
        schema = getattr(connector, "settings_schema", None)
        known = sorted(field.name for field in fields(schema)) if schema is not None else []
        if unknown := sorted(settings.keys() - set(known)):
            raise InputError(
                "SETTING.UNKNOWN",
                f"{connector.title} böyle bir ayar tanımıyor: {', '.join(unknown)}.",
                todo=f"Tanınanlar: {', '.join(known)}.",
            )
        account = companies.set_connector(
            ctx,
            company,
            connector,
            url=arguments.url,
            user=arguments.user,
            password=password,
            secrets=office.secrets,
            settings=settings,
            labels=tuple(arguments.label),
        )
        if arguments.sends:
            companies.choose_account(ctx, company, connector.key)
        sender = companies.require_account(ctx, company)
        kind = connector.endpoint_kind(account.url)
    words = {"sandbox": "deneme ortamı", "test": "entegratörün test ortamı", "live": "GERÇEK ortam"}[kind.value]
    if arguments.json:
        shown = {"connector": connector.key, "title": connector.title, "url": account.url, "kind": kind.value}
        print_json(shown | {"sends": sender.id == account.id})
    else:
        say(f"{company.company.party.display_name}: {connector.title}, {words}.")
        if sender.id != account.id:
            say("Belgeler başka bir hesapla gönderiliyor; bu hesaptan yalnız gelenler alınır (--sends ile değişir).")
    return 0


def cmd_sync(arguments: argparse.Namespace) -> int:
    """One pass; prints what it did and what the floors made it skip. Exit 1 when a step failed."""
    from app.storage import outbox
    from app.workflows import companies, sync

    period = _period(arguments.complete) if arguments.complete else None
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        account = companies.require_account(ctx, company)
        # Made here, before the pass: a password that cannot be had is one failure, not one for every step.
        session = office.session(account)
        with sealer_of(arguments, company.company.tax_number, office) as sealer:
            report = sync.sync_company(ctx, company, office.line(account), mode="button", sealer=sealer)
        completed: dict[str, Any] | None = None
        if period is not None and not report.errors:
            completed = _complete(ctx, company, account, session, period)
        with office.db.read() as s:
            retry_at = outbox.next_due_at(s, company.id)
        if retry_at is not None and retry_at <= ctx.clock.now():
            retry_at = None  # it waits for something else than time, a seal for instance; its step has said so
    if arguments.json:
        shown = report.to_json() | {"retry_at": retry_at.isoformat() if retry_at is not None else None}
        print_json(shown | ({"complete": completed} if completed is not None else {}))
    else:
        _show_sync(report, completed, retry_at)
    for sentence in dict.fromkeys(error.sentence for error in report.errors):
        note(f"Yapılamadı: {sentence}")
    if report.errors and period is not None:
        note("Dönem tamamlanmadı; önce yukarıdaki sorun giderilmeli.")
    return 1 if report.errors else 0


def _period(text: str) -> tuple[date, date]:
    """First and last day of `YYYY-AA`. Raises: InputError (PERIOD.SHAPE)."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise InputError(
            "PERIOD.SHAPE", f"Dönem okunamadı: {text!r}.", todo="YYYY-AA yazın, örneğin 2026-11."
        ) from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _complete(ctx: Any, company: Any, account: Any, session: Any, period: tuple[date, date]) -> dict[str, Any]:
    import os

    from app.storage import leases
    from app.workflows import receiving
    from app.workflows.context import under_lease

    with leases.acquire(ctx.db, company.id, owner=ctx.owner, pid=os.getpid(), now=ctx.clock.now()) as lease:
        held = under_lease(ctx, lease)
        report = receiving.complete_period(held, company, account, session, start=period[0], end=period[1])
    return report.to_json()


_STEP_WORDS = {
    "catch_up": (
        ("restored", "Yedekten sonra gönderilmiş {} belge entegratörden geri alındı"),
        ("sent", "Kuyrukta görünen {} belgenin yedekten sonra gönderildiği anlaşıldı"),
        ("raised", "{} serinin sırası entegratördeki son numaradan sonraya alındı"),
        ("taken", "{} numara iki ayrı faturada; elle incelemeye alındı"),
        ("new", "Yedekten sonra gelmiş {} belge geri alındı"),
        ("kept_aside", "{} dosya okunamadı, kenara alındı"),
    ),
    "send": (
        ("sent", "{} belge gönderildi"),
        ("unknown", "{} belgenin sonucu bilinmiyor"),
        ("refused", "{} belge reddedildi"),
        ("waiting", "{} belge bekliyor"),
        ("review", "{} belge elle incelemeye alındı"),
    ),
    "settle": (
        ("found", "{} belgenin sonucu öğrenildi"),
        ("requeued", "{} belge yeniden kuyruğa alındı"),
        ("still_unknown", "{} belgenin sonucu hâlâ bilinmiyor"),
    ),
    "answer": (
        ("sent", "{} yanıt iletildi"),
        ("refused", "{} yanıt kabul edilmedi"),
        ("needs_seal", "{} yanıt mühür bekliyor"),
        ("unknown", "{} yanıtın sonucu bilinmiyor"),
    ),
    "status": (("changed", "{} belgenin durumu değişti"), ("missing", "{} belge entegratörde bulunamadı")),
    "legal": (("fetched", "{} yasal nüsha alındı"),),
    "receive": (
        ("new", "{} yeni belge alındı"),
        ("duplicates", "{} belge mükerrer olabilir"),
        ("kept_aside", "{} dosya okunamadı, kenara alındı"),
    ),
    "lapse": (("lapsed", "{} belgenin yanıt süresi doldu"),),
}
_STEP_WORDS["settle_again"] = _STEP_WORDS["settle"]


def _show_sync(report: Any, completed: dict[str, Any] | None, retry_at: datetime | None) -> None:
    lines = 0
    for step in report.steps:
        if step.skipped_until is not None:
            what = "Gelen belgeler" if step.step == "receive" else "Durumlar"
            say(f"{what} şimdi sorulmadı; {format_datetime(step.skipped_until)} sonrasında sorulabilir.")
            lines += 1
        lines += _show_step(step.step, step.result or {})
    if completed is not None:
        lines += _show_step("receive", completed)
    if report.offline:
        say("Bağlantı yok; kuyruktakiler bağlantı gelince gönderilecek.")
    if retry_at is not None:
        say(f"Kuyrukta bekleyen var; {format_datetime(retry_at)} sonrasındaki ilk geçişte denenecek.")
    elif report.offline:
        return
    elif not lines and not report.errors:
        say("Yapılacak bir şey yoktu.")


def _show_step(step: str, result: dict[str, Any]) -> int:
    """Say what a step did; returns how many lines that took."""
    lines = 0
    for key, words in _STEP_WORDS.get(step, ()):
        if items := result.get(key):
            say(words.format(len(items)) + ".")
            lines += 1
    for item in result.get("kept_aside", ()):
        say(f"  {item['name']}: {item['message']}")
    return lines


def cmd_backup(arguments: argparse.Namespace) -> int:
    from app.runtime.paths import DataFolder, resolve_data_dir
    from app.storage.backup import backup, inspect

    folder = DataFolder(resolve_data_dir(arguments.data_dir))
    if not folder.database.exists():
        raise InputError("BACKUP.NOTHING", "Yedeklenecek veritabanı yok.", todo="Veri klasörünü kontrol edin.")
    target = Path(arguments.file)
    if target.exists() and not target.is_file() and not target.is_dir():
        # The copy takes the place of what bears its name; that may not be a device.
        raise InputError("BACKUP.DEVICE", f"{target} bir dosya değil.", todo="Bir dosya adı verin.")
    # Before anything is written: a database that cannot be read leaves no file that looks like a backup.
    inspect(folder.database)
    info = backup(folder.database, target)
    if arguments.json:
        print_json(_backup_json(info))
    else:
        size = format_amount(Decimal(info.size_bytes) / 1024, 0)
        say(f"Yedeklendi: {arguments.file} ({info.documents} belge, {size} KB)")
    return 0


def cmd_restore(arguments: argparse.Namespace) -> int:
    from app.runtime.paths import DataFolder, resolve_data_dir
    from app.storage.backup import inspect, restore

    source = Path(arguments.file)
    if source.is_dir():
        raise InputError("FILE.IS_FOLDER", f"{source} bir klasör.", todo="Yedek dosyasını verin.")
    try:
        inspect(source)
    except StorageError as error:
        if error.code != "STORAGE.DAMAGED":
            raise
        raise InputError(
            "BACKUP.DAMAGED",
            f"{source} geri yüklenmedi.",
            why="Dosya bozuk ya da bir Mühürdar yedeği değil.",
            todo="Başka bir yedek seçin; veritabanınıza dokunulmadı.",
        ) from error
    folder = DataFolder(resolve_data_dir(arguments.data_dir))
    folder.ensure()
    report = restore(source, folder.database, dry_run=arguments.dry_run)
    info = report.source
    if arguments.json:
        print_json(
            {
                **_backup_json(info),
                "dry_run": arguments.dry_run,
                "migrated": report.is_migrated,
                "numbers_to_check": report.marked,
                "kept_aside": str(report.kept_aside) if report.kept_aside is not None else None,
            }
        )
    elif arguments.dry_run:
        say(f"Yedek sağlam: {info.companies} firma, {info.documents} belge. Hiçbir şey değiştirilmedi.")
    else:
        say(f"Geri yüklendi: {info.companies} firma, {info.documents} belge.")
        if report.kept_aside is not None:
            say(f"Önceki veritabanı saklandı: {report.kept_aside}")
        if report.marked:
            say(
                "Yedekten sonra verilmiş numaralar bir sonraki mühürden önce entegratörle karşılaştırılacak: her firma "
                "için bir kez 'muhurdar sync --company VKN' çalıştırın ya da pencerede eşitleyin."
            )
    return 0


def _backup_json(info: Any) -> dict[str, Any]:
    return {
        "file": str(info.path),
        "size_bytes": info.size_bytes,
        "version": info.version,
        "companies": info.companies,
        "documents": info.documents,
    }
