"""What is undone together: a word with the space before it, or letters deleted one by one.

Qt alone would take back at once whatever was typed side by side, over pauses and drafts.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QPlainTextEdit

from app.editor.typed import Typed

PAUSE_MS = 1000  # of typing; what is typed behind it is another step

# What may go on with what. As in other editors, an undo step is a word: a space after a word
# begins a step that the next word belongs to, as a line break does; several spaces are a step.
MAY_FOLLOW = {
    Typed.LETTERS: (Typed.LETTERS, Typed.SPACE, Typed.WHOLE),
    Typed.SPACE: (Typed.SPACE, Typed.SPACES),
    Typed.WHOLE: (),
    Typed.LEFT: (Typed.LEFT,),
    Typed.RIGHT: (Typed.RIGHT,),
}


class UndoRuns(QObject):
    """Makes undo steps of what is typed; one ends with a pause, or where the caret was moved."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._document = editor.document()
        self._last: Typed | None = None  # None: what comes next begins a step
        self._num_commands = 0  # that the document could undo when the last key was done
        self._joins = self._is_typing = False
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self.end)
        editor.cursorPositionChanged.connect(self._on_cursor_moved)
        self.keep_in(self._document)

    @property
    def joins(self) -> bool:
        """Whether what is being typed belongs to the step before it."""
        return self._joins

    def keep_in(self, document: QTextDocument) -> None:
        """Go by the steps of this document, which may be another one than the editor's."""
        self._document = document
        document.modificationChanged.connect(self._on_modified)

    def end(self) -> None:
        """Let what is typed next begin a step."""
        self._last = None
        self._timer.stop()

    @contextmanager
    def typed(self, kind: Typed | None, *, goes_on: bool = False) -> Iterator[None]:
        """Take in what is edited meanwhile, as of a kind; None: it is a step of its own.

        What `goes_on` belongs to what was typed last, however long ago, and whatever it was.
        """
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            self.end()  # a selection is no part of what was typed before
            kind = None if kind in (Typed.LEFT, Typed.RIGHT) else kind
        before = self._document.availableUndoSteps()
        # Whoever else has edited has added something that can be undone.
        is_same = before == self._num_commands
        may_follow = kind is not None and self._last in MAY_FOLLOW[kind]
        joins = is_same and (goes_on or may_follow)
        self._joins, self._is_typing = joins, True
        if joins:
            cursor.joinPreviousEditBlock()
        else:
            cursor.beginEditBlock()
        try:
            yield
        finally:
            cursor.endEditBlock()
            self._joins = self._is_typing = False
        self._num_commands = self._document.availableUndoSteps()
        # What joins is often added to Qt's last command; what begins a step is one of its own.
        if kind is None or not (joins or self._num_commands != before):
            self.end()
            return
        self._last = Typed.SPACES if joins and kind is Typed.SPACE else kind
        self._timer.start()

    def _on_cursor_moved(self) -> None:
        if not self._is_typing:
            self.end()

    def _on_modified(self, is_modified: bool) -> None:
        if not is_modified:
            self.end()  # undo has to lead to what was saved
