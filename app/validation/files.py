"""Checks of a file as it lies on the disk: can it be read, what is it, do its own sums hold?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.domain.invoice import Invoice, InvoiceTotals
from app.domain.lifecycle import DocumentKind
from app.domain.turkish import format_amount
from app.ubl.reader import read_invoice, summarize
from app.ubl.totals import compute_totals
from app.validation.builtin import check_invoice
from app.validation.official import NoPackage, OfficialRules


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """`kind` as `validate --json` names it; `findings` of every layer."""

    kind: str
    findings: list[Finding]


def check_file(raw: bytes, *, today: date, rules: OfficialRules | None = None) -> FileReport:
    """Look at any file. Unreadable ones give one finding of layer `read`, nothing is raised. Any thread."""
    rules = rules or NoPackage()
    try:
        summary = summarize(raw)
    except AppError as error:
        return FileReport(kind="unknown", findings=[_unreadable(error)])
    kind = summary.kind.value if isinstance(summary.kind, DocumentKind) else str(summary.kind)
    kind = "invoice" if kind == DocumentKind.EARCHIVE.value else kind
    if kind == "unknown":
        message = "Dosya bir e-belge değil: kök elemanı tanınmadı. Başka bir dosya seçin."
        return FileReport(kind=kind, findings=[Finding(Severity.ERROR, Layer.READ, "XML.UNKNOWN", "", message)])
    findings: list[Finding] = []
    if kind == "invoice":
        try:
            read = read_invoice(raw)
        except AppError as error:
            return FileReport(kind=kind, findings=[_unreadable(error)])
        findings += [
            Finding(Severity.WARNING, Layer.READ, "XML.ODD", "", f"Belgede alışılmadık bir yer var: {text}")
            for text in read.warnings
        ]
        findings += check_invoice(read.invoice, today=today, purpose="file")
        findings += check_stated_totals(read.invoice, read.stated)
        if read.template is None:
            findings.append(
                Finding(
                    Severity.WARNING,
                    Layer.BUILTIN,
                    "INV.NO_TEMPLATE",
                    "",
                    "Belgede görüntü şablonu (XSLT) yok; alıcı onu kendi görünümüyle açar; şablonu ekleyin.",
                )
            )
        if not read.has_signature:
            findings.append(
                Finding(
                    Severity.INFO, Layer.SEAL, "SEAL.NONE", "", "Belge henüz mühürlenmemiş; mühürlenince tamam olur."
                )
            )
    findings += rules.check(raw, kind=kind, issue_date=summary.issue_date)
    return FileReport(kind=kind, findings=findings)


def check_stated_totals(invoice: Invoice, stated: InvoiceTotals) -> list[Finding]:
    """Warnings where the document's own sums differ from ours by more than its lines can explain.

    Tolerance: 0.01 per line, at least 0.05 (official samples are off by more, so never an error).
    """
    try:
        ours = compute_totals(invoice)
    except (ArithmeticError, ValueError, AppError):
        return []
    slack = max(Decimal("0.05"), Decimal("0.01") * len(invoice.lines))
    return [
        Finding(
            Severity.WARNING,
            Layer.BUILTIN,
            code,
            field,
            f"{words} belgede {format_amount(theirs)}, satırlardan {format_amount(mine)}; farkın nedenine bakın.",
            explanation="GİB aritmetiği denetlemez; fark yanlış KDV veya yanlış ödeme demek olabilir.",
        )
        for code, field, words, theirs, mine in _pairs(stated, ours)
        if abs(theirs - mine) > slack
    ]


def _pairs(stated: InvoiceTotals, ours: InvoiceTotals) -> Iterator[tuple[str, str, str, Decimal, Decimal]]:
    yield "SUM.TAX_EXCLUSIVE", "totals.tax_exclusive", "Matrah", stated.tax_exclusive, ours.tax_exclusive
    yield "SUM.VAT", "totals.vat", "KDV", stated.vat, ours.vat
    yield "SUM.TAX_INCLUSIVE", "totals.tax_inclusive", "Vergiler dahil tutar", stated.tax_inclusive, ours.tax_inclusive
    yield "SUM.PAYABLE", "totals.payable", "Ödenecek tutar", stated.payable, ours.payable


def _unreadable(error: AppError) -> Finding:
    return Finding(Severity.ERROR, Layer.READ, error.code, "", error.sentence)
