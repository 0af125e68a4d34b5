"""The intent to send: written down before anything leaves the house."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from app.connectors.base import EndpointKind
from app.domain.dates import is_issue_date_allowed
from app.domain.errors import AppError, RuleBroken
from app.domain.lifecycle import Direction, State
from app.domain.turkish import format_date
from app.storage import documents, outbox
from app.storage.records import CompanyRecord, DocumentRecord
from app.workflows import papers, points
from app.workflows.context import Endpoint, WorkContext
from app.workflows.official import OfficiallyWrong, ensure_right
from app.workflows.report import BulkReport

#: The code of a document that is sealed and kept because the integrator does not send its kind.
KEPT_SEALED: Final = "QUEUE.KIND"


def queue(
    ctx: WorkContext,
    company: CompanyRecord,
    ettns: Sequence[str],
    endpoint: Endpoint | None,
    *,
    checked: Collection[str] = (),
) -> BulkReport:
    """Put sealed documents into the outbox. They go out with the next sync, whenever there is a connection.

    `checked` are those that GİB's rules were asked about a moment ago; the others are asked again, for a newer package
    may have come since they were sealed.
    """
    report = BulkReport()
    for ettn in dict.fromkeys(ettns):
        try:
            if ettn not in checked:
                ensure_still_right(ctx, company, ettn)
            with ctx.db.write(points.QUEUE) as s:
                record = documents.find(s, company.id, Direction.OUT, ettn)
                if record is None:
                    raise RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmada yok.", todo="ETTN'yi kontrol edin.")
                ensure_queueable(ctx, record, endpoint)
                documents.set_state(s, record.id, State.QUEUED, at=ctx.clock.now(), note="Gönderim kuyruğuna alındı.")
                outbox.enqueue(s, company.id, record.id, "send", {}, at=ctx.clock.now())
        except OfficiallyWrong as error:
            report.fail(ettn, error, error.findings)
        except AppError as error:
            report.fail(ettn, error)
        else:
            report.done.append(ettn)
    return report


def ensure_still_right(ctx: WorkContext, company: CompanyRecord, ettn: str) -> None:
    """Raise OfficiallyWrong when the rules installed now find an error in what was sealed."""
    if not ctx.rules.release:
        return
    with ctx.db.read() as s:
        record = documents.find(s, company.id, Direction.OUT, ettn)
        sealed = record is not None and record.state is State.SEALED
        xml = documents.load_file(s, record.id, "sealed") if record is not None and sealed else None
    if record is not None and xml is not None:
        ensure_right(ctx, xml, name=record.number, verb="kuyruğa alınmadı", kind=record.kind)


def ensure_queueable(ctx: WorkContext, record: DocumentRecord, endpoint: Endpoint | None) -> None:
    """Raise RuleBroken unless this document may wait for sending."""
    if record.state is not State.SEALED:
        raise RuleBroken(
            "QUEUE.STATE",
            f"{record.number or record.ettn} kuyruğa alınamaz.",
            why="Yalnız mühürlü ve henüz gönderilmemiş belgeler kuyruğa alınır.",
            todo="Taslaksa önce mühürleyin; gönderildiyse durumunu izleyin.",
        )
    ensure_kind(record, endpoint)
    ensure_date(ctx, record)
    if endpoint is not None:
        ensure_real_seal(record, endpoint.kind, endpoint.title)


def ensure_kind(record: DocumentRecord, endpoint: Endpoint | None) -> None:
    """Raise RuleBroken (QUEUE.KIND) when nobody sends documents of this kind for the company; it stays sealed."""
    if record.kind not in papers.KINDS or (endpoint is not None and record.kind in endpoint.kinds):
        return
    title = papers.TITLES[record.kind]
    raise RuleBroken(
        KEPT_SEALED,
        f"{record.number} mühürlü olarak saklanıyor, gönderilmedi.",
        why=f"{endpoint.title} bu belge türünü ({title}) göndermiyor."
        if endpoint is not None
        else f"Firmanın {title} gönderecek bir entegratörü tanımlı değil.",
        todo="Belgeyi XML olarak dışa aktarıp GİB portalından ya da entegratörünüzün ekranından gönderin.",
    )


def ensure_real_seal(record: DocumentRecord, kind: EndpointKind, title: str) -> None:
    """Raise RuleBroken (SEAL.TEST_ON_LIVE) when a document with the TEST seal would go to a live endpoint.

    Asked when queueing and again when sending: the account may have been pointed elsewhere in between.
    """
    if record.sealed_by == "test" and kind is EndpointKind.LIVE:
        raise RuleBroken(
            "SEAL.TEST_ON_LIVE",
            f"{record.number} TEST mührü taşıyor; gerçek ortama gönderilemez.",
            why=f"{title} gerçek gönderim yapar.",
            todo="Belgeyi iptal edip gerçek mühürle yeniden düzenleyin.",
        )


def ensure_date(ctx: WorkContext, record: DocumentRecord) -> None:
    """Raise RuleBroken (DATE.SEVEN_DAYS) when the issue date is not within the last seven Istanbul days."""
    if record.issue_date is None or is_issue_date_allowed(record.issue_date, today=ctx.clock.today()):
        return
    raise RuleBroken(
        "DATE.SEVEN_DAYS",
        f"{format_date(record.issue_date)} tarihli belge bugün gönderilemez.",
        why="Fatura en çok yedi gün geriye ve en geç bugün tarihli olabilir.",
        todo="Belge elle incelemeye alındı: satışın tarihini kontrol edip gerekirse yeni fatura düzenleyin.",
    )
