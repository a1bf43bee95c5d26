"""Several places of a text that are written together: how each comes to its length.

The causal pass writes a draft for one after the other, each behind what was written before it and
judged by the text that follows up to the next one. So every place has as many slots as its draft
has tokens; then all of them stand on one canvas, and are denoised together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch

from engine.api import Generate
from engine.errors import BadRequestError
from engine.infill.beam_search import MAX_LENGTH, CausalDraft, beam_drafts
from engine.infill.codec import TextCodec
from engine.infill.drafting import drawn_place, near_best, slots_mask
from engine.infill.forms import automaton_at
from engine.infill.gap import Gap
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.task import InfillTask
from engine.model import Denoiser, KVCache
from engine.region.canvas import MIN_SUFFIX_SLOTS
from engine.region.lengths import CARET_SLOTS
from engine.region.pins import WORD, SlotLayout, kind_of

_SHORTER, _LONGER = 0.6, 2  # times as long as what stood there a new text is to be
Found = dict[tuple[int, ...], list[CausalDraft]]  # drafts behind what was written before them


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A draft of all of a region's parts, and the plan that has a slot for each of its tokens."""

    draft: CausalDraft
    plan: InfillPlan


@torch.inference_mode()
def hole_drafts(task: InfillTask, generators: Sequence[torch.Generator]) -> list[LaidOut | None]:
    """Return a draft for each generator; None where a place has none that may stand there.

    Raises:
        BadRequestError: If the places do not fit one canvas.
    """
    if not task.plan.prefix or task.cache.length < len(task.plan.prefix):
        return [None] * len(generators)  # cancelled: the context is not all there
    found: Found = {}
    return [_draft(task, generator, found) for generator in generators]


def _draft(task: InfillTask, generator: torch.Generator, known: "Found") -> LaidOut | None:
    layout, engine = _layout(task.plan), task.engine
    context, last = task.cache.cut(len(task.plan.prefix) - 1), task.plan.prefix[-1]
    written, ids, counts, score = list[int](), list[int](), list[int](), 0.0
    for place, part in enumerate(layout.parts):
        own: Sequence[int] = part.ids
        if not part.is_pinned:
            if task.is_cancelled():
                return None
            context, last = _read(engine.model, context, last, written)
            written = []
            if tuple(ids) not in known:  # candidates that begin alike look for the same drafts
                drafts = _drafts_at(task, place, counts, context, last)
                known[tuple(ids)] = list(_fitting(task, place, drafts))
            if not known[tuple(ids)]:
                return None
            near = near_best(known[tuple(ids)])
            chosen = near[drawn_place(near, generator)]
            own, score = chosen.ids, score + chosen.score
        written += own
        ids += own
        counts.append(len(own))
    plan = task.plan.laid_out(counts)
    if len(plan.blocks) > 1:
        raise too_far_apart(plan)
    return LaidOut(CausalDraft(tuple(ids), score), plan)


def too_far_apart(plan: InfillPlan) -> BadRequestError:
    """Return the error of places that do not fit one canvas."""
    return BadRequestError(
        f"The regions and what stands between them take {plan.num_slots:,} tokens, and one canvas "
        f"of this model has room for {plan.room:,}. Select some that are nearer to each other."
    )


def _layout(plan: InfillPlan) -> SlotLayout:
    if plan.layout is None:
        raise ValueError("only a region in parts has places to write at")
    return plan.layout


def _read(
    model: Denoiser, context: KVCache, last: int, written: Sequence[int]
) -> tuple[KVCache, int]:
    """Return the context with tokens behind it, but for the last of them, and that one."""
    if not written:
        return context, last
    read = context.branch()
    model.encode(torch.tensor([[last, *written[:-1]]], device=model.device), read)
    return read, written[-1]


