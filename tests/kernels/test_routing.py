"""Routing: the twin against the model's router, the kernels against the twin."""

import pytest
import torch

from kernels.routing import Routing, block_tokens_for, num_tiles, route
from tests.kernels.runs import ONE_RUN, normal

# tokens, hidden, experts, top_k
SHAPES = [
    pytest.param(1, 32, 4, 1, id="one token, k = 1, most experts empty"),
    pytest.param(5, 40, 4, 4, id="k = E, hidden no multiple of a tile"),
    pytest.param(19, 130, 7, 3, id="tails everywhere, a prime number of experts"),
    pytest.param(33, 64, 16, 8, id="more than one tile an expert"),
]
EXACT = ("index", "order", "offsets", "tile_expert", "tile_start")


def inputs(tokens: int, hidden: int, num_experts: int) -> tuple[torch.Tensor, ...]:
    """Return x, weight and expert_scale, seeded."""
    weight = normal(num_experts, hidden, seed=1) / hidden**0.5
    return normal(tokens, hidden), weight, torch.linspace(0.5, 1.5, num_experts)


@ONE_RUN
@pytest.mark.parametrize(("tokens", "hidden", "num_experts", "top_k"), SHAPES)
def test_the_kernels_route_as_the_twin(device, dtype, tokens, hidden, num_experts, top_k) -> None:
    x, weight, scale = (t.to(device) for t in inputs(tokens, hidden, num_experts))
    x, weight = x.to(dtype), weight.to(dtype)
    out = route.kernel(x, weight, scale, top_k, 1e-6, 16)
    expected = route.twin(x, weight, scale, top_k, 1e-6, 16)
    for name in EXACT:
        assert torch.equal(getattr(out, name), getattr(expected, name)), name
    torch.testing.assert_close(out.weights, expected.weights, rtol=1e-4, atol=1e-5)


@ONE_RUN
def test_all_tokens_may_go_to_one_expert(device, dtype) -> None:
    x, weight, scale = (t.to(device, dtype) for t in inputs(40, 32, 5))
    x[:] = x[0]
    out, expected = (f(x, weight, scale.float(), 1, 1e-6, 16) for f in (route.kernel, route.twin))
    assert out.tile_expert.tolist() == expected.tile_expert.tolist()
    assert len(set(out.index.flatten().tolist())) == 1


def test_the_twin_weighs_as_the_definition() -> None:
    x, weight, scale = inputs(11, 24, 6)
    normed = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)
    best, index = (normed @ weight.T).softmax(-1).topk(3)
    routing = route.twin(x, weight, scale, 3, 1e-6)
    assert torch.equal(routing.index, index.int())
    torch.testing.assert_close(
        routing.weights, best / best.sum(-1, keepdim=True) * scale[index], rtol=1e-5, atol=1e-6
    )


@pytest.mark.parametrize(("tokens", "hidden", "num_experts", "top_k"), SHAPES)
def test_every_slot_is_in_exactly_one_tile(tokens, hidden, num_experts, top_k) -> None:
    routing = route.twin(*inputs(tokens, hidden, num_experts), top_k, 1e-6, 16)
    assert sorted(slots_of(routing)) == list(range(tokens * top_k))
    assert len(routing.tile_expert) == num_tiles(tokens * top_k, num_experts, 16)


def slots_of(routing: Routing) -> list[int]:
    """Walk the tiles as the experts' kernels do; check each slot's expert on the way."""
    slots = []
    for expert, start in zip(
        routing.tile_expert.tolist(), routing.tile_start.tolist(), strict=True
    ):
        if expert >= 0:
            end = min(start + routing.block_tokens, int(routing.offsets[expert + 1]))
            own = routing.order[start:end].long()
            assert (routing.index.flatten()[own] == expert).all()
            slots += own.tolist()
    return slots


def test_tiles_are_a_little_larger_than_the_average_expert_needs() -> None:
    assert [block_tokens_for(slots, 128) for slots in (8, 2048, 4096, 65536)] == [16, 16, 32, 64]
