"""What a job on a server has to show: counted and timed as it comes, in no order of candidates."""

import time
from dataclasses import replace

from engine.api import EventCallback, Fewer, Generate, Reasoned, Score
from engine.region.progress import CandidateDone, Draft, DraftStep, mean_entropy
from engine.region.report import Report, Reported

_THOUGHT_S = 0.25  # between two words on how much was thought


class ServerReport:
    """Tells of one job, and knows what it has come to when it is stopped."""

    def __init__(self, request: Generate, emit: EventCallback) -> None:
        """Start the job's clock."""
        self._job = Reported(
            job_id=request.job_id,
            seed=request.seed,
            text=request.region,
            candidates=request.settings.candidates,
            num_slots=0,
        )
        self._emit = emit
        self._report = Report(self._job, emit)
        self._start = time.perf_counter()
        self._last_ms = 0.0  # of the last frame, from the start
        self._frames: dict[int, int] = {}  # sent of each candidate
        self._last_thought = -_THOUGHT_S  # when it was told of last
        self.why_fewer: Fewer | None = None  # candidates, if that is known

    def started(self, num_slots: int) -> None:
        """The text is on its way to the server."""
        self._report = Report(replace(self._job, num_slots=num_slots), self._emit)
        self._report.started(self._ms())

    def frame(self, candidate: int, draft: Draft) -> None:
        """The server has sent a text, or more of one."""
        number = self._frames[candidate] = self._frames.get(candidate, 0) + 1
        now, before = self._ms(), self._last_ms
        self._last_ms = now
        step = DraftStep(
            candidate=candidate,
            step=number,
            draft=draft,
            raw=draft.text,
            mean_entropy=mean_entropy(draft.spans),
        )
        self._report.take(step, now - before)

    def reasoned(self, candidate: int, thought: str) -> None:
        """The server's model is thinking, and has not written anything yet."""
        # Of a number that nobody could read so fast.
        if (now := time.monotonic()) - self._last_thought < _THOUGHT_S:
            return
        self._last_thought = now
        words = len(thought.split())
        self._emit(Reasoned(job_id=self._job.job_id, candidate=candidate, words=words))

    def done(
        self, candidate: int, draft: Draft, score: Score, *, has_converged: bool = True
    ) -> None:
        """A candidate is complete."""
        self.frame(candidate, draft)
        done = CandidateDone(
            candidate=candidate,
            seed=self._job.seed + candidate,
            draft=draft,
            steps=self._frames[candidate],
            has_converged=has_converged,
            score=score,
        )
        self._report.take(done, 0.0)

    def finished(self, *, is_cancelled: bool) -> None:
        """The job has ended."""
        self._report.finished(self._ms(), is_cancelled=is_cancelled, why_fewer=self.why_fewer)

    def _ms(self) -> float:
        return (time.perf_counter() - self._start) * 1e3
