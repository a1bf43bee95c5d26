"""What the denoiser believes of a gap before anything stands in it, for several lengths at once.

The causal pass proposes what the text before leads to; the denoiser sees both sides, but knows
nothing yet of the other slots. So each proposes drafts that the other would not find, and each
judges those of the other: a product of experts (Hinton, 2002), of which the weights were measured
on validation text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.forms.chain import NEVER
from engine.infill.ranking import FOLLOWING, OWN_WEIGHT, Likelihood

# What the denoiser's belief weighs beside the text behind; the draft's own likelihood has
# `ranking.OWN_WEIGHT`.
BELIEF_WEIGHT = 0.5
_BRANCHES = 6  # tokens of a slot that are looked at for proposals


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Log-probabilities of every token in every slot, by the gap's length."""

    # Of longer gaps the slots of an empty canvas say too little of each other; there the causal
    # pass judges alone. Of single tokens the denoiser holds the true one among its first 16 more
    # often than the causal pass (85 to 70 of 100 in prose, 94 to 89 in code).
    rows: Mapping[int, Tensor]  # [length, V] each; of lengths at which they are worth something

    def of(self, ids: Sequence[int]) -> float | None:
        """Return the nats of a draft; None if its length was not asked about."""
        rows = self.rows.get(len(ids))
        if rows is None:
            return None
        return rows.gather(1, torch.tensor(ids, device=rows.device)[:, None]).sum().item()

    def of_all(self, texts: Tensor, own: Tensor) -> Tensor:
        """Return the nats [B] of drafts [B, T]; of a length not asked about what they `own` [B]."""
        rows = self.rows.get(texts.shape[1])
        return own if rows is None else rows.gather(1, texts.T).sum(dim=0)

    def doubts_of(self, ids: Sequence[int]) -> list[float] | None:
        """Return the entropy of each slot, in nats, where a draft is what is believed; else None.

        It is believed where each of its tokens is the likeliest in its slot.
        """
        rows = self.rows.get(len(ids))
        if rows is None or rows.argmax(dim=-1).tolist() != list(ids):
            return None
        doubts: list[float] = (-(rows.exp() * rows).sum(dim=-1)).tolist()
        return doubts

    def weight_of_own(self, length: int) -> float:
        """Return what a text's own likelihood weighs at the least, from some length on."""
        is_asked = length <= max(self.rows, default=0)
        return OWN_WEIGHT if is_asked else OWN_WEIGHT + BELIEF_WEIGHT

    def fit(self, ids: Sequence[int], found: Likelihood) -> float:
        """Return `Likelihood.fit` with what the denoiser believes of the draft."""
        believed = self.of(ids)
        if believed is None:
            # Or texts of a length that was not asked about would come off too well.
            believed = sum(found.own) / max(1.0, len(found.own) / FOLLOWING)
        return found.fit + BELIEF_WEIGHT * believed / FOLLOWING

    def likeliest(self, count: int) -> list[tuple[int, ...]]:
        """Return the drafts of all lengths that are likeliest if slots did not hang together."""
        pairs = [pair for rows in self.rows.values() for pair in _likeliest(rows, count)]
        return [ids for _, ids in sorted(pairs, reverse=True)[:count]]


def _likeliest(rows: Tensor, count: int) -> list[tuple[float, tuple[int, ...]]]:
    """Return the nats and tokens of the likeliest sequences of independent slots [T, V]."""
    values, tokens = (one.tolist() for one in rows.topk(_BRANCHES))
    found: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    for own, ids in zip(values, tokens, strict=True):
        longer = [
            (nats + more, (*text, token))
            for nats, text in found
            for more, token in zip(own, ids, strict=True)
        ]
        found = sorted(longer, reverse=True)[:count]
    return [(nats, text) for nats, text in found if nats > NEVER / 2]
