"""Dense projections on packed weights: kernels against twins, twins against torch."""

import pytest
import torch
from torch.nn import functional as F

from kernels.linear import gated_linear, linear
from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from tests.kernels.runs import RUNS, assert_near, normal

# tokens, inputs, outputs
SHAPES = [
    pytest.param(1, 32, 4, id="one token, less than any tile"),
    pytest.param(19, 160, 70, id="tails in every dimension"),
    pytest.param(70, 96, 32, id="more than one tile of tokens"),
]


def packed(kind, outputs: int, inputs: int, device: str, dtype: torch.dtype):
    """Return a weight [outputs, inputs], packed or plain."""
    weight = normal(outputs, inputs, seed=5).to(device) / inputs**0.5
    return weight.to(dtype) if kind is None else kind.quantize(weight)


@RUNS
@pytest.mark.parametrize("kind", [None, Int8Channel, Int4Group, Nvfp4])
@pytest.mark.parametrize(("tokens", "inputs", "outputs"), SHAPES)
def test_the_kernels_match_the_twins(device, dtype, kind, tokens, inputs, outputs) -> None:
    x = normal(tokens, inputs).to(device, dtype)
    weight = packed(kind, outputs, inputs, device, dtype)
    assert_near(linear.kernel(x, weight), linear.twin(x, weight), dtype)
    assert_near(gated_linear.kernel(x, weight), gated_linear.twin(x, weight), dtype)


def test_the_twins_are_the_products_on_unpacked_weights() -> None:
    x, weight = normal(5, 64), packed(Int8Channel, 12, 64, "cpu", torch.float32)
    gate, up = F.linear(x, weight.dequantize()).chunk(2, dim=-1)
    torch.testing.assert_close(linear(x, weight), torch.cat((gate, up), dim=-1))
    torch.testing.assert_close(gated_linear(x, weight), F.gelu(gate, approximate="tanh") * up)
