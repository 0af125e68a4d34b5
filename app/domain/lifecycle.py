"""One life for every document, whatever the integrator calls it."""

from __future__ import annotations

from enum import StrEnum

from app.domain.errors import RuleBroken


class Direction(StrEnum):
    OUT = "out"
    IN = "in"


class DocumentKind(StrEnum):
    """Kinds of documents; the values are those of `validate --json`, where an e-SMM is an invoice."""

    INVOICE = "invoice"
    EARCHIVE = "earchive"
    DESPATCH = "despatch"
    RECEIPT = "receipt"
    CREDIT_NOTE = "creditnote"
    SMM = "smm"
    APPLICATION_RESPONSE = "application-response"


class SealingMode(StrEnum):
    """Who seals: the company's own mali mühür, or the integrator with its own."""

    OWN = "own"
    INTEGRATOR = "integrator"


class State(StrEnum):
    """Outgoing DRAFT … CANCELLED, incoming RECEIVED … ANSWERED; LAPSED belongs to both.

    UNKNOWN is "sonucu bilinmiyor": a send whose answer never came. Manual review is a flag, not a state.
    """

    DRAFT = "draft"
    READY = "ready"
    SEALED = "sealed"
    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    SENT = "sent"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RECEIVED = "received"
    ANSWER_DUE = "answer_due"
    ANSWERING = "answering"
    ANSWERED = "answered"


S = State
TRANSITIONS: dict[Direction, dict[State, frozenset[State]]] = {
    Direction.OUT: {
        S.DRAFT: frozenset({S.READY, S.SEALED, S.CANCELLED}),
        S.READY: frozenset({S.DRAFT, S.SEALED, S.CANCELLED}),
        S.SEALED: frozenset({S.QUEUED, S.CANCELLED}),
        S.QUEUED: frozenset({S.SENDING, S.SEALED, S.CANCELLED}),
        S.SENDING: frozenset({S.SENT, S.QUEUED, S.FAILED, S.UNKNOWN}),
        S.UNKNOWN: frozenset({S.SENT, S.QUEUED, S.FAILED}),
        S.SENT: frozenset({S.DELIVERED, S.ACCEPTED, S.REJECTED, S.FAILED, S.LAPSED, S.CANCELLED}),
        S.DELIVERED: frozenset({S.ACCEPTED, S.REJECTED, S.LAPSED, S.FAILED, S.CANCELLED}),
        # FAILED goes back by a new attempt only: corrected bytes (GİB 1110–1195) or a new ETTN (1215, 1230).
        S.FAILED: frozenset({S.SEALED, S.CANCELLED}),
        S.ACCEPTED: frozenset({S.CANCELLED}),
        S.REJECTED: frozenset(),
        S.LAPSED: frozenset({S.CANCELLED}),
        S.CANCELLED: frozenset(),
    },
    Direction.IN: {
        S.RECEIVED: frozenset({S.ANSWER_DUE}),
        S.ANSWER_DUE: frozenset({S.ANSWERING, S.ANSWERED, S.LAPSED}),
        S.ANSWERING: frozenset({S.ANSWERED, S.ANSWER_DUE, S.LAPSED}),
        S.ANSWERED: frozenset(),
        S.LAPSED: frozenset(),
    },
}
del S

STATE_TITLES: dict[State, str] = {
    State.DRAFT: "Taslak",
    State.READY: "Hazır",
    State.SEALED: "Mühürlü",
    State.QUEUED: "Kuyrukta",
    State.SENDING: "Gönderiliyor",
    State.UNKNOWN: "Sonucu bilinmiyor",
    State.SENT: "Gönderildi",
    State.DELIVERED: "Teslim",
    State.ACCEPTED: "Kabul",
    State.REJECTED: "Red",
    State.LAPSED: "Süre doldu",
    State.FAILED: "Hata",
    State.CANCELLED: "İptal",
    State.RECEIVED: "Alındı",
    State.ANSWER_DUE: "Yanıt bekliyor",
    State.ANSWERING: "Yanıt gönderiliyor",
    State.ANSWERED: "Yanıtlandı",
}

#: Outgoing states that no status query can change any more.
FINAL_OUT = frozenset({State.ACCEPTED, State.REJECTED, State.LAPSED, State.FAILED, State.CANCELLED})


def ensure_transition(direction: Direction, old: State, new: State) -> None:
    """Raise RuleBroken (STATE.FORBIDDEN) unless a document may go from `old` to `new`. Staying is allowed."""
    if old is new:
        return
    if new not in TRANSITIONS[direction].get(old, frozenset()):
        raise RuleBroken(
            "STATE.FORBIDDEN",
            f"Belge '{STATE_TITLES[old]}' durumundan '{STATE_TITLES[new]}' durumuna geçirilemez.",
            todo="Belgenin geçmişine bakın; gerekirse durumunu yeniden sorgulayın.",
        )
