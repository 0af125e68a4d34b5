"""What the functions of this room hand out: plain frozen values, never rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.domain.lifecycle import Direction, DocumentKind, State
from app.domain.party import Company, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRecord:
    id: int
    company: Company


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRecord:
    """A login at an integrator. `secret_name` says where the password lies in the secret store."""

    id: int
    company_id: int
    connector: str
    url: str
    user: str
    secret_name: str
    settings: dict[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerRecord:
    """`registered` None: nobody asked yet. `checked_at` None likewise."""

    id: int
    company_id: int
    party: Party
    registered: bool | None = None
    pk_labels: tuple[str, ...] = ()
    preferred_pk: str = ""
    checked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentIndex:
    """The fields of a list, derived from a draft or from the bytes. `search_text` holds line names and notes.

    `number` is the 16-character text, empty for a draft.
    """

    number: str = ""
    profile: str = ""
    type_code: str = ""
    issue_date: date | None = None
    partner_vkn: str = ""
    partner_name: str = ""
    currency: str = "TRY"
    payable: Decimal | None = None
    vat: Decimal | None = None
    sender_label: str = ""
    receiver_label: str = ""
    search_text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRecord:
    """One row of a list. `review_code` empty means no manual review is wanted.

    `sealed_by` is "" | "own" | "test" | "integrator"; `answer` is "" | "KABUL" | "RED"; `attempt_no` 0 means never
    sealed by us; `acked_at` is when the integrator was told that we keep the document; `gtb_refno` is the Ministry of
    Trade's own number of an export invoice.
    """

    id: int
    company_id: int
    direction: Direction
    kind: DocumentKind
    ettn: str
    number: str
    profile: str
    type_code: str
    issue_date: date | None
    partner_vkn: str
    partner_name: str
    currency: str
    payable: Decimal | None
    vat: Decimal | None
    state: State
    is_final: bool
    review_code: str
    review_reason: str
    review_todo: str
    sender_label: str
    receiver_label: str
    sealed_by: str
    attempt_no: int
    created_at: datetime
    updated_at: datetime
    arrived_at: datetime | None
    answer_due_at: datetime | None
    last_status_at: datetime | None
    acked_at: datetime | None
    raw_code: str
    raw_text: str
    gib_code: int | None
    answer: str
    duplicate_of: int | None
    is_read: bool
    has_legal_copy: bool
    gtb_refno: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRecord:
    at: datetime
    state: State
    raw_code: str = ""
    raw_text: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRecord:
    """Bytes a document has. `sha256` is lower-case hex of the raw bytes."""

    role: str
    attempt_no: int
    sha256: str
    size_bytes: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRecord:
    attempt_no: int
    ettn: str
    sealed_by: str
    sha256: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRecord:
    """An intent. `state` is one of models.OutboxState: waiting, in_flight, done, parked, withdrawn."""

    id: int
    company_id: int
    document_id: int
    ettn: str
    action: str
    state: str
    tries: int
    next_at: datetime
    payload: dict[str, Any]
    error_code: str
    error_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A quarantined thing; its bytes come by `quarantine.load_kept`."""

    id: int
    company_id: int
    name: str
    sha256: str
    size_bytes: int
    code: str
    reason: str
    at: datetime
