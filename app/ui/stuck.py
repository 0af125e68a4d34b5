"""Why a document is stuck and what to do next, in the same words wherever it is told."""

from __future__ import annotations

from app.connectors.gib_codes import gib_code
from app.domain.lifecycle import State
from app.storage.records import DocumentRecord


def is_stuck(record: DocumentRecord) -> bool:
    """Whether a person has to look at it."""
    return bool(record.review_code) or record.state in (State.FAILED, State.UNKNOWN)


def why_stuck(record: DocumentRecord) -> tuple[str, str]:
    """Why a document is stuck, and the next safe step; from the review flag, GİB's code, or the state."""
    if record.review_code:
        return ended(record.review_reason), record.review_todo or "Belgenin geçmişine bakın."
    if record.state is State.UNKNOWN:
        return (
            "Gönderimin yanıtı gelmedi; gidip gitmediği bilinmiyor.",
            "Eşitleyin (F5): önce durumu sorulur, kendiliğinden ikinci kez gönderilmez.",
        )
    known = gib_code(record.gib_code) if record.gib_code is not None else None
    if known is not None:
        return ended(known.official), known.plain
    return ended(record.raw_text) or "Entegratör belgeyi kabul etmedi.", "Düzeltip aynı numarayla yeniden gönderin."


def ended(text: str) -> str:
    """The text as a sentence: GİB's and integrators' words come without a full stop."""
    text = text.strip()
    return f"{text}." if text and text[-1] not in ".!?:…" else text
