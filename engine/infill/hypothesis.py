"""One canvas of a job: its slots committed so far, its frames, and what is known of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from engine.denoiser import Denoising, DenoisingStep
from engine.infill.beam_search import CausalDraft
from engine.infill.beliefs import Beliefs
from engine.infill.codec import TextCodec
from engine.infill.consensus import Consensus
from engine.infill.constraints import TokenMasks
from engine.infill.draft import draft_of
from engine.infill.engine import InfillEngine
from engine.infill.plan import InfillPlan
from engine.model import KVCache
from engine.region.pins import SPACE
from engine.region.progress import Draft
from engine.region.rules import Rule
from engine.sampler import CanvasState, Clamp


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A step of one hypothesis, kept so that it can be asked about and gone on from."""

    number: int  # of the schedule of its canvas
    block: int
    cache: KVCache
    clamp: Clamp  # of this one canvas
    before: CanvasState  # what the step saw
    after: CanvasState
    draft: list[int]  # tokens of this canvas' slots
    tokens: list[int]  # what the canvas holds in them, noise included
    entropy: list[float]
    num_free: int  # of these slots
    committed: int  # slots of earlier canvases

    @property
    def mean_entropy(self) -> float:
        """Nats, over the free slots of the canvas."""
        return sum(self.entropy) / max(self.num_free, 1)


