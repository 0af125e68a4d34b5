"""One window per data folder: a second start raises the first and ends."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

_RAISE = b"raise\n"
_WAIT_MS = 2000


class SingleInstance(QObject):
    """`is_first` says who this is: the lock file decides (it knows a dead owner), the local socket carries the word."""

    raised = Signal()

    def __init__(self, data_dir: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        root = data_dir.resolve()
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Local socket names are short and may hold no path; other users' folders have other names.
        self._name = f"muhurdar-{hashlib.sha256(str(root).encode()).hexdigest()[:24]}"
        self._lock = QLockFile(str(root / "window.lock"))
        self._lock.setStaleLockTime(0)
        self.is_first = self._lock.tryLock(0)
        self._server: QLocalServer | None = None
        if self.is_first:
            self._listen()

    def raise_first(self) -> bool:
        """Ask the window that is open to come to the front; whether it has heard."""
        socket = QLocalSocket(self)
        socket.connectToServer(self._name)
        if not socket.waitForConnected(_WAIT_MS):
            return False
        socket.write(_RAISE)
        heard = socket.waitForBytesWritten(_WAIT_MS)
        socket.disconnectFromServer()
        return heard

    def release(self) -> None:
        """Let the next start be the first."""
        if self._server is not None:
            self._server.close()
            self._server = None
        if self.is_first:
            self._lock.unlock()
            self.is_first = False

    def _listen(self) -> None:
        # What a killed window left behind; the lock says that nobody listens there now.
        QLocalServer.removeServer(self._name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_server_new_connection)
        self._server.listen(self._name)

    @Slot()
    def _on_server_new_connection(self) -> None:
        while self._server is not None and (socket := self._server.nextPendingConnection()) is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.raised.emit()
