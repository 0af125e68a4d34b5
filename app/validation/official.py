"""The door to GİB's own rules. Behind it stand the installed packages; without one it says so."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol

from app.domain.errors import ConfigError
from app.domain.findings import Finding, Layer, Severity


class OfficialRules(Protocol):
    """XSD and Schematron of an installed GİB package."""

    @property
    def release(self) -> str:
        """Release date of the package in use, empty when none is installed."""
        ...

    def check(self, raw: bytes, *, kind: str, issue_date: date | None, file_name: str = "") -> list[Finding]:
        """Findings of layers `xsd` and `schematron`. Never raises for what the document contains.

        `issue_date` chooses the release for a document that is issued already; None means a draft: the release in use.
        `file_name` is the final name of a ledger file, which its rules look at.
        """
        ...

    def lists_code(self, list_name: str, code: str) -> bool:
        """Whether the package in use has this code in a list of its own (`currency`, `unit` …). Never raises."""
        ...

    def run_apart(self, target: str, *args: Any) -> Any:
        """Run `module:function(*args)` in a child process, for work that would hold up the window. Raises: AppError."""
        ...


class NoPackage:
    """No official package is installed: nothing is checked, and nothing is hidden."""

    release = ""

    def check(self, raw: bytes, *, kind: str, issue_date: date | None, file_name: str = "") -> list[Finding]:
        return [
            Finding(
                Severity.INFO,
                Layer.SCHEMATRON,
                "OFFICIAL.NO_PACKAGE",
                "",
                "GİB kural paketi kurulu değil; yalnız programın kendi kuralları denetlendi.",
            )
        ]

    def lists_code(self, list_name: str, code: str) -> bool:
        return False

    def run_apart(self, target: str, *args: Any) -> Any:
        """There is no child to run anything in, and nobody asks for one."""
        raise ConfigError("OFFICIAL.NO_PACKAGE", "GİB kural paketi kurulu değil.")