@dataclass(slots=True, kw_only=True, eq=False)
class Hypothesis:
    """One text being worked on; a candidate explores its length with several."""

    candidate: int
    seed: int
    plan: InfillPlan
    takes_filler: bool
    generator: torch.Generator
    block: int = 0
    committed: list[int] = field(default_factory=list)  # tokens of earlier canvases
    committed_entropy: list[float] = field(default_factory=list)
    pinned: set[int] = field(default_factory=set)
    frames: list[Frame] = field(default_factory=list)
    start: CausalDraft | None = None  # what the canvas starts from; None: noise
    start_share: float = 1.0  # of its tokens; the others are noise
    shows_draft: bool = False  # as the first frame, which may also be the last
    consensus: Consensus | None = None  # of all drafts
    beliefs: Beliefs | None = None  # of the denoiser, in its first look
    writes_on: bool = False  # its later canvases start from drafts, too

    @classmethod
    def blank(cls, plan: InfillPlan, generator: torch.Generator) -> "Hypothesis":
        """Return one of no candidate yet, whose canvas is all noise but for what is pinned."""
        return cls(
            candidate=0,
            seed=0,
            plan=plan,
            takes_filler=False,
            generator=generator,
            pinned=set(plan.pinned),
        )

    @property
    def num_slots(self) -> int:
        """Slots of the canvas it is at."""
        return self.plan.blocks[self.block]

    def is_complete(self, end_ids: Collection[int]) -> bool:
        """Whether its latest canvas is the region's last, or has an end in it."""
        is_last = self.block == len(self.plan.blocks) - 1
        return is_last or any(token in end_ids for token in self.last.draft)

    @property
    def last(self) -> Frame:
        """The latest frame."""
        return self.frames[-1]

    def until(self, frame: Frame, seed: int, generator: torch.Generator) -> "Hypothesis":
        """Return a hypothesis of its own that stands where this one stood at a frame's canvas."""
        return Hypothesis(
            candidate=0,
            seed=seed,
            plan=self.plan,
            takes_filler=self.takes_filler,
            generator=generator,
            block=frame.block,
            committed=self.committed[: frame.committed],
            committed_entropy=self.committed_entropy[: frame.committed],
            pinned=set(self.pinned),
            consensus=self.consensus,
            beliefs=self.beliefs,
            writes_on=self.writes_on,
        )

    def record(
        self, step: DenoisingStep, row: int, before: CanvasState, clamp: Clamp, cache: KVCache
    ) -> None:
        """Keep what a step of a batch found for this hypothesis's canvas; nothing is copied."""
        output, slots, own = step.output, self.num_slots, slice(row, row + 1)
        frame = Frame(
            number=step.number,
            block=self.block,
            cache=cache,
            clamp=clamp.take(own),
            before=before.take(own),
            after=output.state.take(own),
            draft=output.draft[row, :slots].tolist(),
            tokens=output.tokens[row, :slots].tolist(),
            entropy=output.entropy[row, :slots].tolist(),
            num_free=int(output.num_free[row]),
            committed=len(self.committed),
        )
        self.frames.append(frame)

    def record_start(self, denoising: Denoising, row: int) -> None:
        """Keep the draft that its canvas holds all of, as what the first step will see."""
        assert self.start is not None
        state, clamp = denoising.state, denoising.clamp
        tokens = state.canvas[row, clamp.slots[: self.num_slots]].tolist()
        sure = [0.0] * self.num_slots
        self.record_look(state, row, clamp, denoising.cache, tokens, sure, denoising.number)

    def record_look(
        self,
        state: CanvasState,
        row: int,
        clamp: Clamp,
        cache: KVCache,
        tokens: list[int],
        entropy: list[float],
        number: int = 0,
    ) -> None:
        """Keep what stands in the slots, or is believed of them, before a first step.

        Args:
            state: What the canvases hold.
            row: This hypothesis's.
            clamp: What is known of them.
            cache: The context.
            tokens: What is shown, as many as the longest hypothesis has slots.
            entropy: Nats, of each slot.
            number: Of the schedule.
        """
        own, slots = slice(row, row + 1), self.num_slots
        state, clamp = state.take(own), clamp.take(own)
        frame = Frame(
            number=number,
            block=self.block,
            cache=cache,
            clamp=clamp,
            before=state,
            after=state,
            draft=tokens[:slots],
            tokens=tokens[:slots],
            entropy=entropy[:slots],
            num_free=int(clamp.free.sum()),
            committed=len(self.committed),
        )
        self.frames.append(frame)

    @property
    def is_under_way(self) -> bool:
        """Whether the canvas it is at has a frame."""
        return bool(self.frames) and self.frames[-1].block == self.block

    @property
    def at_its_draft(self) -> "Hypothesis | None":
        """It as it was when its canvas held its draft and nothing else; None: it never was.

        The draft may have been better than what became of it.
        """
        shown = self.shows_draft and self.start is not None and len(self.plan.blocks) == 1
        return replace(self, frames=self.frames[:1]) if shown else None

    def ids(self, frame: Frame) -> list[int]:
        """Return the tokens of all slots up to a frame's canvas."""
        return self.committed[: frame.committed] + frame.draft

    def draft(self, engine: InfillEngine, frame: Frame) -> Draft:
        """Return the region's text as a frame has it."""
        pairs = zip(frame.draft, frame.tokens, strict=True)
        accepted = [token == drawn for token, drawn in pairs]
        return self._draft(engine, self.ids(frame), frame.entropy, accepted, frame.committed)

    def fitted_draft(self, engine: InfillEngine, ids: Sequence[int], frame: Frame) -> Draft:
        """Return the text of tokens that were fitted to a rule after a frame."""
        whole = self.committed[: frame.committed] + list(ids)
        return self._draft(engine, whole, frame.entropy, [True] * len(ids), frame.committed)

    def raw(self, codec: TextCodec, frame: Frame) -> str:
        """Return the text of the canvas itself, noise included."""
        return codec.decode(self.committed[: frame.committed] + frame.tokens)

    def _draft(
        self,
        engine: InfillEngine,
        ids: Sequence[int],
        entropy: Sequence[float],
        accepted: Sequence[bool],
        committed: int,
    ) -> Draft:
        core = draft_of(
            engine.codec,
            ids,
            [*self.committed_entropy[:committed], *entropy],
            [True] * committed + list(accepted),
            b"" if self.plan.keeps_healed else self.plan.healed,
            self.pinned,
            engine.end_ids,
        )
        return core.within(self.plan.lead, self.plan.trail)


def clamp_hypotheses(engine: InfillEngine, hypotheses: Sequence[Hypothesis], rule: Rule) -> Clamp:
    """Return the clamp of a batch: each hypothesis's slots free, its suffix known, edges held.

    The canvases are as long as the longest; behind a shorter one stand end-of-text tokens.
    """
    device, profile = engine.model.device, engine.profile
    rows = max(
        hypothesis.num_slots + len(hypothesis.plan.block_suffix(hypothesis.block))
        for hypothesis in hypotheses
    )
    slots = max(hypothesis.num_slots for hypothesis in hypotheses)
    known = torch.full((len(hypotheses), rows), profile.end_token_id or 0)
    free = torch.zeros(len(hypotheses), slots, dtype=torch.bool)
    for row, hypothesis in enumerate(hypotheses):
        suffix = hypothesis.plan.block_suffix(hypothesis.block)
        known[row, hypothesis.num_slots : hypothesis.num_slots + len(suffix)] = torch.tensor(suffix)
        free[row, : hypothesis.num_slots] = True
        for slot, token in (held_edges(hypothesis) | held_pins(hypothesis)).items():
            known[row, slot], free[row, slot] = token, False
    return Clamp(
        known=known.to(device),
        slots=torch.arange(slots, device=device),
        free=free.to(device),
        forbidden=forbidden_tokens(engine, hypotheses, rule, slots),
        mark_known_from_start=profile.mark_known_from_start,
    )


