"""Muon: momentum whose update is orthogonalised (Jordan et al. 2024), batched over equal shapes."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

# Quintic Newton-Schulz coefficients of the method's authors: fast, singular values end in 0.7..1.2.
_COEFFICIENTS = (3.4445, -4.7750, 2.0315)


class Muon:
    """Updates matrices [..., rows, columns]; leading dimensions are independent matrices."""

    def __init__(
        self, parameters: Iterable[nn.Parameter], momentum: float, dtype: torch.dtype
    ) -> None:
        """Start with zero momentum; `dtype` is what updates are orthogonalised in."""
        self._dtype = dtype
        self._parameters = list(parameters)
        self._momentum = momentum
        self.buffers = [torch.zeros_like(p) for p in self._parameters]

    @torch.no_grad()
    def step(self, learning_rate: float) -> None:
        """Apply one update from the gradients, and clear them."""
        updates: dict[torch.Size, list[tuple[nn.Parameter, Tensor]]] = {}
        for parameter, buffer in zip(self._parameters, self.buffers, strict=True):
            assert parameter.grad is not None
            buffer.lerp_(parameter.grad, 1 - self._momentum)
            update = parameter.grad.lerp(buffer, self._momentum)  # Nesterov
            updates.setdefault(parameter.shape, []).append((parameter, update))
            parameter.grad = None
        for shape, group in updates.items():
            scale = learning_rate * max(1.0, shape[-2] / shape[-1]) ** 0.5
            stacked = orthogonalise(torch.stack([u for _, u in group]).to(self._dtype))
            for (parameter, _), direction in zip(group, stacked, strict=True):
                parameter.sub_(direction.to(parameter.dtype), alpha=scale)


def orthogonalise(matrices: Tensor, iterations: int = 5) -> Tensor:
    """Return the nearest semi-orthogonal matrices, roughly; shape and dtype are kept."""
    a, b, c = _COEFFICIENTS
    is_tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if is_tall else matrices
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    out: Tensor = x.mT if is_tall else x
    return out
