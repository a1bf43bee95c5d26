"""Ctrl+C in the terminal, `kill` and the end of the session: texts are saved before we go."""

import contextlib
import signal
import socket
from collections.abc import Iterator

from PySide6.QtCore import QObject, QSocketNotifier, Signal

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Termination(QObject):
    """Turns the signals that ask a process to end into a Qt signal.

    Signals:
        requested: The process is asked to end.
    """

    requested = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # Python handles signals between two bytecodes, and an idle Qt runs none: a byte on a
        # socket wakes it.
        self._read_end, self._write_end = socket.socketpair()
        for end in (self._read_end, self._write_end):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read_end.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._follow)

    @contextlib.contextmanager
    def watch(self) -> Iterator[None]:
        """Take the signals over for a while."""
        # A handler there must be, or the signal ends the process before its byte is read.
        old_handlers = [signal.signal(number, lambda *_: None) for number in SIGNALS]
        old_end = signal.set_wakeup_fd(self._write_end.fileno())
        try:
            yield
        finally:
            # Before its socket is closed: Qt would warn of a descriptor that is none.
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(old_end)
            for number, handler in zip(SIGNALS, old_handlers, strict=True):
                signal.signal(number, handler)
            self._read_end.close()
            self._write_end.close()

    def _follow(self) -> None:
        self._read_end.recv(64)
        self.requested.emit()
