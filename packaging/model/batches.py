"""Training batches: causal text, whole noisy canvases, and spans to fill with both sides known."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from architecture import CANVAS_LENGTH, CONTEXT_LENGTH
from recipe import FILLER, KINDS, SPECIAL_TOKENS, Recipe
from tokenizers import Tokenizer
from torch import Tensor

LENGTH = CONTEXT_LENGTH + CANVAS_LENGTH
_NUM_SPECIAL = len(SPECIAL_TOKENS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """B sequences of context followed by a canvas; all tensors int64 or bool."""

    context: Tensor  # [B, C] tokens before the canvas
    context_valid: Tensor  # [B, C] False where the context is padding
    target: Tensor  # [B, L] the clean canvas
    canvas: Tensor  # [B, L] the canvas as the model sees it
    free: Tensor  # [B, L] True where the model has to find the token

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        names = self.__dataclass_fields__
        return Batch(**{name: getattr(self, name).to(device) for name in names})


class TokenStream:
    """The flat token array of one split and kind, cut anywhere."""

    def __init__(self, folder: Path, split: str, kind: str) -> None:
        """Map the array; `tokens.py` wrote it."""
        self._tokens = np.load(folder / f"{split}_{kind}.npy", mmap_mode="r")

    def rows(self, count: int, length: int, rng: np.random.Generator) -> np.ndarray:
        """Return `count` random stretches [count, length] int64."""
        starts = rng.integers(0, len(self._tokens) - length, size=count)
        rows = self._tokens[starts[:, None] + np.arange(length)]
        return np.asarray(rows, dtype=np.int64)


class Splitter:
    """Cuts a token in two at a random character, each half tokenized for itself.

    A selection may begin or end inside a word; the engine then sees such halves.
    """

    def __init__(self, tokenizer: Tokenizer) -> None:
        """Remember the text of every token."""
        self._tokenizer = tokenizer
        self._texts = [tokenizer.decode([i]) for i in range(tokenizer.get_vocab_size())]

    def split(self, token: int, rng: np.random.Generator) -> tuple[list[int], list[int]] | None:
        """Return the two halves' tokens, or None if the token cannot be cut."""
        text = self._texts[token]
        if token < _NUM_SPECIAL or len(text) < 2 or "\ufffd" in text:
            return None
        cut = int(rng.integers(1, len(text)))
        halves = (self._tokenizer.encode(part).ids for part in (text[:cut], text[cut:]))
        left, right = halves
        return left, right


class BatchMaker:
    """Draws every batch from the recipe's seed and the step's number alone."""

    def __init__(self, recipe: Recipe, folder: Path, split: str, tokenizer: Tokenizer) -> None:
        """Open the token streams of a split."""
        self._recipe = recipe
        self._streams = [TokenStream(folder, split, kind) for kind in KINDS]
        self._splitter = Splitter(tokenizer)

    def causal(self, step: int) -> Tensor:
        """Return plain text [B, LENGTH + 1] for the causal loss."""
        return torch.from_numpy(self._mixed_rows(LENGTH + 1, self._rng(step)))

    def denoising(self, step: int) -> Batch:
        """Return the step's batch of whole canvases and spans."""
        rng = self._rng(step)
        rows = self._mixed_rows(LENGTH + 8, rng)
        whole = round(self._recipe.whole_canvas_share * len(rows))
        samples = [self._whole(row) for row in rows[:whole]]
        samples += [self._span(row, rng) for row in rows[whole:]]
        context, target, free = (np.stack(part) for part in zip(*samples, strict=True))
        canvas = self._noised(target, free, rng)
        valid = np.ones_like(context, dtype=bool)
        for row in rng.choice(len(rows), size=len(rows) // 8, replace=False):
            valid[row, : rng.integers(0, CONTEXT_LENGTH)] = False
        tensors = (torch.from_numpy(a) for a in (context, valid, target, canvas, free))
        names = ("context", "context_valid", "target", "canvas", "free")
        return Batch(**dict(zip(names, tensors, strict=True)))

    def _rng(self, step: int) -> np.random.Generator:
        return np.random.default_rng([self._recipe.seed, step])

    def _mixed_rows(self, length: int, rng: np.random.Generator) -> np.ndarray:
        share = self._recipe.batch_size // len(self._streams)
        rows = np.concatenate([s.rows(share, length, rng) for s in self._streams])
        return rng.permutation(rows)

    def _whole(self, row: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        context, target = row[:CONTEXT_LENGTH], row[CONTEXT_LENGTH:LENGTH]
        return context, target, np.ones(CANVAS_LENGTH, dtype=bool)

    def _span(
        self, row: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return context, clean canvas [content, filler, suffix] and the free rows."""
        length = self._span_length(rng, self._recipe.span_shares)
        context = row[:CONTEXT_LENGTH].tolist()
        content = row[CONTEXT_LENGTH : CONTEXT_LENGTH + length].tolist()
        suffix = row[CONTEXT_LENGTH + length :].tolist()
        if rng.random() < self._recipe.cut_token_share:
            context, content = self._move_cut(context, content, rng)
        if rng.random() < self._recipe.cut_token_share:
            content, suffix = self._move_cut(content, suffix, rng)
        surplus = self._surplus(len(content), rng)
        slots = len(content) + surplus
        canvas = (content + [FILLER] * surplus + suffix)[:CANVAS_LENGTH]
        free = np.arange(CANVAS_LENGTH) < slots
        if rng.random() < self._recipe.more_gaps_share:
            self._add_gaps(free, slots, rng)
        return np.array(context[-CONTEXT_LENGTH:]), np.array(canvas), free

    def _move_cut(
        self, left: list[int], right: list[int], rng: np.random.Generator
    ) -> tuple[list[int], list[int]]:
        """Move the border into the token behind it."""
        halves = self._splitter.split(right[0], rng) if right else None
        if halves is None:
            return left, right
        return left + halves[0], halves[1] + right[1:]

    def _add_gaps(self, free: np.ndarray, start: int, rng: np.random.Generator) -> None:
        """Free more stretches of the suffix, which begins at `start`."""
        mean_run = rng.integers(*self._recipe.known_runs, endpoint=True)
        while True:
            start += int(rng.geometric(1 / mean_run))
            end = start + self._span_length(rng, self._recipe.more_gaps_shares)
            if end > len(free):
                return
            free[start:end] = True
            start = end

    def _span_length(self, rng: np.random.Generator, shares: tuple[float, ...]) -> int:
        bounds = self._recipe.span_lengths
        low, high = bounds[rng.choice(len(bounds), p=shares)]
        return int(rng.integers(low, high + 1))

    def _surplus(self, length: int, rng: np.random.Generator) -> int:
        if rng.random() < self._recipe.exact_length_share:
            return 0
        room = CANVAS_LENGTH - length - 16  # some suffix must stay in sight
        return int(rng.integers(1, min(max(4, 2 * length), room) + 1))

    def _noised(self, target: np.ndarray, free: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Replace free tokens by random ones, each row at a noise level of its own."""
        level = rng.random((len(target), 1))
        level[rng.random((len(target), 1)) < self._recipe.pure_noise_share] = 1.0
        noisy = free & (rng.random(target.shape) < level)
        random = rng.integers(0, self._recipe.vocab_size, size=target.shape)
        return np.where(noisy, random, target)
