"""invoice create | queue | resend | answer | resolve | list | show | export."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from app.cli.inputs import read_json
from app.cli.shell import note, open_office, print_json, say, sealer_of
from app.domain.errors import EnvironmentFault, InputError
from app.domain.ettn import parse_ettn
from app.domain.lifecycle import STATE_TITLES, Direction, DocumentKind
from app.domain.turkish import format_amount, format_date, format_datetime


def cmd_create(arguments: argparse.Namespace) -> int:
    """Store the draft, print its ETTN. Findings go to stderr; a draft with errors is kept all the same."""
    from app.runtime.files import write_output
    from app.workflows import companies, drafting

    data = read_json(arguments.draft)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        drafted = drafting.save_draft(ctx, company, data)
        if arguments.output:
            try:
                write_output(Path(arguments.output), drafting.unsigned_xml(drafted.invoice, office.template(company)))
            except EnvironmentFault as fault:
                # Without its ETTN the stored draft would be lost to the script that asked for it.
                raise EnvironmentFault(
                    fault.code,
                    f"Taslak kaydedildi (ETTN {drafted.invoice.uuid}), ama: {fault.what}",
                    why=fault.why,
                    todo=fault.todo,
                ) from fault
    for finding in drafted.findings:
        note(f"{finding.code} [{finding.field}]: {finding.message}")
    if arguments.json:
        print_json(
            {
                "ettn": drafted.invoice.uuid,
                "number": drafted.invoice.number_text,
                "findings": [f.to_json() for f in drafted.findings],
            }
        )
    else:
        say(drafted.invoice.uuid)
    return 0


def cmd_queue(arguments: argparse.Namespace) -> int:
    from app.workflows import issuing

    ettns = [parse_ettn(text) for text in arguments.ettns]
    return _issue(arguments, lambda ctx, company, means: issuing.issue(ctx, company, ettns, means))


def cmd_resend(arguments: argparse.Namespace) -> int:
    from app.workflows import issuing

    ettn = parse_ettn(arguments.ettn)
    return _issue(arguments, lambda ctx, company, means: issuing.reissue(ctx, company, ettn, means))


def _issue(arguments: argparse.Namespace, work: Any) -> int:
    """Number, seal, queue. A buyer we do not know is asked for when there is a connection."""
    from app.storage import companies as stored
    from app.storage import documents
    from app.workflows import companies, sealing

    accepted = _accepted(getattr(arguments, "accept", []))
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        with office.db.read() as s:
            account = stored.get_account(s, company.id)
        with sealer_of(arguments, company.company.tax_number, office) as sealer:
            means = sealing.Means(
                sealer=sealer,
                endpoint=office.endpoint(account),
                session=office.session(account) if account is not None else None,
                template_for=office.template,
                accepted_warnings=accepted,
            )
            report = work(ctx, company, means)
        with office.db.read() as s:
            records = [documents.find(s, company.id, Direction.OUT, e) for e in report.queueing.done]
    numbers = {r.ettn: r.number for r in records if r is not None}
    for failure in [*report.sealing.failed, *report.queueing.failed]:
        note(f"{failure.ettn}: {failure.error.sentence}")
        for finding in failure.findings:
            note(f"  {finding.code} [{finding.field}]: {finding.message}")
        if failure.error.code == "SEAL.WORD_WANTED":
            note("  Bilerek geçmek için: " + " ".join(f"--accept {f.code}=SEBEP" for f in failure.findings))
    if arguments.json:
        print_json({**report.to_json(), "numbers": numbers})
    else:
        for ettn, number in numbers.items():
            say(f"{number}  {ettn}  kuyrukta")
        for kept in report.kept:
            say(f"{kept.ettn}  mühürlü: {kept.error.sentence}")
    return 0 if report.is_clean else 1


def _accepted(texts: list[str]) -> dict[str, str]:
    """`KOD=SEBEP` of the command line. Raises: InputError (ACCEPT.FORM)."""
    accepted = {}
    for text in texts:
        code, _, reason = text.partition("=")
        if not code.strip() or not reason.strip():
            raise InputError(
                "ACCEPT.FORM",
                f"--accept {text[:40]!r} anlaşılamadı.",
                why="Uyarı bir kod ve bir sebeple geçilir.",
                todo='Şöyle yazın: --accept INV.CHECKSUM="Alıcı numarası teyit edildi".',
            )
        accepted[code.strip()] = reason.strip()
    return accepted


def cmd_answer(arguments: argparse.Namespace) -> int:
    from app.connectors.base import Answer
    from app.workflows import answering, companies

    ettn = parse_ettn(arguments.ettn)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        what = Answer.ACCEPT if arguments.answer == "kabul" else Answer.REJECT
        record = answering.answer(ctx, company, ettn, what, arguments.reason)
    if arguments.json:
        print_json({"ettn": record.ettn, "number": record.number, "answer": what.value, "state": record.state.value})
    else:
        say(f"{record.number}: {what.value} yanıtı kuyruğa alındı; 'muhurdar sync' ile gönderilir.")
    return 0


def cmd_resolve(arguments: argparse.Namespace) -> int:
    """A person's word on a stuck document. Only `requeue` talks to the integrator."""
    from app.workflows import companies, resolving

    ettn, reason = parse_ettn(arguments.ettn), arguments.reason
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        if arguments.decision == "requeue":
            line = office.line(companies.require_account(ctx, company))
            record = resolving.queue_again(ctx, company, ettn, reason=reason, line=line)
        else:
            verbs = {
                "arrived": resolving.confirm_arrived,
                "cancel": resolving.cancel,
                "dismiss": resolving.dismiss,
            }
            record = verbs[arguments.decision](ctx, company, ettn, reason=reason)
    if arguments.json:
        print_json(_record_json(record))
    else:
        say(f"{record.number or record.ettn}: {STATE_TITLES[record.state]}")
        if arguments.decision == "cancel":
            say(f"{record.number} numarası kullanılmış kalır; başka belgeye verilmez.")
    return 0


