"""The engine's steps on a CUDA device: launched, played from the graph, and beside the twins."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import pytest
import torch

from engine.denoise_step import Clamp, StepInput, initial_state, predict
from engine.denoiser import Begun, Denoising
from engine.generation_config import GenerationConfig
from engine.kernel_step import KernelStepper, use_kernels
from engine.loaders import load_checkpoint
from engine.model import DiffusionGemma, KVCache, ModelConfig
from engine.model.on_kernels import put_on_kernels
from engine.sampler import EntropyBound, QuickDraws, Sampler
from engine.stepping import Stepper
from kernels.dispatch import Operation
from tests.tiny import config_json, random_model

EMBEDDED = Path(__file__).parents[3] / "resources" / "model"
SAMPLER = Sampler.from_config(GenerationConfig(max_denoising_steps=8), QuickDraws())
# In bfloat16, on text that is noise: where two tokens are about as likely, rounding decides.
EQUAL_IDS = 0.95  # of the drafts' tokens
NATS = 0.05  # mean difference of the slots' entropies
DEVICES = pytest.mark.parametrize(
    "device", ["cpu", pytest.param("cuda", marks=pytest.mark.gpu, id="gpu")]
)


def embedded() -> DiffusionGemma:
    return load_checkpoint(EMBEDDED, "cuda", torch.bfloat16).model


def tiny(device: str = "cuda") -> DiffusionGemma:
    """Return a random model whose heads are wide enough for a card's matrix unit."""
    text = {"head_dim": 16, "global_head_dim": 32, "moe_intermediate_size": 32}
    model = random_model(ModelConfig.from_json(config_json(**text)))
    return model if device == "cpu" else model.to(device, torch.bfloat16)


def denoising(
    model: DiffusionGemma, stepper: Stepper, sampler: Sampler = SAMPLER, batch: int = 2
) -> Denoising:
    """Return canvases with known rows and forbidden tokens behind a context."""
    device, vocab = model.device, model.config.vocab_size
    numbers = torch.Generator().manual_seed(4)
    cache = KVCache(model.config)
    model.encode(torch.randint(vocab, (1, 33), generator=numbers).to(device), cache)
    known = torch.randint(vocab, (1, 45), generator=numbers).to(device)
    clamp = Clamp(
        known=known.repeat(batch, 1),
        slots=torch.arange(5, 37, device=device),
        free=torch.ones(batch, 32, dtype=torch.bool, device=device),
        forbidden=(torch.arange(vocab, device=device) % 5 == 0)[None],
    )
    generators = [torch.Generator(device).manual_seed(seed) for seed in range(batch)]
    return Denoising(stepper, Begun.from_noise(model, cache, clamp, sampler, generators))


@contextmanager
def twins() -> Iterator[None]:
    """Let operations be their twins; what is recorded stays what it is."""
    with patch.object(Operation, "__call__", lambda self, *a, **kw: self.twin(*a, **kw)):
        yield


@pytest.mark.gpu
@torch.inference_mode()
@pytest.mark.parametrize("make", [embedded, tiny])
def test_a_played_step_is_the_launched_one(make) -> None:
    model, found = make(), []
    stepper = use_kernels(model)
    own = denoising(model, stepper)
    for _ in range(3):  # launched, recorded, played
        asked = StepInput(
            cache=own.cache,
            state=own.state,
            clamp=own.clamp,
            temperature=torch.tensor(0.6),
            sampler=SAMPLER,
            generators=tuple(one.clone_state() for one in own.stands_at.generators),
        )
        found.append(stepper.step(asked))
    for output in found[1:]:
        assert torch.equal(output.draft, found[0].draft)
        assert torch.equal(output.state.canvas, found[0].state.canvas)
        assert torch.equal(output.entropy, found[0].entropy)


@pytest.mark.gpu
@torch.inference_mode()
@pytest.mark.parametrize("make", [embedded, tiny])
def test_every_step_of_a_canvas_is_near_the_twins(make) -> None:
    model, reference = make(), make()
    own = denoising(model, use_kernels(model))
    unrecorded = KernelStepper(reference, put_on_kernels(reference), None)
    with twins():
        other = denoising(reference, unrecorded)
    for _ in range(6):
        other.state = own.state  # from one state: errors would grow from step to step
        found = own.step().output
        with twins():
            expected = other.step().output
        assert (found.draft == expected.draft).float().mean() >= EQUAL_IDS
        assert (found.entropy - expected.entropy).abs().mean() <= NATS


@torch.inference_mode()
@DEVICES
def test_tokens_are_drawn_as_often_as_the_probabilities_say(device) -> None:
    model, batch, rounds = tiny(device), 32, 20
    stepper = use_kernels(model)
    # Everything is accepted, so the canvas is the sample.
    own = denoising(model, stepper, replace(SAMPLER, acceptance=EntropyBound(bound=1e9)), batch)
    allowed = torch.tensor([3, 50, 77, 120, 121, 200, 301, 319], device=model.device)
    forbidden = torch.ones(1, model.config.vocab_size, dtype=torch.bool, device=model.device)
    forbidden[0, allowed] = False
    own.clamp = replace(own.clamp, forbidden=forbidden)
    state = initial_state(model, own.clamp, SAMPLER, own.stands_at.generators[:1] * batch)
    state = state.take([0] * batch)
    counts = torch.zeros(32, model.config.vocab_size)
    for _ in range(rounds):
        own.state = state
        own.go_to(0)
        tokens = own.step(goes_on=False).output.tokens
        for slot in range(32):
            counts[slot] += torch.bincount(tokens[:, slot], minlength=counts.shape[1])
    # The same weights in float32: a card's own 16-bit logits are off by some percent of a share.
    exact = tiny("cpu").to(model.dtype).float().to(device)
    cache = denoising(exact, stepper).cache
    rest = (own.clamp.take([0]), SAMPLER.temperature(1))
    probs = predict(exact, cache, state.take([0]), *rest).probs
    expected = probs[0, :, allowed].float().cpu() * batch * rounds
    found = counts[:, allowed.cpu()]
    assert found.sum() == counts.sum()
    chi_squared = ((found - expected).square() / expected).sum().item()
    assert chi_squared < 295  # of 224 degrees of freedom: p = 0.001


@pytest.mark.gpu
@torch.inference_mode()
def test_looking_ahead_changes_no_step() -> None:
    found = []
    for looks_ahead in (True, False):
        model = tiny()
        stepper = use_kernels(model)
        stepper._looks_ahead = looks_ahead
        own = denoising(model, stepper)
        steps = [own.step() for _ in range(4)]
        own.keep([1])  # the step that was launched ahead is dropped
        found.append([*steps, own.step(), own.step()])
    for ahead, plain in zip(*found, strict=True):
        assert torch.equal(ahead.output.draft, plain.output.draft)
        assert torch.equal(ahead.output.tokens, plain.output.tokens)
        assert torch.equal(ahead.output.entropy, plain.output.entropy)


@pytest.mark.gpu
def test_the_embedded_model_fills_as_it_is_known_to() -> None:
    for name in ("regex", "tree_sitter_language_pack"):  # the whole engine, not its steps alone
        pytest.importorskip(name)
    from engine.self_test import engine_checks

    checks = list(engine_checks(EMBEDDED, "cuda"))
    assert [check.detail for check in checks if not check.is_ok] == []
