"""Which documents are open, in which order, and which of them is in front."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.documents import Document
from app.documents.names import shown


class DocumentList(QObject):
    """Keeps the open documents from left to right; whoever shows them follows it.

    Signals:
        added: A `Document` that is new, with its place in the row; nothing was done with it.
        removed: A `Document` that is not open any more.
        moved: The order is another.
        front_changed: Another document is in front.
    """

    added = Signal(object, int)
    removed = Signal(object)
    moved = Signal()
    front_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._documents: list[Document] = []
        self._by_use: list[Document] = []  # the one used last at the end
        self._front: Document | None = None

    def __len__(self) -> int:
        """Return how many documents are open."""
        return len(self._documents)

    def __iter__(self) -> Iterator[Document]:
        """Go through the documents that are open now, from left to right."""
        # A copy: closing a tab in the midst of going through them changes the list.
        return iter(tuple(self._documents))

    @property
    def front(self) -> Document | None:
        """The document in front."""
        return self._front

    @property
    def by_use(self) -> tuple[Document, ...]:
        """The open documents, the one that the user was in last at first."""
        return tuple(reversed(self._by_use))

    def note_use(self, document: Document) -> None:
        """The user is in a document now."""
        self._by_use.remove(document)
        self._by_use.append(document)

    def add(self, document: Document) -> None:
        """Take a document in, at the right end and in front."""
        self._documents.append(document)
        self._by_use.append(document)
        self.added.emit(document, len(self._documents) - 1)
        self.set_front(document)

    def remove(self, document: Document) -> None:
        """Take a document out; the one right of it comes to the front, or the last."""
        place = self._documents.index(document)
        self._documents.remove(document)
        self._by_use.remove(document)
        if document is self._front:
            near = min(place, len(self._documents) - 1)
            self.set_front(self._documents[near] if self._documents else None)
        # After another is in front: whoever hears of it must not ask for one that is gone.
        self.removed.emit(document)

    def move(self, start: int, end: int) -> None:
        """Move a document from one place in the row to another."""
        self._documents.insert(end, self._documents.pop(start))
        self.moved.emit()

    def set_front(self, document: Document | None) -> None:
        """Put a document in front."""
        if document is not self._front:
            self._front = document
            if document is not None:
                self.note_use(document)
            self.front_changed.emit()

    def of_path(self, path: Path) -> list[Document]:
        """Return the documents of a file: several, after a save under another's name."""
        return [one for one in self if one.path is not None and _is_same_file(one.path, path)]

    def folders(self) -> dict[Document, str]:
        """Return the folders that tell the files from open ones with the same name, as few as do.

        Empty, where the name alone does.
        """
        paths = {one: one.path for one in self if one.path is not None}
        all_of: dict[str, set[Path]] = {}
        for path in paths.values():
            all_of.setdefault(path.name, set()).add(path.parent)
        return {one: _telling(path.parent, all_of[path.name]) for one, path in paths.items()}

    def unsaved_texts(self) -> list[tuple[str, str]]:
        """Return title and text of every document with unsaved changes."""
        return [(one.title, one.text()) for one in self if one.is_modified]


def _telling(folder: Path, same: set[Path]) -> str:
    """Return the last parts of a folder that no other one of these ends with."""
    others = [other.parts for other in same if other != folder]
    if not others:
        return ""
    tails = (folder.parts[-count:] for count in range(1, len(folder.parts)))
    told = (tail for tail in tails if all(other[-len(tail) :] != tail for other in others))
    return shown(Path(*next(told, folder.parts)))


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other
