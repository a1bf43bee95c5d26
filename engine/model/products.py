"""Products with fixed weights, in the format that a processor multiplies fastest."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from time import perf_counter

import torch
from torch import Tensor
from torch.nn import functional as F

_MEASURED = (3072, 576)  # [out, in], Inlay Small's largest product but for the head
_ROWS = (1, 16, 64)
_TRIES = 8
_WORTH = 1.25  # times as fast as bfloat16, before float32's twice as many bytes are worth it
_PACKED_FOR = 16  # rows; the layout that suits a beam suits single rows and canvases as well
_FEW = 4  # rows, up to which it is reading the weights that takes the time
_TALL = 64  # rows at a time; of more, what comes out lies too far apart to be turned quickly
_PRIMITIVES = 32  # of oneDNN's; the denoiser's pass needs some twenty
_GROUP = 32  # weights of a row that share a scale, as in GGUF's Q4_1
BITS_WITH_SCALES = 5  # a weight of 4 bits and its share of what its group has
_LEVELS = 15  # between the smallest weight of a group and the largest


class FourBits:
    """x ↦ (x · gain) · weightᵀ for a few rows, reading a quarter of bfloat16's bytes.

    Weights are scale · (code - 8) + zero with codes of 4 bits, a scale and a zero for each group.
    """

    def __init__(self, codes: Tensor, scales: Tensor, zeros: Tensor, gain: Tensor | None) -> None:
        """Pack codes [out, in] 0..15, scales and zeros [out, groups], for bfloat16 rows.

        Args:
            codes: One for each weight.
            scales: By how much a weight grows from one code to the next.
            zeros: What code 8 stands for.
            gain: What each input [in] is multiplied by first; None: nothing.
        """
        pairs = torch.stack((scales, zeros), dim=-1).transpose(0, 1)
        self._scales = pairs.to(torch.bfloat16).contiguous()  # [groups, out, 2]
        self._packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes.int(), 1)  # noqa: SLF001
        self._gain = None if gain is None else gain.to(torch.bfloat16)
        self.num_bytes = self._packed.nbytes + self._scales.nbytes

    @classmethod
    def found_in(cls, weight: Tensor, gain: Tensor | None = None) -> "FourBits | None":
        """Return a weight [out, in] float32 in 4 bits if it was stored in such; else None."""
        if weight.shape[0] % _GROUP or weight.shape[1] % _GROUP:
            return None
        groups = weight.view(len(weight), -1, _GROUP)
        low, high = groups.aminmax(dim=-1, keepdim=True)
        scales = (high - low) / _LEVELS
        codes = ((groups - low) / scales.clamp_min(torch.finfo(torch.float32).tiny)).round_()
        error = torch.addcmul(low, codes, scales).sub_(groups).abs_()
        if (error > scales / 100).any():
            return None
        zeros = low + 8 * scales
        return cls(codes.view(weight.shape), scales[..., 0], zeros[..., 0], gain)

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply rows [..., in] bfloat16."""
        rows = x.reshape(-1, x.shape[-1])
        if self._gain is not None:
            rows = rows * self._gain
        product: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(  # noqa: SLF001
            rows, self._packed, _GROUP, self._scales
        )
        return product.view(*x.shape[:-1], -1)


class Halves:
    """x ↦ x · weightᵀ in float32 with weights that lie in float16, reading half of the bytes.

    Each is made float32 where it is multiplied, which is exact: nothing but the weights is rounded.
    """

    def __init__(self, weight: Tensor) -> None:
        """Pack a weight [out, in] float32.

        Raises:
            RuntimeError: If this torch has no such products for this processor, or the weight has
                entries beyond float16.
        """
        if weight.abs().amax() > torch.finfo(torch.float16).max:
            raise RuntimeError("a weight is too large for float16")
        self.num_bytes = weight.numel() * torch.float16.itemsize
        # "Dynamic" as its siblings are, which round what is multiplied; this one does not.
        self._packed = torch.ops.quantized.linear_prepack_fp16(weight, None)

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply rows [..., in] float32."""
        product: Tensor = torch.ops.quantized.linear_dynamic_fp16(x, self._packed)
        return product


def _in_halves(weight: Tensor) -> Halves | None:
    try:
        return Halves(weight)
    except RuntimeError:  # beyond float16: it stays as it is
        return None


class Product:
    """x [..., in] ↦ x · weightᵀ [..., out], in the weight's dtype.

    bfloat16 weights of a processor are kept as oneDNN multiplies them. It would lay them out anew
    at every product otherwise, which takes longer than the product of a few rows.
    """

    def __init__(
        self, weight: Tensor, few: FourBits | None = None, *, in_halves: bool = False
    ) -> None:
        """Keep a weight [out, in]; its dtype is that of inputs and outputs.

        Args:
            weight: What many rows are multiplied with.
            few: The same for a few rows; None: they are multiplied with `weight` too.
            in_halves: Whether a float32 weight is kept in float16.
        """
        self.num_weights = weight.numel()
        self._halves = _in_halves(weight) if in_halves else None
        if self._halves:
            weight = weight.new_empty(0)
        self.num_bytes = sum(part.num_bytes for part in (few, self._halves) if part) + weight.nbytes
        self.is_packed = weight.device.type == "cpu" and _packs(weight.dtype)
        if self.is_packed:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight, _PACKED_FOR)  # noqa: SLF001
        self._weight, self._few = weight, few

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply."""
        if self._few is not None and x.numel() <= _FEW * x.shape[-1]:
            return self._few(x)
        if self._halves is not None:
            return self._halves(x)
        if not self.is_packed:
            return F.linear(x, self._weight)
        product: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001
            x, self._weight, None, "none", [], ""
        )
        return product


