"""Mixture of experts: each token through its top-k gated-GELU experts, mixed by router weight."""

import torch
from torch import Tensor
from torch.nn import functional as F


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
    order = index.flatten().argsort(stable=True)  # [T·K] slots, grouped by expert
    counts = torch.bincount(index.flatten(), minlength=gate_up.shape[0]).tolist()
    outputs = []
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

    All tokens of all experts share one activation, and the router's weight is applied to the
    narrower side of the second product, so that little but the products themselves is left.
    """
    flat, top_k, inner = index.flatten(), index.shape[1], down.shape[2]
    order = flat.argsort()
    counts = torch.bincount(flat, minlength=len(gate_up)).tolist()
    rows = order // top_k  # [T·K] tokens, grouped by expert
    both = _grouped(x[rows], gate_up, counts)
    hidden = F.gelu(both[:, :inner], approximate="tanh") * both[:, inner:]
    hidden *= weights.flatten()[order, None]
    return torch.zeros_like(x).index_add_(0, rows, _grouped(hidden, down, counts))


def _grouped(x: Tensor, weights: Tensor, counts: list[int]) -> Tensor:
    """Multiply groups of rows, `counts` long, each with its own weight [out, in]."""
    out = x.new_empty(len(x), weights.shape[1])
    parts = zip(torch.split(x, counts), weights, torch.split(out, counts), strict=True)
    for rows, weight, target in parts:
        if len(rows):
            torch.mm(rows, weight.T, out=target)
    return out
