"""What an integrator looks like to the workflows: capabilities, sessions, outcomes, typed errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.domain.errors import AppError
from app.domain.lifecycle import Direction, DocumentKind, State


class EndpointKind(StrEnum):
    """Loopback is the sandbox, known test hosts are tests, everything else is live."""

    SANDBOX = "sandbox"
    TEST = "test"
    LIVE = "live"


@dataclass(frozen=True, slots=True, kw_only=True)
class PollingFloors:
    """Least waiting between routine polls, as the integrator demands; settings below these are refused."""

    receive: timedelta
    button: timedelta
    status: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    kinds: frozenset[DocumentKind]
    directions: frozenset[Direction]
    server_numbering: bool
    server_sealing: bool
    client_sealed_answers: bool
    max_documents: int
    max_request_bytes: int
    floors: PollingFloors


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Login data. `password` never reaches a repr, a log or a database."""

    url: str
    user: str
    password: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    vkn: str
    alias: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingDocument:
    """One document ready for the wire; `xml` is sent byte for byte (zipped)."""

    ettn: str
    number: str
    kind: DocumentKind
    xml: bytes = field(repr=False)
    sender: Mailbox
    receiver: Mailbox


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOutcome:
    """`error` None means the integrator has taken the document."""

    ettn: str
    error: ConnectorError | None = None
    txn_id: str = ""
    text: str = ""


class Answer(StrEnum):
    ACCEPT = "KABUL"
    REJECT = "RED"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What the integrator says of one document. `state` is None when the code tells nothing new.

    `raw_code`/`raw_text` are the integrator's, `gib_code`/`gib_text` GİB's; `gib_code` None means not asked yet.
    `found` False: the integrator does not know this ETTN at all. `answer` is the one that was given to this incoming
    invoice, whoever gave it; None when the code does not tell. `cancelled`: it was cancelled outside this program.
    """

    ettn: str
    found: bool
    number: str = ""
    state: State | None = None
    final: bool = False
    raw_code: str = ""
    raw_text: str = ""
    gib_code: int | None = None
    gib_text: str = ""
    response_code: str = ""
    response_text: str = ""
    arrived_at: datetime | None = None
    envelope_id: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchQuery:
    """Which documents to bring. `labels` narrows to these addresses; dates are inclusive."""

    direction: Direction = Direction.IN
    include_read: bool = False
    header_only: bool = False
    ettn: str = ""
    labels: tuple[str, ...] = ()
    by_creation: bool = False
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedDocument:
    """One document as it came: `content` holds the bytes exactly as unzipped (None for header-only).

    When the content could not be unzipped safely, `content` holds what came and `damage` says why. `status` is what the
    listing itself says of the document's state, None where it says nothing.
    """

    ettn: str
    number: str
    content: bytes | None = field(repr=False)
    listed_as: str = ""
    """The ETTN as the integrator spells it, where that is not `ettn`; it is asked for by that."""
    sender_vkn: str = ""
    sender_name: str = ""
    receiver_vkn: str = ""
    from_label: str = ""
    to_label: str = ""
    profile: str = ""
    type_code: str = ""
    issue_date: date | None = None
    arrived_at: datetime | None = None
    raw_code: str = ""
    raw_text: str = ""
    envelope_id: str = ""
    damage: AppError | None = None
    status: StatusReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedAnswer:
    """An unsigned application response built by the integrator, to be sealed with the company's own seal."""

    ettn: str
    xml: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxpayer:
    """One registered e-Fatura address of a taxpayer. `unit` is PK or GB; times as the integrator writes them."""

    vkn: str
    title: str
    alias: str
    unit: str
    kind: str = ""
    registered_at: str = ""
    alias_created_at: str = ""
    deleted: bool = False
    document_type: str = "INVOICE"


class ConnectorError(AppError):
    """Something went wrong between us and the integrator."""


class AuthenticationFailed(ConnectorError):
    """User name or password refused, inactive user or product: the user must act."""


class SessionExpired(ConnectorError):
    """The session is gone and a second login did not help."""


class Rejected(ConnectorError):
    """The integrator refused this request for good; `raw_code` and `raw_text` are its words.

    `element_index` points at the failing member of a batch (0-based) when the integrator named it.
    """

    element_index: int | None = None


class Duplicate(ConnectorError):
    """The integrator already has this document. `ettn`/`number` are those it named, empty when it named none."""

    ettn: str = ""
    number: str = ""


class RateLimited(ConnectorError):
    """Too early; `retry_after` says how long to wait."""

    retry_after: timedelta = timedelta(0)


class Unreachable(ConnectorError):
    """No answer. `maybe_processed` False only when the request surely never left (DNS, refused connection)."""

    maybe_processed: bool = True


class ContractBroken(ConnectorError):
    """The answer is not what the contract says (not XML, wrong element); treat the outcome as unknown."""


class Session(Protocol):
    """One logged-in account. One thread at a time (the account's lane).

    Every call logs in when needed and once more on an expired session; it raises the errors above.
    """

    def send(self, documents: Sequence[OutgoingDocument]) -> list[SendOutcome]:
        """Send documents that share one sender and one receiver label. All or nothing per request.

        Raises Unreachable/ContractBroken when the outcome is unknown for all of them; returns outcomes with
        errors otherwise (a batch refused because of one member gives every member an error).
        """
        ...

    def load_drafts(self, documents: Sequence[OutgoingDocument]) -> None: ...

    def statuses(self, ettns: Sequence[str], *, direction: Direction | None = None) -> list[StatusReport]:
        """One report per ETTN asked, in order.

        `direction` says which copy is meant where a company sends to itself: both copies carry one ETTN. Without it
        the outgoing one is taken.
        """
        ...

    def fetch(self, query: FetchQuery) -> Iterator[list[FetchedDocument]]:
        """Pages of documents. The next page is asked only when the caller comes back, after acknowledging."""
        ...

    def acknowledge(self, documents: Sequence[tuple[str, str]]) -> None:
        """Mark (ETTN, number) pairs as read. Only after they are safely stored."""
        ...

    def fetch_rendering(self, ettn: str, direction: Direction, form: str) -> bytes:
        """The integrator's own PDF, HTML or XML of a document (`form`)."""
        ...

    def respond(self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str) -> None:
        """Answer with the integrator's seal."""
        ...

    def prepare_answers(
        self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str
    ) -> list[PreparedAnswer]: ...

    def send_answers(self, sealed: Sequence[bytes]) -> None: ...

    def check_taxpayer(self, vkn: str) -> list[Taxpayer]:
        """All addresses of a taxpayer; an empty list means it is not registered for e-Fatura."""
        ...

    def taxpayers(self, *, changed_since: datetime | None = None) -> Iterator[Taxpayer]: ...

    def close(self) -> None:
        """Log out. Never raises."""
        ...


class Connector(Protocol):
    key: str
    title: str
    capabilities: Capabilities

    def endpoint_kind(self, url: str) -> EndpointKind: ...

    def open(self, credentials: Credentials) -> Session: ...
