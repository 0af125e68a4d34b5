"""The tables. Typed models describe them; the functions of this room read and write by Core statements.

Every row carries its company, except `company` itself and the office-wide `setting`. Lines of ledgers do not live
here. A change of a model needs a migration: a test compares `create_all` with what the migrations build.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.domain.document_number import SeriesPurpose
from app.domain.lifecycle import TRANSITIONS, Direction, DocumentKind
from app.storage import schema_ddl
from app.storage.types import Amount, Moment

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class OutboxState(StrEnum):
    """`waiting` until `next_at`, `in_flight` while the wire call runs (or after a crash), then an end."""

    WAITING = "waiting"
    IN_FLIGHT = "in_flight"
    DONE = "done"
    PARKED = "parked"
    WITHDRAWN = "withdrawn"


OUTBOX_ACTIONS = ("send", "answer", "ack", "legal_copy")
FILE_ROLES = ("sealed", "legal", "received", "answer")
SEALED_BY = ("", "own", "test", "integrator")


def _one_of(column: str, values: list[str]) -> str:
    quoted = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({quoted})"


def _states(direction: Direction) -> str:
    return _one_of("state", [state.value for state in TRANSITIONS[direction]])


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[type, type]] = {datetime: Moment, Decimal: Amount, bytes: LargeBinary}


class CompanyRow(Base):
    """A client company. `data` is the card as JSON; pictures lie beside it, byte for byte."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    tax_number: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    data: Mapped[str]
    logo: Mapped[bytes]
    stamp: Mapped[bytes]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class AccountRow(Base):
    """Login of a company at one integrator. The password is in the secret store under `secret_name`."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("company_id", "connector"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    connector: Mapped[str]
    url: Mapped[str]
    user_name: Mapped[str]
    secret_name: Mapped[str]
    settings: Mapped[str]
    labels: Mapped[str]


class PartnerRow(Base):
    """A customer or supplier. `registered` NULL means not asked yet."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("company_id", "tax_number"), Index(None, "company_id", "name_folded"))

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    tax_number: Mapped[str]
    name_folded: Mapped[str]
    data: Mapped[str]
    registered: Mapped[bool | None]
    preferred_pk: Mapped[str]
    checked_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class PartnerLabelRow(Base):
    """An e-Fatura mailbox of a partner, in the integrator's order."""

    __tablename__ = "partner_label"
    __table_args__ = (UniqueConstraint("partner_id", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("partner.id", ondelete="CASCADE"))
    label: Mapped[str]
    position: Mapped[int]


class SeriesRow(Base):
    """What a series is for. A series keeps its purpose for ever; `is_current` marks the one in use."""

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("company_id", "series"),
        CheckConstraint(_one_of("purpose", [p.value for p in SeriesPurpose]), name="purpose"),
        Index("ux_series_current", "company_id", "purpose", unique=True, sqlite_where=text("is_current = 1")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    purpose: Mapped[str]
    series: Mapped[str]
    is_current: Mapped[bool]


class CounterRow(Base):
    """The next sequence of a series and year, and the date of its last numbered document. Never goes back."""

    __tablename__ = "counter"
    __table_args__ = (
        UniqueConstraint("company_id", "series", "year"),
        CheckConstraint("next_sequence BETWEEN 1 AND 1000000000", name="next_sequence"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    series: Mapped[str]
    year: Mapped[int]
    next_sequence: Mapped[int]
    last_date: Mapped[date | None]


class DocumentRow(Base):
    """The derived index of one document. All of it but state and review can be rebuilt from the bytes."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("company_id", "direction", "ettn"),
        CheckConstraint(
            f"(direction = 'out' AND {_states(Direction.OUT)}) OR (direction = 'in' AND {_states(Direction.IN)})",
            name="state",
        ),
        CheckConstraint(_one_of("kind", [k.value for k in DocumentKind]), name="kind"),
        CheckConstraint(_one_of("sealed_by", list(SEALED_BY)), name="sealed_by"),
        CheckConstraint(_one_of("answer", ["", "KABUL", "RED"]), name="answer"),
        CheckConstraint(
            "(sequence IS NULL) = (series IS NULL) AND (sequence IS NULL) = (year IS NULL)", name="number_parts"
        ),
        CheckConstraint(
            "sequence IS NULL OR (sequence BETWEEN 1 AND 999999999"
            " AND number = series || printf('%04d%09d', year, sequence))",
            name="number",
        ),
        Index(
            "ux_document_number",
            "company_id",
            "series",
            "year",
            "sequence",
            unique=True,
            sqlite_where=text("direction = 'out' AND sequence IS NOT NULL"),
        ),
        # The main sorts are answered from these alone: the id makes the order total, state and review are the
        # usual filters (measured: ids of 100,000 rows without touching the table).
        Index("ix_document_by_issue", "company_id", "direction", "issue_date", "id", "state", "review_code"),
        Index("ix_document_by_partner", "company_id", "direction", "partner_sort", "id", "state", "review_code"),
        Index("ix_document_by_number", "company_id", "direction", "number", "id", "state", "review_code"),
        Index("ix_document_by_payable", "company_id", "direction", "payable", "id", "state", "review_code"),
        Index("ix_document_by_arrival", "company_id", "direction", "arrived_at", "id", "state", "review_code"),
        Index("ix_document_by_state", "company_id", "direction", "state", "id", "review_code"),
        Index("ix_document_sender_number", "company_id", "direction", "partner_vkn", "number"),
        Index("ix_document_partner_folded", "partner_folded", "company_id", "direction"),
        Index("ix_document_review", "company_id", "id", sqlite_where=text("review_code <> ''")),
        Index("ix_document_open_status", "company_id", "state", "last_status_at", sqlite_where=text("is_final = 0")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    direction: Mapped[str]
    kind: Mapped[str]
    ettn: Mapped[str]
    number: Mapped[str]
    series: Mapped[str | None]
    year: Mapped[int | None]
    sequence: Mapped[int | None]
    profile: Mapped[str]
    type_code: Mapped[str]
    issue_date: Mapped[date | None]
    partner_vkn: Mapped[str]
    partner_name: Mapped[str]
    partner_folded: Mapped[str]
    partner_sort: Mapped[str]
    currency: Mapped[str]
    payable: Mapped[Decimal | None]
    vat: Mapped[Decimal | None]
    state: Mapped[str]
    is_final: Mapped[bool]
    review_code: Mapped[str]
    review_reason: Mapped[str]
    review_todo: Mapped[str]
    sender_label: Mapped[str]
    receiver_label: Mapped[str]
    sealed_by: Mapped[str]
    attempt_no: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    arrived_at: Mapped[datetime | None]
    answer_due_at: Mapped[datetime | None]
    last_status_at: Mapped[datetime | None]
    acked_at: Mapped[datetime | None]
    raw_code: Mapped[str]
    raw_text: Mapped[str]
    gib_code: Mapped[int | None]
    answer: Mapped[str]
    duplicate_of: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    is_read: Mapped[bool]
    has_legal_copy: Mapped[bool]
    gtb_refno: Mapped[str] = mapped_column(server_default="")


class DocumentSearchRow(Base):
    """Folded text of a document; triggers carry it into the trigram table `document_fts` (rowid = document)."""

    __tablename__ = "document_search"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    #: Number, partner name and tax number: what people type.
    keys: Mapped[str]
    #: Line names and notes.
    extra: Mapped[str]


class BlobRow(Base):
    """Raw bytes, compressed; one row per content and company. Never updated (trigger)."""

    __tablename__ = "blob"
    __table_args__ = (
        UniqueConstraint("company_id", "sha256"),
        CheckConstraint("codec IN ('raw', 'zlib')", name="codec"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    sha256: Mapped[str]
    size_bytes: Mapped[int]
    codec: Mapped[str]
    content: Mapped[bytes]


class DocumentFileRow(Base):
    """Which bytes a document has in which role, per attempt."""

    __tablename__ = "document_file"
    __table_args__ = (
        UniqueConstraint("document_id", "role", "attempt_no"),
        CheckConstraint(_one_of("role", list(FILE_ROLES)), name="role"),
        Index(None, "blob_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    role: Mapped[str]
    attempt_no: Mapped[int]
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    at: Mapped[datetime]


class AttemptRow(Base):
    """One sealing of a document under one ETTN."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("document_id", "attempt_no"),
        CheckConstraint(_one_of("sealed_by", list(SEALED_BY[1:])), name="sealed_by"),
        Index(None, "company_id", "ettn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    attempt_no: Mapped[int]
    ettn: Mapped[str]
    sealed_by: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[datetime]


class DraftRow(Base):
    """The fields of an outgoing document as typed. The one thing that is not bytes."""

    __tablename__ = "draft"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    schema_version: Mapped[int]
    data: Mapped[str]
    updated_at: Mapped[datetime]


class HistoryRow(Base):
    """What happened to a document, with the integrator's own words. Only ever appended to (trigger)."""

    __tablename__ = "history"
    __table_args__ = (Index(None, "document_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    at: Mapped[datetime]
    state: Mapped[str]
    raw_code: Mapped[str]
    raw_text: Mapped[str]
    note: Mapped[str]


class OutboxRow(Base):
    """An intent: written in the same transaction as the state change, before anything goes over the wire."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(_one_of("action", list(OUTBOX_ACTIONS)), name="action"),
        CheckConstraint(_one_of("state", [s.value for s in OutboxState]), name="state"),
        Index(
            "ux_outbox_open",
            "document_id",
            "action",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'in_flight')"),
        ),
        Index("ix_outbox_due", "company_id", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    ettn: Mapped[str]
    action: Mapped[str]
    state: Mapped[str]
    tries: Mapped[int]
    next_at: Mapped[datetime]
    payload: Mapped[str]
    error_code: Mapped[str]
    error_text: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class PollRow(Base):
    """When an account was last asked for something; floors survive restarts by it."""

    __tablename__ = "poll"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    at: Mapped[datetime]


class LeaseRow(Base):
    """Who is working on a company now."""

    __tablename__ = "lease"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    token: Mapped[str]
    owner: Mapped[str]
    host: Mapped[str]
    pid: Mapped[int]
    heartbeat_at: Mapped[datetime]


class SpellingRow(Base):
    """A received document's ETTN as the integrator lists it, only where that is not our lower case (since 0002)."""

    __tablename__ = "document_spelling"

    document_id: Mapped[int] = mapped_column(ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    ettn: Mapped[str]


class QuarantineRow(Base):
    """Something received that cannot be read, kept as it came."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("company_id", "blob_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    name: Mapped[str]
    blob_id: Mapped[int] = mapped_column(ForeignKey("blob.id"))
    code: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


class SettingRow(Base):
    """Office-wide settings, JSON values."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


def table(row: type[Base]) -> Table:
    """The Core table of a model, for statements that build no entities."""
    return cast(Table, row.__table__)


for _ddl in schema_ddl.AFTER_TABLES:
    event.listen(Base.metadata, "after_create", _ddl)
