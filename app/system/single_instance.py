"""One running Inlay: a second start hands its files to the first and ends."""

import hashlib
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

WAIT_MS = 1500
MAX_BYTES = 1024 * 1024


def server_name(folder: Path) -> str:
    """Return the name of the socket for the user and state in a folder."""
    # A hash, as a socket's path may have about 100 characters.
    return f"inlay-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def hand_over(folder: Path, files: Sequence[Path]) -> bool:
    """Give files to the Inlay that is running; say whether one has taken them."""
    socket = QLocalSocket()
    socket.connectToServer(server_name(folder))
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(json.dumps([str(path.absolute()) for path in files]).encode() + b"\n")
    socket.flush()
    # Only an answer tells that somebody is there, and not a socket that is left over.
    is_taken = socket.waitForReadyRead(WAIT_MS) and bytes(socket.readAll().data()) == b"ok\n"
    socket.disconnectFromServer()
    return is_taken


class SingleInstance(QObject):
    """Listens for later starts, on a socket that never leaves this machine.

    Signals:
        rung: The list of paths to open; empty: only come to the front.
    """

    rung = Signal(list)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        # Others on this machine must not make our window open files.
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        name = server_name(folder)
        if not self._server.listen(name):
            # What a killed run has left; a living one would have taken our files.
            QLocalServer.removeServer(name)
            if not self._server.listen(name):
                log.info("later starts open windows of their own: %s", self._server.errorString())

    def close(self) -> None:
        """Listen no longer."""
        self._server.close()

    def _answer(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            # The line may have come before anybody listened to the socket.
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if socket.bytesAvailable() > MAX_BYTES:
            socket.abort()
        elif socket.canReadLine():
            paths = _paths(bytes(socket.readLine().data()))
            socket.write(b"ok\n")
            socket.flush()
            self.rung.emit(paths)


def _paths(line: bytes) -> list[Path]:
    try:
        names = json.loads(line)
    except ValueError:
        return []
    return [Path(name) for name in names] if isinstance(names, list) else []
