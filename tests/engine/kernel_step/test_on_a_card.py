"""The engine's steps on a CUDA device: launched, played from the graph, and beside the twins."""

from pathlib import Path

import pytest
import torch

from engine.generation_config import GenerationConfig
from engine.kernel_step import use_kernels
from engine.model import DiffusionGemma, KVCache, ModelConfig, load_checkpoint
from engine.sampler import Clamp, QuickDraws, Sampler, StepOutput, initial_state
from kernels.dispatch import Operation
from tests.tiny import config_json, random_model

EMBEDDED = Path(__file__).parents[3] / "resources" / "model"
SAMPLER = Sampler.from_config(GenerationConfig(max_denoising_steps=8), QuickDraws())
# In bfloat16, on text that is noise: where two tokens are about as likely, rounding decides.
EQUAL_IDS = 0.95  # of the drafts' tokens
NATS = 0.05  # mean difference of the slots' entropies

pytestmark = pytest.mark.gpu


def embedded() -> DiffusionGemma:
    return load_checkpoint(EMBEDDED, "cuda", torch.bfloat16).model


def tiny() -> DiffusionGemma:
    """Return a random model whose heads are wide enough for a card's matrix unit."""
    text = {"head_dim": 16, "global_head_dim": 32, "moe_intermediate_size": 32}
    return random_model(ModelConfig.from_json(config_json(**text))).to("cuda", torch.bfloat16)


def outputs(model: DiffusionGemma, count: int) -> list[StepOutput]:
    """Take the same step of two canvases so many times."""
    vocab, numbers = model.config.vocab_size, torch.Generator().manual_seed(4)
    cache = KVCache(model.config)
    model.encode(torch.randint(vocab, (1, 33), generator=numbers).cuda(), cache)
    clamp = Clamp(
        known=torch.randint(vocab, (2, 45), generator=numbers).cuda(),
        slots=torch.arange(5, 37, device="cuda"),
        free=torch.ones(2, 32, dtype=torch.bool, device="cuda"),
        forbidden=(torch.arange(vocab, device="cuda") % 5 == 0)[None],
    )
    state = initial_state(model, clamp, SAMPLER, generators())
    rest = (cache.expand(2), state, clamp, torch.tensor(0.6), SAMPLER)
    assert model.stepper is not None
    return [model.stepper(model, *rest, generators()) for _ in range(count)]


def generators() -> list[torch.Generator]:
    return [torch.Generator("cuda").manual_seed(seed) for seed in (1, 2)]


@torch.inference_mode()
@pytest.mark.parametrize("make", [embedded, tiny])
def test_a_played_step_is_the_launched_one_and_near_the_twins(make, monkeypatch) -> None:
    model = make()
    use_kernels(model)
    launched, *played = outputs(model, 3)
    for output in played:
        assert torch.equal(output.draft, launched.draft)
        assert torch.equal(output.state.canvas, launched.state.canvas)
        assert torch.equal(output.entropy, launched.entropy)
    monkeypatch.setattr(Operation, "__call__", lambda self, *a, **kw: self.twin(*a, **kw))
    reference = make()
    use_kernels(reference)
    (expected,) = outputs(reference, 1)
    assert (launched.draft == expected.draft).float().mean() >= EQUAL_IDS
    assert (launched.entropy - expected.entropy).abs().mean() <= NATS
