"""The strategies on inputs whose answer is obvious, and what clamping promises."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.denoise_step import Clamp, StepInput, denoise_step, initial_state
from engine.denoiser import Begun, DenoisingStep, denoise_canvas
from engine.generation_config import GenerationConfig
from engine.model import KVCache, ModelConfig
from engine.sampler import EntropyBound, LinearTemperature, Sampler, StableAndConfident
from engine.stepping import PlainStepper
from tests.tiny import config_json, random_model

CONFIG = ModelConfig.from_json(config_json())
MODEL = random_model(CONFIG)
LENGTH = 12


def test_the_temperature_falls_linearly_and_counts_the_running_step() -> None:
    schedule = LinearTemperature(t_min=0.4, t_max=0.8)
    temperatures = [schedule.temperature(left, 4).item() for left in (4, 3, 2, 1)]
    assert temperatures == pytest.approx([0.8, 0.7, 0.6, 0.5])


def test_acceptance_takes_the_surest_rows_up_to_the_bound() -> None:
    entropy = torch.tensor([[0.3, 0.05, 0.06, 0.01]])
    accepted = EntropyBound(bound=0.1).accept(entropy)
    assert accepted.tolist() == [[False, True, True, True]]


def test_acceptance_counts_the_rows_before_and_not_the_row_itself() -> None:
    entropy = torch.tensor([[5.0, 9.0]])
    assert EntropyBound(bound=0.1).accept(entropy).tolist() == [[True, False]]


def test_the_bound_itself_is_still_accepted() -> None:
    entropy = torch.tensor([[0.25, 0.5, 1.0]])
    assert EntropyBound(bound=0.75).accept(entropy).tolist() == [[True, True, True]]


def test_a_canvas_is_done_when_stable_and_confident_only() -> None:
    stopping = StableAndConfident(stability=1, confidence=0.1)
    draft, other = torch.tensor([[1, 2]]), torch.tensor([[1, 3]])
    sure, unsure = torch.tensor([0.075]), torch.tensor([0.15])
    assert stopping.is_done((draft,), draft, sure).tolist() == [True]
    assert stopping.is_done((other,), draft, sure).tolist() == [False]
    assert stopping.is_done((draft,), draft, unsure).tolist() == [False]
    assert stopping.is_done((), draft, sure).tolist() == [False]


def test_every_canvas_of_a_batch_is_judged_for_itself() -> None:
    stopping = StableAndConfident(stability=1, confidence=0.1)
    earlier, draft = torch.tensor([[1], [2], [3]]), torch.tensor([[1], [9], [3]])
    done = stopping.is_done((earlier,), draft, torch.tensor([0.0, 0.0, 0.5]))
    assert done.tolist() == [True, False, False]


def test_without_a_stability_window_confidence_decides() -> None:
    stopping = StableAndConfident(stability=0, confidence=0.1)
    assert stopping.is_done((), torch.tensor([[1]]), torch.tensor([0.05])).tolist() == [True]


def denoised(clamp, sampler, generator) -> list[DenoisingStep]:
    """Return all steps of a canvas without a context."""
    begun = Begun.from_noise(MODEL, KVCache(CONFIG), clamp, sampler, [generator])
    return list(denoise_canvas(PlainStepper(MODEL), begun))


@given(
    free=st.sets(st.integers(0, LENGTH - 1), min_size=1), mark=st.booleans(), seed=st.integers(0, 9)
)
def test_clamped_ids_never_change_and_spend_no_entropy(free, mark, seed) -> None:
    rows = torch.tensor(sorted(free))
    known = torch.arange(LENGTH) + 50
    clamp = Clamp.single(known, rows, mark_known_from_start=mark)
    sampler = Sampler.from_config(GenerationConfig(max_denoising_steps=3))
    generator = torch.Generator().manual_seed(seed)
    is_known = torch.ones(LENGTH, dtype=torch.bool)
    is_known[rows] = False
    steps = denoised(clamp, sampler, generator)
    for step in steps:
        assert torch.equal(step.output.state.canvas[0, is_known], known[is_known])
        assert step.output.entropy.shape == step.output.draft.shape == (1, len(free))


def test_clamped_rows_do_not_delay_the_stop() -> None:
    """With every free row sure from the start, three steps of three rows end in the second."""
    clamp = Clamp.single(torch.arange(LENGTH), torch.tensor([3, 4, 5]), forbidden=only(7))
    sampler = Sampler.from_config(GenerationConfig(max_denoising_steps=40))
    generator = torch.Generator().manual_seed(0)
    steps = denoised(clamp, sampler, generator)
    assert len(steps) == 2
    assert steps[-1].has_converged == [True]
    assert steps[-1].output.draft.tolist() == [[7, 7, 7]]


def only(token: int) -> torch.Tensor:
    """Forbid every token but one."""
    forbidden = torch.ones(1, CONFIG.vocab_size, dtype=torch.bool)
    forbidden[0, token] = False
    return forbidden


@torch.inference_mode()
def test_a_step_changes_nothing_but_the_generator() -> None:
    clamp = Clamp.single(torch.arange(LENGTH), torch.tensor([0, 2]))
    sampler = Sampler.from_config(GenerationConfig())
    state = initial_state(MODEL, clamp, sampler, [torch.Generator().manual_seed(1)])
    canvas = state.canvas.clone()
    temperature, cache = torch.tensor(0.5), KVCache(CONFIG)
    outputs = [
        denoise_step(
            MODEL,
            StepInput(
                cache=cache,
                state=state,
                clamp=clamp,
                temperature=temperature,
                sampler=sampler,
                generators=(torch.Generator().manual_seed(2),),
            ),
        )
        for _ in range(2)
    ]
    assert torch.equal(state.canvas, canvas)
    assert torch.equal(outputs[0].state.canvas, outputs[1].state.canvas)
    assert cache.length == 0


@torch.inference_mode()
def test_known_rows_speak_through_self_conditioning_and_free_rows_wait() -> None:
    clamp = Clamp.single(torch.arange(LENGTH), torch.tensor([1, 5]), mark_known_from_start=True)
    sampler = Sampler.from_config(GenerationConfig())
    state = initial_state(MODEL, clamp, sampler, [torch.Generator().manual_seed(0)])
    assert not state.soft_embeddings[:, [1, 5]].any()
    assert torch.equal(state.soft_embeddings[0, 7], MODEL.embed(torch.tensor(7)))
