# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202
"""The end of a denoising step, on the device: acceptance, renoise, stop test, the frame.

Dimensions: B canvases, L rows, F slots, the rows that are free in any canvas. Nothing here waits
for the host: a canvas that is done stays as it is however many steps follow, and what the host
wants to show lies in `frames`, two of them in turn, so that one can be copied out while the next
step runs.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.dispatch import operation
from kernels.philox import Draws, noise_ids_torch, random_words
from kernels.triton_guard import next_power_of_2, tl, triton

_TAIL = 3  # of a frame, behind its columns: is_done, steps, accepted
_COLUMNS = 4  # of a frame, for each slot: draft, entropy bits, is_accepted, token


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRules:
    """The entropy-bound sampler's numbers, as in `generation_config.json`."""

    vocab: int
    max_steps: int
    t_min: float
    t_max: float
    bound: float  # nats
    stability: int  # earlier drafts that must be equal
    confidence: float  # nats, mean over the slots


@dataclass(frozen=True, slots=True)
class StepState:
    """The carry of the loop; every tensor is changed in place."""

    canvas: Tensor  # [B, L] int32, known tokens at clamped rows
    is_free: Tensor  # [B, F] int32: the slots that a canvas has to find
    previous: Tensor  # [B, F] int32, the last draft; −1: there was none
    streak: Tensor  # [B] int32: earlier drafts in a row that equal the last one
    is_done: Tensor  # [B] int32
    step: Tensor  # [B] int32, finished steps
    temperature: Tensor  # [B] float32, of the coming step
    frames: Tensor  # [2, B, 4 · F + 3] int32: draft, entropy bits, is_accepted, token; tail

    @classmethod
    def start(cls, canvas: Tensor, num_free: int, rules: StepRules) -> "StepState":
        """Return the state before the first step of canvases [B, L] int32; all slots are free."""
        batch, device, ids = len(canvas), canvas.device, torch.int32
        return cls(
            canvas=canvas,
            is_free=torch.ones(batch, num_free, dtype=ids, device=device),
            previous=torch.full((batch, num_free), -1, dtype=ids, device=device),
            streak=torch.zeros(batch, dtype=ids, device=device),
            is_done=torch.zeros(batch, dtype=ids, device=device),
            step=torch.zeros(batch, dtype=ids, device=device),
            temperature=torch.full((batch,), rules.t_max, dtype=torch.float32, device=device),
            frames=torch.zeros(2, batch, _COLUMNS * num_free + _TAIL, dtype=ids, device=device),
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One step's result on the host; a clamped slot has its known token and no entropy."""

    draft: Tensor  # [B, F] int32
    entropy: Tensor  # [B, F] float32
    accepted: Tensor  # [B, F] bool
    tokens: Tensor  # [B, F] int32, what the canvas holds from now on
    is_done: Tensor  # [B] bool
    steps: Tensor  # [B] int32
    num_accepted: Tensor  # [B] int32


def read_frame(frame: Tensor) -> Frame:
    """Take one of `StepState.frames` [B, 4 · F + 3], already on the host, apart."""
    slots = (frame.shape[1] - _TAIL) // _COLUMNS
    sizes = [slots] * _COLUMNS + [_TAIL]
    draft, entropy, accepted, tokens, tail = torch.split(frame, sizes, dim=1)
    return Frame(
        draft=draft,
        entropy=entropy.contiguous().view(torch.float32),
        accepted=accepted != 0,
        tokens=tokens,
        is_done=tail[:, 0] != 0,
        steps=tail[:, 1],
        num_accepted=tail[:, 2],
    )


@triton.jit
def _advance_kernel(
    canvas, is_free, previous, streak, is_done, step, temperature, frames, slots, draft, sample,
    entropy, seeds, positions, num_slots, length, batch, vocab, max_steps, t_min, t_max, bound,
    stability, confidence, BLOCK: tl.constexpr, PART: tl.constexpr,
):  # fmt: skip
    """Accept the free slots whose lesser entropies add up to at most `bound`; renoise the others.

    Grid (B): one program owns a canvas. slots [F] int32; draft, sample [B, F] int32; entropy [B, F]
    float32; seeds [B, F] int64; positions [B, F] int32; the rest as in `StepState`. Instead of
    sorting, every slot adds up what comes before it, PART slots at a time.
    """
    owner = tl.program_id(0)
    if tl.load(is_done + owner) == 0:
        slot = tl.arange(0, BLOCK)
        is_slot = slot < num_slots
        place = owner * num_slots + slot
        free = tl.load(is_free + place, mask=is_slot, other=0) != 0
        # Infinite for what is known: it is behind all others, and takes nothing of the bound.
        own = tl.load(entropy + place, mask=free, other=float("inf"))
        before = tl.zeros((BLOCK,), tl.float32)
        for start in range(0, num_slots, PART):
            other = start + tl.arange(0, PART)
            rivals = owner * num_slots + other
            is_rival = tl.load(is_free + rivals, mask=other < num_slots, other=0) != 0
            rival = tl.load(entropy + rivals, mask=is_rival, other=float("inf"))
            # Of equal entropies the lower slot comes first, as a stable sort has it in the twin.
            is_less = (rival[None, :] < own[:, None]) | (
                (rival[None, :] == own[:, None]) & (other[None, :] < slot[:, None])
            )
            before += tl.sum(tl.where(is_less & is_rival[None, :], rival[None, :], 0.0), axis=1)
        accepted = (before <= bound) & free
        steps = tl.load(step + owner)
        seed = tl.load(seeds + owner * num_slots)
        position = tl.load(positions + place, mask=is_slot, other=0)
        zero = position * 0
        word, _, _, _ = random_words(seed, zero, position, steps, 1)
        noise = tl.umulhi(word, (zero + vocab).to(tl.uint32)).to(tl.int32)
        drawn = tl.load(sample + place, mask=free, other=0)
        cell = canvas + owner.to(tl.int64) * length + tl.load(slots + slot, mask=is_slot, other=0)
        known = tl.load(cell, mask=is_slot & (free == 0), other=0)
        tokens = tl.where(accepted, drawn, noise)
        tl.store(cell, tokens, mask=free)
        # One of the two is zero: a slot is either found or known.
        ids = tl.load(draft + place, mask=free, other=0) + known
        last = tl.load(previous + place, mask=is_slot, other=0)
        # What is known does not change, but before the first step there was no draft.
        is_new = (ids != last) & (free | (last < 0)) & is_slot
        changed = tl.sum(is_new.to(tl.int32), axis=0)
        repeats = tl.where(changed == 0, tl.load(streak + owner) + 1, 0)
        own = tl.where(free, own, 0.0)
        mean = tl.sum(own, axis=0) / tl.maximum(tl.sum(free.to(tl.int32), axis=0), 1)
        steps += 1
        done = ((repeats >= stability) & (mean < confidence)) | (steps >= max_steps)
        tl.store(previous + place, ids, mask=is_slot)
        tl.store(streak + owner, repeats)
        tl.store(is_done + owner, done.to(tl.int32))
        tl.store(step + owner, steps)
        left = (max_steps - steps).to(tl.float32) / max_steps
        tl.store(temperature + owner, t_min + (t_max - t_min) * left)
        frame = frames + ((steps % 2) * batch + owner).to(tl.int64) * (4 * num_slots + 3)
        tl.store(frame + slot, ids, mask=is_slot)
        tl.store(frame + num_slots + slot, own.to(tl.int32, bitcast=True), mask=is_slot)
        tl.store(frame + 2 * num_slots + slot, accepted.to(tl.int32), mask=is_slot)
        tl.store(frame + 3 * num_slots + slot, tl.where(free, tokens, known), mask=is_slot)
        tl.store(frame + 4 * num_slots, done.to(tl.int32))
        tl.store(frame + 4 * num_slots + 1, steps)
        tl.store(frame + 4 * num_slots + 2, tl.sum(accepted.to(tl.int32), axis=0))


def _launch(
    state: StepState, slots: Tensor, draft: Tensor, sample: Tensor, entropy: Tensor, draws: Draws,
    rules: StepRules,
) -> None:  # fmt: skip
    batch, num_slots = state.previous.shape
    _advance_kernel[(batch,)](
        state.canvas, state.is_free, state.previous, state.streak, state.is_done, state.step,
        state.temperature, state.frames, slots, draft, sample, entropy, draws.seeds,
        draws.positions, num_slots, state.canvas.shape[1], batch, rules.vocab, rules.max_steps,
        rules.t_min, rules.t_max, rules.bound, rules.stability, rules.confidence,
        BLOCK=max(next_power_of_2(num_slots), 16), PART=16, num_warps=4,
    )  # fmt: skip


def advance_torch(
    state: StepState, slots: Tensor, draft: Tensor, sample: Tensor, entropy: Tensor, draws: Draws,
    rules: StepRules,
) -> None:  # fmt: skip
    """Compute `advance` in plain torch; no step of it waits for the host either."""
    batch, num_slots = state.previous.shape
    is_free = state.is_free != 0
    draft, sample, entropy = (t.view(batch, num_slots) for t in (draft, sample, entropy))
    ascending, order = entropy.masked_fill(~is_free, torch.inf).sort(dim=-1, stable=True)
    selected = ascending.cumsum(dim=-1) - ascending <= rules.bound
    accepted = torch.zeros_like(selected).scatter(-1, order, selected) & is_free
    noise = noise_ids_torch(draws, rules.vocab).view(batch, num_slots)
    old = state.canvas[:, slots.long()]
    draft, entropy = torch.where(is_free, draft, old), torch.where(is_free, entropy, 0.0)
    is_live = state.is_done == 0
    is_same = (draft == state.previous) | (~is_free & (state.previous >= 0))
    repeats = torch.where(is_same.all(dim=-1), state.streak + 1, 0)
    steps = state.step + 1
    mean = entropy.sum(dim=-1) / is_free.sum(dim=-1).clamp_min(1)
    is_sure = (repeats >= rules.stability) & (mean < rules.confidence)
    done = (is_sure | (steps >= rules.max_steps)).int()
    tail = torch.stack((done, steps, accepted.sum(dim=-1)), dim=-1).int()
    new = torch.where(is_free, torch.where(accepted, sample, noise), old)
    parts = (draft, entropy.view(torch.int32), accepted.int(), new, tail)
    # By arithmetic and not by an index, which would have to come to the host.
    half = (steps % 2)[None] == torch.arange(2, device=steps.device)[:, None]
    _update(state.frames, torch.cat(parts, dim=-1)[None], (half & is_live)[..., None])
    left = (rules.max_steps - steps) / rules.max_steps
    _update(state.canvas, state.canvas.index_copy(1, slots.long(), new), is_live[:, None])
    _update(state.previous, draft, is_live[:, None])
    _update(state.streak, repeats, is_live)
    _update(state.temperature, rules.t_min + (rules.t_max - rules.t_min) * left, is_live)
    _update(state.step, steps, is_live)
    _update(state.is_done, done, is_live)


def _update(target: Tensor, value: Tensor, where: Tensor) -> None:
    target.copy_(torch.where(where, value, target))


advance = operation("advance", _launch, advance_torch)
"""End a denoising step: change `state` in place by what the vocabulary pass found out.

Args:
    state: The loop's carry; canvases that are done stay as they are.
    slots: [F] int32, row numbers; twice only where no canvas has to find it.
    draft: [B · F] int32, the argmax of each slot.
    sample: [B · F] int32.
    entropy: [B · F] float32, nats.
    draws: The step's random numbers; accepted slots take the sample, the others one of these.
    rules: The sampler's numbers.
"""
