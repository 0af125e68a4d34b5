"""Whether a certificate leads to one of the roots that the user trusts. No network: no CRL and no OCSP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509

from app.domain.errors import InputError
from app.signing.certificates import is_authority, is_issued_by, load_certificate, load_certificates

_MAX_DEPTH = 8


def load_anchors(trust: Sequence[bytes]) -> list[x509.Certificate]:
    """Return the trusted certificates in PEM or DER files. Raises: InputError (CERT.UNREADABLE)."""
    return [load_certificate(der) for data in trust for der in load_certificates(data)]


def find_chain_fault(
    leaf: x509.Certificate, *, others: Sequence[bytes], anchors: Sequence[x509.Certificate], at: datetime
) -> str:
    """Return "" when `leaf` leads to an anchor, else a Turkish sentence that says where the chain breaks.

    `others` are further DER certificates found in the signature. Every issuer must be an authority, in force at
    `at`; an anchor may be a root or an intermediate, or the leaf itself.
    """
    pool = [*anchors, *_readable(others)]
    current = leaf
    for _ in range(_MAX_DEPTH):
        if current in anchors:
            return ""
        issuers = [c for c in pool if c != current and is_authority(c) and is_issued_by(current, c)]
        # An anchor ends the walk, so it is taken before any other candidate.
        issuer = next((c for c in issuers if c in anchors), None) or next(iter(issuers), None)
        if issuer is None:
            return "Sertifika, güvenilen köklerden birine bağlanmıyor."
        if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
            return "Sertifikayı veren kurumun sertifikası imza anında geçerli değil."
        current = issuer
    return "Sertifika zinciri çok uzun."


def _readable(ders: Sequence[bytes]) -> list[x509.Certificate]:
    readable = []
    for der in ders:
        try:
            readable.append(load_certificate(der))
        except InputError:
            # A broken extra certificate proves nothing; the walk simply cannot use it.
            continue
    return readable
