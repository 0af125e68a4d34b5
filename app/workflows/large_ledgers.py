"""Ledger files that are too large to be carried from hand to hand: known by their head, looked at by their path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.domain.protocols import NoProgress, Progress
from app.edefter.archive import verify_seal
from app.validation.files import FileReport, ledger_kind
from app.validation.official import NoPackage, OfficialRules

#: Smaller ones are documents like all others.
LARGE_BYTES: Final = 8 << 20
_HEAD_BYTES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Watched:
    """A `Progress` of two functions."""

    report: Callable[[int, int, str], None]
    checkpoint: Callable[[], None]


def is_large_ledger(path: Path) -> bool:
    """Whether the file is a ledger that should not be read into this process. False for what cannot be opened."""
    try:
        if not path.is_file() or path.stat().st_size <= LARGE_BYTES:
            return False
        with path.open("rb") as file:
            return bool(ledger_kind(file.read(_HEAD_BYTES)))
    except OSError:
        return False


def check_large_ledger(
    path: Path, *, rules: OfficialRules | None, file_name: str = "", progress: Progress | None = None
) -> FileReport:
    """XSD, Schematron and seal of a ledger file of any size; which rules were asked stands in a finding of its own.

    Never raises for what the file contains, or that it has gone. Raises: what `progress.checkpoint` raises.
    """
    try:
        return _checked(path, rules or NoPackage(), file_name or path.name, progress or NoProgress())
    except OSError as error:
        message = f"Dosya okunamadı ({error.strerror}). Yerinde durduğunu ve diskin takılı olduğunu kontrol edin."
        return FileReport(
            kind="unknown", findings=[Finding(Severity.ERROR, Layer.READ, "FILE.UNREADABLE", "", message)]
        )


def _checked(path: Path, rules: OfficialRules, file_name: str, progress: Progress) -> FileReport:
    with path.open("rb") as file:
        kind = ledger_kind(file.read(_HEAD_BYTES)) or "unknown"
    verdict = rules.check_ledger(path, kind=kind, file_name=file_name, progress=progress)
    findings = list(verdict.findings)
    if verdict.work:
        engines = Finding(
            Severity.INFO,
            Layer.SCHEMATRON,
            "OFFICIAL.ENGINES",
            "",
            f"Denetlendi: {verdict.words}. Yapılacak bir şey yok.",
        )
        findings.append(engines)
    if not any(finding.layer is Layer.READ for finding in findings):
        progress.checkpoint()
        progress.report(0, 0, f"{path.name}: mühür denetleniyor")
        findings += _seal(path)
    return FileReport(kind=kind, findings=findings)


def _seal(path: Path) -> list[Finding]:
    try:
        report = verify_seal(path)
    except AppError as error:
        return [Finding(Severity.WARNING, Layer.SEAL, error.code, "", error.sentence)]
    if not report.signatures:
        message = (
            "Bu büyüklükte ve bu dizilişte bir dosyanın mührü burada denetlenemiyor; mührü, defteri üreten programda "
            "denetleyin."
        )
        return [Finding(Severity.INFO, Layer.SEAL, "SEAL.NOT_JUDGED", "", message)]
    message = (
        "Defterin mührü tutmuyor; dosya mühürlendikten sonra değişmiş olabilir. Defteri arşivden ya da onu üreten "
        "programdan yeniden alın."
    )
    return [
        Finding(Severity.WARNING, Layer.SEAL, "SEAL.BROKEN", "", message, explanation=" ".join(signature.reasons))
        for signature in report.signatures
        if not (signature.digest_ok and signature.signature_ok)
    ]
