"""The edits of a document, told once its layout is in step with its text."""

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument

from app.text.rebase import Change


class DocumentChanges(QObject):
    """Collects the edits of one act.

    Signals: `changed`, with the `Change`s in their order and whether the document was empty
    after one of them.
    """

    changed = Signal(list, bool)

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._changes: list[Change] = []
        self._is_emptied = False
        document.contentsChange.connect(self._on_change)
        document.contentsChanged.connect(self._on_changed)

    @property
    def is_under_way(self) -> bool:
        """Whether there are edits that were not told of yet."""
        return bool(self._changes)

    def _on_change(self, position: int, removed: int, added: int) -> None:
        self._changes.append(Change(position=position, removed=removed, added=added))
        # Looked at now: at the end of an act that has emptied the document and filled it again,
        # nobody could tell.
        self._is_emptied |= self._document.isEmpty()

    def _on_changed(self) -> None:
        # Whoever hears of them may edit, and be told of that.
        changes, self._changes = self._changes, []
        is_emptied, self._is_emptied = self._is_emptied, False
        self.changed.emit(changes, is_emptied)
