# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202
"""Between projection and attention: norms and rotation of the heads, and the ring of cached rows.

Dimensions: T tokens, H query heads, G key heads, D head size, C the ring's rows.
"""

import torch
from torch import Tensor

from kernels.dispatch import operation
from kernels.triton_guard import tl, triton

Heads = tuple[Tensor, Tensor, Tensor]


@triton.jit
def _heads_kernel(
    qkv, query_weight, key_weight, cos, sin, queries, keys, values, eps, H: tl.constexpr,
    G: tl.constexpr, D: tl.constexpr, WIDTH: tl.constexpr,
):  # fmt: skip
    """Norm each head; weigh and rotate queries and keys. Values have neither.

    Grid (T, H + 2·G): one program owns one head of one token. qkv [T, WIDTH · D], WIDTH = H + 2·G,
    or H + G where values are the keys before their norm; weights [D]; cos, sin [T, D], of which
    the first half is read; queries [T, H, D]; keys, values [T, G, D].
    """
    token, head = tl.program_id(0).to(tl.int64), tl.program_id(1)
    half = tl.arange(0, D // 2)
    source = head
    # Full layers have no values of their own: their keys before the norm's weight are taken.
    if head >= WIDTH:
        source = head - G
    x = qkv + (token * WIDTH + source) * D + half
    first = tl.load(x).to(tl.float32)
    second = tl.load(x + D // 2).to(tl.float32)
    factor = tl.rsqrt((tl.sum(first * first, axis=0) + tl.sum(second * second, axis=0)) / D + eps)
    first *= factor
    second *= factor
    if head >= H + G:
        out = values + (token * G + head - H - G) * D + half
        tl.store(out, first.to(values.dtype.element_ty))
        tl.store(out + D // 2, second.to(values.dtype.element_ty))
    else:
        weight = query_weight + half
        out = queries + (token * H + head) * D + half
        if head >= H:
            weight = key_weight + half
            out = keys + (token * G + head - H) * D + half
        first *= tl.load(weight).to(tl.float32)
        second *= tl.load(weight + D // 2).to(tl.float32)
        c = tl.load(cos + token * D + half).to(tl.float32)
        s = tl.load(sin + token * D + half).to(tl.float32)
        tl.store(out, (first * c - second * s).to(queries.dtype.element_ty))
        tl.store(out + D // 2, (second * c + first * s).to(queries.dtype.element_ty))


@triton.jit
def _append_kernel(
    keys, values, cache_keys, cache_values, length, num_tokens, capacity, ROW: tl.constexpr,
    BLOCK: tl.constexpr,
):  # fmt: skip
    """cache[(length + t) mod C] = new[t], for the last C tokens.

    Grid (T, ROW / BLOCK); keys, values [T, ROW], ROW = G · D; cache_* [C, ROW], capacity = C;
    length [1] int32.
    """
    token = tl.program_id(0)
    column = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)
    # Of tokens that share a row of the ring only the last may write it.
    kept = (column < ROW) & (token >= num_tokens - capacity)
    source = token.to(tl.int64) * ROW + column
    target = ((tl.load(length) + token) % capacity).to(tl.int64) * ROW + column
    tl.store(cache_keys + target, tl.load(keys + source, mask=kept), mask=kept)
    tl.store(cache_values + target, tl.load(values + source, mask=kept), mask=kept)


def _launch_heads(
    qkv: Tensor, query_weight: Tensor, key_weight: Tensor, cos: Tensor, sin: Tensor,
    num_kv_heads: int, has_values: bool, eps: float,
) -> Heads:  # fmt: skip
    tokens, head_dim = len(qkv), len(query_weight)
    width = qkv.shape[1] // head_dim
    num_heads = width - num_kv_heads * (2 if has_values else 1)
    queries = torch.empty(tokens, num_heads, head_dim, dtype=qkv.dtype, device=qkv.device)
    keys = torch.empty(tokens, num_kv_heads, head_dim, dtype=qkv.dtype, device=qkv.device)
    values = torch.empty_like(keys)
    _heads_kernel[(tokens, num_heads + 2 * num_kv_heads)](
        qkv, query_weight, key_weight, cos, sin, queries, keys, values, eps,
        H=num_heads, G=num_kv_heads, D=head_dim, WIDTH=width, num_warps=1,
    )  # fmt: skip
    return queries, keys, values


def heads_torch(
    qkv: Tensor, query_weight: Tensor, key_weight: Tensor, cos: Tensor, sin: Tensor,
    num_kv_heads: int, has_values: bool, eps: float,
) -> Heads:  # fmt: skip
    """Compute `heads` in plain torch, in float32."""
    x = qkv.float().view(len(qkv), -1, len(query_weight))
    normed = x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)
    values = normed[:, -num_kv_heads:]
    if has_values:
        normed = normed[:, :-num_kv_heads]
    queries = _rotated(normed[:, :-num_kv_heads] * query_weight.float(), cos, sin)
    keys = _rotated(normed[:, -num_kv_heads:] * key_weight.float(), cos, sin)
    return queries.to(qkv.dtype), keys.to(qkv.dtype), values.to(qkv.dtype).contiguous()


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, dim=-1)
    half = x.shape[-1] // 2
    c, s = cos[:, None, :half].float(), sin[:, None, :half].float()
    return torch.cat((first * c - second * s, second * c + first * s), dim=-1)


def _launch_append(
    keys: Tensor, values: Tensor, cache_keys: Tensor, cache_values: Tensor, length: Tensor
) -> None:
    row = keys.shape[1] * keys.shape[2]
    _append_kernel[(len(keys), triton.cdiv(row, 1024))](
        keys, values, cache_keys, cache_values, length, len(keys), len(cache_keys),
        ROW=row, BLOCK=1024, num_warps=4,
    )  # fmt: skip


def append_cache_torch(
    keys: Tensor, values: Tensor, cache_keys: Tensor, cache_values: Tensor, length: Tensor
) -> None:
    """Compute `append_cache` in plain torch."""
    kept = min(len(keys), len(cache_keys))
    tokens = torch.arange(len(keys) - kept, len(keys), device=keys.device)
    rows = (length.long() + tokens) % len(cache_keys)
    cache_keys[rows] = keys[tokens]
    cache_values[rows] = values[tokens]


heads = operation("heads", _launch_heads, heads_torch)
"""Split a projection into normed queries, keys and values; queries and keys are rotated too.

Args:
    qkv: [T, (H + 2·G) · D]: all queries, all keys, all values; without values (H + G).
    query_weight: [D].
    key_weight: [D].
    cos: [T, D] of the tokens' positions, both halves equal.
    sin: [T, D].
    num_kv_heads: G.
    has_values: False where values are the keys before their norm.
    eps: Of the norms.

Returns:
    Queries [T, H, D], keys and values [T, G, D], in qkv's dtype.
"""

append_cache = operation("append_cache", _launch_append, append_cache_torch)
"""Commit new rows to the ring, in place: position p goes to row p mod C.

To be called after the attention of the same rows, which still looks at the ring's oldest ones. The
caller advances `length` when every layer has done this.

Args:
    keys: [T, G, D].
    values: [T, G, D].
    cache_keys: [C, G, D].
    cache_values: [C, G, D].
    length: [1] int32 on the device: positions committed before these.
"""
