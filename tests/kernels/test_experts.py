"""The experts' two products: kernels against the twin, the twin against `moe`."""

import pytest
import torch

from kernels.experts import experts
from kernels.moe import moe_torch
from kernels.packed import widened
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from kernels.routing import Routing, route
from tests.kernels.runs import RUNS, assert_near, normal

FORMATS = pytest.mark.parametrize("kind", [Nvfp4, Int4Group, Int8Channel, None])
# tokens, hidden, inner, experts, top_k
SHAPES = [
    pytest.param(1, 64, 32, 4, 1, id="one token, k = 1, empty experts"),
    pytest.param(19, 160, 96, 5, 2, id="tails in every dimension, a prime number of experts"),
    pytest.param(7, 64, 32, 3, 3, id="k = E"),
]


def weights(kind, num_experts: int, hidden: int, inner: int, device: str, dtype=None) -> tuple:
    """Return gate_up and down, packed, or plain in `dtype` if there is no kind."""
    gate_up = normal(num_experts, 2 * inner, hidden, seed=2).to(device) / hidden**0.5
    down = normal(num_experts, hidden, inner, seed=3).to(device) / inner**0.5
    if kind is None:
        return gate_up.to(dtype), down.to(dtype)
    return kind.quantize(gate_up), kind.quantize(down)


def routing_of(x: torch.Tensor, num_experts: int, top_k: int) -> Routing:
    router = normal(num_experts, x.shape[1], seed=4).to(x.device)
    return route.twin(x, router, torch.ones(num_experts, device=x.device), top_k, 1e-6, 16)


@RUNS
@FORMATS
@pytest.mark.parametrize(("tokens", "hidden", "inner", "num_experts", "top_k"), SHAPES)
def test_the_kernels_match_the_twin(
    device, dtype, kind, tokens, hidden, inner, num_experts, top_k
) -> None:
    x = normal(tokens, hidden).to(device, dtype)
    packed = weights(kind, num_experts, hidden, inner, device, dtype)
    routing = routing_of(x, num_experts, top_k)
    out = experts.kernel(x, *packed, routing)
    assert_near(out, experts.twin(x, *packed, routing), dtype)


@RUNS
def test_one_expert_may_take_all_tokens_in_several_tiles(device, dtype) -> None:
    x = normal(1, 64).repeat(37, 1).to(device, dtype) * torch.linspace(0.5, 1, 37)[:, None].to(
        device, dtype
    )
    packed = weights(Nvfp4, 3, 64, 32, device)
    routing = routing_of(x, 3, 1)
    assert (routing.tile_expert >= 0).sum() == 3
    assert_near(experts.kernel(x, *packed, routing), experts.twin(x, *packed, routing), dtype)


@RUNS
def test_the_smallest_and_largest_codes_and_scales_survive(device, dtype) -> None:
    x = normal(3, 64).to(device, dtype)
    gate_up, down = weights(Nvfp4, 2, 64, 32, device)
    # Subnormal and largest scales, in turn; all codes.
    gate_up.scales.view(torch.uint8).flatten()[::2] = 1
    gate_up.scales.view(torch.uint8).flatten()[1::2] = 0x7E
    gate_up.codes.flatten()[:256] = torch.arange(256, dtype=torch.uint8, device=device)
    gate_up = Nvfp4(gate_up.codes, gate_up.scales, gate_up.global_scale / 3000)
    routing = routing_of(x, 2, 2)
    out = experts.kernel(x, gate_up, down, routing)
    assert_near(out, experts.twin(x, gate_up, down, routing), dtype)


@FORMATS
def test_the_twin_is_the_mixture_on_unpacked_weights(kind) -> None:
    x = normal(9, 64)
    gate_up, down = weights(kind, 4, 64, 32, "cpu")
    routing = routing_of(x, 4, 2)
    expected = moe_torch(x, widened(gate_up), widened(down), routing.index.long(), routing.weights)
    out = experts(x, gate_up, down, routing).sum(dim=1)
    torch.testing.assert_close(out, expected, rtol=1e-5, atol=1e-5)
