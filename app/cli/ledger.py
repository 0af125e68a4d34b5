"""ledger: vouchers and ledgers of a company."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.shell import note, open_office, print_json, say, sealer_of, secret_from_env
from app.domain.errors import InputError

if TYPE_CHECKING:
    from app.domain.voucher import Period
    from app.edefter.sources.reading import Row
    from app.edefter.sources.shape import SourceShape
    from app.office import Office
    from app.storage.records import CompanyRecord
    from app.workflows.context import WorkContext
    from app.workflows.ledger_heads import BuildOptions
    from app.workflows.ledger_import import ImportReport
    from app.workflows.ledger_model import MonthCheck
    from app.workflows.ledger_writing import BuildReport

_PREVIEW_ROWS = 5
_TOLD_ROWS = 20
_SEVERITIES = {"error": "HATA", "warning": "UYARI", "info": "BİLGİ"}


def cmd_import(arguments: argparse.Namespace) -> int:
    """Exit 0 when every row came in (or was there already), 1 when some stayed out, 2 when the file is no source."""
    from app.cli.ledger_data import undo_import
    from app.edefter.sources.reading import ensure_ready, read_source
    from app.workflows.ledger_import import import_vouchers

    if arguments.undo:
        return undo_import(arguments)
    if bool(arguments.query) == bool(arguments.file) or bool(arguments.query) != bool(arguments.sql_url_env):
        raise InputError(
            "LEDGER.SOURCE",
            "Fişlerin nereden alınacağı anlaşılmadı.",
            why="Ya bir dosya ya da --sql-url-env ile --query birlikte verilir.",
            todo="Birini seçin.",
        )
    if arguments.query:
        return _import_query(arguments)
    path = Path(arguments.file)
    shape = _inspected(arguments, path)
    if arguments.preview and not arguments.mapping:
        shape = _answered(arguments, shape)
        return _preview(arguments, shape, lambda: read_source(path, shape))
    replace = frozenset(_month(text) for text in arguments.replace)
    with _company(arguments) as (ctx, company, folder):
        shape = _mapped(arguments, shape, company, folder)
        if arguments.preview:
            return _preview(arguments, shape, lambda: read_source(path, shape))
        ensure_ready(shape)
        report = import_vouchers(ctx, company, path, shape, folder=folder, replace=replace)
        _keep_mapping(arguments, ctx, company, shape, folder)
    return _tell_import(arguments, report)


def _import_query(arguments: argparse.Namespace) -> int:
    from app.workflows.ledger_query import import_query, open_source

    path = Path(arguments.query)
    try:
        query = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "LEDGER.SQL_QUERY", "Sorgu dosyası okunamadı.", why="Dosya UTF-8 değil.", todo="UTF-8 olarak kaydedin."
        ) from error
    url = secret_from_env(arguments.sql_url_env, "Veritabanı adresi")
    replace = frozenset(_month(text) for text in arguments.replace)
    with _company(arguments) as (ctx, company, folder), open_source(url, query, name=path.name) as source:
        shape = _mapped(arguments, source.shape, company, folder)
        if arguments.preview:
            return _preview(arguments, shape, lambda: source.rows(shape))
        report = import_query(ctx, company, source, shape, folder=folder, replace=replace)
        _keep_mapping(arguments, ctx, company, shape, folder)
    return _tell_import(arguments, report)


@contextmanager
def _company(arguments: argparse.Namespace) -> Iterator[tuple[WorkContext, CompanyRecord, Path]]:
    """The office's context, the company named by --company, and the folder of the ledger files."""
    from app.workflows import companies

    with open_office(arguments) as office:
        ctx = office.context()
        yield ctx, companies.require_company(ctx, arguments.company), office.folder.ledgers


def _mapped(arguments: argparse.Namespace, shape: SourceShape, company: CompanyRecord, folder: Path) -> SourceShape:
    """The shape by the saved mapping of --mapping, then by what this call says itself."""
    from app.workflows.ledger_mappings import apply_mapping

    if arguments.mapping:
        shape = apply_mapping(company, arguments.mapping, shape, folder=folder)
    return _answered(arguments, shape)


