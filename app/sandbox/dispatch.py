"""From the bytes of a request to the bytes of its answer: faults, session, operation, error channel, call log."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.sandbox import answering, authentication, reading, sending, soap, tracking
from app.sandbox.codes import BAD_REQUEST, NOT_SUPPORTED, SESSION_INVALID, TOO_BIG, UNEXPECTED, Refusal
from app.sandbox.core import Integrator, Operation, Visit
from app.sandbox.faults import Fault
from app.sandbox.records import Call
from app.sandbox.soap import Request, Txn
from app.sandbox.store import fingerprint

log = logging.getLogger(__name__)

MAX_REQUEST_BYTES = 5 * 1024 * 1024
_XML = "text/xml; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_GARBAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>{0}</h1><p>nginx</p></body></html>"
_OPERATION = re.compile(rb"<(?:[\w.-]+:)?([A-Z]\w*)Request[\s>]")

_EINVOICE: dict[str, Operation] = {
    "SendInvoice": sending.send_invoice,
    "LoadInvoice": sending.load_invoice,
    "CancelDraftInvoice": sending.cancel_draft_invoice,
    "GetInvoice": reading.get_invoice,
    "GetInvoiceWithType": reading.get_invoice_with_type,
    "MarkInvoice": reading.mark_invoice,
    "GetInvoiceStatus": tracking.get_invoice_status,
    "GetInvoiceStatusAll": tracking.get_invoice_status_all,
    "PrepareInvoiceResponse": answering.prepare_invoice_response,
    "SendInvoiceResponse": answering.send_invoice_response,
    "SendInvoiceResponseWithServerSign": answering.send_invoice_response_with_server_sign,
}
SERVICES: dict[str, dict[str, Operation]] = {
    "AuthenticationWS": {
        "Logout": authentication.logout,
        "GetGibUserList": authentication.get_gib_user_list,
        "CheckUser": authentication.check_user,
    },
    "EInvoiceWS": _EINVOICE,
    "EFaturaOIB": _EINVOICE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What goes back. `drop` closes the connection without a word; `wait_s` comes before either."""

    status: int = 200
    body: bytes = field(default=b"", repr=False)
    content_type: str = _XML
    drop: bool = False
    wait_s: float = 0.0


def handle(integrator: Integrator, service: str, raw: bytes) -> Reply:
    """Carry out one request. Any thread; never raises."""
    request: Request | None = None
    operation, outcome = "", "ok"
    txn = integrator.next_txn(None)
    fault: Fault | None = None
    uuids: list[str] = []
    try:
        if len(raw) > MAX_REQUEST_BYTES:
            operation = _operation_in(raw)
            raise Refusal(TOO_BIG)
        request = soap.read_request(raw, service)
        operation = request.operation
        txn = Txn(id=txn.id, client=request.header("CLIENT_TXN_ID"))
        uuids = _uuids(request)
        fault = integrator.faults.take(operation, uuids)
        if fault is not None and not fault.is_processed:
            outcome = fault.kind
            reply = _instead(integrator, request, fault, uuids, txn)
        else:
            reply = Reply(body=_carry_out(integrator, request, txn))
    except Refusal as refusal:
        outcome = str(refusal.code)
        reply = _refused(integrator, operation, refusal, txn)
    except Exception:
        log.exception("sandbox: %s failed", operation)
        outcome = str(UNEXPECTED)
        reply = _refused(integrator, operation, Refusal(UNEXPECTED), txn)
    if fault is not None and fault.is_processed:
        outcome = f"{outcome}+{fault.kind}"
        reply = _spoiled(reply, fault)
    _log(integrator, request, operation, uuids, outcome, len(raw))
    return reply


