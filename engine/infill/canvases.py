"""The canvases of a job: what each starts from, and which comes after it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from engine.denoise_step import initial_state
from engine.denoiser import Begun, Denoising
from engine.infill.batch import Batch
from engine.infill.clamps import clamp_hypotheses
from engine.infill.drafting import canvas_draft
from engine.infill.hypotheses import new_generator
from engine.infill.hypothesis import Hypothesis
from engine.infill.task import InfillTask
from engine.model import KVCache

# Of a canvas that holds a whole draft: one to judge it, one to see whether it stands, and a last
# one if it does not.
LAST_STEPS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvases:
    """Lays canvases out, for the hypotheses of one job."""

    task: InfillTask
    steps_skipped: int  # of the schedule, where old text is reworked
    denoises: bool = True  # False: what the causal pass has written stands

    def batch(self, hypotheses: Sequence[Hypothesis], denoising: Denoising) -> Batch:
        """Return the work on hypotheses whose canvases are a denoising's rows."""
        return Batch(self.task.engine, hypotheses, denoising, denoises=self.denoises)

    def begun(
        self, hypotheses: Sequence[Hypothesis], cache: KVCache, steps_done: int | None = None
    ) -> Denoising:
        """Return the denoising of the hypotheses' canvases: from noise, a draft or the old text."""
        engine = self.task.engine
        self._draft_canvases(hypotheses, cache)
        done = self.steps_skipped if steps_done is None else steps_done
        # A whole draft is nearly done: the schedule's last steps, cool and few, are what it needs.
        is_whole = all(one.start and one.start_share == 1.0 for one in hypotheses)
        if is_whole:
            done = self._last_steps()
        clamp = clamp_hypotheses(self.task, hypotheses)
        generators = [one.generator for one in hypotheses]
        state = initial_state(engine.model, clamp, engine.sampler, generators)
        canvas, free = state.canvas.clone(), clamp.free.tolist()
        is_laid = torch.zeros_like(canvas, dtype=torch.bool)
        for row, hypothesis in enumerate(hypotheses):
            for slot, token in self._laid_down(hypothesis):
                # A pin or a rule of the clamp is not written over by a draft or the old text.
                if free[row][slot]:
                    canvas[row, slot], is_laid[row, slot] = token, True
        soft = state.soft_embeddings
        if is_laid.any():
            # Some models are told which rows are a guess and which are noise, and would take all
            # for noise.
            soft = engine.model.told(soft, canvas, is_laid)
        # A draft that the first step leaves as it is has been found twice, and stands.
        history = (
            (canvas[:, clamp.slots],) if is_whole and engine.sampler.stopping.history_len else ()
        )
        begun = Begun(
            cache=cache,
            clamp=clamp,
            state=replace(state, canvas=canvas, soft_embeddings=soft, history=history),
            sampler=engine.sampler,
            generators=generators,
            steps_done=done,
        )
        return Denoising(engine.stepper, begun)

    def whole_draft(self, hypothesis: Hypothesis) -> Batch:
        """Return the last steps of a canvas that starts from all of a hypothesis's draft."""
        whole = hypothesis.whole_again(new_generator(self.task.engine, hypothesis.seed))
        return self.batch([whole], self.begun([whole], self.task.cache, self._last_steps()))

    def following(self, hypothesis: Hypothesis) -> Batch:
        """Commit a hypothesis's finished canvas and return the work on its next one."""
        model, frame = self.task.engine.model, hypothesis.last
        # Fillers are no text and stand in no context.
        filler = self.task.engine.profile.filler_token_id
        kept = [token for token in frame.draft if token != filler]
        cache = frame.cache.branch()
        if kept:
            model.encode(torch.tensor([kept], device=model.device), cache)
        hypothesis.commit()
        return self.batch([hypothesis], self.begun([hypothesis], cache))

    def _last_steps(self) -> int:
        return max(0, self.task.engine.sampler.max_steps - LAST_STEPS)

    def _draft_canvases(self, hypotheses: Sequence[Hypothesis], cache: KVCache) -> None:
        """Give the hypotheses of a region of several canvases a draft of the canvas they are at."""
        filler = self.task.engine.profile.filler_token_id
        for hypothesis in hypotheses:
            if hypothesis.writes_on:
                ids = [*self.task.plan.prefix, *hypothesis.committed]
                last = next(token for token in reversed(ids) if token != filler)
                # The causal pass has to see the last token itself, to say what comes behind it.
                context = cache.cut(cache.length - 1)
                hypothesis.start_from(canvas_draft(self.task, hypothesis, context, last))

    def _laid_down(self, hypothesis: Hypothesis) -> list[tuple[int, int]]:
        """Return the slots and tokens that a hypothesis's canvas has instead of noise."""
        engine, tokens = self.task.engine, list[int | None]()
        if self.steps_skipped:
            # Of the old text as much as of the schedule is skipped.
            tokens, share = self._old(hypothesis), self.steps_skipped / engine.sampler.max_steps
        elif hypothesis.start:
            tokens, share = [*hypothesis.start.ids], hypothesis.start_share
        else:
            return []
        generator = hypothesis.generator
        draws = torch.rand(len(tokens), generator=generator, device=engine.model.device).tolist()
        return [
            (slot, token)
            for slot, token in enumerate(tokens)
            if token is not None and draws[slot] < share
        ]

    def _old(self, hypothesis: Hypothesis) -> list[int | None]:
        """Return the old text's tokens in the hypothesis's canvas."""
        slots, filler = hypothesis.num_slots, self.task.engine.profile.filler_token_id
        first = hypothesis.first_slot
        old = hypothesis.plan.old_slots[first : first + slots]
        if filler is not None and hypothesis.takes_filler:
            old += [filler] * (slots - len(old))
        return old
