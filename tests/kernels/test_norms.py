"""Norms, residuals and the embedding: kernels against twins, twins against the model's layer."""

import pytest
import torch
from torch.nn import functional as F

from kernels.norms import attention_end, embed, feed_forward_end, rms_norm
from kernels.quantized import Int8Channel
from tests.kernels.runs import RUNS, assert_near, normal

SIZES = pytest.mark.parametrize(("tokens", "hidden"), [(1, 8), (5, 37), (3, 64)])


def assert_all_near(out, expected, dtype: torch.dtype) -> None:
    for ours, twins in zip(out, expected, strict=True):
        assert_near(ours, twins, dtype)


@RUNS
@SIZES
def test_the_kernels_match_their_twins(device, dtype, tokens, hidden) -> None:
    x, y, z = normal(3, tokens, hidden).to(device, dtype)
    slots = normal(tokens, 3, hidden, seed=1).to(device, dtype)
    weights = normal(4, hidden, seed=2).abs().to(device, dtype)
    scalar = torch.tensor([0.7], device=device)
    for weight in (weights[0], None):
        assert_near(rms_norm.kernel(x, weight, 1e-6), rms_norm.twin(x, weight, 1e-6), dtype)
    args = (x, y, *weights[:3], 1e-6)
    assert_all_near(attention_end.kernel(*args), attention_end.twin(*args), dtype)
    args = (x, z, slots, *weights[:3], scalar, weights[3], 1e-6)
    assert_all_near(feed_forward_end.kernel(*args), feed_forward_end.twin(*args), dtype)


@RUNS
@pytest.mark.parametrize("is_packed", [False, True])
def test_the_embedding_s_kernel_matches_its_twin(device, dtype, is_packed) -> None:
    weight = normal(11, 37).to(device)
    weight = Int8Channel.quantize(weight) if is_packed else weight.to(dtype)
    ids = torch.tensor([0, 10, 3, 3], dtype=torch.int32, device=device)
    extra = normal(4, 37, seed=3).to(device, dtype)
    for options in ((), (extra,), (None, 1e-6), (extra, 1e-6)):
        out = embed.kernel(ids, weight, 6.0, dtype, *options)
        assert_near(out, embed.twin(ids, weight, 6.0, dtype, *options), dtype)


def test_the_twins_are_torch_s_own_norms_in_the_layer_s_order() -> None:
    x, dense = normal(2, 4, 16)
    slots, (a, b, c, d) = normal(4, 2, 16, seed=1), normal(4, 16, seed=2)
    mixed = F.rms_norm(dense, (16,), a, 1e-6) + F.rms_norm(slots.sum(1), (16,), b, 1e-6)
    residual = (x + F.rms_norm(mixed, (16,), c, 1e-6)) * 0.5
    out = feed_forward_end(x, dense, slots, a, b, c, torch.tensor([0.5]), d, 1e-6)
    torch.testing.assert_close(out, (residual, F.rms_norm(residual, (16,), d, 1e-6)))