def _keep_mapping(
    arguments: argparse.Namespace, ctx: WorkContext, company: CompanyRecord, shape: SourceShape, folder: Path
) -> None:
    from app.workflows.ledger_mappings import save_mapping

    if arguments.save_mapping:
        save_mapping(ctx, company, arguments.save_mapping, shape, folder=folder)
        note(f"Eşleme '{arguments.save_mapping}' adıyla saklandı.")


def _tell_import(arguments: argparse.Namespace, report: ImportReport) -> int:
    for row in report.bad[:_TOLD_ROWS]:
        note(f"{row.source_line}. satır: {row.message}")
    if report.bad_total > _TOLD_ROWS:
        note(f"… ve {report.bad_total - _TOLD_ROWS} satır daha.")
    left_out = report.bad_total + sum(map(report.total, ("changed", "locked", "sealed")))
    if arguments.json:
        findings = [
            {"line": row.source_line, "code": row.code, "field": row.field, "message": row.message}
            for row in report.bad
        ]
        print_json({**report.to_json(), "findings": findings})
    else:
        say(_sentence(report))
    return 1 if left_out else 0


def cmd_check(arguments: argparse.Namespace) -> int:
    """Exit 0 when nothing forbids the ledgers, 1 when errors were found."""
    from app.workflows import companies
    from app.workflows.ledger_check import check_month

    period = period_of(arguments.period)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        checks = check_month(ctx, company, period, folder=office.folder.ledgers)
        if arguments.report:
            _write_report(office, company, checks, Path(arguments.report))
    if arguments.json:
        print_json({"checks": [check.to_json() for check in checks], "engines": {"data": "builtin"}})
    else:
        for check in checks:
            _tell_check(check)
    return 1 if any(check.has_errors for check in checks) else 0


def _write_report(office: Office, company: CompanyRecord, checks: list[MonthCheck], path: Path) -> None:
    from app.workflows.ledger_report import write_report

    printer = office.printer if path.suffix.lower() == ".pdf" else None
    write_report(company, checks, path, made_on=office.context().clock.today(), printer=printer)
    note(f"Rapor yazıldı: {path}")


def cmd_build(arguments: argparse.Namespace) -> int:
    """Exit 0 when the month is built, 1 when errors forbade it."""
    from app.cli.ledger_stamps import liquidated, stamped
    from app.workflows import companies
    from app.workflows.ledger_build import build_month

    period = period_of(arguments.period)
    with open_office(arguments) as office:
        ctx = office.context()
        company = liquidated(arguments, ctx, companies.require_company(ctx, arguments.company))
        options = stamped(arguments, office, company, options_of(arguments, office, company))
        with sealer_of(arguments, company.company.tax_number, office) as sealer:
            if sealer is None:
                raise InputError(
                    "LEDGER.NO_SEAL",
                    "Defter mühürsüz oluşturulamaz.",
                    why="Mühür seçilmemiş.",
                    todo="--seal test, --pkcs11 ya da --pkcs12 verin.",
                )
            report = build_month(
                ctx,
                company,
                period,
                sealer,
                options,
                folder=office.folder.ledgers,
                out=Path(arguments.out),
                official=office.rules,
                again=arguments.again,
            )
    return tell_build(arguments, report)


def tell_build(arguments: argparse.Namespace, report: BuildReport) -> int:
    """What was built, or why nothing was; the exit code."""
    if arguments.json:
        print_json(report.to_json())
    else:
        for check in report.checks:
            _tell_check(check)
        for name, finding in report.official:
            note(f"{name}: {finding.message}")
        for path, digest in report.files:
            say(f"{digest[:16]}…  {path}")
        if report.set_aside:
            say(f"{len(report.set_aside)} eski dosya iptal edilenler klasörüne taşındı: {report.set_aside[0].parent}")
        for name, engine in report.engines.items():
            say(f"{name}: {engine}")
    return 0 if report.is_built else 1