def held_edges(hypothesis: Hypothesis) -> dict[int, int]:
    """Return the slots of soft edges in its canvas, and the tokens that stood there."""
    plan, first = hypothesis.plan, sum(hypothesis.plan.blocks[: hypothesis.block])
    before = dict(enumerate(plan.old[: plan.edge_before]))
    end = plan.num_slots - plan.edge_after
    after = {
        end + place: plan.old[len(plan.old) - plan.edge_after + place]
        for place in range(plan.edge_after)
    }
    here = range(first, first + hypothesis.num_slots)
    return {slot - first: token for slot, token in (before | after).items() if slot in here}


def held_pins(hypothesis: Hypothesis) -> dict[int, int]:
    """Return the slots of its canvas that old words are pinned in, and their tokens."""
    first = sum(hypothesis.plan.blocks[: hypothesis.block])
    here = range(first, first + hypothesis.num_slots)
    pinned = hypothesis.plan.pinned.items()
    return {s - first: token for s, token in pinned if s in here and s in hypothesis.pinned}


def forbidden_tokens(
    engine: InfillEngine, hypotheses: Sequence[Hypothesis], rule: Rule, slots: int
) -> Tensor | None:
    """Return [1, V] or [B, slots, V] bool, or None if every token may stand everywhere."""
    codec, filler = engine.codec, engine.profile.filler_token_id
    base = torch.zeros(codec.vocab_size, dtype=torch.bool)
    masks = TokenMasks(rule=rule, codec=codec)
    by_rule = masks.forbidden()
    if by_rule is not None:
        base |= by_rule
    if filler is not None:
        base[filler] = False
    base[engine.forbidden_ids] = True
    if not any(hypothesis.plan.suffix for hypothesis in hypotheses):
        base[list(engine.end_ids)] = False  # nothing follows, so the text may end
    wants_text = [filler is not None and not hypothesis.takes_filler for hypothesis in hypotheses]
    healed = [hypothesis.plan.healed if hypothesis.block == 0 else b"" for hypothesis in hypotheses]
    guarded = any(hypothesis.plan.layout for hypothesis in hypotheses) or any(
        map(_begins, hypotheses)
    )
    if not any(wants_text) and not any(healed) and not guarded:
        return base[None].to(engine.model.device) if base.any() else None
    mask = base.repeat(len(hypotheses), slots, 1)
    for row, hypothesis in enumerate(hypotheses):
        if wants_text[row]:
            mask[row, :, filler] = True
        if healed[row]:
            first = codec.not_starting_with(healed[row])
            behind = masks.forbidden(healed[row])
            mask[row, hypothesis.plan.edge_before] = first if behind is None else first | behind
        if _begins(hypothesis):
            _guard_beginning(engine, hypothesis.plan, mask[row, hypothesis.plan.edge_before])
        _guard_pins(engine, hypothesis, mask[row])
    return mask.to(engine.model.device)


def _begins(hypothesis: Hypothesis) -> bool:
    """Whether there is something that a canvas must not begin with."""
    return hypothesis.block == 0 and (hypothesis.plan.lacks_sentence or not hypothesis.plan.suffix)


def _guard_beginning(engine: InfillEngine, plan: InfillPlan, mask: Tensor) -> None:
    """Forbid, in a slot's mask [V], the end of the text, and space where a sentence begins."""
    mask[list(engine.end_ids)] = True
    before = engine.codec.decode(plan.prefix[-1:])
    if plan.lacks_sentence and not plan.healed and before[-1:].isspace():
        mask |= engine.codec.joining(SPACE, is_behind=True)


def _guard_pins(engine: InfillEngine, hypothesis: Hypothesis, mask: Tensor) -> None:
    """Forbid, in a mask [slots, V], what would change a canvas' pinned words or cut them off."""
    plan, first = hypothesis.plan, sum(hypothesis.plan.blocks[: hypothesis.block])
    if plan.layout is None:
        return
    mask[: max(0, max(plan.pinned) - first), list(engine.end_ids)] = True
    for border in plan.layout.borders():
        slot = plan.edge_before + border.slot - first
        if 0 <= slot < hypothesis.num_slots:
            joins = engine.codec.joining(border.kind, is_behind=border.is_behind)
            # A rule may leave nothing else: then the pinned word stands, though not apart.
            if not (mask[slot] | joins).all():
                mask[slot] |= joins
