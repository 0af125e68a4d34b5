"""The seal's verdict in words: whose, when, and what is wrong with it. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_datetime
from app.signing.report import SignatureReport, VerifyReport


class KnownDocument(Protocol):
    """What must be known of a document besides its bytes; a DocumentRecord is one."""

    @property
    def direction(self) -> Direction: ...
    @property
    def state(self) -> State: ...
    @property
    def sealed_by(self) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`kind` as a message bar knows it; `details` are further sentences for the fold."""

    kind: Literal["ok", "wait", "warn", "error"]
    sentence: str
    details: tuple[str, ...] = ()


def verdict_of(report: VerifyReport, record: KnownDocument, *, sender: str) -> Verdict:
    """What to say at the top. `sender` is the taxpayer number that the document names as its supplier."""
    if not report.signatures:
        return _unsealed(record)
    details = tuple(f"{_who(s)}: {reason}" if len(report.signatures) > 1 else reason for s, reason in _reasons(report))
    wrong = next((s for s in report.signatures if not s.valid), None)
    if wrong is not None:
        why = wrong.reasons[0] if wrong.reasons else "Nedeni anlaşılamadı."
        return Verdict(kind="error", sentence=f"Mühür GEÇERSİZ: {_who(wrong)}. {why}", details=details)
    seal = report.signatures[0]
    said = f"{_who(seal)}{_when(seal)}"
    if len(report.signatures) > 1:
        said += f"; {len(report.signatures)} mührün hepsi sağlam"
    if any(s.certificate is not None and s.certificate.is_test for s in report.signatures):
        return Verdict(kind="warn", sentence=f"TEST mührü, hukuken geçersiz: {said}", details=details)
    owner = seal.certificate.owner if seal.certificate is not None else None
    if owner is not None and sender and owner.digits != sender:
        kind: Literal["ok", "warn"] = "ok" if record.sealed_by == "integrator" else "warn"
        words = "Entegratör mührü geçerli" if kind == "ok" else "Mühür sağlam ama belgeyi düzenleyenin değil"
        return Verdict(kind=kind, sentence=f"{words}: {said}", details=details)
    return Verdict(kind="ok", sentence=f"Mühür geçerli: {said}", details=details)


def _unsealed(record: KnownDocument) -> Verdict:
    if record.direction is Direction.OUT:
        if record.state in (State.DRAFT, State.READY):
            return Verdict(kind="wait", sentence="Taslak: henüz numara almadı ve mühürlenmedi.")
        return Verdict(kind="wait", sentence="Bu kopyada mühür yok; mühürlü kopya entegratörden alınınca gösterilir.")
    return Verdict(
        kind="warn",
        sentence="Bu belgede mühür yok: kimin düzenlediği buradan doğrulanamıyor.",
        details=("Entegratör belgeyi mühürsüz kopya olarak vermiş olabilir; yasal kopyayı portaldan indirin.",),
    )


def _reasons(report: VerifyReport) -> list[tuple[SignatureReport, str]]:
    return [(s, reason) for s in report.signatures for reason in s.reasons]


def _who(seal: SignatureReport) -> str:
    if seal.certificate is None:
        return "sertifikası okunamayan mühür"
    owner = seal.certificate.owner
    number = f" ({owner.kind} {owner})" if owner is not None else ""
    return f"{seal.certificate.owner_name or seal.certificate.subject}{number}"


def _when(seal: SignatureReport) -> str:
    return f", {format_datetime(seal.signing_time)}" if seal.signing_time is not None else ""
