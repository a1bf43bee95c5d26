"""What was asked of the engine and has no answer yet: nothing is answered twice, nothing never."""

import logging
import queue
import threading
from dataclasses import dataclass, field

from engine.api import (
    Answer,
    Branch,
    Close,
    Connect,
    Event,
    EventCallback,
    Failed,
    FailureKind,
    FindAlternatives,
    Finished,
    FinishReason,
    Generate,
    Job,
    JobEvent,
    Load,
    Question,
    QuestionFailed,
    Ready,
    Steer,
    Unload,
    Unloaded,
)
from engine.errors import StoppedError, explain

log = logging.getLogger(__name__)

Work = Job | Question
CLOSED = "The engine was closed before it could answer."


@dataclass(slots=True)
class _OpenJob:
    job: Job
    is_cancelled: bool = False
    steers: list[Steer] = field(default_factory=list)
    questions: list[FindAlternatives] = field(default_factory=list)  # about it, while it runs


class PendingRequests:
    """Takes requests in and lets events out; every method may be called in every thread.

    An event passes while what it is about is open, and the one that ends a job or a question
    closes it. So whoever sends what, each gets exactly one end, and nothing comes after that. The
    lock is held while an event is delivered, which keeps the order between threads.
    """

    def __init__(self, on_event: EventCallback) -> None:
        """Start with nothing asked; `on_event` takes the events, and must return at once."""
        # Whoever takes an event may ask for something at once, in the same thread.
        self.lock = threading.RLock()
        self.closing = threading.Event()
        self.model: Load | Connect | None = None  # how the model in use came to be there
        self._on_event = on_event
        self._queue: queue.SimpleQueue[Work | Close] = queue.SimpleQueue()
        self._jobs: dict[int, _OpenJob] = {}
        self._questions: dict[int, Question] = {}

    def accept(self, job: Job) -> None:
        """Take a job in.

        Raises:
            RuntimeError: If the engine is closed, or the number is in use.
        """
        with self.lock:
            self._check_open()
            if job.job_id in self._jobs:
                raise RuntimeError(f"job {job.job_id} has not ended yet")
            self._jobs[job.job_id] = _OpenJob(job)
            self._queue.put(job)

    def ask(self, question: Question) -> None:
        """Take a question in: for the job it is about while that is open, else for between jobs.

        Raises:
            RuntimeError: If the engine is closed, or the number is in use.
        """
        with self.lock:
            self._check_open()
            if question.question_id in self._questions:
                raise RuntimeError(f"question {question.question_id} has no answer yet")
            self._questions[question.question_id] = question
            match question:
                case FindAlternatives(job_id=job_id) if job_id in self._jobs:
                    self._jobs[job_id].questions.append(question)
                case _:
                    self._queue.put(question)

    def steer(self, message: Steer) -> None:
        """Hand a message to its job; one that has ended takes none."""
        with self.lock:
            if (open_job := self._jobs.get(message.job_id)) is not None:
                open_job.steers.append(message)

    def cancel(self, job_id: int) -> None:
        """Want a job no longer."""
        with self.lock:
            if (open_job := self._jobs.get(job_id)) is not None:
                open_job.is_cancelled = True

    def close(self) -> None:
        """Take nothing in any more, and let the thread end when it comes to it."""
        with self.lock:
            if not self.closing.is_set():
                self.closing.set()
                self._queue.put(Close())

    def take(self) -> Work | Close:
        """Wait for the next piece of work."""
        return self._queue.get()

    def is_open(self, work: Work) -> bool:
        """Whether a job or question has not been answered yet."""
        if isinstance(work, Question):
            return work.question_id in self._questions
        return work.job_id in self._jobs

    def is_cancelled(self, job_id: int) -> bool:
        """Whether nobody waits for a job any more."""
        open_job = self._jobs.get(job_id)
        return self.closing.is_set() or open_job is None or open_job.is_cancelled

    def take_steers(self, job_id: int) -> list[Steer]:
        """Return what the user has done to a job since the last look."""
        with self.lock:
            open_job = self._jobs.get(job_id)
            if open_job is None:
                return []
            taken, open_job.steers = open_job.steers, []
            return taken

    def take_questions(self, job_id: int) -> list[FindAlternatives]:
        """Return what was asked about a job since the last look."""
        with self.lock:
            open_job = self._jobs.get(job_id)
            if open_job is None:
                return []
            taken, open_job.questions = open_job.questions, []
            return taken

    def emit(self, event: Event) -> None:
        """Let an event out, unless what it is about has ended."""
        with self.lock:
            if isinstance(event, Answer):
                if self._questions.pop(event.question_id, None) is None:
                    return
            else:
                open_job = self._jobs.get(event.job_id)
                if open_job is None:
                    return
                self._note_model(open_job.job, event)
                if _is_end(open_job.job, event):
                    del self._jobs[event.job_id]
                    # Nobody came to these before the job's end; of jobs that are remembered they
                    # can still be answered.
                    for question in open_job.questions:
                        self._queue.put(question)
            self._on_event(event)

    def fail(self, work: Work, error: BaseException) -> None:
        """End a job or question that could not be carried out."""
        kind, message = explain(error)
        if isinstance(work, Question):
            name = f"question {work.question_id}"
            failed: Event = QuestionFailed(question_id=work.question_id, kind=kind, message=message)
        else:
            name = f"job {work.job_id}"
            failed = Failed(job_id=work.job_id, kind=kind, message=message)
            # A rewrite that was stopped has not failed: the old text is its result.
            if isinstance(error, StoppedError) and isinstance(work, Generate):
                failed = untouched(work)
        if kind is FailureKind.INTERNAL:
            log.error("%s failed", name, exc_info=error)
        self.emit(failed)

    def end_all(self) -> None:
        """End all that is open: there is nobody left to answer."""
        with self.lock:
            for question in list(self._questions.values()):
                self.fail(question, StoppedError(CLOSED))
            for open_job in list(self._jobs.values()):
                self.emit(untouched(open_job.job))

    def _check_open(self) -> None:
        if self.closing.is_set():
            raise RuntimeError("the engine is closed")

    def _note_model(self, job: Job, event: JobEvent) -> None:
        if isinstance(event, Unloaded):
            self.model = None
        elif isinstance(event, Ready) and isinstance(job, Load | Connect):
            self.model = job


def untouched(job: Job) -> Failed | Finished:
    """Return the final event of a job that was cancelled before it had begun."""
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


def _is_end(job: Job, event: JobEvent) -> bool:
    match job:
        case Load() | Connect():
            return isinstance(event, Ready | Failed)
        case Unload():
            return isinstance(event, Unloaded | Failed)
        case Generate() | Branch():
            return isinstance(event, Finished | Failed)
