"""SendInvoice, LoadInvoice, CancelDraftInvoice. A request is taken as a whole or not at all."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass, replace

from app.domain.dates import istanbul_date
from app.domain.document_number import parse_document_number
from app.domain.errors import AppError, InputError
from app.domain.money import round_kurus
from app.runtime.safezip import pack_single
from app.sandbox import papers
from app.sandbox.codes import (
    BAD_REQUEST,
    NOT_ALLOWED,
    NOT_FOUND,
    SAME_DOCUMENT,
    SAME_NUMBER,
    SEAL_INVALID,
    TOO_BIG,
    Refusal,
    same_document,
)
from app.sandbox.core import Integrator, Visit
from app.sandbox.progress import DELIVERED_AFTER_S
from app.sandbox.records import Account, Plan, Row
from app.sandbox.seals import seal_for
from app.sandbox.soap import message, request_return
from app.signing.xades import seal_ubl
from app.ubl import nodes

MAX_DOCUMENTS = 100
# What a second sending of the same ETTN replaces.
_RESENT = (
    *("content", "at", "envelope", "number", "profile", "type_code", "issue_date", "currency", "payable", "sums"),
    *("receiver_vkn", "receiver_name", "receiver_label", "sender_label"),
)


@dataclass(frozen=True, slots=True)
class _Letter:
    """One INVOICE of a request."""

    number: str
    ettn: str
    content: bytes


def send_invoice(integrator: Integrator, visit: Visit) -> bytes:
    """Check every document, then store all of them. Refusals name the failing one by its index."""
    request, account = visit.request, visit.account
    letters = _letters(visit)
    if request.text("SERI_PREFIX"):
        raise Refusal(BAD_REQUEST, "Hata sebebi deneme ortamında numara atama (SERI_PREFIX) yok")
    sender_label = _sender_label(visit, account)
    receiver_vkn, receiver_label = _address(visit, "RECEIVER")
    check_date = request.text("DISABLE_DATE_CONTROL", "N") != "Y"
    envelope = str(uuid.uuid4())
    rows: list[Row] = []
    for index, letter in enumerate(letters):
        try:
            row = _take(integrator, visit, letter, check_date=check_date)
            if receiver_vkn and row.receiver_vkn != receiver_vkn:
                raise Refusal(BAD_REQUEST, "Hata sebebi RECEIVER.vkn ile faturadaki alıcı farklı")
            label = _receiver_label(integrator, row.receiver_vkn, receiver_label)
            row = replace(row, sender_label=sender_label, receiver_label=label, envelope=envelope)
            if any(row.ettn == other.ettn or row.number == other.number for other in rows):
                raise same_document(SAME_DOCUMENT, row.number, row.ettn)
            _ensure_new(integrator, row)
            rows.append(row)
        except Refusal as refusal:
            raise refusal.at(index) from None
    if not request.is_simulation:
        _store(integrator, rows)
    return message("SendInvoiceResponse", request_return(visit.txn))


def load_invoice(integrator: Integrator, visit: Visit) -> bytes:
    """Keep drafts. The same ETTN again replaces the content; rules are checked once the number is a real one."""
    validate = visit.request.text("VALIDATION_FLAG", "Y") != "N"
    rows = []
    for index, letter in enumerate(_letters(visit)):
        try:
            rows.append(_take_draft(integrator, visit, letter, validate=validate))
        except Refusal as refusal:
            raise refusal.at(index) from None
    if not visit.request.is_simulation:
        with integrator.store.transaction():
            for row in rows:
                for old in _same_ettn(integrator, row):
                    integrator.store.delete(old.id)
            integrator.store.insert(rows)
    return message("LoadInvoiceResponse", request_return(visit.txn))


def cancel_draft_invoice(integrator: Integrator, visit: Visit) -> bytes:
    ettn = visit.request.text("UUID").lower()
    where = "d.account = ? AND d.direction = 'OUT' AND d.ettn = ? AND d.is_draft = 1"
    drafts = integrator.store.find(where, visit.account.vkn, ettn)
    if not drafts:
        raise Refusal(NOT_FOUND, f"taslak {ettn}")
    for draft in drafts:
        integrator.store.delete(draft.id)
    return message("CancelDraftInvoiceResponse", request_return(visit.txn))


def _letters(visit: Visit) -> list[_Letter]:
    elements = visit.request.body.findall("INVOICE")
    if len(elements) > MAX_DOCUMENTS:
        raise Refusal(TOO_BIG)
    found = []
    for index, element in enumerate(elements):
        content = decode(element.findtext("CONTENT"))
        if not content:
            raise Refusal(BAD_REQUEST, "Hata sebebi INVOICE.CONTENT boş", index=index)
        found.append(_Letter(element.get("ID", "").strip(), element.get("UUID", "").strip(), content))
    return found


def decode(text: str | None) -> bytes:
    """The bytes of a base64 field; empty for none. Its form was checked by the XSD."""
    return base64.b64decode(text or "")


def _take(integrator: Integrator, visit: Visit, letter: _Letter, *, check_date: bool) -> Row:
    """Check one document on its own and give it its seal where that is ours to give."""
    account = visit.account
    xml = papers.unpack(letter.content, zipped=visit.request.wants_zip)
    paper = papers.read_paper(xml)
    papers.check_attributes(paper, number=letter.number, ettn=letter.ettn)
    papers.check_rules(paper)
    if check_date:
        today = istanbul_date(integrator.clock.now())
        papers.check_date(paper, today=today)
    if paper.summary.supplier_vkn != account.vkn:
        raise Refusal(NOT_ALLOWED, "faturayı düzenleyen, oturum açılan hesabın firması değil")
    is_sealed = nodes.has_signature(paper.root)
    if account.seals == "own" or (account.seals == "either" and is_sealed):
        papers.check_seal(paper.root, account.vkn)
        content = letter.content if visit.request.wants_zip else pack(paper.summary.ettn, xml)
    elif is_sealed:
        raise Refusal(SEAL_INVALID, "bu hesabın belgelerini entegratör imzalar, imzasız gönderiniz")
    else:
        content = pack(paper.summary.ettn, _sealed_by_us(integrator, account, xml))
    return row_of(paper, account=account.vkn, direction="OUT", content=content, at=integrator.now())


def _take_draft(integrator: Integrator, visit: Visit, letter: _Letter, *, validate: bool) -> Row:
    account = visit.account
    xml = papers.unpack(letter.content, zipped=visit.request.wants_zip)
    paper = papers.read_paper(xml)
    papers.check_attributes(paper, number=letter.number, ettn=letter.ettn)
    if validate and _is_numbered(paper.summary.number):
        papers.check_rules(paper)
    row = row_of(
        paper, account=account.vkn, direction="OUT", content=pack(paper.summary.ettn, xml), at=integrator.now()
    )
    if not row.ettn:
        raise Refusal(BAD_REQUEST, "Hata sebebi belgede ETTN yok")
    if row.sender_vkn != account.vkn:
        raise Refusal(NOT_ALLOWED, "faturayı düzenleyen, oturum açılan hesabın firması değil")
    if any(not old.is_draft for old in _same_ettn(integrator, row)):
        raise same_document(SAME_DOCUMENT, row.number, row.ettn)
    return replace(row, is_draft=True, sends=0)


def _is_numbered(number: str) -> bool:
    try:
        return not parse_document_number(number).is_placeholder
    except InputError:
        return False


def _sealed_by_us(integrator: Integrator, account: Account, xml: bytes) -> bytes:
    try:
        return seal_ubl(xml, seal_for(account.vkn, account.title), signing_time=integrator.clock.now())
    except AppError as e:
        raise Refusal(SEAL_INVALID, f"belge imzalanamadı ({e.code})") from e


def _sender_label(visit: Visit, account: Account) -> str:
    vkn, alias = _address(visit, "SENDER")
    if vkn and vkn != account.vkn:
        raise Refusal(NOT_ALLOWED, "SENDER.vkn oturum açılan hesabın değil")
    if alias and alias not in account.gb:
        raise Refusal(BAD_REQUEST, f"Hata sebebi gönderici birim etiketi tanımlı değil: {alias}")
    if not alias and not account.gb:
        raise Refusal(BAD_REQUEST, "Hata sebebi hesabın gönderici birim etiketi yok")
    return alias or account.gb[0]


def _receiver_label(integrator: Integrator, vkn: str, alias: str) -> str:
    labels = integrator.store.labels(vkn, "PK")
    if not labels:
        raise Refusal(BAD_REQUEST, f"Hata sebebi alıcı e-Fatura mükellefi değil: {vkn}")
    if alias and alias not in labels:
        raise Refusal(BAD_REQUEST, f"Hata sebebi alıcının posta kutusu etiketi tanımlı değil: {alias}")
    return alias or labels[0]


def _address(visit: Visit, name: str) -> tuple[str, str]:
    element = visit.request.body.find(name)
    return ("", "") if element is None else (element.get("vkn", "").strip(), element.get("alias", "").strip())


def _same_ettn(integrator: Integrator, row: Row) -> list[Row]:
    where = "d.account = ? AND d.direction = 'OUT' AND d.ettn = ?"
    return integrator.store.find(where, row.account, row.ettn)


def _ensure_new(integrator: Integrator, row: Row) -> None:
    """Raises Refusal 10009/10017, except for what may be sent again.

    Failed at GİB: the same number and the same ETTN. Failed at the receiver: the same number with a new ETTN.
    """
    for old in _same_ettn(integrator, row):
        is_again = integrator.progress(old).failed_at_gib and old.number == row.number
        if not (old.is_draft or is_again):
            raise same_document(SAME_DOCUMENT, old.number, old.ettn)
    where = "d.account = ? AND d.direction = 'OUT' AND d.number = ? AND d.ettn <> ? AND d.is_draft = 0"
    for old in integrator.store.find(where, row.account, row.number, row.ettn):
        if not integrator.progress(old).failed_at_receiver:
            raise same_document(SAME_NUMBER, old.number, old.ettn)


def _store(integrator: Integrator, rows: list[Row]) -> None:
    store = integrator.store
    with store.transaction():
        fresh: list[Row] = []
        for row in rows:
            _ensure_new(integrator, row)  # another thread may have been quicker
            again = _same_ettn(integrator, row)
            if not again:
                fresh.append(row)
                continue
            if not again[0].is_draft:
                store.drop_plan(row.ettn)  # the failure that was planned has happened
            changes = {name: getattr(row, name) for name in _RESENT}
            store.update(again[0].id, **changes, is_draft=0, sends=again[0].sends + 1)
        store.insert(fresh)
        for row in rows:
            _deliver_inside(integrator, row)


def _deliver_inside(integrator: Integrator, row: Row) -> None:
    """A receiver that is a customer of the sandbox finds the document in its own inbox once it is delivered."""
    store = integrator.store
    if store.account_of(vkn=row.receiver_vkn) is None:
        return
    source = _same_ettn(integrator, row)[0]
    if not store.has_plan(row.ettn):
        store.set_plan(row.ettn, Plan(answer=None))  # the receiver answers by itself
    for twin in store.find("d.source_id = ?", source.id):
        store.delete(twin.id)
    store.insert(
        [
            replace(
                row,
                account=row.receiver_vkn,
                direction="IN",
                at=row.at + DELIVERED_AFTER_S,
                source_id=source.id,
                sends=1,
            )
        ]
    )


def pack(ettn: str, xml: bytes) -> bytes:
    return pack_single(f"{ettn or 'belge'}.xml", xml)


def row_of(paper: papers.Paper, *, account: str, direction: str, content: bytes, at: float) -> Row:
    """The row of a read document; labels and envelope are for the caller to add."""
    summary = paper.summary
    return Row(
        id=0,
        account=account,
        direction=direction,
        ettn=summary.ettn,
        number=summary.number,
        profile=summary.profile,
        type_code=summary.type_code,
        issue_date=summary.issue_date.isoformat() if summary.issue_date else "",
        currency=summary.currency,
        payable=str(round_kurus(summary.payable)) if summary.payable is not None else "",
        sums=paper.sums,
        sender_vkn=summary.supplier_vkn,
        sender_name=summary.supplier_name,
        receiver_vkn=summary.customer_vkn,
        receiver_name=summary.customer_name,
        content=content,
        at=at,
    )
