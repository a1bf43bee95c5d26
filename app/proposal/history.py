"""What the model has drafted so far: every candidate that is no longer shown, to be found again."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

MAX_CANDIDATES = 500  # the oldest are forgotten


class Outcome(Enum):
    """How a candidate has ended."""

    ACCEPTED = "accepted"  # it is, or was, in the document
    REJECTED = "rejected"  # by the user, or by closing its tab
    SUPERSEDED = "superseded"  # by a newer request
    STALE = "stale"  # put aside because the text around it had changed, and then removed
    FAILED = "failed"  # the engine gave up before it was done, and the user did not want the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The document a candidate was drafted for."""

    title: str = "Untitled"
    path: Path | None = None  # None as long as it has never been saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A draft that has ended, and what it was drafted for."""

    origin: Origin
    time: datetime  # when it ended, with its zone
    old_text: str
    text: str
    seed: int
    steps: int  # denoising steps
    mean_entropy: float  # nats, of the last step
    outcome: Outcome


class History(QObject):
    """Keeps the candidates of one window, of all its tabs, in memory and for this session only.

    Signals:
        changed: A candidate was added.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None, *, limit: int = MAX_CANDIDATES) -> None:
        super().__init__(parent)
        # Each with all that it can be found by.
        self._entries: deque[tuple[Candidate, str]] = deque(maxlen=limit)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates, the newest first."""
        return self.search("")

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate; beyond the limit the oldest is forgotten."""
        fields = (candidate.origin.title, candidate.old_text, candidate.text)
        self._entries.appendleft((candidate, "\n".join(fields).casefold()))
        self.changed.emit()

    def search(self, words: str) -> tuple[Candidate, ...]:
        """Return the candidates in whose texts or title each of `words` occurs, newest first."""
        wanted = words.casefold().split()
        return tuple(
            candidate
            for candidate, found_by in self._entries
            if all(word in found_by for word in wanted)
        )