def cmd_list(arguments: argparse.Namespace) -> int:
    return list_documents(arguments)


def list_documents(arguments: argparse.Namespace, *, kind: DocumentKind | None = None) -> int:
    """All documents, or those of one kind."""
    from app.storage import search
    from app.workflows import companies

    with open_office(arguments) as office:
        company = companies.require_company(office.context(), arguments.company)
        query = search.DocumentQuery(
            company_id=company.id,
            kinds=(kind,) if kind is not None else (),
            direction=Direction(arguments.direction) if arguments.direction else None,
            text=arguments.search,
            only_review=arguments.review,
        )
        with office.db.read() as s:
            ids = search.ids(s, query)
            records = search.rows(s, ids[: arguments.limit])
    if arguments.json:
        print_json({"total": len(ids), "documents": [_record_json(r) for r in records]})
        return 0
    for r in records:
        arrow = "→" if r.direction is Direction.OUT else "←"
        day = format_date(r.issue_date) if r.issue_date else "          "
        amount = f"{format_amount(r.payable)} {r.currency}" if r.payable is not None else ""
        say(f"{arrow} {r.number or '(numarasız)':<16} {day} {STATE_TITLES[r.state]:<18} {amount:>18}  {r.partner_name}")
        say(f"  {r.ettn}{'  İNCELEME: ' + r.review_reason if r.review_code else ''}")
    if not records:
        say("Bu ölçütlere uyan belge yok.")
    elif len(records) < len(ids):
        say(f"… {len(ids)} belgeden {len(records)} tanesi gösterildi; --limit ile artırın.")
    return 0


def cmd_show(arguments: argparse.Namespace) -> int:
    from app.domain.errors import RuleBroken
    from app.storage import documents
    from app.workflows import companies, resolving

    ettn = parse_ettn(arguments.ettn)
    with open_office(arguments) as office:
        company = companies.require_company(office.context(), arguments.company)
        with office.db.read() as s:
            record = documents.find(s, company.id, Direction.OUT, ettn) or documents.find(
                s, company.id, Direction.IN, ettn
            )
            if record is None:
                raise RuleBroken("DOC.UNKNOWN", f"{ettn} bu firmada yok.", todo="ETTN'yi kontrol edin.")
            history = documents.history(s, record.id)
        steps = resolving.next_steps(record, today=office.clock.today()) if record.review_code else []
    if arguments.json:
        print_json(
            {
                **_record_json(record),
                "next_steps": [{"key": p.key, "title": p.title, "explanation": p.explanation} for p in steps],
                "history": [
                    {
                        "at": h.at.isoformat(),
                        "state": h.state.value,
                        "code": h.raw_code,
                        "text": h.raw_text,
                        "note": h.note,
                    }
                    for h in history
                ],
            }
        )
        return 0
    say(f"{record.number or '(numarasız)'}  {record.partner_name}  {STATE_TITLES[record.state]}")
    if record.review_code:
        say(f"İNCELEME: {record.review_reason} {record.review_todo}")
    for p in steps:
        say(f"  {p.key:<8} {p.title}: {p.explanation}")
    for h in history:
        words = " ".join(part for part in (h.raw_code, h.raw_text, h.note) if part)
        say(f"  {format_datetime(h.at)}  {STATE_TITLES[h.state]:<18} {words}")
    return 0


def cmd_export(arguments: argparse.Namespace) -> int:
    from app.runtime.files import write_output
    from app.workflows import companies, viewing

    ettn = parse_ettn(arguments.ettn)
    with open_office(arguments) as office:
        ctx = office.context()
        company = companies.require_company(ctx, arguments.company)
        seen = viewing.viewable(ctx, company, ettn, template=partial(office.template, company))
        write_output(Path(arguments.output), seen.raw)
    if arguments.json:
        print_json({"file": arguments.output, "role": seen.role})
    else:
        say(f"Yazıldı: {arguments.output}")
    return 0


def _record_json(r: Any) -> dict[str, Any]:
    return {
        "ettn": r.ettn,
        "number": r.number,
        "direction": r.direction.value,
        "kind": r.kind.value,
        "profile": r.profile,
        "type": r.type_code,
        "issue_date": r.issue_date.isoformat() if r.issue_date else None,
        "partner": {"tax_number": r.partner_vkn, "name": r.partner_name},
        "currency": r.currency,
        "payable": str(r.payable) if r.payable is not None else None,
        "state": r.state.value,
        "is_final": r.is_final,
        "answer": r.answer,
        "answer_due_at": r.answer_due_at.isoformat() if r.answer_due_at else None,
        "review": {"code": r.review_code, "reason": r.review_reason, "todo": r.review_todo} if r.review_code else None,
        "sealed_by": r.sealed_by,
        "has_legal_copy": r.has_legal_copy,
    }
