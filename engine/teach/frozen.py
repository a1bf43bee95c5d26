"""Products with weights that stay as they are, packed or not: gradients go through, none to them.

Autograd would keep the weight of every product until its gradient is taken, and an unpacked one is
four times as large as a packed one. Here a weight is unpacked for a product, and once more for the
product's gradient (Dettmers et al. 2023, arXiv 2305.14314). All of it is plain torch.

Dimensions: T tokens, K chosen experts of each, M hidden, I inner size of an expert.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model.layers import Experts
from engine.model.quantized import QuantizedExperts
from kernels.quantized import Quantized


def frozen_linear(x: Tensor, weight: Callable[[], Tensor]) -> Tensor:
    """Return x · weightᵀ [..., out] for x [..., in] and a weight [out, in] of the same dtype.

    Args:
        x: What the gradient goes to.
        weight: Returns the weight; called once in each direction.
    """
    out: Tensor = _FrozenLinear.apply(x, weight)  # type: ignore[no-untyped-call]
    return out


class _FrozenLinear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Callable[[], Tensor]) -> Tensor:  # noqa: ANN401
        ctx.weight = weight
        return F.linear(x, weight())

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        return grad @ ctx.weight(), None


class Taught(nn.Module):
    """A frozen product and its trained change: x ↦ x · weightᵀ + scale · (x · aᵀ) · bᵀ."""

    def __init__(self, base: nn.Module, a: Tensor, b: Tensor, scale: float) -> None:
        """Take a module with a `weight` [out, in] and the halves [R, in] and [out, R], float32."""
        super().__init__()
        self.base, self.scale = base, scale
        # No parameters of this module: who trains them holds them, by the names of their file.
        self.halves = (a, b)

    def forward(self, x: Tensor) -> Tensor:
        """Map x [..., in] to [..., out]."""
        a, b = self.halves
        # In float32, as PEFT computes it: a change is small beside what it is added to.
        change = F.linear(F.linear(x.float(), a), b) * self.scale
        return frozen_linear(x, self._weight) + change.to(x.dtype)

    def _weight(self) -> Tensor:
        return cast("Tensor", self.base.weight)  # one that is packed is unpacked anew


class FrozenExperts(nn.Module):
    """The experts of a layer, called as `Experts` is, of which one at a time lies unpacked."""

    def __init__(self, base: Experts | QuantizedExperts) -> None:
        """Take the experts, whatever their format."""
        super().__init__()
        self.base = base

    def forward(self, x: Tensor, index: Tensor, weights: Tensor) -> Tensor:
        """Mix the chosen experts' outputs for x [T, M]; index and weights [T, K]."""
        top_k, slots = index.shape[1], index.flatten()
        order = slots.argsort(stable=True)  # [T·K], grouped by expert
        # Copies first, then a permutation: gradients of a lookup that repeats rows are summed in
        # whatever order a card pleases, and a seed would no longer give one result.
        rows = x[:, None].expand(-1, top_k, -1).flatten(0, 1)[order]
        chosen, counts = slots[order].unique_consecutive(return_counts=True)  # type: ignore[no-untyped-call]
        outputs = []
        for expert, part in zip(chosen.tolist(), torch.split(rows, counts.tolist()), strict=True):
            gate, up = frozen_linear(part, partial(self._gate_up, expert)).chunk(2, dim=-1)
            inner = F.gelu(gate, approximate="tanh") * up
            outputs.append(frozen_linear(inner, partial(self._down, expert)))
        scaled = torch.cat(outputs) * weights.flatten()[order, None].to(x.dtype)
        return scaled[order.argsort()].view(len(x), top_k, -1).sum(dim=1)

    def _gate_up(self, expert: int) -> Tensor:
        return _matrix(self.base.gate_up_proj, expert)

    def _down(self, expert: int) -> Tensor:
        return _matrix(self.base.down_proj, expert)


def _matrix(stack: nn.Module | Tensor, number: int) -> Tensor:
    """Return one matrix [out, in] of a stack."""
    if isinstance(stack, Tensor):
        return stack[number]
    record: Quantized = stack.record  # type: ignore[assignment]
    one = type(record)(**{name: tensor[number] for name, tensor in record.tensors().items()})
    matrix: Tensor = one.dequantize(stack.dtype)  # type: ignore[arg-type]
    return matrix
