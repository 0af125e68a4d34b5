"""Checks of a file as it lies on the disk: can it be read, what is it, do its own sums hold?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.domain.invoice import Invoice, InvoiceTotals
from app.domain.lifecycle import DocumentKind
from app.domain.turkish import format_amount
from app.ubl.reader import summarize
from app.ubl.smm import SERBESTMESLEKMAKBUZU
from app.ubl.summary import DocumentSummary
from app.ubl.totals import compute_totals
from app.ubl.xmlsafe import parse
from app.validation.builtin_kinds import check_invoice_or_smm, check_kind, read_invoice_or_smm
from app.validation.builtin_xml import check_xml
from app.validation.enveloped import carried_by, check_carried, check_envelope_alone, of_the_envelope, summary_of
from app.validation.official import NoPackage, OfficialRules


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """`kind` as `validate --json` names it; `findings` of every layer."""

    kind: str
    findings: list[Finding]


#: What a seal of the one who issued it belongs on.
_SEALED_KINDS = frozenset({"invoice", "despatch", "receipt", "creditnote"})
_LEDGER = "http://www.edefter.gov.tr"
#: (root, entriesType) of the e-Defter files. The report (DR) tells itself by its root.
_LEDGER_KINDS = {
    ("defter", "journal"): "ledger-y",
    ("defter", "ledger"): "ledger-k",
    ("defter", "assets"): "ledger-e",
    ("berat", "journal"): "ledger-yb",
    ("berat", "ledger"): "ledger-kb",
    ("berat", "assets"): "ledger-eb",
    ("defterraporu", "trialbalance"): "ledger-dr",
}
_ENTRIES_TYPE = re.compile(rb"<[\w-]+:entriesType\b[^>]*>\s*(\w+)\s*<")
_LEDGER_ROOT = re.compile(rb"<[\w-]+:(defterraporu|defter|berat)\b")


def check_file(raw: bytes, *, today: date, rules: OfficialRules | None = None, file_name: str = "") -> FileReport:
    """Look at any file. Unreadable ones give one finding of layer `read`, nothing is raised. Any thread.

    `rules` None leaves out the official ones. `file_name` matters for ledgers, whose rules look at it.
    """
    rules = rules or NoPackage()
    ledger = ledger_kind(raw)
    if ledger:
        return FileReport(kind=ledger, findings=rules.check(raw, kind=ledger, issue_date=None, file_name=file_name))
    try:
        own = (
            _own_apart(raw, today, rules)
            if _is_for_a_child(raw, rules)
            else _own_all(raw, today, has_package=bool(rules.release))
        )
    except AppError as error:
        return FileReport(kind="unknown", findings=[_unreadable(error)])
    if not own.is_readable:
        return FileReport(kind=own.kind, findings=own.findings)
    if own.kind == "envelope":
        return _check_enveloped(raw, own, today=today, rules=rules)
    findings = own.findings
    official = rules.check(raw, kind=own.kind, issue_date=own.issued_on) if own.has_rules else [_no_rules()]
    if rules.release and not any(f.code.startswith("OFFICIAL.") for f in official):
        # GİB's own rules have looked at everything and have the last word; where they accept, ours only warn.
        findings = [replace(f, severity=Severity.WARNING) if _is_our_error(f) else f for f in findings]
    return FileReport(kind=own.kind, findings=findings + official)


def _check_enveloped(raw: bytes, own: _Own, *, today: date, rules: OfficialRules) -> FileReport:
    """The envelope, and each document in it as if it had come alone, against the rules of its own day."""
    try:
        envelope, carried = carried_by(raw)
    except AppError as error:
        return FileReport(kind=own.kind, findings=[*own.findings, _unreadable(error)])
    inside = list(check_carried(carried, lambda one: check_file(one, today=today, rules=rules).findings))
    day = envelope.created.date() if envelope.created else None
    official = of_the_envelope(rules.check(raw, kind=own.kind, issue_date=day), carried, inside)
    return FileReport(kind=own.kind, findings=[*own.findings, *official, summary_of(envelope, carried), *inside])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """What we find ourselves. `issued_on` None for a draft: it is held against the newest rules."""

    kind: str
    findings: list[Finding]
    is_readable: bool = True
    has_rules: bool = True
    issued_on: date | None = None


#: From this size on our own checks take so long that the window would feel them; they go where the official ones go.
HEAVY_BYTES = 1 << 20


def _is_for_a_child(raw: bytes, rules: OfficialRules) -> bool:
    return len(raw) >= HEAVY_BYTES and not isinstance(rules, NoPackage)


def _own_apart(raw: bytes, today: date, rules: OfficialRules) -> _Own:
    """`_own` in a child process. Raises: AppError CHILD.*."""
    told = rules.run_apart("app.validation.files:own_in_child", raw, today.isoformat(), bool(rules.release))
    findings = [finding_from_json(one) for one in told["findings"]]
    issued_on = date.fromisoformat(told["issued_on"]) if told["issued_on"] else None
    return _Own(**told | {"findings": findings, "issued_on": issued_on})


def finding_from_json(told: dict[str, Any]) -> Finding:
    """A finding out of its plain values, as a child process gives them."""
    return Finding(**told | {"severity": Severity(told["severity"]), "layer": Layer(told["layer"])})


def own_in_child(raw: bytes, today: str, has_package: bool) -> dict[str, Any]:
    """What we find ourselves, in plain values. Called in a child process."""
    own = _own_all(raw, date.fromisoformat(today), has_package=has_package)
    return {
        "kind": own.kind,
        "findings": [finding.to_json() for finding in own.findings],
        "is_readable": own.is_readable,
        "has_rules": own.has_rules,
        "issued_on": own.issued_on.isoformat() if own.issued_on else "",
    }


def _own_all(raw: bytes, today: date, *, has_package: bool) -> _Own:
    """`_own`, and GİB's general rules for XML where no package looks at them."""
    own = _own(raw, today)
    if own.kind == "envelope":
        alone = [] if has_package else check_envelope_alone(parse(raw).getroot())
        return replace(own, findings=own.findings + alone)
    if has_package or not own.is_readable or not own.has_rules:
        return own
    return replace(own, findings=own.findings + check_xml(parse(raw).getroot(), today=today, known=own.findings))


