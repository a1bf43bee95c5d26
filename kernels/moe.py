"""Mixture of experts: each token through its top-k gated-GELU experts, mixed by router weight."""

import torch
from torch import Tensor
from torch.nn import functional as F

# Up to so many experts for each one chosen, running all of them costs less than sorting tokens.
_FEW_EXPERTS = 4


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
    few = gate_up.shape[0] <= _FEW_EXPERTS * index.shape[1]
    if few and x.device.type == "cpu" and x.dtype == torch.bfloat16:
        return moe_dense(x, gate_up, down, index, weights)
    return moe_torch(x, gate_up, down, index, weights)


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


def moe_dense(x: Tensor, gate_up: Tensor, down: Tensor, index: Tensor, weights: Tensor) -> Tensor:
    """Compute `moe` on a CPU in less time where the experts are few: all of them, for all tokens.

    Two products whose shapes never change. torch prepares a bfloat16 product anew for each shape,
    which costs more than the arithmetic if every expert has another number of rows every time.
    """
    num_experts, inner = gate_up.shape[0], down.shape[2]
    mix = torch.zeros(len(x), num_experts, dtype=weights.dtype, device=x.device)
    mix.scatter_(1, index, weights)  # [T, E], zero for experts not chosen
    both = F.linear(x, gate_up.flatten(0, 1)).view(len(x), num_experts, 2, inner)
    hidden = F.gelu(both[:, :, 0], approximate="tanh") * both[:, :, 1] * mix[..., None].to(x.dtype)
    return F.linear(hidden.flatten(1), down.permute(1, 0, 2).flatten(1))
