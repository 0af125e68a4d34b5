"""Answers to commercial invoices: prepared here and sealed by the customer, or sealed here.

One answer per invoice, within eight days of its arrival, none for basic invoices.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.dates import ISTANBUL, answer_deadline
from app.domain.errors import AppError, InputError
from app.domain.invoice import TICARIFATURA
from app.runtime.safezip import pack_single, read_single_xml
from app.sandbox import papers
from app.sandbox.codes import BAD_REQUEST, NOT_ALLOWED, NOT_FOUND, REPEATED, SEAL_INVALID, TOO_BIG, Refusal
from app.sandbox.core import Integrator, Visit
from app.sandbox.reading import by_names
from app.sandbox.records import Row
from app.sandbox.seals import seal_for
from app.sandbox.sending import MAX_DOCUMENTS, decode
from app.sandbox.soap import binary, message, request_return
from app.signing.xades import seal_ubl
from app.ubl import xmlsafe
from app.ubl.reader import read_invoice
from app.ubl.response import KABUL, RED, answer_to, build_response, read_response

BUYER_ROLE = "Alıcı"
_DEFAULT_TEXTS = {KABUL: "Fatura kabul edildi", RED: "Reddedildi"}
_FINISHED = (122, 130)
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class _Answer:
    row: Row
    code: str
    reason: str
    xml: bytes


def prepare_invoice_response(integrator: Integrator, visit: Visit) -> bytes:
    """Unsealed application responses, one per invoice, zipped unless COMPRESSED is N. Nothing is stored."""
    parts = []
    for answer in _written_by_us(integrator, visit):
        packed = pack_single(f"{answer.row.ettn}_yanit.xml", answer.xml) if visit.request.wants_zip else answer.xml
        parts.append(binary("APPRESPONSE", packed))
    return message("PrepareInvoiceResponseResponse", *parts)


def send_invoice_response(integrator: Integrator, visit: Visit) -> bytes:
    """Take responses that the customer sealed; zipped or not, their form tells."""
    contents = [decode(element.text) for element in visit.request.body.iterfind("APPRESPONSE")]
    if len(contents) > MAX_DOCUMENTS:
        raise Refusal(TOO_BIG)
    answers = []
    for index, content in enumerate(contents):
        try:
            answers.append(_read_answer(integrator, visit, content))
        except Refusal as refusal:
            raise refusal.at(index) from None
    _store(integrator, visit, answers)
    return message("SendInvoiceResponseResponse", request_return(visit.txn))


def send_invoice_response_with_server_sign(integrator: Integrator, visit: Visit) -> bytes:
    """Write, seal and send the responses here."""
    sealer = seal_for(visit.account.vkn, visit.account.title)
    answers = []
    for index, answer in enumerate(_written_by_us(integrator, visit)):
        try:
            sealed = seal_ubl(answer.xml, sealer, signing_time=integrator.clock.now(), role=BUYER_ROLE)
        except AppError as e:
            raise Refusal(SEAL_INVALID, f"yanıt imzalanamadı ({e.code})", index=index) from e
        answers.append(_Answer(answer.row, answer.code, answer.reason, sealed))
    _store(integrator, visit, answers)
    return message("SendInvoiceResponseWithServerSignResponse", request_return(visit.txn))


def _written_by_us(integrator: Integrator, visit: Visit) -> list[_Answer]:
    request = visit.request
    code = request.text("STATUS").upper()
    if code not in (KABUL, RED):
        raise Refusal(BAD_REQUEST, f"Hata sebebi STATUS KABUL veya RED olmalı: {code}")
    letters = request.body.findall("INVOICE")
    if len(letters) > MAX_DOCUMENTS:
        raise Refusal(TOO_BIG)
    reason = " ".join(text for text in request.texts("DESCRIPTION") if text) or _DEFAULT_TEXTS[code]
    answers = []
    for index, letter in enumerate(letters):
        try:
            row = _answerable(integrator, visit, letter.get("UUID", ""), letter.get("ID", ""))
            answers.append(_Answer(row, code, reason, _written(integrator, row, code, reason)))
        except Refusal as refusal:
            raise refusal.at(index) from None
    return answers


def _written(integrator: Integrator, row: Row, code: str, reason: str) -> bytes:
    stored = integrator.store.find("d.id = ?", row.id, with_content=True)[0]
    local = integrator.clock.now().astimezone(ISTANBUL)
    try:
        invoice = read_invoice(read_single_xml(stored.content)).invoice
        response = answer_to(
            invoice,
            code=code,
            reason=reason,
            uuid=str(uuid.uuid4()),
            issue_date=local.date(),
            issue_time=local.time().replace(microsecond=0),
        )
        return build_response(response)
    except InputError as e:
        raise Refusal(BAD_REQUEST, f"Hata sebebi yanıt hazırlanamadı ({e.code})") from e


def _answerable(integrator: Integrator, visit: Visit, ettn: str, number: str) -> Row:
    """The incoming commercial invoice of that name that may still be answered. The texts are the integrator's."""
    rows = by_names(integrator, visit, ettn, number, direction="IN")
    if not rows:
        raise Refusal(NOT_FOUND, text=f"Fatura ID : {number or ettn} sistemde bulunamadı!")
    row = rows[0]
    progress = integrator.progress(row)
    if row.answer and progress.code in _FINISHED:
        text = f"Daha önce yanıtlanmış bir fatura için tekrar yanıt gönderilemez! Fatura UUID:{row.ettn}"
        raise Refusal(REPEATED, text=text)
    if row.answer or row.profile != TICARIFATURA:
        why = "Fatura durumu yanıtlama için uygun olmadığından işlem sonlandı!"
        raise Refusal(BAD_REQUEST, text=f"{why} Fatura UUID:{row.ettn}, STATUS:{progress.status}")
    if integrator.clock.now() > answer_deadline(datetime.fromtimestamp(row.at, UTC)):
        raise Refusal(BAD_REQUEST, text="Uygulama yanıtı 8 gün geciktiği için cevap gönderilemez")
    return row


def _read_answer(integrator: Integrator, visit: Visit, content: bytes) -> _Answer:
    try:
        xml = read_single_xml(content) if content.startswith(_ZIP) else content
        response = read_response(xml)
    except InputError as e:
        raise Refusal(BAD_REQUEST, f"Hata sebebi yanıt okunamadı ({e.code})") from e
    if response.code not in (KABUL, RED):
        raise Refusal(BAD_REQUEST, f"Hata sebebi yanıt KABUL veya RED olmalı: {response.code[:20]}")
    row = _answerable(integrator, visit, response.ettn, response.document_number)
    if str(response.sender.tax_number) != visit.account.vkn:
        raise Refusal(NOT_ALLOWED, "yanıtı veren, oturum açılan hesabın firması değil")
    papers.check_seal(xmlsafe.parse(xml).getroot(), visit.account.vkn)
    return _Answer(row, response.code, response.reason, xml)


def _store(integrator: Integrator, visit: Visit, answers: list[_Answer]) -> None:
    if visit.request.is_simulation:
        return
    store, now = integrator.store, integrator.now()
    with store.transaction():
        for answer in answers:
            _answerable(integrator, visit, answer.row.ettn, answer.row.number)  # another thread may have been quicker
            columns = {"answer": answer.code, "answer_reason": answer.reason, "answer_at": now}
            store.update(answer.row.id, **columns, answer_xml=answer.xml)
            if answer.row.source_id is not None:
                store.update(answer.row.source_id, **columns, answer_xml=answer.xml)
