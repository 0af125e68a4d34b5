"""A new attempt of a document that has failed: under the same number, with an ETTN by GİB's code."""

from __future__ import annotations

from dataclasses import replace

from app.connectors.gib_codes import ResendRule, resend_rule
from app.domain.document_number import parse_document_number
from app.domain.errors import RuleBroken
from app.domain.ettn import new_ettn
from app.domain.findings import Finding, has_errors
from app.domain.lifecycle import DocumentKind, SealingMode, State
from app.signing.xades import seal_ubl
from app.storage import documents, numbers
from app.storage.records import CompanyRecord, DocumentRecord
from app.workflows import catching_up, drafting, papers, partners, points
from app.workflows.context import WorkContext
from app.workflows.official import ensure_right, words_for
from app.workflows.papers import Paper
from app.workflows.sealing import Means, ensure_means, ensure_registered, paper_mode, sealed_by


def reseal_failed(ctx: WorkContext, company: CompanyRecord, record: DocumentRecord, means: Means) -> DocumentRecord:
    """Make a new attempt of a failed document: same number; the ETTN is new when it failed at the receiver.

    Source: İzibiz guide (failed at GİB: same ETTN; failed at the receiver: new ETTN), decision 2 of the house. The
    codes are GİB's own (Ek-2) and the same for every kind.
    Raises: RuleBroken (RESEND.FORBIDDEN) for documents that must not be sent again; Stopped (OFFICIAL.FINDINGS,
    SEAL.WORD_WANTED).
    """
    # It may have been sealed and sent again since the backup.
    catching_up.ensure_caught_up(ctx, company)
    rule = _rule(record)
    ettn = new_ettn() if rule is ResendRule.NEW_ETTN else record.ettn
    is_paper = record.kind in papers.KINDS
    mode, numbered, findings = (_paper if is_paper else _invoice)(ctx, company, record, means, ettn)
    if has_errors(findings):
        first = next(f for f in findings if f.severity == "error")
        raise RuleBroken(
            "SEAL.FINDINGS", "Belge yeniden mühürlenmedi.", why=first.message, todo="Düzeltip yeniden deneyin."
        )
    template = means.template_for(company, record.kind) if is_paper else means.template_for(company)
    xml = papers.build_paper(record.kind, numbered, template, endpoint=means.endpoint)
    verb = "yeniden mühürlenmedi"
    official = ensure_right(ctx, xml, name=record.number, verb=verb, kind=record.kind)
    words = words_for([*findings, *official], means.accepted_warnings, name=record.number, verb=verb)
    if mode is SealingMode.OWN and means.sealer is not None:
        xml = seal_ubl(xml, means.sealer, signing_time=ctx.clock.now())
    with ctx.db.write(points.SEAL) as s:
        numbers.store_new_attempt(
            s,
            record.id,
            xml=xml,
            ettn=ettn,
            at=ctx.clock.now(),
            sealed_by=sealed_by(mode, means.sealer),
            index=papers.index_of_paper(numbered),
            note=f"{record.attempt_no + 1}. deneme için yeniden mühürlendi. {words}" if words else "",
        )
        documents.clear_review(s, record.id, at=ctx.clock.now())
        return documents.get(s, record.id)


def _rule(record: DocumentRecord) -> ResendRule:
    if record.state is not State.FAILED:
        raise RuleBroken(
            "RESEND.FORBIDDEN",
            f"{record.number or record.ettn} yeniden gönderilemez.",
            why="Yalnız hata almış belgeler yeniden gönderilir.",
            todo="Belgenin durumuna ve geçmişine bakın.",
        )
    rule = resend_rule(record.gib_code) if record.gib_code is not None else ResendRule.SAME_ETTN
    if rule not in (ResendRule.SAME_ETTN, ResendRule.NEW_ETTN):
        raise RuleBroken(
            "RESEND.FORBIDDEN",
            f"{record.number} yeniden gönderilemez.",
            why=f"GİB kodu {record.gib_code}: belge karşı tarafta kayıtlı olabilir.",
            todo="Önce durumunu sorgulayın; kuşku varsa entegratörünüzü arayın.",
        )
    return rule


def _invoice(
    ctx: WorkContext, company: CompanyRecord, record: DocumentRecord, means: Means, ettn: str
) -> tuple[SealingMode, Paper, list[Finding]]:
    mode = company.company.sealing_mode(DocumentKind.INVOICE)
    ensure_means(mode, means)
    invoice = drafting.load_invoice(ctx, company, record.id)
    # After a failure at the receiver the mailbox may have changed: the buyer is looked at again.
    partner = partners.ensure_registration(ctx, company, invoice.customer, means.session)
    ensure_registered(partner)
    wanted = invoice.receiver_label or record.receiver_label
    label = partners.choose_label(partner, wanted if wanted in partner.pk_labels else invoice.receiver_label)
    numbered = replace(
        invoice,
        uuid=ettn,
        number=parse_document_number(record.number),
        sender_label=record.sender_label,
        receiver_label=label,
    )
    return mode, numbered, drafting.check(ctx, numbered, partner=partner, purpose="seal")


def _paper(
    ctx: WorkContext, company: CompanyRecord, record: DocumentRecord, means: Means, ettn: str
) -> tuple[SealingMode, Paper, list[Finding]]:
    """The same for a despatch note, an answer or a receipt: nobody is asked whether the other side is registered."""
    mode = paper_mode(company, record, means)
    document = papers.load_paper(ctx, company, record)
    numbered: Paper = replace(
        document,
        uuid=ettn,
        number=parse_document_number(record.number),
        sender_label=document.sender_label or record.sender_label,
        receiver_label=document.receiver_label or record.receiver_label,
    )
    return mode, numbered, papers.check_paper(ctx, record.kind, numbered, purpose="seal")
