"""Texts that are nearly the same: bottom-k sketches of shingles.

A. Broder, On the resemblance and containment of documents (1997): of two sets of hashed shingles
the k smallest hashes of their union are a fair sample of it, and how many of these both have is
their resemblance.
"""

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Sketch = npt.NDArray[np.uint64]

ALIKE: Final = 0.8  # of the shingles: one is a copy of the other, a little changed
RELATED: Final = 0.3  # they share so much that one says what stands in the other

_WORDS: Final = 5  # of a shingle
_SIZE: Final = 128  # hashes of a sketch; its figure is right to 0.04
_COMMON: Final = 200  # texts; a shingle that more of them have, as a licence has, finds no pairs
_WORD: Final = re.compile(r"\w+|[^\w\s]")


def sketch(text: str) -> Sketch:
    """Return the smallest hashes of a text's shingles, sorted, uint64 [at most 128]."""
    return shingles(text)[:_SIZE]


def shingles(text: str) -> Sketch:
    """Return the hashes of a text's shingles, sorted, each once, uint64 [one at least]."""
    # `hash` differs from run to run.
    known: dict[str, int] = {}
    words = [known.get(word) or known.setdefault(word, _hash(word)) for word in _WORD.findall(text)]
    words += [0] * (_WORDS - len(words))
    row = np.array(words, dtype=np.uint64)
    count = len(row) - _WORDS + 1
    mixed = np.zeros(count, dtype=np.uint64)
    for place in range(_WORDS):
        mixed = _mix(mixed ^ row[place : place + count])
    return np.unique(mixed)


def resemblance(one: Sketch, other: Sketch) -> float:
    """Return the share of shingles that two texts have in common, as their sketches estimate it."""
    smallest = np.union1d(one, other)[:_SIZE]
    both = np.isin(smallest, one, assume_unique=True) & np.isin(smallest, other, assume_unique=True)
    return float(both.mean())


def shares_in(texts: Sequence[str], others: Iterable[str]) -> list[float]:
    """Return for each text how much of it stands in any of the others, as a share of its shingles.

    A chapter resembles its book but little, and all of it stands there.
    """
    if not texts:
        return []
    own = [shingles(text) for text in texts]
    known = np.unique(np.concatenate(own))
    is_there = np.zeros(len(known), dtype=bool)
    for other in others:
        found = shingles(other)
        places = np.searchsorted(known, found).clip(max=len(known) - 1)
        is_there[places[known[places] == found]] = True
    return [float(is_there[np.searchsorted(known, one)].mean()) for one in own]


def pairs(sketches: Sequence[Sketch], least: float) -> list[tuple[int, int]]:
    """Return the pairs of texts, the earlier one first, whose resemblance is at least so much."""
    known, found = _Known(sketches), list[tuple[int, int]]()
    for number in range(len(sketches)):
        found += [(earlier, number) for earlier in known.alike(number, least)]
        known.add(number)
    return found


def copies(sketches: Sequence[Sketch]) -> set[int]:
    """Return the texts that nearly repeat an earlier one that is no copy itself."""
    known, found = _Known(sketches), set[int]()
    for number in range(len(sketches)):
        # What is a copy finds no other ones: however many there are, all are found by the first.
        if known.alike(number, ALIKE):
            found.add(number)
        else:
            known.add(number)
    return found


class _Known:
    """The texts that others are compared with."""

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self._sketches = sketches
        self._places: dict[int, list[int]] = defaultdict(list)  # of each hash, which texts have it

    def add(self, number: int) -> None:
        """Have later texts compared with this one."""
        for value in self._sketches[number].tolist():
            if len(self._places[value]) < _COMMON:
                self._places[value].append(number)

    def alike(self, number: int, least: float) -> list[int]:
        """Return the known texts whose resemblance to this one is at least so much."""
        one, shared = self._sketches[number], Counter[int]()
        for value in one.tolist():
            if len(texts := self._places.get(value, ())) < _COMMON:
                shared.update(texts)
        # What both have is at most a share of the longer one.
        likely = sorted(
            earlier
            for earlier, count in shared.items()
            if count >= least * max(len(self._sketches[earlier]), len(one))
        )
        return [earlier for earlier in likely if resemblance(self._sketches[earlier], one) >= least]


def groups(sketches: Sequence[Sketch], least: float) -> list[int]:
    """Return a group's number for each text; those that resemble each other are in one group."""
    group = list(range(len(sketches)))

    def first(number: int) -> int:
        while group[number] != number:
            number = group[number] = group[group[number]]
        return number

    for one, other in pairs(sketches, least):
        group[first(other)] = first(one)
    return [first(number) for number in group]


def _hash(word: str) -> int:
    data = word.encode(errors="surrogatepass")
    return zlib.crc32(data) << 32 | zlib.adler32(data)


def _mix(values: Sketch) -> Sketch:
    """Spread bits: the last steps of splitmix64 (Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
