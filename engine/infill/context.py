"""The left context: where it begins, and its KV cache, reused from one request to the next."""

import zlib
from collections.abc import Callable, Sequence

import torch

from engine.model import Denoiser, KVCache

_ENCODE_PIECE = 256  # tokens of context between two looks at a cancel
_ANCHOR_LENGTH = 8  # tokens that decide whether a place is a good beginning


def anchored(ids: Sequence[int], limit: int) -> list[int]:
    """Return the end of `ids`, at most `limit` tokens, from a beginning that stays while one types.

    A context cut at exactly `limit` tokens would begin elsewhere after every keystroke, and nothing
    of its cache could be used again. So it begins where the text itself says: at the place in the
    first quarter of what may be kept whose next tokens have the smallest checksum.
    """
    if len(ids) <= limit:
        return list(ids)
    first = len(ids) - limit
    places = range(first, first + max(1, limit // 4))
    return list(ids[min(places, key=lambda place: (_checksum(ids, place), place)) :])


def _checksum(ids: Sequence[int], place: int) -> int:
    tokens = ids[place : place + _ANCHOR_LENGTH]
    # A checksum of fixed bytes, because Python's hash of a text is another in every run.
    return zlib.crc32(b"".join(token.to_bytes(4, "little") for token in tokens))


class ContextCache:
    """The KV cache of the last context; a new one is encoded from where it differs.

    Another model, or the same one with something else taught, begins anew.
    """

    def __init__(self) -> None:
        """Start without a context."""
        self._model: Denoiser | None = None
        self._ids: list[int] = []
        self._cache: KVCache | None = None

    @torch.inference_mode()
    def encode(
        self,
        model: Denoiser,
        ids: Sequence[int],
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> tuple[KVCache, int]:
        """Return the cache of `ids`, and how many of them did not need to be encoded again.

        A cancel is looked at between pieces; the cache then holds a part of them.
        """
        known = self._shared(ids) if model is self._model else 0
        self._model = model
        # Nothing in common, or too far back for the sliding layers: from the beginning.
        cache = KVCache(model.config)
        if self._cache is not None and known and self._cache.can_cut(known):
            cache = self._cache.cut(known)
        reused = cache.length
        rest = torch.tensor([ids[reused:]], dtype=torch.int64, device=model.device)
        for piece in torch.split(rest, _ENCODE_PIECE, dim=1):
            if is_cancelled():
                break
            if piece.shape[1]:
                model.encode(piece, cache)
        # As far as it came: a request that is cancelled leaves to the next one what it had encoded.
        self._ids, self._cache = list(ids[: cache.length]), cache
        return cache, reused

    def _shared(self, ids: Sequence[int]) -> int:
        """Return how many tokens the last context and `ids` begin with in common."""
        pairs = enumerate(zip(self._ids, ids, strict=False))
        different = (place for place, (old, new) in pairs if old != new)
        return next(different, min(len(self._ids), len(ids)))
