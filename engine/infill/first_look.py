"""The denoiser's first step, at several lengths: a job's first frame, and what is believed."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.denoise_step import predict
from engine.denoiser import Begun
from engine.forms.chain import NEVER
from engine.infill.beliefs import Beliefs
from engine.infill.clamps import clamp_hypotheses
from engine.infill.frame import BatchFrame
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.task import InfillTask

_TEMPERATURE = torch.tensor(1.0)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What one pass over empty canvases has found."""

    beliefs: Beliefs | None  # None: of no length at which they are worth something
    hypothesis: Hypothesis  # of the surest length, with the step that was taken


@torch.inference_mode()
def look_first(task: InfillTask, lengths: Sequence[int]) -> FirstLook:
    """Run one pass over canvases whose slots are all free, one canvas for each length."""
    hypotheses, nats = _looked(task, [task.plan.resized(length) for length in lengths])
    short = ((row, hypothesis.num_slots) for row, hypothesis in enumerate(hypotheses))
    rows = {n: nats[row, :n] for row, n in short if n <= task.engine.profile.believed}
    surest = min(hypotheses, key=lambda one: one.last.mean_entropy)
    return FirstLook(Beliefs(rows) if rows else None, surest)


@torch.inference_mode()
def look_at(
    task: InfillTask, plans: Sequence[InfillPlan], lengths: Sequence[int], never: Tensor | None
) -> Beliefs:
    """Return what the denoiser believes of a place at the beginning of canvases, in one pass.

    Args:
        task: What stands before the place is committed to its cache.
        plans: One canvas each.
        lengths: The place's slots on each.
        never: [L, V] or [1, V] bool, what the slots may not become.
    """
    _, nats = _looked(task, plans)
    rows = {length: nats[row, :length] for row, length in enumerate(lengths)}
    if never is not None:
        for length, own in rows.items():
            own.masked_fill_(never[:length], NEVER)
    return Beliefs(rows)


def _looked(task: InfillTask, plans: Sequence[InfillPlan]) -> tuple[list[Hypothesis], Tensor]:
    """Run one step over canvases; return them, and their slots' log-probabilities [B, L, V]."""
    engine, model = task.engine, task.engine.model
    # The same for every seed: what is believed of an empty gap is a fact of the request and no
    # draw.
    generator = torch.Generator(model.device).manual_seed(0)
    hypotheses = [Hypothesis.blank(plan, generator) for plan in plans]
    clamp = clamp_hypotheses(task, hypotheses)
    generators = [generator] * len(hypotheses)
    begun = Begun.from_noise(model, task.cache, clamp, engine.sampler, generators)
    found = predict(model, task.cache, begun.state, clamp, _TEMPERATURE)
    nats = found.logits.log_softmax(dim=-1)
    for row, hypothesis in enumerate(hypotheses):
        for slot, token in hypothesis.held_pins.items():
            # Of what is pinned there is no doubt.
            nats[row, slot] = NEVER
            nats[row, slot, token] = 0.0
    entropy = -(nats.exp() * nats).sum(dim=-1)  # of what is pinned there is no doubt
    frame = BatchFrame.before_step(begun, nats.argmax(dim=-1).tolist(), entropy.tolist())
    for row, hypothesis in enumerate(hypotheses):
        hypothesis.record(frame, row)
    return hypotheses, nats
