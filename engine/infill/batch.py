"""Hypotheses whose canvases are denoised together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.denoiser import Denoising
from engine.infill.engine import InfillEngine
from engine.infill.frame import BatchFrame
from engine.infill.hypothesis import Hypothesis
from engine.infill.steering import Steering

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
        """Take over a denoising of the hypotheses' canvases; or else let their drafts be final."""
        self._denoises = denoises
        self.hypotheses = list(hypotheses)
        self._engine, self._denoising = engine, denoising
        self._prune_at = denoising.number + _EXPLORING_STEPS
        max_steps = engine.sampler.max_steps
        self._release_at = max_steps - max(1, round(_SOFT_SHARE * max_steps))
        self._has_edges = any(one.held_edges for one in hypotheses)

    def run(self) -> Iterator[BatchStep]:
        """Yield every step until no hypothesis is left, whole drafts first.

        What the denoiser has found before anything stood there, it is not asked again.
        """
        drafts = self._record_drafts()
        stand = [one for one in drafts if one.doubts or not self._denoises]
        self._keep([one for one in self.hypotheses if self._denoises and one not in stand])
        if drafts or not self._denoises:
            yield BatchStep(drafts, stand)
        while self.hypotheses:
            if self._has_edges and self._denoising.number >= self._release_at:
                self._release_edges()
            finished = self._step()
            shown = self._surest()
            if self._denoising.number == self._prune_at:
                self._prune()
            # A length may converge in the very step after which it is given up.
            finished = [one for one in finished if one in self.hypotheses]
            self._keep([one for one in self.hypotheses if one not in finished])
            yield BatchStep(shown, finished)

    def steer(self, steering: Steering) -> None:
        """Change a hypothesis's canvas from the next step on; its other lengths are given up."""
        own = steering.hypothesis
        if own in self.hypotheses:
            self._keep(
                [one for one in self.hypotheses if one is own or one.candidate != own.candidate]
            )
            steering.apply(self._engine, self._denoising, self.hypotheses.index(own))

    def _record_drafts(self) -> list[Hypothesis]:
        """Keep the drafts that canvases hold all of, as what the first step will see."""
        rows = [
            row
            for row, one in enumerate(self.hypotheses)
            if one.shows_draft and not one.is_under_way
        ]
        if not rows:
            return []
        begun = self._denoising.stands_at
        tokens = begun.state.canvas[:, begun.clamp.slots].tolist()
        # The draft stands for itself where the denoiser has not said anything of it yet.
        pairs = zip(self.hypotheses, tokens, strict=True)
        nats = [[*(one.doubts or []), *[0.0] * len(row)][: len(row)] for one, row in pairs]
        frame = BatchFrame.before_step(begun, tokens, nats)
        for row in rows:
            self.hypotheses[row].record(frame, row)
        return [self.hypotheses[row] for row in rows]

    def _step(self) -> list[Hypothesis]:
        """Run a step, record it in every hypothesis, and return the hypotheses that are done."""
        denoising = self._denoising
        # The step after these is another than the one a look ahead would begin.
        changes_at = {self._prune_at, self._release_at if self._has_edges else 0}
        step = denoising.step(goes_on=denoising.number + 1 not in changes_at)
        frame = BatchFrame.of(step)
        for row, hypothesis in enumerate(self.hypotheses):
            hypothesis.record(frame, row)
        if step.number >= self._engine.sampler.max_steps:
            return list(self.hypotheses)
        pairs = zip(self.hypotheses, step.has_converged, strict=True)
        done = [hypothesis for hypothesis, has_converged in pairs if has_converged]
        # With soft edges held, a canvas that has converged has not yet worked on these; it goes on,
        # from where they are let go.
        if not self._has_edges:
            return done
        if len(done) == len(self.hypotheses):
            denoising.go_to(max(denoising.number, self._release_at))
        return []

    def _surest(self) -> list[Hypothesis]:
        return [min(own, key=_nats) for own in self._by_candidate().values()]

    def _prune(self) -> None:
        """Keep each candidate's surest lengths."""
        by_candidate = self._by_candidate()
        # Shared out, so that a step costs the same for one candidate as for four.
        survivors = max(1, _SURVIVORS // len(by_candidate))
        kept: list[Hypothesis] = []
        for own in by_candidate.values():
            kept += sorted(own, key=_nats)[:survivors]
        self._keep([one for one in self.hypotheses if one in kept])

    def _by_candidate(self) -> dict[int, list[Hypothesis]]:
        found: dict[int, list[Hypothesis]] = {}
        for one in self.hypotheses:
            found.setdefault(one.candidate, []).append(one)
        return found

    def _keep(self, hypotheses: list[Hypothesis]) -> None:
        if 0 < len(hypotheses) < len(self.hypotheses):
            self._denoising.keep([self.hypotheses.index(one) for one in hypotheses])
        self.hypotheses = hypotheses

    def _release_edges(self) -> None:
        """Let the soft edges change for the rest of the schedule."""
        self._has_edges = False
        for row, one in enumerate(self.hypotheses):
            self._denoising.free(row, list(one.held_edges))


def _nats(hypothesis: Hypothesis) -> float:
    return hypothesis.last.mean_entropy
