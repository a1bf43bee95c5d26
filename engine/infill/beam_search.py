"""Drafts from the causal pass: what a canvas may start from instead of noise.

A small model finds a few tokens together less surely than one after the other, but from the left it
does not see what it has to lead up to. So the same weights write from the left, several texts of
several lengths at once (beam search), and those are kept that the text behind the region follows
from best: p(draft | before) · p(after | before, draft), the noisy channel. The denoiser then starts
from such a draft and revises it with both sides in view.
"""

from dataclasses import dataclass

import torch

from engine.forms.chain import NEVER
from engine.forms.token_automaton import Walk
from engine.infill.beliefs import BELIEF_WEIGHT, Beliefs
from engine.infill.engine import InfillEngine
from engine.infill.gap import Gap
from engine.infill.ranking import OWN_WEIGHT, Likelihood, likelihoods
from kernels.largest import largest

# Also the most that `inlay.json` may say is believed.
MAX_LENGTH = 32  # tokens; longer ones cost more time than they are worth
_BEAMS = 16


@dataclass(frozen=True, slots=True)
class CausalDraft:
    """A text for the region, in tokens."""

    ids: tuple[int, ...]
    score: float  # of how it fits, later as `Score.total`; the higher, the better
    likelihood: Likelihood | None = None  # as far as it was judged


@torch.inference_mode()
def beam_drafts(
    engine: InfillEngine, gap: Gap, beliefs: Beliefs | None = None
) -> list[CausalDraft]:
    """Return the best drafts of the lengths asked for, best first.

    Args:
        engine: What the job works with.
        gap: Its lengths are at most `MAX_LENGTH` each.
        beliefs: The denoiser's; it has a say in the choice then, and proposes drafts as well.
    """
    if not gap.lengths:
        return []
    shortlist = engine.profile.shortlist
    ids = [one.ids for one in _beam_search(engine, gap, beliefs)[:shortlist]]
    ids += beliefs.likeliest(shortlist) if beliefs else []
    ids = list(dict.fromkeys(ids))
    if not ids:
        return []
    ahead = gap.following[: engine.profile.following]
    found = likelihoods(engine.model, gap.context, gap.last, ids, ahead)
    drafts = [
        CausalDraft(own, beliefs.fit(own, one) if beliefs else one.fit, one)
        for own, one in zip(ids, found, strict=True)
    ]
    return sorted(drafts, key=lambda draft: -draft.score)


def _beam_search(engine: InfillEngine, gap: Gap, beliefs: Beliefs | None) -> list[CausalDraft]:
    """Write from the left; return at least the shortlist, best first.

    Scores look at the first following token alone, which costs nothing. A beam is given up as soon
    as no continuation of it can come among the shortlist: its own likelihood only falls, and what
    follows adds nothing above zero.
    """
    model, following, forbidden = engine.model, gap.following, gap.forbidden
    drafts: list[CausalDraft] = []
    texts = torch.empty(1, 0, dtype=torch.int64, device=model.device)
    own = torch.zeros(1, device=model.device)
    walk = Walk(gap.form, model.device, max(gap.lengths)) if gap.form else None
    cache, bar = gap.context.branch(), NEVER / 2
    logits = model.logits(
        model.encode(torch.tensor([[gap.last]], device=model.device), cache)[:, -1]
    )
    for length in range(1, max(gap.lengths) + 1):
        if forbidden is not None:
            never = forbidden[min(length, len(forbidden)) - 1]
            # A pinned slot leaves one token; a rule may leave none, and then no longer text begins
            # so.
            if never.all():
                break
            logits.masked_fill_(never, NEVER)
        total = logits.logsumexp(dim=-1, keepdim=True)
        if walk is not None:
            logits.masked_fill_(~walk.allowed(length), NEVER)
        # No beam keeps more than `_BEAMS` of its continuations: the rest need not be looked at.
        likely, ids = largest(logits, min(_BEAMS, logits.shape[1]))
        totals = own[:, None] + likely - total
        own, best = totals.flatten().topk(min(_BEAMS, totals.numel()))
        is_open = own > bar
        own, best = own[is_open], best[is_open]
        if not len(own):
            break
        parents, tokens = best // totals.shape[1], ids.flatten()[best]
        texts = torch.cat((texts[parents], tokens[:, None]), dim=1)
        is_whole = walk.go_on(parents, tokens) if walk is not None else [True] * len(tokens)
        cache = cache.take(parents)
        logits = model.logits(model.encode(tokens[:, None], cache)[:, -1])
        if length in gap.lengths:
            # Where nothing follows, a sum would be for the shortest.
            scores = own / length
            if following:
                ahead = logits[:, following[0]] - logits.logsumexp(dim=-1)
                scores = OWN_WEIGHT * own + ahead
                scores += BELIEF_WEIGHT * beliefs.of_all(texts, own) if beliefs else 0.0
            pairs = zip(map(tuple, texts.tolist()), scores.tolist(), is_whole, strict=True)
            drafts += [CausalDraft(ids, score) for ids, score, is_draft in pairs if is_draft]
            drafts.sort(key=lambda one: -one.score)
            if following and len(drafts) >= engine.profile.shortlist:
                weight = beliefs.weight_of_own(length + 1) if beliefs else OWN_WEIGHT
                # A beam's score is at most its own likelihood times the least that this weighs from
                # here on.
                bar = drafts[engine.profile.shortlist - 1].score / weight
    return drafts
