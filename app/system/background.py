"""Work that must not hold up the interface, and is not the engine's: searching, comparing."""

import asyncio
import logging
import queue
import socket
import threading
import weakref
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QSocketNotifier
from shiboken6 import isValid

log = logging.getLogger(__name__)
Result = TypeVar("Result")
_WAKES = 4096  # bytes read at once, one for each answer


@dataclass(slots=True)
class Job(Generic[Result]):
    """One piece of work; a cancelled one may still run, but nobody hears of it."""

    work: Callable[[], Result]
    on_success: Callable[[Result], object]
    on_failure: Callable[[Exception], object] | None
    result: Result | None = None
    error: Exception | None = None
    is_cancelled: bool = False

    def cancel(self) -> None:
        """Want the result no longer."""
        self.is_cancelled = True


_Answer = tuple["weakref.ref[Background]", Job[object]]


class _Answers(QObject):
    """Brings what threads have done into the main thread; lives as long as the process.

    Threads touch nothing of Qt: an object whose signal they emit, or whose last reference they
    drop, may be deleted at that very moment, which ends the process.
    """

    def __init__(self) -> None:
        super().__init__()
        self._done: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        notifier.activated.connect(self._deliver)

    def put(self, answer: "_Answer") -> None:
        """Hand an answer over, from any thread."""
        self._done.put(answer)
        # If there is no room, it has been woken already and has not come to it; at the process's
        # end there is nobody to wake.
        with suppress(OSError):
            self._writer.send(b"\0")

    def _deliver(self) -> None:
        with suppress(OSError):
            while self._reader.recv(_WAKES):
                pass
        while not self._done.empty():
            asked, job = self._done.get()
            background = asked()
            if background is None or not isValid(background):
                continue
            try:
                background.answer(job)
            except BaseException:
                with suppress(OSError):  # the others are told all the same
                    self._writer.send(b"\0")
                raise


@cache
def _answers() -> _Answers:
    return _Answers()


def _work(
    jobs: "queue.SimpleQueue[Job[object] | None]",
    answers: _Answers,
    asked: "weakref.ref[Background]",
) -> None:
    """Carry jobs out until there is a None; they are answered to whom `asked` is, if it lives."""
    while (job := jobs.get()) is not None:
        if not job.is_cancelled:
            try:
                job.result = job.work()
            # Told in the main thread, where there is somebody to tell. The thread outlives also
            # what is no `Exception`, such as a panic of a Rust library; there it is one.
            except BaseException as error:  # noqa: BLE001
                job.error = error if isinstance(error, Exception) else _as_exception(error)
        answers.put((asked, job))


class Background(QObject):
    """Carries jobs out one after the other in a thread, and answers in the main thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.SimpleQueue[Job[object] | None] = queue.SimpleQueue()
        # Bound to the queue and not to this object, which is gone by then.
        self.destroyed.connect(partial(self._jobs.put, None))  # ends the thread
        self._thread: threading.Thread | None = None
        self._answers = _answers()
        self._tasks: set[asyncio.Task[None]] = set()
        self.destroyed.connect(partial(_cancel, self._tasks))

    def run(
        self,
        work: Callable[[], Result],
        on_success: Callable[[Result], object],
        on_failure: Callable[[Exception], object] | None = None,
    ) -> Job[Result]:
        """Do `work` as soon as the work before it is done.

        Without `on_failure` an error is raised in the main thread.
        """
        job = Job(work, on_success, on_failure)
        self._jobs.put(job)  # type: ignore[arg-type]
        if self._thread is None:
            known = (self._jobs, self._answers, weakref.ref(self))
            self._thread = threading.Thread(
                target=_work, args=known, name="background", daemon=True
            )
            self._thread.start()
        return job

    def tell(self, what: Callable[[], object]) -> None:
        """In a job's thread: have `what` done in the main thread, before the job is answered."""
        self._answers.put((weakref.ref(self), Job(_nothing, lambda _: what(), None)))

    def start(self, coroutine: Coroutine[object, object, None]) -> None:
        """Carry a coroutine on between Qt's events, until it ends or nobody is left to hear of it.

        It runs from the loop's next turn on. What it raises is told as an error of our own.
        """
        task = asyncio.get_event_loop().create_task(coroutine)
        # The loop itself holds tasks weakly: one that nobody holds may vanish in the midst.
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def do(self, work: Callable[[], Result]) -> Result:
        """Do `work` as soon as the work before it is done; return its result, or raise its error.

        For coroutines that were given to `start`.
        """
        answer: asyncio.Future[Result] = asyncio.get_event_loop().create_future()
        job = self.run(work, answer.set_result, answer.set_exception)
        try:
            return await answer
        finally:
            # A coroutine that was cancelled wants no answer any more.
            job.cancel()

    def answer(self, job: Job[object]) -> None:
        """Tell whoever wanted it what has come of a job."""
        if job.is_cancelled:
            return
        if job.error is None:
            job.on_success(job.result)
        elif job.on_failure is not None:
            job.on_failure(job.error)
        else:
            raise job.error


def _nothing() -> object:
    return None


def _cancel(tasks: set[asyncio.Task[None]]) -> None:
    for task in tuple(tasks):
        if not task.get_loop().is_closed():
            task.cancel()


def _as_exception(error: BaseException) -> Exception:
    wrapped = RuntimeError(f"{type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped
