"""The canvases of a job: what each starts from, and which comes after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from engine.denoiser import Denoising
from engine.infill.batch import Batch
from engine.infill.drafting import canvas_draft
from engine.infill.engine import InfillEngine
from engine.infill.hypotheses import new_generator
from engine.infill.hypothesis import Lane, clamp_lanes
from engine.infill.plan import InfillPlan
from engine.model import KVCache
from engine.region.rules import Rule
from engine.sampler import initial_state

# Of a canvas that holds a whole draft: one to judge it, one to see whether it stands, and a last
# one if it does not.
LAST_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvases:
    """Lays canvases out, for the lanes of one job."""

    engine: InfillEngine
    plan: InfillPlan
    rule: Rule
    cache: KVCache  # the context before the region
    steps_skipped: int  # of the schedule, where old text is reworked
    is_cancelled: Callable[[], bool]  # looked at while a draft of a canvas is written
    denoises: bool = True  # False: what the causal pass has written stands

    def batch(self, lanes: Sequence[Lane], denoising: Denoising) -> Batch:
        """Return the work on lanes whose canvases are a denoising's rows."""
        return Batch(self.engine, lanes, denoising, denoises=self.denoises)

    def begun(
        self, lanes: Sequence[Lane], cache: KVCache, steps_done: int | None = None
    ) -> Denoising:
        """Return the denoising of the lanes' canvases: from noise, a draft or the old text."""
        engine = self.engine
        self._write_on(lanes, cache)
        done = self.steps_skipped if steps_done is None else steps_done
        if all(lane.start and lane.start_share == 1.0 for lane in lanes):
            done = self._last_steps()
        clamp = clamp_lanes(engine, lanes, self.rule)
        generators = [lane.generator for lane in lanes]
        state = initial_state(engine.model, clamp, engine.sampler, generators)
        canvas, free = state.canvas.clone(), clamp.free.tolist()
        is_laid = torch.zeros_like(canvas, dtype=torch.bool)
        for row, lane in enumerate(lanes):
            for slot, token in self._laid_down(lane):
                if free[row][slot]:
                    canvas[row, slot], is_laid[row, slot] = token, True
        soft = state.soft_embeddings
        if is_laid.any():
            soft = engine.model.told(soft, canvas, is_laid)
        state = replace(state, canvas=canvas, soft_embeddings=soft)
        return Denoising(engine.model, cache, clamp, engine.sampler, generators, state, done)

    def whole_draft(self, lane: Lane) -> Batch:
        """Return the last steps of a canvas that starts from all of a lane's draft."""
        generator = new_generator(self.engine, lane.seed)
        whole = replace(lane, generator=generator, frames=[], start_share=1.0)
        begun = self.begun([whole], self.cache, self._last_steps())
        return self.batch([whole], begun)

    def following(self, lane: Lane) -> Batch:
        """Commit a lane's finished canvas and return the work on its next one."""
        engine, frame = self.engine, lane.last
        # Fillers are no text and stand in no context.
        kept = [token for token in frame.draft if token != engine.profile.filler_token_id]
        cache = frame.cache.branch()
        if kept:
            engine.model.encode(torch.tensor([kept], device=engine.model.device), cache)
        lane.settled += frame.draft
        lane.settled_entropy += frame.entropy
        lane.block += 1
        return self.batch([lane], self.begun([lane], cache))

    def _last_steps(self) -> int:
        return max(0, self.engine.sampler.max_steps - LAST_STEPS)

    def _write_on(self, lanes: Sequence[Lane], cache: KVCache) -> None:
        """Give the lanes of a region of several canvases a draft of the canvas they are at."""
        filler = self.engine.profile.filler_token_id
        for lane in lanes:
            if lane.writes_on:
                ids = [*self.plan.prefix, *lane.settled]
                last = next(token for token in reversed(ids) if token != filler)
                where = (cache.cut(cache.length - 1), last)
                lane.start = canvas_draft(self.engine, lane, self.rule, *where, self.is_cancelled)

    def _laid_down(self, lane: Lane) -> list[tuple[int, int]]:
        """Return the slots and tokens that a lane's canvas has instead of noise."""
        if self.steps_skipped:
            # Of the old text as much as of the schedule is skipped.
            tokens, share = self._old(lane), self.steps_skipped / self.engine.sampler.max_steps
        elif lane.start:
            tokens, share = [*lane.start.ids], lane.start_share
        else:
            return []
        device = self.engine.model.device
        draws = torch.rand(len(tokens), generator=lane.generator, device=device).tolist()
        return [
            (slot, token)
            for slot, token in enumerate(tokens)
            if token is not None and draws[slot] < share
        ]

    def _old(self, lane: Lane) -> list[int | None]:
        """Return the old text's tokens in the lane's canvas."""
        plan, slots, filler = lane.plan, lane.num_slots, self.engine.profile.filler_token_id
        first = sum(plan.blocks[: lane.block])
        old = plan.old_slots[first : first + slots]
        if filler is not None and lane.takes_filler:
            old += [filler] * (slots - len(old))
        return old
