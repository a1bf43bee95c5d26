"""Products with fixed weights, in the format that a processor multiplies fastest."""

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


class Product:
    """x [..., in] ↦ x · weightᵀ [..., out], in the weight's dtype.

    bfloat16 weights of a processor are kept as oneDNN multiplies them. It would lay them out anew
    at every product otherwise, which takes longer than the product of a few rows.
    """

    def __init__(self, weight: Tensor) -> None:
        """Keep a weight [out, in]; its dtype is that of inputs and outputs."""
        self.num_weights, self.num_bytes = weight.numel(), weight.nbytes
        # Whether the weight is kept apart from the tensor it came from.
        self.is_copy = weight.device.type == "cpu" and _packs(weight.dtype)
        if self.is_copy:
            weight = torch.ops.mkldnn._reorder_linear_weight(weight, _PACKED_FOR)  # noqa: SLF001
        self._weight = weight

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply."""
        if not self.is_copy:
            return F.linear(x, self._weight)
        product: Tensor = torch.ops.mkldnn._linear_pointwise(  # noqa: SLF001
            x, self._weight, None, "none", [], ""
        )
        return product


class Changed:
    """A product with a low-rank change: x ↦ base(x) + x · aᵀ · bᵀ; others use the base as well."""

    def __init__(self, base: Product, a: Tensor, b: Tensor) -> None:
        """Take the change's halves [R, in] and [out, R], in the base's dtype."""
        self._base, self._a, self._b = base, Product(a), Product(b)
        # The base is counted where it is the base.
        self.num_weights = self._a.num_weights + self._b.num_weights
        self.num_bytes = self._a.num_bytes + self._b.num_bytes

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply."""
        return self._base(x).add_(self._b(self._a(x)))


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

    dtype: torch.dtype
    reason: str  # for people


@cache
def fastest() -> Choice:
    """Choose between float32 and bfloat16 by a short measurement, once a process.

    Not every processor multiplies bfloat16 itself, and what one that does not makes of it takes
    many times as long.
    """
    if not _packs(torch.bfloat16):
        return Choice(torch.float32, "this torch has no bfloat16 products for this processor")
    ms = {dtype: _measured_ms(dtype) for dtype in (torch.float32, torch.bfloat16)}
    names = {dtype: str(dtype).removeprefix("torch.") for dtype in ms}
    is_worth = ms[torch.float32] * _WORTH < ms[torch.bfloat16]
    dtype = torch.float32 if is_worth else torch.bfloat16
    found = ", ".join(f"{names[one]} {took:.2f} ms" for one, took in ms.items())
    return Choice(dtype, f"products of 1, 16 and 64 rows take {found}")


def _measured_ms(dtype: torch.dtype) -> float:
    """Return what products of a beam's, a canvas's and a single text's rows take together."""
    # Ones will do: how long a product takes does not hang on what is multiplied.
    product = Product(torch.ones(_MEASURED, dtype=dtype))
    inputs = [torch.ones(rows, _MEASURED[1], dtype=dtype) for rows in _ROWS]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more would wait for each other where another program runs
    try:
        # The shortest of each: whatever else runs can only lengthen it.
        took = [min(_seconds(product, rows) for _ in range(_TRIES)) for rows in inputs]
    finally:
        torch.set_num_threads(threads)
    return sum(took) * 1000


def _seconds(product: Product, rows: Tensor) -> float:
    start = perf_counter()
    product(rows)
    return perf_counter() - start
