"""What verification found, as values; texts for the reader are Turkish sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.domain.protocols import CertificateInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeStampReport:
    """The time stamp (RFC 3161) beside a signature: `valid` when it stamps that signature's value and holds.

    `valid` None: it could not be judged (an algorithm or form that is not known here). `authority` names who stamped,
    `policy` is a dotted OID. `trusted` None: no roots were given. `reasons` first say what is wrong, then what is
    worth knowing.
    """

    valid: bool | None
    time: datetime | None
    authority: str
    policy: str
    trusted: bool | None
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape of `time_stamp` inside a signature of `muhurdar verify --json`."""
        return {
            "valid": self.valid,
            "time": self.time.isoformat() if self.time else None,
            "authority": self.authority,
            "policy": self.policy,
            "trusted": self.trusted,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureReport:
    """One signature.

    `digest_ok`: the document and the signed properties are as they were signed, and the whole document is covered.
    `signature_ok`: the value was made with the key of `certificate`. `valid` also asks that the certificate was in
    force at `signing_time` and is the one the signed properties name, and that the chain holds when roots were
    given. `trusted` None: no roots were given. `reasons` first say what is wrong, then what is worth knowing.
    `time_stamp` None: there is none; one that does not hold makes the signature invalid.
    """

    id: str
    valid: bool
    digest_ok: bool
    signature_ok: bool
    certificate: CertificateInfo | None
    signing_time: datetime | None
    role: str
    trusted: bool | None
    reasons: tuple[str, ...]
    time_stamp: TimeStampReport | None = None

    def to_json(self) -> dict[str, Any]:
        """The shape inside `signatures` that `muhurdar verify --json` prints."""
        return {
            "id": self.id,
            "valid": self.valid,
            "digest_ok": self.digest_ok,
            "signature_ok": self.signature_ok,
            "certificate": certificate_to_json(self.certificate) if self.certificate else None,
            "signing_time": self.signing_time.isoformat() if self.signing_time else None,
            "role": self.role,
            "trusted": self.trusted,
            "time_stamp": self.time_stamp.to_json() if self.time_stamp else None,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """All signatures of one document. Without any, `valid` is false and `reasons` says so."""

    signatures: tuple[SignatureReport, ...]

    @property
    def valid(self) -> bool:
        return bool(self.signatures) and all(s.valid for s in self.signatures)

    @property
    def reasons(self) -> tuple[str, ...]:
        if not self.signatures:
            return ("Belgede imza yok.",)
        return tuple(dict.fromkeys(reason for s in self.signatures for reason in s.reasons))

    def to_json(self) -> dict[str, Any]:
        """The JSON object of `muhurdar verify --json` for one file; the command adds the file's name."""
        return {
            "valid": self.valid,
            "reasons": list(self.reasons),
            "signatures": [s.to_json() for s in self.signatures],
        }


def certificate_to_json(certificate: CertificateInfo) -> dict[str, Any]:
    """The certificate as other programs read it; times are ISO 8601 with zone."""
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "serial": certificate.serial_hex,
        "owner": str(certificate.owner) if certificate.owner else None,
        "owner_name": certificate.owner_name,
        "not_before": certificate.not_before.isoformat(),
        "not_after": certificate.not_after.isoformat(),
        "is_test": certificate.is_test,
    }
