"""Which lanes a request gets: lengths, candidates, and what their canvases start from."""

from collections.abc import Sequence

import torch

from engine.api import Generate
from engine.infill.causal import MAX_LENGTH, CausalDraft, causal_drafts, drawn
from engine.infill.constraints import Rule
from engine.infill.engine import InfillEngine
from engine.infill.lane import Lane, forbidden_tokens
from engine.infill.length import Slots, slots_to_try
from engine.infill.plan import InfillPlan
from engine.infill.settling import penalty, text_of
from engine.model import KVCache

# Canvases in one batch at most; every candidate explores as many lengths as fit.
_MAX_LANES = 12
# What a canvas takes over of its draft: enough to go on from, with room for what the right side
# says.
_START_SHARE = 0.5


def make_lanes(
    engine: InfillEngine, request: Generate, plan: InfillPlan, rule: Rule, cache: KVCache
) -> list[Lane]:
    """Return every candidate's lanes.

    With drafts of the causal pass each candidate has one, which starts from a part of the draft
    that its seed draws. Without, it has one for each length that is tried.
    """
    tried = _lengths(engine, request, plan)
    drafts = _drafts(engine, request, plan, rule, cache, tried)
    if not drafts:
        tried = _thinned(tried, max(1, _MAX_LANES // request.candidates))
    lanes = []
    for seed in range(request.seed, request.seed + request.candidates):
        starts: list[tuple[Slots, CausalDraft | None]] = [(slots, None) for slots in tried]
        if drafts:
            draft = drawn(drafts, new_generator(engine, seed))
            starts = [(Slots(len(draft.ids), takes_filler=False), draft)]
        lanes += [
            Lane(
                candidate=seed - request.seed,
                seed=seed,
                plan=plan.resized(slots.count),
                takes_filler=slots.takes_filler,
                generator=new_generator(engine, seed),
                start=start,
                start_share=_START_SHARE,
            )
            for slots, start in starts
        ]
    return lanes


def new_generator(engine: InfillEngine, seed: int) -> torch.Generator:
    """Return a generator of the model's device; any whole number is a seed."""
    return torch.Generator(engine.model.device).manual_seed(seed % 2**63)


def _lengths(engine: InfillEngine, request: Generate, plan: InfillPlan) -> list[Slots]:
    edges = plan.edge_before + plan.edge_after
    if request.num_slots is not None:
        return [Slots(plan.num_slots - edges, takes_filler=False)]
    has_filler = engine.profile.filler_token_id is not None
    old = len(plan.old) - edges
    return slots_to_try(request.length, engine.codec, old, request.before, has_filler)


def _drafts(
    engine: InfillEngine,
    request: Generate,
    plan: InfillPlan,
    rule: Rule,
    cache: KVCache,
    tried: Sequence[Slots],
) -> list[CausalDraft]:
    """Return drafts that satisfy the request, best first; none where noise is the start."""
    is_rework = bool(plan.old) and request.strength < 1.0
    is_plain = not plan.edge_before and not plan.edge_after
    counts = [slots.count for slots in tried]
    if (
        not engine.profile.drafts_causally
        or is_rework
        or not is_plain
        or any(slots.takes_filler for slots in tried)
        or max(counts) > MAX_LENGTH
    ):
        return []
    lengths = range(min(counts), max(counts) + 1)
    one = Lane(
        candidate=0,
        seed=0,
        plan=plan.resized(lengths[-1]),
        takes_filler=False,
        generator=new_generator(engine, 0),
    )
    forbidden = forbidden_tokens(engine, [one], rule, lengths[-1])
    if forbidden is not None and forbidden.dim() == 3:
        forbidden = forbidden[0]
    found = causal_drafts(engine, cache, plan.prefix, plan.suffix, lengths, forbidden)
    judged = []
    for draft in found:
        text = text_of(engine, plan, draft.ids)
        if rule.accepts(plan.core(text)):
            _, cost = penalty(request, plan, text)
            judged.append(CausalDraft(draft.ids, draft.score - cost))
    return judged


def _thinned(tried: list[Slots], room: int) -> list[Slots]:
    """Keep at most `room` lengths, those in the middle first."""
    middle = (len(tried) - 1) / 2
    order = sorted(range(len(tried)), key=lambda place: (abs(place - middle), place))
    return [tried[place] for place in sorted(order[:room])]
