"""The door to GİB's own rules. Behind it stand the installed packages; without one it says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from app.domain.errors import ConfigError
from app.domain.findings import Finding, Layer, Severity
from app.domain.protocols import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineWork:
    """Which engine asked which rules of one file.

    `engine` is xsd or schematron, `how` stream (nothing of the file was kept) or whole, `release` the package's day
    (ISO), `rules` the ids of all checks that were asked, whether they failed or not.
    """

    engine: str
    how: str
    release: str
    rules: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `xsd stream` or `schematron 2026-03-12, 131 kural`."""
        if self.engine == "xsd":
            return f"xsd {self.how}" if self.how != "whole" else "xsd"
        return f"{self.engine} {self.release} ({len(self.rules)} kural)"

    def to_json(self) -> dict[str, Any]:
        return {"engine": self.engine, "how": self.how, "release": self.release, "rules": list(self.rules)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerVerdict:
    """What the official rules say of a ledger file, and which of them were asked; no work: none was."""

    findings: list[Finding]
    work: tuple[EngineWork, ...] = ()

    @property
    def words(self) -> str:
        """The engines in one line, empty where none looked at the file."""
        return ", ".join(one.words for one in self.work)


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

    def check_ledger(
        self, path: Path, *, kind: str, file_name: str = "", progress: Progress | None = None
    ) -> LedgerVerdict:
        """A ledger file of any size, read by child processes alone. `kind` is `ledger-y` and so on.

        `file_name` is its final name where it goes by another one still. Never raises for what the file contains.
        Raises: what `progress.checkpoint` raises, within half a second.
        """
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

    def check_ledger(
        self, path: Path, *, kind: str, file_name: str = "", progress: Progress | None = None
    ) -> LedgerVerdict:
        return LedgerVerdict(findings=self.check(b"", kind=kind, issue_date=None))

    def run_apart(self, target: str, *args: Any) -> Any:
        """There is no child to run anything in, and nobody asks for one."""
        raise ConfigError("OFFICIAL.NO_PACKAGE", "GİB kural paketi kurulu değil.")