def cmd_export(arguments: argparse.Namespace) -> int:
    """Exit 0 when the file was written, 1 when errors in the month forbade it."""
    from app.workflows.ledger_export import export_month

    period = period_of(arguments.period)
    with _company(arguments) as (ctx, company, folder):
        report = export_month(
            ctx,
            company,
            period,
            target=arguments.format,
            folder=folder,
            output=Path(arguments.output),
            branch=arguments.branch,
            encoding=arguments.encoding,
            is_liquidation=None if arguments.side is None else arguments.side == "after",
        )
    if report.without_currency:
        note(f"Bu biçimde döviz alanı yok; {report.without_currency} satırın döviz bilgisi dosyaya girmedi.")
    if report.without_measure:
        note(f"Bu biçimde fon payı alanı yok; {report.without_measure} satırın ölçüsü dosyaya girmedi.")
    if arguments.json:
        print_json(report.to_json())
    else:
        for check in report.checks:
            _tell_check(check)
        if report.is_written:
            say(f"{report.lines} satır yazıldı: {report.path}")
    return 0 if report.is_written else 1


def cmd_verify(arguments: argparse.Namespace) -> int:
    """Exit 0 when every file holds, 1 when one does not, 2 when there is nothing to look at."""
    from app.workflows.ledger_verify import verify_archive

    root = Path(arguments.folder)
    if not root.is_dir():
        raise InputError(
            "LEDGER.NO_FOLDER", f"Klasör bulunamadı: {root}.", why="Böyle bir klasör yok.", todo="Yolu kontrol edin."
        )
    if arguments.rules:
        with open_office(arguments) as office:
            report = verify_archive(root, rules=office.rules)
    else:
        report = verify_archive(root)
    if not report.files:
        raise InputError(
            "LEDGER.NO_BOOKS",
            "Klasörde defter yok.",
            why="VKN-YYYYAA-Y-000000.xml gibi adlandırılmış bir dosya bulunamadı.",
            todo="Defterlerin bulunduğu klasörü verin.",
        )
    if arguments.json:
        print_json(report.to_json())
        return 0 if report.ok else 1
    for verdict in report.files:
        say(f"{'tamam' if verdict.ok else 'HATA '}  {verdict.path.name}{_stamp_words(verdict.time_stamp)}")
        for problem in verdict.problems:
            note(f"  {verdict.path.name}: {problem}")
    for stray in report.strays:
        note(f"Deftere ait olmayan dosya: {stray}")
    return 0 if report.ok else 1


def _stamp_words(stamp: Any) -> str:
    """When and by whom a file's seal was stamped; empty for one without a stamp."""
    from app.domain.turkish import format_datetime

    if stamp is None:
        return ""
    when = format_datetime(stamp.time) if stamp.time else "zamanı okunamadı"
    verdict = {True: "geçerli", False: "GEÇERSİZ", None: "denetlenemedi"}[stamp.valid]
    return f"  zaman damgası {when}, {stamp.authority or 'kurumu belli değil'}: {verdict}"


def _tell_check(check: Any) -> None:
    from app.storage.ledgers.queries import amount

    branch = f" şube {check.branch_no}" if check.branch_no else ""
    side = " (tasfiye dönemi)" if check.period.is_liquidation else ""
    where = f"{check.period}{side}{branch}"
    say(
        f"{where}: {check.vouchers} madde ({check.first_entry}–{check.last_entry}), {check.lines} satır"
        f", borç {amount(check.debit)}, alacak {amount(check.credit)}"
    )
    for finding in check.findings[:_TOLD_ROWS]:
        note(f"{_SEVERITIES[finding.severity]} {finding.code}: {finding.message}")
    if len(check.findings) > _TOLD_ROWS:
        note(f"… ve {len(check.findings) - _TOLD_ROWS} bulgu daha (--json hepsini yazar).")


def options_of(arguments: argparse.Namespace, office: Office, company: CompanyRecord) -> BuildOptions:
    """How to build: the options that were given, else the company's card, else the office's settings. No stamps yet."""
    from datetime import date

    from app.workflows.ledger_terms import build_options

    try:
        split_after = tuple(date.fromisoformat(text) for text in getattr(arguments, "split_after", ()))
    except ValueError as error:
        raise InputError(
            "LEDGER.DAY", "Bölme günü anlaşılmadı.", why="Gün YYYY-AA-GG biçiminde yazılır.", todo="Örn. 2026-03-15."
        ) from error
    told = build_options(office.settings, company, max_part_mb=getattr(arguments, "max_mb", 0), split_after=split_after)
    return replace(
        told,
        source_application=arguments.application or told.source_application,
        creator=arguments.creator or told.creator,
    )


