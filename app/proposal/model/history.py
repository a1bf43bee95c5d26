"""What the model has drafted so far: every candidate that is no longer shown, to be found again."""

from collections import deque
from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QObject, Signal

from app.proposal.model.history_file import HistoryFile
from app.proposal.model.past import PastCandidate

MAX_CANDIDATES = 5_000  # the oldest are forgotten


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
        file: HistoryFile | None = None,
    ) -> None:
        super().__init__(parent)
        self._limit = limit
        self._file = file

    def read(self) -> None:
        """Read the file now; it is read when it is first needed, at the latest."""
        _ = self._entries

    @property
    def candidates(self) -> tuple[PastCandidate, ...]:
        """All candidates, the newest first."""
        return self.search("")

    @property
    def is_kept(self) -> bool:
        """Whether it outlives the program."""
        return self._file is not None

    def add(self, candidate: PastCandidate) -> None:
        """Keep a candidate; beyond the limit the oldest is forgotten."""
        self._entries.appendleft((candidate, _found_by(candidate)))
        if self._file is not None:
            self._file.append(candidate, self._oldest_first)
        self.changed.emit()

    def delete(self, candidates: Sequence[PastCandidate]) -> None:
        """Forget candidates, in the file too."""
        # By identity: two candidates may be equal in all fields.
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

    def search(self, words: str) -> tuple[PastCandidate, ...]:
        """Return the candidates in whose texts or title each of `words` occurs, newest first."""
        wanted = words.casefold().split()
        return tuple(
            candidate
            for candidate, found_by in self._entries
            if all(word in found_by for word in wanted)
        )

    @cached_property
    def _entries(self) -> deque[tuple[PastCandidate, str]]:
        """The candidates, each with all that it can be found by."""
        entries: deque[tuple[PastCandidate, str]] = deque(maxlen=self._limit)
        for candidate in self._file.read() if self._file else ():
            entries.appendleft((candidate, _found_by(candidate)))
        return entries

    def _oldest_first(self) -> list[PastCandidate]:
        return [candidate for candidate, _ in reversed(self._entries)]


def _found_by(candidate: PastCandidate) -> str:
    fields = (
        candidate.origin.title,
        candidate.old_text,
        candidate.text,
        candidate.instruction,
    )
    return "\n".join(fields).casefold()
