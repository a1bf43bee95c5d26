# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202
"""The end of a denoising step, on the device: acceptance, renoise, stop test, the frame.

Dimensions: B canvases, L rows, F free slots (the same of every canvas). Nothing here waits for the
host: a canvas that is done stays as it is however many steps follow, and what the host wants to
show lies in `frames`, two of them in turn, so that one can be copied out while the next step runs.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.dispatch import operation
from kernels.philox import Draws, noise_ids_torch, random_words
from kernels.triton_guard import next_power_of_2, tl, triton

_TAIL = 3  # of a frame, behind ids and entropies: is_done, steps, accepted


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
    previous: Tensor  # [B, F] int32, the last draft
    streak: Tensor  # [B] int32: earlier drafts in a row that equal the last one
    is_done: Tensor  # [B] int32
    step: Tensor  # [B] int32, finished steps
    temperature: Tensor  # [B] float32, of the coming step
    frames: Tensor  # [2, B, 2 · F + 3] int32: draft, entropy bits, is_done, steps, accepted

    @classmethod
    def start(cls, canvas: Tensor, num_free: int, rules: StepRules) -> "StepState":
        """Return the state before the first step of canvases [B, L] int32."""
        batch, device, ids = len(canvas), canvas.device, torch.int32
        return cls(
            canvas=canvas,
            previous=torch.full((batch, num_free), -1, dtype=ids, device=device),
            streak=torch.zeros(batch, dtype=ids, device=device),
            is_done=torch.zeros(batch, dtype=ids, device=device),
            step=torch.zeros(batch, dtype=ids, device=device),
            temperature=torch.full((batch,), rules.t_max, dtype=torch.float32, device=device),
            frames=torch.zeros(2, batch, 2 * num_free + _TAIL, dtype=ids, device=device),
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One step's result on the host."""

    draft: Tensor  # [B, F] int32
    entropy: Tensor  # [B, F] float32
    is_done: Tensor  # [B] bool
    steps: Tensor  # [B] int32
    num_accepted: Tensor  # [B] int32


def read_frame(frame: Tensor) -> Frame:
    """Take one of `StepState.frames` [B, 2 · F + 3], already on the host, apart."""
    free = (frame.shape[1] - _TAIL) // 2
    entropy = frame[:, free : 2 * free].contiguous().view(torch.float32)
    tail = frame[:, 2 * free :]
    return Frame(frame[:, :free], entropy, tail[:, 0] != 0, tail[:, 1], tail[:, 2])


@triton.jit
def _advance_kernel(
    canvas, previous, streak, is_done, step, temperature, frames, free, draft, sample, entropy,
    seeds, positions, num_free, length, batch, vocab, max_steps, t_min, t_max, bound, stability,
    confidence, BLOCK: tl.constexpr, PART: tl.constexpr,
):  # fmt: skip
    """Accept the slots whose lesser entropies add up to at most `bound`; renoise the others.

    Grid (B): one program owns a canvas. free [F] int32; draft, sample [B, F] int32; entropy [B, F]
    float32; seeds [B, F] int64; positions [B, F] int32; the rest as in `StepState`. Instead of
    sorting, every slot adds up what comes before it, PART slots at a time.
    """
    owner = tl.program_id(0)
    if tl.load(is_done + owner) == 0:
        slot = tl.arange(0, BLOCK)
        is_slot = slot < num_free
        place = owner * num_free + slot
        own = tl.load(entropy + place, mask=is_slot, other=float("inf"))
        before = tl.zeros((BLOCK,), tl.float32)
        for start in range(0, num_free, PART):
            other = start + tl.arange(0, PART)
            is_other = other < num_free
            rival = tl.load(entropy + owner * num_free + other, mask=is_other, other=float("inf"))
            is_less = (rival[None, :] < own[:, None]) | (
                (rival[None, :] == own[:, None]) & (other[None, :] < slot[:, None])
            )
            before += tl.sum(tl.where(is_less & is_other[None, :], rival[None, :], 0.0), axis=1)
        accepted = (before <= bound) & is_slot
        steps = tl.load(step + owner)
        seed = tl.load(seeds + owner * num_free)
        position = tl.load(positions + place, mask=is_slot, other=0)
        zero = position * 0
        word, _, _, _ = random_words(seed, zero, position, steps, 1)
        noise = tl.umulhi(word, (zero + vocab).to(tl.uint32)).to(tl.int32)
        drawn = tl.load(sample + place, mask=is_slot, other=0)
        row = tl.load(free + slot, mask=is_slot, other=0)
        new = tl.where(accepted, drawn, noise)
        tl.store(canvas + owner.to(tl.int64) * length + row, new, mask=is_slot)
        ids = tl.load(draft + place, mask=is_slot, other=0)
        last = tl.load(previous + place, mask=is_slot, other=0)
        changed = tl.sum(((ids != last) & is_slot).to(tl.int32), axis=0)
        repeats = tl.where(changed == 0, tl.load(streak + owner) + 1, 0)
        mean = tl.sum(tl.where(is_slot, own, 0.0), axis=0) / num_free
        steps += 1
        done = ((repeats >= stability) & (mean < confidence)) | (steps >= max_steps)
        tl.store(previous + place, ids, mask=is_slot)
        tl.store(streak + owner, repeats)
        tl.store(is_done + owner, done.to(tl.int32))
        tl.store(step + owner, steps)
        left = (max_steps - steps).to(tl.float32) / max_steps
        tl.store(temperature + owner, t_min + (t_max - t_min) * left)
        frame = frames + ((steps % 2) * batch + owner).to(tl.int64) * (2 * num_free + 3)
        tl.store(frame + slot, ids, mask=is_slot)
        tl.store(frame + num_free + slot, own.to(tl.int32, bitcast=True), mask=is_slot)
        tl.store(frame + 2 * num_free, done.to(tl.int32))
        tl.store(frame + 2 * num_free + 1, steps)
        tl.store(frame + 2 * num_free + 2, tl.sum(accepted.to(tl.int32), axis=0))


