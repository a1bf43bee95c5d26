"""The expert mixture's torch twin against a loop over tokens, in float64."""

import pytest
import torch
from torch.nn import functional as F

from kernels.moe import gated, moe_quick, moe_torch

# tokens, experts, top_k, hidden, inner
SHAPES = [
    pytest.param(1, 4, 2, 8, 4, id="one token, most experts empty"),
    pytest.param(17, 7, 3, 12, 5, id="odd sizes and a prime number of experts"),
    pytest.param(9, 4, 1, 8, 6, id="k = 1"),
    pytest.param(9, 4, 4, 8, 6, id="k = E"),
    pytest.param(64, 8, 2, 16, 8, id="several tokens per expert"),
]
TOLERANCE = {torch.float32: 1e-5, torch.bfloat16: 5e-2}  # relative to the largest output


def inputs(
    tokens: int, experts: int, top_k: int, hidden: int, inner: int, dtype: torch.dtype
) -> tuple[torch.Tensor, ...]:
    """Return x, gate_up, down, index and weights, seeded."""
    rng = torch.Generator().manual_seed(tokens * 31 + experts)
    x = torch.randn(tokens, hidden, generator=rng)
    gate_up = torch.randn(experts, 2 * inner, hidden, generator=rng) * 0.3
    down = torch.randn(experts, hidden, inner, generator=rng) * 0.3
    index = torch.rand(tokens, experts, generator=rng).topk(top_k).indices
    weights = torch.rand(tokens, top_k, generator=rng)
    return x.to(dtype), gate_up.to(dtype), down.to(dtype), index, weights


def token_loop(x, gate_up, down, index, weights) -> torch.Tensor:
    """Compute the definition, token by token, in float64."""
    x, gate_up, down = x.double(), gate_up.double(), down.double()
    out = torch.zeros_like(x)
    for token, (experts, mix) in enumerate(zip(index.tolist(), weights.tolist(), strict=True)):
        for expert, weight in zip(experts, mix, strict=True):
            gate, up = (gate_up[expert] @ x[token]).chunk(2)
            out[token] += weight * (down[expert] @ (F.gelu(gate, approximate="tanh") * up))
    return out


def quick(x, gate_up, down, index, weights) -> torch.Tensor:
    """Call `moe_quick` with the weights as it wants them."""
    return moe_quick(x, gate_up.mT.contiguous(), down.mT.contiguous(), index, weights)


RUNS = [
    pytest.param(moe_torch, torch.float32, id="float32"),
    pytest.param(moe_torch, torch.bfloat16, id="bfloat16"),
    pytest.param(quick, torch.float32, id="quick"),
]


@pytest.mark.parametrize(("run", "dtype"), RUNS)
@pytest.mark.parametrize(("tokens", "experts", "top_k", "hidden", "inner"), SHAPES)
def test_moe_matches_the_definition(run, tokens, experts, top_k, hidden, inner, dtype) -> None:
    arguments = inputs(tokens, experts, top_k, hidden, inner, dtype)
    expected, out = token_loop(*arguments), run(*arguments)
    error = ((out.double() - expected).abs().max() / expected.abs().max()).item()
    print(f"relative error {error:.2e}")
    assert out.dtype == dtype
    assert error <= TOLERANCE[dtype]


@pytest.mark.parametrize("run", [moe_torch, quick])
def test_all_tokens_may_choose_one_expert(run) -> None:
    x, gate_up, down, index, weights = inputs(12, 5, 1, 8, 4, torch.float32)
    arguments = (x, gate_up, down, torch.full_like(index, 3), weights)
    torch.testing.assert_close(
        run(*arguments).double(), token_loop(*arguments), rtol=1e-5, atol=1e-6
    )


def test_the_quick_gelu_is_the_gelu() -> None:
    gate = torch.cat((torch.linspace(-12, 12, 997), torch.tensor([0.0, -100.0, 100.0, 1e4])))
    up = torch.linspace(-3, 3, len(gate))
    expected = F.gelu(gate, approximate="tanh") * up
    torch.testing.assert_close(gated(gate, up), expected, rtol=1e-5, atol=1e-6)


def test_the_result_does_not_depend_on_the_other_tokens() -> None:
    x, gate_up, down, index, weights = inputs(20, 6, 2, 8, 4, torch.float32)
    whole = moe_torch(x, gate_up, down, index, weights)
    half = moe_torch(x[:7], gate_up, down, index[:7], weights[:7])
    torch.testing.assert_close(whole[:7], half, rtol=1e-6, atol=1e-7)
