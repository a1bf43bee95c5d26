"""Canvases with gaps, out of the token files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from settings import KINDS, Settings
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from engine.teach.canvases import Canvases, draw_canvases


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
        random = np.random.default_rng([self.settings.seed, 2, number])
        return draw_canvases(self.settings, count, random)


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