def _launch(
    state: StepState, free: Tensor, draft: Tensor, sample: Tensor, entropy: Tensor, draws: Draws,
    rules: StepRules,
) -> None:  # fmt: skip
    batch, num_free = state.previous.shape
    _advance_kernel[(batch,)](
        state.canvas, state.previous, state.streak, state.is_done, state.step, state.temperature,
        state.frames, free, draft, sample, entropy, draws.seeds, draws.positions, num_free,
        state.canvas.shape[1], batch, rules.vocab, rules.max_steps, rules.t_min, rules.t_max,
        rules.bound, rules.stability, rules.confidence,
        BLOCK=max(next_power_of_2(num_free), 16), PART=16, num_warps=4,
    )  # fmt: skip


def advance_torch(
    state: StepState, free: Tensor, draft: Tensor, sample: Tensor, entropy: Tensor, draws: Draws,
    rules: StepRules,
) -> None:  # fmt: skip
    """Compute `advance` in plain torch; no step of it waits for the host either."""
    batch, num_free = state.previous.shape
    draft, sample, entropy = (t.view(batch, num_free) for t in (draft, sample, entropy))
    ascending, order = entropy.sort(dim=-1, stable=True)
    selected = ascending.cumsum(dim=-1) - ascending <= rules.bound
    accepted = torch.zeros_like(selected).scatter(-1, order, selected)
    noise = noise_ids_torch(draws, rules.vocab).view(batch, num_free)
    is_live = state.is_done == 0
    repeats = torch.where((draft == state.previous).all(dim=-1), state.streak + 1, 0)
    steps = state.step + 1
    is_sure = (repeats >= rules.stability) & (entropy.mean(dim=-1) < rules.confidence)
    done = (is_sure | (steps >= rules.max_steps)).int()
    tail = torch.stack((done, steps, accepted.sum(dim=-1)), dim=-1).int()
    frame = torch.cat((draft, entropy.view(torch.int32), tail), dim=-1)
    half = (steps % 2)[None] == torch.arange(2, device=steps.device)[:, None]
    _update(state.frames, frame[None], (half & is_live)[..., None])
    canvas = state.canvas.index_copy(
        1, free.long(), torch.where(accepted, sample, noise).to(state.canvas.dtype)
    )
    left = (rules.max_steps - steps) / rules.max_steps
    _update(state.canvas, canvas, is_live[:, None])
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
    free: [F] int32, ascending row numbers.
    draft: [B · F] int32, the argmax of each free row.
    sample: [B · F] int32.
    entropy: [B · F] float32, nats.
    draws: The step's random numbers; accepted slots take the sample, the others one of these.
    rules: The sampler's numbers.
"""
