"""What a job yields, as the events the user's side is told."""

import math

from engine.api import (
    CandidateFinished,
    CanvasUpdated,
    EventCallback,
    Finished,
    FinishReason,
)
from engine.infill import CandidateDone, InfillStep, Job, Progress


class Report:
    """Turns what a job yields into events."""

    def __init__(self, job: Job, emit: EventCallback) -> None:
        """Start with nothing reported."""
        self._job, self._emit = job, emit
        self._last: dict[int, InfillStep] = {}  # of each candidate
        self._done: list[CandidateFinished] = []
        self._step_ms = 0.0
        self._step_of = (-1, -1)  # candidate and step of the last event

    def take(self, item: Progress, ms: float) -> None:
        """Report a step or a finished candidate that took `ms` to come."""
        if isinstance(item, InfillStep):
            # Candidates of one batch share a step: the first of them had to wait for it.
            is_next = item.candidate <= self._step_of[0] or item.step != self._step_of[1]
            self._step_ms = ms if is_next else self._step_ms
            self._step_of = (item.candidate, item.step)
            self._last[item.candidate] = item
            self._emit(_canvas_updated(self._job, item, self._step_ms))
        else:
            self._done.append(_candidate_finished(self._job, item))
            self._emit(self._done[-1])

    def finished(self, ms: float) -> Finished:
        """Return the job's last event; stopped before it had a draft, the region keeps its text."""
        request, plan = self._job.request, self._job.plan
        is_complete = len(self._done) == request.candidates
        candidates = [*self._done, *self._stopped()]
        ranked = sorted(candidates, key=_rank, reverse=True)
        best = ranked[0] if ranked else None
        unique = {candidate.text: candidate for candidate in reversed(ranked)}
        return Finished(
            job_id=request.job_id,
            reason=best.reason if best and is_complete else FinishReason.CANCELLED,
            text=best.text if best else plan.soft_before + request.region + plan.soft_after,
            spans=best.spans if best else (),
            steps=best.steps if best else 0,
            tokens=self._job.num_slots,
            ms=ms,
            candidates=tuple(reversed(unique.values())),
            soft_before=len(plan.soft_before),
            soft_after=len(plan.soft_after),
        )

    def _stopped(self) -> list[CandidateFinished]:
        """Return the drafts of candidates that were stopped."""
        done = {candidate.candidate for candidate in self._done}
        return [
            CandidateFinished(
                job_id=self._job.request.job_id,
                candidate=number,
                reason=FinishReason.CANCELLED,
                text=step.draft.text,
                spans=step.draft.spans,
                steps=step.step,
                seed=self._job.request.seed + number,
            )
            for number, step in self._last.items()
            if number not in done
        ]


def _rank(candidate: CandidateFinished) -> float:
    return candidate.score.total if candidate.score else -math.inf


def _canvas_updated(job: Job, step: InfillStep, step_ms: float) -> CanvasUpdated:
    return CanvasUpdated(
        job_id=job.request.job_id,
        candidate=step.candidate,
        step=step.step,
        max_steps=max(job.max_steps, step.step),
        text=step.draft.text,
        spans=step.draft.spans,
        mean_entropy=step.mean_entropy,
        step_ms=step_ms,
        raw=step.raw,
    )


def _candidate_finished(job: Job, done: CandidateDone) -> CandidateFinished:
    converged = FinishReason.CONVERGED if done.has_converged else FinishReason.MAX_STEPS
    return CandidateFinished(
        job_id=job.request.job_id,
        candidate=done.candidate,
        reason=converged,
        text=done.draft.text,
        spans=done.draft.spans,
        steps=done.steps,
        seed=done.seed,
        score=done.score,
    )
