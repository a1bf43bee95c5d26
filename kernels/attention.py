"""Canvas attention: every row sees all rows given to it, or those a mask leaves; no scale."""

from collections.abc import Sequence
from functools import reduce

import torch
from torch import Tensor
from torch.nn import functional as F


def attention_torch(
    queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor | None = None
) -> Tensor:
    """Return softmax(queries · keysᵀ) · values for grouped heads.

    In float32 to the reference's bit.

    Args:
        queries: [B, H, L, D], float32 or bfloat16; H is a multiple of the key heads G.
        keys: [B, G, S, D].
        values: [B, G, S, D].
        mask: Boolean [L, S] or [B, 1, L, S], True where a row may look; None: everywhere.

    Returns:
        The attended values [B, H, L, D].
    """
    # The call as the reference makes it. Query heads folded into rows take less time and round
    # otherwise: equal seeds then give other tokens within a few steps.
    return F.scaled_dot_product_attention(
        queries,
        keys,
        values,
        attn_mask=mask,
        scale=1.0,
        enable_gqa=queries.shape[1] != keys.shape[1],
    )


def attention_in_parts(
    queries: Tensor, parts: Sequence[tuple[Tensor, Tensor]], mask: Tensor | None = None
) -> Tensor:
    """Compute `attention_torch` on a CPU in less time, over rows that lie in several parts.

    Query heads that share keys stand below each other as rows of one head, and the rows of all
    sequences below each other where they share a part: a few larger products instead of many small
    ones, and nothing is copied to lie side by side.

    Args:
        queries: [B, H, L, D], float32 or bfloat16; H is a multiple of the key heads G.
        parts: Keys and values [B, G, S', D], or [1, G, S', D] for all sequences; S rows in all.
        mask: Boolean [L, N], True where a row may look, of the last N of S rows; those before them
            are seen by all. None: everywhere.

    Returns:
        The attended values [B, H, L, D].
    """
    if all(len(keys) == len(queries) for keys, _ in parts):  # nothing is shared: torch's own
        keys, values = (torch.cat(rows, dim=2) for rows in zip(*parts, strict=True))
        if mask is not None:
            mask = F.pad(mask, (keys.shape[2] - mask.shape[1], 0), value=True)
        return attention_torch(queries, keys, values, mask)
    grouped = queries.reshape(len(queries), parts[0][0].shape[1], -1, queries.shape[3])
    weights = torch.cat([_times(grouped, keys.mT) for keys, _ in parts], dim=-1)
    if mask is not None:
        # Of a long trunk and a few rows behind it, filling all columns takes as long as the rest.
        masked = weights.view(*weights.shape[:2], -1, len(mask), weights.shape[3])
        masked[..., weights.shape[3] - mask.shape[1] :].masked_fill_(~mask, -torch.inf)
    sizes = [keys.shape[2] for keys, _ in parts]
    shares = torch.split(weights.softmax(dim=-1), sizes, dim=-1)
    out = [_times(share, values) for share, (_, values) in zip(shares, parts, strict=True)]
    return reduce(torch.add, out).reshape(queries.shape)


def _times(rows: Tensor, others: Tensor) -> Tensor:
    """Return the product of rows [B, G, R, K] with others [B or 1, G, K, N]: [B, G, R, N]."""
    batch, heads, count, _ = rows.shape
    if batch == len(others):
        return rows @ others
    # One product for all sequences, as they share these rows: this is what the parts are for.
    together = rows.transpose(0, 1).flatten(1, 2) @ others[0]
    return together.view(heads, batch, count, others.shape[3]).transpose(0, 1)
