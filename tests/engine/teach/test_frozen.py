"""Frozen products and experts: gradients against autograd on unpacked weights, in float64."""

import pytest
import torch
from torch import nn

from engine.checkpoints.resident import FORMATS
from engine.model import ModelConfig
from engine.model.layers import Experts
from engine.model.quantized import QuantizedExperts
from engine.teach.frozen import FrozenExperts, Taught, frozen_linear
from kernels.moe import moe_torch
from tests.tiny import config_json

DOUBLE = torch.float64


def random(*shape: int, seed: int = 0, dtype: torch.dtype = DOUBLE) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


@pytest.mark.parametrize("kind", FORMATS)
def test_a_gradient_goes_through_a_packed_product_and_nothing_unpacked_is_kept(kind) -> None:
    record = FORMATS[kind].quantize(random(6, 64, dtype=torch.float32))
    asked, kept = [], []

    def weight() -> torch.Tensor:
        asked.append(True)
        return record.dequantize(DOUBLE)

    x, toward = random(3, 64, seed=1).requires_grad_(), random(3, 6, seed=2)
    with torch.autograd.graph.saved_tensors_hooks(kept.append, lambda tensor: tensor):
        y = frozen_linear(x, weight)
    assert not kept
    assert len(asked) == 1
    torch.testing.assert_close(y, x @ record.dequantize(DOUBLE).T)
    (grad,) = torch.autograd.grad(y, x, toward)
    torch.testing.assert_close(grad, toward @ record.dequantize(DOUBLE))
    assert torch.autograd.gradcheck(lambda x: frozen_linear(x, weight), (x,))


def test_a_taught_product_is_the_merged_one_and_so_are_its_gradients() -> None:
    base = nn.Linear(12, 7, bias=False).requires_grad_(requires_grad=False)
    a, b = (random(*s, seed=3, dtype=torch.float32).requires_grad_() for s in ((4, 12), (7, 4)))
    x = random(2, 5, 12, seed=4, dtype=torch.float32).requires_grad_()
    leaves, toward = (x, a, b), random(2, 5, 7, seed=5, dtype=torch.float32)
    ours = Taught(base, a, b, scale=2.0)(x)
    merged = x @ (base.weight + 2.0 * b @ a).T
    torch.testing.assert_close(ours, merged, rtol=1e-5, atol=1e-5)
    for got, wanted in zip(
        *(torch.autograd.grad(y, leaves, toward) for y in (ours, merged)), strict=True
    ):
        torch.testing.assert_close(got, wanted, rtol=1e-4, atol=1e-5)


# Three of the five experts are chosen, one by a single token; or all of them by each.
CHOICES = {
    "some": torch.tensor([[0, 3], [3, 0], [0, 3], [4, 0]]),
    "all": torch.stack(
        [torch.randperm(5, generator=torch.Generator().manual_seed(i)) for i in range(4)]
    ),
}


@pytest.mark.parametrize("kind", [None, *FORMATS])
@pytest.mark.parametrize("choice", CHOICES)
def test_frozen_experts_mix_and_differentiate_as_unpacked_ones_do(kind, choice) -> None:
    gate_up, down = random(5, 64, 32, dtype=torch.float32), random(5, 32, 32, dtype=torch.float32)
    if kind is None:
        config = ModelConfig.from_json(
            config_json(num_experts=5, moe_intermediate_size=32, hidden_size=32)
        )
        base = Experts(config).requires_grad_(requires_grad=False).double()
        base.gate_up_proj.copy_(gate_up)
        base.down_proj.copy_(down)
        plain = gate_up.double(), down.double()
    else:
        records = [FORMATS[kind].quantize(weight) for weight in (gate_up, down)]
        base = QuantizedExperts(*records, DOUBLE)
        plain = records[0].dequantize(DOUBLE), records[1].dequantize(DOUBLE)
    index = CHOICES[choice]
    x = random(4, 32, seed=6).requires_grad_()
    weights = random(*index.shape, seed=7).requires_grad_()
    ours = FrozenExperts(base)(x, index, weights)
    twin = moe_torch(x, *plain, index, weights)
    torch.testing.assert_close(ours, twin)
    toward = random(4, 32, seed=8)
    got, wanted = (torch.autograd.grad(y, (x, weights), toward) for y in (ours, twin))
    torch.testing.assert_close(got, wanted)