def _sentence(report: Any) -> str:
    said = f"{report.total('lines')} satır okundu; {report.total('new')} yeni fiş alındı"
    for name, words in (
        ("same", "zaten vardı"),
        ("replaced", "eskisinin yerine kondu"),
        ("changed", "daha önce başka içerikle alınmış, dokunulmadı (--replace AY ile yerine konur)"),
        ("locked", "beratı yüklenmiş aya ait, alınmadı"),
        ("sealed", "beratı mühürlü aya ait, alınmadı; önce ayı geri alın"),
    ):
        if count := report.total(name):
            said += f", {count} fiş {words}"
    return f"{said}. Aylar: {', '.join(report.periods) or '-'}."


def _inspected(arguments: argparse.Namespace, path: Path) -> SourceShape:
    from app.edefter.sources.reading import inspect_source

    shape = inspect_source(path, encoding=arguments.encoding, delimiter=arguments.delimiter.replace("\\t", "\t"))
    if arguments.format not in ("auto", shape.format.value):
        raise InputError(
            "LEDGER.FORMAT",
            f"Dosya {arguments.format} biçiminde değil.",
            why=f"İçeriği {shape.format.value} biçimine uyuyor.",
            todo="--format auto ile deneyin ya da doğru dosyayı verin.",
        )
    return shape


def _answered(arguments: argparse.Namespace, shape: SourceShape) -> SourceShape:
    """The shape with the columns and readings that this call says."""
    from app.edefter.sources.fields import BY_KEY

    columns: dict[str, str] = {}
    for pair in arguments.column:
        header, equals, key = pair.rpartition("=")
        if not equals or key not in BY_KEY or header not in shape.headers:
            raise InputError(
                "LEDGER.COLUMN",
                f"Sütun eşlemesi anlaşılmadı: {pair}.",
                why="BAŞLIK dosyada, ALAN bilinen alanlarda olmalı.",
                todo=f"Alanlar: {', '.join(BY_KEY)}.",
            )
        columns[header] = key
    mapping: dict[str, Any] = {"columns": columns, "decimals": arguments.decimals, "days": arguments.days}
    return replace(shape.with_mapping(mapping), clean_control=arguments.clean_control)


def _preview(arguments: argparse.Namespace, shape: SourceShape, read: Callable[[], Iterator[Row]]) -> int:
    from app.domain.ledger_rows import LedgerRow
    from app.edefter.sources.shape import missing_fields

    rows = [] if shape.questions else list(islice(read(), _PREVIEW_ROWS))
    shown = [row._asdict() for row in rows]
    told = {
        "format": shape.format.value,
        "encoding": shape.text.encoding,
        "delimiter": shape.text.delimiter,
        "columns": dict(zip(shape.headers, shape.columns, strict=True)),
        "missing": missing_fields(shape.columns) if shape.columns else [],
        "decimals": shape.decimals.value if shape.decimals else "",
        "days": shape.days.value if shape.days else "",
        "questions": [question.text for question in shape.questions],
        "rows": shown,
    }
    if arguments.json:
        print_json(told)
        return 0
    say(f"Biçim {told['format']}, kodlama {told['encoding']}, ayırıcı {told['delimiter']!r}")
    for header, key in zip(shape.headers, shape.columns, strict=True):
        say(f"  {header or '(başlıksız)'} → {key or 'alınmıyor'}")
    for question in shape.questions:
        say(f"SORU: {question.text}")
    for row in rows:
        say(
            f"  {row.source_line}: {' | '.join(str(v) for v in row[1:] if v) if isinstance(row, LedgerRow) else row[3]}"
        )
    return 0


def _month(text: str) -> int:
    return int(period_of(text).compact)


def period_of(text: str) -> Period:
    from app.domain.voucher import Period

    try:
        return Period.parse(text)
    except ValueError as error:
        raise InputError(
            "LEDGER.PERIOD", f"Ay anlaşılmadı: {text}.", why="Ay YYYY-AA biçiminde yazılır.", todo="Örneğin 2026-03."
        ) from error
