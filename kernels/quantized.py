"""The resident weight formats: packing, scales and group order, each both ways in torch.

Weights are [*lead, out, in]: `lead` are experts or nothing, a product contracts over `in`. A byte
of 4-bit codes holds two neighbours along `in`: the even index in the low nibble, the odd one in the
high nibble. Why each format is used where: `kernels/formats.md`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Self

import torch
from torch import Tensor

NVFP4_GROUP = 16  # weights along `in` that share one e4m3 scale
INT4_GROUP = 32  # weights along `in` that share one bfloat16 scale
E2M1_VALUES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # by code 0..7; bit 3 is the sign
E2M1_MAX, E4M3_MAX = 6.0, 448.0

_ALIGNMENT = 32  # of `in`, for both 4-bit formats
_CHUNK = 1 << 20  # weights worked on at once: temporaries stay in the cache
# Shares of the scale that just reaches a group's largest weight; the best one is kept.
_INT4_SHARES = (1.0, 0.93, 0.86)


class _Packed:
    """What the formats have in common; their fields are tensors, `codes` the first."""

    __slots__ = ()
    codes: Tensor

    @property
    def shape(self) -> torch.Size:
        """The shape [*lead, out, in] of the weight."""
        return self.codes.shape

    @property
    def num_bytes(self) -> int:
        """Bytes of all tensors together."""
        return sum(tensor.nbytes for tensor in self.tensors().values())

    def tensors(self) -> dict[str, Tensor]:
        """Return the tensors by field name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Nvfp4(_Packed):
    """weight = e2m1(code) · scale · global_scale, as ModelOpt publishes NVFP4.

    `global_scale` is ModelOpt's `weight_scale_2`; compressed-tensors stores its reciprocal.
    """

    codes: Tensor  # [*lead, out, in / 2] uint8
    scales: Tensor  # [*lead, out, in / 16] float8_e4m3fn
    global_scale: Tensor  # [*lead] float32

    @property
    def shape(self) -> torch.Size:
        """The shape [*lead, out, in] of the weight."""
        return _unpacked_shape(self.codes)

    @classmethod
    def quantize(cls, weight: Tensor) -> Self:
        """Quantize weight [*lead, out, in] (any float dtype), ties to even.

        The largest weight of a matrix gets the largest scale, that of a group the code 6.

        Raises:
            ValueError: If `in` is no multiple of 32.
        """
        _check_alignment(weight)
        largest = weight.abs().amax(dim=(-2, -1)).float()
        return cls._quantize(weight, _no_zero(largest / (E2M1_MAX * E4M3_MAX)))

    @classmethod
    def _quantize(cls, weight: Tensor, global_scale: Tensor) -> Self:
        *lead, num_out, num_in = weight.shape
        codes, scales = [], []
        row_scale = global_scale.reshape(-1, 1).expand(-1, num_out).reshape(-1, 1, 1)
        for chunk, rows in _row_chunks(weight, NVFP4_GROUP):
            scale = rows.abs().amax(dim=-1, keepdim=True) / (E2M1_MAX * row_scale[chunk])
            # A value beyond the largest becomes NaN in e4m3, not the largest.
            scale = _no_zero(scale).clamp_(max=E4M3_MAX).to(torch.float8_e4m3fn)
            codes.append(_pack(_e2m1(rows / _no_zero(scale.float() * row_scale[chunk]))))
            scales.append(scale.squeeze(-1).view(torch.uint8))  # float8 cannot be joined everywhere
        bits = torch.cat(scales).view(*lead, num_out, num_in // NVFP4_GROUP)
        return cls(
            torch.cat(codes).view(*lead, num_out, num_in // 2),
            bits.view(torch.float8_e4m3fn),
            global_scale,
        )

    def with_global_scale(self, global_scale: Tensor) -> Self:
        """Return the weight under another global scale [*lead], quantized again if it differs."""
        if torch.equal(global_scale, self.global_scale):
            return self
        return self._quantize(self.dequantize(), global_scale)

    def dequantize(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return the weight [*lead, out, in], rounded to `dtype` once."""
        values = torch.tensor(E2M1_VALUES, device=self.codes.device)
        table = torch.cat((values, -values))
        weight = table[_unpack(self.codes).int()].view(*self.scales.shape, NVFP4_GROUP)
        scale = self.scales.float() * self.global_scale[..., None, None]
        return weight.mul_(scale[..., None]).view(self.shape).to(dtype)


@dataclass(frozen=True, slots=True)
class Int4Group(_Packed):
    """weight = (code − 8) · scale, one scale for each 32 inputs of a row.

    A scale may be negative: a group's largest weight takes the code 0, whichever its sign.
    """

    codes: Tensor  # [*lead, out, in / 2] uint8
    scales: Tensor  # [*lead, out, in / 32] bfloat16

    @property
    def shape(self) -> torch.Size:
        """The shape [*lead, out, in] of the weight."""
        return _unpacked_shape(self.codes)

    @classmethod
    def quantize(cls, weight: Tensor) -> Self:
        """Quantize weight [*lead, out, in] (any float dtype), by least squares over a few scales.

        Raises:
            ValueError: If `in` is no multiple of 32.
        """
        _check_alignment(weight)
        *lead, num_out, num_in = weight.shape
        codes, scales = [], []
        for _, rows in _row_chunks(weight, INT4_GROUP):
            code, scale = _int4(rows)
            codes.append(_pack(code))
            scales.append(scale)
        return cls(
            torch.cat(codes).view(*lead, num_out, num_in // 2),
            torch.cat(scales).view(*lead, num_out, num_in // INT4_GROUP),
        )

    def dequantize(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return the weight [*lead, out, in], rounded to `dtype` once."""
        weight = (_unpack(self.codes).float() - 8).view(*self.scales.shape, INT4_GROUP)
        return weight.mul_(self.scales.float()[..., None]).view(self.shape).to(dtype)


@dataclass(frozen=True, slots=True)
class Int8Channel(_Packed):
    """weight = code · scale, one scale a row."""

    codes: Tensor  # [*lead, out, in] int8
    scales: Tensor  # [*lead, out] float32

    @classmethod
    def quantize(cls, weight: Tensor) -> Self:
        """Quantize weight [*lead, out, in] (any float dtype), a row's largest to ±127."""
        codes, scales = [], []
        for _, rows in _row_chunks(weight, weight.shape[-1]):
            scale = _no_zero(rows.abs().amax(dim=-1, keepdim=True) / 127)
            codes.append((rows / scale).round_().to(torch.int8).flatten(1))
            scales.append(scale.flatten())
        return cls(torch.cat(codes).view(weight.shape), torch.cat(scales).view(weight.shape[:-1]))

    def dequantize(self, dtype: torch.dtype = torch.float32) -> Tensor:
        """Return the weight [*lead, out, in], rounded to `dtype` once."""
        return (self.codes.float() * self.scales[..., None]).to(dtype)


Quantized = Nvfp4 | Int4Group | Int8Channel


def _int4(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Return codes [R, G, 32] uint8 and scales [R, G] bfloat16 for rows [R, G, 32] float32."""
    low, high = rows.aminmax(dim=-1, keepdim=True)
    # The larger side takes the code −8, which has no counterpart of the other sign.
    full = torch.where(high > -low, high, low) / -8
    best, least = full, torch.full_like(full, torch.inf)
    for share in _INT4_SHARES:
        # Rounded first: the error is that of the scale that will be stored.
        scale = (full * share).bfloat16().float()
        code = _int4_codes(rows, scale)
        # Σ (code · scale − row)², less Σ row², which all scales have in common.
        error = scale * (scale * _dot(code, code) - 2 * _dot(code, rows))
        best, least = torch.where(error < least, scale, best), torch.minimum(error, least)
    return _int4_codes(rows, best).add_(8).to(torch.uint8), best.squeeze(-1).bfloat16()


def _int4_codes(rows: Tensor, scale: Tensor) -> Tensor:
    return (rows / _no_zero(scale)).round_().clamp_(-8, 7)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    product: Tensor = torch.linalg.vecdot(a, b)
    return product.unsqueeze(-1)


def _e2m1(x: Tensor) -> Tensor:
    """Return the codes of x, nearest with ties to even, magnitudes above 6 as 6; uint8."""
    size = x.abs()
    # Codes step by 1/2 up to 2, by 1 up to 4, by 2 up to 6; each term is exact in its own range
    # and too large outside.
    code = (size * 2).round_()
    code = torch.minimum(code, size.round().add_(2))
    code = torch.minimum(code, (size / 2).round_().add_(4)).clamp_(max=7)
    return code.to(torch.uint8) | ((x < 0).to(torch.uint8) << 3)


def _pack(codes: Tensor) -> Tensor:
    """Return codes [R, G, size] as bytes [R, G · size / 2], even indices in the low nibble."""
    even, odd = codes.view(len(codes), -1, 2).unbind(-1)
    return even | (odd << 4)


def _unpack(packed: Tensor) -> Tensor:
    """Return the codes [..., n] uint8 of bytes [..., n / 2]."""
    return torch.stack((packed & 15, packed >> 4), dim=-1).flatten(-2)


def _row_chunks(weight: Tensor, group: int) -> Iterator[tuple[slice, Tensor]]:
    """Yield ranges of rows, counted through all lead dimensions, and the rows [R, G, group]."""
    num_in = weight.shape[-1]
    rows = weight.reshape(-1, num_in // group, group)
    step = max(1, _CHUNK // num_in)
    for start in range(0, len(rows), step):
        chunk = slice(start, start + step)
        yield chunk, rows[chunk].float()


def _no_zero(scale: Tensor) -> Tensor:
    """Return scale with ones for zeros: what has no size at all may take any scale."""
    return torch.where(scale == 0, 1, scale)


def _unpacked_shape(codes: Tensor) -> torch.Size:
    return torch.Size((*codes.shape[:-1], 2 * codes.shape[-1]))


def _check_alignment(weight: Tensor) -> None:
    if weight.dim() < 2 or weight.shape[-1] % _ALIGNMENT:
        raise ValueError(
            f"a weight of shape {list(weight.shape)} has no 4-bit format: "
            f"its last size must be a multiple of {_ALIGNMENT}"
        )
