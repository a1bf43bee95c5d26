"""The encoder's keys and values, layer by layer; the denoiser only reads them."""

import torch
from torch import Tensor

from engine.model.config import ModelConfig

KeyValue = tuple[Tensor, Tensor]


class KVCache:
    """Committed keys and values of one sequence batch.

    Full layers keep every row, sliding layers the last `sliding_window - 1`: the rows that a token
    behind the cache can still see.
    """

    def __init__(self, config: ModelConfig) -> None:
        """Start empty, for `config`'s layers."""
        self._limits = [
            config.sliding_window - 1 if layer.is_sliding else None for layer in config.layers
        ]
        self._rows: list[KeyValue | None] = [None] * len(config.layers)
        self.length = 0  # committed tokens, also those that left the sliding layers

    def layer(self, index: int) -> KeyValue | None:
        """Return the layer's keys and values, each [B, num_key_value_heads, rows, head_dim]."""
        return self._rows[index]

    def append(self, index: int, keys: Tensor, values: Tensor) -> None:
        """Commit new rows [B, num_key_value_heads, T, head_dim] behind the layer's rows."""
        past = self._rows[index]
        if past is not None:
            keys = torch.cat((past[0], keys), dim=2)
            values = torch.cat((past[1], values), dim=2)
        limit = self._limits[index]
        if limit is not None:
            start = max(keys.shape[2] - limit, 0)
            keys, values = keys[:, :, start:], values[:, :, start:]
        self._rows[index] = (keys, values)
