"""The canvases of a job: what each starts from, and which comes after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch

from engine.denoiser import Denoising
from engine.infill.batch import Batch
from engine.infill.drafting import canvas_draft
from engine.infill.engine import InfillEngine
from engine.infill.hypotheses import new_generator
from engine.infill.hypothesis import Hypothesis, clamp_hypotheses
from engine.infill.plan import InfillPlan
from engine.model import KVCache
from engine.region.rules import Rule
from engine.sampler import initial_state

# Of a canvas that holds a whole draft: one to judge it, one to see whether it stands, and a last
# one if it does not.
LAST_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvases:
    """Lays canvases out, for the hypotheses of one job."""

    engine: InfillEngine
    plan: InfillPlan
    rule: Rule
    cache: KVCache  # the context before the region
    steps_skipped: int  # of the schedule, where old text is reworked
    is_cancelled: Callable[[], bool]  # looked at while a draft of a canvas is written
    denoises: bool = True  # False: what the causal pass has written stands

    def batch(self, hypotheses: Sequence[Hypothesis], denoising: Denoising) -> Batch:
        """Return the work on hypotheses whose canvases are a denoising's rows."""
        return Batch(self.engine, hypotheses, denoising, denoises=self.denoises)

    def begun(
        self, hypotheses: Sequence[Hypothesis], cache: KVCache, steps_done: int | None = None
    ) -> Denoising:
        """Return the denoising of the hypotheses' canvases: from noise, a draft or the old text."""
        engine = self.engine
        self._write_on(hypotheses, cache)
        done = self.steps_skipped if steps_done is None else steps_done
        if all(hypothesis.start and hypothesis.start_share == 1.0 for hypothesis in hypotheses):
            done = self._last_steps()
        clamp = clamp_hypotheses(engine, hypotheses, self.rule)
        generators = [hypothesis.generator for hypothesis in hypotheses]
        state = initial_state(engine.model, clamp, engine.sampler, generators)
        canvas, free = state.canvas.clone(), clamp.free.tolist()
        is_laid = torch.zeros_like(canvas, dtype=torch.bool)
        for row, hypothesis in enumerate(hypotheses):
            for slot, token in self._laid_down(hypothesis):
                if free[row][slot]:
                    canvas[row, slot], is_laid[row, slot] = token, True
        soft = state.soft_embeddings
        if is_laid.any():
            soft = engine.model.told(soft, canvas, is_laid)
        state = replace(state, canvas=canvas, soft_embeddings=soft)
        return Denoising(engine.model, cache, clamp, engine.sampler, generators, state, done)

    def whole_draft(self, hypothesis: Hypothesis) -> Batch:
        """Return the last steps of a canvas that starts from all of a hypothesis's draft."""
        generator = new_generator(self.engine, hypothesis.seed)
        whole = replace(hypothesis, generator=generator, frames=[], start_share=1.0)
        begun = self.begun([whole], self.cache, self._last_steps())
        return self.batch([whole], begun)

    def following(self, hypothesis: Hypothesis) -> Batch:
        """Commit a hypothesis's finished canvas and return the work on its next one."""
        engine, frame = self.engine, hypothesis.last
        # Fillers are no text and stand in no context.
        kept = [token for token in frame.draft if token != engine.profile.filler_token_id]
        cache = frame.cache.branch()
        if kept:
            engine.model.encode(torch.tensor([kept], device=engine.model.device), cache)
        hypothesis.committed += frame.draft
        hypothesis.committed_entropy += frame.entropy
        hypothesis.block += 1
        return self.batch([hypothesis], self.begun([hypothesis], cache))

    def _last_steps(self) -> int:
        return max(0, self.engine.sampler.max_steps - LAST_STEPS)

    def _write_on(self, hypotheses: Sequence[Hypothesis], cache: KVCache) -> None:
        """Give the hypotheses of a region of several canvases a draft of the canvas they are at."""
        filler = self.engine.profile.filler_token_id
        for hypothesis in hypotheses:
            if hypothesis.writes_on:
                ids = [*self.plan.prefix, *hypothesis.committed]
                last = next(token for token in reversed(ids) if token != filler)
                where = (cache.cut(cache.length - 1), last)
                hypothesis.start = canvas_draft(
                    self.engine, hypothesis, self.rule, *where, self.is_cancelled
                )

    def _laid_down(self, hypothesis: Hypothesis) -> list[tuple[int, int]]:
        """Return the slots and tokens that a hypothesis's canvas has instead of noise."""
        if self.steps_skipped:
            # Of the old text as much as of the schedule is skipped.
            tokens, share = (
                self._old(hypothesis),
                self.steps_skipped / self.engine.sampler.max_steps,
            )
        elif hypothesis.start:
            tokens, share = [*hypothesis.start.ids], hypothesis.start_share
        else:
            return []
        device = self.engine.model.device
        draws = torch.rand(len(tokens), generator=hypothesis.generator, device=device).tolist()
        return [
            (slot, token)
            for slot, token in enumerate(tokens)
            if token is not None and draws[slot] < share
        ]

    def _old(self, hypothesis: Hypothesis) -> list[int | None]:
        """Return the old text's tokens in the hypothesis's canvas."""
        plan, slots, filler = (
            hypothesis.plan,
            hypothesis.num_slots,
            self.engine.profile.filler_token_id,
        )
        first = sum(plan.blocks[: hypothesis.block])
        old = plan.old_slots[first : first + slots]
        if filler is not None and hypothesis.takes_filler:
            old += [filler] * (slots - len(old))
        return old
