"""Sampling one category per row, with the numbers `torch.multinomial` would draw, in less time."""

import math

import torch
from torch import Tensor

# Rounding may lift a ratio by a few parts in 1e7; a candidate is kept well before that matters.
_SLACK = 1 + 1e-5
_BLOCK = 64


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
    # The float32 quotient is only a sieve, so `_SLACK` makes up for its rounding.
    upper = probs / uniform.float()
    to_beat = (upper - probs).amax(dim=-1, keepdim=True)
    rows, columns = torch.nonzero(upper * _SLACK >= to_beat, as_tuple=True)
    ratios = probs[rows, columns] / _exponential(uniform[rows, columns])
    # Below any ratio: what was not looked at cannot win.
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
    # First the block, then the place in it: running sums of whole rows would take twice as long.
    blocks = _blocks(probs)
    block, rest = _invert(blocks.sum(dim=-1), uniform)
    inside = blocks[torch.arange(len(probs), device=probs.device), block]
    place, _ = _invert(inside, rest)
    return block * blocks.shape[2] + place


def argmax(x: Tensor) -> Tensor:
    """Return the place [...] of the first greatest entry of x [..., V], as `torch.argmax` does.

    torch's own looks at every entry with its place, its maximum without: only one block is left.
    """
    blocks = _blocks(x)
    block = blocks.amax(dim=-1).argmax(dim=-1, keepdim=True)  # [..., 1]
    inside = blocks.take_along_dim(block[..., None], dim=-2).squeeze(-2)
    return block.squeeze(-1) * blocks.shape[-1] + inside.argmax(dim=-1)


def _blocks(x: Tensor) -> Tensor:
    # A block divides the row, so that no entry is padding.
    return x.reshape(*x.shape[:-1], -1, math.gcd(x.shape[-1], _BLOCK))


def _invert(weights: Tensor, uniform: Tensor) -> tuple[Tensor, Tensor]:
    """Return the entry [T] into which `uniform` of each row's sum falls, and how far, 0..1."""
    reached = weights.cumsum(dim=-1)
    target = uniform[:, None] * reached[:, -1:]
    # right=True: an entry of weight zero adds nothing and is never the first beyond.
    drawn = torch.searchsorted(reached, target, right=True)
    # Rounding may lift a target to the sum itself: the last entry that adds to it is meant.
    drawn = drawn.minimum(torch.searchsorted(reached, reached[:, -1:].contiguous()))
    width = weights.gather(1, drawn)
    into = 1 - (reached.gather(1, drawn) - target) / width
    return drawn.squeeze(1), into.clamp_(0, 1).squeeze(1)
