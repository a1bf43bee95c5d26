"""Several places of a text that are written together: how each comes to its length and its text.

Drafts are looked for at one place after the other, each behind what was written before it: the
causal pass and the denoiser propose and judge them, as for a place that is alone. The denoiser has
the places that are still to come on its canvas, as gaps, and what stands between and behind them.
So every place has as many slots as its draft has tokens; then all of them stand on one canvas, and
are denoised together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import torch

from engine.api import Generate
from engine.errors import BadRequestError
from engine.forms.automata import automaton_of
from engine.infill.beam_search import MAX_LENGTH, CausalDraft, beam_drafts
from engine.infill.beliefs import Beliefs
from engine.infill.codec import TextCodec
from engine.infill.drafting import agreeing, drawn_place, near_best, slots_mask
from engine.infill.first_look import look_at
from engine.infill.forms import automaton_at
from engine.infill.gap import Gap
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.task import InfillTask
from engine.model import Denoiser, KVCache
from engine.region.canvas import MIN_SUFFIX_SLOTS
from engine.region.lengths import CARET_SLOTS
from engine.region.pins import WORD, Part, SlotLayout, kind_of

_SHORTER, _LONGER = 0.6, 2  # times as long as what stood there a new text is to be
_BEHIND = 24  # tokens behind a place that the denoiser sees where it is asked about it
Ids = tuple[int, ...]
Texts = tuple[Ids | None, ...]  # the tokens of every part; None: not written yet
Found = dict[tuple[int, Texts], list[CausalDraft]]  # drafts of a part among the other texts


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A draft of all of a region's parts, and the plan that has a slot for each of its tokens."""

    draft: CausalDraft
    plan: InfillPlan


@torch.inference_mode()
def hole_drafts(task: InfillTask, generators: Sequence[torch.Generator]) -> list[LaidOut | None]:
    """Return a draft for each generator; None where a place has none that may stand there.

    As long as their old texts are, all places have room on one canvas.
    """
    if not task.plan.prefix or task.cache.length < len(task.plan.prefix):
        return [None] * len(generators)  # cancelled: the context is not all there
    places = _Places(task)
    return [places.draft(generator) for generator in generators]


@dataclass(frozen=True, slots=True)
class _Places:
    """Looks for texts of a region's places; candidates that begin alike find the same drafts."""

    task: InfillTask
    found: Found = field(default_factory=dict)

    def draft(self, generator: torch.Generator) -> LaidOut | None:
        """Return a draft of all places; None if one has none, or the job was cancelled."""
        task, score = self.task, 0.0
        parts = _layout(task.plan).parts
        texts: Texts = tuple(part.ids if part.is_pinned else None for part in parts)
        context, last = task.cache.cut(len(task.plan.prefix) - 1), task.plan.prefix[-1]
        unread: Ids = ()
        for place, part in enumerate(parts):
            if not part.is_pinned:
                context, last = _read(task.engine.model, context, last, unread)
                drafts = self._drafts(place, texts, context, last)
                if not drafts:
                    return None
                near = near_best(drafts)
                chosen = near[drawn_place(near, generator)]
                texts = (*texts[:place], chosen.ids, *texts[place + 1 :])
                score, unread = score + chosen.score, ()
            unread += texts[place] or ()
        return self._laid_out(texts, score)

    def _laid_out(self, texts: Texts, score: float) -> LaidOut:
        plan = self.task.plan.laid_out([len(own or ()) for own in texts])
        ids = tuple(token for own in texts for token in own or ())
        return LaidOut(CausalDraft(ids, score), plan)

    def _drafts(self, place: int, texts: Texts, context: KVCache, last: int) -> list[CausalDraft]:
        """Return a part's drafts behind a context; none if the job was cancelled."""
        key = (place, texts)
        if key not in self.found:
            if self.task.is_cancelled():
                return []
            self.found[key] = _drafts_at(self.task, place, texts, context, last)
        return self.found[key]


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


def _read(model: Denoiser, context: KVCache, last: int, written: Ids) -> tuple[KVCache, int]:
    """Return the context with tokens behind it, but for the last of them, and that one."""
    if not written:
        return context, last
    read = context.branch()
    model.encode(torch.tensor([[last, *written[:-1]]], device=model.device), read)
    return read, written[-1]


