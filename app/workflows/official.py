"""What GİB's own rules say of a document that is to be sealed or sent, and which warnings need a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.domain.errors import RuleBroken
from app.domain.findings import Finding, Severity
from app.domain.invoice import Invoice
from app.domain.lifecycle import DocumentKind
from app.validation.rules import wanting_a_word
from app.workflows import drafting
from app.workflows.context import WorkContext

#: A reason is a sentence, not an essay; the history shows it on one line.
MAX_REASON = 250


class Stopped(RuleBroken):
    """Findings keep a document from being sealed or queued. `findings` are all of them."""

    findings: list[Finding]


class OfficiallyWrong(Stopped):
    """An official error stands: the document can neither be sealed nor queued."""


class WordWanted(Stopped):
    """Warnings stand that are passed over with a reason only. `findings` are those, one of each code."""


def check_draft(ctx: WorkContext, invoice: Invoice, template: bytes) -> list[Finding]:
    """XSD and Schematron of a draft, as if it were sealed: a placeholder stands where the seal will. Takes some
    milliseconds in a child process; never on the window's own thread."""
    xml = drafting.unsigned_xml(invoice, template)
    return ctx.rules.check(xml, kind=DocumentKind.INVOICE.value, issue_date=None)


def errors_in(ctx: WorkContext, xml: bytes) -> list[Finding]:
    """What GİB's rules hold against these bytes, of whatever kind they are; empty without a package."""
    findings = ctx.rules.check(xml, kind="", issue_date=None)
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def ensure_right(
    ctx: WorkContext, xml: bytes, *, name: str, verb: str, kind: DocumentKind = DocumentKind.INVOICE
) -> list[Finding]:
    """What GİB's rules say beside errors. `verb` is what is not done for an error.

    Raises: OfficiallyWrong (OFFICIAL.FINDINGS) when they find one.

    A freelance receipt is not asked about: GİB has no form for it, and the invoice's own rules refuse it by nature.
    """
    if kind is DocumentKind.SMM:
        return []
    findings = ctx.rules.check(xml, kind=kind.value, issue_date=None)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return findings
    problem = OfficiallyWrong(
        "OFFICIAL.FINDINGS",
        f"{name} {verb}.",
        why=f"GİB kuralları {len(errors)} hata buldu; ilki: {errors[0].message}",
        todo="Belgeyi düzeltip yeniden deneyin.",
        raw_text=errors[0].official or None,
    )
    problem.findings = findings
    raise problem


def words_for(findings: Sequence[Finding], accepted: Mapping[str, str] | None, *, name: str, verb: str) -> str:
    """What the history says of the warnings that were passed over, empty when there was none to say.

    `accepted` are the reasons by code (`{"INV.CHECKSUM": "Alıcı yurt dışında"}`); None: nobody is asked, as where the
    program itself makes the documents. Errors are never passed over: they are refused before. Raises: WordWanted
    (SEAL.WORD_WANTED) when a warning that needs a reason has none.
    """
    if accepted is None:
        return ""
    wanted = wanting_a_word(findings)
    reasons = {code: " ".join(reason.split())[:MAX_REASON] for code, reason in accepted.items()}
    left = [finding for finding in wanted if not reasons.get(finding.code)]
    if left:
        problem = WordWanted(
            "SEAL.WORD_WANTED",
            f"{name} {verb}.",
            why=f"Sebebi yazılmadan geçilmeyen {len(left)} uyarı var; ilki ({left[0].code}): {left[0].message}",
            todo="Belgeyi düzeltin ya da uyarıyı sebebini yazarak geçin; sebep belgenin geçmişinde durur.",
        )
        problem.findings = left
        raise problem
    return " ".join(f"{f.code} uyarısı bilerek geçildi: {reasons[f.code]}" for f in wanted)
