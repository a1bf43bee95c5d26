"""The engine thread: one queue of requests in, one typed callback out."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, assert_never

from engine.api import (
    Branch,
    Cancel,
    Close,
    Connect,
    EventCallback,
    Failed,
    FailureKind,
    FindAlternatives,
    FindFit,
    Finished,
    FinishReason,
    Generate,
    Job,
    Load,
    Request,
    Steer,
    Unload,
    Unloaded,
)
from engine.errors import EngineError, StoppedError, is_out_of_memory

if TYPE_CHECKING:
    from engine.remote import RemoteRuntime
    from engine.runtime import Runtime

    AnyRuntime = Runtime | RemoteRuntime

log = logging.getLogger(__name__)

Message = Steer | FindAlternatives
Question = FindAlternatives | FindFit


class EngineService:
    """Owns the thread in which the model lives; every method returns at once but `close`.

    Events are delivered in the engine thread, in order. Each accepted job ends with exactly one
    final event: `Ready`, `Finished` or `Failed`.
    """

    def __init__(self, on_event: EventCallback) -> None:
        """Start the thread; torch is imported there, with the first job."""
        self._on_event = on_event
        self._queue: queue.SimpleQueue[Job | Question | Close] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._open_jobs: set[int] = set()  # accepted and not yet ended
        self._cancelled: set[int] = set()
        self._inboxes: dict[int, list[Message]] = {}  # of the open jobs
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="inlay-engine", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Accept a request.

        Raises:
            RuntimeError: If the service is closed, or the job id is in use.
        """
        match request:
            case Cancel(job_id=job_id):
                self._cancel(job_id)
            case Close():
                self._close()
            case Load() | Connect() | Unload() | Generate() | Branch():
                self._accept(request)
            case Steer() | FindAlternatives():
                self._deliver(request)
            case FindFit():
                self._ask(request)
            case _:
                assert_never(request)

    def close(self) -> None:
        """Stop the running job, end the waiting ones, and join the thread."""
        self._close()
        self._thread.join()

    def _accept(self, job: Job) -> None:
        with self._lock:
            if self._closing.is_set():
                raise RuntimeError("the engine is closed")
            if job.job_id in self._open_jobs:
                raise RuntimeError(f"job {job.job_id} has not ended yet")
            self._open_jobs.add(job.job_id)
            self._inboxes[job.job_id] = []
            self._queue.put(job)

    def _deliver(self, message: Message) -> None:
        """Hand a message to its job between two steps; a question outlives the job."""
        with self._lock:
            if (inbox := self._inboxes.get(message.job_id)) is not None:
                inbox.append(message)
            elif isinstance(message, FindAlternatives) and not self._closing.is_set():
                self._queue.put(message)

    def _ask(self, question: FindFit) -> None:
        """Take in a question that is nobody's job; it is answered between two of them."""
        with self._lock:
            if not self._closing.is_set():
                self._queue.put(question)

    def _cancel(self, job_id: int) -> None:
        with self._lock:
            if job_id in self._open_jobs:
                self._cancelled.add(job_id)

    def _close(self) -> None:
        with self._lock:
            if not self._closing.is_set():
                self._closing.set()
                self._queue.put(Close())

    def _run(self) -> None:
        runtime: AnyRuntime | None = None
        while not isinstance(work := self._queue.get(), Close):
            try:
                if isinstance(work, FindAlternatives):
                    if runtime is not None:
                        runtime.find_alternatives(work)
                    continue
                if isinstance(work, FindFit):
                    self._find_fit(work)
                    continue
                runtime = self._carry_out(runtime, work)
            except StoppedError as error:
                if isinstance(work, Generate):
                    self._on_event(_untouched(work))
                else:
                    self._fail(work.job_id, error)
            except Exception as error:  # noqa: BLE001 - the thread must outlive any job
                self._fail(work.job_id, error)
            finally:
                self._end(work.job_id)

    def _end(self, job_id: int) -> None:
        with self._lock:
            self._open_jobs.discard(job_id)
            self._cancelled.discard(job_id)
            for message in self._inboxes.pop(job_id, []):
                if isinstance(message, FindAlternatives):
                    self._queue.put(message)

    def _local(self, runtime: "AnyRuntime | None") -> "Runtime":
        # Torch takes seconds to import; the window is shown in the meantime.
        from engine.runtime import Runtime

        return runtime if isinstance(runtime, Runtime) else Runtime(self._on_event)

    def _find_fit(self, question: FindFit) -> None:
        # As above: torch.
        from engine.fit import find_fit

        self._on_event(find_fit(question))

    def _connect(self, job: Connect, is_cancelled: Callable[[], bool]) -> "RemoteRuntime":
        # Nobody pays for the HTTP library who has no server.
        from engine.remote import RemoteRuntime

        return RemoteRuntime.connected(job, self._on_event, is_cancelled)

    def _carry_out(self, runtime: "AnyRuntime | None", job: Job) -> "AnyRuntime | None":
        """Do a job; return the runtime that the next one gets."""

        def is_cancelled() -> bool:
            return self._is_cancelled(job.job_id)

        def inbox() -> list[Message]:
            with self._lock:
                messages, self._inboxes[job.job_id] = self._inboxes[job.job_id], []
            return messages

        if is_cancelled():
            self._on_event(_untouched(job))
            return runtime
        match job:
            case Load():
                local = self._local(runtime)
                local.load(job, is_cancelled)
                return local
            case Connect():
                return self._connect(job, is_cancelled)
            case Unload():
                return self._unload(runtime, job)
        runtime = runtime or self._local(runtime)
        match job:
            case Generate():
                runtime.generate(job, inbox, is_cancelled)
            case Branch():
                runtime.branch(job, inbox, is_cancelled)
        return runtime

    def _unload(self, runtime: "AnyRuntime | None", job: Unload) -> "AnyRuntime | None":
        if runtime is not None:
            runtime.unload()
        self._on_event(Unloaded(job_id=job.job_id))
        return runtime

    def _is_cancelled(self, job_id: int) -> bool:
        return self._closing.is_set() or job_id in self._cancelled

    def _fail(self, job_id: int, error: Exception) -> None:
        kind, message = _explain(error)
        if kind is FailureKind.INTERNAL:
            log.error("job %d failed", job_id, exc_info=error)
        self._on_event(Failed(job_id=job_id, kind=kind, message=message))


def _untouched(job: Job) -> Failed | Finished:
    """Return the final event of a job that was cancelled before it began."""
    if not isinstance(job, Generate):
        names = {
            Load: "Loading",
            Connect: "Connecting",
            Unload: "Unloading",
            Branch: "The new branch",
        }
        what = names[type(job)]
        message = f"{what} was stopped. Start it again when you like."
        return Failed(job_id=job.job_id, kind=FailureKind.STOPPED, message=message)
    return Finished(
        job_id=job.job_id,
        reason=FinishReason.CANCELLED,
        text=job.region,
        spans=(),
        steps=0,
        tokens=0,
        ms=0.0,
    )


def _explain(error: Exception) -> tuple[FailureKind, str]:
    if isinstance(error, EngineError):
        return error.kind, str(error)
    if is_out_of_memory(error):
        return FailureKind.OUT_OF_MEMORY, (
            "There is not enough memory for this. Select less text, close other programs, or "
            f"choose a smaller model. ({error})"
        )
    return FailureKind.INTERNAL, (
        f"The engine stumbled over an error of its own ({type(error).__name__}: {error}). Your "
        "text is untouched; try again. The log has the details."
    )
