"""Steps on the kernels' wiring, run with the twins on the CPU, against the plain layers' steps."""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from engine.denoise_step import CanvasState, Clamp, StepInput, StepOutput, initial_state
from engine.generation_config import GenerationConfig
from engine.kernel_step import KernelStepper, prepared, use_kernels
from engine.kernel_step.clamp_layout import ClampLayout
from engine.loaders import load_checkpoint
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.on_kernels import put_on_kernels
from engine.sampler import QuickDraws, Sampler
from engine.stepping import PlainStepper, Stepper
from kernels.dispatch import Operation
from tests.tiny import VOCAB_SIZE, config_json, random_model

EMBEDDED = Path(__file__).parents[3] / "resources" / "model"
# Of the largest value, in float32: norms are folded and sums are ordered differently.
TOLERANCE = 1e-4
CONFIG = ModelConfig.from_json(config_json(canvas_length=48, moe_intermediate_size=32))
SAMPLER = Sampler.from_config(GenerationConfig(max_denoising_steps=6), QuickDraws())


class Stepped(NamedTuple):
    """A model, and what takes its steps."""

    model: DiffusionGemma
    stepper: Stepper


@pytest.fixture(scope="module")
def models() -> tuple[Stepped, Stepped]:
    """Return one model twice, with norms and scalars that matter: plain, and on the kernels."""
    plain = random_model(CONFIG)
    generator = torch.Generator().manual_seed(3)
    for tensor in plain.state_dict().values():
        if tensor.dim() == 1:
            tensor.uniform_(0.5, 1.5, generator=generator)
    wired = copy.deepcopy(plain)
    return Stepped(plain, PlainStepper(plain)), Stepped(wired, use_kernels(wired))


@pytest.fixture(params=["twins", pytest.param("kernels", marks=pytest.mark.interpreter)])
def implementation(request, monkeypatch) -> str:
    """Run the test with the twins, and in the interpreter with the kernels."""
    if request.param == "kernels":
        monkeypatch.setattr(Operation, "__call__", lambda self, *a, **kw: self.kernel(*a, **kw))
    return request.param


def cache_of(stepped: Stepped, length: int) -> KVCache:
    """Return the cache of so many random tokens, encoded in two pieces."""
    model = stepped.model
    cache = KVCache(CONFIG)
    ids = torch.randint(VOCAB_SIZE, (1, length), generator=torch.Generator().manual_seed(5))
    for piece in torch.split(ids, 9, dim=1):
        if piece.shape[1]:
            model.encode(piece, cache)
    return cache


def generators(count: int) -> list[torch.Generator]:
    return [torch.Generator().manual_seed(seed) for seed in range(count)]


def clamp_of(rows: int, slots: list[int], batch: int = 1, **options) -> Clamp:
    """Return a clamp of random tokens; in later canvases the last slot is known as well."""
    known = torch.randint(VOCAB_SIZE, (batch, rows), generator=torch.Generator().manual_seed(6))
    free = torch.ones(batch, len(slots), dtype=torch.bool)
    free[1:, -1] = False
    return Clamp(known=known, slots=torch.tensor(slots), free=free, **options)


def step(
    stepped: Stepped, cache: KVCache, state: CanvasState, clamp: Clamp, temperature: float
) -> StepOutput:
    """Take a step the way the model takes it."""
    return stepped.stepper.step(
        asked_of(cache, state, clamp, temperature, generators(len(clamp.known)))
    )


def asked_of(
    cache: KVCache,
    state: CanvasState,
    clamp: Clamp,
    temperature: float,
    drawn: list[torch.Generator],
) -> StepInput:
    """Return what a step is taken of."""
    return StepInput(
        cache=cache,
        state=state,
        clamp=clamp,
        temperature=torch.tensor(temperature),
        sampler=SAMPLER,
        generators=tuple(drawn),
    )


def assert_near(found: torch.Tensor, expected: torch.Tensor) -> None:
    error = (found - expected).abs().max().item() / max(expected.abs().max().item(), 1e-30)
    assert error <= TOLERANCE


def forbidden(batch: int, slots: int) -> torch.Tensor:
    """Forbid half of the tokens everywhere, and others in the third slot of the last canvas."""
    mask = torch.zeros(batch, slots, VOCAB_SIZE, dtype=torch.bool)
    mask[..., ::2] = True
    mask[-1, 2:3] = torch.arange(VOCAB_SIZE) % 7 != 0
    return mask


CASES = [
    pytest.param(48, list(range(48)), 1, None, 20, id="a whole canvas, nothing known"),
    pytest.param(21, list(range(2, 19)), 1, None, 0, id="known rows on both sides, no context"),
    pytest.param(37, [3, 4, 20], 3, forbidden(3, 3), 13, id="three hypotheses, rules by slot"),
    pytest.param(32, list(range(31)), 2, forbidden(1, 31)[0], 30, id="rules shared by hypotheses"),
    pytest.param(33, list(range(33)), 2, forbidden(1, 1)[0], 5, id="one rule for all"),
]


