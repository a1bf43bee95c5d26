"""What a job yields while it works, however and wherever it works."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.api import Decided, DraftSpan, Score

FORGOTTEN = "That step is not remembered any more. Start again from here."
WRITTEN_ON = (
    "Of a text that was written from left to right no other words are known. Accept it, select the "
    "word and rewrite it."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The region's text as it stands, and its tokens' spans, which tile it."""

    text: str
    spans: tuple[DraftSpan, ...]

    @classmethod
    def in_one_piece(cls, text: str) -> "Draft":
        """Return a text of which nothing can be pinned."""
        span = DraftSpan(start=0, end=len(text), entropy=0.0, accepted=True)
        return cls(text=text, spans=(span,) if text else ())

    def moved(self, by: int) -> "Draft":
        """Return it as it stands behind so many code points of other text."""
        spans = (replace(s, start=s.start + by, end=s.end + by) for s in self.spans)
        return Draft(text=self.text, spans=tuple(spans))

    def within(self, lead: str, trail: str) -> "Draft":
        """Return the draft between two texts that stay."""
        own = self.moved(len(lead))
        last = Draft.in_one_piece(trail).moved(len(lead) + len(self.text))
        spans = (*Draft.in_one_piece(lead).spans, *own.spans, *last.spans)
        return Draft(text=lead + self.text + trail, spans=spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStep:
    """One step of a candidate: of denoising, a token written, or a piece a server has sent."""

    candidate: int
    step: int  # 1.., over all canvases of the region
    draft: Draft
    raw: str  # the canvas itself
    mean_entropy: float  # nats, over the slots of the current canvas


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDone:
    """A candidate is finished."""

    candidate: int
    seed: int
    draft: Draft
    steps: int
    has_converged: bool
    score: Score
    decided: Decided | None = None  # of regions with relations


Progress = DraftStep | CandidateDone


def mean_entropy(spans: Sequence[DraftSpan]) -> float:
    """Return the nats of a draft's slots, a slot."""
    nats = [span.entropy for span in spans if span.slot >= 0]
    return sum(nats) / max(len(nats), 1)
