"""A checked month as a file for an approved integrator's own e-Defter service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.domain.books import BookLine
from app.domain.errors import InputError
from app.domain.spans import span_of
from app.domain.voucher import Period
from app.edefter.targets import izibiz_csv, turkcell_txt, uyumsoft_csv
from app.edefter.targets.common import ExportHead
from app.edefter.targets.uyumsoft_xml import uyumsoft_xml
from app.runtime.crashpoints import declare
from app.runtime.files import staged
from app.storage.ledgers import books
from app.storage.ledgers.database import LedgerDatabase
from app.storage.records import CompanyRecord
from app.workflows.context import WorkContext
from app.workflows.ledger_check import MonthCheck, check_month, open_ledger

EXPORTED = declare("ledger.exported", "an integrator's file taking its place")
#: Which formats hold the foreign side of a line, and fund units.
_WITH_CURRENCY: Final = frozenset({"uyumsoft-xml", "turkcell"})
_ENCODINGS: Final = {
    "izibiz": izibiz_csv.ENCODING,
    "uyumsoft-csv": uyumsoft_csv.ENCODING,
    "uyumsoft-xml": "utf-8",
    "turkcell": turkcell_txt.ENCODING,
}
FORMATS: Final = tuple(_ENCODINGS)
_CHECK_EVERY: Final = 2_000


@dataclass(slots=True, kw_only=True)
class ExportReport:
    """What was written. `without_currency` lines had a foreign side that the format cannot hold, `without_measure` fund
    units.

    `is_written` False: the checks found errors, and no file was made.
    """

    path: Path
    checks: list[MonthCheck] = field(default_factory=list)
    lines: int = 0
    without_currency: int = 0
    without_measure: int = 0
    is_written: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "file": str(self.path),
            "written": self.is_written,
            "lines": self.lines,
            "without_currency": self.without_currency,
            "without_measure": self.without_measure,
            "checks": [check.to_json() for check in self.checks],
        }


def export_month(
    ctx: WorkContext,
    company: CompanyRecord,
    period: Period,
    *,
    target: str,
    folder: Path,
    output: Path,
    branch: str | None = None,
    encoding: str = "",
    is_liquidation: bool | None = None,
) -> ExportReport:
    """Check the month and write its lines to `output`; nothing is written when an error is found.

    `target` is one of `FORMATS`; `branch` chooses one where there are several, `is_liquidation` the fiscal period in
    the month of a liquidation's registration.
    Raises: InputError LEDGER.BRANCH, LEDGER.SIDE, LEDGER.EXPORT_LETTER (a letter that the encoding lacks);
    EnvironmentFault; JobCancelled.
    """
    report = ExportReport(path=output)
    report.checks = check_month(ctx, company, period, folder=folder)
    if any(check.has_errors for check in report.checks):
        return report
    check = _chosen(_of_side(report.checks, is_liquidation), branch)
    ledger = open_ledger(company, period, folder)
    encoding = encoding or _ENCODINGS[target]
    try:
        lines = _counted(ctx, _lines(ledger, check), report, target)
        pieces = _pieces(target)(lines, _head(company, check))
        with (
            staged(output, point=EXPORTED, mode=0o644) as temporary,
            temporary.open("w", encoding=encoding, newline="") as file,
        ):
            file.writelines(pieces)
    except UnicodeEncodeError as error:
        raise _letter(error, report.lines, encoding) from error
    finally:
        ledger.close()
    report.is_written = True
    return report


def _of_side(checks: list[MonthCheck], is_liquidation: bool | None) -> list[MonthCheck]:
    """The checks of one fiscal period; a file for an integrator holds one."""
    if is_liquidation is None and len({check.period for check in checks}) > 1:
        raise InputError(
            "LEDGER.SIDE",
            "Hangi hesap döneminin verileceği belli değil.",
            why="Bu ayda tasfiye başlamış; öncesi ve sonrası ayrı hesap dönemidir.",
            todo="Tasfiye öncesini ve sonrasını ayrı dosyalara verin.",
        )
    return [check for check in checks if is_liquidation in (None, check.period.is_liquidation)]


def _chosen(checks: list[MonthCheck], branch: str | None) -> MonthCheck:
    found = [check for check in checks if branch is None or check.branch_no == branch]
    if len(found) == 1:
        return found[0]
    known = ", ".join(check.branch_no or "şubesiz" for check in checks)
    raise InputError(
        "LEDGER.BRANCH",
        "Hangi şubenin verileceği belli değil.",
        why=f"Bu ayda şunlar var: {known}.",
        todo="Her şubeyi ayrı bir dosyaya verin.",
    )


def _pieces(target: str) -> Callable[[Iterable[BookLine], ExportHead], Iterator[str]]:
    return {
        "izibiz": izibiz_csv.izibiz_csv,
        "uyumsoft-csv": uyumsoft_csv.uyumsoft_csv,
        "uyumsoft-xml": uyumsoft_xml,
        "turkcell": turkcell_txt.turkcell_txt,
    }[target]


def _head(company: CompanyRecord, check: MonthCheck) -> ExportHead:
    span = span_of(company.company, check.period)
    return ExportHead(
        tax_number=company.company.tax_number.digits,
        fiscal_start=span.fiscal_start,
        fiscal_end=span.fiscal_end,
        start=span.first_day,
        end=span.last_day,
        branch_no=check.branch_no,
        branch_name=check.branch_name,
    )


def _lines(ledger: LedgerDatabase, check: MonthCheck) -> Iterator[BookLine]:
    part = books.Part(branch_no=check.branch_no, first=check.first_entry, last=check.last_entry)
    with ledger.read() as connection:
        yield from books.journal_lines(connection, period=check.period.key, part=part)


def _counted(ctx: WorkContext, lines: Iterable[BookLine], report: ExportReport, target: str) -> Iterator[BookLine]:
    for line in lines:
        report.lines += 1
        if line.currency and target not in _WITH_CURRENCY:
            report.without_currency += 1
        if line.measure_quantity and target not in _WITH_CURRENCY:
            report.without_measure += 1
        if report.lines % _CHECK_EVERY == 0:
            ctx.progress.report(report.lines, 0, report.path.name)
            ctx.progress.checkpoint()
        yield line


def _letter(error: UnicodeEncodeError, line: int, encoding: str) -> InputError:
    return InputError(
        "LEDGER.EXPORT_LETTER",
        "Dosya yazılmadı.",
        why=f"{line}. satırdaki '{error.object[error.start]}' harfi {encoding} kodlamasında yok.",
        todo="Metni düzeltin ya da dosyayı UTF-8 olarak alın.",
    )
