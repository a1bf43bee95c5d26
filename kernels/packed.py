# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN201
"""Reading packed weights inside a kernel; the formats themselves are defined in `quantized`.

A byte holds two 4-bit codes, the even input in its low nibble. Instead of interleaving the two
nibbles, kernels split the *activations* into even and odd inputs, of which there are far fewer,
and add two products. Both formats decode by moving the code's bits into a float's bits: two or
three integer operations and one product per weight.

All e2m1 weights come out smaller by 2⁻⁸, which `CODE_SCALE` undoes after the sum: so every
intermediate is a normal number in float16 and bfloat16, and no product rounds.
"""

from dataclasses import fields

import torch
from torch import Tensor

from kernels.quantized import Int4Group, Int8Channel, Nvfp4
from kernels.triton_guard import tl, triton

PLAIN, INT8, INT4, NVFP4 = 0, 1, 2, 3  # FORMAT of a kernel
_FORMATS = {Int8Channel: INT8, Int4Group: INT4, Nvfp4: NVFP4}
CODE_SCALE = {PLAIN: 1.0, INT8: 1.0, INT4: 1.0, NVFP4: 256.0}

Packed = Nvfp4 | Int4Group
Weight = Tensor | Int8Channel | Int4Group | Nvfp4

# Four bytes to eight bfloat16: $0 and $1 take the low nibbles, $2 and $3 the high ones. All work on
# two bytes at a time, each in a 16-bit lane of its own. A product by 2⁶ + 2¹² copies e2m1's
# exponent and mantissa to bits 6 to 8 and its sign to bit 15; the mask drops the rest.
_E2M1_LANES = """
    prmt.b32 p, $4, 0, {bytes};
    and.b32 q, p, 0x000F000F;
    mul.lo.u32 q, q, 0x1040;
    and.b32 {low}, q, 0x81C081C0;
    and.b32 q, p, 0x00F000F0;
    mul.lo.u32 q, q, 0x0104;
    and.b32 {high}, q, 0x81C081C0;
"""
# The code becomes the mantissa of 128, the number 128 + code; 0xEA is (a & b) | c.
_INT4_LANES = """
    prmt.b32 p, $4, 0, {bytes};
    lop3.b32 {low}, p, 0x000F000F, 0x43004300, 0xEA;
    shr.u32 q, p, 4;
    lop3.b32 {high}, q, 0x000F000F, 0x43004300, 0xEA;
"""
# Bits 0 to 6 become the mantissa of 128, bit 7 makes 256 of another 128: the code is their
# difference. (A conversion instruction has an eighth of the rate on most cards.)
_INT8_LANES = """
    prmt.b32 p, $4, 0, {bytes};
    lop3.b32 {low}, p, 0x007F007F, 0x43004300, 0xEA;
    lop3.b32 {high}, p, 0x00800080, 0x43004300, 0xEA;
"""


def pointers(weight: Weight) -> tuple[Tensor, Tensor, Tensor]:
    """Return codes, scales and global scale as a kernel takes them, or another in their place."""
    if isinstance(weight, Nvfp4):
        # As bytes: cards before sm_89 know no e4m3.
        return weight.codes, weight.scales.view(torch.uint8), weight.global_scale
    if isinstance(weight, Tensor):
        return weight, weight, weight
    return weight.codes, weight.scales, weight.scales


def _both_lanes(lanes: str) -> str:
    first = lanes.format(bytes="0x4140", low="$0", high="$2")
    second = lanes.format(bytes="0x4342", low="$1", high="$3")
    return f"{{\n    .reg .b32 p, q;{first}{second}}}"


E2M1_TO_BFLOAT16 = tl.constexpr(_both_lanes(_E2M1_LANES))
INT4_TO_BFLOAT16 = tl.constexpr(_both_lanes(_INT4_LANES))
INT8_TO_BFLOAT16 = tl.constexpr(_both_lanes(_INT8_LANES))


def format_of(weight: Weight) -> int:
    """Return the FORMAT with which a kernel reads `weight`."""
    return PLAIN if isinstance(weight, Tensor) else _FORMATS[type(weight)]


def select(weight: Weight, index: int | slice) -> Weight:
    """Return the weights of one expert, or of a range, as views."""
    if isinstance(weight, Tensor):
        return weight[index]
    return type(weight)(*(getattr(weight, field.name)[index] for field in fields(weight)))


def widened(weight: Weight) -> Tensor:
    """Return the weight in float32."""
    return weight.float() if isinstance(weight, Tensor) else weight.dequantize()


