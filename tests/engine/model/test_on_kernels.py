"""The passes on the operations of `kernels`, for weights of every format and their mixtures."""

import pytest
import torch

from engine.model import KVCache, ModelConfig
from engine.model.on_kernels import put_on_kernels
from engine.model.quantized import install
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from tests.tiny import config_json, random_model

CONFIG = ModelConfig.from_json(
    config_json(hidden_size=64, intermediate_size=64, moe_intermediate_size=32)
)
# Of the largest value; the same packed weights on both sides, in float32.
TOLERANCE = 1e-4
DENSE = ("self_attn.", "mlp.", "self_conditioning.")


def packed_model(experts, dense, embedding):
    """Return a model with packed weights; None leaves a kind as it is."""
    model, records = random_model(CONFIG), {}
    for name, weight in model.state_dict().items():
        kind = embedding if name == "embed_tokens.weight" else None
        if "experts." in name:
            kind = experts
        elif name.endswith("_proj.weight") and any(part in name for part in DENSE):
            # A checkpoint may have some of a layer's projections in another format.
            kind = Int8Channel if dense is Nvfp4 and "k_proj" in name else dense
        if kind is not None:
            records[name] = kind.quantize(weight)
            if kind is dense is Nvfp4:  # published with one scale for projections of one input
                records[name] = records[name].with_global_scale(torch.tensor(1e-3))
    install(model, records, torch.float32)
    return model


FORMATS = [
    pytest.param(None, None, None, id="plain"),
    pytest.param(Int4Group, Int8Channel, Int8Channel, id="the default"),
    pytest.param(Nvfp4, Int4Group, Int8Channel, id="four bits"),
    pytest.param(Int8Channel, Nvfp4, None, id="projections of several formats"),
]


@torch.inference_mode()
@pytest.mark.parametrize(("experts", "dense", "embedding"), FORMATS)
def test_the_passes_are_those_of_the_plain_layers(experts, dense, embedding) -> None:
    plain, wired = (packed_model(experts, dense, embedding) for _ in range(2))
    weights = put_on_kernels(wired)
    assert isinstance(weights.embedding, embedding or torch.Tensor)
    ids = torch.randint(320, (2, 19), generator=torch.Generator().manual_seed(2))
    found = []
    for model in (plain, wired):
        cache = KVCache(CONFIG)
        hidden = [model.encode(piece, cache) for piece in ids.split([11, 8], dim=1)]
        hidden.append(model.encode(ids[:1, :4].expand(3, -1), cache.take(torch.tensor([1, 0, 1]))))
        trunk = KVCache(CONFIG)
        model.encode(ids[:1], trunk)
        branches = trunk.branch()  # two that begin alike, then a single row each
        hidden += [model.encode(piece, branches) for piece in ids[:, :3].split([2, 1], dim=1)]
        found.append([*hidden, model.denoise(ids[:, :9], model.embed(ids[:, :9]), cache)])
    for expected, own in zip(*found, strict=True):
        assert (own - expected).abs().max() <= TOLERANCE * expected.abs().max()


def test_projections_of_one_format_stay_packed_side_by_side() -> None:
    model = packed_model(Nvfp4, Int4Group, Int4Group)
    weights = put_on_kernels(model)
    assert isinstance(weights.layers[0].qkv, Int4Group)
    assert weights.layers[0].qkv.shape == (4 * 8 + 2 * 2 * 8, 64)
    # The vocabulary's kernels read no four bits.
    assert isinstance(weights.embedding, Int8Channel)


def test_nvfp4_projections_take_the_larger_global_scale() -> None:
    model = random_model(CONFIG)
    mlp = model.layers[0].mlp
    mlp.up_proj.weight.mul_(8)
    names = ("gate_proj", "up_proj")
    wanted = [getattr(mlp, name).weight.clone() for name in names]
    records = {
        f"layers.0.mlp.{name}.weight": Nvfp4.quantize(weight)
        for name, weight in zip(names, wanted, strict=True)
    }
    install(model, records, torch.float32)
    joined = put_on_kernels(model).layers[0].dense_gate_up
    assert isinstance(joined, Nvfp4)
    error = (joined.dequantize() - torch.cat(wanted)).square().mean().sqrt()
    assert error < 0.15 * torch.cat(wanted).square().mean().sqrt()
