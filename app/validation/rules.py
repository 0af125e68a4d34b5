"""Small helpers of the built-in rules: one place where a finding is worded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from app.domain.findings import Finding, Layer, Severity
from app.ubl.xmlsafe import clean_text

#: Warnings that nobody passes over by accident: the document would go to the wrong one, or tell the tax office
#: something wrong, and its number is used up. Who means it says why; the reason stands in the document's history.
NEEDS_WORD: Final = frozenset(
    {
        "INV.CHECKSUM",
        "INV.SELF",
        "INV.ZERO",
        "INV.NO_WITHHOLDING",
        "INV.WITHHOLDING_OLD",
        "INV.EXEMPTION_UNUSED",
        "INV.EXPORT_TYPE",
        "MM.NO_STOPAJ",
        "SMM.NO_STOPAJ",
    }
)


def wanting_a_word(findings: Iterable[Finding]) -> list[Finding]:
    """The warnings that are passed over with a reason only, one of each code. GİB's own warnings always are."""
    found: dict[str, Finding] = {}
    for finding in findings:
        if finding.severity is not Severity.WARNING:
            continue
        if finding.layer in (Layer.XSD, Layer.SCHEMATRON) or finding.code in NEEDS_WORD:
            found.setdefault(finding.code, finding)
    return list(found.values())


def is_blank(text: str) -> bool:
    """Whether nothing of `text` would stand in the XML: characters that XML cannot hold become blanks there."""
    return not clean_text(text).strip()


@dataclass(slots=True)
class Notebook:
    """Collects findings while an invoice is looked at."""

    findings: list[Finding] = field(default_factory=list)

    def error(self, code: str, place: str, message: str, explanation: str = "", fix: str = "") -> None:
        self._add(Severity.ERROR, code, place, message, explanation, fix)

    def warning(self, code: str, place: str, message: str, explanation: str = "", fix: str = "") -> None:
        self._add(Severity.WARNING, code, place, message, explanation, fix)

    def info(self, code: str, place: str, message: str, explanation: str = "") -> None:
        self._add(Severity.INFO, code, place, message, explanation, "")

    def _add(self, severity: Severity, code: str, place: str, message: str, explanation: str, fix: str) -> None:
        self.findings.append(Finding(severity, Layer.BUILTIN, code, place, message, explanation=explanation, fix=fix))
