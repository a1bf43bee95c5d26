"""Drafts from the causal pass: what a canvas may start from instead of noise.

A small model finds a few tokens together less surely than one after the other, but from the left it
does not see what it has to lead up to. So the same weights write from the left, several texts of
several lengths at once (beam search), and those are kept that the text behind the region follows
from best: p(draft | before) · p(after | before, draft), the noisy channel. The denoiser then starts
from such a draft and revises it with both sides in view.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.infill.engine import InfillEngine
from engine.infill.ranking import OWN_WEIGHT, likelihoods
from engine.model import KVCache

MAX_LENGTH = 32  # tokens; longer ones cost more time than they are worth
_BEAMS = 16
_NEVER = -1e30


@dataclass(frozen=True, slots=True)
class CausalDraft:
    """A text for the region, in tokens."""

    ids: tuple[int, ...]
    score: float  # `Likelihood.fit`, later as `Score.total`; the higher, the better


@torch.inference_mode()
def causal_drafts(
    engine: InfillEngine,
    cache: KVCache,
    prefix: Sequence[int],
    following: Sequence[int],
    lengths: Collection[int],
    forbidden: Tensor | None,
) -> list[CausalDraft]:
    """Return the best drafts of the lengths asked for, best first.

    Args:
        engine: What the job works with.
        cache: The context of one sequence, with all of `prefix`; it is not changed.
        prefix: Tokens before the region; without any there is nothing to go on from.
        following: Tokens behind the region.
        lengths: In tokens, each at most `MAX_LENGTH`.
        forbidden: [F, V] or [1, V] bool, what each slot may not become; None: nothing.
    """
    if not prefix or not lengths or cache.length < len(prefix):
        return []
    context = cache.cut(len(prefix) - 1)
    written = _written(engine, context, prefix[-1], following, lengths, forbidden)
    written.sort(key=lambda one: -one.score)
    ids = [one.ids for one in written[: engine.profile.shortlist]]
    if not ids:
        return []
    ahead = following[: engine.profile.following]
    found = likelihoods(engine.model, context, prefix[-1], ids, ahead)
    drafts = [CausalDraft(own, one.fit) for own, one in zip(ids, found, strict=True)]
    return sorted(drafts, key=lambda draft: -draft.score)


def _written(
    engine: InfillEngine,
    context: KVCache,
    last: int,
    following: Sequence[int],
    lengths: Collection[int],
    forbidden: Tensor | None,
) -> list[CausalDraft]:
    """Write from the left; scores look at the first following token alone, which costs nothing."""
    model = engine.model
    drafts: list[CausalDraft] = []
    beams: list[tuple[int, ...]] = [()]
    own = torch.zeros(1, device=model.device)
    cache = context.branch()
    logits = model.logits(model.encode(torch.tensor([[last]], device=model.device), cache)[:, -1])
    for length in range(1, max(lengths) + 1):
        if forbidden is not None:
            never = forbidden[min(length, len(forbidden)) - 1]
            if never.all():
                break
            logits.masked_fill_(never, _NEVER)
        # No beam keeps more than `_BEAMS` of its continuations: the rest need not be looked at.
        likely, ids = logits.topk(min(_BEAMS, logits.shape[1]))
        totals = own[:, None] + likely - logits.logsumexp(dim=-1, keepdim=True)
        own, best = totals.flatten().topk(min(_BEAMS, totals.numel()))
        own, best = own[own > _NEVER / 2], best[own > _NEVER / 2]
        parents, tokens = best // totals.shape[1], ids.flatten()[best]
        pairs = zip(parents.tolist(), tokens.tolist(), strict=True)
        beams = [(*beams[parent], token) for parent, token in pairs]
        cache = cache.take(parents)
        logits = model.logits(model.encode(tokens[:, None], cache)[:, -1])
        if length in lengths:
            scores = own / length
            if following:
                ahead = logits[:, following[0]] - logits.logsumexp(dim=-1)
                scores = OWN_WEIGHT * own + ahead
            drafts += map(CausalDraft, beams, scores.tolist())
    return drafts
