"""What may be mended in a month, what was, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from app.domain.voucher import Period


class FixKind(StrEnum):
    """What may be mended."""

    RENUMBER = "renumber"
    SPLIT_DAYS = "split-days"
    COMPLETE_DOCUMENT = "complete-document"


#: Which fix may help against which finding.
FIXABLE: Final[dict[str, FixKind]] = {
    **dict.fromkeys(
        (
            "DEFTER.DOCUMENT_NO_TYPE",
            "DEFTER.DOCUMENT_NUMBER",
            "DEFTER.DOCUMENT_DAY",
            "DEFTER.DOCUMENT_TEXT",
            "DEFTER.DOCUMENT_EXPECTED",
            "DEFTER.DOCUMENT_ETTN",
        ),
        FixKind.COMPLETE_DOCUMENT,
    ),
    "DEFTER.TWO_DAYS": FixKind.SPLIT_DAYS,
    **dict.fromkeys(
        ("DEFTER.ENTRY_GAP", "DEFTER.ENTRY_TWICE", "DEFTER.ENTRY_LOW", "DEFTER.DAY_BACK", "DEFTER.LINE_GAP"),
        FixKind.RENUMBER,
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FixChange:
    """One value that would change, in words for the preview."""

    voucher_id: int
    reference: str
    source_line: int
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FixOffer:
    """What may be mended of one finding's kind in the month. `changes` are the first ones, `total` counts them all.

    `refusal` says why nothing can be done (else empty); `left_out` pairs a voucher with why it alone cannot. `period`
    is the month, or the side of it in the month of a liquidation's registration.
    """

    kind: FixKind
    code: str
    title: str
    period: Period
    voucher_ids: tuple[int, ...] = ()
    changes: tuple[FixChange, ...] = ()
    total: int = 0
    refusal: str = ""
    left_out: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "code": self.code,
            "title": self.title,
            "total": self.total,
            "refusal": self.refusal,
            "changes": [
                {
                    "voucher": one.reference,
                    "line": one.source_line or None,
                    "field": one.field,
                    "before": one.before,
                    "after": one.after,
                }
                for one in self.changes
            ],
            "left_out": [{"voucher": reference, "reason": reason} for reference, reason in self.left_out],
        }


@dataclass(slots=True, kw_only=True)
class FixReport:
    """What was mended: a fix per offer (`fix_ids`, for `undo`), how many values; `refused` are offers with reasons."""

    fix_ids: list[int] = field(default_factory=list)
    applied: int = 0
    changes: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "fixes": self.fix_ids,
            "applied": self.applied,
            "changes": self.changes,
            "refused": [{"title": title, "reason": reason} for title, reason in self.refused],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FixRecord:
    """A fix that was made. `at` is an ISO time."""

    id: int
    at: str
    who: str
    kind: FixKind
    code: str
    title: str
    changes: int
    is_undone: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "at": self.at,
            "who": self.who,
            "kind": self.kind.value,
            "code": self.code,
            "title": self.title,
            "changes": self.changes,
            "undone": self.is_undone,
        }
