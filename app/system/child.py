"""A long run of Inlay's own, in a process beside the editor: `inlay measure`, `inlay teach`.

It has the lowest priority, tells its progress line by line and is paused, resumed and stopped by
lines (`engine/background.py`). What it has done is kept by itself: this object may go at any time.
"""

import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from app.translation import tr
from engine.background import PAUSE, RESUME, STOP, STOPPED

log = logging.getLogger(__name__)

LEAVE_MS = 5000  # for a run to write down what it has, when the editor is closed
_MAX_SAID = 20_000  # characters of what went wrong that are remembered


class Child(QObject):
    """One run at a time.

    Signals:
        told: A line of its progress, a dictionary.
        ended: What went wrong, in words for the user; empty if nothing did.
        changed: It was started, paused, resumed, or has ended.
    """

    told = Signal(object)
    ended = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._rest, self._said = b"", ""
        self._is_paused = self._gives_way = self._is_waiting = self._is_stopping = False

    @property
    def is_running(self) -> bool:
        """Whether there is a run, paused or not."""
        return self._process is not None

    @property
    def is_paused(self) -> bool:
        """Whether the user has paused it."""
        return self._is_paused

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end and has not yet."""
        return self._is_stopping

    def start(self, arguments: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start `inlay` with these arguments; what is secret goes into its environment."""
        assert self._process is None, "one run at a time"
        self._rest, self._said = b"", ""
        self._is_paused = self._is_waiting = self._is_stopping = False
        process = self._process = QProcess(self)
        variables = QProcessEnvironment.systemEnvironment()
        # What this process imports, wherever it was started.
        variables.insert("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
        for name, value in (environment or {}).items():
            variables.insert(name, value)
        process.setProcessEnvironment(variables)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._listen)
        process.errorOccurred.connect(self._fail)
        process.finished.connect(self._finish)
        program, *first = own_command()
        process.start(program, [*first, *arguments])
        self._adjust()
        self.changed.emit()

    def pause(self) -> None:
        """Let it wait until it is resumed."""
        self._is_paused = True
        self._adjust()
        self.changed.emit()

    def resume(self) -> None:
        """Let it go on."""
        self._is_paused = False
        self._adjust()
        self.changed.emit()

    def give_way(self, *, is_wanted: bool) -> None:
        """Let it wait as long as the editor's own model is at work, whatever the user has said."""
        self._gives_way = is_wanted
        self._adjust()

    def stop(self) -> None:
        """Let it end and keep what it has, which may take it a while."""
        self._is_stopping = True
        self._say(STOP)
        self.changed.emit()

    def leave(self) -> None:
        """End it before the editor ends; returns after some seconds at most."""
        process = self._process
        if process is None:
            return
        process.blockSignals(True)
        self._say(STOP)
        process.closeWriteChannel()
        if not process.waitForFinished(LEAVE_MS):
            process.kill()
            process.waitForFinished(LEAVE_MS)
        self._process = None

    def _adjust(self) -> None:
        """Say whether it is to wait, if that is news to it."""
        waits = self._is_paused or self._gives_way
        if self._process is not None and waits != self._is_waiting:
            self._is_waiting = waits
            self._say(PAUSE if waits else RESUME)

    def _say(self, command: str) -> None:
        if self._process is not None:
            self._process.write(f"{command}\n".encode())

    def _read(self) -> None:
        assert self._process is not None
        *lines, self._rest = (
            self._rest + bytes(self._process.readAllStandardOutput().data())
        ).split(b"\n")
        for line in lines:
            try:
                what = json.loads(line)
            except ValueError:
                what = None
            if isinstance(what, dict):
                self.told.emit(what)
            else:
                log.warning("a run says what is no progress: %r", line[:200])

    def _listen(self) -> None:
        assert self._process is not None
        text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
        self._said = (self._said + text)[-_MAX_SAID:]

    def _fail(self, error: QProcess.ProcessError) -> None:
        # All other errors are followed by its end.
        if error is QProcess.ProcessError.FailedToStart and self._process is not None:
            text = self._process.errorString()
            self._end(tr("It could not be started ({why}). Try it again.").format(why=text))

    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._listen()
        if self._said:
            log.info("a run said: %s", self._said)
        last = (self._said.strip().splitlines() or [""])[-1].removeprefix("inlay: ")
        if status is QProcess.ExitStatus.CrashExit:
            text = tr(
                "It was ended from outside, or the memory ran out. Start it again: it goes on."
            )
            self._end(text)
        elif code == 0 or (code == STOPPED and self._is_stopping):
            self._end("")
        else:
            self._end(last or tr("It ended without a word. The log may say why."))

    def _end(self, problem: str) -> None:
        if self._process is not None:
            self._process.deleteLater()
        self._process = None
        self._is_paused = self._is_stopping = False
        self.changed.emit()
        self.ended.emit(problem)


def own_command() -> list[str]:
    """Return the command line that this program is started by."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "app.main"]
