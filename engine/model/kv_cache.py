"""The encoder's keys and values, layer by layer; the denoiser only reads them."""

from collections.abc import Callable

from torch import Tensor, cat

from engine.model.config import ModelConfig

KeyValue = tuple[Tensor, Tensor]

# Rows a sliding layer keeps beyond its window, so that a text edited near its end can be encoded
# again from there and not from its beginning.
SLACK = 1024


class KVCache:
    """Committed keys and values of a batch of sequences.

    Full layers keep every row. Sliding layers show the last `sliding_window - 1`, the rows that a
    token behind the cache can still see, and keep a few more for `cut`.
    """

    def __init__(self, config: ModelConfig) -> None:
        """Start empty, for `config`'s layers."""
        self._windows = [
            config.sliding_window - 1 if layer.is_sliding else None for layer in config.layers
        ]
        self._rows: list[KeyValue | None] = [None] * len(config.layers)
        self.length = 0  # committed tokens, also those that left the sliding layers

    def layer(self, index: int) -> KeyValue | None:
        """Return the layer's keys and values, each [B, num_key_value_heads, rows, head_dim]."""
        rows, window = self._rows[index], self._windows[index]
        if rows is None or window is None:
            return rows
        return _last(rows, window)

    def append(self, index: int, keys: Tensor, values: Tensor) -> None:
        """Commit new rows [B, num_key_value_heads, T, head_dim] behind the layer's rows."""
        past, window = self._rows[index], self._windows[index]
        if past is not None:
            keys, values = cat((past[0], keys), dim=2), cat((past[1], values), dim=2)
        rows = (keys, values)
        self._rows[index] = rows if window is None else _last(rows, window + SLACK)

    def can_cut(self, length: int) -> bool:
        """Whether the cache can be cut back to its first `length` tokens."""
        gone = self.length - length
        return gone >= 0 and all(
            window is None or gone <= SLACK or self.length <= window + SLACK
            for window in self._windows
        )

    def cut(self, length: int) -> "KVCache":
        """Return the cache of the first `length` tokens; `can_cut` has to allow it."""
        gone = self.length - length
        cut = self._map(lambda t: t[:, :, : t.shape[2] - gone])
        cut.length = length
        return cut

    def expand(self, batch: int) -> "KVCache":
        """Return the cache of one sequence as that of `batch` equal ones, without a copy."""
        return self._map(lambda t: t.expand(batch, -1, -1, -1))

    def take(self, sequences: Tensor) -> "KVCache":
        """Return the cache of the sequences [B'] int64, copied; one may be there several times."""
        return self._map(lambda t: t.index_select(0, sequences))

    def _map(self, change: Callable[[Tensor], Tensor]) -> "KVCache":
        other = KVCache.__new__(KVCache)
        other._windows, other.length = self._windows, self.length  # noqa: SLF001 - the same class
        other._rows = [  # noqa: SLF001
            None if rows is None else (change(rows[0]), change(rows[1])) for rows in self._rows
        ]
        return other


def _last(rows: KeyValue, count: int) -> KeyValue:
    start = max(rows[0].shape[2] - count, 0)
    return rows[0][:, :, start:], rows[1][:, :, start:]
