"""The end of a step: kernel against twin, the twin against the sampler's own strategies."""

from dataclasses import fields, replace

import pytest
import torch

from kernels.philox import Draws
from kernels.step import StepRules, StepState, advance, read_frame
from tests.kernels.runs import normal

RULES = StepRules(
    vocab=50, max_steps=4, t_min=0.4, t_max=0.8, bound=1.0, stability=1, confidence=0.3
)


def start(batch: int, rows: int, free: int, rules: StepRules, device: str = "cpu"):
    """Return a state, the free rows, and what a step takes from the random numbers."""
    canvas = torch.arange(batch * rows, dtype=torch.int32, device=device).view(batch, rows) % 50
    slots = torch.arange(rows, dtype=torch.int32, device=device)[rows - free :]
    seeds = (torch.arange(batch, device=device) + 123456789123).repeat_interleave(free)
    state = StepState.start(canvas, free, rules)
    return state, slots, Draws(seeds, slots.repeat(batch), state.step[:1])


def findings(batch: int, free: int, seed: int, device: str = "cpu") -> tuple[torch.Tensor, ...]:
    """Return draft, sample and entropy [B · F]; later canvases are less sure."""
    rng = torch.Generator().manual_seed(seed)
    draft, sample = torch.randint(50, (2, batch * free), generator=rng, dtype=torch.int32)
    entropy = torch.rand(batch, free, generator=rng) * 0.3 + torch.arange(batch)[:, None] * 0.2
    return draft.to(device), sample.to(device), entropy.flatten().to(device)


@pytest.mark.parametrize(
    "device",
    [
        pytest.param("cpu", marks=pytest.mark.interpreter, id="interpreter"),
        pytest.param("cuda", marks=pytest.mark.gpu, id="gpu"),
    ],
)
@pytest.mark.parametrize(
    ("batch", "rows", "free"),
    [
        pytest.param(1, 1, 1, id="one slot"),
        pytest.param(3, 30, 21, id="known rows, several canvases"),
        pytest.param(2, 16, 16, id="nothing known"),
    ],
)
def test_kernel_and_twin_change_the_state_alike(device, batch, rows, free) -> None:
    state, slots, draws = start(batch, rows, free, RULES, device)
    if rows > free:  # every canvas knows other slots
        state.is_free[:, ::2] = torch.arange(batch, device=device)[:, None] % 2
    twin = StepState(**{f.name: getattr(state, f.name).clone() for f in fields(state)})
    for number in range(6):
        # The third draft repeats the second.
        found = findings(batch, free, min(number, 1) if number < 3 else number, device)
        advance.kernel(state, slots, *found, draws, RULES)
        advance.twin(twin, slots, *found, replace(draws, step=twin.step[:1]), RULES)
        for field in fields(state):
            left, right = getattr(state, field.name), getattr(twin, field.name)
            if left.is_floating_point():  # a card adds and multiplies at once, and rounds once
                torch.testing.assert_close(left, right, rtol=1e-6, atol=0)
            else:
                assert torch.equal(left, right), (number, field.name)


def test_the_surest_slots_are_accepted_and_the_others_are_noise() -> None:
    state, slots, draws = start(1, 6, 4, replace(RULES, bound=0.5))
    known = state.canvas[:, :2].clone()
    sample = torch.tensor([41, 42, 43, 44]).int()
    entropy = torch.tensor([0.4, 0.3, 0.0, 0.9])
    advance(state, slots, sample, sample, entropy, draws, replace(RULES, bound=0.5))
    # Before slot 0 stand 0.3, before slot 3 stand 0.7.
    assert state.canvas[0, 2:5].tolist() == [41, 42, 43]
    assert torch.equal(state.canvas[:, :2], known)
    assert read_frame(state.frames[1]).num_accepted.tolist() == [3]


def test_known_slots_keep_their_tokens_and_cost_nothing() -> None:
    state, slots, draws = start(2, 6, 4, replace(RULES, bound=0.5))
    state.is_free[1, :2] = 0
    before, sample = state.canvas.clone(), torch.full((8,), 49).int()
    entropy = torch.tensor([0.4, 0.3, 0.2, 0.9] * 2)
    advance(state, slots, sample, sample, entropy, draws, replace(RULES, bound=0.5))
    frame = read_frame(state.frames[1])
    assert frame.accepted.tolist() == [[True, True, True, False], [False, False, True, True]]
    assert torch.equal(state.canvas[1, 2:4], before[1, 2:4])
    assert frame.draft[1].tolist() == [*before[1, 2:4].tolist(), 49, 49]
    torch.testing.assert_close(frame.entropy[1], torch.tensor([0.0, 0.0, 0.2, 0.9]))


def test_a_canvas_stops_when_its_draft_repeats_and_is_sure() -> None:
    state, slots, draws = start(1, 4, 4, RULES)
    draft, sample, _ = findings(1, 4, 0)
    steps = []
    for entropy in (0.1, 0.5, 0.1):
        advance(state, slots, draft, sample, torch.full((4,), entropy), draws, RULES)
        steps.append(bool(state.is_done))
    assert steps == [False, False, True]


def test_a_canvas_that_knows_everything_is_done_at_its_second_step() -> None:
    state, slots, draws = start(1, 4, 4, RULES)
    state.is_free.zero_()
    steps = []
    for number in range(3):
        advance(state, slots, *findings(1, 4, number), draws, RULES)
        steps.append(bool(state.is_done))
    assert steps == [False, True, True]


def test_a_canvas_stops_at_the_last_step_and_stays_as_it_is() -> None:
    state, slots, draws = start(1, 8, 5, RULES)
    canvases = []
    for number in range(6):
        advance(state, slots, *findings(1, 5, number), draws, replace(RULES, confidence=0.0))
        canvases.append(state.canvas.clone())
    assert state.step.tolist() == [4]
    assert torch.equal(canvases[3], canvases[5])
    assert not torch.equal(canvases[2], canvases[3])


def test_frames_alternate_and_hold_the_step_s_findings() -> None:
    state, slots, draws = start(2, 6, 5, RULES)
    for number in (1, 2):
        draft, sample, entropy = findings(2, 5, number)
        advance(state, slots, draft, sample, entropy, draws, RULES)
        frame = read_frame(state.frames[number % 2])
        assert frame.steps.tolist() == [number, number]
        assert torch.equal(frame.draft.flatten(), draft)
        assert torch.equal(frame.entropy.flatten(), entropy)


def test_the_temperature_falls_as_the_schedule_says() -> None:
    state, slots, draws = start(1, 3, 3, RULES)
    seen = []
    for number in range(4):
        seen.append(state.temperature.item())
        advance(state, slots, *findings(1, 3, number), draws, RULES)
    assert seen == pytest.approx([0.8, 0.7, 0.6, 0.5])


def test_acceptance_is_the_sampler_s() -> None:
    from engine.sampler import EntropyBound

    entropy = normal(4, 40).abs() * 0.1
    state, slots, draws = start(4, 40, 40, RULES)
    sample = torch.full((160,), 49).int()
    advance(state, slots, sample, sample, entropy.flatten(), draws, RULES)
    accepted = EntropyBound(bound=RULES.bound).accept(entropy)
    assert (state.canvas[accepted] == 49).all()
    assert read_frame(state.frames[1]).num_accepted.tolist() == accepted.sum(-1).tolist()
