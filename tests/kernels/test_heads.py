"""Heads and the ring: kernels against twins, the twin against the model's own projection."""

import pytest
import torch

from kernels.heads import append_cache, heads
from tests.kernels.runs import RUNS, assert_near, normal


def arguments(tokens, num_heads, key_heads, size, has_values, device, dtype) -> tuple:
    width = num_heads + key_heads * (2 if has_values else 1)
    angles = torch.linspace(0, 3, tokens)[:, None] * torch.linspace(1, 0, size // 2).repeat(2)
    return (
        normal(tokens, width * size).to(device, dtype),
        torch.linspace(0.5, 2, size, device=device),
        torch.linspace(2, 0.5, size, device=device),
        angles.cos().to(device),
        angles.sin().to(device),
        key_heads,
        has_values,
        1e-6,
    )


@RUNS
@pytest.mark.parametrize("has_values", [True, False])
@pytest.mark.parametrize(("tokens", "num_heads", "key_heads"), [(1, 2, 1), (5, 4, 2), (3, 3, 3)])
def test_the_kernel_matches_the_twin(
    device, dtype, tokens, num_heads, key_heads, has_values
) -> None:
    args = arguments(tokens, num_heads, key_heads, 16, has_values, device, dtype)
    for out, expected in zip(heads.kernel(*args), heads.twin(*args), strict=True):
        assert_near(out, expected, dtype)


def test_values_without_a_projection_are_the_keys_before_their_norm() -> None:
    args = arguments(2, 2, 1, 8, False, "cpu", torch.float32)
    raw = args[0].view(2, 3, 8)[:, 2:]
    expected = raw * torch.rsqrt(raw.square().mean(-1, keepdim=True) + 1e-6)
    torch.testing.assert_close(heads(*args)[2], expected)


@RUNS
@pytest.mark.parametrize(
    ("tokens", "ring", "committed"),
    [
        pytest.param(1, 7, 0, id="the first row"),
        pytest.param(5, 7, 12, id="around the ring's end"),
        pytest.param(19, 7, 3, id="more rows than the ring has"),
        pytest.param(4, 1, 2, id="a ring of one row"),
    ],
)
def test_the_ring_holds_what_the_twin_s_holds(device, dtype, tokens, ring, committed) -> None:
    keys, values = normal(2, tokens, 3, 16).to(device, dtype)
    length = torch.tensor([committed], dtype=torch.int32, device=device)
    rings = [torch.zeros(2, ring, 3, 16, dtype=dtype, device=device) for _ in range(2)]
    append_cache.kernel(keys, values, *rings[0], length)
    append_cache.twin(keys, values, *rings[1], length)
    assert torch.equal(*rings)
    assert torch.equal(rings[1][0, (committed + tokens - 1) % ring], keys[-1])
