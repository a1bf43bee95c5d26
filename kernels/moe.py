"""Mixture of experts: each token through its top-k gated-GELU experts, mixed by router weight."""

import torch
from torch import Tensor
from torch.nn import functional as F

# From here on the rows that pad a batch cost more than a pair of products per expert.
_MAX_PADDING = 1.6


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
    if x.dtype == torch.float32 or _padding(index, gate_up.shape[0]) > _MAX_PADDING:
        return moe_torch(x, gate_up, down, index, weights)
    return moe_batched(x, gate_up, down, index, weights)


def _padding(index: Tensor, num_experts: int) -> float:
    """Return how many rows a padded batch would have for each row that is needed."""
    counts = torch.bincount(index.flatten(), minlength=num_experts)
    return num_experts * int(counts.max()) / index.numel()


def moe_torch(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Compute `moe` in plain torch: tokens sorted by expert, one pair of products per expert.

    In float32 this rounds as the model's reference implementation does, to the bit, which is what
    makes generated tokens comparable seed by seed.
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


def moe_batched(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Compute `moe` on a CPU in less time: one padded batch of rows per expert, two products.

    With about 16 rows per expert the padding costs less than a pair of products per expert would.
    """
    num_experts, top_k = gate_up.shape[0], index.shape[1]
    chosen = index.flatten()  # [T·K]
    one_hot = F.one_hot(chosen, num_experts)
    place = (one_hot.cumsum(dim=0) * one_hot).sum(dim=1) - 1  # each slot's row within its expert
    capacity = int(place.max()) + 1
    rows = chosen * capacity + place
    padded = x.new_zeros(num_experts * capacity, x.shape[1])
    padded[rows] = x.repeat_interleave(top_k, dim=0)
    gate, up = torch.bmm(padded.view(num_experts, capacity, -1), gate_up.mT).chunk(2, dim=-1)
    outputs = torch.bmm(F.gelu(gate, approximate="tanh") * up, down.mT).flatten(0, 1)
    mixed = outputs[rows].view(len(x), top_k, -1) * weights[..., None].to(x.dtype)
    return mixed.sum(dim=1)
