"""One text in two documents, so that each view has its own width, carets and drafts.

Qt lays a document out for one width, and room made for a draft would gape in both views. So a
second view has a document of its own, and every change goes over to the other at once. The undo
steps are the first document's alone.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QWidget

from app.editor.editor import Editor
from app.text import kept_ends
from app.text.edits import insert, length_of, replace_range, set_text, text_between, text_of


class Mirror(QObject):
    """Keeps `copy` equal to `source`, whichever of them is edited, for as long as it lives."""

    def __init__(
        self,
        source: QTextDocument,
        copy: QTextDocument,
        parent: QObject,
        copy_joins: Callable[[], bool],
    ) -> None:
        """Begin; an edit of the copy belongs to the step before it where `copy_joins` says so."""
        super().__init__(parent)
        self._source, self._copy = source, copy
        self._is_copying = False
        self._copy_joins = copy_joins
        self._has_redo = source.isRedoAvailable()
        self.last_end = 0  # where the last change that reached the copy ends, UTF-16 units
        # Undo steps of both would each undo the other's.
        copy.setUndoRedoEnabled(False)
        set_text(copy, text_of(source), kept_ends.between(source, 0, length_of(source)))
        source.contentsChange.connect(self._on_source_change)
        copy.contentsChange.connect(self._on_copy_change)

    def close(self) -> None:
        """Let the two go their own ways."""
        self._source.contentsChange.disconnect(self._on_source_change)
        self._copy.contentsChange.disconnect(self._on_copy_change)

    def _on_source_change(self, position: int, removed: int, added: int) -> None:
        if not self._is_copying:
            self._carry(self._source, self._copy, position, removed, added)
            # A step that is undone or redone may be told to be elsewhere than it is.
            had_redo, self._has_redo = self._has_redo, self._source.isRedoAvailable()
            self._make_alike(self._source, self._copy, looks=had_redo or self._has_redo)
            self.last_end = min(position + added, length_of(self._copy))

    def _on_copy_change(self, position: int, removed: int, added: int) -> None:
        if not self._is_copying:
            self._carry(self._copy, self._source, position, removed, added)
            self._make_alike(self._copy, self._source, looks=False)

    def _carry(
        self, giver: QTextDocument, taker: QTextDocument, position: int, removed: int, added: int
    ) -> None:
        """Make a change of one document in the other."""
        # Qt counts the end of the last block in when a change reaches it.
        over = max(0, position + added - length_of(giver))
        removed, added = max(0, removed - over), added - over
        text = text_between(giver, position, position + added)
        ends = kept_ends.between(giver, position, position + added)
        end = min(position + removed, length_of(taker))
        step = QTextCursor(taker)
        step.setPosition(position)
        self._is_copying = True
        # What is typed letter by letter is to be undone by the word.
        if taker is self._source and self._copy_joins():
            step.joinPreviousEditBlock()
        else:
            step.beginEditBlock()
        try:
            if removed == 0 and added == 1 and not ends:
                cursor = QTextCursor(taker)
                cursor.setPosition(position)
                insert(cursor, text)
            elif text_between(taker, position, end) != text:
                replace_range(taker, position, end, text, ends)
            else:
                # The text is the same, so what has changed is a format: the kind of a line's end.
                kept_ends.keep(taker, position, ends)
        finally:
            step.endEditBlock()
            self._is_copying = False

    def _make_alike(self, giver: QTextDocument, taker: QTextDocument, *, looks: bool) -> None:
        """Copy all of it where Qt has told of a change what was not right.

        So it is for undone steps of several places, and for half a character that is taken out.
        The lengths tell mostly; who `looks` compares the texts.
        """
        is_unlike = length_of(giver) != length_of(taker)
        if is_unlike or (looks and text_of(giver) != text_of(taker)):
            self._is_copying = True
            ends = kept_ends.between(giver, 0, length_of(giver))
            replace_range(taker, 0, length_of(taker), text_of(giver), ends)
            self._is_copying = False


class MirrorEditor(Editor):
    """An editor over the copy of a document; undoing goes to the document itself."""

    def __init__(self, source: QTextDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.undo_runs.keep_in(source)
        self._mirror = Mirror(source, self.document(), self, lambda: self.undo_runs.joins)

    def stop_mirroring(self) -> None:
        """Follow the other document no longer."""
        self._mirror.close()

    @property
    def undo_document(self) -> QTextDocument:
        """The document that the undo steps are of."""
        return self._source

    def _undo_edit(self) -> None:
        # The last change, wherever it was made.
        self._source.undo()
        self._show_change()

    def _redo_edit(self) -> None:
        self._source.redo()
        self._show_change()

    def _show_change(self) -> None:
        cursor = self.textCursor()
        cursor.setPosition(self._mirror.last_end)
        self.setTextCursor(cursor)
