"""Mixture of experts: each token through its top-k gated-GELU experts, mixed by router weight."""

import torch
from torch import Tensor
from torch.nn import functional as F


def moe(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Run the chosen experts and mix their outputs: y_t = Σ_k w_tk · expert_{index_tk}(x_t).

    Args:
        x: Tokens [T, M], float32 or bfloat16.
        gate_up: Gate and up projections [E, 2·I, M], gate first, in x's dtype.
        down: Down projections [E, M, I].
        index: Chosen experts [T, K] int64, distinct per token.
        weights: Router weights [T, K] float32.

    Returns:
        The mixed outputs [T, M] in x's dtype.
    """
    return moe_torch(x, gate_up, down, index, weights)


def moe_torch(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Compute `moe` in plain torch: tokens sorted by expert, one GEMM pair per expert in use."""
    top_k = index.shape[1]
    order = index.flatten().argsort(stable=True)  # [T·K] slots, grouped by expert
    counts = torch.bincount(index.flatten(), minlength=gate_up.shape[0]).tolist()
    tokens = order // top_k
    grouped = x[tokens]  # [T·K, M]
    outputs = []
    for expert, rows in enumerate(torch.split(grouped, counts)):
        if rows.shape[0]:
            gate, up = F.linear(rows, gate_up[expert]).chunk(2, dim=-1)
            outputs.append(F.linear(F.gelu(gate, approximate="tanh") * up, down[expert]))
    scaled = torch.cat(outputs) * weights.flatten()[order, None].to(x.dtype)
    # Back to token order before the sum, so that a token's experts always add up in one order.
    slots = torch.empty_like(scaled)
    slots[order] = scaled
    return slots.view(len(x), top_k, -1).sum(dim=1)
