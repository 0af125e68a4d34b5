"""What may be chosen on the form: read from the code lists and from what this release can issue, never written here."""

from __future__ import annotations

from app.ubl import codes
from app.validation import builtin

_COMMON_PAYMENTS = ("42", "10", "48", "20", "1")

Choices = list[tuple[str, str]]


def profiles() -> Choices:
    """(code, name) of the scenarios: the ordinary ones first, then every other one of the code list."""
    known = codes.profiles()
    first = [code for code in builtin.ISSUED_PROFILES if code in known]
    return [(code, known[code].name) for code in (*first, *(code for code in known if code not in first))]


def types(profile: str) -> Choices:
    """(code, name) of the invoice types that this scenario lets through, the ordinary ones first."""
    known = codes.profiles().get(profile)
    names = codes.invoice_types()
    first = [code for code in builtin.ISSUED_TYPES if code in names]
    ordered = (*first, *(code for code in names if code not in first))
    return [(code, names[code].name) for code in ordered if known is None or code in known.types]


def currencies() -> Choices:
    return [(c.code, f"{c.code} · {c.name}") for c in codes.currencies().values()]


def payments() -> Choices:
    """The usual ones first, after an empty one."""
    known = codes.payment_means()
    ordered = [c for c in _COMMON_PAYMENTS if c in known] + [c for c in known if c not in _COMMON_PAYMENTS]
    return [("", "–"), *((c, f"{known[c].name} ({c})") for c in ordered)]
