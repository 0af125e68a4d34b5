"""Small helpers of the built-in rules: one place where a finding is worded."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.findings import Finding, Layer, Severity
from app.ubl.xmlsafe import clean_text


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
