"""One canvas of a job: its slots committed so far, its frames, and what is known of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import torch

from engine.infill.beam_search import CausalDraft
from engine.infill.beliefs import Beliefs
from engine.infill.codec import TextCodec
from engine.infill.consensus import Consensus
from engine.infill.draft import draft_of
from engine.infill.engine import InfillEngine
from engine.infill.frame import BatchFrame, Frame
from engine.infill.plan import InfillPlan
from engine.region.progress import Draft


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

    @property
    def first_slot(self) -> int:
        """The canvas' first slot, counted from the region's start."""
        return sum(self.plan.blocks[: self.block])

    @property
    def held_edges(self) -> dict[int, int]:
        """The slots of soft edges in its canvas, and the tokens that stood there."""
        plan = self.plan
        before = dict(enumerate(plan.old[: plan.edge_before]))
        end = plan.num_slots - plan.edge_after
        after = {
            end + place: plan.old[len(plan.old) - plan.edge_after + place]
            for place in range(plan.edge_after)
        }
        return self._in_canvas(before | after)

    @property
    def held_pins(self) -> dict[int, int]:
        """The slots of its canvas that old words are pinned in, and their tokens."""
        held = {slot: token for slot, token in self.plan.pinned.items() if slot in self.pinned}
        return self._in_canvas(held)

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

    def record(self, step: BatchFrame, row: int) -> None:
        """Keep what a step of a batch found for this hypothesis's canvas; no state is copied."""
        slots, own = self.num_slots, slice(row, row + 1)
        frame = Frame(
            number=step.number,
            block=self.block,
            cache=step.cache,
            # Slices share the batch's memory: frames are many, and states large.
            clamp=step.clamp.take(own),
            before=step.before.take(own),
            after=step.after.take(own),
            draft=step.draft[row][:slots],
            tokens=step.tokens[row][:slots],
            entropy=step.entropy[row][:slots],
            num_free=step.num_free[row],
            committed=len(self.committed),
        )
        self.frames.append(frame)

    def commit(self) -> None:
        """Take the latest frame as what stands in its canvas, and go to the next canvas."""
        frame = self.last
        self.committed += frame.draft
        self.committed_entropy += frame.entropy
        self.block += 1

    def start_from(self, draft: CausalDraft | None) -> None:
        """Let the canvas it is at start from a draft; None: from noise."""
        self.start = draft

    def change_pins(self, pinned: Iterable[int], released: Iterable[int]) -> None:
        """Note slots that the user has pinned and let go, counted from the region's start."""
        self.pinned = (self.pinned | {*pinned}) - {*released}

    def forget_draft(self) -> None:
        """Take the text for what the user made of it, no draft's any more."""
        self.start = None

    def of_candidate(self, number: int) -> "Hypothesis":
        """Return the same as another candidate's."""
        return replace(self, candidate=number)

    def whole_again(self, generator: torch.Generator) -> "Hypothesis":
        """Return a copy without frames that starts from all of its draft."""
        return replace(self, generator=generator, frames=[], start_share=1.0)

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
        # Its first frame is the draft, recorded before any step.
        return replace(self, frames=self.frames[:1]) if shown else None

    @property
    def doubts(self) -> list[float] | None:
        """The entropy of each slot, if the denoiser's first look has found just its draft."""
        return self.beliefs.doubts_of(self.start.ids) if self.beliefs and self.start else None

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

    def _in_canvas(self, tokens: Mapping[int, int]) -> dict[int, int]:
        """Return those of the region's slots that are in its canvas, counted from its start."""
        first = self.first_slot
        here = range(first, first + self.num_slots)
        return {slot - first: token for slot, token in tokens.items() if slot in here}

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
            self.plan.staying,
        )
        return core.within(self.plan.lead, self.plan.trail)
