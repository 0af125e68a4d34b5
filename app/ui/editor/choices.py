"""What may be chosen on the form: read from the code lists and from what this release can issue, never written here."""

from __future__ import annotations

from app.ubl import codes
from app.validation import builtin

_COMMON_PAYMENTS = ("42", "10", "48", "20", "1")

Choices = list[tuple[str, str]]


def profiles() -> Choices:
    """(code, name) of the scenarios that this release issues, in the order of the code list."""
    return [(p.code, p.name) for p in codes.profiles().values() if p.code in builtin.ISSUED_PROFILES]


def types(profile: str) -> Choices:
    """(code, name) of the invoice types this scenario lets through; all that are issued where it is not known."""
    known = codes.profiles().get(profile)
    names = codes.invoice_types()
    return [(t, names[t].name) for t in builtin.ISSUED_TYPES if t in names and (known is None or t in known.types)]


def currencies() -> Choices:
    return [(c.code, f"{c.code} · {c.name}") for c in codes.currencies().values()]


def payments() -> Choices:
    """The usual ones first, after an empty one."""
    known = codes.payment_means()
    ordered = [c for c in _COMMON_PAYMENTS if c in known] + [c for c in known if c not in _COMMON_PAYMENTS]
    return [("", "–"), *((c, f"{known[c].name} ({c})") for c in ordered)]
