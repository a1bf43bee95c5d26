"""Sampling one category per row, with the numbers `torch.multinomial` would draw, in less time."""

import torch
from torch import Tensor

# Rounding may lift a ratio by a few parts in 1e7; a candidate is kept well before that matters.
_SLACK = 1 + 1e-5


def categorical(probs: Tensor, generator: torch.Generator) -> Tensor:
    """Draw one category per row: argmax_j p_j / q_j with q ~ Exp(1), as `torch.multinomial` does.

    Args:
        probs: Probabilities [T, V] float32, each row summing to about one.
        generator: Of probs' device; left where `torch.multinomial` would leave it.

    Returns:
        Categories [T] int64, equal to `torch.multinomial(probs, 1, generator=generator)`.
    """
    if probs.device.type != "cpu":
        return torch.multinomial(probs, 1, generator=generator).squeeze(1)
    return categorical_torch(probs, generator)


def categorical_torch(probs: Tensor, generator: torch.Generator) -> Tensor:
    """Compute `categorical` on the CPU.

    torch's CPU exponential is q = −log1p(−u) with one float64 uniform u per entry, in order.
    Drawing the u is quick, the logarithm of all of them is not. Since u ≤ q ≤ u / (1 − u), an entry
    can only win if its p / u reaches the greatest p / u − p of its row: few logarithms are needed.
    """
    uniform = torch.rand(probs.shape, dtype=torch.float64, generator=generator)
    upper = probs / uniform.float()
    to_beat = (upper - probs).amax(dim=-1, keepdim=True)
    rows, columns = torch.nonzero(upper * _SLACK >= to_beat, as_tuple=True)
    ratios = probs[rows, columns] / _exponential(uniform[rows, columns])
    scores = torch.full_like(probs, -1.0).index_put_((rows, columns), ratios)
    return scores.argmax(dim=-1)


def _exponential(uniform: Tensor) -> Tensor:
    """Return the float32 exponentials of float64 uniforms, to the bit as torch computes them."""
    return (-torch.log1p(-uniform)).float()


def categorical_quick(probs: Tensor, uniform: Tensor) -> Tensor:
    """Draw one category per row by inverting its distribution function.

    One random number a row instead of one an entry; the numbers drawn are others than
    `torch.multinomial`'s.

    Args:
        probs: Probabilities [T, V] float32; a row need not sum to one.
        uniform: [T] float32 in [0, 1).

    Returns:
        Categories [T] int64, each with a probability above zero.
    """
    reached = probs.cumsum(dim=-1)
    target = uniform[:, None] * reached[:, -1:]
    # right=True: an entry of probability zero adds nothing and is never the first beyond.
    drawn = torch.searchsorted(reached, target, right=True).squeeze(1)
    # Rounding may lift a target to the sum itself: the last category that adds to it is meant.
    last = torch.searchsorted(reached, reached[:, -1:].contiguous()).squeeze(1)
    return drawn.minimum(last)
