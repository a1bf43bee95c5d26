"""Canvases with gaps, out of the token files."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from settings import KINDS, Settings
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Canvases:
    """Where canvases begin and which of their rows are to be found.

    A canvas's row 0 is the token at `starts`, the last of its context; the rows behind it, T, are
    what `free` and `weights` speak of.
    """

    sequence: Tensor  # [S] of which sequence
    starts: Tensor  # [S]
    window: int
    free: Tensor  # [S, T] bool
    weights: Tensor  # [S, T] float32, of free rows in the loss

    def to(self, device: torch.device) -> "Canvases":
        """Return them on a device."""
        moved = {
            name: getattr(self, name).to(device) for name in self.__slots__ if name != "window"
        }
        return replace(self, **moved)


class Spans:
    """Draws sequences and canvases, the same ones for the same number."""

    def __init__(self, folder: Path, split: str, settings: Settings) -> None:
        """Open the token files of one split."""
        self.settings = settings
        self.tokens = {k: np.load(folder / f"{split}_{k}.npy", mmap_mode="r") for k in KINDS}

    def sequences(self, number: int, count: int) -> Tensor:
        """Return token ids [count, length], prose and code in turns."""
        random = np.random.default_rng([self.settings.seed, 1, number])
        rows = []
        for index in range(count):
            tokens = self.tokens[KINDS[index % len(KINDS)]]
            start = random.integers(len(tokens) - self.settings.length)
            rows.append(tokens[start : start + self.settings.length].astype(np.int64))
        return torch.from_numpy(np.stack(rows))

    def canvases(self, number: int, count: int) -> Canvases:
        """Return canvases of `count` sequences, all behind a window of one size."""
        s = self.settings
        random = np.random.default_rng([s.seed, 2, number])
        shares = np.array(s.window_shares)
        window = int(random.choice(s.windows, p=shares / shares.sum()))
        total = count * s.canvases
        starts = random.integers(window, s.length - s.canvas, total)
        lengths = np.stack([self._gaps(random) for _ in range(total)])
        free = torch.from_numpy(lengths > 0)
        weights = torch.from_numpy(np.maximum(lengths, 1).astype(np.float32)) ** -s.length_weight
        sequence = torch.arange(count).repeat_interleave(s.canvases)
        return Canvases(sequence, torch.from_numpy(starts), window, free, weights * free)

    def _gaps(self, random: np.random.Generator) -> Ids:
        """Return for each row how long the gap is that it lies in; 0: known."""
        s = self.settings
        shares = np.array(s.gap_shares) / sum(s.gap_shares)
        found = np.zeros(s.canvas, np.int64)
        is_open = random.random() < s.open_end_share
        end = s.canvas if is_open else s.canvas - 4
        place = 0 if random.random() < 0.25 else int(random.integers(1, 12))
        while place < end:
            length = min(int(random.choice(s.gap_lengths, p=shares)), end - place)
            found[place : place + length] = length
            place += length + int(random.integers(*s.known_runs))
            if random.random() < s.last_gap_share:
                break
        if is_open:
            last = int(random.integers(1, 24))
            found[-last:] = last
        return found


class _Steps(Dataset[tuple[Tensor | None, Canvases]]):
    """What each optimizer step reads: new sequences, where it has any, and canvases."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def __getitem__(self, step: int) -> tuple[Tensor | None, Canvases]:
        s = self._spans.settings
        number, turn = divmod(step, s.reuse)
        sequences = None if turn else self._spans.sequences(number, s.sequences)
        return sequences, self._spans.canvases(step, s.sequences)


def draws(spans: Spans, steps: range, workers: int) -> Iterator[tuple[Tensor | None, Canvases]]:
    """Yield sequences and canvases of steps, drawn ahead by so many processes; 0: when asked."""
    ahead = 8 if workers else None
    yield from DataLoader(
        _Steps(spans), batch_size=None, sampler=steps, num_workers=workers, prefetch_factor=ahead
    )
