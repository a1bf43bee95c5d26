"""What a user does to a canvas: pins, words renoised, questions about what else could be there."""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.api import Changes, FindAlternatives, TokenOption
from engine.denoise_step import predict
from engine.denoiser import Denoising
from engine.infill.engine import InfillEngine
from engine.infill.frame import Frame
from engine.infill.hypothesis import Hypothesis

# Renoised words, and neighbours of pinned ones, are worked on in this last part of the schedule.
RESUMED_SHARE = 0.5


def step_to_resume(engine: InfillEngine, number: int) -> int:
    """Return the schedule's step from which a changed canvas goes on."""
    return min(number, round((1 - RESUMED_SHARE) * engine.sampler.max_steps))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steering:
    """What shall change on a canvas, and what the user saw of it."""

    hypothesis: Hypothesis
    frame: Frame  # pinned slots take its tokens
    changes: Changes  # by the region's slot numbers
    holds_rest: bool = False  # all slots that are not renoised keep the frame's tokens

    def apply(self, engine: InfillEngine, denoising: Denoising, row: int) -> None:
        """Change one canvas of a batch from the next step on."""
        hypothesis, changes, frame = self.hypothesis, self.changes, self.frame
        first = len(hypothesis.committed)
        here = range(first, first + hypothesis.num_slots)
        tokens = dict(enumerate(frame.draft)) if self.holds_rest else {}
        # Let go first, then held: a slot may be released and pinned to another word at once.
        for slot in (*changes.release, *changes.renoise):
            tokens.pop(slot - first, None)
        pinned = []
        for choice in changes.pin:
            token = token_at(engine, frame, choice.slot, choice.rank)
            if choice.slot in here and token is not None:
                tokens[choice.slot - first] = token
                pinned.append(choice.slot)
        hypothesis.change_pins(pinned, (*changes.release, *changes.renoise))
        released = [slot - first for slot in changes.release if slot in here]
        renoised = [slot - first for slot in changes.renoise if slot in here]
        denoising.free(row, [*released, *renoised])
        denoising.renoise(row, renoised, engine.model.config.vocab_size)
        denoising.hold(row, tokens, engine.model)
        if renoised:
            denoising.go_to(step_to_resume(engine, denoising.number))


@torch.inference_mode()
def slot_probs(engine: InfillEngine, frame: Frame, slot: int) -> Tensor | None:
    """Return what the model believed of a slot in a frame, [V]; it is computed again.

    None if the slot is not in the frame's canvas.
    """
    place = slot - frame.committed
    if not 0 <= place < len(frame.draft):
        return None
    # Computed again from the state before the frame: 256 × 262,144 probabilities for each frame of
    # a large model are out of the question.
    temperature = engine.sampler.temperature(frame.number)
    _, probs = predict(engine.model, frame.cache, frame.before, frame.clamp, temperature)
    return probs[0, place]


def token_at(engine: InfillEngine, frame: Frame, slot: int, rank: int) -> int | None:
    """Return the token a frame has in a slot, or its `rank`-th likeliest one."""
    place = slot - frame.committed
    if not 0 <= place < len(frame.draft):
        return None
    if rank == 0:
        return frame.draft[place]
    probs = slot_probs(engine, frame, slot)
    if probs is None or rank >= len(probs):
        return None
    return int(probs.argsort(descending=True)[rank].item())


def alternatives(
    engine: InfillEngine, hypothesis: Hypothesis, frame: Frame, asked: FindAlternatives
) -> tuple[TokenOption, ...]:
    """Return the likeliest tokens of a slot in a frame, best first."""
    probs = slot_probs(engine, frame, asked.slot)
    if probs is None:
        return ()
    best, ids = probs.topk(min(asked.count, len(probs)))
    is_healed = asked.slot == 0 and not hypothesis.plan.keeps_healed
    healed = hypothesis.plan.healed if is_healed else b""
    texts = [
        engine.codec.token_bytes(token).removeprefix(healed).decode(errors="replace")
        for token in ids.tolist()
    ]
    pairs = zip(texts, best.tolist(), strict=True)
    return tuple(TokenOption(text=text, probability=share) for text, share in pairs if share > 0)
