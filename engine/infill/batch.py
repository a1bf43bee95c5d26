"""Lanes whose canvases are denoised together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.api import Changes
from engine.denoiser import Denoising
from engine.infill.engine import InfillEngine
from engine.infill.hypothesis import Frame, Lane, held_edges
from engine.infill.steering import free_slots, steer

# Steps after which the less certain lengths of a candidate are given up.
_EXPLORING_STEPS = 2
# Lanes that are worked out to the end and ranked, shared by the candidates.
_SURVIVORS = 4
# Soft edges may change in this last part of the schedule.
_SOFT_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class BatchStep:
    """A step of all lanes that were running."""

    shown: list[Lane]  # of each candidate the surest
    finished: list[Lane]


class Batch:
    """The lanes of one canvas each, from its first step to its last."""

    def __init__(
        self,
        engine: InfillEngine,
        lanes: Sequence[Lane],
        denoising: Denoising,
        *,
        denoises: bool = True,
    ) -> None:
        """Take over a denoising whose rows are the lanes' canvases; without it drafts are final."""
        self._denoises = denoises
        self.lanes = list(lanes)
        self._engine, self._denoising = engine, denoising
        self._prune_at = denoising.number + _EXPLORING_STEPS
        max_steps = engine.sampler.max_steps
        self._release_at = max_steps - max(1, round(_SOFT_SHARE * max_steps))
        self._has_edges = any(held_edges(lane) for lane in lanes)

    def run(self) -> Iterator[BatchStep]:
        """Yield every step until no lane is left, whole drafts first."""
        drafts = [lane for lane in self.lanes if lane.shows_draft and not lane.is_under_way]
        for lane in drafts:
            lane.record_start(self._denoising, self.lanes.index(lane))
        if not self._denoises:
            self.lanes = []
            yield BatchStep(drafts, drafts)
        elif drafts:
            yield BatchStep(drafts, [])
        while self.lanes:
            if self._has_edges and self._denoising.number >= self._release_at:
                self._release_edges()
            finished = self._step()
            shown = self._surest()
            if self._denoising.number == self._prune_at:
                self._prune()
            finished = [lane for lane in finished if lane in self.lanes]
            self._keep([lane for lane in self.lanes if lane not in finished])
            yield BatchStep(shown, finished)

    def steer(self, lane: Lane, frame: Frame, changes: Changes) -> None:
        """Change a lane's canvas from the next step on; its other lengths are given up."""
        if lane in self.lanes:
            self._keep([o for o in self.lanes if o is lane or o.candidate != lane.candidate])
            row = self.lanes.index(lane)
            steer(self._engine, self._denoising, row, lane, frame, changes)

    def _step(self) -> list[Lane]:
        """Run a step, record it in every lane, and return the lanes that are done."""
        denoising = self._denoising
        before, clamp = denoising.state, denoising.clamp
        changes_at = {self._prune_at, self._release_at if self._has_edges else 0}
        step = denoising.step(goes_on=denoising.number + 1 not in changes_at)
        for row, lane in enumerate(self.lanes):
            lane.record(step, row, before, clamp, denoising.cache)
        if step.number >= self._engine.sampler.max_steps:
            return list(self.lanes)
        pairs = zip(self.lanes, step.has_converged, strict=True)
        done = [lane for lane, has_converged in pairs if has_converged]
        if not self._has_edges:
            return done
        if len(done) == len(self.lanes):
            denoising.number = max(denoising.number, self._release_at)
        return []

    def _surest(self) -> list[Lane]:
        return [
            min(lanes, key=lambda lane: lane.last.mean_entropy)
            for lanes in self._by_candidate().values()
        ]

    def _prune(self) -> None:
        """Keep each candidate's surest lengths."""
        by_candidate = self._by_candidate()
        survivors = max(1, _SURVIVORS // len(by_candidate))
        kept: list[Lane] = []
        for lanes in by_candidate.values():
            kept += sorted(lanes, key=lambda lane: lane.last.mean_entropy)[:survivors]
        self._keep([lane for lane in self.lanes if lane in kept])

    def _by_candidate(self) -> dict[int, list[Lane]]:
        lanes: dict[int, list[Lane]] = {}
        for lane in self.lanes:
            lanes.setdefault(lane.candidate, []).append(lane)
        return lanes

    def _keep(self, lanes: list[Lane]) -> None:
        if 0 < len(lanes) < len(self.lanes):
            self._denoising.keep([self.lanes.index(lane) for lane in lanes])
        self.lanes = lanes

    def _release_edges(self) -> None:
        """Let the soft edges change for the rest of the schedule."""
        self._has_edges = False
        for row, lane in enumerate(self.lanes):
            free_slots(self._denoising, row, list(held_edges(lane)))
