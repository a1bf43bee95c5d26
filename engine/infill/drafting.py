"""Drafts for a request: which it may have, and how they are judged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.api import Generate, Mode
from engine.infill.beam_search import MAX_LENGTH, CausalDraft, beam_drafts
from engine.infill.beliefs import Beliefs
from engine.infill.consensus import CONSENSUS_WEIGHT, Consensus
from engine.infill.engine import InfillEngine
from engine.infill.finalizing import penalty, text_of
from engine.infill.hypothesis import Hypothesis, forbidden_tokens, held_pins
from engine.infill.plan import InfillPlan
from engine.infill.sampling import SampledDraft, sampled_drafts
from engine.model import KVCache
from engine.region.lengths import Slots
from engine.region.rules import Rule

# Spread of the draw among drafts: another seed shall give another text where two are nearly as
# good, and the same where one is clearly best.
_SPREAD = 0.02
# Behind the best draft, in the same unit, what no candidate is made of.
_FAR = 0.5


@dataclass(frozen=True, slots=True)
class Drafts:
    """Texts that satisfy a request, scored as finished candidates are; at least one."""

    scored: tuple[CausalDraft, ...]
    consensus: Consensus

    def drawn(self, generators: Sequence[torch.Generator]) -> list[CausalDraft]:
        """Draw a draft for each generator, the better ones more often, another one each time.

        The greatest score with Gumbel noise on it: who draws first has its draft from its generator
        alone. One comes twice when what is left is far behind.
        """
        best = max(draft.score for draft in self.scored)
        near = [draft for draft in self.scored if draft.score > best - _FAR]
        left, found = list(near), list[CausalDraft]()
        for generator in generators:
            left = left or list(near)
            uniform = torch.rand(len(left), generator=generator, device=generator.device)
            noise = -torch.log(-torch.log(uniform.clamp(1e-6, 1 - 1e-6)))
            keys = torch.tensor([draft.score for draft in left]) + _SPREAD * noise.cpu()
            found.append(left.pop(int(keys.argmax())))
        return found


def find_drafts(
    engine: InfillEngine,
    request: Generate,
    plan: InfillPlan,
    rule: Rule,
    cache: KVCache,
    tried: Sequence[Slots],
    beliefs: Beliefs | None = None,
) -> Drafts | None:
    """Return drafts of the lengths tried and all between, or None if there is none."""
    fitting = fitting_lengths(plan, tried)
    if not fitting:
        return None
    forbidden = _forbidden(engine, plan.resized(fitting[-1]), rule)
    found = beam_drafts(engine, cache, plan.prefix, plan.suffix, fitting, forbidden, beliefs)
    return _judged(engine, request, plan, rule, found)


def may_draft(
    engine: InfillEngine, request: Generate, plan: InfillPlan, tried: Sequence[Slots]
) -> bool:
    """Whether canvases may start from drafts: not where old text is to be kept, but for pins."""
    is_rework = bool(plan.old) and request.settings.strength < 1.0
    has_edges = bool(plan.edge_before or plan.edge_after)
    takes_filler = any(slots.takes_filler for slots in tried)
    can = engine.profile.drafts_causally or request.settings.mode is Mode.CAUSAL
    can = can and bool(plan.prefix)
    return can and not is_rework and not has_edges and not takes_filler


def is_long(tried: Sequence[Slots]) -> bool:
    """Whether texts of these lengths are written on, not found by a beam."""
    return max(slots.count for slots in tried) > MAX_LENGTH


def find_long_drafts(
    engine: InfillEngine,
    request: Generate,
    plan: InfillPlan,
    rule: Rule,
    cache: KVCache,
    tried: Sequence[Slots],
    generators: Sequence[torch.Generator],
    is_cancelled: Callable[[], bool],
) -> list[CausalDraft | None]:
    """Return each generator's best draft of a long region that fits one canvas."""
    fitting = fitting_lengths(plan, tried)
    if not fitting:
        return [None] * len(generators)
    following = plan.suffix
    if not following and plan.lacks_sentence:
        following = tuple(engine.codec.encode("\n\n"))  # it shall lead up to a paragraph's end
    if not following:
        fitting = [fitting[len(fitting) // 2]]  # nothing says where to end
    forbidden = _forbidden(engine, plan.resized(fitting[-1]), rule)
    context = cache.cut(len(plan.prefix) - 1)
    ahead = (plan.prefix[-1], following, fitting, forbidden, generators, is_cancelled)
    texts = sampled_drafts(engine, context, *ahead)
    return [_best(engine, request, plan, rule, own) for own in texts]


def fitting_lengths(plan: InfillPlan, tried: Sequence[Slots]) -> list[int]:
    """Return the lengths tried and all between, of those that one canvas takes.

    Pinned words stand at other slots in every length: there it is one.
    """
    counts = [slots.count for slots in tried]
    every = range(min(counts), max(counts) + 1)
    if plan.layout:
        every = range(counts[len(counts) // 2], counts[len(counts) // 2] + 1)
    return [count for count in every if len(plan.resized(count).blocks) == 1]


def _forbidden(engine: InfillEngine, plan: InfillPlan, rule: Rule) -> Tensor | None:
    """Return what each slot may not become, as for the hypothesis that a draft will be for."""
    hypothesis = Hypothesis.blank(plan, torch.Generator(engine.model.device))
    return _mask(engine, hypothesis, rule)


def _mask(engine: InfillEngine, hypothesis: Hypothesis, rule: Rule) -> Tensor | None:
    """Return what the slots of a hypothesis's canvas may not become, [slots, V] or [1, V] bool."""
    mask = forbidden_tokens(engine, [hypothesis], rule, hypothesis.num_slots)
    mask = mask[0] if mask is not None and mask.dim() == 3 else mask
    if mask is not None:
        for slot, token in held_pins(hypothesis).items():
            mask[slot] = True
            mask[slot, token] = False
    return mask


def canvas_draft(
    engine: InfillEngine,
    hypothesis: Hypothesis,
    rule: Rule,
    cache: KVCache,
    last: int,
    is_cancelled: Callable[[], bool],
) -> CausalDraft | None:
    """Return a draft of the canvas a hypothesis is at, of a region of several; None if cancelled.

    `cache` is the context without its `last` token.
    """
    suffix = hypothesis.plan.block_suffix(hypothesis.block)
    lengths, mask = [hypothesis.num_slots], _mask(engine, hypothesis, rule)
    (written,) = sampled_drafts(
        engine, cache, last, suffix, lengths, mask, [hypothesis.generator], is_cancelled
    )
    best = max(written, key=lambda one: one.likelihood.leading, default=None)
    return CausalDraft(best.ids, best.likelihood.fit) if best else None


def _best(
    engine: InfillEngine,
    request: Generate,
    plan: InfillPlan,
    rule: Rule,
    written: Sequence[SampledDraft],
) -> CausalDraft | None:
    """Return the text that satisfies the rule and leads best to what follows.

    Its own likelihood is in the draw already; counted again it would be for the dullest.
    """
    found: list[tuple[float, CausalDraft]] = []
    for place, _, cost in _satisfying(engine, request, plan, rule, [one.ids for one in written]):
        one = written[place]
        draft = CausalDraft(one.ids, one.likelihood.fit - cost)
        found.append((one.likelihood.leading - cost, draft))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _judged(
    engine: InfillEngine,
    request: Generate,
    plan: InfillPlan,
    rule: Rule,
    found: Sequence[CausalDraft],
) -> Drafts | None:
    """Return the drafts that satisfy the rule, with costs and agreement in their scores."""
    texts, kept = [], []
    ids = [draft.ids for draft in found]
    for place, text, cost in _satisfying(engine, request, plan, rule, ids):
        texts.append(text)
        kept.append(replace(found[place], score=found[place].score - cost))
    if not kept:
        return None
    consensus = Consensus(texts, [draft.score for draft in kept])
    worth = [CONSENSUS_WEIGHT * consensus.of(text) for text in texts]
    pairs = zip(kept, worth, strict=True)
    return Drafts(tuple(replace(one, score=one.score + more) for one, more in pairs), consensus)


def _satisfying(
    engine: InfillEngine,
    request: Generate,
    plan: InfillPlan,
    rule: Rule,
    drafts: Sequence[Sequence[int]],
) -> Iterator[tuple[int, str, float]]:
    """Yield place, text and cost of the drafts that the rule accepts."""
    for place, ids in enumerate(drafts):
        text = text_of(engine, plan, ids)
        if rule.accepts(plan.core(text)):
            yield place, text, penalty(request, plan, text)[1]
