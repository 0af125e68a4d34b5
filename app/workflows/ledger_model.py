"""What a check of a month says: findings, totals, and a mark of the data that it looked at."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from hashlib import blake2b
from typing import Any, Final

from app.domain.findings import Severity
from app.domain.voucher import Period
from app.edefter.rules import RULES
from app.storage.ledgers import parts, queries, sums
from app.storage.ledgers.database import LedgerConnection
from app.storage.ledgers.kept import KeptCheck, KeptFinding
from app.storage.records import CompanyRecord
from app.ubl.company_json import company_to_json
from app.workflows.ledger_fix_model import FIXABLE

#: Grows when a rule is added or changed: what older rules found is stale.
RULES_VERSION: Final = 4
_FACTS: Final = ("branch_name", "vouchers", "lines", "debit", "credit", "first_entry", "last_entry", "counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFinding:
    """One thing that is wrong or odd in a month. `voucher_id` 0 means the month or the company's card."""

    severity: Severity
    code: str
    message: str
    explanation: str
    voucher_id: int = 0
    entry: int = 0
    reference: str = ""
    line: int = 0

    def to_json(self) -> dict[str, Any]:
        """The shape of `validate`'s findings; `fix` names what `ledger fix` may do about it."""
        place = f"voucher[{self.reference}]" if self.reference else ""
        return {
            "severity": self.severity.value,
            "layer": "builtin",
            "code": self.code,
            "field": place,
            "message": self.message,
            "explanation": self.explanation,
            "official": "",
            "fix": FIXABLE[self.code].value if self.code in FIXABLE else "",
            "line": self.line or None,
            "xpath": "",
        }


@dataclass(slots=True, kw_only=True)
class MonthCheck:
    """What was found in a month. `counts` by code tell of more than are listed. Amounts in units of 1/10,000."""

    period: Period
    branch_no: str
    branch_name: str
    vouchers: int = 0
    lines: int = 0
    debit: int = 0
    credit: int = 0
    first_entry: int = 0
    last_entry: int = 0
    findings: list[LedgerFinding] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        return any(finding.severity is Severity.ERROR for finding in self.findings)

    def add(self, code: str, *, a: str = "", b: str = "") -> None:
        """A finding about the month or the card."""
        self.findings.append(said(code, a=a, b=b))
        self.counts[code] = self.counts.get(code, 0) + 1

    def to_json(self) -> dict[str, Any]:
        return {
            "period": str(self.period),
            "branch": self.branch_no,
            "liquidation": self.period.is_liquidation,
            "vouchers": self.vouchers,
            "lines": self.lines,
            "debit": str(queries.amount(self.debit)),
            "credit": str(queries.amount(self.credit)),
            "entries": [self.first_entry, self.last_entry],
            "ok": not self.has_errors,
            "counts": self.counts,
            "findings": [finding.to_json() for finding in self.findings],
        }


def said(code: str, *, a: str = "", b: str = "", reference: str = "", entry: int = 0) -> LedgerFinding:
    """The rule's sentence with its words in it; about the month where no voucher is named."""
    rule = RULES[code]
    message = rule.message.format(a=a, b=b, entry=entry, reference=reference.partition("@")[0])
    return LedgerFinding(severity=rule.severity, code=code, message=message, explanation=rule.why)


def mark_of(connection: LedgerConnection, company: CompanyRecord, *, period: int, branch_no: str, is_over: bool) -> str:
    """The state of all that a check looks at: vouchers up to the month, earlier books, the card, the rules.

    `is_over`: the month has ended. Two marks are equal when a new check would find the same.
    """
    standing = parts.standing_before(connection, period=period, branch_no=branch_no)
    before = parts.last_built_before(connection, period=period, branch_no=branch_no)
    card = company_to_json(replace(company.company, logo=b"", stamp=b""))
    state = [
        RULES_VERSION,
        sums.stamp_until(connection, period=period),
        asdict(standing) if standing else None,
        [str(value) for value in before] if before else None,
        card,
        is_over,
    ]
    return blake2b(json.dumps(state, sort_keys=True, default=str).encode(), digest_size=12).hexdigest()


def to_kept(check: MonthCheck, *, at: str, mark: str) -> tuple[KeptCheck, list[KeptFinding]]:
    """The check as the ledger file keeps it."""
    facts = json.dumps({name: getattr(check, name) for name in _FACTS}, ensure_ascii=False)
    rows = [
        KeptFinding(f.severity.value, f.code, f.message, f.explanation, f.voucher_id, f.entry, f.reference, f.line)
        for f in check.findings
    ]
    return KeptCheck(check.branch_no, at, mark, facts), rows


def from_kept(period: Period, kept: KeptCheck, rows: list[KeptFinding]) -> MonthCheck:
    """The check that was kept."""
    check = MonthCheck(period=period, branch_no=kept.branch_no, **json.loads(kept.facts))
    check.findings = [
        LedgerFinding(
            severity=Severity(row.severity),
            code=row.code,
            message=row.message,
            explanation=row.explanation,
            voucher_id=row.voucher_id,
            entry=row.entry,
            reference=row.reference,
            line=row.line,
        )
        for row in rows
    ]
    return check
