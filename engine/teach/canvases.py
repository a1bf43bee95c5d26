"""Canvases with gaps, drawn over sequences of text: what a denoiser learns on."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drawing:
    """What canvases look like, and what their free rows are told."""

    # A canvas begins anywhere in a sequence, behind a window of context.
    length: int = 320  # tokens of a sequence
    windows: tuple[int, ...] = (16, 64, 128, 224)  # context tokens that a canvas looks back on
    window_shares: tuple[float, ...] = (1, 3, 4, 4)  # one window a step
    canvas: int = 64  # rows behind the context's last token
    canvases: int = 4  # of one sequence, each with gaps of its own

    # Gaps: several in a canvas, with runs of known tokens between.
    gap_lengths: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 34, 48)
    gap_shares: tuple[float, ...] = (16, 14, 11, 10, 8, 8, 8, 7, 6, 4, 3, 2, 2, 1)
    known_runs: tuple[int, int] = (3, 16)
    last_gap_share: float = 0.15  # canvases with no further gap, after each
    open_end_share: float = 0.08  # canvases in which nothing follows the last gap
    # Short gaps have few rows, and are what most edits are: a row weighs length ** -this.
    length_weight: float = 0.5

    # What free rows are told of the step before. The rest are told nothing.
    drafted_share: float = 0.35  # canvases: drawn from the causal belief, or true
    draft_temperature: float = 0.7
    believed_share: float = 0.25  # canvases: the denoiser's own belief of a first pass
    told_weight: float = 0.3  # in the loss, of a row that was told the truth


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


def draw_canvases(drawing: Drawing, count: int, random: np.random.Generator) -> Canvases:
    """Return canvases of `count` sequences, all behind a window of one size."""
    shares = np.array(drawing.window_shares)
    window = int(random.choice(drawing.windows, p=shares / shares.sum()))
    total = count * drawing.canvases
    starts = random.integers(window, drawing.length - drawing.canvas, total)
    lengths = np.stack([_gaps(drawing, random) for _ in range(total)])
    free = torch.from_numpy(lengths > 0)
    weights = torch.from_numpy(np.maximum(lengths, 1).astype(np.float32)) ** -drawing.length_weight
    sequence = torch.arange(count).repeat_interleave(drawing.canvases)
    return Canvases(sequence, torch.from_numpy(starts), window, free, weights * free)


def _gaps(drawing: Drawing, random: np.random.Generator) -> Ids:
    """Return for each row how long the gap is that it lies in; 0: known."""
    shares = np.array(drawing.gap_shares) / sum(drawing.gap_shares)
    found = np.zeros(drawing.canvas, np.int64)
    is_open = random.random() < drawing.open_end_share
    end = drawing.canvas if is_open else drawing.canvas - 4
    place = 0 if random.random() < 0.25 else int(random.integers(1, 12))
    while place < end:
        length = min(int(random.choice(drawing.gap_lengths, p=shares)), end - place)
        found[place : place + length] = length
        place += length + int(random.integers(*drawing.known_runs))
        if random.random() < drawing.last_gap_share:
            break
    if is_open:
        last = int(random.integers(1, 24))
        found[-last:] = last
    return found
