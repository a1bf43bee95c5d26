"""One candidate in play: every frame the model has produced for it, and its result."""

from dataclasses import dataclass, field

from app.text.positions import DocumentText, as_document_text
from app.text.words import word_at
from engine.api import (
    Branch,
    CandidateFinished,
    CanvasUpdated,
    DraftSpan,
    FinishReason,
    Generate,
    Mode,
    Score,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A text for the region, as the model produced it."""

    text: str
    spans: tuple[DraftSpan, ...]  # code points of `text`, tiling it

    def as_document_text(self) -> DocumentText:
        """Return the draft as the document would hold it."""
        return as_document_text(self.text)

    def slots_between(self, start: int, end: int) -> tuple[int, ...]:
        """Return the slots whose visible text shares a character with a stretch."""
        return tuple(
            span.slot
            for span in self.spans
            if span.slot >= 0 and _first_ink(self.text, span) < end and span.end > start
        )

    def word_at(self, offset: int) -> tuple[int, int] | None:
        """Return the word at an offset."""
        return word_at(self.text, offset)


@dataclass(slots=True, kw_only=True, eq=False)
class Candidate:
    """A candidate of a proposal; its `Proposal` alone changes it."""

    job: Generate | Branch
    number: int = 0  # in the job
    start: Draft | None = None  # what a branch goes on from
    num_slots: int = 0
    frames: list[CanvasUpdated] = field(default_factory=list)
    result: CandidateFinished | None = None
    final: Draft | None = None  # what the job ended with, for a result or without one
    reason: FinishReason | None = None  # None: still running
    pins: set[int] = field(default_factory=set)  # slots, wished and not yet seen in a frame
    freed: set[int] = field(default_factory=set)  # slots let go, and not yet seen so

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
    def draft(self) -> Draft | None:
        """The newest text."""
        if self.final is not None:
            return self.final
        return _draft_of(self.frames[-1]) if self.frames else self.start

    def draft_at(self, frame: int) -> Draft:
        """Return the text of one frame."""
        return _draft_of(self.frames[frame])

    @property
    def pinned(self) -> frozenset[int]:
        """The slots that are pinned, or will be with the next step."""
        spans = self.draft.spans if self.draft else ()
        return (frozenset(s.slot for s in spans if s.pinned) - self.freed) | self.pins

    def settled_in(self, slot: int) -> int | None:
        """Return the number of the frame from which on a slot kept its text; None without one."""
        last: str | None = None
        since: int | None = None
        for frame in self.frames:
            text = next((frame.text[s.start : s.end] for s in frame.spans if s.slot == slot), "")
            if text != last:
                last, since = text, frame.step
        return since


def _draft_of(frame: CanvasUpdated) -> Draft:
    return Draft(text=frame.text, spans=frame.spans)


def _first_ink(text: str, span: DraftSpan) -> int:
    """Return where a span's text begins to be seen; a token often begins with its space."""
    piece = text[span.start : span.end]
    return span.start + len(piece) - len(piece.lstrip()) if piece.strip() else span.start
