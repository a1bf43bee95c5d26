"""Scoring finished candidates with the same weights, run causally."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

import torch
from torch import Tensor

from engine.model import Denoiser, KVCache

FOLLOWING = 24  # tokens behind a candidate that it has to lead up to
OWN_WEIGHT = 0.5
# Rows whose logits are there at once: enough to read the head seldom, 13 MB of a large vocabulary.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A candidate's log-likelihood in nats, token by token."""

    own: tuple[float, ...]  # of its own tokens
    following: tuple[float, ...]  # of the text behind it, given the candidate

    @property
    def mean(self) -> float:
        """Nats per token, of both; 0 where there is nothing to judge."""
        return fmean(self.own + self.following) if self.own or self.following else 0.0

    @property
    def fit(self) -> float:
        """What candidates of different lengths are compared by, in nats per following token.

        The sum over the candidate and as much following text as all are judged by is the likelihood
        of one continuation among others, whatever its length. The following text counts double:
        that came nearest to what had stood there (measured on the embedded model). Where nothing
        follows, any sum would be for the shortest: there the mean counts. So it does of a candidate
        longer than the following text, which would weigh nothing beside the sum.
        """
        if not self.following:
            return fmean(self.own) if self.own else 0.0
        own = sum(self.own) / max(1.0, len(self.own) / FOLLOWING)
        return self.leading + OWN_WEIGHT * own / FOLLOWING

    @property
    def leading(self) -> float:
        """How well the candidate leads up to the following text, in the same unit."""
        return sum(self.following) / FOLLOWING


@torch.inference_mode()
def likelihoods(
    model: Denoiser,
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
        Each candidate's, without tokens where there is nothing to judge.
    """
    first = [] if last_token is None else [last_token]
    # As many following tokens for all, or sums could not be compared.
    rows = [[*first, *ids, *following[:FOLLOWING]] for ids in candidates]
    longest = max(map(len, rows))
    if longest < 2:
        return [Likelihood((), ())] * len(rows)
    # Any token will do as padding.
    padded = torch.tensor([row + [0] * (longest - len(row)) for row in rows], device=model.device)
    # Nothing is asked of what comes behind a last token, so it is not read.
    hidden = model.encode(padded[:, :-1], cache.branch())
    # Padding stands behind the text, where a causal pass does not see it.
    judged = [max(0, len(row) - 1) for row in rows]
    states = torch.cat([own[:count] for own, count in zip(hidden, judged, strict=True)])
    tokens = torch.cat([own[1 : count + 1] for own, count in zip(padded, judged, strict=True)])
    nats = _log_likelihoods(model, states, tokens)
    found, start = [], 0
    for ids, count in zip(candidates, judged, strict=True):
        own, end = start + max(0, len(first) + len(ids) - 1), start + count
        found.append(Likelihood(tuple(nats[start:own]), tuple(nats[own:end])))
        start = end
    return found


def _log_likelihoods(model: Denoiser, hidden: Tensor, ids: Tensor) -> list[float]:
    """Return the log-likelihood in nats of each token [T] behind a hidden state [T, M]."""
    nats: list[float] = []
    pieces = zip(torch.split(hidden, _AT_ONCE), torch.split(ids, _AT_ONCE), strict=True)
    for states, tokens in pieces:
        logits = model.logits(states)
        # Without the logarithms of all other tokens: these tensors are large.
        nats += (logits.gather(1, tokens[:, None])[:, 0] - logits.logsumexp(dim=-1)).tolist()
    return nats
