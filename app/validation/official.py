"""The door to GİB's own rules. Behind it will stand the imported packages; until one is installed, it says so."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from app.domain.findings import Finding, Layer, Severity


class OfficialRules(Protocol):
    """XSD and Schematron of an installed GİB package."""

    @property
    def release(self) -> str:
        """Release date of the package in use, empty when none is installed."""
        ...

    def check(self, raw: bytes, *, kind: str, issue_date: date | None) -> list[Finding]:
        """Findings of layers `xsd` and `schematron`; `issue_date` chooses the release for issued documents."""
        ...


class NoPackage:
    """No official package is installed: nothing is checked, and nothing is hidden."""

    release = ""

    def check(self, raw: bytes, *, kind: str, issue_date: date | None) -> list[Finding]:
        return [
            Finding(
                Severity.INFO,
                Layer.SCHEMATRON,
                "OFFICIAL.NO_PACKAGE",
                "",
                "GİB kural paketi kurulu değil; yalnız programın kendi kuralları denetlendi.",
            )
        ]