@torch.inference_mode()
@pytest.mark.parametrize(("rows", "slots", "batch", "mask", "length"), CASES)
def test_steps_find_what_the_plain_layers_find(models, rows, slots, batch, mask, length) -> None:
    plain, wired = models
    clamp = clamp_of(rows, slots, batch, forbidden=mask, mark_known_from_start=batch > 1)
    caches = [cache_of(model, length) for model in models]
    state = initial_state(plain.model, clamp, SAMPLER, generators(batch))
    for temperature in (0.8, 0.5, 0.4):
        expected = step(plain, caches[0], state, clamp, temperature)
        found = step(wired, caches[1], state, clamp, temperature)
        assert torch.equal(found.draft, expected.draft)
        assert_near(found.entropy, expected.entropy)
        assert_near(found.mean_entropy, expected.mean_entropy)
        assert torch.equal(found.accepted, expected.accepted)
        assert_near(found.state.soft_embeddings, expected.state.soft_embeddings)
        fixed = ~clamp.free_rows
        assert torch.equal(found.state.canvas[fixed], clamp.known[fixed])
        assert torch.equal(found.state.history[-1], expected.draft)
        state = expected.state


@torch.inference_mode()
def test_a_step_in_the_interpreter_is_the_plain_step(models, implementation) -> None:
    plain, wired = models
    clamp = clamp_of(7, [1, 2, 4], 2, forbidden=forbidden(2, 3))
    state = initial_state(plain.model, clamp, SAMPLER, generators(2))
    expected = step(plain, cache_of(plain, 10), state, clamp, 0.6)
    found = step(wired, cache_of(wired, 10), state, clamp, 0.6)
    assert torch.equal(found.draft, expected.draft)
    assert torch.equal(found.accepted, expected.accepted)
    assert_near(found.entropy, expected.entropy)
    assert_near(found.state.soft_embeddings, expected.state.soft_embeddings)


@torch.inference_mode()
def test_accepted_slots_take_allowed_tokens_and_the_others_are_noise(models) -> None:
    _, wired = models
    clamp = clamp_of(40, list(range(40)), forbidden=forbidden(1, 1)[0])
    state = initial_state(wired.model, clamp, SAMPLER, generators(1))
    cache, seen, noise = cache_of(wired, 12), [], []
    for _ in range(30):
        found = step(wired, cache, state, clamp, 0.4)
        state = found.state
        seen += state.canvas[found.accepted].tolist()
        noise += state.canvas[~found.accepted].tolist()
    assert seen
    assert all(token % 2 for token in seen)
    assert {token % 2 for token in noise} == {0, 1}


@torch.inference_mode()
def test_what_a_canvas_becomes_hangs_on_its_generator_alone(models) -> None:
    _, wired = models
    cache, canvases = cache_of(wired, 11), []
    for others in ([], [7], [8, 9]):
        clamp = clamp_of(20, list(range(16)), 1 + len(others))
        clamp.free[:] = True
        clamp.known[:] = clamp.known[:1].clone()
        drawn = [torch.Generator().manual_seed(seed) for seed in (1, *others)]
        state = initial_state(wired.model, clamp, SAMPLER, drawn)
        for _ in range(3):
            state = wired.stepper.step(asked_of(cache, state, clamp, 0.5, drawn)).state
        canvases.append(state.canvas[0])
    assert torch.equal(canvases[0], canvases[1])
    assert torch.equal(canvases[0], canvases[2])


@torch.inference_mode()
def test_another_context_and_another_size_are_noticed(models) -> None:
    plain, wired = models
    short, long = [cache_of(m, 8) for m in models], [cache_of(m, 1100) for m in models]
    # The same length, other tokens; the same memory, another length.
    other = [KVCache(CONFIG) for _ in models]
    for (model, _), cache in zip(models, other, strict=True):
        model.encode(torch.arange(8)[None], cache)
    cut = [cache.cut(1098) for cache in long]
    for caches in (short, other, long, cut, short):
        for rows in (12, 40, 12):
            clamp = clamp_of(rows, list(range(6)))
            state = initial_state(plain.model, clamp, SAMPLER, generators(1))
            expected = step(plain, caches[0], state, clamp, 0.6)
            found = step(wired, caches[1], state, clamp, 0.6)
            assert torch.equal(found.draft, expected.draft)
            assert_near(found.entropy, expected.entropy)


@torch.inference_mode()
def test_encoding_and_predicting_go_through_the_operations_too(models) -> None:
    ids = torch.randint(VOCAB_SIZE, (2, 23), generator=torch.Generator().manual_seed(8))
    canvas, found = ids[:, :9], []
    for model, _ in models:
        cache = KVCache(CONFIG)
        hidden = [model.encode(piece, cache) for piece in torch.split(ids, [3, 11, 9], dim=1)]
        soft = model.embed(canvas)
        hidden += [model.denoise(canvas, given, cache) for given in (None, soft)]
        found.append([*hidden, *(t for i in range(2) for part in cache.layer(i) for t in part)])
    for expected, own in zip(*found, strict=True):
        assert_near(own, expected)


