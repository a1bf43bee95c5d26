# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN202, D403
"""Dense projections on 8- and 4-bit weights, and the gated-GELU pair in one launch.

Dimensions: T tokens, K inputs, N outputs. As in `experts`, weights are the left operand and become
the activations' dtype in registers; the bytes read are the packed ones.
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
    widened,
)
from kernels.triton_guard import cdiv, next_power_of_2, tl, triton
from kernels.tuning import tile_for


@triton.jit
def _linear_kernel(
    x, codes, scales, global_scale, out, num_tokens, code_scale, N: tl.constexpr, K: tl.constexpr,
    FORMAT: tl.constexpr, GATED: tl.constexpr, BLOCK_T: tl.constexpr, BLOCK_N: tl.constexpr,
    BLOCK_K: tl.constexpr,
):  # fmt: skip
    """out = x · weightᵀ, or gelu(x · gateᵀ) · (x · upᵀ) where GATED.

    Grid (T / BLOCK_T · N / BLOCK_N): one program owns BLOCK_N outputs of BLOCK_T tokens; neighbours
    share the outputs, and so the weights in the L2 cache. x [T, K]; codes [N, ·], or [2·N, ·] with
    the gate's rows first; scales [N] float32 (8-bit) or as `packed_tile` reads them; global_scale
    [1] float32 (NVFP4); out [T, N].
    """
    blocks = tl.cdiv(num_tokens, BLOCK_T)
    token = tl.program_id(0) % blocks * BLOCK_T + tl.arange(0, BLOCK_T)
    row = tl.program_id(0) // blocks * BLOCK_N + tl.arange(0, BLOCK_N)
    is_token, is_row = token < num_tokens, row < N
    first = tl.zeros((BLOCK_N, BLOCK_T), tl.float32)
    second = tl.zeros((BLOCK_N, BLOCK_T), tl.float32)
    for start in range(0, K, BLOCK_K):
        column = start + tl.arange(0, BLOCK_K)
        in_x = is_token[:, None] & (column < K)[None, :]
        source = x + token[:, None].to(tl.int64) * K + column[None, :]
        rows = tl.load(source, mask=in_x, other=0.0)
        first = add_product(first, rows, codes, scales, row, is_row, start, K, BLOCK_K, FORMAT)
        if GATED:
            second = add_product(
                second, rows, codes, scales, row + N, is_row, start, K, BLOCK_K, FORMAT
            )
    if FORMAT == 1:
        first *= tl.load(scales + row, mask=is_row, other=0.0)[:, None]
        if GATED:
            second *= tl.load(scales + row + N, mask=is_row, other=0.0)[:, None]
    if FORMAT == 3:
        first *= code_scale * tl.load(global_scale)
        second *= code_scale * tl.load(global_scale)
    if GATED:
        first = gelu_tanh(first) * second
    target = out + token[None, :].to(tl.int64) * N + row[:, None]
    tl.store(target, first.to(out.dtype.element_ty), mask=is_row[:, None] & is_token[None, :])


def _launch(x: Tensor, weight: Weight, is_gated: bool) -> Tensor:
    num_tokens, inputs = x.shape
    outputs = weight.shape[0] // 2 if is_gated else weight.shape[0]
    out = torch.empty(num_tokens, outputs, dtype=x.dtype, device=x.device)
    block_t = min(max(next_power_of_2(num_tokens), 16), 64)
    # Decoding 4 bits takes other tiles than reading 8.
    name = ("gated_linear" if is_gated else "linear") + ("4" if format_of(weight) >= INT4 else "")
    blocks = cdiv(num_tokens, block_t)
    tile = tile_for(name, x.device, block_t, outputs, blocks)
    _linear_kernel[(blocks * cdiv(outputs, tile.block_n),)](
        x, *pointers(weight), out, num_tokens, CODE_SCALE[format_of(weight)],
        N=outputs, K=inputs, FORMAT=format_of(weight), GATED=is_gated, BLOCK_T=block_t,
        **tile.options(),
    )  # fmt: skip
    return out


def _launch_linear(x: Tensor, weight: Weight) -> Tensor:
    return _launch(x, weight, is_gated=False)


def linear_torch(x: Tensor, weight: Weight) -> Tensor:
    """Compute `linear` in plain torch, in float32."""
    return F.linear(x.float(), widened(weight)).to(x.dtype)


def _launch_gated_linear(x: Tensor, gate_up: Weight) -> Tensor:
    return _launch(x, gate_up, is_gated=True)


def gated_linear_torch(x: Tensor, gate_up: Weight) -> Tensor:
    """Compute `gated_linear` in plain torch, in float32."""
    gate, up = linear_torch(x.float(), gate_up).chunk(2, dim=-1)
    return (F.gelu(gate, approximate="tanh") * up).to(x.dtype)


linear = operation("linear", _launch_linear, linear_torch)
"""Project tokens: x · weightᵀ.

Args:
    x: Tokens [T, K].
    weight: [N, K], plain in x's dtype or in any of the packed formats.

Returns:
    [T, N] in x's dtype, summed in float32.
"""

gated_linear = operation("gated_linear", _launch_gated_linear, gated_linear_torch)
"""Run the first half of a gated MLP: gelu(x · gateᵀ) · (x · upᵀ).

Args:
    x: Tokens [T, K].
    gate_up: [2·N, K], gate rows first, plain or packed.

Returns:
    [T, N] in x's dtype.
"""