def _own(raw: bytes, today: date) -> _Own:
    """Reading, our own rules and the missing seal; never raises."""
    try:
        summary = summarize(raw)
    except AppError as error:
        return _Own(kind="unknown", findings=[_unreadable(error)], is_readable=False)
    kind = summary.kind.value if isinstance(summary.kind, DocumentKind) else str(summary.kind)
    kind = "invoice" if kind == DocumentKind.EARCHIVE.value else kind
    if kind == "unknown":
        message = "Dosya bir e-belge değil: kök elemanı tanınmadı. Başka bir dosya seçin."
        unknown = Finding(Severity.ERROR, Layer.READ, "XML.UNKNOWN", "", message)
        return _Own(kind=kind, findings=[unknown], is_readable=False)
    findings: list[Finding] = []
    has_rules = True
    if kind == "invoice":
        try:
            read = read_invoice_or_smm(raw)
        except AppError as error:
            return _Own(kind=kind, findings=[_unreadable(error)], is_readable=False)
        findings += [
            Finding(Severity.WARNING, Layer.READ, "XML.ODD", "", f"Belgede alışılmadık bir yer var: {text}")
            for text in read.warnings
        ]
        has_rules = read.invoice.type_code != SERBESTMESLEKMAKBUZU
        findings += check_invoice_or_smm(read.invoice, today=today, purpose="file")
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
    else:
        try:
            findings += check_kind(raw, kind=kind, today=today)
        except AppError as error:
            return _Own(kind=kind, findings=[_unreadable(error)], is_readable=False)
    if not summary.has_signature and (kind in _SEALED_KINDS or _is_sealed_answer(summary)):
        findings.append(
            Finding(Severity.INFO, Layer.SEAL, "SEAL.NONE", "", "Belge henüz mühürlenmemiş; mühürlenince tamam olur.")
        )
    issued_on = summary.issue_date if summary.has_signature else None
    return _Own(kind=kind, findings=findings, has_rules=has_rules, issued_on=issued_on)


def _no_rules() -> Finding:
    """A freelance receipt has no official form: the invoice's rules would refuse what is right."""
    return Finding(
        Severity.INFO,
        Layer.SCHEMATRON,
        "OFFICIAL.NO_RULES",
        "",
        "Serbest meslek makbuzunun GİB'de resmî kuralı yok; yalnız programın kendi kuralları denetlendi.",
    )


def _is_sealed_answer(summary: DocumentSummary) -> bool:
    """An answer to an invoice is sealed; those of customs and of the system are not (rule ARSignatureCheck)."""
    is_answer = summary.kind is DocumentKind.APPLICATION_RESPONSE and summary.type_code in ("KABUL", "RED", "IADE")
    return is_answer and summary.profile != "IHRACAT"


def _is_our_error(finding: Finding) -> bool:
    return finding.layer is Layer.BUILTIN and finding.severity is Severity.ERROR


def ledger_kind(raw: bytes) -> str:
    """Which file of an e-Defter this is (`ledger-y` …), empty for everything else. Looks at the first 64 KB only."""
    head = raw[:65536]
    if _LEDGER.encode() not in head:
        return ""
    root, entries = _LEDGER_ROOT.search(head), _ENTRIES_TYPE.search(head)
    if root is None:
        return ""
    kind = (root[1].decode(), entries[1].decode() if entries else "")
    return _LEDGER_KINDS.get(kind, "ledger-dr" if kind[0] == "defterraporu" else "")


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
