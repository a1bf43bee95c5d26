"""Candidates that are no longer shown: what each was drafted for, and how it has ended."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from pathlib import Path

from app.proposal.model.selections import ALL, Places
from app.translation import QT_TR_NOOP, tr


class Outcome(Enum):
    """How a candidate has ended."""

    ACCEPTED = "accepted"  # it is, or was, in the document
    REJECTED = "rejected"  # by the user
    LEFT = "left"  # undecided, when its tab or the window was closed
    SUPERSEDED = "superseded"  # by a newer request, or by another candidate
    STALE = "stale"  # put aside because the text around it had changed, and then removed
    FAILED = "failed"  # the engine gave up before it was done, and the user did not want the rest


OUTCOMES = {
    Outcome.ACCEPTED: QT_TR_NOOP("accepted"),
    Outcome.REJECTED: QT_TR_NOOP("rejected"),
    Outcome.LEFT: QT_TR_NOOP("left undecided"),
    Outcome.SUPERSEDED: QT_TR_NOOP("superseded"),
    Outcome.STALE: QT_TR_NOOP("stale"),
    Outcome.FAILED: QT_TR_NOOP("failed"),
}


def outcome_text(outcome: Outcome) -> str:
    """Return how a candidate has ended, in words."""
    return tr(OUTCOMES[outcome])


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrigin:
    """The document a candidate was drafted for."""

    title: str = field(default_factory=lambda: tr("Untitled"))
    path: Path | None = None  # None as long as it has never been saved


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCandidate:
    """A draft that has ended, and what it was drafted for."""

    origin: DraftOrigin
    time: datetime  # when it ended, with its zone
    old_text: str
    text: str
    seed: int
    steps: int  # denoising steps
    mean_entropy: float  # nats, of the last step
    outcome: Outcome
    instruction: str = ""
    strength: float = 1.0
    score: float | None = None  # what candidates are sorted by
    places: Places = ALL  # of the old text, those that were written
