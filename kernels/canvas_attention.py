# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202, D403
"""Attention of new rows over a ring of cached rows and over themselves, without a mask tensor.

Dimensions: B canvases of L new rows each, H query heads, G key heads, D head size, C the ring's
rows. Position p lies
in the ring at row p mod C. Sliding layers have C = window − 1: then "all rows of the ring" is the
window rule itself, the same rows for every canvas row. The H / G query heads that share a key head
are rows of one product, so keys and values are read once for all of them. Where the rows do not
fill the card, the keys are split over programs and a second launch joins the parts (as Dao et al.,
Flash-Decoding, 2023; online softmax: arXiv 2205.14135).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.dispatch import operation
from kernels.triton_guard import cdiv, next_power_of_2, tl, triton
from kernels.tuning import AttentionTile, attention_tile_for, num_sms

_MAX_SPLITS = 16
_ANY_WINDOW = 1 << 30


@triton.jit
def _attend_tile(
    q, keys, values, total, top, weight_sum, base, column, is_key, seen, G: tl.constexpr,
    D: tl.constexpr,
):  # fmt: skip
    """Add one tile of keys and values [·, G, D] at rows `column` to the online softmax.

    q [R, D]; seen [R, N] or [1, N]: who may look where; total [R, D], top and weight_sum [R].
    """
    LOG2_E: tl.constexpr = 1.4426950408889634
    offset = column[:, None].to(tl.int64) * (G * D) + base
    key = tl.load(keys + offset, mask=is_key[:, None], other=0.0)
    scores = tl.where(seen, tl.dot(q, tl.trans(key)) * LOG2_E, float("-inf"))
    new_top = tl.maximum(top, tl.max(scores, axis=1))
    # A row that has seen nothing yet: any finite number will do.
    shift = tl.where(new_top == float("-inf"), 0.0, new_top)
    weight = tl.exp2(scores - shift[:, None])
    fade = tl.exp2(top - shift)
    value = tl.load(values + offset, mask=is_key[:, None], other=0.0)
    total = tl.dot(weight.to(value.dtype), value, total * fade[:, None])
    return total, new_top, weight_sum * fade + tl.sum(weight, axis=1)


@triton.jit
def _attention_kernel(
    queries, keys, values, cache_keys, cache_values, length, live, out, tops, sums, num_rows,
    capacity, window, H: tl.constexpr, G: tl.constexpr, D: tl.constexpr, SPLITS: tl.constexpr,
    CAUSAL: tl.constexpr, HAS_LIVE: tl.constexpr, BLOCK_ROWS: tl.constexpr,
    BLOCK_KEYS: tl.constexpr,
):  # fmt: skip
    """out = softmax(queries · [cache, keys]ᵀ) · [cache, values], online over tiles of keys.

    Grid (B · L · H/G / BLOCK_ROWS, G, SPLITS): one program owns BLOCK_ROWS (row, head) pairs of one
    canvas and one key head, and one part of the keys. queries [B·L, H, D]; keys, values
    [B·L, G, D]; cache_* [C, G, D], capacity = C; length [1] int32: positions committed so far; live
    [1] int32: rows of a canvas that may be looked at. SPLITS = 1: out [B·L, H, D]; otherwise out
    [SPLITS, B·L, H, D] float32 unnormalised, with tops and sums [SPLITS, B·L, H] float32.
    """
    SHARED: tl.constexpr = H // G
    blocks = tl.cdiv(num_rows * SHARED, BLOCK_ROWS)
    canvas = (tl.program_id(0) // blocks).to(tl.int64)
    canvases = tl.num_programs(0) // blocks
    pair = tl.program_id(0) % blocks * BLOCK_ROWS + tl.arange(0, BLOCK_ROWS)
    row, head = pair // SHARED, tl.program_id(1) * SHARED + pair % SHARED
    is_row = row < num_rows
    dim = tl.arange(0, D)
    pair = (canvas * num_rows + row) * H + head
    place = pair[:, None] * D + dim[None, :]
    keys += canvas * num_rows * (G * D)
    values += canvas * num_rows * (G * D)
    new_rows = num_rows
    if HAS_LIVE:
        new_rows = tl.load(live)
    q = tl.load(queries + place, mask=is_row[:, None], other=0.0)
    committed = tl.load(length)
    cached = tl.minimum(committed, capacity)
    cache_tiles = tl.cdiv(cached, BLOCK_KEYS)
    tiles = cache_tiles + tl.cdiv(new_rows, BLOCK_KEYS)
    first = tiles * tl.program_id(2) // SPLITS
    last = tiles * (tl.program_id(2) + 1) // SPLITS
    base = tl.program_id(1) * D + dim[None, :]
    total = tl.zeros((BLOCK_ROWS, D), tl.float32)
    top = tl.full((BLOCK_ROWS,), float("-inf"), tl.float32)
    weight_sum = tl.zeros((BLOCK_ROWS,), tl.float32)
    for tile in range(first, tl.minimum(last, cache_tiles)):
        column = tile * BLOCK_KEYS + tl.arange(0, BLOCK_KEYS)
        is_key = column < cached
        seen = is_key[None, :]
        if CAUSAL:
            # The position that a row of the ring holds now: the latest with this remainder.
            position = committed - 1 - (committed - 1 - column) % capacity
            seen = seen & (position[None, :] > (committed + row - window)[:, None])
        total, top, weight_sum = _attend_tile(
            q, cache_keys, cache_values, total, top, weight_sum, base, column, is_key, seen, G, D
        )
    for tile in range(tl.maximum(first - cache_tiles, 0), last - cache_tiles):
        column = tile * BLOCK_KEYS + tl.arange(0, BLOCK_KEYS)
        is_key = column < new_rows
        seen = is_key[None, :]
        if CAUSAL:
            ahead = row[:, None] - column[None, :]
            seen = seen & (ahead >= 0) & (ahead < window)
        total, top, weight_sum = _attend_tile(
            q, keys, values, total, top, weight_sum, base, column, is_key, seen, G, D
        )
    if SPLITS == 1:
        # Rows beyond the last have seen nothing; every other sum is at least 1.
        total = total / tl.maximum(weight_sum, 1.0)[:, None]
        tl.store(out + place, total.to(out.dtype.element_ty), mask=is_row[:, None])
    else:
        part = tl.program_id(2) * canvases * num_rows * H
        tl.store(out + part.to(tl.int64) * D + place, total, mask=is_row[:, None])
        tl.store(tops + part + pair, top, mask=is_row)
        tl.store(sums + part + pair, weight_sum, mask=is_row)


@triton.jit
def _join_kernel(
    parts, tops, sums, out, count, D: tl.constexpr, SPLITS: tl.constexpr, BLOCK: tl.constexpr
):
    """Join the parts of `_attention_kernel`: weigh each by how its top compares.

    Grid (L · H): one program owns one (row, head). parts [SPLITS, L·H, D], tops and sums
    [SPLITS, L·H] float32; out [L·H, D]; count = L · H.
    """
    pair = tl.program_id(0).to(tl.int64)
    split, dim = tl.arange(0, BLOCK), tl.arange(0, D)
    is_split = split < SPLITS
    # A part that has seen no key has −∞ here, and so no weight.
    top = tl.load(tops + split * count + pair, mask=is_split, other=float("-inf"))
    fade = tl.exp2(top - tl.max(top, axis=0))
    weight_sum = tl.load(sums + split * count + pair, mask=is_split, other=0.0)
    place = (split.to(tl.int64) * count + pair)[:, None] * D + dim[None, :]
    part = tl.load(parts + place, mask=is_split[:, None], other=0.0)
    total = tl.sum(part * fade[:, None], axis=0) / tl.sum(weight_sum * fade, axis=0)
    tl.store(out + pair * D + dim, total.to(out.dtype.element_ty))


def _launch(
    queries: Tensor, keys: Tensor, values: Tensor, cache_keys: Tensor, cache_values: Tensor,
    length: Tensor, is_causal: bool = False, window: int | None = None, splits: int | None = None,
    canvases: int = 1, live: Tensor | None = None,
) -> Tensor:  # fmt: skip
    all_rows, num_heads, head_dim = queries.shape
    num_rows, num_kv_heads, capacity = all_rows // canvases, keys.shape[1], len(cache_keys)
    tile = attention_tile_for(head_dim, queries.device)
    blocks = canvases * cdiv(num_rows * (num_heads // num_kv_heads), tile.block_rows)
    splits = splits or _splits(queries.device, blocks * num_kv_heads, capacity + num_rows, tile)
    out = torch.empty_like(queries)
    parts = out if splits == 1 else out.new_empty((splits, *out.shape), dtype=torch.float32)
    tops = torch.empty(splits, all_rows, num_heads, dtype=torch.float32, device=queries.device)
    sums = torch.empty_like(tops)
    _attention_kernel[(blocks, num_kv_heads, splits)](
        queries, keys, values, cache_keys, cache_values, length, length if live is None else live,
        parts, tops, sums, num_rows, capacity, window or _ANY_WINDOW,
        H=num_heads, G=num_kv_heads, D=head_dim, SPLITS=splits, CAUSAL=is_causal,
        HAS_LIVE=live is not None, BLOCK_ROWS=tile.block_rows, BLOCK_KEYS=tile.block_keys,
        num_warps=tile.num_warps, num_stages=tile.num_stages,
    )  # fmt: skip
    if splits > 1:
        _join_kernel[(all_rows * num_heads,)](
            parts, tops, sums, out, all_rows * num_heads,
            D=head_dim, SPLITS=splits, BLOCK=next_power_of_2(splits), num_warps=2,
        )  # fmt: skip
    return out


def _splits(device: torch.device, programs: int, keys: int, tile: AttentionTile) -> int:
    """Return the parts that fill the card once, with two tiles of keys each at least.

    A power of two: every number is a kernel of its own, to be compiled.
    """
    wanted = num_sms(device) // programs
    parts = max(1, min(wanted, keys // (2 * tile.block_keys), _MAX_SPLITS))
    return next_power_of_2(parts + 1) // 2


def canvas_attention_torch(
    queries: Tensor, keys: Tensor, values: Tensor, cache_keys: Tensor, cache_values: Tensor,
    length: Tensor, is_causal: bool = False, window: int | None = None, splits: int | None = None,
    canvases: int = 1, live: Tensor | None = None,
) -> Tensor:  # fmt: skip
    """Compute `canvas_attention` in plain torch, in float32; this one waits for `length`."""
    num_rows, committed, capacity = len(queries) // canvases, int(length), len(cache_keys)
    cached = min(committed, capacity)
    new = num_rows if live is None else int(live)
    rows = torch.arange(num_rows, device=queries.device)
    slots = torch.arange(cached, device=queries.device)
    positions = committed - 1 - (committed - 1 - slots) % max(capacity, 1)
    mask = None
    if is_causal:
        ahead = committed + rows[:, None] - torch.cat((positions, committed + rows[:new]))
        mask = (ahead >= 0) & (ahead < (window or _ANY_WINDOW))
    seen_keys, seen_values = (
        torch.cat(
            (
                cache[None, :cached].expand(canvases, -1, -1, -1),
                fresh.view(canvases, num_rows, *fresh.shape[1:])[:, :new],
            ),
            dim=1,
        )
        .float()
        .transpose(1, 2)
        .repeat_interleave(queries.shape[1] // keys.shape[1], dim=1)
        for cache, fresh in ((cache_keys, keys), (cache_values, values))
    )
    out = F.scaled_dot_product_attention(
        queries.float().view(canvases, num_rows, *queries.shape[1:]).transpose(1, 2),
        seen_keys,
        seen_values,
        attn_mask=mask,
        scale=1.0,
    )
    return out.transpose(1, 2).flatten(0, 1).to(queries.dtype).contiguous()


canvas_attention = operation("canvas_attention", _launch, canvas_attention_torch)
"""Attend from new rows to the cached rows and to the new rows themselves; no scale.

Args:
    queries: [B·L, H, D], normed and rotated; D a power of two.
    keys: The new rows' keys [B·L, G, D].
    values: The new rows' values [B·L, G, D].
    cache_keys: The ring [C, G, D], C ≥ 1; rows that were never written are not looked at.
    cache_values: [C, G, D].
    length: [1] int32 on the device: positions committed so far, those that left the ring included.
    is_causal: False for the canvas: everyone sees everything. True for encoding: a row sees what
        stands before it and itself.
    window: How many positions a causal row sees, itself included; None: all.
    splits: Parts of the keys; None: what fills the card.
    canvases: B, behind one cache; none sees another's rows.
    live: [1] int32 on the device: how many of a canvas's rows may be looked at; the others fill it
        up and are seen by nobody. None: all.

Returns:
    [B·L, H, D] in the queries' dtype.
"""
