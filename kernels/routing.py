# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202
"""Routing: which experts each token goes to, and the order in which the experts' kernels work.

Dimensions: T tokens, M hidden, E experts, K top-k. A *slot* is one (token, choice) pair, numbered
token · K + choice. Two launches, nothing that waits for the host, and no atomics: equal inputs
give equal orders.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.dispatch import operation
from kernels.triton_guard import cdiv, next_power_of_2, tl, triton


@dataclass(frozen=True, slots=True)
class Routing:
    """Each token's experts, and slots sorted by expert in tiles of `block_tokens`."""

    index: Tensor  # [T, K] int32, best first
    weights: Tensor  # [T, K] float32
    order: Tensor  # [T * K] int32: slots, grouped by expert, ascending within one
    offsets: Tensor  # [E + 1] int32: an expert's first place in `order`
    tile_expert: Tensor  # [tiles] int32, -1: the tile is not needed
    tile_start: Tensor  # [tiles] int32: its first place in `order`
    block_tokens: int  # places a tile; its last places may belong to the next expert


def block_tokens_for(slots: int, num_experts: int) -> int:
    """Return a tile's places: a little above an expert's average, between 16 and 64."""
    return min(max(next_power_of_2(cdiv(slots, num_experts)), 16), 64)


def num_tiles(slots: int, num_experts: int, block_tokens: int) -> int:
    """Return how many tiles any distribution of the slots over the experts can need."""
    # The grid is fixed before anything is counted, because the host does not wait; tiles too many
    # end at once.
    return min(slots, slots // block_tokens + num_experts)


@triton.jit
def _score_kernel(
    x, weight, expert_scale, index, weights, num_tokens, eps,
    M: tl.constexpr, E: tl.constexpr, K: tl.constexpr, BLOCK_T: tl.constexpr,
    BLOCK_M: tl.constexpr, BLOCK_E: tl.constexpr, BLOCK_TOP: tl.constexpr,
):  # fmt: skip
    """index, weights = top-k of softmax(rms_norm(x) · weightᵀ), renormalised, × expert_scale.

    Grid (T / BLOCK_T): one program owns BLOCK_T tokens and all experts. x [T, M]; weight [E, M] in
    x's dtype; expert_scale [E] float32; index [T, K] int32; weights [T, K] float32.
    The norm is a factor of a whole row, so it is applied after the product.
    """
    token = tl.program_id(0) * BLOCK_T + tl.arange(0, BLOCK_T)
    expert = tl.arange(0, BLOCK_E)
    is_token, is_expert = token < num_tokens, expert < E
    scores = tl.zeros((BLOCK_T, BLOCK_E), tl.float32)
    squares = tl.zeros((BLOCK_T,), tl.float32)
    for start in range(0, M, BLOCK_M):
        column = start + tl.arange(0, BLOCK_M)
        in_x = is_token[:, None] & (column < M)[None, :]
        in_weight = is_expert[:, None] & (column < M)[None, :]
        rows = tl.load(x + token[:, None].to(tl.int64) * M + column[None, :], mask=in_x, other=0.0)
        part = tl.load(weight + expert[:, None] * M + column[None, :], mask=in_weight, other=0.0)
        scores = tl.dot(rows, tl.trans(part), scores)
        wide = rows.to(tl.float32)
        squares += tl.sum(wide * wide, axis=1)
    scores *= tl.rsqrt(squares / M + eps)[:, None]
    scores = tl.where(is_expert[None, :], scores, float("-inf"))
    place = tl.arange(0, BLOCK_TOP)
    chosen = tl.zeros((BLOCK_T, BLOCK_TOP), tl.int32)
    values = tl.full((BLOCK_T, BLOCK_TOP), float("-inf"), tl.float32)
    for k in tl.static_range(K):
        best, winner = tl.max(scores, axis=1, return_indices=True)
        values = tl.where(place[None, :] == k, best[:, None], values)
        chosen = tl.where(place[None, :] == k, winner[:, None], chosen)
        # Out of the race, by its number and not its score: of equal ones the lower number was
        # taken.
        scores = tl.where(expert[None, :] == winner[:, None], float("-inf"), scores)
    # The softmax over all, renormalised over the chosen, is the softmax over the chosen.
    mix = tl.exp(values - tl.max(values, axis=1)[:, None])
    mix /= tl.sum(mix, axis=1)[:, None]
    out = token[:, None].to(tl.int64) * K + place[None, :]
    in_out = is_token[:, None] & (place < K)[None, :]
    mix *= tl.load(expert_scale + chosen, mask=in_out, other=0.0)
    tl.store(index + out, chosen, mask=in_out)
    tl.store(weights + out, mix, mask=in_out)


@triton.jit
def _sort_kernel(
    index, order, offsets, tile_expert, tile_start, slots, tiles,
    E: tl.constexpr, BLOCK_TOKENS: tl.constexpr, BLOCK_E: tl.constexpr, BLOCK: tl.constexpr,
):  # fmt: skip
    """Sort slots by expert: a counting sort in which every program counts everything.

    Grid (E): program e writes expert e's places of order [T·K], offsets [E + 1] and its tiles;
    the last one also marks the tiles that are left over. index [T·K] int32.
    """
    own = tl.program_id(0)
    expert = tl.arange(0, BLOCK_E)
    counts = tl.zeros((BLOCK_E,), tl.int32)
    for start in range(0, slots, BLOCK):
        slot = start + tl.arange(0, BLOCK)
        value = tl.load(index + slot, mask=slot < slots, other=0)
        counts += tl.histogram(value, BLOCK_E, mask=slot < slots)
    tile_counts = (counts + BLOCK_TOKENS - 1) // BLOCK_TOKENS
    count = tl.sum(tl.where(expert == own, counts, 0))
    base = tl.sum(tl.where(expert < own, counts, 0))
    tile_base = tl.sum(tl.where(expert < own, tile_counts, 0))
    tl.store(offsets + own, base)
    tile = tl.arange(0, BLOCK)
    for start in range(0, count, BLOCK * BLOCK_TOKENS):
        local = start // BLOCK_TOKENS + tile
        used = local * BLOCK_TOKENS < count
        tl.store(tile_expert + tile_base + local, tl.full((BLOCK,), own, tl.int32), mask=used)
        tl.store(tile_start + tile_base + local, base + local * BLOCK_TOKENS, mask=used)
    if own == E - 1:
        tl.store(offsets + E, slots)
        used_tiles = tl.sum(tile_counts)
        for start in range(used_tiles, tiles, BLOCK):
            rest = start + tile
            tl.store(tile_expert + rest, tl.full((BLOCK,), -1, tl.int32), mask=rest < tiles)
            tl.store(tile_start + rest, tl.zeros((BLOCK,), tl.int32), mask=rest < tiles)
    place = base
    for start in range(0, slots, BLOCK):
        slot = start + tl.arange(0, BLOCK)
        # A running sum instead of atomics: these would give another order in each run, and other
        # sums with it.
        mine = (tl.load(index + slot, mask=slot < slots, other=-1) == own).to(tl.int32)
        tl.store(order + place + tl.cumsum(mine, axis=0) - 1, slot, mask=mine != 0)
        place += tl.sum(mine)


def _launch_route(
    x: Tensor, weight: Tensor, expert_scale: Tensor, top_k: int, eps: float,
    block_tokens: int | None = None,
) -> Routing:  # fmt: skip
    num_tokens, hidden = x.shape
    num_experts, slots = len(weight), num_tokens * top_k
    block_tokens = block_tokens or block_tokens_for(slots, num_experts)
    tiles = num_tiles(slots, num_experts, block_tokens)
    routing = Routing(
        index=torch.empty(num_tokens, top_k, dtype=torch.int32, device=x.device),
        weights=torch.empty(num_tokens, top_k, dtype=torch.float32, device=x.device),
        order=torch.empty(slots, dtype=torch.int32, device=x.device),
        offsets=torch.empty(num_experts + 1, dtype=torch.int32, device=x.device),
        tile_expert=torch.empty(tiles, dtype=torch.int32, device=x.device),
        tile_start=torch.empty(tiles, dtype=torch.int32, device=x.device),
        block_tokens=block_tokens,
    )
    block_experts = max(next_power_of_2(num_experts), 16)
    _score_kernel[(cdiv(num_tokens, 16),)](
        x, weight, expert_scale, routing.index, routing.weights, num_tokens, eps,
        M=hidden, E=num_experts, K=top_k, BLOCK_T=16, BLOCK_M=128, BLOCK_E=block_experts,
        BLOCK_TOP=next_power_of_2(top_k), num_warps=4, num_stages=3,
    )  # fmt: skip
    _sort_kernel[(num_experts,)](
        routing.index, routing.order, routing.offsets, routing.tile_expert, routing.tile_start,
        slots, tiles,
        E=num_experts, BLOCK_TOKENS=block_tokens, BLOCK_E=block_experts, BLOCK=1024, num_warps=4,
    )  # fmt: skip
    return routing


def route_torch(
    x: Tensor, weight: Tensor, expert_scale: Tensor, top_k: int, eps: float,
    block_tokens: int | None = None,
) -> Routing:  # fmt: skip
    """Compute `route` in plain torch, in float32."""
    wide = x.float()
    normed = wide * torch.rsqrt(wide.square().mean(dim=-1, keepdim=True) + eps)
    best, index = (normed @ weight.float().T).topk(top_k, dim=-1)
    weights = best.softmax(dim=-1) * expert_scale[index]
    return _sorted(index, weights, len(weight), block_tokens)


def _sorted(index: Tensor, weights: Tensor, num_experts: int, block_tokens: int | None) -> Routing:
    slots, device = index.numel(), index.device
    block_tokens = block_tokens or block_tokens_for(slots, num_experts)
    counts = torch.bincount(index.flatten(), minlength=num_experts)
    offsets = torch.cat((counts.new_zeros(1), counts.cumsum(0)))
    used = (counts + block_tokens - 1) // block_tokens  # tiles per expert
    expert = torch.arange(num_experts, device=device).repeat_interleave(used)
    nth = torch.arange(len(expert), device=device) - (used.cumsum(0) - used)[expert]
    tiles = num_tiles(slots, num_experts, block_tokens)
    tile_expert = torch.full((tiles,), -1, dtype=torch.int32, device=device)
    tile_expert[: len(expert)] = expert.int()
    tile_start = torch.zeros(tiles, dtype=torch.int32, device=device)
    tile_start[: len(expert)] = (offsets[expert] + nth * block_tokens).int()
    return Routing(
        index=index.int(),
        weights=weights,
        order=index.flatten().argsort(stable=True).int(),
        offsets=offsets.int(),
        tile_expert=tile_expert,
        tile_start=tile_start,
        block_tokens=block_tokens,
    )


route = operation("route", _launch_route, route_torch)
"""Choose experts: top-k of softmax(rms_norm(x) · weightᵀ), renormalised, × expert_scale.

Args:
    x: Tokens [T, M], before any norm.
    weight: Router weights [E, M] in x's dtype, with the router's scale and M^-½ folded in.
    expert_scale: [E] float32.
    top_k: Experts a token; equal scores go to the lower number.
    eps: Of the norm.
    block_tokens: Places a tile, a power of two from 16; None: what suits the average expert.

Returns:
    A `Routing`.
"""
