"""What a rule of the ledgers' own checks is."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.findings import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """`message` may use {a}, {b}, {entry}, {reference}; `money` tells that a and b are amounts in units."""

    severity: Severity
    message: str
    why: str
    money: bool = False
    days: bool = False
