"""What a check says about a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Layer(StrEnum):
    """Which kind of check spoke: reading the file, XSD, Schematron, our own rules, the seal."""

    READ = "read"
    XSD = "xsd"
    SCHEMATRON = "schematron"
    BUILTIN = "builtin"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (error), odd (warning) or worth knowing (info).

    `code` is stable across releases. `field` is a path in the draft's own words (`lines[2].quantity`,
    `customer.tax_number`); an empty string means the whole document. `message` is one Turkish sentence that
    says how to mend it; `explanation` tells why GİB wants it; `official` is GİB's own text where there is one.
    """

    severity: Severity
    layer: Layer
    code: str
    field: str
    message: str
    explanation: str = ""
    official: str = ""
    fix: str = ""
    line: int | None = None
    xpath: str = ""

    def to_json(self) -> dict[str, Any]:
        """The shape that `muhurdar validate --json` prints."""
        return {
            "severity": self.severity.value,
            "layer": self.layer.value,
            "code": self.code,
            "field": self.field,
            "message": self.message,
            "explanation": self.explanation,
            "official": self.official,
            "fix": self.fix,
            "line": self.line,
            "xpath": self.xpath,
        }


def has_errors(findings: Iterable[Finding]) -> bool:
    """True when at least one finding forbids sealing."""
    return any(f.severity is Severity.ERROR for f in findings)
