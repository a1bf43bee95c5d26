# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202, E741
"""The experts: two grouped products on packed weights, in the order that `routing` laid out.

Dimensions: T tokens, M hidden, E experts, I an expert's inner size, K top-k, S = T · K slots.
The weights are the left operand, decoded in registers; a tile's few tokens are the narrow right
one, so that the matrix unit's rows are never empty however few tokens an expert has.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from kernels.dispatch import operation
from kernels.packed import (
    CODE_SCALE,
    INT4,
    Weight,
    add_product,
    format_of,
    gelu_tanh,
    pointers,
    select,
    widened,
)
from kernels.routing import Routing
from kernels.triton_guard import cdiv, tl, triton
from kernels.tuning import tile_for


@triton.jit
def _gate_up_kernel(
    x, codes, scales, global_scale, order, offsets, tile_expert, tile_start, hidden, tiles,
    code_scale, M: tl.constexpr, I: tl.constexpr, K: tl.constexpr, FORMAT: tl.constexpr,
    BLOCK_TOKENS: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """hidden[place] = gelu(gate_e · x[token]) · (up_e · x[token]), for the tile's expert e.

    Grid (tiles · I / BLOCK_N): one program owns BLOCK_N inner columns of one tile; neighbours
    share the columns, so that a second tile of an expert finds its weights in the L2 cache.
    x [T, M]; codes [E, 2·I, ·], gate rows first, and scales [E, 2·I, ·] as `add_product` reads
    them; global_scale [E] float32 (NVFP4); order, offsets, tiles: `Routing`; hidden [S, I].
    """
    CODES: tl.constexpr = M // 2 if FORMAT >= 2 else M
    SCALES: tl.constexpr = M // 16 if FORMAT == 3 else (M // 32 if FORMAT == 2 else 1)
    tile = tl.program_id(0) % tiles
    expert = tl.load(tile_expert + tile).to(tl.int64)
    # A tile that this distribution of tokens does not need.
    if expert < 0:
        return
    row = tl.program_id(0) // tiles * BLOCK_N + tl.arange(0, BLOCK_N)
    is_row = row < I
    place = tl.load(tile_start + tile) + tl.arange(0, BLOCK_TOKENS)
    is_place = place < tl.load(offsets + expert + 1)
    token = tl.load(order + place, mask=is_place, other=0).to(tl.int64) // K
    codes += expert * (2 * I * CODES)
    scales += expert * (2 * I * SCALES)
    gate = tl.zeros((BLOCK_N, BLOCK_TOKENS), tl.float32)
    up = tl.zeros((BLOCK_N, BLOCK_TOKENS), tl.float32)
    for start in range(0, M, BLOCK_K):
        column = start + tl.arange(0, BLOCK_K)
        in_x = is_place[:, None] & (column < M)[None, :]
        rows = tl.load(x + token[:, None] * M + column[None, :], mask=in_x, other=0)
        gate = add_product(gate, rows, codes, scales, row, is_row, start, M, BLOCK_K, FORMAT)
        up = add_product(up, rows, codes, scales, row + I, is_row, start, M, BLOCK_K, FORMAT)
    if FORMAT == 1:
        gate *= tl.load(scales + row, mask=is_row, other=0.0)[:, None]
        up *= tl.load(scales + row + I, mask=is_row, other=0.0)[:, None]
    factor = code_scale
    if FORMAT == 3:
        factor *= tl.load(global_scale + expert)
    out = gelu_tanh(gate * factor) * (up * factor)
    target = hidden + place[None, :].to(tl.int64) * I + row[:, None]
    tl.store(target, out.to(hidden.dtype.element_ty), mask=is_row[:, None] & is_place[None, :])


@triton.jit
def _down_kernel(
    hidden, codes, scales, global_scale, weights, order, offsets, tile_expert, tile_start, out,
    tiles, code_scale, M: tl.constexpr, I: tl.constexpr, FORMAT: tl.constexpr,
    BLOCK_TOKENS: tl.constexpr, BLOCK_N: tl.constexpr, BLOCK_K: tl.constexpr,
):  # fmt: skip
    """out[slot] = weight[slot] · (down_e · hidden[place]), for the tile's expert e.

    Grid (tiles · M / BLOCK_N), laid out as in `_gate_up_kernel`. hidden [S, I]; codes
    [E, M, ·]; weights [S] float32; out [S, M].
    """
    CODES: tl.constexpr = I // 2 if FORMAT >= 2 else I
    SCALES: tl.constexpr = I // 16 if FORMAT == 3 else (I // 32 if FORMAT == 2 else 1)
    tile = tl.program_id(0) % tiles
    expert = tl.load(tile_expert + tile).to(tl.int64)
    if expert < 0:
        return
    row = tl.program_id(0) // tiles * BLOCK_N + tl.arange(0, BLOCK_N)
    is_row = row < M
    place = tl.load(tile_start + tile) + tl.arange(0, BLOCK_TOKENS)
    is_place = place < tl.load(offsets + expert + 1)
    codes += expert * (M * CODES)
    scales += expert * (M * SCALES)
    total = tl.zeros((BLOCK_N, BLOCK_TOKENS), tl.float32)
    for start in range(0, I, BLOCK_K):
        column = start + tl.arange(0, BLOCK_K)
        in_x = is_place[:, None] & (column < I)[None, :]
        source = hidden + place[:, None].to(tl.int64) * I + column[None, :]
        rows = tl.load(source, mask=in_x, other=0)
        total = add_product(total, rows, codes, scales, row, is_row, start, I, BLOCK_K, FORMAT)
    if FORMAT == 1:
        total *= tl.load(scales + row, mask=is_row, other=0.0)[:, None]
    factor = code_scale
    if FORMAT == 3:
        factor *= tl.load(global_scale + expert)
    slot = tl.load(order + place, mask=is_place, other=0).to(tl.int64)
    total *= factor * tl.load(weights + slot, mask=is_place, other=0.0)[None, :]
    target = out + slot[None, :] * M + row[:, None]
    tl.store(target, total.to(out.dtype.element_ty), mask=is_row[:, None] & is_place[None, :])


def _launch_experts(x: Tensor, gate_up: Weight, down: Weight, routing: Routing) -> Tensor:
    hidden_size, inner = x.shape[1], down.shape[2]
    slots, tiles = routing.index.numel(), len(routing.tile_expert)
    hidden = torch.empty(slots, inner, dtype=x.dtype, device=x.device)
    out = torch.empty(slots, hidden_size, dtype=x.dtype, device=x.device)
    places = (routing.order, routing.offsets, routing.tile_expert, routing.tile_start)
    block = routing.block_tokens
    tile = tile_for(_tile_name("experts_gate_up", gate_up), x.device, block, inner, tiles)
    _gate_up_kernel[(tiles * cdiv(inner, tile.block_n),)](
        x, *pointers(gate_up), *places, hidden, tiles, CODE_SCALE[format_of(gate_up)],
        M=hidden_size, I=inner, K=routing.index.shape[1], FORMAT=format_of(gate_up),
        BLOCK_TOKENS=block, **tile.options(),
    )  # fmt: skip
    tile = tile_for(_tile_name("experts_down", down), x.device, block, hidden_size, tiles)
    _down_kernel[(tiles * cdiv(hidden_size, tile.block_n),)](
        hidden, *pointers(down), routing.weights, *places, out, tiles,
        CODE_SCALE[format_of(down)],
        M=hidden_size, I=inner, FORMAT=format_of(down), BLOCK_TOKENS=block,
        **tile.options(),
    )  # fmt: skip
    return out.view(*routing.index.shape, hidden_size)


def _tile_name(name: str, weight: Weight) -> str:
    return name if format_of(weight) >= INT4 else f"{name}8"


def experts_torch(x: Tensor, gate_up: Weight, down: Weight, routing: Routing) -> Tensor:
    """Compute `experts` in plain torch, expert by expert, in float32."""
    top_k = routing.index.shape[1]
    out = torch.empty(routing.index.numel(), x.shape[1], dtype=x.dtype, device=x.device)
    offsets = routing.offsets.tolist()
    for expert in range(len(offsets) - 1):
        slots = routing.order[offsets[expert] : offsets[expert + 1]].long()
        if len(slots):
            rows = x[slots // top_k].float()
            both = F.linear(rows, widened(select(gate_up, expert)))
            gate, up = both.chunk(2, dim=-1)
            hidden = (F.gelu(gate, approximate="tanh") * up).to(x.dtype).float()
            mixed = F.linear(hidden, widened(select(down, expert)))
            out[slots] = (mixed * routing.weights.flatten()[slots, None]).to(x.dtype)
    return out.view(*routing.index.shape, -1)


experts = operation("experts", _launch_experts, experts_torch)
"""Run each slot's expert and weigh its output by the router: w · down(gelu(gate(x)) · up(x)).

The sum over a token's slots is left to whoever reads them (`norms.feed_forward_end`): that costs
less than sums in memory, and adds in one order, so that equal seeds give equal tokens.

Args:
    x: Tokens [T, M], normed.
    gate_up: Gate and up projections [E, 2·I, M], gate first, packed or plain in x's dtype.
    down: Down projections [E, M, I], likewise.
    routing: What `route` returned for these tokens.

Returns:
    The weighted outputs [T, K, M] in x's dtype.
"""