@torch.inference_mode()
def test_the_embedded_model_finds_the_same_tokens() -> None:
    models = [load_checkpoint(EMBEDDED, dtype=torch.float32).model for _ in range(2)]
    steppers = [PlainStepper(models[0]), use_kernels(models[1])]
    vocab, numbers = models[0].config.vocab_size, torch.Generator().manual_seed(9)
    ids, caches = torch.randint(vocab, (1, 130), generator=numbers), []
    for model in models:
        caches.append(KVCache(model.config))
        model.encode(ids, caches[-1])
    known = torch.randint(vocab, (2, 60), generator=numbers)
    free = torch.ones(2, 30, dtype=torch.bool)
    clamp = Clamp(known=known, slots=torch.arange(10, 40), free=free)
    state = initial_state(models[0], clamp, SAMPLER, generators(2))
    for temperature in (0.8, 0.6, 0.4):
        pairs = zip(map(Stepped, models, steppers), caches, strict=True)
        expected, found = (step(one, cache, state, clamp, temperature) for one, cache in pairs)
        assert torch.equal(found.draft, expected.draft)
        assert_near(found.entropy, expected.entropy)
        state = expected.state


@torch.inference_mode()
def test_a_stepper_that_has_forgotten_all_goes_on(models) -> None:
    plain, wired = models
    clamp, cache = clamp_of(21, [3, 4, 20]), cache_of(wired, 13)
    state = initial_state(plain.model, clamp, SAMPLER, generators(1))
    before = step(wired, cache, state, clamp, 0.6)
    wired.stepper.forget()
    assert wired.stepper._rings.rings == []
    after = step(wired, cache, state, clamp, 0.6)
    assert torch.equal(after.draft, before.draft)
    assert torch.equal(after.state.canvas, before.state.canvas)


@torch.inference_mode()
def test_a_sampler_of_other_strategies_is_our_mistake(models) -> None:
    _, wired = models
    clamp, cache = clamp_of(21, [3, 4, 20]), cache_of(wired, 13)
    state = initial_state(wired.model, clamp, SAMPLER, generators(1))
    asked = asked_of(cache, state, clamp, 0.6, generators(1))
    with pytest.raises(AssertionError):
        wired.stepper.step(replace(asked, sampler=Sampler.from_config(GenerationConfig())))


class FakeRecorder:
    """Records a step as the step itself, or fails; counts how often it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.asked, self.played = error, 0, 0

    def record(self, recorded: Callable[[], object]) -> Callable[[], None]:
        self.asked += 1
        if self.error:
            raise self.error

        def play() -> None:
            self.played += 1
            recorded()

        return play


def steps_with(recorder: FakeRecorder, monkeypatch, sizes: list[int], on_kernels: bool) -> None:
    """Take steps of canvases of these sizes with a recorder."""
    monkeypatch.setattr(prepared, "runs_on_kernels", lambda device: on_kernels)
    model = random_model(CONFIG)
    own = Stepped(model, KernelStepper(model, put_on_kernels(model), recorder))
    cache = cache_of(own, 5)
    with torch.inference_mode():
        for rows in sizes:
            clamp = clamp_of(rows, [1, 2])
            step(own, cache, initial_state(model, clamp, SAMPLER, generators(1)), clamp, 0.5)


def test_a_size_is_recorded_at_its_second_use_and_played_from_then_on(monkeypatch) -> None:
    recorder = FakeRecorder()
    steps_with(recorder, monkeypatch, [8, 8, 40, 9, 40, 20], on_kernels=True)
    assert (recorder.asked, recorder.played) == (2, 4)


def test_a_step_with_twins_in_it_is_never_recorded(monkeypatch) -> None:
    recorder = FakeRecorder()
    steps_with(recorder, monkeypatch, [8, 8, 8], on_kernels=False)
    assert recorder.asked == 0


@pytest.mark.expected_log("no CUDA graph can be recorded.*not permitted")
def test_a_card_that_records_no_graph_launches_every_step(monkeypatch, caplog) -> None:
    recorder = FakeRecorder(RuntimeError("operation not permitted"))
    steps_with(recorder, monkeypatch, [8, 8, 8, 40, 40], on_kernels=True)
    assert recorder.asked == 1
    assert len(caplog.records) == 1


def test_rules_of_neighbours_that_are_equal_are_one() -> None:
    layout = ClampLayout.of(clamp_of(9, [0, 1, 2, 3, 4], 2, forbidden=forbidden(2, 5)))
    assert layout.rule.tolist() == [0] * 7 + [1] + [2] * 2
    assert layout.shape.rules == 4
    assert torch.equal(layout.forbidden[layout.rule], forbidden(2, 5).flatten(0, 1))
