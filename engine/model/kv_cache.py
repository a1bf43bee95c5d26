"""The encoder's keys and values, layer by layer; the denoiser only reads them."""

from collections.abc import Sequence
from typing import Protocol

from torch import Tensor, cat

KeyValue = tuple[Tensor, Tensor]
Layers = list[KeyValue | None]
Past = tuple[KeyValue, ...]  # cached rows in parts, as `KVCache.layer` returns them

# Rows a sliding layer keeps beyond its window, so that a text edited near its end can be encoded
# again from there and not from its beginning.
SLACK = 1024


class HasWindows(Protocol):
    """The part of a model's config that its cache needs."""

    @property
    def windows(self) -> tuple[int | None, ...]:
        """For each layer the cached rows a token sees, without itself; None: all of them."""


class KVCache:
    """Committed keys and values of a batch of sequences.

    Full layers keep every row. Sliding layers show the last `sliding_window - 1`, the rows that a
    token behind the cache can still see, and keep a few more for `cut`.

    Sequences that begin alike (beams, drafts that are judged) are branches: what they have in
    common lies there once, as a trunk of one sequence, and is attended to as one.
    """

    def __init__(self, config: HasWindows) -> None:
        """Start empty, for `config`'s layers."""
        self._windows = config.windows
        # Kept once: copying the context for each beam was more than half of a step.
        self._trunk: Layers = [None] * len(self._windows)
        self._rows: Layers = [None] * len(self._windows)
        self.length = 0  # committed tokens, also those that left the sliding layers
        self._ids: tuple[Tensor, ...] = ()  # [B, ·] each; of branches the trunk's first

    def layer(self, index: int) -> Past:
        """Return the layer's keys and values in parts, the first tokens' first.

        Each part is [B, num_key_value_heads, rows, head_dim]; one of a single sequence belongs to
        all of them.
        """
        parts = [part for part in (self._trunk[index], self._rows[index]) if part is not None]
        window = self._windows[index]
        if window is None:
            return tuple(parts)
        shown: list[KeyValue] = []
        for part in reversed(parts):
            if window > 0:
                shown.insert(0, _last(part, window))
                window -= part[0].shape[2]
        return tuple(shown)

    def append(self, index: int, keys: Tensor, values: Tensor) -> None:
        """Commit new rows [B, num_key_value_heads, T, head_dim] behind the layer's rows."""
        past, window = self._rows[index], self._windows[index]
        rows = joined(((keys, values),) if past is None else (past, (keys, values)))
        # A view of more than it shows: the rows in front are freed as soon as the next ones are
        # joined to it.
        self._rows[index] = rows if window is None else _last(rows, window + SLACK)

    def commit(self, ids: Tensor) -> None:
        """Count tokens [B, T] whose rows every layer has appended."""
        self.length += ids.shape[1]
        self._ids = (*self._ids, ids)

    @property
    def last_token(self) -> Tensor | None:
        """The token committed last, [B, 1], or [1, 1] of all branches; None if there is none."""
        return self._ids[-1][:, -1:] if self._ids else None

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
        rows = [part and _without_last(part, gone) for part in self._whole()]
        cut = self._with([None] * len(rows), rows, _without_last_ids(self._ids, gone))
        cut.length = length
        return cut

    def branch(self) -> "KVCache":
        """Return the cache of one sequence as what any number of others begin with.

        They commit their own rows behind it, and this cache stays as it is.
        """
        # What was rows is a trunk now, and shared: `append` writes behind it and never into it.
        return self._with(self._whole(), [None] * len(self._rows), self._ids)

    def take(self, sequences: Tensor) -> "KVCache":
        """Return the cache of the branches [B'] int64; one may be there several times."""
        rows = [part and _taken(part, sequences) for part in self._rows]
        ids = (one if len(one) == 1 else one.index_select(0, sequences) for one in self._ids)
        return self._with(self._trunk, rows, tuple(ids))

    def _whole(self) -> Layers:
        """Return each layer's rows in one part; of branches there may be one alone."""
        pairs = zip(self._trunk, self._rows, strict=True)
        present = ([part for part in pair if part is not None] for pair in pairs)
        return [joined(parts) if parts else None for parts in present]

    def _with(self, trunk: Layers, rows: Layers, ids: tuple[Tensor, ...]) -> "KVCache":
        other = KVCache.__new__(KVCache)
        other._windows, other.length = self._windows, self.length  # noqa: SLF001 - the same class
        other._trunk, other._rows, other._ids = trunk, rows, ids  # noqa: SLF001
        return other


def joined(parts: Sequence[KeyValue]) -> KeyValue:
    """Return rows [B, num_key_value_heads, ·, head_dim] of several parts, at least one, as one."""
    if len(parts) == 1:
        return parts[0]
    return cat([keys for keys, _ in parts], dim=2), cat([values for _, values in parts], dim=2)


def _taken(rows: KeyValue, sequences: Tensor) -> KeyValue:
    return rows[0].index_select(0, sequences), rows[1].index_select(0, sequences)


def _without_last(rows: KeyValue, count: int) -> KeyValue | None:
    end = rows[0].shape[2] - count
    return (rows[0][:, :, :end], rows[1][:, :, :end]) if end else None


def _without_last_ids(ids: tuple[Tensor, ...], count: int) -> tuple[Tensor, ...]:
    while ids and count >= ids[-1].shape[1]:
        count -= ids[-1].shape[1]
        ids = ids[:-1]
    return (*ids[:-1], ids[-1][:, : ids[-1].shape[1] - count]) if ids and count else ids


def _last(rows: KeyValue, count: int) -> KeyValue:
    start = max(rows[0].shape[2] - count, 0)
    return rows[0][:, :, start:], rows[1][:, :, start:]
