"""What the model has drafted so far: every candidate that is no longer shown, to be found again."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.translation import QT_TR_NOOP, tr

if TYPE_CHECKING:
    from app.proposal.model.candidate import Take
    from app.proposal.model.history_file import HistoryFile
    from app.proposal.model.proposal import Proposal

MAX_CANDIDATES = 5_000  # the oldest are forgotten


class Outcome(Enum):
    """How a candidate has ended."""

    ACCEPTED = "accepted"  # it is, or was, in the document
    REJECTED = "rejected"  # by the user, or by closing its tab
    SUPERSEDED = "superseded"  # by a newer request, or by another candidate
    STALE = "stale"  # put aside because the text around it had changed, and then removed
    FAILED = "failed"  # the engine gave up before it was done, and the user did not want the rest


OUTCOMES = {
    Outcome.ACCEPTED: QT_TR_NOOP("accepted"),
    Outcome.REJECTED: QT_TR_NOOP("rejected"),
    Outcome.SUPERSEDED: QT_TR_NOOP("superseded"),
    Outcome.STALE: QT_TR_NOOP("stale"),
    Outcome.FAILED: QT_TR_NOOP("failed"),
}


def outcome_text(outcome: Outcome) -> str:
    """Return how a candidate has ended, in words."""
    return tr(OUTCOMES[outcome])


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The document a candidate was drafted for."""

    title: str = field(default_factory=lambda: tr("Untitled"))
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
    instruction: str = ""
    strength: float = 1.0
    score: float | None = None  # what candidates are sorted by


class History(QObject):
    """Keeps the candidates of one window, of all its tabs; in a file, too, if it is given one.

    Signals:
        changed: A candidate was added or deleted.
    """

    changed = Signal()

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        limit: int = MAX_CANDIDATES,
        file: "HistoryFile | None" = None,
    ) -> None:
        super().__init__(parent)
        self._limit = limit
        self._file = file

    def read(self) -> None:
        """Read the file now; it is read when it is first needed, at the latest."""
        _ = self._entries

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All candidates, the newest first."""
        return self.search("")

    @property
    def is_kept(self) -> bool:
        """Whether it outlives the program."""
        return self._file is not None

    def add(self, candidate: Candidate) -> None:
        """Keep a candidate; beyond the limit the oldest is forgotten."""
        self._entries.appendleft((candidate, _found_by(candidate)))
        if self._file is not None:
            self._file.append(candidate, self._oldest_first)
        self.changed.emit()

    def delete(self, candidates: Sequence[Candidate]) -> None:
        """Forget candidates, in the file too."""
        gone = {id(candidate) for candidate in candidates}
        kept = [entry for entry in self._entries if id(entry[0]) not in gone]
        self._entries.clear()
        self._entries.extend(kept)
        if self._file is not None:
            self._file.write(self._oldest_first())
        self.changed.emit()

    def set_max_bytes(self, max_bytes: int) -> None:
        """Hold the file to a size."""
        if self._file is not None:
            self._file.set_max_bytes(max_bytes, self._oldest_first)

    def search(self, words: str) -> tuple[Candidate, ...]:
        """Return the candidates in whose texts or title each of `words` occurs, newest first."""
        wanted = words.casefold().split()
        return tuple(
            candidate
            for candidate, found_by in self._entries
            if all(word in found_by for word in wanted)
        )

    @cached_property
    def _entries(self) -> deque[tuple[Candidate, str]]:
        """The candidates, each with all that it can be found by."""
        entries: deque[tuple[Candidate, str]] = deque(maxlen=self._limit)
        for candidate in self._file.read() if self._file else ():
            entries.appendleft((candidate, _found_by(candidate)))
        return entries

    def _oldest_first(self) -> list[Candidate]:
        return [candidate for candidate, _ in reversed(self._entries)]


def remember(history: History, proposal: "Proposal", origin: Origin) -> None:
    """Hand the candidates of a proposal that has ended to the history, the one shown last."""
    outcome, shown = proposal.outcome, proposal.take
    if outcome is None:
        return
    others = [take for take in proposal.takes if take is not shown and take.draft]
    for take in reversed(others):
        is_taken = outcome is Outcome.ACCEPTED
        _keep(history, proposal, origin, take, Outcome.SUPERSEDED if is_taken else outcome)
    if proposal.draft is not None and (shown.frames or shown.final):
        _keep(history, proposal, origin, shown, outcome)


def _keep(
    history: History, proposal: "Proposal", origin: Origin, take: "Take", outcome: Outcome
) -> None:
    is_shown = take is proposal.take
    draft = proposal.draft if is_shown else take.draft
    index = proposal.takes.frame if is_shown and proposal.takes.frame is not None else -1
    frame = take.frames[index] if take.frames else None
    if draft is None:
        return
    history.add(
        Candidate(
            origin=origin,
            time=datetime.now(UTC),
            old_text=proposal.place.asked_text,
            text=draft.as_document_text().text,
            seed=take.seed,
            steps=frame.step if frame else 0,
            mean_entropy=frame.mean_entropy if frame else 0.0,
            outcome=outcome,
            instruction=proposal.place.request.instruction,
            strength=proposal.place.request.strength,
            score=take.score.total if take.score else None,
        )
    )


def _found_by(candidate: Candidate) -> str:
    fields = (
        candidate.origin.title,
        candidate.old_text,
        candidate.text,
        candidate.instruction,
    )
    return "\n".join(fields).casefold()
