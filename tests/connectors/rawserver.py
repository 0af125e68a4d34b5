"""A raw TCP server of the tests' own that answers HTTP as it is told, right or wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

BODY = bytes(range(256)) * 4_096  # a megabyte
Answer = Callable[[socket.socket, str], None]


class Server:
    """A raw TCP server: `answer` gets the connection and the request's head. `requests` are the heads."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.answer: Answer = reply()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.released = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/paket.zip"

    def _serve(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head and (part := connection.recv(65_536)):
                    head += part
                if not head:
                    return
                self.requests.append(head.decode("latin-1"))
                try:
                    self.answer(connection, self.requests[-1])
                except OSError:
                    # The client has hung up, as a client may.
                    continue

    def close(self) -> None:
        self.released.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self._thread.join(10)
        self._listener.close()


def reply(body: bytes = BODY, *, status: str = "200 OK", length: int | None = None, **headers: str) -> Answer:
    def send(connection: socket.socket, _head: str) -> None:
        told = {"Content-Length": str(len(body) if length is None else length), "Connection": "close", **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in told.items())
        connection.sendall(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body)

    return send
