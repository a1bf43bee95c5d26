"""What a job yields, as the events the user's side is told."""

import math
from dataclasses import dataclass

from engine.api import (
    CandidateFinished,
    CanvasUpdated,
    EventCallback,
    Fewer,
    Finished,
    FinishReason,
    Started,
)
from engine.region.progress import CandidateDone, DraftStep, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """What a job's events say of it all along."""

    job_id: int
    seed: int  # of its first candidate
    text: str  # the old text: what stays if it is stopped before it has a draft
    candidates: int
    num_slots: int
    max_steps: int = 0  # 0: a server that does not tell its steps
    soft_before: int = 0  # code points beside the region that all drafts stand for
    soft_after: int = 0


class Report:
    """Turns what a job yields into events, and knows what it has come to when it is stopped."""

    def __init__(self, job: Reported, emit: EventCallback) -> None:
        """Start with nothing reported."""
        self._job, self._emit = job, emit
        self._last: dict[int, DraftStep] = {}  # of each candidate
        self._done: list[CandidateFinished] = []

    def started(self, encode_ms: float, *, reused: int = 0, encoded: int = 0) -> None:
        """The work has been planned, and what stands before the region read."""
        job = self._job
        self._emit(
            Started(
                job_id=job.job_id,
                num_slots=job.num_slots,
                max_steps=job.max_steps,
                encode_ms=encode_ms,
                candidates=job.candidates,
                reused_tokens=reused,
                encoded_tokens=encoded,
                soft_before=job.soft_before,
                soft_after=job.soft_after,
            )
        )

    def take(self, item: Progress, ms: float) -> None:
        """Report a step or a finished candidate that took `ms` to come."""
        if isinstance(item, DraftStep):
            self._last[item.candidate] = item
            self._emit(_canvas_updated(self._job, item, ms))
        else:
            self._done.append(_candidate_finished(self._job, item))
            self._emit(self._done[-1])

    def finished(self, ms: float, *, is_cancelled: bool, why_fewer: Fewer | None = None) -> None:
        """Report the job's end; stopped before it had a draft, the region keeps its text."""
        job = self._job
        ranked = sorted(self._done, key=_rank, reverse=True)
        ranked += self._stopped() if is_cancelled else []
        best = ranked[0] if ranked else None
        # Reversed, so that of equal texts the best one stays.
        unique = {candidate.text: candidate for candidate in reversed(ranked)}
        self._emit(
            Finished(
                job_id=job.job_id,
                reason=best.reason if best and not is_cancelled else FinishReason.CANCELLED,
                text=best.text if best else job.text,
                spans=best.spans if best else (),
                steps=best.steps if best else 0,
                tokens=job.num_slots,
                ms=ms,
                candidates=tuple(reversed(unique.values())),
                soft_before=job.soft_before,
                soft_after=job.soft_after,
                why_fewer=why_fewer,
            )
        )

    def _stopped(self) -> list[CandidateFinished]:
        """Return the drafts of candidates that were stopped."""
        done = {candidate.candidate for candidate in self._done}
        return [
            CandidateFinished(
                job_id=self._job.job_id,
                candidate=number,
                reason=FinishReason.CANCELLED,
                text=step.draft.text,
                spans=step.draft.spans,
                steps=step.step,
                seed=self._job.seed + number,
            )
            for number, step in self._last.items()
            if number not in done
        ]


def _rank(candidate: CandidateFinished) -> float:
    return candidate.score.total if candidate.score else -math.inf


def _canvas_updated(job: Reported, step: DraftStep, step_ms: float) -> CanvasUpdated:
    return CanvasUpdated(
        job_id=job.job_id,
        candidate=step.candidate,
        step=step.step,
        # A word that is renoised or a choice that is taken back adds steps, and 13 of 12 would be
        # told.
        max_steps=max(job.max_steps, step.step) if job.max_steps else 0,
        text=step.draft.text,
        spans=step.draft.spans,
        mean_entropy=step.mean_entropy,
        step_ms=step_ms,
        raw=step.raw,
    )


def _candidate_finished(job: Reported, done: CandidateDone) -> CandidateFinished:
    return CandidateFinished(
        job_id=job.job_id,
        candidate=done.candidate,
        reason=FinishReason.CONVERGED if done.has_converged else FinishReason.MAX_STEPS,
        text=done.draft.text,
        spans=done.draft.spans,
        steps=done.steps,
        seed=done.seed,
        score=done.score,
        decided=done.decided,
    )
