"""What a user does to a canvas: pins, melts, and questions about what else could stand there."""

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from engine.api import Changes, TokenOption
from engine.denoiser import Denoising
from engine.infill.engine import InfillEngine
from engine.infill.hypothesis import Frame, Hypothesis
from engine.sampler import CanvasState, predict

# Melted words, and the neighbours of pinned ones, are worked on in this last part of the schedule.
RESUMED_SHARE = 0.5


def step_to_resume(engine: InfillEngine, number: int) -> int:
    """Return the schedule's step from which a changed canvas goes on."""
    return min(number, round((1 - RESUMED_SHARE) * engine.sampler.max_steps))


def steer(
    engine: InfillEngine,
    denoising: Denoising,
    row: int,
    hypothesis: Hypothesis,
    frame: Frame,
    changes: Changes,
    *,
    holds_rest: bool = False,
) -> None:
    """Change one canvas of a batch from the next step on.

    Args:
        engine: What the job works with.
        denoising: The batch.
        row: The hypothesis's canvas in it.
        hypothesis: Whose canvas it is.
        frame: What the user saw; pinned slots take its tokens.
        changes: What shall change, by the region's slot numbers.
        holds_rest: All slots that are not melted keep the frame's tokens.
    """
    here = range(len(hypothesis.committed), len(hypothesis.committed) + hypothesis.num_slots)
    first = here.start
    tokens = dict(enumerate(frame.draft)) if holds_rest else {}
    for slot in (*changes.release, *changes.melt):
        tokens.pop(slot - first, None)
    for choice in changes.pin:
        token = token_at(engine, frame, choice.slot, choice.rank)
        if choice.slot in here and token is not None:
            tokens[choice.slot - first] = token
            hypothesis.pinned.add(choice.slot)
    hypothesis.pinned -= {*changes.release, *changes.melt}
    release = [slot - first for slot in changes.release if slot in here]
    melt = [slot - first for slot in changes.melt if slot in here]
    free_slots(denoising, row, [*release, *melt])
    _renoise(engine, denoising, row, melt, hypothesis.generator)
    _hold(engine, denoising, row, tokens)
    if melt:
        denoising.number = step_to_resume(engine, denoising.number)


def free_slots(denoising: Denoising, row: int, slots: list[int]) -> None:
    """Free known slots of a canvas; what they hold is where they start from."""
    free = denoising.clamp.free.clone()
    free[row, slots] = True
    denoising.clamp = replace(denoising.clamp, free=free)
    soft = denoising.state.soft_embeddings
    if soft is not None:
        soft = soft.clone()
        soft[row, slots] = 0  # nothing is believed of them yet
    denoising.state = CanvasState(canvas=denoising.state.canvas, soft_embeddings=soft)


def _renoise(
    engine: InfillEngine,
    denoising: Denoising,
    row: int,
    slots: list[int],
    generator: torch.Generator,
) -> None:
    state = denoising.state
    canvas, size = state.canvas.clone(), (len(slots),)
    vocab = engine.model.config.vocab_size
    canvas[row, slots] = torch.randint(vocab, size, generator=generator, device=canvas.device)
    denoising.state = replace(state, canvas=canvas)


def _hold(engine: InfillEngine, denoising: Denoising, row: int, tokens: Mapping[int, int]) -> None:
    if not tokens:
        return
    clamp, state, slots = denoising.clamp, denoising.state, list(tokens)
    ids = torch.tensor(list(tokens.values()), device=clamp.known.device)
    known, free, canvas = clamp.known.clone(), clamp.free.clone(), state.canvas.clone()
    known[row, slots] = canvas[row, slots] = ids
    free[row, slots] = False
    soft = state.soft_embeddings
    if soft is not None:
        soft = soft.clone()
        soft[row, slots] = engine.model.embed(ids)
    denoising.clamp = replace(clamp, known=known, free=free)
    denoising.state = CanvasState(canvas=canvas, soft_embeddings=soft)


@torch.inference_mode()
def slot_probs(engine: InfillEngine, frame: Frame, slot: int) -> Tensor | None:
    """Return what the model believed of a slot in a frame, [V]; it is computed again.

    None if the slot is not in the frame's canvas.
    """
    place = slot - frame.committed
    if not 0 <= place < len(frame.draft):
        return None
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
    engine: InfillEngine, hypothesis: Hypothesis, frame: Frame, slot: int, count: int
) -> tuple[TokenOption, ...]:
    """Return the likeliest tokens of a slot in a frame, best first."""
    probs = slot_probs(engine, frame, slot)
    if probs is None:
        return ()
    best, ids = probs.topk(min(count, len(probs)))
    is_healed = slot == 0 and not hypothesis.plan.keeps_healed
    healed = hypothesis.plan.healed if is_healed else b""
    texts = [
        engine.codec.token_bytes(token).removeprefix(healed).decode(errors="replace")
        for token in ids.tolist()
    ]
    pairs = zip(texts, best.tolist(), strict=True)
    return tuple(TokenOption(text=text, probability=share) for text, share in pairs if share > 0)
