"""Steps that begin before they are asked for: the same steps, or none at all."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch

from engine.denoise_step import CanvasState, Clamp
from engine.denoiser import Begun, Denoising, DenoisingStep
from engine.generation_config import GenerationConfig
from engine.kernel_step import KernelStepper, prepared
from engine.kernel_step.prepared import PreparedStep
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.on_kernels import put_on_kernels
from engine.sampler import QuickDraws, Sampler
from tests.tiny import VOCAB_SIZE, config_json, random_model

CONFIG = ModelConfig.from_json(config_json(canvas_length=48, moe_intermediate_size=32))
GENERATION = GenerationConfig(max_denoising_steps=8)
SAMPLER = Sampler.from_config(GENERATION, QuickDraws())
# Every draft is sure enough, so a canvas is done when its draft stands.
QUICK = Sampler.from_config(replace(GENERATION, confidence_threshold=99.0), QuickDraws())


@pytest.fixture
def launches(monkeypatch) -> list[CanvasState]:
    """Return the states of which steps were launched, in order."""
    seen: list[CanvasState] = []
    launch = PreparedStep.launch

    def counted(self, layout, asked, seeds, graphs):
        seen.append(asked.state)
        return launch(self, layout, asked, seeds, graphs)

    monkeypatch.setattr(PreparedStep, "launch", counted)
    return seen


def denoising(*, looks_ahead: bool, sampler: Sampler = SAMPLER, batch: int = 3) -> Denoising:
    """Return a batch of canvases with known rows; in later ones the last slot is known as well."""
    model: DiffusionGemma = random_model(CONFIG)
    weights = put_on_kernels(model)
    stepper = KernelStepper(model, weights, None, looks_ahead=looks_ahead)
    cache, numbers = KVCache(CONFIG), torch.Generator().manual_seed(5)
    model.encode(torch.randint(VOCAB_SIZE, (1, 11), generator=numbers), cache)
    known = torch.randint(VOCAB_SIZE, (batch, 21), generator=numbers)
    free = torch.ones(batch, 14, dtype=torch.bool)
    free[1:, -1] = False
    clamp = Clamp(known=known, slots=torch.arange(2, 16), free=free)
    generators = [torch.Generator().manual_seed(seed) for seed in range(batch)]
    return Denoising(stepper, Begun.from_noise(model, cache, clamp, sampler, generators))


def assert_same(one: DenoisingStep, other: DenoisingStep) -> None:
    for name in ("draft", "tokens", "entropy", "accepted", "is_done"):
        assert torch.equal(getattr(one.output, name), getattr(other.output, name)), name
    for left, right in zip(
        (one.output.state.canvas, one.output.state.soft_embeddings),
        (other.output.state.canvas, other.output.state.soft_embeddings),
        strict=True,
    ):
        assert torch.equal(left, right)


def test_looking_ahead_changes_no_step_and_none_is_launched_twice(launches) -> None:
    plain, ahead = (denoising(looks_ahead=looks) for looks in (False, True))
    expected = [plain.step() for _ in range(6)]
    launches.clear()
    for number, other in enumerate(expected, start=1):
        assert_same(ahead.step(), other)
        assert len(launches) == number + 1  # and the next one has begun
    assert len({id(state) for state in launches}) == 7


def test_what_stands_in_the_buffers_is_not_written_again(monkeypatch) -> None:
    writes: list[int] = []
    write = PreparedStep._write
    monkeypatch.setattr(
        PreparedStep, "_write", lambda self, *args: (writes.append(1), write(self, *args))
    )
    own = denoising(looks_ahead=True)
    for _ in range(5):
        own.step()
    assert len(writes) == 1


def test_a_frame_does_not_wait_for_a_step_to_be_recorded(launches, monkeypatch) -> None:
    monkeypatch.setattr(prepared, "runs_on_kernels", lambda device: True)
    own, recorder = denoising(looks_ahead=True), SimpleNamespace(record=lambda step: step)
    own._stepper._graphs = prepared.Graphs(torch.device("cpu"), recorder)
    counts = []
    for _ in range(4):
        own.step()
        counts.append(len(launches))
    assert counts == [1, 3, 4, 5]


def change_canvas(own: Denoising) -> None:
    canvas = own.state.canvas.clone()
    canvas[:, 4] = 7
    own.state = replace(own.state, canvas=canvas, history=())


def draw_a_number(own: Denoising) -> None:
    torch.rand(1, generator=own.stands_at.generators[1])


def know_a_slot(own: Denoising) -> None:
    free, known = own.clamp.free.clone(), own.clamp.known.clone()
    free[0, 3], known[0, 5] = False, 9
    own.clamp = replace(own.clamp, free=free, known=known)


@pytest.mark.parametrize(
    "change",
    [
        change_canvas,
        draw_a_number,
        know_a_slot,
        pytest.param(lambda own: own.keep([2, 0]), id="fewer canvases"),
        pytest.param(lambda own: own.go_to(5), id="another temperature"),
    ],
)
def test_a_step_that_is_not_the_one_asked_for_is_dropped_without_a_trace(change) -> None:
    plain, ahead = (denoising(looks_ahead=looks) for looks in (False, True))
    for own in (plain, ahead):
        own.step()
        own.step()
        change(own)
    for _ in range(2):
        assert_same(ahead.step(), plain.step())


def test_nothing_is_launched_behind_the_last_step_or_before_a_change(launches) -> None:
    own = denoising(looks_ahead=True)
    own.step(goes_on=False)
    assert len(launches) == 1
    while not own.step().is_last:
        pass
    assert len(launches) == SAMPLER.max_steps


@pytest.mark.parametrize("looks_ahead", [False, True])
def test_the_device_s_stop_test_is_the_sampler_s(looks_ahead) -> None:
    """Also when a canvas that is done goes on, and when history comes from elsewhere."""
    own, seen = denoising(looks_ahead=looks_ahead, sampler=QUICK), []
    forbidden = torch.zeros(3, 14, VOCAB_SIZE, dtype=torch.bool)
    forbidden[0, :, 1:] = True  # the first canvas finds the same at every step
    own.clamp = replace(own.clamp, forbidden=forbidden)
    for number in range(7):
        before = own.state
        step = own.step()
        output, stopping = step.output, QUICK.stopping
        expected = stopping.is_done(before.history, output.draft, output.mean_entropy)
        assert output.is_done.tolist() == step.has_converged == expected.tolist()
        seen += step.has_converged
        if number == 2:
            own.keep([1, 0, 2])
    assert {True, False} <= set(seen)


def test_stability_looks_back_over_a_history_that_was_written_into_the_buffers() -> None:
    patient = Sampler.from_config(
        replace(GENERATION, confidence_threshold=99.0, stability_threshold=3), QuickDraws()
    )
    own = denoising(looks_ahead=False, sampler=patient)
    draft = own.step().output.draft
    # As if the same draft had stood twice, and once another one in the second canvas.
    other = draft.clone()
    other[1] += 1
    own.state = replace(own.state, history=(other, draft, draft))
    step = own.step()
    stands = (step.output.draft == draft).all(dim=-1)
    assert step.output.is_done.tolist() == [bool(stands[0]), False, bool(stands[2])]
    assert (own.state.history[-1] == step.output.draft).all()