class Changed:
    """A product with a low-rank change: x ↦ base(x) + x · aᵀ · bᵀ; others use the base as well."""

    def __init__(self, base: Product, a: Product, b: Product) -> None:
        """Take the products with the change's factors [R, in] and [out, R]."""
        self.base, self._a, self._b = base, a, b
        # The base is counted where it is the base.
        self.num_weights = self._a.num_weights + self._b.num_weights
        self.num_bytes = self._a.num_bytes + self._b.num_bytes

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply."""
        return self.base(x).add_(self._b(self._a(x)))


def tall_product(weight: Tensor, x: Tensor) -> Tensor:
    """Return x · weightᵀ [..., out] for a weight [out, in] of very many rows, and x [..., in].

    The weight stands on the left: there oneDNN takes it as it lies, so the one that embeds tokens
    needs no second layout.
    """
    rows = x.reshape(-1, x.shape[-1])
    if len(rows) == 1:
        return torch.mv(weight, rows[0]).view(*x.shape[:-1], -1)
    if weight.device.type != "cpu" or not _packs(weight.dtype):
        return F.linear(x, weight)
    products = [torch.mm(weight, some.t()).t().contiguous() for some in torch.split(rows, _TALL)]
    whole = products[0] if len(products) == 1 else torch.cat(products)
    return whole.view(*x.shape[:-1], -1)


def _packs(dtype: torch.dtype) -> bool:
    """Whether this torch can keep weights as oneDNN wants them; no public function does."""
    ops = torch.ops.mkldnn
    names = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    if dtype is not torch.bfloat16:
        return False
    return all(hasattr(ops, name) for name in names) and bool(ops._is_mkldnn_bf16_supported())  # noqa: SLF001


@dataclass(frozen=True, slots=True)
class Choice:
    """What a processor's weights are kept in, and why."""

    dtype: torch.dtype  # of what is multiplied with them
    reason: str  # for people
    has_four_bits: bool = False  # beside it, for a few rows
    in_halves: bool = False  # float32 weights are kept in float16


@cache
def fastest() -> Choice:
    """Choose between float32 and bfloat16, with or without fewer bits, by short measurements.

    Once a process. Not every processor multiplies bfloat16 itself, and what one that does not makes
    of it takes many times as long; 4 bits are read quickly by some instructions alone.
    """
    _hold_few_primitives()
    weight = torch.ones(_MEASURED)
    ms = {"float32": _measured_ms(Product(weight), torch.float32)}
    if not _packs(torch.bfloat16):
        return _of_float32(weight, ms, "this torch has no bfloat16 products here; ")
    half = Product(weight.bfloat16())
    ms["bfloat16"] = _measured_ms(half, torch.bfloat16)
    if ms["float32"] * _WORTH < ms["bfloat16"]:
        return _of_float32(weight, ms)
    reason = _took(ms)
    if not hasattr(torch.ops.aten, "_weight_int4pack_mm_for_cpu"):
        return Choice(torch.bfloat16, reason)
    ones = torch.ones(_MEASURED[0], _MEASURED[1] // _GROUP)
    few = FourBits(weight, ones, ones, None)
    one = {
        "bfloat16": _measured_ms(half, torch.bfloat16, (1,)),
        "4 bits": _measured_ms(few, torch.bfloat16, (1,)),
    }
    is_quicker = one["4 bits"] < one["bfloat16"]
    use = f"used for up to {_FEW}" if is_quicker else "not used"
    return Choice(torch.bfloat16, f"{reason}, of one row {_listed(one)} ({use})", is_quicker)


def _of_float32(weight: Tensor, ms: Mapping[str, float], why: str = "") -> Choice:
    """Return float32, with weights in float16 where products take less time so."""
    try:
        halves = {"float32 from float16": _measured_ms(Halves(weight), torch.float32)}
    except (AttributeError, RuntimeError):  # it is another processor's torch, or an older one
        return Choice(torch.float32, why + _took(ms))
    is_quicker = min(halves.values()) < ms["float32"]
    return Choice(torch.float32, why + _took({**ms, **halves}), in_halves=is_quicker)


def _took(ms: Mapping[str, float]) -> str:
    return f"products of 1, 16 and 64 rows take {_listed(ms)}"


def _hold_few_primitives() -> None:
    """Let oneDNN keep what one pass needs, and not what a thousand shapes before it did.

    Each takes half a megabyte. oneDNN looks here at the first product of a process.
    """
    for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(name, str(_PRIMITIVES))


def _listed(ms: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {took:.2f} ms" for name, took in ms.items())


def _measured_ms(
    product: Callable[[Tensor], Tensor], dtype: torch.dtype, rows: Sequence[int] = _ROWS
) -> float:
    """Return what products of so many rows take together: a single text's, a beam's, a canvas's."""
    # Ones will do: how long a product takes does not hang on what is multiplied.
    inputs = [torch.ones(count, _MEASURED[1], dtype=dtype) for count in rows]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more would wait for each other where another program runs
    try:
        # The shortest of each: whatever else runs can only lengthen it.
        took = [min(_seconds(product, rows) for _ in range(_TRIES)) for rows in inputs]
    finally:
        torch.set_num_threads(threads)
    return sum(took) * 1000


def _seconds(product: Callable[[Tensor], Tensor], rows: Tensor) -> float:
    start = perf_counter()
    product(rows)
    return perf_counter() - start
