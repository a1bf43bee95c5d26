"""The committed context in buffers that stay where they are: rings of keys and values, rotations.

Dimensions: B canvases, L rows, G key heads, D head size, C a ring's rows.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.model import DiffusionGemma, KVCache, LayerConfig, ModelConfig
from kernels.heads import append_cache
from kernels.model_pass import LayerContext

_LEAST = 1024  # rows of the smallest ring of a full layer
_MOST_WASTE = 4  # rings that are more times too large are made anew


class ContextRings:
    """Each layer's ring, as large as the longest context so far, rounded up to a power of two."""

    def __init__(self, config: ModelConfig, dtype: torch.dtype, device: torch.device) -> None:
        """Start without rings."""
        self._config, self._dtype, self._device = config, dtype, device
        self.length = torch.zeros(1, dtype=torch.int32, device=device)  # positions committed
        self.rings: list[tuple[Tensor, Tensor]] = []  # keys and values [C, G, D] of each layer
        self._capacity = 0
        # What the rings hold; the tensors themselves, so that no others take their place in memory.
        self._held: tuple[int, list[Tensor]] | None = None

    def have_room(self, length: int) -> bool:
        """Whether the rings stay where they are when so many positions are loaded."""
        return bool(self.rings) and _rows(length) <= self._capacity <= _MOST_WASTE * _rows(length)

    def load(self, cache: KVCache) -> None:
        """Take a sequence's context over, if it is another; without room all rings are made anew.

        Whoever reads the old ones has to let go of them first, so that their memory is free.
        """
        keys = [part for part, _ in cache.layer(0)]
        if self._is_held(cache.length, keys):
            return
        self._held = None  # what breaks off in between leaves neither the old nor the new rows
        if not self.have_room(cache.length):
            self.rings.clear()
            self._capacity = _rows(cache.length)
            self.rings = [self._ring(layer) for layer in self._config.layers]
        for index, ring in enumerate(self.rings):
            parts = cache.layer(index)
            start = cache.length - sum(rows.shape[2] for rows, _ in parts)
            for part in parts:
                new = [rows[0].transpose(0, 1).contiguous() for rows in part]
                append_cache(new[0], new[1], *ring, self.length.fill_(start))
                start += len(new[0])
        self.length.fill_(cache.length)
        self._held = cache.length, keys

    def forget(self) -> None:
        """Give the rings back."""
        self.rings, self._held, self._capacity = [], None, 0

    def _is_held(self, length: int, keys: Sequence[Tensor]) -> bool:
        """Whether these are the rows in the rings; caches are never changed, only grown and cut."""
        if self._held is None or self._held[0] != length:
            return False
        places = [
            [part.untyped_storage().data_ptr() for part in own] for own in (self._held[1], keys)
        ]
        return places[0] == places[1]

    def _ring(self, layer: LayerConfig) -> tuple[Tensor, Tensor]:
        window = max(self._config.sliding_window - 1, 1)
        rows = window if layer.is_sliding else self._capacity
        shape = (rows, layer.num_key_value_heads, layer.head_dim)
        keys, values = torch.zeros(2, *shape, dtype=self._dtype, device=self._device)
        return keys, values


def _rows(length: int) -> int:
    """Return the rows of a full layer's ring for so many positions."""
    # Made anew seldom: with rings elsewhere in memory every graph has to be recorded again.
    return max(_LEAST, 1 << (length - 1).bit_length() if length else 0)


class CanvasContext:
    """The rings, and the rotations of canvases of one size."""

    def __init__(self, model: DiffusionGemma, rings: ContextRings, batch: int, rows: int) -> None:
        """Make room for the rotations; `at` fills it."""
        self._rows, self._batch, self._at = rows, batch, -1
        config = model.config
        self._tables = {
            layer: torch.zeros(2, batch * rows, layer.head_dim, dtype=model.dtype).to(model.device)
            for layer in config.layers
        }
        pairs = zip(config.layers, rings.rings, strict=True)
        self.layers = [LayerContext(*ring, *self._tables[layer]) for layer, ring in pairs]

    def at(self, model: DiffusionGemma, start: int) -> None:
        """Let the canvases' first row stand at position `start`."""
        if start == self._at:
            return
        ropes = model.ropes(start, self._rows)
        for layer, (cos, sin) in self._tables.items():
            cos.copy_(ropes[layer][0].repeat(self._batch, 1))
            sin.copy_(ropes[layer][1].repeat(self._batch, 1))
        self._at = start
