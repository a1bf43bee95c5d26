"""What a job on a server has to show, as the events the editor knows."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.api import (
    CandidateFinished,
    CanvasUpdated,
    DraftSpan,
    EventCallback,
    Finished,
    FinishReason,
    Score,
    Started,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text for the whole region; its spans tile it."""

    text: str
    spans: tuple[DraftSpan, ...]

    @classmethod
    def between(cls, lead: str, text: str, trail: str, spans: Sequence[DraftSpan]) -> "Draft":
        """Return a text between two that stay; `spans` tile the text alone."""
        first, end = len(lead), len(lead) + len(text)
        own = [replace(s, start=s.start + first, end=s.end + first) for s in spans]
        ends = (
            DraftSpan(start=0, end=first, entropy=0.0, accepted=True),
            *own,
            DraftSpan(start=end, end=end + len(trail), entropy=0.0, accepted=True),
        )
        return cls(text=lead + text + trail, spans=tuple(s for s in ends if s.end > s.start))


class Report:
    """Sends the events of one job, and knows what it has come to when it is stopped."""

    def __init__(
        self, job_id: int, region: str, seed: int, candidates: int, emit: EventCallback
    ) -> None:
        self._job_id, self._region, self._seed = job_id, region, seed
        self._candidates = candidates
        self._emit = emit
        self._start = time.perf_counter()
        self._last_ms = 0.0  # of the last frame, from the start
        self._num_slots = 0
        self._frames: dict[int, int] = {}  # sent of each candidate
        self._drafts: dict[int, Draft] = {}  # the newest of each candidate
        self._done: list[CandidateFinished] = []

    def started(self, num_slots: int) -> None:
        """The text is on its way to the server."""
        self._num_slots = num_slots
        self._emit(
            Started(
                job_id=self._job_id,
                num_slots=num_slots,
                max_steps=0,
                encode_ms=self._ms(),
                candidates=self._candidates,
            )
        )

    def frame(self, candidate: int, draft: Draft) -> None:
        """The server has sent a text, or more of one."""
        step = self._frames[candidate] = self._frames.get(candidate, 0) + 1
        self._drafts[candidate] = draft
        now, before = self._ms(), self._last_ms
        self._last_ms = now
        entropies = [span.entropy for span in draft.spans if span.slot >= 0]
        self._emit(
            CanvasUpdated(
                job_id=self._job_id,
                candidate=candidate,
                step=step,
                max_steps=0,
                text=draft.text,
                spans=draft.spans,
                mean_entropy=sum(entropies) / max(len(entropies), 1),
                step_ms=now - before,
                raw=draft.text,
            )
        )

    def done(self, candidate: int, draft: Draft, reason: FinishReason, score: Score) -> None:
        """A candidate is complete."""
        self.frame(candidate, draft)
        self._done.append(self._candidate(candidate, draft, reason, score))
        self._emit(self._done[-1])

    def finished(self, *, is_cancelled: bool) -> Finished:
        """Return the job's last event; stopped before it had a draft, the region keeps its text."""
        done = {candidate.candidate for candidate in self._done}
        stopped = [
            self._candidate(number, draft, FinishReason.CANCELLED, None)
            for number, draft in self._drafts.items()
            if number not in done
        ]
        ranked = [*sorted(self._done, key=_rank, reverse=True), *(stopped if is_cancelled else [])]
        best = ranked[0] if ranked else None
        unique = {candidate.text: candidate for candidate in reversed(ranked)}
        return Finished(
            job_id=self._job_id,
            reason=best.reason if best and not is_cancelled else FinishReason.CANCELLED,
            text=best.text if best else self._region,
            spans=best.spans if best else (),
            steps=best.steps if best else 0,
            tokens=self._num_slots,
            ms=self._ms(),
            candidates=tuple(reversed(unique.values())),
        )

    def _candidate(
        self, number: int, draft: Draft, reason: FinishReason, score: Score | None
    ) -> CandidateFinished:
        return CandidateFinished(
            job_id=self._job_id,
            candidate=number,
            reason=reason,
            text=draft.text,
            spans=draft.spans,
            steps=self._frames[number],
            seed=self._seed + number,
            score=score,
        )

    def _ms(self) -> float:
        return (time.perf_counter() - self._start) * 1e3


def _rank(candidate: CandidateFinished) -> float:
    assert candidate.score is not None, "only what is complete is ranked"
    return candidate.score.total
