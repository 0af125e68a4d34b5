"""What a bulk verb did: what went, what did not and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import AppError
from app.domain.findings import Finding


@dataclass(slots=True, kw_only=True)
class ItemFailure:
    """One document that was left alone, with the reason. `findings` when it was our own check that spoke."""

    ettn: str
    error: AppError
    findings: list[Finding] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "ettn": self.ettn,
            "code": self.error.code,
            "message": self.error.sentence,
            "findings": [f.to_json() for f in self.findings],
        }


@dataclass(slots=True, kw_only=True)
class BulkReport:
    """`done` and `failed` are disjoint; `stopped` tells that the rest was not tried after a refusal."""

    done: list[str] = field(default_factory=list)
    failed: list[ItemFailure] = field(default_factory=list)
    stopped: bool = False

    def fail(self, ettn: str, error: AppError, findings: list[Finding] | None = None) -> None:
        self.failed.append(ItemFailure(ettn=ettn, error=error, findings=findings or []))

    def to_json(self) -> dict[str, Any]:
        return {"done": self.done, "failed": [f.to_json() for f in self.failed], "stopped": self.stopped}
