"""Checks files from outside: each XML of a drop or a ZIP, its findings. Any thread; no Qt here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.validation.official import OfficialRules
from app.workflows.large_ledgers import Watched, is_large_ledger
from app.workflows.validating import check_document, documents_of

MAX_BYTES: Final = 64 * 1024 * 1024
_MARK: Final = " ▸ "


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """`name` is the file's, with `zip ▸ member` for one inside a ZIP."""

    name: str
    kind: str
    findings: tuple[Finding, ...]


def check_paths(
    paths: Sequence[Path],
    *,
    today: date,
    report: Callable[[int, int, str], None],
    checkpoint: Callable[[], None],
    rules: OfficialRules | None = None,
) -> list[CheckedFile]:
    """Check every file; one that cannot be read is a finding of its own, never an exception."""
    checked: list[CheckedFile] = []
    for done, path in enumerate(paths):
        report(done, len(paths), f"{path.name} denetleniyor")
        checkpoint()
        try:
            size = path.stat().st_size
            is_ledger = is_large_ledger(path)
            raw = path.read_bytes() if size <= MAX_BYTES and not is_ledger else b""
        except OSError as error:
            checked.append(_unread(path.name, "FILE.UNREADABLE", f"Dosya okunamadı ({error.strerror})."))
            continue
        if size > MAX_BYTES and not is_ledger:
            words = "Dosya çok büyük; en çok 64 MB denetlenir. Dosyayı bölüp yeniden deneyin."
            checked.append(_unread(path.name, "FILE.TOO_BIG", words))
            continue
        for name, document in documents_of(path, read=lambda _path, raw=raw: raw, mark=_MARK):  # type: ignore[misc]
            checkpoint()
            shown = f"{path.name}{name.removeprefix(str(path))}"
            if isinstance(document, AppError):
                checked.append(_unread(shown, document.code, document.sentence))
                continue
            file_name = name.split(_MARK)[-1].replace("\\", "/").rsplit("/", 1)[-1]
            progress = Watched(lambda _done, _total, what, done=done: report(done, len(paths), what), checkpoint)  # type: ignore[misc]
            result = check_document(document, today=today, rules=rules, file_name=file_name, progress=progress)
            checked.append(CheckedFile(name=shown, kind=result.kind, findings=tuple(result.findings)))
    return checked


def _unread(name: str, code: str, sentence: str) -> CheckedFile:
    return CheckedFile(name=name, kind="unknown", findings=(Finding(Severity.ERROR, Layer.READ, code, "", sentence),))
