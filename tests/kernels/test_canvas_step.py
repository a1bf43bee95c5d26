"""The operations put together, against the engine's own model on a tiny random checkpoint."""

import pytest
import torch
from torch import Tensor

from engine.model import KVCache, ModelConfig
from engine.model.layers import Layer
from engine.model.model import DiffusionGemma
from kernels.canvas_step import CanvasStep, LayerContext, LayerWeights, ModelWeights, denoise_pass
from kernels.dispatch import Operation
from kernels.heads import append_cache
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


def layer_weights(layer: Layer) -> LayerWeights:
    attention, experts, router = layer.self_attn, layer.experts, layer.router
    return LayerWeights(
        qkv=attention.packed()[0],
        out=attention.o_proj.weight,
        query_norm=attention.q_norm.weight,
        key_norm=attention.k_norm.weight,
        num_kv_heads=attention.num_kv_heads,
        has_values=attention.v_proj is not None,
        input_norm=layer.input_layernorm.weight,
        post_attention=layer.post_attention_layernorm.weight,
        pre_dense=layer.pre_feedforward_layernorm.weight,
        pre_experts=layer.pre_feedforward_layernorm_2.weight,
        post_dense=layer.post_feedforward_layernorm_1.weight,
        post_experts=layer.post_feedforward_layernorm_2.weight,
        post_feed_forward=layer.post_feedforward_layernorm.weight,
        dense_gate_up=torch.cat((layer.mlp.gate_proj.weight, layer.mlp.up_proj.weight)),
        dense_down=layer.mlp.down_proj.weight,
        router=router.proj.weight * router.scale * router.root,
        expert_scale=router.per_expert_scale,
        experts_gate_up=Nvfp4.quantize(experts.gate_up_proj),
        experts_down=Nvfp4.quantize(experts.down_proj),
        scalar=layer.layer_scalar,
    )


def model_weights(model: DiffusionGemma) -> ModelWeights:
    conditioning = model.self_conditioning
    gate_up = torch.cat((conditioning.gate_proj.weight, conditioning.up_proj.weight))
    return ModelWeights(
        embedding=model.embed_tokens.weight,
        layers=tuple(layer_weights(layer) for layer in model.layers),
        final_norm=model.norm.weight,
        conditioning_norm=conditioning.pre_norm.weight,
        conditioning_gate_up=gate_up,
        conditioning_down=conditioning.down_proj.weight,
        top_k=model.config.top_k_experts,
        eps=model.config.rms_norm_eps,
        cap=model.config.final_logit_softcapping,
    )


def context_of(model: DiffusionGemma) -> tuple[KVCache, list[LayerContext], Tensor]:
    """Encode a prompt; return the engine's cache, the same rows as rings, and their number."""
    cache = KVCache(model.config)
    ids = torch.randint(320, (1, COMMITTED), generator=torch.Generator().manual_seed(1))
    model.encode(ids, cache)
    contexts = []
    for index, layer in enumerate(model.config.layers):
        keys, values = (rows[0].transpose(0, 1) for rows in cache.layer(index))
        ring = torch.full(
            (2, model.config.sliding_window - 1 if layer.is_sliding else 20, *keys.shape[1:]),
            torch.nan,
        )
        append_cache.twin(keys, values, *ring, torch.tensor([COMMITTED - len(keys)]).int())
        contexts.append(LayerContext(*ring, *model.ropes(COMMITTED, ROWS)[layer]))
    return cache, contexts, torch.tensor([COMMITTED]).int()


def canvas_step(model: DiffusionGemma, batch: int = 1) -> CanvasStep:
    """Return a step on canvases whose rows 0, 1 and 9 are known."""
    canvas = torch.randint(320, (batch, ROWS), generator=torch.Generator().manual_seed(2)).int()
    seeds = torch.arange(batch) + 11
    free = torch.arange(2, 9, dtype=torch.int32)
    weights = model_weights(model)
    return CanvasStep(weights, *context_of(model)[1:], canvas, free, seeds, RULES)


@torch.inference_mode()
@pytest.mark.parametrize("has_signal", [False, True])
def test_the_pass_is_the_engine_s(model, has_signal) -> None:
    cache, contexts, length = context_of(model)
    canvas = torch.arange(ROWS)[None] * 30
    soft = normal(1, ROWS, 32, seed=3) if has_signal else None
    expected = model.denoise(canvas, soft, cache)[0]
    signal = torch.zeros(ROWS, 32) if soft is None else soft[0]
    out = denoise_pass(model_weights(model), canvas.int(), signal, contexts, length)
    error = ((out - expected).abs().max() / expected.abs().max()).item()
    print(f"relative error {error:.1e}")
    assert error < 1e-4


@torch.inference_mode()
def test_a_step_finds_what_the_engine_s_logits_say(model, implementation) -> None:
    step = canvas_step(model)
    cache = context_of(model)[0]
    for _ in range(2 if implementation == "twins" else 1):
        canvas, soft = step.state.canvas.long(), step.soft.clone()[None]
        logits = model.logits(model.denoise(canvas, soft, cache)[0, 2:9])
        probs = (logits / step.state.temperature).softmax(dim=-1)
        found = step()
        assert torch.equal(found.draft, logits.argmax(-1).int())
        expected = torch.distributions.Categorical(probs).entropy()
        torch.testing.assert_close(found.entropy, expected, rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(step.soft[2:9], model.soft_embed(probs), rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(step.soft[:2], model.embed(canvas[0, :2]))
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
