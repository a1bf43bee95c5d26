"""Putting a long text into a document bit by bit, so that nobody waits for it.

Qt needs microseconds for every line, which are seconds for a million of them.
"""

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument

from app.text import kept_ends
from app.text.edits import insert, set_text, text_between, text_of

PIECE = 16_384  # characters that are put in at once, and whole lines
# Short enough for what is typed elsewhere, long enough that turns are not what takes the time.
TURN_S = 0.04  # of the processor, between two looks at what the user does


class Filling(QObject):
    """Makes a text, lines ended by a line feed, the text of a document, which nobody may edit.

    What each line ends with is told as in `kept_ends`.

    Signals:
        begun: The start of the text is there.
        moved: More of it is there.
        ended: Whether the document holds the text now, and nothing else.
    """

    begun = Signal()
    moved = Signal()
    ended = Signal(bool)

    def __init__(self, document: QTextDocument, text: str, ends: str, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._text, self._ends = document, text, ends
        self._line = 0  # how many lines of those that end have come
        self._at = 0  # code points
        self._is_right = True
        self._timer = QTimer(self)
        # In the interface's thread, because Qt takes its 3.5 µs for a line whichever thread asks,
        # and a document belongs to one thread alone.
        self._timer.timeout.connect(self._take_turn)

    @property
    def share(self) -> float:
        """How much of the text is there, from 0 to 1."""
        return self._at / max(1, len(self._text))

    def start(self) -> None:
        """Put the first piece in at once, and the others in turns."""
        # Nobody is to undo the reading of a file; and each piece would be kept twice.
        self._document.setUndoRedoEnabled(False)
        self._at = self._end_of_piece()
        first = self._text[: self._at]
        set_text(self._document, first, self._next_ends(first))
        self._is_right = text_of(self._document) == first
        self.begun.emit()
        self._timer.start(0)

    def stop(self) -> None:
        """Leave the rest of the text out, and tell nobody."""
        self._timer.stop()

    def _take_turn(self) -> None:
        # Of the processor, not of the clock: on a busy machine a turn would otherwise put nothing
        # in.
        until = time.thread_time() + TURN_S
        cursor = QTextCursor(self._document)
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        while self._is_right and self._at < len(self._text) and time.thread_time() < until:
            self._put_piece(cursor)
        cursor.endEditBlock()
        self.moved.emit()
        if not self._is_right or self._at == len(self._text):
            self._timer.stop()
            self._document.setUndoRedoEnabled(True)
            self.ended.emit(self._is_right)

    def _put_piece(self, cursor: QTextCursor) -> None:
        """Add a piece, and look whether it arrived as it was."""
        start, end = self._at, self._end_of_piece()
        piece = self._text[start:end]
        position = cursor.position()
        insert(cursor, piece, QTextCharFormat())
        if not piece.isascii():  # Qt changes no others
            self._is_right = text_between(self._document, position, cursor.position()) == piece
        kept_ends.keep(self._document, position, self._next_ends(piece))
        self._at = end

    def _next_ends(self, piece: str) -> str:
        """Return what the lines of the next piece end with."""
        start, self._line = self._line, self._line + (piece.count("\n") if self._ends else 0)
        return self._ends[start : self._line]

    def _end_of_piece(self) -> int:
        """Return where the next piece ends: behind a line."""
        return self._text.find("\n", self._at + PIECE - 1) + 1 or len(self._text)
