# mypy: disable-error-code="no-untyped-def"
# ruff: noqa: ANN001, ANN201
"""Counter-based random numbers: a function of seed, place and step alone.

Philox-4x32-10 (Salmon et al., SC 2011). The counter is (index, position, step, stream), so a row's
numbers hang on its place on the canvas and on the step, never on which rows run beside it or in
which order; and a twin reproduces them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from kernels.triton_guard import tl, triton

TOKENS, NOISE = 0, 1  # streams

_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Draws:
    """Which random numbers the rows of one step take."""

    seeds: Tensor  # [F] int64, the canvas's seed, repeated for its rows
    positions: Tensor  # [F] int32, the row's place on its canvas
    step: Tensor  # [1] int32


@triton.jit
def random_words(seed, index, position, step, STREAM: tl.constexpr):
    """Return four uint32 tensors of index's shape; index int32, the others scalars."""
    zero = index * 0
    return tl.philox(seed, index, zero + position, zero + step, zero + STREAM)


@triton.jit
def exponential(words):
    """Return Exp(1) numbers of uint32 words: −log(1 − u), u = (word + ½) · 2⁻³².

    The smallest numbers decide which token wins, so small u take the logarithm's series, which
    loses no bits where 1 − u would.
    """
    u = (words.to(tl.float32) + 0.5) * 2.3283064365386963e-10
    series = u * (1.0 + u * (0.5 + u * 0.3333333333333333))
    return tl.where(u < 0.001, series, -tl.log(tl.maximum(1.0 - u, 1.1754943508222875e-38)))


def random_words_torch(
    seeds: Tensor, index: Tensor, positions: Tensor, step: Tensor, stream: int
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Compute `random_words` for arguments that broadcast; the words as int64 in [0, 2³²)."""
    whole = torch.zeros_like(index + positions + step + seeds)
    c0, c1, c2 = ((whole + c) & _MASK for c in (index, positions, step))
    low = whole + seeds
    c3 = torch.full_like(c0, stream)
    low, high = low & _MASK, (low >> 32) & _MASK
    for _ in range(10):
        # The product wraps in int64; its upper and lower halves are right all the same.
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1 = ((second >> 32) & _MASK) ^ c1 ^ low, second & _MASK
        c2, c3 = ((first >> 32) & _MASK) ^ c3 ^ high, first & _MASK
        low, high = (low + 0x9E3779B9) & _MASK, (high + 0xBB67AE85) & _MASK
    return c0, c1, c2, c3


def exponential_torch(words: Tensor) -> Tensor:
    """Compute `exponential`, float32."""
    u = (words.float() + 0.5) * 2.0**-32
    series = u * (1 + u * (0.5 + u * (1 / 3)))
    tiny = torch.finfo(torch.float32).tiny
    return torch.where(u < 0.001, series, -(1 - u).clamp_min(tiny).log())


def token_exponentials_torch(draws: Draws, rows: slice, vocab: int) -> Tensor:
    """Return a row's numbers for all tokens [rows, vocab]: token v takes word v % 4 of v // 4."""
    index = torch.arange(-(-vocab // 4), device=draws.seeds.device)
    words = random_words_torch(
        draws.seeds[rows, None], index, draws.positions[rows, None], draws.step, TOKENS
    )
    return exponential_torch(torch.stack(words, dim=-1).flatten(1)[:, :vocab])


def noise_ids_torch(draws: Draws, vocab: int) -> Tensor:
    """Return a uniform random token id [F] int32 for every row."""
    zero = torch.zeros_like(draws.positions)
    words = random_words_torch(draws.seeds, zero, draws.positions, draws.step, NOISE)
    return ((words[0] * vocab) >> 32).int()
