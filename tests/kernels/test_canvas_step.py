"""The operations put together, against the engine's own model on a tiny random checkpoint."""

import copy

import pytest
import torch
from torch import Tensor

from engine.kernel_step.context import CanvasContext, ContextRings
from engine.model import KVCache, ModelConfig
from engine.model.model import DiffusionGemma
from engine.model.on_kernels import put_on_kernels
from kernels.canvas_step import CanvasStep, StepShape
from kernels.dispatch import Operation
from kernels.model_pass import denoise_pass
from kernels.quantized import Nvfp4
from kernels.step import StepRules, read_frame
from tests.kernels.runs import normal
from tests.tiny import config_json, random_model

COMMITTED, ROWS = 13, 10  # more than the sliding layer's window of 8
RULES = StepRules(
    vocab=320, max_steps=4, t_min=0.4, t_max=0.8, bound=2.0, stability=1, confidence=0.005
)


@pytest.fixture(params=["twins", pytest.param("kernels", marks=pytest.mark.interpreter)])
def implementation(request, monkeypatch) -> str:
    """Run the test with the twins, and in the interpreter with the kernels."""
    if request.param == "kernels":
        monkeypatch.setattr(Operation, "__call__", lambda self, *a, **kw: self.kernel(*a, **kw))
    return request.param


@pytest.fixture
def model() -> DiffusionGemma:
    """Return a model in which no norm is trivial, and whose experts are 4-bit numbers."""
    config = ModelConfig.from_json(config_json(moe_intermediate_size=32))
    model, rng = random_model(config), torch.Generator().manual_seed(7)
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.dim() == 1:
            tensor.uniform_(0.5, 1.5, generator=rng)
    for layer in model.layers:
        for weight in (layer.experts.gate_up_proj, layer.experts.down_proj):
            weight.copy_(Nvfp4.quantize(weight).dequantize())
    return model


def context_of(model: DiffusionGemma, batch: int = 1) -> tuple[KVCache, CanvasContext, Tensor]:
    """Encode a prompt; return the engine's cache, the same rows as rings, and their number."""
    cache = KVCache(model.config)
    ids = torch.randint(320, (1, COMMITTED), generator=torch.Generator().manual_seed(1))
    model.encode(ids, cache)
    rings = ContextRings(model.config, model.dtype, model.device)
    rings.load(cache)
    context = CanvasContext(model, rings, batch, ROWS)
    context.at(model, COMMITTED)
    return cache, context, rings.length


def canvas_step(model: DiffusionGemma, batch: int = 1) -> CanvasStep:
    """Return a step on canvases whose rows 0, 1 and 9 are known and speak from step 2 on."""
    weights = put_on_kernels(copy.deepcopy(model))
    _, context, length = context_of(model, batch)
    shape = StepShape(batch=batch, rows=ROWS, slots=7)
    step = CanvasStep(weights, context.layers, length, shape, RULES)
    step.state.canvas.random_(320, generator=torch.Generator().manual_seed(2))
    step.state.canvas.copy_(step.state.canvas[:1].clone().expand(batch, -1))
    step.buffers.lay_out(torch.arange(2, 9), torch.ones(batch, 7, dtype=torch.bool), ROWS)
    step.buffers.known.copy_(model.embed(step.state.canvas.long()).flatten(0, 1))
    step.buffers.seeds.copy_((torch.arange(batch) + 11).repeat_interleave(7))
    return step


@torch.inference_mode()
@pytest.mark.parametrize("has_signal", [False, True])
def test_the_pass_is_the_engine_s(model, has_signal) -> None:
    cache, context, length = context_of(model)
    canvas = torch.arange(ROWS)[None] * 30
    soft = normal(1, ROWS, 32, seed=3) if has_signal else None
    expected = model.denoise(canvas, soft, cache)[0]
    signal = torch.zeros(ROWS, 32) if soft is None else soft[0]
    weights = put_on_kernels(model)
    out = denoise_pass(weights, canvas.int(), signal, context.layers, length)
    error = ((out - expected).abs().max() / expected.abs().max()).item()
    print(f"relative error {error:.1e}")
    assert error < 1e-4


@torch.inference_mode()
def test_a_step_finds_what_the_engine_s_logits_say(model, implementation) -> None:
    step = canvas_step(model)
    cache = context_of(model)[0]
    for _ in range(2 if implementation == "twins" else 1):
        canvas, soft = step.state.canvas.long(), step.buffers.soft.clone()[None]
        logits = model.logits(model.denoise(canvas, soft, cache)[0, 2:9])
        probs = (logits / step.state.temperature).softmax(dim=-1)
        found = step()
        assert torch.equal(found.draft, logits.argmax(-1).int())
        expected = torch.distributions.Categorical(probs).entropy()
        torch.testing.assert_close(found.entropy, expected, rtol=1e-3, atol=1e-3)
        soft = step.buffers.soft
        torch.testing.assert_close(soft[2:9], model.soft_embed(probs), rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(soft[:2], model.embed(canvas[0, :2]))
        frame = read_frame(step.state.frames[int(step.state.step) % 2])
        assert torch.equal(frame.draft[0], found.draft)


@torch.inference_mode()
def test_known_rows_stay_and_a_canvas_does_not_hang_on_its_neighbours(model) -> None:
    one, three = canvas_step(model), canvas_step(model, batch=3)
    known = three.state.canvas[:, [0, 1, 9]].clone()
    for _ in range(3):
        one()
        three()
        assert torch.equal(three.state.canvas[:, [0, 1, 9]], known)
        assert torch.equal(three.state.canvas[0], one.state.canvas[0])
