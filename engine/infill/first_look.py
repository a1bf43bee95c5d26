"""The denoiser's first step, at several lengths: a job's first frame, and what is believed."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engine.infill.beliefs import Beliefs
from engine.infill.engine import InfillEngine
from engine.infill.hypothesis import Hypothesis, clamp_hypotheses, held_pins
from engine.infill.plan import InfillPlan
from engine.model import KVCache
from engine.region.rules import Rule
from engine.sampler import NEVER, initial_state, predict

_TEMPERATURE = torch.tensor(1.0)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """What one pass over empty canvases has found."""

    beliefs: Beliefs | None  # None: of no length at which they are worth something
    hypothesis: Hypothesis  # of the surest length, with the step that was taken


@torch.inference_mode()
def look_first(
    engine: InfillEngine, plan: InfillPlan, rule: Rule, cache: KVCache, lengths: Sequence[int]
) -> FirstLook:
    """Run one pass over canvases whose slots are all free, one canvas for each length."""
    generator = torch.Generator(engine.model.device).manual_seed(0)
    hypotheses = [Hypothesis.blank(plan.resized(length), generator) for length in lengths]
    clamp = clamp_hypotheses(engine, hypotheses, rule)
    state = initial_state(engine.model, clamp, engine.sampler, [generator] * len(hypotheses))
    logits, probs = predict(engine.model, cache, state, clamp, _TEMPERATURE)
    nats = logits.log_softmax(dim=-1)
    for row, hypothesis in enumerate(hypotheses):
        for slot, token in held_pins(hypothesis).items():
            nats[row, slot] = NEVER
            nats[row, slot, token] = 0.0
    entropy = -(probs * nats).sum(dim=-1)
    best = nats.argmax(dim=-1)
    for row, hypothesis in enumerate(hypotheses):
        hypothesis.record_look(state, row, clamp, cache, best[row].tolist(), entropy[row].tolist())
    short = ((row, hypothesis.num_slots) for row, hypothesis in enumerate(hypotheses))
    rows = {n: nats[row, :n] for row, n in short if n <= engine.profile.believed}
    surest = min(hypotheses, key=lambda hypothesis: hypothesis.last.mean_entropy)
    return FirstLook(Beliefs(rows) if rows else None, surest)
