"""The engine as the editor sees it: requests in, events out, and always an answer."""

import logging
import sys
import threading
import traceback
from typing import assert_never

from engine.api import (
    Branch,
    Cancel,
    Close,
    Connect,
    EventCallback,
    FindAlternatives,
    FindFit,
    Generate,
    Load,
    Request,
    Steer,
    Unload,
)
from engine.errors import HungError
from engine.pending import PendingRequests
from engine.worker import Worker

log = logging.getLogger(__name__)

# Without a sign of life. A step of the largest model takes ten seconds on a processor; its kernels
# may have to be compiled before the first.
PATIENCE_S = 180.0
_LOOKS = 10  # in that time; a machine that slept in between has only missed some
CLOSE_S = 20.0  # for the thread to come to its end; a hung one is left behind


class EngineService:
    """Owns the thread in which the model lives; every method returns at once but `close`.

    Events are delivered in the engine thread, in order. Each accepted job ends with exactly one
    final event: `Ready`, `Unloaded`, `Finished` or `Failed`; each question gets one answer.

    Code that is not ours may hang. A thread that shows no sign of life fails what it had at hand
    and is left to itself; another takes its place, and loads the model anew when it is needed.
    """

    def __init__(self, on_event: EventCallback, *, patience_s: float = PATIENCE_S) -> None:
        """Start the thread, and one that watches it."""
        self._patience_s = patience_s
        self._pending = PendingRequests(on_event)
        self._worker = Worker(self._pending)
        self._watcher = threading.Thread(target=self._watch, name="inlay-watch", daemon=True)
        self._watcher.start()

    def submit(self, request: Request) -> None:
        """Accept a request.

        Raises:
            RuntimeError: If the service is closed, or the job's or question's number is in use.
        """
        match request:
            case Cancel(job_id=job_id):
                self._pending.cancel(job_id)
            case Close():
                self._pending.close()
            case Load() | Connect() | Unload() | Generate() | Branch():
                self._pending.accept(request)
            case Steer():
                self._pending.steer(request)
            case FindAlternatives() | FindFit():
                self._pending.ask(request)
            case _:
                assert_never(request)

    def close(self) -> None:
        """Stop the running job, end the waiting ones, and join the thread."""
        self._pending.close()
        self._watcher.join()
        self._worker.thread.join(CLOSE_S)
        if self._worker.thread.is_alive():
            log.error("the engine's thread does not end:\n%s", _stack_of(self._worker.thread))
        self._worker.is_given_up = True
        # A thread that hangs ends nothing by itself.
        self._pending.end_all()

    def _watch(self) -> None:
        before, quiet = -1, 0
        while not self._pending.closing.wait(self._patience_s / _LOOKS):
            worker = self._worker
            now = worker.signs_of_life
            # Counted in looks, not in seconds: a machine that has slept is not a thread that hangs.
            quiet = quiet + 1 if worker.at_hand and now == before else 0
            before = now
            if quiet >= _LOOKS or not worker.thread.is_alive():
                self._replace(worker)
                before, quiet = -1, 0

    def _replace(self, worker: Worker) -> None:
        """Give a thread up, and let another go on with what waits."""
        log.error("the engine's thread hangs:\n%s", _stack_of(worker.thread))
        # Nothing is taken up between the failing of the old work and the new thread.
        with self._pending.lock:
            worker.is_given_up = True
            for work in list(worker.at_hand):
                self._pending.fail(work, HungError(self._patience_s))
            self._worker = Worker(self._pending)


def _stack_of(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - no other way to see it
    return "".join(traceback.format_stack(frame)) if frame else "it has ended"
