"""Small verbs over many documents of a list: read marks, reviews that are done, drafts set aside and brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.errors import AppError, RuleBroken
from app.storage import documents
from app.storage.database import OpenSession
from app.workflows import points
from app.workflows.context import WorkContext
from app.workflows.report import BulkReport

#: Read marks per commit: other writers wait no longer than that.
_CHUNK = 500


def mark_read(ctx: WorkContext, document_ids: Sequence[int], *, is_read: bool = True) -> BulkReport:
    """Remember that the user has (not) looked at these. The report names ids as text."""
    report = BulkReport()
    for start in range(0, len(document_ids), _CHUNK):
        ctx.progress.report(start, len(document_ids), "Okundu işaretleniyor")
        ctx.progress.checkpoint()
        chunk = document_ids[start : start + _CHUNK]
        with ctx.db.write(points.REVIEW) as s:
            documents.mark_read(s, chunk, is_read=is_read)
        report.done += [str(i) for i in chunk]
    return report


def discard_drafts(ctx: WorkContext, document_ids: Sequence[int]) -> BulkReport:
    """Set drafts without a number aside; `restore_drafts` brings them back. The report names ids as text."""
    return _each(
        ctx,
        document_ids,
        "Taslaklar siliniyor",
        points.DRAFT,
        lambda s, i: documents.discard_draft(s, i, at=ctx.clock.now()),
    )


def restore_drafts(ctx: WorkContext, document_ids: Sequence[int]) -> BulkReport:
    """Bring discarded drafts back. The report names ids as text."""
    return _each(
        ctx,
        document_ids,
        "Taslaklar geri alınıyor",
        points.DRAFT,
        lambda s, i: documents.restore_draft(s, i, at=ctx.clock.now()),
    )


def finish_reviews(ctx: WorkContext, document_ids: Sequence[int]) -> BulkReport:
    """Take documents off the manual-review list: a person has looked. The report names ids as text."""

    def finish(s: OpenSession, document_id: int) -> object:
        record = documents.get(s, document_id)
        if not record.review_code:
            raise RuleBroken(
                "REVIEW.NONE", f"{record.number or record.ettn} inceleme listesinde değil.", todo="Listeyi yenileyin."
            )
        documents.clear_review(s, document_id, at=ctx.clock.now())
        return None

    return _each(ctx, document_ids, "İncelemeler kapatılıyor", points.REVIEW, finish)


def _each(
    ctx: WorkContext,
    document_ids: Sequence[int],
    what: str,
    point: str,
    step: Callable[[OpenSession, int], object],
) -> BulkReport:
    report = BulkReport()
    for done, document_id in enumerate(dict.fromkeys(document_ids)):
        ctx.progress.report(done, len(document_ids), what)
        ctx.progress.checkpoint()
        try:
            with ctx.db.write(point) as s:
                step(s, document_id)
        except AppError as error:
            report.fail(str(document_id), error)
        else:
            report.done.append(str(document_id))
    return report
