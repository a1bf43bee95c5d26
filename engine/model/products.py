"""Products with fixed weights, in the format that a processor multiplies fastest."""

import torch
from torch import Tensor
from torch.nn import functional as F

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


def fastest_dtype() -> torch.dtype:
    """Return bfloat16 where the processor multiplies it, else float32."""
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return torch.bfloat16 if capabilities.get("avx512_bf16") else torch.float32
