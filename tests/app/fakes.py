"""A scripted engine: the test says what it answers, and when."""

import itertools

from app.editor import Editor
from app.proposal import History, ProposalSession
from engine.api import (
    Cancel,
    CanvasUpdated,
    DraftSpan,
    Failed,
    FailureKind,
    Finished,
    FinishReason,
    Generate,
    Request,
    Started,
)

MAX_STEPS = 48


def spans_of(text: str, entropy: float = 0.0, token_len: int = 4) -> tuple[DraftSpan, ...]:
    """Return spans of a few characters each that tile `text`."""
    starts = range(0, len(text), token_len)
    return tuple(
        DraftSpan(
            start=start,
            end=min(start + token_len, len(text)),
            entropy=entropy * (index % 3) / 2,
            accepted=index % 2 == 0,
        )
        for index, start in enumerate(starts)
    )


class FakeEngine:
    """Notes the requests of a session and feeds it the events the test asks for."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.session: ProposalSession | None = None
        self._job_ids = itertools.count(1)
        self._seeds = itertools.count(1001)
        self._steps = itertools.count(1)

    def open_session(self, editor: Editor, history: History | None = None) -> ProposalSession:
        """Return a session for `editor` that talks to this engine."""
        self.session = ProposalSession(
            editor,
            self.requests.append,
            lambda: next(self._job_ids),
            lambda: next(self._seeds),
            editor,
            history=history,
        )
        return self.session

    @property
    def job(self) -> Generate:
        """The last `Generate`."""
        return [request for request in self.requests if isinstance(request, Generate)][-1]

    @property
    def cancelled(self) -> list[int]:
        """The numbers of the jobs that were cancelled."""
        return [request.job_id for request in self.requests if isinstance(request, Cancel)]

    def start(self, job_id: int | None = None) -> None:
        """Say that the job has begun."""
        self._send(
            Started(job_id=self._id(job_id), num_slots=16, max_steps=MAX_STEPS, encode_ms=2.0)
        )

    def frame(self, text: str, entropy: float = 1.0, job_id: int | None = None) -> None:
        """Do one denoising step."""
        self._send(
            CanvasUpdated(
                job_id=self._id(job_id),
                step=next(self._steps),
                max_steps=MAX_STEPS,
                text=text,
                spans=spans_of(text, entropy),
                mean_entropy=entropy,
                step_ms=12.5,
            )
        )

    def finish(
        self,
        text: str,
        reason: FinishReason = FinishReason.CONVERGED,
        job_id: int | None = None,
    ) -> None:
        """End the job with a result."""
        self._send(
            Finished(
                job_id=self._id(job_id),
                reason=reason,
                text=text,
                spans=spans_of(text),
                steps=12,
                tokens=16,
                ms=150.0,
            )
        )

    def fail(self, message: str) -> None:
        """End the job with an error."""
        self._send(Failed(job_id=self._id(None), kind=FailureKind.OUT_OF_MEMORY, message=message))

    def _id(self, job_id: int | None) -> int:
        return self.job.job_id if job_id is None else job_id

    def _send(self, event: Started | CanvasUpdated | Finished | Failed) -> None:
        assert self.session is not None
        self.session.handle(event)
