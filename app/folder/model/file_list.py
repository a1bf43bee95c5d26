"""All files of the open folder by name, read anew in a thread whenever somebody asks."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from app.folder.model.listing import Stopped, Walk
from app.folder.model.matching import best
from app.system.background import Background, Job

MOST = 500_000  # files


class FileList(QObject):
    """Finds files by letters of their names.

    What was read last is searched until it is read anew, so that nobody waits for a large folder.

    Signals:
        found: The names, from the folder on, that fit the letters best.
        read: All names are there.
    """

    found = Signal(object)  # a list; as Qt's own it would change names that are no text
    read = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = ""
        self._names: list[str] = []
        self._letters: str | None = None  # that were asked for
        self._walking = Background(self)
        self._matching = Background(self)
        self._walk: Job[list[str]] | None = None
        self._match: Job[list[str]] | None = None
        self.is_read = False

    def set_root(self, root: str) -> None:
        """Look into another folder; an empty name is none."""
        if self._walk is not None:
            self._walk.cancel()
        self._root, self._names, self.is_read, self._walk = root, [], not root, None

    def refresh(self) -> None:
        """Read the folder anew."""
        if not self._root or self._walk is not None:
            return
        job: Job[list[str]] | None = None

        def is_stopped() -> bool:
            return job is not None and job.is_cancelled

        job = self._walk = self._walking.run(partial(_names_of, self._root, is_stopped), self._take)

    def find(self, letters: str) -> None:
        """Look for these letters from now on, and tell what is found."""
        self._letters = letters
        if self._match is not None:
            self._match.cancel()
        names = self._names
        job: Job[list[str]] | None = None

        def work() -> list[str]:
            return best(letters, names, lambda: job is not None and job.is_cancelled)

        job = self._match = self._matching.run(work, self.found.emit)

    def _take(self, names: list[str]) -> None:
        self._walk, self._names, self.is_read = None, names, True
        self.read.emit()
        if self._letters is not None:
            self.find(self._letters)


def _names_of(root: str, is_stopped: Stopped) -> list[str]:
    names: list[str] = []
    for name in Walk(root, is_stopped):
        names.append(name)
        if len(names) == MOST:
            break
    return names
