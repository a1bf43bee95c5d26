"""Products with fixed weights, in the format that a processor multiplies fastest."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F


class Product:
    """x [..., in] ↦ x · weightᵀ [..., out]."""

    def __init__(self, weight: Tensor) -> None:
        """Keep a weight [out, in]; its dtype is that of inputs and outputs."""
        self._weight = weight
        self.num_weights, self.num_bytes = weight.numel(), weight.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        """Multiply."""
        return F.linear(x, self._weight)


def fastest_dtype() -> torch.dtype:
    """Return bfloat16 where the processor multiplies it, else float32."""
    capabilities: dict[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return torch.bfloat16 if capabilities.get("avx512_bf16") else torch.float32


MakeProduct = Callable[[Tensor], Product]


def in_dtype(dtype: torch.dtype) -> MakeProduct:
    """Return what makes products whose weights, inputs and outputs are of a float dtype."""
    return lambda weight: Product(weight.to(dtype))
