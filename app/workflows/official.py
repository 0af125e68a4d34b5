"""What GİB's own rules say of a document that is about to be sealed or sent."""

from __future__ import annotations

from app.domain.errors import RuleBroken
from app.domain.findings import Finding, Severity
from app.domain.invoice import Invoice
from app.domain.lifecycle import DocumentKind
from app.workflows import drafting
from app.workflows.context import WorkContext


class OfficiallyWrong(RuleBroken):
    """An official error stands: the document can neither be sealed nor queued. `findings` are all of them."""

    findings: list[Finding]


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
) -> None:
    """Raise OfficiallyWrong (OFFICIAL.FINDINGS) when GİB's rules find an error. `verb` is what is not done for it.

    A freelance receipt is not asked about: GİB has no form for it, and the invoice's own rules refuse it by nature.
    """
    if kind is DocumentKind.SMM:
        return
    findings = ctx.rules.check(xml, kind=kind.value, issue_date=None)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return
    problem = OfficiallyWrong(
        "OFFICIAL.FINDINGS",
        f"{name} {verb}.",
        why=f"GİB kuralları {len(errors)} hata buldu; ilki: {errors[0].message}",
        todo="Belgeyi düzeltip yeniden deneyin.",
        raw_text=errors[0].official or None,
    )
    problem.findings = findings
    raise problem
