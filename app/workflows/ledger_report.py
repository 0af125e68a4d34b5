"""What was found in a month, for the client: by voucher, in plain Turkish, as Excel, PDF or a page to print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Final

from app.domain.errors import ConfigError, InputError
from app.domain.findings import Severity
from app.domain.turkish import format_amount, format_date
from app.rendering.pdf import PdfPrinter
from app.runtime.files import write_output
from app.storage.ledgers.queries import amount
from app.storage.records import CompanyRecord
from app.workflows.ledger_model import LedgerFinding, MonthCheck

#: A page that nobody reads to its end helps nobody; the Excel file holds all.
MAX_ON_PAPER: Final = 2_000
FORMS: Final = (".xlsx", ".pdf")
_WORDS: Final = {Severity.ERROR: "Hata", Severity.WARNING: "Uyarı", Severity.INFO: "Bilgi"}
_MONTHS: Final = (
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
)  # fmt: skip
_STYLE: Final = (
    "body{font-family:'Noto Sans','DejaVu Sans',sans-serif;font-size:10pt;color:#111;margin:0}"
    "h1{font-size:15pt;margin:0 0 4pt}h2{font-size:12pt;margin:14pt 0 4pt}p{margin:2pt 0}"
    "table{border-collapse:collapse;width:100%}td,th{padding:3pt 5pt;text-align:left;vertical-align:top;"
    "border-bottom:0.5pt solid #bbb}thead{display:table-header-group}tr{page-break-inside:avoid}"
    ".n{text-align:right}.why{color:#444;font-size:8.5pt}.Hata{font-weight:700}"
    ".voucher td{background:#eee;font-weight:600}"
    ".foot{margin-top:12pt;color:#444;font-size:8.5pt}"
)
_COLUMNS: Final = (
    ("Şube", 9), ("Fiş", 16), ("Madde", 9), ("Satır", 8), ("Önem", 9), ("Bulgu", 70), ("Neden", 60), ("Kod", 24),
)  # fmt: skip


def write_report(
    company: CompanyRecord,
    checks: Sequence[MonthCheck],
    path: Path,
    *,
    made_on: date,
    printer: PdfPrinter | None = None,
) -> Path:
    """Write the checks' findings to `path`, by its ending .xlsx or .pdf (which needs the printer). Any thread.

    Raises: InputError LEDGER.REPORT_FORM; ConfigError LEDGER.NO_PRINTER; RenderError PDF.*; EnvironmentFault FILE.*.
    """
    ending = path.suffix.lower()
    if ending not in FORMS:
        raise InputError(
            "LEDGER.REPORT_FORM",
            f"Rapor '{path.suffix or path.name}' biçiminde yazılamaz.",
            why="Rapor Excel ya da PDF olur.",
            todo="Dosya adını .xlsx ya da .pdf ile bitirin.",
        )
    if ending == ".xlsx":
        write_output(path, _excel(company, checks, made_on))
        return path
    if printer is None:
        raise ConfigError(
            "LEDGER.NO_PRINTER", "PDF yazılamadı.", why="PDF bileşeni yok.", todo="Excel olarak kaydedin."
        )
    write_output(path, printer.to_pdf(report_html(company, checks, made_on=made_on)))
    return path


def report_html(company: CompanyRecord, checks: Sequence[MonthCheck], *, made_on: date) -> str:
    """The same as a page of its own: what the PDF is made of, and what the window prints."""
    title = _title(checks)
    parts = [
        f'<!DOCTYPE html><html lang="tr"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>@page{{size:A4;margin:14mm}}{_STYLE}</style></head><body><h1>{escape(title)}</h1>"
        f"<p><b>{escape(company.company.party.display_name)}</b> · {escape(_number(company))}</p>"
    ]
    parts += [part for check in checks for part in _section(check, is_alone=len(checks) == 1)]
    parts.append(
        f'<p class="foot">{escape(format_date(made_on))} tarihinde Mühürdar ile hazırlandı.'
        " Hatalar giderilmeden defter oluşturulamaz; uyarılar muhasebe bakımından gözden geçirilmelidir.</p>"
        "</body></html>"
    )
    return "".join(parts)


def _section(check: MonthCheck, *, is_alone: bool) -> Iterator[str]:
    if not is_alone:
        yield f"<h2>{escape(_branch(check) or 'Şubesiz')}</h2>"
    elif check.branch_no:
        yield f"<p>{escape(_branch(check))}</p>"
    yield "<table><tbody>" + "".join(
        f'<tr><td>{escape(name)}</td><td class="n">{escape(value)}</td></tr>' for name, value in _totals(check)
    )
    yield "</tbody></table>"
    if not check.findings:
        yield "<p><b>Hata ya da uyarı bulunamadı.</b></p>"
        return
    yield "<h2>Bulgular</h2><table><tbody>"
    shown = 0
    for heading, findings in _by_voucher(check):
        if shown >= MAX_ON_PAPER:
            break
        yield f'<tr class="voucher"><td colspan="2">{escape(heading)}</td></tr>'
        for finding in findings[: MAX_ON_PAPER - shown]:
            word = _WORDS[finding.severity]
            place = f" · kaynak satırı {finding.line}" if finding.line else ""
            yield (
                f'<tr><td class="{word}">{word}</td><td>{escape(finding.message)}<br>'
                f'<span class="why">{escape(finding.explanation)}<br>{escape(finding.code + place)}</span></td></tr>'
            )
        shown += len(findings)
    yield "</tbody></table>"
    left = _count(check) - min(shown, MAX_ON_PAPER)
    if left > 0:
        yield f"<p><b>… ve {left} bulgu daha; Excel raporunda daha fazlası var.</b></p>"


def _by_voucher(check: MonthCheck) -> list[tuple[str, list[LedgerFinding]]]:
    """Findings about the month first, then voucher after voucher in the order of the journal."""
    groups: dict[tuple[int, int], list[LedgerFinding]] = {}
    for finding in check.findings:
        groups.setdefault((finding.entry if finding.voucher_id else 0, finding.voucher_id), []).append(finding)
    found = []
    for (entry, voucher_id), findings in sorted(groups.items()):
        name = findings[0].reference.partition("@")[0]
        heading = (
            f"{name} fişi" + (f" (madde {entry})" if entry else "") if voucher_id else "Ayın tamamı ve firma kartı"
        )
        found.append((heading, findings))
    return found


def _totals(check: MonthCheck) -> list[tuple[str, str]]:
    severities = Counter(finding.severity for finding in check.findings)
    numbers = f"{check.first_entry} – {check.last_entry}" if check.vouchers else "-"
    return [
        ("Dönem", _period(check)),
        ("Fiş (madde) sayısı", _thousands(check.vouchers)),
        ("Madde numaraları", numbers),
        ("Satır sayısı", _thousands(check.lines)),
        ("Borç toplamı", format_amount(amount(check.debit))),
        ("Alacak toplamı", format_amount(amount(check.credit))),
        ("Hata", _thousands(severities[Severity.ERROR])),
        ("Uyarı", _thousands(severities[Severity.WARNING])),
    ]


def _excel(company: CompanyRecord, checks: Sequence[MonthCheck], made_on: date) -> bytes:
    import xlsxwriter

    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(made, options) as book:
        bold = book.add_format({"bold": True})
        money = book.add_format({"num_format": "#,##0.00"})
        whole = book.add_format({"num_format": "#,##0"})
        head = book.add_format({"bold": True, "bottom": 1})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("Özet")
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, len(checks), 24)
        sheet.write_string(0, 0, _title(checks), bold)
        sheet.write_string(1, 0, company.company.party.display_name)
        sheet.write_string(1, 1, _number(company))
        sheet.write_string(2, 0, "Hazırlandığı gün")
        sheet.write_string(2, 1, format_date(made_on))
        for column, check in enumerate(checks, start=1):
            sheet.write_string(4, column, _branch(check) or "Defter", head)
            for row, (name, value) in enumerate(_totals(check), start=5):
                sheet.write_string(row, 0, name)
                if name in ("Borç toplamı", "Alacak toplamı"):
                    units = check.debit if name.startswith("Borç") else check.credit
                    sheet.write_number(row, column, float(amount(units)), money)
                elif value.replace(".", "").isdigit():
                    sheet.write_number(row, column, int(value.replace(".", "")), whole)
                else:
                    sheet.write_string(row, column, value)
        sheet = book.add_worksheet("Bulgular")
        for place, (title, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, title, head)
        row = 0
        for check in checks:
            for _, findings in _by_voucher(check):
                for finding in findings:
                    row += 1
                    texts = _cells(check, finding)
                    for place, text in enumerate(texts):
                        if place in (2, 3) and text:
                            sheet.write_number(row, place, int(text), wrapped)
                        else:
                            sheet.write_string(row, place, text, wrapped)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(1, row), len(_COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    return made.getvalue()


def _cells(check: MonthCheck, finding: LedgerFinding) -> tuple[str, ...]:
    return (
        check.branch_no,
        finding.reference.partition("@")[0],
        str(finding.entry) if finding.voucher_id and finding.entry else "",
        str(finding.line) if finding.line else "",
        _WORDS[finding.severity],
        finding.message,
        finding.explanation,
        finding.code,
    )


def _count(check: MonthCheck) -> int:
    return max(len(check.findings), sum(check.counts.values()))


def _title(checks: Sequence[MonthCheck]) -> str:
    return f"Defter denetimi · {_period(checks[0])}" if checks else "Defter denetimi"


def _period(check: MonthCheck) -> str:
    return f"{_MONTHS[check.period.month - 1]} {check.period.year}"


def _branch(check: MonthCheck) -> str:
    return f"{check.branch_no} {check.branch_name}".strip()


def _number(company: CompanyRecord) -> str:
    number = company.company.tax_number
    return f"{'VKN' if number.is_vkn else 'TCKN'} {number.digits}"


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", ".")
