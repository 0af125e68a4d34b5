"""Looking at files from outside: each document of a file, a ZIP (in a ZIP, too) or a folder, with all its findings.

Nothing is stored. Shared by `validate` and by what is dropped on the window. Any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.domain.errors import AppError, InputError
from app.domain.findings import Finding, Layer, Severity
from app.domain.protocols import Progress
from app.runtime.safezip import MIB, iter_members, member_names
from app.signing.report import VerifyReport
from app.signing.verify import verify_document
from app.ubl.reader import summarize
from app.validation.enveloped import carried_by, check_carried
from app.validation.files import HEAVY_BYTES, FileReport, check_file, finding_from_json
from app.validation.official import NoPackage, OfficialRules
from app.workflows.large_ledgers import check_large_ledger, is_large_ledger

#: A ZIP in a ZIP in a ZIP is somebody's mail archive; more is somebody's trick.
MAX_DEPTH: Final = 3
MAX_UNPACKED_BYTES: Final = 2048 * MIB
MAX_DOCUMENTS: Final = 20_000
_ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06")  # with members, and empty
_ENDINGS: Final = (".xml", ".zip")

#: The bytes of a file. Raises AppError.
Read = Callable[[Path], bytes]


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked of one file of the user's, all ZIPs in it together."""

    size_bytes: int = MAX_UNPACKED_BYTES
    documents: int = MAX_DOCUMENTS
    depth: int = 0


def documents_of(
    path: Path, *, read: Read, mark: str = "!", allowance: Callable[[], Allowance] = Allowance
) -> Iterator[tuple[str, bytes | Path | AppError]]:
    """Every document of a file, a ZIP or a folder as (name, its bytes or why there are none).

    A large ledger is not read: its path is given, for `check_document` takes one.
    One inside a ZIP is named `zip!member`, with `mark` between. What is no document and travels with them (pictures,
    style sheets) is passed over. Nothing is raised for what a file contains.
    """
    if not path.is_dir():
        yield from _of_file(path, read, mark, allowance())
        return
    files = sorted(one for one in path.rglob("*") if one.suffix.lower() in _ENDINGS and one.is_file())
    for file in files:
        yield from _of_file(file, read, mark, allowance())
    if not files:
        missing = InputError("FOLDER.EMPTY", "Klasörde XML ya da zip dosyası yok.", todo="Başka bir klasör seçin.")
        yield str(path), missing


def check_document(
    raw: bytes | Path, *, today: date, rules: OfficialRules | None, file_name: str, progress: Progress | None = None
) -> FileReport:
    """Every layer of one document, its seals included; of an envelope, those of the documents in it.

    Whether a seal's owner may be trusted is what `verify` is for. Never raises for what a document contains.
    `progress` is asked and told for the path of a large ledger only.
    """
    if isinstance(raw, Path):
        return check_large_ledger(raw, rules=rules, file_name=file_name, progress=progress)
    report = check_file(raw, today=today, rules=rules, file_name=file_name)
    if report.kind == "unknown":
        return report
    is_apart = len(raw) >= HEAVY_BYTES and rules is not None and not isinstance(rules, NoPackage)
    seals = _seals_apart(raw, report.kind, rules) if is_apart and rules else _seals(raw, report.kind)
    return replace(report, findings=[*report.findings, *seals])


def _seals_apart(raw: bytes, kind: str, rules: OfficialRules) -> list[Finding]:
    """`_seals` in a child process: a document of twenty thousand lines would hold up a window for a second."""
    told = rules.run_apart("app.workflows.validating:seals_in_child", raw, kind)
    return [finding_from_json(one) for one in told]


def seals_in_child(raw: bytes, kind: str) -> list[dict[str, Any]]:
    """What is wrong with the seals, in plain values. Called in a child process."""
    return [finding.to_json() for finding in _seals(raw, kind)]


def verify_file(raw: bytes, *, trust: Sequence[bytes] = ()) -> VerifyReport:
    """Every seal of a document; of an envelope, those of the documents in it, each without the envelope around it.

    Raises: InputError as `verify_document`.
    """
    if summarize(raw).kind != "envelope":
        return verify_document(raw, trust=trust)
    _, carried = carried_by(raw)
    return VerifyReport(
        signatures=tuple(s for one in carried for s in verify_document(one.raw, trust=trust).signatures)
    )


def _seals(raw: bytes, kind: str) -> list[Finding]:
    """A warning for each seal that does not hold."""
    try:
        if kind == "envelope":
            # A seal is over the document as it was before it went into the envelope.
            _, carried = carried_by(raw)
            return list(check_carried(carried, lambda one: _seals(one, "")))
        signatures = verify_document(raw).signatures
    except AppError:
        return []
    return [
        Finding(
            Severity.WARNING,
            Layer.SEAL,
            "SEAL.BROKEN",
            "",
            "Belgenin mührü tutmuyor; belge mühürlendikten sonra değişmiş olabilir. Gönderenden yeniden isteyin.",
            explanation=" ".join(signature.reasons),
        )
        for signature in signatures
        if not (signature.digest_ok and signature.signature_ok)
    ]


def _of_file(path: Path, read: Read, mark: str, left: Allowance) -> Iterator[tuple[str, bytes | Path | AppError]]:
    if is_large_ledger(path):
        yield str(path), path
        return
    try:
        raw = read(path)
    except AppError as problem:
        yield str(path), problem
        return
    yield from _of_bytes(str(path), raw, mark, left)


def _of_bytes(name: str, raw: bytes, mark: str, left: Allowance) -> Iterator[tuple[str, bytes | AppError]]:
    if not raw.startswith(_ZIPS):
        yield name, raw
        return
    if left.depth == MAX_DEPTH:
        yield name, InputError("ZIP.NESTED", "ZIP içinde ZIP çok derin.", todo="İçtekini çıkarıp ayrıca verin.")
        return
    left.depth += 1
    try:
        has_documents = any(one.lower().endswith(_ENDINGS) for one in member_names(raw))
        for member in iter_members(raw, max_total_bytes=max(left.size_bytes, 0)):
            left.size_bytes -= len(member.data)
            if has_documents and not member.name.lower().endswith(_ENDINGS):
                continue
            left.documents -= 1
            if left.documents < 0:
                raise InputError(
                    "ZIP.TOO_MANY",
                    f"ZIP dosyasında çok fazla belge var (en çok {MAX_DOCUMENTS}).",
                    todo="Dosyayı bölüp parça parça verin.",
                )
            yield from _of_bytes(f"{name}{mark}{member.name}", member.data, mark, left)
    except AppError as problem:
        yield name, problem
    left.depth -= 1
