"""One candidate in play: every frame the model has produced for it, and its result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby

from app.text.hunks import Comparison
from app.text.positions import DocumentText, as_document_text
from app.text.words import all_words
from engine.api import (
    Branch,
    CandidateFinished,
    CanvasUpdated,
    Decided,
    DraftSpan,
    FinishReason,
    Generate,
    Mode,
    Score,
)

CandidateKey = tuple[int, int]  # its job, and its number in that


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A text for the region, as the model produced it; what is found out of it is found once."""

    text: str
    spans: tuple[DraftSpan, ...]  # code points of `text`, tiling it

    @cached_property
    def document_text(self) -> DocumentText:
        """The draft as the document would hold it."""
        return as_document_text(self.text)

    @cached_property
    def words(self) -> tuple[tuple[int, int], ...]:
        """The words of `text`, code points."""
        return all_words(self.text)

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """The stretches of `text` that are written, code points; between them something stays."""
        runs = groupby(self.spans, key=lambda span: span.slot >= 0)
        written = (list(spans) for is_written, spans in runs if is_written)
        return tuple((spans[0].start, spans[-1].end) for spans in written)

    def compared_to(self, old_text: str) -> Comparison:
        """Return the draft, as the document would hold it, beside the text that it is to replace.

        It is remembered for the last such text: another takes its place when a part is accepted.
        """
        last = self._compared[0] if self._compared else None
        if last is None or last.old != old_text:
            # A list in a cached property, because the record is frozen and this is no part of what
            # it says.
            self._compared[:] = [last := Comparison(old=old_text, new=self.document_text.text)]
        return last

    @cached_property
    def _compared(self) -> list[Comparison]:
        return []

    def slots_holding(self, start: int, end: int) -> tuple[int, ...]:
        """Return the slots that have to stay for a stretch to stay as it is.

        Of a mere place, where something was left out, those on either side.
        """
        slots = self.slots_between(start, end) if start < end else self._slots_beside(start)
        # Those between them have no text now, and must get none.
        return tuple(range(min(slots), max(slots) + 1)) if slots else ()

    def texts_in(self, slots: Iterable[int]) -> dict[int, str]:
        """Return what is written in slots, but for white space, which belongs to the seams."""
        found = {span.slot: self.text[span.start : span.end].strip() for span in self.spans}
        return {slot: found.get(slot, "") for slot in slots}

    def _slots_beside(self, place: int) -> tuple[int, ...]:
        return tuple(
            span.slot for span in self.spans if span.slot >= 0 and span.start <= place <= span.end
        )

    def slots_between(self, start: int, end: int) -> tuple[int, ...]:
        """Return the slots whose visible text shares a character with a stretch."""
        return tuple(
            span.slot
            for span in self.spans
            if span.slot >= 0 and _first_seen(self.text, span) < end and span.end > start
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class Candidate:
    """A candidate of a proposal at one moment; what happens to it makes another of the same key."""

    job: Generate | Branch
    number: int = 0  # in the job
    start: Draft | None = None  # what a branch goes on from
    num_slots: int = 0
    frames: tuple[CanvasUpdated, ...] = ()
    drafts: tuple[Draft, ...] = ()  # the frames' texts
    result: CandidateFinished | None = None
    final: Draft | None = None  # what the job ended with, for a result or without one
    reason: FinishReason | None = None  # None: still running
    pins: frozenset[int] = frozenset()  # slots, wished and not yet seen in a frame
    freed: frozenset[int] = frozenset()  # slots let go, and not yet seen so
    # What was accepted of it while it ran: in these slots, or, of a text without slots, up to
    # there.
    held: Mapping[int, str] = field(default_factory=dict)
    held_head: str = ""

    @property
    def key(self) -> CandidateKey:
        """What it is known by."""
        return self.job.job_id, self.number

    @property
    def seed(self) -> int:
        """The seed that it draws from."""
        return self.job.seed + self.number

    @property
    def writes_on(self) -> bool:
        """Whether it is written from left to right only."""
        return isinstance(self.job, Generate) and self.job.settings.mode is Mode.CAUSAL

    @property
    def is_running(self) -> bool:
        """Whether the engine still works on it."""
        return self.reason is None

    @property
    def score(self) -> Score | None:
        """How well it fits; None as long as that is not known."""
        return self.result.score if self.result else None

    @property
    def decided(self) -> Decided | None:
        """Who has decided its places; None as long as that is not known, and without relations."""
        return self.result.decided if self.result else None

    @property
    def draft(self) -> Draft | None:
        """The newest text."""
        if self.final is not None:
            return self.final
        return self.drafts[-1] if self.drafts else self.start

    @cached_property
    def pinned(self) -> frozenset[int]:
        """The slots that are pinned, or will be with the next step."""
        spans = self.draft.spans if self.draft else ()
        return (frozenset(s.slot for s in spans if s.pinned) - self.freed) | self.pins

    @cached_property
    def has_lost_held(self) -> bool:
        """Whether its newest text lacks what was accepted of it.

        A step may have been under way then, and not everybody who writes can be held to a word.
        """
        text = self.draft or Draft(text="", spans=())
        is_held = text.texts_in(self.held) == self.held
        return not (is_held and text.text.startswith(self.held_head))

    def settled_in(self, slot: int) -> int | None:
        """Return the number of the frame from which on a slot kept its text; None without one."""
        last: str | None = None
        since: int | None = None
        for frame in self.frames:
            text = next((frame.text[s.start : s.end] for s in frame.spans if s.slot == slot), "")
            if text != last:
                last, since = text, frame.step
        return since

    def with_frame(self, event: CanvasUpdated) -> "Candidate":
        """Return it a denoising step on."""
        return replace(
            self,
            frames=(*self.frames, event),
            drafts=(*self.drafts, Draft(text=event.text, spans=event.spans)),
            # A wish is kept until a frame shows it: frames that were under way say the opposite.
            pins=self.pins - {span.slot for span in event.spans if span.pinned},
            freed=self.freed - {span.slot for span in event.spans if not span.pinned},
        )

    def with_pins(self, slots: Iterable[int], *, is_pinned: bool) -> "Candidate":
        """Return it with slots pinned, or free, before the engine has said so."""
        wished = frozenset(slots)
        if is_pinned:
            return replace(self, pins=self.pins | wished, freed=self.freed - wished)
        free = self.without_held(wished)
        return replace(free, pins=self.pins - wished, freed=self.freed | wished)

    def with_held(self, slots: Iterable[int], draft: Draft, end: int) -> "Candidate":
        """Return it held to what slots have in a draft; without any, to the draft up to `end`."""
        if texts := draft.texts_in(slots):
            return replace(self, held={**self.held, **texts})
        return replace(self, held_head=max(self.held_head, draft.text[:end], key=len))

    def without_held(self, slots: Iterable[int]) -> "Candidate":
        """Return it no longer held to what stands in slots: the user has changed it."""
        gone = frozenset(slots)
        return replace(
            self, held={slot: text for slot, text in self.held.items() if slot not in gone}
        )

    def ended(self, reason: FinishReason, final: Draft | None) -> "Candidate":
        """Return it with the text that its job ended with."""
        return replace(self, reason=reason, final=final)

    def begun_anew(self) -> "Candidate":
        """Return it without what its job has done; the text stays until there is another."""
        return Candidate(
            job=self.job,
            number=self.number,
            start=self.draft,
            num_slots=self.num_slots,
            held=self.held,
            held_head=self.held_head,
        )


def _first_seen(text: str, span: DraftSpan) -> int:
    """Return where a span's text begins to be seen; a token often begins with its space."""
    piece = text[span.start : span.end]
    # Else a click on a word would mean the slot of the one before as well.
    return span.start + len(piece) - len(piece.lstrip()) if piece.strip() else span.start
