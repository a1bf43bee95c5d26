"""Work that must not hold up the interface, and is not the engine's: searching, comparing."""

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache, partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

log = logging.getLogger(__name__)
Result = TypeVar("Result")


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


class _Answers(QObject):
    """Brings what threads have done into the main thread; lives as long as the process.

    A signal of the `Background` itself would end the process where Qt deletes that while its thread
    emits: no question asked before can prevent it.
    """

    done = Signal(object, object)  # a `Background` and its job

    def __init__(self) -> None:
        super().__init__()
        self.done.connect(self._deliver)

    def _deliver(self, background: "Background", job: Job[object]) -> None:
        if isValid(background):
            background.answer(job)


@cache
def _answers() -> _Answers:
    return _Answers()


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
            self._thread = threading.Thread(target=self._work, name="background", daemon=True)
            self._thread.start()
        return job

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

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.is_cancelled:
                try:
                    job.result = job.work()
                # Told in the main thread, where there is somebody to tell. The thread outlives also
                # what is no `Exception`, such as a panic of a Rust library; there it is one.
                except BaseException as error:  # noqa: BLE001
                    job.error = error if isinstance(error, Exception) else _as_exception(error)
            self._answers.done.emit(self, job)

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


def _cancel(tasks: set[asyncio.Task[None]]) -> None:
    for task in tuple(tasks):
        if not task.get_loop().is_closed():
            task.cancel()


def _as_exception(error: BaseException) -> Exception:
    wrapped = RuntimeError(f"{type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped
