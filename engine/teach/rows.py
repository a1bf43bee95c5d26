"""Sequences of tokens out of the user's texts, the same ones for the same number."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer
from torch import Tensor

Ids = npt.NDArray[np.int64]
_SHUFFLED: Final = 1  # what a generator is for, beside the seed


def tokens_of(tokenizer: Tokenizer, texts: Iterable[str], border: int) -> Ids:
    """Return the tokens of texts one behind the other, a border before each."""
    tokenizer.encode_special_tokens = True  # what looks like one in a text is text
    pieces = (tokenizer.encode(text, add_special_tokens=False).ids for text in texts)
    return np.array([token for ids in pieces for token in (border, *ids)], dtype=np.int64)


class Rows:
    """Rows of `length` tokens. Before any comes again, all have come once, cut anew each time."""

    def __init__(self, tokens: Ids, length: int, seed: int) -> None:
        """Take the tokens; fewer than a row are repeated until they fill one."""
        self._tokens = np.resize(tokens, max(len(tokens), length))
        self._length, self._seed = length, seed
        # Cut anywhere, one row fewer fits than from the beginning.
        self._num = max(1, len(self._tokens) // length - 1)

    def __len__(self) -> int:
        """Return after how many rows all have come once."""
        return self._num

    def __getitem__(self, number: int) -> Tensor:
        """Return row `number` of a sequence without end, [length] int64."""
        turn, place = divmod(number, self._num)
        random = np.random.default_rng([self._seed, _SHUFFLED, turn])
        spare = len(self._tokens) - self._num * self._length
        offset = int(random.integers(spare + 1))
        start = offset + int(random.permutation(self._num)[place]) * self._length
        return torch.from_numpy(self._tokens[start : start + self._length])

    def spread(self, most: int) -> list[Tensor]:
        """Return rows from all over the text, at most so many, none of them twice."""
        whole = max(1, len(self._tokens) // self._length)
        count = min(most, whole)
        starts = [number * whole // count * self._length for number in range(count)]
        return [torch.from_numpy(self._tokens[one : one + self._length]) for one in starts]
