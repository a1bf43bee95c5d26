"""What is trained of the shipped adapter: LoRA on every product, and what free rows carry."""

import math

import torch
from settings import Settings
from torch import nn

from engine.teach.denoising import Change
from engine.teach.network import Factors, Shape, products


class Adapter(nn.Module):
    """All that is trained."""

    def __init__(self, shape: Shape, settings: Settings) -> None:
        """Create an adapter that leaves the base as it is."""
        super().__init__()
        self._shape, self._scale = shape, settings.scale
        self.lora = nn.ParameterDict()
        rank = settings.rank
        for layer in range(shape.layers):
            for parts, size in products(shape).values():
                for name, width in parts:
                    a = torch.randn(rank, size) / math.sqrt(size)
                    self.lora[f"{layer}_{_leaf(name)}_a"] = nn.Parameter(a)
                    self.lora[f"{layer}_{_leaf(name)}_b"] = nn.Parameter(torch.zeros(width, rank))
        self.free = nn.Parameter(torch.zeros(shape.hidden))  # the embedding of a free row
        self.told = nn.Parameter(torch.eye(shape.hidden) * 0.5)  # of what it is told

    def change(self) -> Change:
        """Return it in bfloat16, as it is now; gradients reach what is trained."""
        factors = [self._of_layer(layer) for layer in range(self._shape.layers)]
        return Change(factors, self.free.bfloat16(), self.told.bfloat16())

    def _of_layer(self, layer: int) -> list[Factors]:
        found = []
        for parts, _ in products(self._shape).values():
            names = [f"{layer}_{_leaf(name)}" for name, _ in parts]
            a = torch.cat([self.lora[f"{name}_a"] for name in names]).bfloat16()
            bs = [(self.lora[f"{name}_b"] * self._scale).bfloat16() for name in names]
            found.append((a, *bs))
        return found


def _leaf(part: str) -> str:
    return part.rpartition(".")[2]
