"""The values that the sandbox keeps and shows."""

from __future__ import annotations

from dataclasses import dataclass, field

SEALS = ("own", "integrator", "either")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A customer of the integrator. `seals` says whose seal its documents carry: own, integrator, or either."""

    user: str
    vkn: str
    title: str
    seals: str
    gb: tuple[str, ...]
    pk: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What shall become of a document. `answer` KABUL, RED or None (never); `after_s` seconds from the sending."""

    fail_code: int | None = None
    answer: str | None = "KABUL"
    after_s: float = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stored document. `at` (arrival or sending) and `answer_at` are seconds since the epoch.

    `is_raw` marks content that is handed out exactly as given (broken deliveries); otherwise `content` is a zip.
    """

    id: int
    account: str
    direction: str
    ettn: str
    number: str
    profile: str = ""
    type_code: str = ""
    issue_date: str = ""
    currency: str = "TRY"
    payable: str = ""
    sums: str = ""
    sender_vkn: str = ""
    sender_name: str = ""
    sender_label: str = ""
    receiver_vkn: str = ""
    receiver_name: str = ""
    receiver_label: str = ""
    envelope: str = ""
    content: bytes = field(default=b"", repr=False)
    is_raw: bool = False
    is_draft: bool = False
    is_read: bool = False
    sends: int = 1
    at: float = 0.0
    answer: str = ""
    answer_reason: str = ""
    answer_at: float = 0.0
    answer_xml: bytes = field(default=b"", repr=False)
    source_id: int | None = None
    plan: Plan = field(default_factory=Plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDocument:
    """A document as a test or the demo sees it. `xml` are the bytes as they went to GİB or came from the sender."""

    ettn: str
    number: str
    xml: bytes = field(repr=False)
    status_code: int
    sender_vkn: str
    receiver_vkn: str
    answers: list[str]
    sends: int
    is_read: bool = False
    is_draft: bool = False
    gib_code: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request. `session` is a fingerprint, never the id itself; `outcome` is "ok", an error code or a fault."""

    operation: str
    session: str
    at: str
    client_txn_id: str = ""
    documents: int = 0
    uuids: tuple[str, ...] = ()
    outcome: str = "ok"
    with_content: bool = False
    application: str = ""
    size_bytes: int = 0
