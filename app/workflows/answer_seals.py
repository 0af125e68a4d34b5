"""An answer sealed by the company itself: prepared by the integrator, read, sealed once, the same bytes ever after."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from app.connectors.base import Answer, Session
from app.domain.errors import SealError
from app.domain.protocols import Sealer
from app.signing.xades import seal_ubl
from app.storage import documents, outbox, spellings
from app.storage.records import DocumentRecord, OutboxRecord
from app.ubl.response import read_response
from app.workflows import points
from app.workflows.context import WorkContext
from app.workflows.official import errors_in


def sealed_answer(
    ctx: WorkContext, session: Session, record: DocumentRecord, row: OutboxRecord, sealer: Sealer
) -> tuple[bytes, OutboxRecord]:
    """The sealed application response of this intent and the intent that knows of it.

    Made once, stored, and the same bytes ever after.
    """
    # Bytes sealed with another certificate (a TEST seal of the days before going live) are never sent.
    fingerprint = hashlib.sha256(sealer.certificate.der).hexdigest()
    if row.payload.get("sealed") and row.payload.get("certificate") == fingerprint:
        with ctx.db.read() as s:
            stored = documents.load_file(s, record.id, "answer")
        if stored is not None and hashlib.sha256(stored).hexdigest() == row.payload["sealed"]:
            return stored, row
    what, reason = Answer(str(row.payload["answer"])), str(row.payload["reason"])
    prepared = session.prepare_answers([(listed_ettn(ctx, record), record.number)], what, reason)
    if len(prepared) != 1:
        raise SealError(
            "ANSWER.PREPARED", "Entegratör yanıt belgesini hazırlamadı.", todo="Daha sonra yeniden deneyin."
        )
    ensure_says(prepared[0].xml, record, what)
    ensure_accepted(ctx, prepared[0].xml, record)
    sealed = seal_ubl(prepared[0].xml, sealer, signing_time=ctx.clock.now(), role="Alıcı")
    with ctx.db.write(points.ANSWER_SEALED) as s:
        digest = documents.add_file(s, record.id, "answer", sealed, at=ctx.clock.now())
        payload = {**row.payload, "sealed": digest, "certificate": fingerprint}
        outbox.postpone(
            s,
            row.id,
            until=ctx.clock.now(),
            error_code="",
            error_text="",
            at=ctx.clock.now(),
            payload=payload,
        )
    return sealed, replace(row, payload=payload)


def listed_ettn(ctx: WorkContext, record: DocumentRecord) -> str:
    """The ETTN as the integrator listed it when the document came, also days later and in another session."""
    with ctx.db.read() as s:
        return spellings.load_spellings(s, [record.id]).get(record.id, record.ettn)


def ensure_says(xml: bytes, record: DocumentRecord, what: Answer) -> None:
    """Never seal a text that we did not read: it must answer this invoice, and so. Raises SealError."""
    response = read_response(xml)
    # GİB's own samples name the answered invoice by its number, the guide by its ETTN.
    names_it = response.ettn == record.ettn if response.ettn else response.document_number == record.number
    if not names_it or response.code != what.value:
        raise SealError(
            "ANSWER.OTHER_TEXT",
            f"Entegratörün hazırladığı yanıt mühürlenmedi: {record.number} için {what.value} demiyor.",
            why=f"Belgede {response.code} / {response.document_id[:8]}… yazıyor.",
            todo="Entegratörünüze bildirin; yanıt gönderilmedi.",
        )


def ensure_accepted(ctx: WorkContext, xml: bytes, record: DocumentRecord) -> None:
    """Raise SealError when GİB's rules refuse the answer: it would come back days later, after the deadline."""
    errors = errors_in(ctx, xml)
    if errors:
        raise SealError(
            "ANSWER.OFFICIAL",
            f"{record.number} için hazırlanan yanıt mühürlenmedi.",
            why=f"GİB kuralları {len(errors)} hata buldu; ilki: {errors[0].message}",
            todo="Entegratörünüze bildirin; yanıt gönderilmedi.",
            raw_text=errors[0].official or None,
        )
