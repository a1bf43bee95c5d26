"""Which hypotheses a request gets: lengths, candidates, and what their canvases start from."""

from collections.abc import Sequence

import torch

from engine import bounds
from engine.api import Mode
from engine.errors import BadRequestError
from engine.infill.beam_search import CausalDraft
from engine.infill.beliefs import Beliefs
from engine.infill.drafting import (
    find_drafts,
    find_long_drafts,
    fitting_lengths,
    is_long,
    may_draft,
)
from engine.infill.engine import InfillEngine
from engine.infill.first_look import FirstLook, look_first
from engine.infill.holes import hole_drafts, too_far_apart
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.task import InfillTask
from engine.region.lengths import Measure, Slots, lengths_to_try, thinned

# Canvases in one batch at most; every candidate explores as many lengths as fit.
_MAX_HYPOTHESES = 12


def make_hypotheses(task: InfillTask, beliefs: Beliefs | None = None) -> list[Hypothesis]:
    """Return every candidate's hypotheses.

    With drafts of the causal pass each candidate has one, which starts from a part of its draft.
    Without, it has one for each length that is tried. A region of several canvases has one length;
    its drafts are written canvas by canvas.
    """
    engine, request, plan = task.engine, task.request, task.plan
    tried = lengths_of(task)
    seeds = range(request.seed, request.seed + task.region.settings.candidates)
    starts: list[CausalDraft | None] = [None] * len(seeds)
    plans: list[InfillPlan | None] = [None] * len(seeds)  # of drafts that decide the layout
    consensus, writes_on = None, False
    if request.regions:
        starts, plans = _hole_starts(task, tried, seeds)
    elif may_draft(task, tried):
        writes_on = _spans_canvases(plan, tried)
        generators = [new_generator(engine, seed) for seed in seeds]
        if writes_on:
            tried = [_middle(tried)]
        elif task.region.wants_sentence or is_long(tried):
            starts = find_long_drafts(task, tried, generators)
        elif drafts := find_drafts(task, tried, beliefs):
            starts, consensus = list(drafts.drawn(generators)), drafts.consensus
    is_causal = task.region.settings.mode is Mode.CAUSAL
    # Nothing else makes a text then: a canvas without a draft would be denoised, which was not
    # asked for.
    if is_causal and not writes_on and not all(starts):
        raise BadRequestError("From the left no text of this length was found. Allow another.")
    share = 1.0 if is_causal else engine.profile.draft_share
    from_noise = thinned(tried, max(1, _MAX_HYPOTHESES // len(seeds)))
    found = []
    for candidate, (seed, start) in enumerate(zip(seeds, starts, strict=True)):
        lengths = [Slots(len(start.ids), takes_filler=False)] if start else from_noise
        for slots in lengths:
            sized = plans[candidate] or plan.resized(slots.count)
            one = Hypothesis(
                candidate=candidate,
                seed=seed,
                plan=sized,
                takes_filler=slots.takes_filler,
                pinned=set(sized.pinned),
                generator=new_generator(engine, seed),
                start=start,
                start_share=1.0 if writes_on else share,
                shows_draft=(writes_on or start is not None) and share == 1.0,
                consensus=consensus,
                beliefs=beliefs,
                writes_on=writes_on,
            )
            found.append(one)
    return found


def _hole_starts(
    task: InfillTask, tried: Sequence[Slots], seeds: Sequence[int]
) -> tuple[list[CausalDraft | None], list[InfillPlan | None]]:
    """Return each candidate's draft of several places, and its layout; None for noise."""
    plan = task.plan
    if len(plan.blocks) > 1:
        raise too_far_apart(plan)
    if not may_draft(task, tried):
        return [None] * len(seeds), [None] * len(seeds)
    found = hole_drafts(task, [new_generator(task.engine, seed) for seed in seeds])
    return (
        [one.draft if one else None for one in found],
        [one.plan if one else None for one in found],
    )


def find_first_look(task: InfillTask) -> FirstLook | None:
    """Ask the denoiser before anything is written; None where its first step says nothing yet.

    It is asked about the lengths at which it is worth something, or else about the middle one.
    """
    profile, plan = task.engine.profile, task.plan
    if not profile.believed or task.region.settings.mode is Mode.CAUSAL or task.request.regions:
        return None
    tried = lengths_of(task)
    if not may_draft(task, tried) or _spans_canvases(plan, tried):
        return None
    lengths = fitting_lengths(plan, tried)
    if not lengths:
        return None
    short = [length for length in lengths if length <= profile.believed]
    return look_first(task, short or [lengths[len(lengths) // 2]])


def new_generator(engine: InfillEngine, seed: int) -> torch.Generator:
    """Return a generator of the model's device; any whole number is a seed."""
    # torch refuses what does not fit 64 bits.
    return torch.Generator(engine.model.device).manual_seed(seed % 2**63)


def lengths_of(task: InfillTask) -> list[Slots]:
    """Return the lengths to try, at least one, of which all candidates can be held.

    Raises:
        BadRequestError: If the shortest one is too long.
    """
    tried, candidates = _lengths(task), task.region.settings.candidates
    bounds.check_slots(min(slots.count for slots in tried), candidates)
    # The longer ones are left out, not the request: it has room for shorter texts.
    return [one for one in tried if one.count * candidates <= bounds.MAX_SLOTS]


def _spans_canvases(plan: InfillPlan, tried: Sequence[Slots]) -> bool:
    return len(plan.resized(_middle(tried).count).blocks) > 1


def _lengths(task: InfillTask) -> list[Slots]:
    engine, plan, region = task.engine, task.plan, task.region
    edges = plan.edge_before + plan.edge_after
    if region.settings.num_slots is not None or region.request.regions:
        return [Slots(plan.num_slots - edges, takes_filler=False)]
    # Old tokens that do not begin as the healed text does are none, but as many are expected.
    has_text = bool(plan.core(region.request.region).strip())
    measure = Measure(
        old=len(plan.old) - edges or (plan.num_slots - edges if has_text else 0),
        count=lambda text: len(engine.codec.encode(text)),
        layout=plan.layout,
        has_filler=engine.profile.filler_token_id is not None,
    )
    return lengths_to_try(region, measure)


def _middle(tried: Sequence[Slots]) -> Slots:
    return tried[len(tried) // 2]
