"""Scoring finished candidates with the same weights, run causally."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.model import DiffusionGemma, KVCache

FOLLOWING = 24  # tokens behind a candidate that it has to lead up to
OWN_WEIGHT = 0.25
# What one new syntax error costs, in nats; more than candidates differ by otherwise.
SYNTAX_PENALTY = 2.0
# What a doubled or missing character at an edge of the region costs.
SEAM_PENALTY = 0.5


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A candidate's log-likelihood, nats per token."""

    own: float  # of its own tokens
    following: float  # of the text behind it, given the candidate
    mean: float  # of both

    @property
    def fit(self) -> float:
        """What candidates of different lengths are compared by.

        How well the text goes on behind it says more about a length than the candidate itself:
        with a plain mean, long and bland candidates win (measured on the embedded model).
        """
        return self.following + OWN_WEIGHT * self.own


@torch.inference_mode()
def likelihoods(
    model: DiffusionGemma,
    cache: KVCache,
    last_token: int | None,
    candidates: Sequence[Sequence[int]],
    following: Sequence[int],
) -> list[Likelihood]:
    """Return each candidate's log-likelihood and the following text's, in one pass.

    Args:
        model: Run as the causal encoder.
        cache: The context of one sequence without its last token; it is not changed.
        last_token: The last token of the context, which predicts the first one; None if the
            context is empty: then the first token of a candidate is given for free.
        candidates: Token ids of each candidate, without fillers.
        following: Token ids of the text behind the region; the first few count.

    Returns:
        Nats per token; 0 where there is nothing to judge.
    """
    first = [] if last_token is None else [last_token]
    rows = [[*first, *ids, *following[:FOLLOWING]] for ids in candidates]
    longest = max(map(len, rows))
    if longest < 2:
        return [Likelihood(0.0, 0.0, 0.0)] * len(rows)
    padded = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=model.device)
    hidden = model.encode(padded, cache.expand(len(rows)))
    found = []
    for ids, row, states, tokens in zip(candidates, rows, hidden, padded, strict=True):
        # Padding stands behind the text, where a causal pass does not see it.
        losses = _losses(model, states, tokens)[: len(row) - 1].tolist()
        own = len(first) + len(ids) - 1
        parts = (losses[:own], losses[own:], losses)
        found.append(Likelihood(*(-sum(part) / max(len(part), 1) for part in parts)))
    return found


def _losses(model: DiffusionGemma, hidden: Tensor, ids: Tensor) -> Tensor:
    return F.cross_entropy(model.logits(hidden[:-1]), ids[1:], reduction="none")


def seam_errors(before: str, text: str, after: str, old: str = "") -> int:
    """Count doubled or missing characters at the two edges of a region.

    Doubled: a space, quote, comma or semicolon on both sides of an edge. Missing: two words that
    have grown together there. What the text had of these before is no error.
    """
    left = _is_bad(before, text or after) and not _is_bad(before, old or after)
    right = bool(text) and _is_bad(text, after) and not _is_bad(old or before, after)
    return left + right


def _is_bad(left: str, right: str) -> bool:
    if not left or not right:
        return False
    one, other = left[-1], right[0]
    if one == other == " ":
        return bool(left.rpartition("\n")[2].strip())  # more than an indentation
    return (one == other and one in "\"'`,;") or (one.isalnum() and other.isalnum())