def _drafts_at(
    task: InfillTask, place: int, texts: Texts, context: KVCache, last: int
) -> list[CausalDraft]:
    """Return drafts for a part that may stand there, best first."""
    form = automaton_at(task.engine.codec, task.plan, place)
    lengths = _lengths_at(task.plan, place, texts, has_form=form is not None)
    plan = _among(task.plan, place, texts, lengths[-1])
    first = sum(_layout(plan).counts[:place])
    blank = Hypothesis.blank(plan, torch.Generator(task.engine.model.device))
    mask = slots_mask(task, blank)
    if mask is not None and len(mask) > 1:
        mask = mask[first : first + lengths[-1]]
    gap = Gap(
        context=context,
        last=last,
        following=_following(task.plan, place, texts),
        lengths=lengths,
        forbidden=mask,
        form=form,
    )
    drafts = beam_drafts(task.engine, gap, _beliefs_at(task, place, texts, gap))
    fitting = dict(_with_texts(task, place, drafts))
    return list(agreeing(list(fitting), list(fitting.values()))[0]) if fitting else []


def _lengths_at(plan: InfillPlan, place: int, texts: Texts, *, has_form: bool) -> range:
    """Return how many tokens a text for a part may have: so many that the others have room, too."""
    part = _layout(plan).parts[place]
    others = _among(plan, place, texts, 0).num_slots
    bound = min(plan.canvas_length // 2, MAX_LENGTH, max(part.expected, plan.room - others))
    most = min(max(CARET_SLOTS, _LONGER * len(part.ids)), bound)
    if has_form:  # it says itself what is too short
        return range(1, min(max(most, part.slots), bound) + 1)
    # Scores are sums, of which the shortest text has the best: what takes the place of a sentence
    # is to be one.
    return range(min(most, max(1, round(_SHORTER * len(part.ids)))), most + 1)


def _among(plan: InfillPlan, place: int, texts: Texts, length: int) -> InfillPlan:
    """Return a plan in which all parts but one stand as they are written, and it has a length."""
    parts, counts = list[Part](), list[int]()
    for number, (part, ids) in enumerate(zip(_layout(plan).parts, texts, strict=True)):
        if number == place:
            parts.append(part)
            counts.append(length)
        elif ids is None:
            parts.append(part)
            counts.append(part.expected)
        else:
            parts.append(replace(part, is_pinned=True, ids=ids, form=None, begins=""))
            counts.append(len(ids))
    return replace(plan, layout=SlotLayout(tuple(parts), ())).laid_out(counts)


def _following(plan: InfillPlan, place: int, texts: Texts) -> Ids:
    """Return the tokens behind a part, up to the next one that is not written."""
    found: Ids = ()
    for ids in texts[place + 1 :]:
        if ids is None:
            return found
        found += ids
    return found + plan.suffix


def _beliefs_at(task: InfillTask, place: int, texts: Texts, gap: Gap) -> Beliefs | None:
    """Return what the denoiser believes of a part among the others; None where that is no use."""
    asked = [length for length in gap.lengths if length <= task.engine.profile.believed]
    if not asked:
        return None
    plans = [_seen_from(task.plan, place, texts, length) for length in asked]
    # What stands before the part is context, as the causal pass has read it.
    context, _ = _read(task.engine.model, gap.context, gap.last, (gap.last,))
    return look_at(replace(task, cache=context), plans, asked, gap.forbidden)


def _seen_from(plan: InfillPlan, place: int, texts: Texts, length: int) -> InfillPlan:
    """Return the plan of a canvas that begins with a part, and holds the nearest text behind it."""
    layout = _layout(_among(plan, place, texts, length))
    parts, counts = list[Part](), list[int]()
    for part, count in zip(layout.parts[place:], layout.counts[place:], strict=True):
        if sum(counts) - length >= _BEHIND:
            break
        parts.append(part)
        counts.append(count)
    is_all = len(parts) == len(layout.parts) - place
    slots = sum(counts)
    return replace(
        plan,
        layout=SlotLayout(tuple(parts), tuple(counts)),
        blocks=(slots,),
        canvas_length=max(slots, length + _BEHIND),
        suffix=plan.suffix if is_all else (),
        healed=b"" if place else plan.healed,
    )


def _with_texts(
    task: InfillTask, place: int, drafts: Sequence[CausalDraft]
) -> Iterator[tuple[CausalDraft, str]]:
    """Yield the drafts that may stand in a part, with their texts: some, that join no word."""
    parts, codec = _layout(task.plan).parts, task.engine.codec
    behind = parts[place + 1].text[:1] if place + 1 < len(parts) else ""
    healed = b"" if place else task.plan.healed
    for draft in drafts:
        text = _text_of(codec, draft.ids, healed)
        joins = kind_of(text[-1:]) == kind_of(behind) == WORD
        form = parts[place].form
        if form is not None:  # it says by itself what may stand there
            begins = task.plan.begins(place)
            own = b"".join(map(codec.token_bytes, draft.ids)).removeprefix(begins)
            is_good = automaton_of(form).accepts(own)
        else:
            is_good = bool(text.strip()) and not joins
        if is_good and task.rule.allows(text):
            yield draft, text


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
