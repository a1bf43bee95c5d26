"""The thread that the model lives in: it carries out what was asked, and outlives it."""

import os
import sys
import threading
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, assert_never

from engine.api import (
    AlternativesFound,
    Branch,
    Close,
    Connect,
    Event,
    FindAlternatives,
    FindFit,
    Generate,
    Job,
    Load,
    Question,
    Steer,
    Unload,
    Unloaded,
)
from engine.backend import Backend, Control
from engine.errors import StoppedError, outcome_of
from engine.pending import CLOSED, PendingRequests, Work, untouched

NICENESS = 5  # of the thread, from 0, as the interface has it, to 19

if TYPE_CHECKING:
    from engine.local_backend import LocalBackend


class Worker:
    """One engine thread. Torch is imported in it, with the first job that needs it.

    It ends when these are closed, or, given up because it hung, as soon as it comes back.
    """

    def __init__(self, pending: PendingRequests) -> None:
        """Start the thread."""
        self.at_hand: list[Work] = []  # a job, and a question that is answered in the middle of it
        self.signs_of_life = 0  # grows as long as the work goes on
        self.is_given_up = False
        self._pending = pending
        self._backend: Backend | None = None
        # The model of a thread that was given up is loaded anew before the first job needs it.
        self._lost = pending.model
        # A thread, no process: Python's lock is released inside torch's operations, and the
        # interface needs it for about a millisecond a frame.
        self.thread = threading.Thread(target=self._run, name="inlay-engine", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        # Before torch starts threads of its own, which are as patient then: a key or a frame goes
        # first on a core that both want.
        if sys.platform == "linux":
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)
        while not self.is_given_up:
            work = self._pending.take()
            if isinstance(work, Close):
                self._pending.end_all()
                return
            self._attempt(work)

    def _attempt(self, work: Work) -> None:
        """Do one thing, and see that it has ended, whatever happens."""
        self.signs_of_life += 1
        # A question is answered in the midst of a job, so there may be two.
        self.at_hand.append(work)
        # The thread must outlive any job.
        if (error := outcome_of(partial(self._do, work)).error) is not None:
            self._pending.fail(work, error)
        self.at_hand.pop()

    def _do(self, work: Work) -> None:
        if isinstance(work, Question):
            self._answer(work)
        else:
            self._carry_out(work)
        assert not self._pending.is_open(work), "work has an end"

    def _emit(self, event: Event) -> None:
        self.signs_of_life += 1
        self._pending.emit(event)

    def _is_cancelled(self, job_id: int) -> bool:
        self.signs_of_life += 1
        return self._pending.is_cancelled(job_id)

    def _inbox(self, job_id: int) -> list[Steer]:
        """Return what was done to a running job; what was asked about it is answered on the way."""
        # Before the steers: what was asked is about the frame before they change it.
        for question in self._pending.take_questions(job_id):
            self._attempt(question)
        self.signs_of_life += 1
        return self._pending.take_steers(job_id)

    def _answer(self, question: Question) -> None:
        if self._pending.closing.is_set():
            raise StoppedError(CLOSED)
        match question:
            case FindAlternatives():
                # Nothing is remembered of a job whose model is gone.
                options = self._backend.alternatives(question) if self._backend else ()
                found = AlternativesFound(question_id=question.question_id, options=options)
                self._emit(found)
            case FindFit():
                # Torch takes seconds to import; the window is shown in the meantime.
                from engine.fit import find_fit

                self._emit(find_fit(question))
            case _:
                assert_never(question)

    def _carry_out(self, job: Job) -> None:
        if self._is_cancelled(job.job_id):
            self._emit(untouched(job))
            return
        match job:
            case Load() | Connect():
                self._take_up(job)
            case Unload():
                self._lost = None
                if self._backend is not None:
                    self._backend.unload()
                self._emit(Unloaded(job_id=job.job_id))
            case Generate() | Branch():
                self._rewrite(job)
            case _:
                assert_never(job)

    def _take_up(self, model: Load | Connect) -> None:
        """Work with another model from now on; the one there is stays if that fails."""
        is_cancelled = partial(self._is_cancelled, model.job_id)
        if isinstance(model, Load):
            # The backend there is, if it is one: only that knows how to let the old model go first.
            local = self._local()
            local.load(model, is_cancelled)
            self._backend = local
        else:
            # Nobody pays for the HTTP library who has no server.
            # A server is a backend in this thread and no service of its own, so that queue,
            # cancelling and the one final event are the same code for both.
            from engine.remote import RemoteBackend

            self._backend = RemoteBackend.connected(model, self._emit, is_cancelled)
        self._lost = None

    def _rewrite(self, job: Generate | Branch) -> None:
        if self._lost is not None:
            self._take_up(replace(self._lost, job_id=job.job_id))
        if self._backend is None:
            self._backend = self._local()
        control = Control(
            is_cancelled=partial(self._is_cancelled, job.job_id),
            inbox=partial(self._inbox, job.job_id),
        )
        if isinstance(job, Generate):
            self._backend.generate(job, control)
        else:
            self._backend.branch(job, control)

    def _local(self) -> "LocalBackend":
        # As above: torch.
        from engine.local_backend import LocalBackend

        own = self._backend
        return own if isinstance(own, LocalBackend) else LocalBackend(self._emit)
