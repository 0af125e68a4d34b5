"""What the company's own e-documents say of a document that a voucher names: its type, number and day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.voucher import DocumentType
from app.storage import documents
from app.storage.records import CompanyRecord, DocumentRecord
from app.workflows.context import WorkContext

_ETTN_LENGTH: Final = 36
#: Papers that are not issued, or no longer hold.
_NOT_ISSUED: Final = frozenset({State.DRAFT, State.READY, State.FAILED, State.CANCELLED, State.REJECTED})
#: How e-Defter calls each kind; a despatch is none of its documents. Source: Yevmiye Defteri Kılavuzu, documentType.
_TYPES: Final = {
    DocumentKind.INVOICE: (DocumentType.INVOICE.value, ""),
    DocumentKind.EARCHIVE: (DocumentType.INVOICE.value, ""),
    DocumentKind.CREDIT_NOTE: (DocumentType.OTHER.value, "müstahsil makbuzu"),
    DocumentKind.SMM: (DocumentType.OTHER.value, "serbest meslek makbuzu"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """A document as a ledger's line calls it. `day` is an ISO text."""

    document_type: str
    description: str
    number: str
    day: str


def papers_of(ctx: WorkContext, company: CompanyRecord, numbers: Iterable[str]) -> dict[str, PaperFacts]:
    """By number or ETTN (case folded) what the company's inbox and outbox say; one that they say twice is left out."""
    found: dict[str, PaperFacts] = {}
    wanted = sorted(set(numbers))
    if not wanted:
        return found
    with ctx.db.read() as s:
        for number in wanted:
            records: list[DocumentRecord] = []
            for direction in (Direction.OUT, Direction.IN):
                if len(number) == _ETTN_LENGTH:
                    one = documents.find(s, company.id, direction, number.lower(), any_attempt=True)
                    one = one or documents.find(s, company.id, direction, number.upper())
                    records += [one] if one else []
                else:
                    records += documents.find_by_number(s, company.id, direction, number)
            facts = {fact for record in records if (fact := _facts(record)) is not None}
            if len(facts) == 1:
                found[number.casefold()] = facts.pop()
    return found


def _facts(record: DocumentRecord) -> PaperFacts | None:
    if record.kind not in _TYPES or record.state in _NOT_ISSUED or record.issue_date is None or not record.number:
        return None
    document_type, description = _TYPES[record.kind]
    return PaperFacts(
        document_type=document_type,
        description=description,
        number=record.number,
        day=record.issue_date.isoformat(),
    )
