"""The seal of a ledger file for whoever looks at it: whose, when, whether it holds, GİB's word and a time stamp."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from app.domain.errors import AppError
from app.edefter.archive import seal_reasons, verify_seal
from app.edefter.reading import faults
from app.signing.report import SignatureReport

_TAIL: Final = 256 * 1024
_STAMP: Final = b"SignatureTimeStamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealFacts:
    """`is_sealed` False: no signature stands in the file. `reasons` say why one does not hold, or could not be judged.

    `approved_at` is when GİB counter-sealed a berat. `has_stamp`: a time stamp stands in the file; one that does not
    hold makes the seal invalid.
    """

    is_sealed: bool
    is_valid: bool = False
    owner: str = ""
    owner_number: str = ""
    issuer: str = ""
    sealed_at: datetime | None = None
    is_test: bool = False
    has_stamp: bool = False
    stamped_at: datetime | None = None
    stamped_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    reasons: tuple[str, ...] = ()


def look_at_seal(path: Path) -> SealFacts:
    """Verify the seal by the file's own bytes. What cannot be judged is said in `reasons`. Raises: EnvironmentFault."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL))
            tail = file.read()
    except OSError as error:
        raise faults.unreadable(path, error) from error
    if b"<ds:Signature " not in tail and b"<ds:Signature>" not in tail:
        return SealFacts(is_sealed=False)
    try:
        report = verify_seal(path)
    except AppError as error:
        return SealFacts(is_sealed=True, reasons=(error.sentence,))
    if not report.signatures:
        return SealFacts(is_sealed=True, reasons=tuple(seal_reasons(report)))
    first, *others = report.signatures
    counter = others[0] if others else None
    certificate, stamp = first.certificate, first.time_stamp
    return SealFacts(
        is_sealed=True,
        is_valid=report.valid,
        owner=_owner(first),
        owner_number=str(certificate.owner) if certificate is not None and certificate.owner else "",
        issuer=certificate.issuer if certificate is not None else "",
        sealed_at=first.signing_time,
        is_test=bool(certificate is not None and certificate.is_test),
        has_stamp=stamp is not None or _STAMP in tail,
        stamped_at=stamp.time if stamp is not None else None,
        stamped_by=stamp.authority if stamp is not None else "",
        approved_by=_owner(counter) if counter is not None else "",
        approved_at=counter.signing_time if counter is not None else None,
        reasons=() if report.valid else tuple(seal_reasons(report)),
    )


def _owner(one: SignatureReport) -> str:
    return one.certificate.owner_name if one.certificate is not None else ""
