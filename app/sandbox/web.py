"""The HTTP side: loopback only, keep-alive, one thread per connection."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from app.sandbox import control, dispatch, wsdl
from app.sandbox.dispatch import Reply

if TYPE_CHECKING:
    from app.sandbox.server import Sandbox

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
# Read and thrown away beyond the 5 MB limit, so that the caller gets its 10010; more than this is cut off.
_MAX_BODY = 64 * 1024 * 1024
_GRACE_S = 10.0
_LOCAL_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})


class WebServer(ThreadingHTTPServer):
    """`sandbox` is the `server.Sandbox` this serves. `close_all` ends every open connection."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = sys.platform != "win32"
    request_queue_size = 128

    def __init__(self, port: int, sandbox: Sandbox) -> None:
        super().__init__((HOST, port), _Handler)
        self.sandbox = sandbox
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self._busy = 0
        self._idle = threading.Condition()

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.server_address[1]}"

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    @contextmanager
    def working(self) -> Iterator[bool]:
        """Around each request, so that `close_all` can wait for it; gives False once nothing may begin any more."""
        with self._idle:
            self._busy += 1
            may_begin = not self.stopping.is_set()
        try:
            yield may_begin
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def close_all(self) -> None:
        """End waiting faults, let requests in progress finish, close every connection."""
        self.stopping.set()
        with self._idle:
            self._idle.wait_for(lambda: self._busy == 0, timeout=_GRACE_S)
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError as e:
                log.debug("connection was closed already: %s", e)

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            log.debug("the caller went away: %s", error)
        else:
            log.exception("sandbox: request failed")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "MuhurdarSandbox"
    sys_version = ""
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True
    timeout = 300
    server: WebServer

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        service = address.path.strip("/")
        query = {k.lower(): v[-1] for k, v in parse_qs(address.query, keep_blank_values=True).items()}
        if not self._is_local():
            return
        if address.path.startswith(control.PREFIX):
            self._control("GET", address.path, query)
        elif service in dispatch.SERVICES and "wsdl" in query:
            self._answer(Reply(body=wsdl.wsdl_of(service, self.server.base_url)))
        elif service in dispatch.SERVICES and "xsd" in query:
            found = wsdl.xsd_of(service, query["xsd"], self.server.base_url)
            self._answer(Reply(body=found) if found is not None else _not_found())
        else:
            self._answer(_not_found())

    def do_POST(self) -> None:
        address = urlsplit(self.path)
        service = address.path.strip("/")
        body = self._body()
        if body is None or not self._is_local():
            return
        if address.path.startswith(control.PREFIX):
            self._control("POST", address.path, body)
        elif service in dispatch.SERVICES:
            with self.server.working() as may_begin:
                sandbox = self.server.sandbox
                reply = dispatch.handle(sandbox.integrator, service, body) if may_begin else Reply(drop=True)
            self._answer(reply)
        else:
            self._answer(_not_found())

    def _control(self, method: str, path: str, given: dict[str, str] | bytes) -> None:
        with self.server.working() as may_begin:
            if not may_begin:
                self.close_connection = True
                return
            status, body = control.handle(self.server.sandbox, method, path, given)
        self._answer(Reply(status=status, body=body, content_type="application/json; charset=utf-8"))

    def _is_local(self) -> bool:
        """A page in the user's browser must not reach us: neither by its own request nor under another name."""
        host = self.headers.get("Host", HOST)
        name = host.rpartition(":")[0] if ":" in host and not host.endswith("]") else host
        if name in _LOCAL_NAMES and not self.headers.get("Origin"):
            return True
        self._answer(Reply(status=403, body=b"loopback only\n", content_type="text/plain"))
        return False

    def _body(self) -> bytes | None:
        """The whole body; None when it was cut off or is too much even to throw away."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        try:
            size = int(self.headers.get("Content-Length", "0"))
        except ValueError:
            size = -1
        if not 0 <= size <= _MAX_BODY:
            self.close_connection = True
            self._answer(Reply(status=413, body=b"too big\n", content_type="text/plain"))
            return None
        body = self.rfile.read(size)
        if len(body) < size:
            self.close_connection = True
            return None
        return body

    def _chunks(self) -> bytes | None:
        parts: list[bytes] = []
        total = 0
        while True:
            try:
                size = int(self.rfile.readline(64).partition(b";")[0].strip() or b"x", 16)
            except ValueError:
                size = -1
            total += size
            if size < 0 or total > _MAX_BODY:
                self.close_connection = True
                return None
            if size == 0:
                self.rfile.readline(64)
                return b"".join(parts)
            parts.append(self.rfile.read(size))
            self.rfile.readline(8)

    def _answer(self, reply: Reply) -> None:
        if reply.wait_s:
            self.server.stopping.wait(reply.wait_s)
        if reply.drop:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug("%s %s", self.command, args[1] if len(args) > 1 else "")


def _not_found() -> Reply:
    return Reply(status=404, body=b"not found\n", content_type="text/plain")
