"""Hypotheses whose canvases are denoised together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.api import Changes
from engine.denoiser import Denoising
from engine.infill.engine import InfillEngine
from engine.infill.hypothesis import Frame, Hypothesis, held_edges
from engine.infill.steering import free_slots, steer

# Steps after which the less certain lengths of a candidate are given up.
_EXPLORING_STEPS = 2
# Hypotheses that are worked out to the end and ranked, shared by the candidates.
_SURVIVORS = 4
# Soft edges may change in this last part of the schedule.
_SOFT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class BatchStep:
    """A step of all hypotheses that were running."""

    shown: list[Hypothesis]  # of each candidate the surest
    finished: list[Hypothesis]


class Batch:
    """The hypotheses of one canvas each, from its first step to its last."""

    def __init__(
        self,
        engine: InfillEngine,
        hypotheses: Sequence[Hypothesis],
        denoising: Denoising,
        *,
        denoises: bool = True,
    ) -> None:
        """Take over a denoising whose rows are the hypotheses' canvases, or drafts are final."""
        self._denoises = denoises
        self.hypotheses = list(hypotheses)
        self._engine, self._denoising = engine, denoising
        self._prune_at = denoising.number + _EXPLORING_STEPS
        max_steps = engine.sampler.max_steps
        self._release_at = max_steps - max(1, round(_SOFT_SHARE * max_steps))
        self._has_edges = any(held_edges(hypothesis) for hypothesis in hypotheses)

    def run(self) -> Iterator[BatchStep]:
        """Yield every step until no hypothesis is left, whole drafts first."""
        drafts = [
            hypothesis
            for hypothesis in self.hypotheses
            if hypothesis.shows_draft and not hypothesis.is_under_way
        ]
        for hypothesis in drafts:
            hypothesis.record_start(self._denoising, self.hypotheses.index(hypothesis))
        if not self._denoises:
            self.hypotheses = []
            yield BatchStep(drafts, drafts)
        elif drafts:
            yield BatchStep(drafts, [])
        while self.hypotheses:
            if self._has_edges and self._denoising.number >= self._release_at:
                self._release_edges()
            finished = self._step()
            shown = self._surest()
            if self._denoising.number == self._prune_at:
                self._prune()
            finished = [hypothesis for hypothesis in finished if hypothesis in self.hypotheses]
            self._keep([hypothesis for hypothesis in self.hypotheses if hypothesis not in finished])
            yield BatchStep(shown, finished)

    def steer(self, hypothesis: Hypothesis, frame: Frame, changes: Changes) -> None:
        """Change a hypothesis's canvas from the next step on; its other lengths are given up."""
        if hypothesis in self.hypotheses:
            self._keep(
                [
                    o
                    for o in self.hypotheses
                    if o is hypothesis or o.candidate != hypothesis.candidate
                ]
            )
            row = self.hypotheses.index(hypothesis)
            steer(self._engine, self._denoising, row, hypothesis, frame, changes)

    def _step(self) -> list[Hypothesis]:
        """Run a step, record it in every hypothesis, and return the hypotheses that are done."""
        denoising = self._denoising
        before, clamp = denoising.state, denoising.clamp
        changes_at = {self._prune_at, self._release_at if self._has_edges else 0}
        step = denoising.step(goes_on=denoising.number + 1 not in changes_at)
        for row, hypothesis in enumerate(self.hypotheses):
            hypothesis.record(step, row, before, clamp, denoising.cache)
        if step.number >= self._engine.sampler.max_steps:
            return list(self.hypotheses)
        pairs = zip(self.hypotheses, step.has_converged, strict=True)
        done = [hypothesis for hypothesis, has_converged in pairs if has_converged]
        if not self._has_edges:
            return done
        if len(done) == len(self.hypotheses):
            denoising.number = max(denoising.number, self._release_at)
        return []

    def _surest(self) -> list[Hypothesis]:
        return [
            min(hypotheses, key=lambda hypothesis: hypothesis.last.mean_entropy)
            for hypotheses in self._by_candidate().values()
        ]

    def _prune(self) -> None:
        """Keep each candidate's surest lengths."""
        by_candidate = self._by_candidate()
        survivors = max(1, _SURVIVORS // len(by_candidate))
        kept: list[Hypothesis] = []
        for hypotheses in by_candidate.values():
            kept += sorted(hypotheses, key=lambda hypothesis: hypothesis.last.mean_entropy)[
                :survivors
            ]
        self._keep([hypothesis for hypothesis in self.hypotheses if hypothesis in kept])

    def _by_candidate(self) -> dict[int, list[Hypothesis]]:
        hypotheses: dict[int, list[Hypothesis]] = {}
        for hypothesis in self.hypotheses:
            hypotheses.setdefault(hypothesis.candidate, []).append(hypothesis)
        return hypotheses

    def _keep(self, hypotheses: list[Hypothesis]) -> None:
        if 0 < len(hypotheses) < len(self.hypotheses):
            self._denoising.keep([self.hypotheses.index(hypothesis) for hypothesis in hypotheses])
        self.hypotheses = hypotheses

    def _release_edges(self) -> None:
        """Let the soft edges change for the rest of the schedule."""
        self._has_edges = False
        for row, hypothesis in enumerate(self.hypotheses):
            free_slots(self._denoising, row, list(held_edges(hypothesis)))
