"""Mixture of experts: each token through its top-k gated-GELU experts, mixed by router weight."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

_ROOT = 2 * math.sqrt(2 / math.pi)
_CUBE = 0.044715


def moe_torch(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Run the chosen experts and mix their outputs: y_t = Σ_k w_tk · expert_{index_tk}(x_t).

    Tokens are sorted by expert, with one pair of products per expert. In float32 this rounds as the
    model's reference implementation does, to the bit, which is what makes generated tokens
    comparable seed by seed.

    Args:
        x: Tokens [T, M], float32 or bfloat16.
        gate_up: Gate and up projections [E, 2·I, M], gate first, in x's dtype.
        down: Down projections [E, M, I].
        index: Chosen experts [T, K] int64, distinct per token.
        weights: Router weights [T, K] float32.

    Returns:
        The mixed outputs [T, M] in x's dtype.
    """
    top_k = index.shape[1]
    # Stable: a token's place among those of its expert decides how its product is rounded.
    order = index.flatten().argsort(stable=True)  # [T·K] slots, grouped by expert
    counts = torch.bincount(index.flatten(), minlength=gate_up.shape[0]).tolist()
    outputs = []
    # One pair of products for each expert: batched ones were quicker, and summed in another order.
    for expert, rows in enumerate(torch.split(x[order // top_k], counts)):
        if rows.shape[0]:
            gate, up = F.linear(rows, gate_up[expert]).chunk(2, dim=-1)
            outputs.append(F.linear(F.gelu(gate, approximate="tanh") * up, down[expert]))
    scaled = torch.cat(outputs) * weights.flatten()[order, None].to(x.dtype)
    # Back to token order before the sum, so that a token's experts always add up in one order.
    slots = torch.empty_like(scaled)
    slots[order] = scaled
    return slots.view(len(x), top_k, -1).sum(dim=1)


def moe_quick(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Compute `moe_torch` in float32 on a CPU in less time, equal to rounding.

    The weights lie the other way round, [E, M, 2·I] and [E, I, M]. All tokens of all experts share
    one activation, and one lookup weighs and sums what a token's experts gave.
    """
    flat, inner = index.flatten(), down.shape[1]
    order = flat.argsort()  # [T·K] slots, grouped by expert
    counts = torch.bincount(flat, minlength=len(gate_up)).tolist()
    both = _grouped(x.index_select(0, order // index.shape[1]), gate_up, counts)
    outputs = _grouped(gated(both[:, :inner], both[:, inner:]), down, counts)
    # The inverse of the order: where each of a token's experts has put its result.
    places = order.argsort().view_as(index)
    return F.embedding_bag(places, outputs, mode="sum", per_sample_weights=weights)


def gated(gate: Tensor, up: Tensor) -> Tensor:
    """Return gelu(gate) · up, the GELU of the tanh kind, in less time than torch's own.

    ½ g (1 + tanh(√(2/π) (g + 0.044715 g³))) is g · sigmoid(2 √(2/π) (g + 0.044715 g³)), and of a
    sigmoid torch's vectors are quicker.
    """
    inner = gate.pow(3).mul_(_CUBE * _ROOT).add_(gate, alpha=_ROOT)
    return inner.sigmoid_().mul_(gate).mul_(up)


def _grouped(x: Tensor, weights: Tensor, counts: list[int]) -> Tensor:
    """Multiply groups of rows, `counts` long, each with its own weight [in, out]."""
    out = x.new_empty(len(x), weights.shape[2])
    parts = zip(torch.split(x, counts), weights.unbind(), torch.split(out, counts), strict=True)
    for rows, weight, target in parts:
        if len(rows):
            torch.mm(rows, weight, out=target)
    return out
