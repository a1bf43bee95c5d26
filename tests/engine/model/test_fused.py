"""The fused layers against the plain ones."""

import pytest
import torch

from engine.model import KVCache, ModelConfig
from engine.model.fused import fuse
from tests.tiny import config_json, random_model

SHAPES = [
    pytest.param({}, id="k of several"),
    pytest.param({"num_experts": 3, "top_k_experts": 1}, id="k = 1, an odd number of experts"),
    pytest.param({"num_experts": 4, "top_k_experts": 4}, id="k = E"),
    pytest.param({"num_key_value_heads": 4, "sliding_window": 4}, id="a key for each query"),
]


@torch.inference_mode()
@pytest.mark.parametrize("text", SHAPES)
def test_fusing_changes_nothing_but_rounding(text) -> None:
    config = ModelConfig.from_json(config_json(**text))
    plain, fused = random_model(config), random_model(config)
    generator = torch.Generator().manual_seed(1)
    for model in (plain, fused):
        generator.manual_seed(1)
        for name, tensor in model.state_dict().items():
            if tensor.dim() == 1:  # norm weights and scalars, which fusing folds away
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
            assert "scalar" not in name or tensor.numel() == 1
    fuse(fused)
    ids = torch.randint(config.vocab_size, (2, 11), generator=generator)
    canvas = torch.randint(config.vocab_size, (2, 9), generator=generator)
    soft = torch.randn(2, 9, config.hidden_size, generator=generator)
    soft[:, 3] = 0
    results = []
    for model in (plain, fused):
        cache = KVCache(config)
        encoded = model.encode(ids, cache)
        encoded_more = model.encode(ids[:, :3], cache)
        steps = [model.denoise(canvas, given, cache) for given in (None, soft)]
        results.append([encoded, encoded_more, *steps])
    for expected, found in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=2e-4, atol=2e-4)
