"""Drafts for a request: which it may have, and how they are judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.api import Mode
from engine.infill.beam_search import MAX_LENGTH, CausalDraft, beam_drafts
from engine.infill.beliefs import Beliefs
from engine.infill.clamps import forbidden_tokens
from engine.infill.consensus import CONSENSUS_WEIGHT, Consensus
from engine.infill.draft import text_of
from engine.infill.gap import Gap
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.sampling import SampledDraft, sampled_drafts
from engine.infill.task import InfillTask
from engine.model import KVCache
from engine.region.lengths import Slots

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
        near = near_best(self.scored)
        left, found = list(near), list[CausalDraft]()
        for generator in generators:
            left = left or list(near)
            found.append(left.pop(drawn_place(left, generator)))
        return found


def near_best(drafts: Sequence[CausalDraft]) -> list[CausalDraft]:
    """Return the drafts that a candidate may be made of: those not far behind the best one."""
    best = max(draft.score for draft in drafts)
    return [draft for draft in drafts if draft.score > best - _FAR]


def drawn_place(drafts: Sequence[CausalDraft], generator: torch.Generator) -> int:
    """Draw one of the drafts, a better one more often, and return its place."""
    uniform = torch.rand(len(drafts), generator=generator, device=generator.device)
    noise = -torch.log(-torch.log(uniform.clamp(1e-6, 1 - 1e-6)))
    keys = torch.tensor([draft.score for draft in drafts]) + _SPREAD * noise.cpu()
    return int(keys.argmax())


def find_drafts(
    task: InfillTask, tried: Sequence[Slots], beliefs: Beliefs | None = None
) -> Drafts | None:
    """Return drafts of the lengths tried and all between, or None if there is none."""
    gap = _gap(task, fitting_lengths(task.plan, tried))
    return _judged(task, beam_drafts(task.engine, gap, beliefs)) if gap else None


def may_draft(task: InfillTask, tried: Sequence[Slots]) -> bool:
    """Whether canvases may start from drafts: not where old text is to be kept, but for pins."""
    plan, settings = task.plan, task.region.settings
    is_rework = bool(plan.old) and settings.strength < 1.0
    has_edges = bool(plan.edge_before or plan.edge_after)
    takes_filler = any(slots.takes_filler for slots in tried)
    drafts = task.engine.profile.drafts_causally and settings.mode is not Mode.DIFFUSION
    can = (drafts or settings.mode is Mode.CAUSAL) and bool(plan.prefix)
    return can and not is_rework and not has_edges and not takes_filler


def is_long(tried: Sequence[Slots]) -> bool:
    """Whether texts of these lengths are written on, not found by a beam."""
    return max(slots.count for slots in tried) > MAX_LENGTH


def find_long_drafts(
    task: InfillTask, tried: Sequence[Slots], generators: Sequence[torch.Generator]
) -> list[CausalDraft | None]:
    """Return each generator's best draft of a long region that fits one canvas."""
    fitting, plan = fitting_lengths(task.plan, tried), task.plan
    following = plan.suffix
    if not following and plan.lacks_sentence:
        # It shall lead up to a paragraph's end.
        following = tuple(task.engine.codec.encode("\n\n"))
    if not following and fitting:
        # Any length would do, so the usual one.
        fitting = [fitting[len(fitting) // 2]]  # nothing says where to end
    gap = _gap(task, fitting)
    if gap is None:
        return [None] * len(generators)
    gap = replace(gap, following=following)
    texts = sampled_drafts(task.engine, gap, generators, task.is_cancelled)
    return [_best(task, own) for own in texts]


def fitting_lengths(plan: InfillPlan, tried: Sequence[Slots]) -> list[int]:
    """Return the lengths tried and all between, of those that one canvas takes.

    Pinned words stand at other slots in every length: there it is one.
    """
    counts = [slots.count for slots in tried]
    every = range(min(counts), max(counts) + 1)
    # The middle of those tried, which is about what stood there.
    if plan.layout:
        every = range(counts[len(counts) // 2], counts[len(counts) // 2] + 1)
    return [count for count in every if len(plan.resized(count).blocks) == 1]


def _gap(task: InfillTask, lengths: Sequence[int]) -> Gap | None:
    """Return the gap that a draft of these lengths fills; None if there is none to fill.

    A job that was cancelled has not committed all that it would go on from.
    """
    plan = task.plan
    if not lengths or not plan.prefix or task.cache.length < len(plan.prefix):
        return None
    # The longest: a mask of fewer slots says of a later one what it says of its last.
    blank = Hypothesis.blank(plan.resized(lengths[-1]), torch.Generator(task.engine.model.device))
    return Gap(
        context=task.cache.cut(len(plan.prefix) - 1),
        last=plan.prefix[-1],
        following=plan.suffix,
        lengths=lengths,
        forbidden=slots_mask(task, blank),
    )


def slots_mask(task: InfillTask, hypothesis: Hypothesis) -> Tensor | None:
    """Return what the slots of a hypothesis's canvas may not become, [slots, V] or [1, V] bool."""
    mask = forbidden_tokens(task, [hypothesis], hypothesis.num_slots)
    mask = mask[0] if mask is not None and mask.dim() == 3 else mask
    if mask is not None:
        for slot, token in hypothesis.held_pins.items():
            # A pinned token may stand there although a rule or the guard beside it says no.
            mask[slot] = True
            mask[slot, token] = False
    return mask


def canvas_draft(
    task: InfillTask, hypothesis: Hypothesis, context: KVCache, last: int
) -> CausalDraft | None:
    """Return a draft of the canvas a hypothesis is at, of a region of several; None if cancelled.

    `context` is without its `last` token.
    """
    gap = Gap(
        context=context,
        last=last,
        following=hypothesis.plan.block_suffix(hypothesis.block),
        lengths=[hypothesis.num_slots],
        forbidden=slots_mask(task, hypothesis),
    )
    (found,) = sampled_drafts(task.engine, gap, [hypothesis.generator], task.is_cancelled)
    best = max(found, key=lambda one: one.likelihood.leading, default=None)
    return CausalDraft(best.ids, best.likelihood.fit) if best else None


def _best(task: InfillTask, found: Sequence[SampledDraft]) -> CausalDraft | None:
    """Return the text that satisfies the rule and leads best to what follows.

    Its own likelihood is in the draw already; counted again it would be for the dullest.
    """
    pairs: list[tuple[float, CausalDraft]] = []
    for place, _, cost in _satisfying(task, [one.ids for one in found]):
        one = found[place]
        draft = CausalDraft(one.ids, one.likelihood.fit - cost)
        pairs.append((one.likelihood.leading - cost, draft))
    return max(pairs, key=lambda pair: pair[0])[1] if pairs else None


def _judged(task: InfillTask, found: Sequence[CausalDraft]) -> Drafts | None:
    """Return the drafts that satisfy the rule, with costs and agreement in their scores."""
    texts, kept = [], []
    for place, text, cost in _satisfying(task, [draft.ids for draft in found]):
        texts.append(text)
        kept.append(replace(found[place], score=found[place].score - cost))
    if not kept:
        return None
    consensus = Consensus(texts, [draft.score for draft in kept])
    worth = [CONSENSUS_WEIGHT * consensus.of(text) for text in texts]
    pairs = zip(kept, worth, strict=True)
    return Drafts(tuple(replace(one, score=one.score + more) for one, more in pairs), consensus)


def _satisfying(
    task: InfillTask, drafts: Sequence[Sequence[int]]
) -> Iterator[tuple[int, str, float]]:
    """Yield place, text and cost of the drafts that the rule accepts."""
    for place, ids in enumerate(drafts):
        text = text_of(task.engine, task.plan, ids)
        if task.rule.accepts(task.plan.core(text)):
            yield place, text, task.cost_of(text).nats