def _drafts_at(
    task: InfillTask, place: int, counts: Sequence[int], context: KVCache, last: int
) -> list[CausalDraft]:
    """Return drafts for a part, best first."""
    layout, canvas = _layout(task.plan), task.plan.canvas_length
    part, behind = layout.parts[place], layout.parts[place + 1 :]
    most = min(max(CARET_SLOTS, _LONGER * len(part.ids)), canvas // 2, MAX_LENGTH)
    # Scores are sums, of which the shortest text has the best: what takes the place of a sentence
    # is to be one.
    least = min(most, max(1, round(_SHORTER * len(part.ids))))
    form = automaton_at(task.engine.codec, task.plan, place)
    if form is not None:  # it says itself what is too short
        least, most = 1, min(max(most, part.slots), canvas // 2, MAX_LENGTH)
    rest = [len(one.ids) if one.is_pinned else one.expected for one in behind]
    plan, first = task.plan.laid_out([*counts, most, *rest]), sum(counts)
    blank = Hypothesis.blank(plan, torch.Generator(task.engine.model.device))
    if len(plan.blocks) > 1:  # the mask is one canvas's; what does not fit is refused when it is
        blank.plan = replace(plan, blocks=(plan.num_slots,))
    mask = slots_mask(task, blank)
    if mask is not None and len(mask) > 1:
        mask = mask[first : first + most]
    following = behind[0].ids if behind and behind[0].is_pinned else ()
    gap = Gap(
        context=context,
        last=last,
        following=following if behind else task.plan.suffix,
        lengths=range(least, most + 1),
        forbidden=mask,
        form=form,
    )
    return beam_drafts(task.engine, gap)


def _fitting(task: InfillTask, place: int, drafts: Sequence[CausalDraft]) -> Iterator[CausalDraft]:
    """Yield the drafts that may stand in a part: some text, that joins no word behind it."""
    parts, codec = _layout(task.plan).parts, task.engine.codec
    behind = parts[place + 1].text[:1] if place + 1 < len(parts) else ""
    healed = b"" if place else task.plan.healed
    for draft in drafts:
        text = _text_of(codec, draft.ids, healed)
        joins = kind_of(text[-1:]) == kind_of(behind) == WORD
        # A form says by itself what may stand there.
        is_good = parts[place].form is not None or (text.strip() and not joins)
        if is_good and task.rule.allows(text):
            yield draft


def _text_of(codec: TextCodec, ids: Sequence[int], healed: bytes) -> str:
    return codec.decode(ids, errors="ignore").removeprefix(healed.decode(errors="ignore"))


def grouped(
    codec: TextCodec, request: Generate, canvas_length: int
) -> list[tuple[tuple[int, int], ...]]:
    """Return a request's regions in groups that have room on one canvas each, in their order."""
    room = canvas_length - MIN_SUFFIX_SLOTS
    groups, needed = list[list[tuple[int, int]]](), 0
    for begin, finish in sorted(request.regions):
        own = max(len(codec.encode(request.region[begin:finish])), CARET_SLOTS // 2)
        stand = groups[-1][-1][1] if groups else begin
        needed += len(codec.encode(request.region[stand:begin])) + own
        if groups and needed <= room:
            groups[-1].append((begin, finish))
        else:
            groups.append([(begin, finish)])
            needed = own
    return [tuple(group) for group in groups]


def of_group(
    request: Generate, group: Sequence[tuple[int, int]], text: str, shift: int
) -> tuple[Generate, slice]:
    """Return the request of a group, and where its text stands in `text`.

    Args:
        request: Of all regions.
        group: Of `grouped`.
        text: The request's region with what was written for the groups before.
        shift: By how much that has become longer.
    """
    start, end = group[0][0] + shift, group[-1][1] + shift
    formed = sorted(zip(request.regions, request.forms, strict=False), key=lambda pair: pair[0])
    own = replace(
        request,
        before=request.before + text[:start],
        region=text[start:end],
        after=text[end:] + request.after,
        regions=tuple((begin + shift - start, finish + shift - start) for begin, finish in group),
        forms=tuple(form for hole, form in formed if hole in group),
    )
    return own, slice(start, end)
