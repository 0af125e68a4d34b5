"""One logged-in İzibiz account: the verbs of `connectors.base.Session` over the real contract."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from app.connectors.base import (
    Answer,
    AuthenticationFailed,
    ConnectorError,
    ContractBroken,
    Duplicate,
    FetchedDocument,
    FetchQuery,
    OutgoingDocument,
    PreparedAnswer,
    Rejected,
    SendOutcome,
    StatusReport,
    Taxpayer,
    Unreachable,
)
from app.connectors.batching import split_batches
from app.connectors.izibiz import faults, fetching, replies, statuses
from app.connectors.izibiz.answers import answer_name, answered_by, read_prepared, unpack_or_break
from app.connectors.izibiz.endpoint import Endpoint, IzibizSettings
from app.connectors.izibiz.errors import (
    NOT_FOUND,
    SESSION_UNKNOWN,
    ErrorInfo,
    build_answer_error,
    build_error,
    build_login_error,
)
from app.connectors.izibiz.limits import MAX_DOCUMENTS, MAX_REQUEST_BYTES, SESSION_LIFE
from app.connectors.izibiz.outgoing import culprit, duplicate_for, ensure_done, ensure_group, with_content
from app.connectors.izibiz.taxpayers import fields_of, iter_taxpayers, read_user
from app.domain.dates import ISTANBUL
from app.domain.errors import AppError, RuleBroken
from app.domain.lifecycle import Direction
from app.domain.protocols import Clock
from app.runtime import masking
from app.runtime.safezip import pack_single

if TYPE_CHECKING:
    from lxml import etree

    from app.connectors.izibiz.wire import Wire

T = TypeVar("T")

_NO_SESSION = "-1"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


class IzibizSession:
    """Logs in at its first call and once more when İzibiz has forgotten the session. One thread at a time.

    A refused login is remembered until `close`: the same password is not tried twice by itself.
    """

    def __init__(
        self,
        make_wire: Callable[[], Wire],
        endpoint: Endpoint,
        settings: IzibizSettings,
        *,
        user: str,
        password: str,
        clock: Clock,
    ) -> None:
        self._make_wire = make_wire
        self._endpoint = endpoint
        self._settings = settings
        self._user = user
        self._password = password
        self._clock = clock
        self._wire: Wire | None = None
        self._session_id = ""
        self._opened_at: datetime | None = None
        self._refused: AuthenticationFailed | None = None
        # ETTNs as İzibiz spells them, where that is not lower case: its look-ups may tell the two apart.
        self._spelling: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"<IzibizSession {self._endpoint.host} {'open' if self._session_id else 'closed'}>"

    # Sending

    def send(self, documents: Sequence[OutgoingDocument]) -> list[SendOutcome]:
        """One SendInvoice request. Raises and returns as `connectors.base.Session.send` says.

        İzibiz stores nothing of a request it answers with an error, so one bad member fails all of them; each gets the
        error, its index set only where İzibiz named the culprit.
        """
        ensure_group(documents)
        sender, receiver = documents[0].sender, documents[0].receiver
        arguments = {
            "SENDER": {"vkn": sender.vkn, "alias": sender.alias},
            "RECEIVER": {"vkn": receiver.vkn, "alias": receiver.alias},
            "INVOICE": [with_content(document) for document in documents],
        }
        try:
            answer = self._einvoice("SendInvoice", arguments)
            ensure_done(answer, "SendInvoice")
        except Rejected as error:
            error.element_index = culprit(error, documents)
            return [SendOutcome(ettn=d.ettn, error=error) for d in documents]
        except Duplicate as error:
            return [SendOutcome(ettn=d.ettn, error=duplicate_for(error, d)) for d in documents]
        txn, text = replies.txn_id(answer), replies.warnings_of(answer)
        return [SendOutcome(ettn=d.ettn, txn_id=txn, text=text) for d in documents]

    def load_drafts(self, documents: Sequence[OutgoingDocument]) -> None:
        """Put documents among the drafts of İzibiz's portal; loading one again updates it."""
        for chunk in split_batches(documents, max_documents=MAX_DOCUMENTS, max_request_bytes=MAX_REQUEST_BYTES):
            answer = self._einvoice(
                "LoadInvoice", {"INVOICE": [with_content(d) for d in chunk], "VALIDATION_FLAG": "Y"}
            )
            ensure_done(answer, "LoadInvoice")

    # Asking

    def statuses(self, ettns: Sequence[str], *, direction: Direction | None = None) -> list[StatusReport]:
        return statuses.ask_statuses(self._lookup, [self._spelled(e) for e in ettns], ettns, direction)

    # Receiving

    def fetch(self, query: FetchQuery) -> Iterator[list[FetchedDocument]]:
        for page in fetching.pages(self._lookup, query, self._spelled):
            yield [self._remember(ettn, document) for ettn, document in page]

    def acknowledge(self, documents: Sequence[tuple[str, str]]) -> None:
        """Mark as read. One that İzibiz refuses does not keep the others unread; its error is raised in the end."""
        refused: Rejected | None = None
        todo = [[d for d in chunk if any(d)] for chunk in reversed(list(_chunks(documents)))]
        while todo:
            if not (chunk := todo.pop()):
                continue
            mark = {"value": "READ", "INVOICE": [self._named(ettn, number) for ettn, number in chunk]}
            try:
                ensure_done(self._einvoice("MarkInvoice", {"MARK": mark}), "MarkInvoice")
            except Rejected as error:
                if error.retry_safe:
                    raise
                if len(chunk) == 1:
                    refused = refused or error
                else:
                    todo += [chunk[len(chunk) // 2 :], chunk[: len(chunk) // 2]]
        if refused is not None:
            raise refused

    def fetch_rendering(self, ettn: str, direction: Direction, form: str) -> bytes:
        """İzibiz's own PDF, HTML or XML of a document; an error when the template in it is broken."""
        form = form.upper()
        if form not in ("PDF", "HTML", "XML"):
            raise ValueError(f"unknown form {form}")
        key = {
            "LIMIT": 1,
            "UUID": self._spelled(ettn),
            "TYPE": form,
            "READ_INCLUDED": True,
            "DIRECTION": direction.value.upper(),
        }
        answer = self._einvoice("GetInvoiceWithType", {"INVOICE_SEARCH_KEY": key, "HEADER_ONLY": "N"})
        for node in answer.iterfind("INVOICE"):
            content = replies.decode_base64(node.findtext("CONTENT"))
            if content:
                return unpack_or_break(content)
        raise build_error(ErrorInfo(NOT_FOUND, form))

    # Answering

    def respond(self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str) -> None:
        arguments = self._answer_arguments(documents, answer, reason)
        reply = self._einvoice("SendInvoiceResponseWithServerSign", arguments, errors=build_answer_error)
        ensure_done(reply, "SendInvoiceResponseWithServerSign")

    def prepare_answers(
        self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str
    ) -> list[PreparedAnswer]:
        arguments = self._answer_arguments(documents, answer, reason)
        reply = self._einvoice("PrepareInvoiceResponse", arguments, errors=build_answer_error)
        prepared = [read_prepared(node.text) for node in reply.iterfind("APPRESPONSE")]
        if len(prepared) != len(documents):
            raise faults.odd_reply(f"{len(prepared)} of {len(documents)} answers", changes=False)
        wanted = [ettn.lower() for ettn, _ in documents]
        return [PreparedAnswer(ettn=answered_by(xml, wanted, i), xml=xml) for i, xml in enumerate(prepared)]

    def send_answers(self, sealed: Sequence[bytes]) -> None:
        for chunk in _chunks(sealed):
            contents = [pack_single(answer_name(xml), xml) for xml in chunk]
            reply = self._einvoice("SendInvoiceResponse", {"APPRESPONSE": contents}, errors=build_answer_error)
            ensure_done(reply, "SendInvoiceResponse")

    # Taxpayers

    def check_taxpayer(self, vkn: str) -> list[Taxpayer]:
        try:
            answer = self._call(
                self._settings.auth_path,
                "CheckUser",
                {"USER": {"IDENTIFIER": vkn}, "DOCUMENT_TYPE": "INVOICE"},
            )
        except Rejected as error:
            if error.raw_code == str(NOT_FOUND):
                return []
            raise
        found = (read_user(fields_of(node)) for node in answer.iterfind("USER"))
        return [t for t in found if t is not None and t.vkn == vkn and t.document_type == "INVOICE"]

    def taxpayers(self, *, changed_since: datetime | None = None) -> Iterator[Taxpayer]:
        """Receiving addresses of all e-Fatura taxpayers; with `changed_since` those added or deleted after it."""
        arguments: dict[str, Any] = {"TYPE": "XML", "DOCUMENT_TYPE": "INVOICE", "ALIAS_TYPE": "PK"}
        if changed_since is not None:
            # The guide's own format has no zone; its times are Istanbul's.
            local = changed_since.astimezone(ISTANBUL)
            arguments["ALIAS_MODIFY_DATE"] = local.replace(tzinfo=None, microsecond=0)
        try:
            answer = self._call(self._settings.auth_path, "GetGibUserList", arguments)
        except Rejected as error:
            if error.raw_code == str(NOT_FOUND) and changed_since is not None:
                return
            raise
        packed = replies.decode_base64(answer.findtext("CONTENT"))
        if packed is None or (not packed and changed_since is None):
            raise faults.odd_reply("GetGibUserList without CONTENT", changes=False)
        for taxpayer in iter_taxpayers(packed):
            if taxpayer.document_type == "INVOICE":
                yield taxpayer

    # The session itself

    def close(self) -> None:
        """Log out and hang up. Never raises: the session runs out by itself after some hours."""
        wire, self._wire = self._wire, None
        self._refused = None
        if wire is None:
            return
        if self._session_id:
            with suppress(AppError):
                wire.call(self._settings.auth_path, "Logout", {"REQUEST_HEADER": self._header()})
            masking.forget(self._session_id)
        self._session_id, self._opened_at = "", None
        wire.close()

    def _lookup(self, operation: str, arguments: Mapping[str, Any]) -> etree._Element:
        return self._einvoice(operation, arguments)

    def _einvoice(
        self,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        errors: Callable[[ErrorInfo], ConnectorError] = build_error,
    ) -> etree._Element:
        return self._call(self._settings.einvoice_path, operation, arguments, errors=errors)

    def _call(
        self,
        path: str,
        operation: str,
        arguments: Mapping[str, Any],
        *,
        errors: Callable[[ErrorInfo], ConnectorError] = build_error,
    ) -> etree._Element:
        """Call inside a session; when İzibiz does not know it any more (10004), log in once and repeat.

        10004 is said before anything is done, so the repeat cannot double.
        """
        for attempt in (1, 2):
            self._ensure_session()
            answer = self._open_wire().call(
                path, operation, {"REQUEST_HEADER": self._header(), **arguments}, secrets=self._secrets()
            )
            if answer.error is None:
                return answer.element
            if answer.error.code != SESSION_UNKNOWN:
                raise errors(answer.error)
            self._session_id, self._opened_at = "", None
            if attempt == 2:
                raise faults.session_lost(answer.error.text)
        raise AssertionError("unreachable")

    def _ensure_session(self) -> None:
        now = self._clock.now()
        is_young = self._opened_at is not None and timedelta(0) <= now - self._opened_at < SESSION_LIFE
        if self._session_id and is_young:
            return
        self._session_id = ""
        try:
            self._session_id = self._log_in()
        except ConnectorError as error:
            if isinstance(error, AuthenticationFailed):
                self._refused = error
                raise
            # Whatever happened to the login, the call that wanted it was never sent.
            raise _before_the_call(error) from error
        self._opened_at = now

    def _log_in(self) -> str:
        if self._refused is not None:
            raise self._refused
        answer = self._open_wire().call(
            self._settings.auth_path,
            "Login",
            {"REQUEST_HEADER": self._header(), "USER_NAME": self._user, "PASSWORD": self._password},
            secrets=self._secrets(),
        )
        if answer.error is not None:
            raise build_login_error(answer.error) or build_error(answer.error)
        session_id = replies.child_text(answer.element, "SESSION_ID")
        if not session_id or session_id == _NO_SESSION:
            raise build_login_error(ErrorInfo(SESSION_UNKNOWN, "")) or faults.odd_reply("no session", changes=False)
        # As good as the password for eight hours: no log shows it, whoever writes it there.
        masking.hide(session_id)
        return session_id

    def _open_wire(self) -> Wire:
        if self._wire is None:
            self._wire = self._make_wire()
        return self._wire

    def _header(self) -> dict[str, str]:
        return {
            "SESSION_ID": self._session_id or _NO_SESSION,
            "CLIENT_TXN_ID": str(uuid.uuid4()),
            "APPLICATION_NAME": self._settings.application_name,
            "CHANNEL_NAME": self._settings.channel_name,
            "COMPRESSED": "Y",
        }

    def _secrets(self) -> tuple[str, ...]:
        return (self._password, self._session_id)

    def _answer_arguments(self, documents: Sequence[tuple[str, str]], answer: Answer, reason: str) -> dict[str, Any]:
        reason = _CONTROL.sub(" ", reason).strip()
        if answer is Answer.REJECT and not reason:
            raise RuleBroken(
                "ANSWER.REASON",
                "Red nedeni yazılmadı.",
                why="Gönderici ve GİB red nedenini görür.",
                todo="Kısa bir neden yazın, örneğin 'Fiyat siparişle uyuşmuyor'.",
            )
        if not 0 < len(documents) <= MAX_DOCUMENTS:
            raise ValueError("between 1 and 100 documents are answered at once")
        arguments: dict[str, Any] = {
            "STATUS": answer.value,
            "INVOICE": [self._named(ettn, number) for ettn, number in documents],
        }
        if reason:
            arguments["DESCRIPTION"] = [reason]
        return arguments

    def _named(self, ettn: str, number: str) -> dict[str, str]:
        """An INVOICE by its attributes, its content empty."""
        named = {"ID": number, "UUID": self._spelled(ettn)}
        return {name: value for name, value in named.items() if value}

    def _spelled(self, ettn: str) -> str:
        return self._spelling.get(ettn.lower(), ettn)

    def _remember(self, ettn: str, document: FetchedDocument) -> FetchedDocument:
        if ettn == document.ettn:
            return document
        self._spelling[document.ettn] = ettn
        return replace(document, listed_as=ettn)


def _before_the_call(error: ConnectorError) -> ConnectorError:
    """A failed login seen from the call that needed it: nothing of that call was sent."""
    if not isinstance(error, Unreachable | ContractBroken | Rejected):
        return error
    unsent = Unreachable(
        error.code,
        f"İzibiz'de oturum açılamadı. {error.what}",
        why=error.why,
        todo="Bir süre sonra yeniden deneyin. Hiçbir belge gönderilmedi; bekleyenler kuyrukta durur.",
        retry_safe=True,
        raw_code=error.raw_code,
        raw_text=error.raw_text,
    )
    unsent.maybe_processed = False
    return unsent


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), MAX_DOCUMENTS):
        yield items[start : start + MAX_DOCUMENTS]
