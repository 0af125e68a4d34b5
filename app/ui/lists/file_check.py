"""Checks files from outside: each XML of a drop or a ZIP, its findings. Any thread; no Qt here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from app.domain.errors import AppError
from app.domain.findings import Finding, Layer, Severity
from app.runtime import safezip
from app.validation.files import check_file
from app.validation.official import OfficialRules

MAX_BYTES: Final = 64 * 1024 * 1024


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
            raw = path.read_bytes() if size <= MAX_BYTES else b""
        except OSError as error:
            checked.append(_unread(path.name, "FILE.UNREADABLE", f"Dosya okunamadı ({error.strerror})."))
            continue
        if size > MAX_BYTES:
            words = "Dosya çok büyük; en çok 64 MB denetlenir. Dosyayı bölüp yeniden deneyin."
            checked.append(_unread(path.name, "FILE.TOO_BIG", words))
        elif path.suffix.lower() == ".zip":
            checked += _members(path.name, raw, today, rules)
        else:
            checked.append(_one(path.name, raw, today, rules))
    return checked


def _members(name: str, raw: bytes, today: date, rules: OfficialRules | None) -> list[CheckedFile]:
    found: list[CheckedFile] = []
    try:
        for member in safezip.iter_members(raw):
            if member.name.lower().endswith(".xml"):
                found.append(_one(f"{name} ▸ {member.name}", member.data, today, rules))
    except AppError as error:
        found.append(_unread(name, error.code, error.sentence))
    if not found:
        found.append(_unread(name, "ZIP.NO_XML", "ZIP dosyasında XML yok. Başka bir dosya seçin."))
    return found


def _one(name: str, raw: bytes, today: date, rules: OfficialRules | None) -> CheckedFile:
    result = check_file(raw, today=today, rules=rules, file_name=name.split(" ▸ ")[-1].rsplit("/", 1)[-1])
    return CheckedFile(name=name, kind=result.kind, findings=tuple(result.findings))


def _unread(name: str, code: str, sentence: str) -> CheckedFile:
    return CheckedFile(name=name, kind="unknown", findings=(Finding(Severity.ERROR, Layer.READ, code, "", sentence),))
