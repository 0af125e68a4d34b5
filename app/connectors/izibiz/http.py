"""The line itself: one POST, one GET, and what each way of failing says about whether the request arrived."""

from __future__ import annotations

import ssl
import time

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from app.connectors.base import ConnectorError, ContractBroken, EndpointKind, Unreachable
from app.connectors.izibiz.endpoint import Endpoint, IzibizSettings
from app.connectors.izibiz.faults import cut_off, no_answer, not_reached, rate_limited, tls_refused
from app.connectors.izibiz.replies import HttpReply
from app.runtime import crashpoints

# A page of a hundred documents of 3 MB each, base64-encoded; the whole taxpayer list is some 60 MB.
_MAX_REPLY_BYTES = 512 * 1024 * 1024
_MAX_WSDL_BYTES = 16 * 1024 * 1024
_CHUNK = 256 * 1024
_BEFORE_SENDING = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.NameResolutionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)
_NEVER_TRIED = (
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)


class _NoAuth(AuthBase):
    """Keeps requests from reading ~/.netrc and adding somebody's password to our calls."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class HttpLine:
    """Connections to one endpoint. One thread at a time."""

    def __init__(self, endpoint: Endpoint, settings: IzibizSettings) -> None:
        self._endpoint = endpoint
        self._timeout = (settings.connect_timeout_s, settings.timeout_s)
        self._deadline_s = settings.deadline_s
        self._session = requests.Session()
        self._session.auth = _NoAuth()
        # Never repeated below us: whether a repeat is safe is decided above, by operation.
        self._session.mount("https://", HTTPAdapter(max_retries=0))
        self._session.mount("http://", HTTPAdapter(max_retries=0))
        self._session.headers["User-Agent"] = "Muhurdar"
        # An MTOM answer would be allowed by some of the WSDLs; plain SOAP is asked for.
        self._session.headers["Accept"] = "text/xml, */*;q=0.1"
        if endpoint.kind is EndpointKind.SANDBOX:
            self._session.trust_env = False  # a proxy has no business between us and this machine

    def post(self, address: str, body: bytes, headers: dict[str, str], *, changes: bool) -> HttpReply:
        """Send one request. `changes` tells whether a repeat could do harm; it only colours the error.

        Raises: Unreachable, RateLimited. Answers of every HTTP status come back, except 429 and those of a gateway.
        """
        crashpoints.require_active(f"POST {address}")
        return self._exchange("POST", address, body, headers, limit=_MAX_REPLY_BYTES, changes=changes)

    def get(self, address: str) -> HttpReply:
        """Fetch a contract document. Raises: Unreachable that says nothing was processed, RateLimited.

        Whatever goes wrong here, the call that needed the contract has not been sent.
        """
        try:
            reply = self._exchange("GET", address, None, {}, limit=_MAX_WSDL_BYTES, changes=False)
        except (Unreachable, ContractBroken) as error:
            if isinstance(error, Unreachable) and not error.maybe_processed:
                raise
            raise not_reached(error.raw_text or error.code, contract=True) from error
        if reply.status != 200:
            raise not_reached(f"HTTP {reply.status}", contract=True)
        return reply

    def close(self) -> None:
        self._session.close()

    def _exchange(
        self, method: str, address: str, body: bytes | None, headers: dict[str, str], *, limit: int, changes: bool
    ) -> HttpReply:
        started = time.monotonic()
        failure: ConnectorError
        try:
            # A redirect would repeat the session id to wherever it points, perhaps over http.
            with self._session.request(
                method,
                address,
                data=body,
                headers=headers,
                timeout=self._timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                content = self._read(response, started, limit=limit, changes=changes)
                reply = _reply_of(response, content)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            failure = _translate(error, changes=changes)
            # The request object inside holds the body, and with it password or session: it must not travel on.
            if isinstance(error, requests.RequestException):
                error.request = error.response = None
            raise failure from _bare(error)
        if reply.status == 429:
            raise rate_limited(reply.retry_after_s)
        is_gateway = reply.status >= 500 and not _looks_like_xml(reply)
        if is_gateway:
            raise no_answer(f"HTTP {reply.status}", changes=changes)
        return reply

    def _read(self, response: requests.Response, started: float, *, limit: int, changes: bool) -> bytes:
        parts: list[bytes] = []
        size = 0
        # Not iter_content: it waits for a whole chunk, and a server that drips would never let us look at the clock.
        while part := response.raw.read1(_CHUNK, decode_content=True):
            size += len(part)
            parts.append(part)
            if size > limit:
                raise cut_off(f"> {limit} bytes", changes=changes)
            # The socket's own timeout starts anew with each packet.
            if time.monotonic() - started > self._deadline_s:
                raise no_answer(f"deadline {self._deadline_s:.0f} s", changes=changes)
        return b"".join(parts)


def _reply_of(response: requests.Response, content: bytes) -> HttpReply:
    content_type = response.headers.get("Content-Type", "")
    after = response.headers.get("Retry-After", "")
    return HttpReply(
        status=response.status_code,
        media_type=content_type.partition(";")[0].strip().lower(),
        content_type=content_type,
        content=content,
        retry_after_s=int(after) if after.isascii() and after.isdigit() else None,
    )


def _looks_like_xml(reply: HttpReply) -> bool:
    head = reply.content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    is_html = head.startswith((b"<html", b"<!doctype"))
    return head.startswith(b"<") and not is_html


def _bare(error: BaseException) -> BaseException:
    """The same exception cut off from its own causes, which hold sockets and requests."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _translate(error: BaseException, *, changes: bool) -> ConnectorError:
    """Which error this is. In doubt the request counts as arrived."""
    name = type(error).__name__
    cause = error.args[0] if error.args else None
    if isinstance(cause, urllib3.exceptions.MaxRetryError):
        cause = cause.reason
    if isinstance(error, requests.exceptions.SSLError):
        return tls_refused(name) if _is_handshake(cause) else no_answer(name, changes=changes)
    if isinstance(error, _NEVER_TRIED) or isinstance(cause, _BEFORE_SENDING):
        return not_reached(name)
    return no_answer(name, changes=changes)


def _is_handshake(cause: object) -> bool:
    """Whether TLS failed while the connection was made, before any byte of ours went out."""
    inner = cause.args[0] if isinstance(cause, BaseException) and cause.args else cause
    is_certificate = isinstance(inner, ssl.SSLCertVerificationError | ssl.CertificateError)
    reason = str(getattr(inner, "reason", "") or "").upper()
    return is_certificate or "HANDSHAKE" in reason or "WRONG_VERSION" in reason or "CERTIFICATE" in reason
