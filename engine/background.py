"""A long run in a process of its own: at the lowest priority, told what to do line by line.

Such a process writes its progress on standard output, a JSON object a line, and reads `pause`,
`resume` and `stop` on standard input. The end of that is a `stop` too: whoever had started it is
gone. What was done until then is kept.
"""

import contextlib
import ctypes
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any, Final, Self

log = logging.getLogger(__name__)

PAUSE, RESUME, STOP = "pause", "resume", "stop"
STOPPED: Final = 3  # exit status of a run that was stopped and can go on

_NICEST: Final = 19
_IDLE_PRIORITY_CLASS: Final = 0x40  # of Windows
_KILLED_FIRST: Final = "500"  # of 1000, where memory runs out: before the editor


def lower_priority() -> None:
    """Let this process have what nobody else wants; call it before there are other threads.

    Threads inherit it where it is a thread's own, as on Linux. What a system does not allow or
    know is left out.
    """
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _IDLE_PRIORITY_CLASS)
        return
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICEST)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
            file.write(_KILLED_FIRST)


class Control:
    """What is asked of a long run while it goes on. Signals mean `stop`, a second one ends it."""

    def __init__(self) -> None:
        self._goes_on = threading.Event()
        self._goes_on.set()
        self._is_stopped = False
        self._on_stop: Callable[[], object] = lambda: None
        self._old: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        """Take signals for `stop`; only in the main thread."""
        for number in (signal.SIGINT, signal.SIGTERM):
            self._old[number] = signal.signal(number, self._take_signal)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave signals to whoever had them."""
        for number, handler in self._old.items():
            signal.signal(number, handler)

    @property
    def is_stopped(self) -> bool:
        """Whether the run is to end here and keep what it has."""
        return self._is_stopped

    @property
    def is_paused(self) -> bool:
        """Whether the run is to wait."""
        return not self._goes_on.is_set()

    def on_stop(self, call: Callable[[], object]) -> None:
        """Have this called, in any thread, when the run is to end, to cancel what it waits for."""
        self._on_stop = call

    def pause(self) -> None:
        """Let the run wait from its next look on."""
        self._goes_on.clear()

    def resume(self) -> None:
        """Let the run go on."""
        self._goes_on.set()

    def stop(self) -> None:
        """Let the run end at its next look, paused or not."""
        self._is_stopped = True
        self._goes_on.set()
        self._on_stop()

    def wait_while_paused(self) -> bool:
        """Return whether the run may go on, once it may or is to end."""
        self._goes_on.wait()
        return not self._is_stopped

    def listen(self, commands: int = 0) -> None:
        """Take commands from a file descriptor, in a thread of its own.

        Bytes are read from the system: a thread that waits within Python's own `sys.stdin` holds
        its lock, and the process could not end.
        """
        threading.Thread(target=self._listen, args=(commands,), daemon=True).start()

    def _listen(self, commands: int) -> None:
        known = {PAUSE: self.pause, RESUME: self.resume, STOP: self.stop}
        rest = b""
        while data := _read(commands):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                command = line.strip().decode(errors="replace")
                known.get(command, lambda: log.warning("there is no such command"))()
        self.stop()

    def _take_signal(self, number: int, _: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        # In another thread: this one may hold the very locks that are needed.
        threading.Thread(target=self.stop, daemon=True).start()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


class Progress:
    """Tells how a long run goes, a JSON object a line; once nobody listens the run is stopped."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def tell(self, what: Mapping[str, object]) -> None:
        """Write a line."""
        try:
            print(json.dumps(what), flush=True)
        except OSError:  # a broken pipe
            self._control.stop()