def _carry_out(integrator: Integrator, request: Request, txn: Txn) -> bytes:
    is_login = request.service == "AuthenticationWS" and request.operation == "Login"
    operation = SERVICES[request.service].get(request.operation)
    if operation is None and not is_login:
        raise Refusal(NOT_SUPPORTED, f"Servis adı {request.operation}")
    soap.ensure_valid(request)
    if not request.header("APPLICATION_NAME"):
        raise Refusal(BAD_REQUEST, "Hata sebebi REQUEST_HEADER.APPLICATION_NAME boş olamaz")
    if operation is None:
        return authentication.login(integrator, request, txn)
    visit = Visit(request=request, account=integrator.account_in(request), txn=txn)
    return operation(integrator, visit)


def _refused(integrator: Integrator, operation: str, refusal: Refusal, txn: Txn) -> Reply:
    if integrator.error_channel == "error_type" and operation:
        return Reply(body=soap.error_answer(operation, refusal, txn))
    return Reply(status=500, body=soap.fault(refusal, txn))


def _instead(integrator: Integrator, request: Request, fault: Fault, uuids: list[str], txn: Txn) -> Reply:
    """What happens in place of the operation."""
    if fault.kind == "session_expired":
        integrator.close_session(request.header("SESSION_ID"))
        return _refused(integrator, request.operation, Refusal(SESSION_INVALID), txn)
    if fault.kind in ("soap_fault", "error_type", "reject_member"):
        index = uuids.index(fault.ettn) if fault.ettn in uuids else None
        refusal = Refusal(fault.code, fault.detail, index=index)
        if fault.kind == "error_type":
            return Reply(body=soap.error_answer(request.operation, refusal, txn))
        if fault.kind == "soap_fault":
            return Reply(status=500, body=soap.fault(refusal, txn))
        return _refused(integrator, request.operation, refusal, txn)
    return _spoiled(Reply(body=soap.message(f"{request.operation}Response")), fault)


def _spoiled(reply: Reply, fault: Fault) -> Reply:
    """The answer as it comes out when the line or the server is in trouble."""
    if fault.kind in ("drop_before", "drop_after"):
        return Reply(drop=True)
    if fault.kind == "timeout":
        return Reply(drop=True, wait_s=fault.seconds)
    if fault.kind == "slow":
        return Reply(status=reply.status, body=reply.body, content_type=reply.content_type, wait_s=fault.seconds)
    if fault.kind == "garbage_html":
        return Reply(body=_GARBAGE.format("Bakım çalışması").encode(), content_type=_HTML)
    if fault.kind == "garbage_html_500":
        return Reply(status=500, body=_GARBAGE.format("500 Internal Server Error").encode(), content_type=_HTML)
    if fault.kind == "garbage_truncated":
        return Reply(status=reply.status, body=reply.body[: len(reply.body) // 2])
    return Reply(body=b"")


def _uuids(request: Request) -> list[str]:
    """The documents a request is about, in its order: INVOICE elements and bare UUIDs."""
    found = [e.get("UUID", "").strip().lower() for e in request.body.iter("INVOICE")]
    return found + [text.lower() for text in request.texts("UUID")]


def _operation_in(raw: bytes) -> str:
    found = _OPERATION.search(raw[:4096])
    return found[1].decode("ascii", "replace") if found else ""


def _log(
    integrator: Integrator, request: Request | None, operation: str, uuids: list[str], outcome: str, size: int
) -> None:
    def header(name: str) -> str:
        return request.header(name) if request is not None else ""

    session = header("SESSION_ID")
    with_content = request is not None and any((e.text or "").strip() for e in request.body.iter("CONTENT"))
    integrator.log_call(
        Call(
            operation=operation,
            session=fingerprint(session) if session not in ("", "-1") else session,
            at=datetime.fromtimestamp(integrator.now(), UTC).isoformat(),
            client_txn_id=header("CLIENT_TXN_ID"),
            documents=len(uuids),
            uuids=tuple(uuids),
            outcome=outcome,
            with_content=with_content,
            application=header("APPLICATION_NAME"),
            size_bytes=size,
        )
    )