@triton.jit
def even_odd(x):
    """Split activations [T, K] into even and odd inputs, each transposed to [K / 2, T]."""
    even, odd = tl.split(tl.reshape(x, (x.shape[0], x.shape[1] // 2, 2)))
    return tl.trans(even), tl.trans(odd)


@triton.jit
def decode_e2m1(codes, DTYPE: tl.constexpr):
    """Return bytes' low and high e2m1 codes times 2⁻¹²⁶ (bfloat16) or 2⁻¹⁴ (others), exactly."""
    if DTYPE == tl.bfloat16:
        low, high = tl.inline_asm_elementwise(
            E2M1_TO_BFLOAT16, "=r,=r,=r,=r,r", [codes], (tl.bfloat16, tl.bfloat16), True, 4
        )
    else:
        wide = codes.to(tl.int16)
        low = ((wide & 7) << 9) | ((wide & 8) << 12)
        high = ((wide & 0x70) << 5) | ((wide & 0x80) << 8)
        low = low.to(tl.float16, bitcast=True).to(DTYPE)
        high = high.to(tl.float16, bitcast=True).to(DTYPE)
    return low, high


@triton.jit
def decode_int4(codes, DTYPE: tl.constexpr):
    """Return bytes' low and high codes minus 8, exactly."""
    if DTYPE == tl.bfloat16:
        low, high = tl.inline_asm_elementwise(
            INT4_TO_BFLOAT16, "=r,=r,=r,=r,r", [codes], (tl.bfloat16, tl.bfloat16), True, 4
        )
        low, high = low - 136.0, high - 136.0
    else:
        low, high = (codes & 15).to(DTYPE) - 8.0, (codes >> 4).to(DTYPE) - 8.0
    return low.to(DTYPE), high.to(DTYPE)


@triton.jit
def decode_e4m3(bits, DTYPE: tl.constexpr):
    """Return e4m3 scales given as bytes, times 2¹¹⁸ (bfloat16) or 2⁶ (others), exactly.

    By way of float16 bits (the value times 2⁻⁸), which every card converts and none flushes.
    """
    bits = bits.to(tl.int16)
    half = (((bits & 0x7F) << 7) | ((bits & 0x80) << 8)).to(tl.float16, bitcast=True)
    if DTYPE == tl.bfloat16:
        scale = half.to(tl.float32) * 8.507059173023462e37  # 2¹²⁶
    else:
        scale = half.to(tl.float32) * 16384.0  # 2¹⁴
    return scale.to(DTYPE)


@triton.jit
def decode_plain(codes, DTYPE: tl.constexpr):
    """Return 8-bit or plain weights as DTYPE, exactly."""
    if (codes.dtype == tl.int8) & (DTYPE == tl.bfloat16):
        size, offset = tl.inline_asm_elementwise(
            INT8_TO_BFLOAT16, "=r,=r,=r,=r,r", [codes], (tl.bfloat16, tl.bfloat16), True, 4
        )
        value = size - offset
    else:
        value = codes.to(DTYPE)
    return value


@triton.jit
def packed_tile(
    codes, scales, rows, is_row, start, K: tl.constexpr, BLOCK_K: tl.constexpr,
    FORMAT: tl.constexpr, DTYPE: tl.constexpr,
):  # fmt: skip
    """Load weights [N, BLOCK_K] of one matrix [out, K] as even and odd inputs, in DTYPE.

    codes: [out, K / 2] uint8; scales: [out, K / 16] uint8 bits of e4m3 (NVFP4) or [out, K / 32]
    bfloat16 (INT4); rows [N] with is_row False beyond the matrix; start: first input, a multiple
    of BLOCK_K. Bytes beyond K are zero; the activations there must be zero as well.
    """
    GROUP: tl.constexpr = 16 if FORMAT == 3 else 32
    GROUPS: tl.constexpr = BLOCK_K // GROUP
    column = start // 2 + tl.arange(0, BLOCK_K // 2)
    group = start // GROUP + tl.arange(0, GROUPS)
    in_row = is_row[:, None] & (column < K // 2)[None, :]
    code = tl.load(codes + rows[:, None] * (K // 2) + column[None, :], mask=in_row, other=0)
    in_scales = is_row[:, None] & (group < K // GROUP)[None, :]
    raw = tl.load(scales + rows[:, None] * (K // GROUP) + group[None, :], mask=in_scales, other=0)
    if FORMAT == 3:
        scale = decode_e4m3(raw, DTYPE)
        low, high = decode_e2m1(code, DTYPE)
    else:
        scale = raw.to(DTYPE)
        low, high = decode_int4(code, DTYPE)
    N: tl.constexpr = rows.shape[0]
    # Half a group: its even and its odd inputs stand in two tiles, which share the scale.
    wide = tl.broadcast_to(scale[:, :, None], (N, GROUPS, GROUP // 2))
    wide = tl.reshape(wide, (N, BLOCK_K // 2))
    return low * wide, high * wide


@triton.jit
def add_product(
    total, x, codes, scales, rows, is_row, start, K: tl.constexpr, BLOCK_K: tl.constexpr,
    FORMAT: tl.constexpr,
):  # fmt: skip
    """Add weights [N, BLOCK_K] · xᵀ to total [N, T]; x [T, BLOCK_K] is zero beyond input K.

    codes, scales, rows, is_row, start: as `packed_tile` takes them; for plain and 8-bit weights
    codes are [out, K] numbers, and an 8-bit row's scale is applied by the caller after the sum.
    """
    if FORMAT >= 2:
        even, odd = even_odd(x)
        low, high = packed_tile(codes, scales, rows, is_row, start, K, BLOCK_K, FORMAT, x.dtype)
        total = tl.dot(high, odd, tl.dot(low, even, total))
    else:
        column = start + tl.arange(0, BLOCK_K)
        in_row = is_row[:, None] & (column < K)[None, :]
        weight = tl.load(codes + rows[:, None] * K + column[None, :], mask=in_row, other=0)
        total = tl.dot(decode_plain(weight, x.dtype), tl.trans(x), total)
    return total


@triton.jit
def gelu_tanh(x):
    """Return the tanh approximation of GELU: x · sigmoid(2·√(2/π) · (x + 0.044715·x³))."""
    return x / (1.0 + tl.exp(-1.5957691216057308 * (x + 0.044715 * x * x * x)))
