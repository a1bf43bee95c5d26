"""Putting a long text into a document bit by bit, so that nobody waits for it.

Qt needs microseconds for every line, which are seconds for a million of them.
"""

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor, QTextDocument

from app.documents.edits import text_of

PIECE = 16_384  # characters that are put in at once, and whole lines
TURN_S = 0.04  # of the processor, between two looks at what the user does
BYTE_ORDER_MARK = "\ufeff"  # PySide drops it at the start of any string


class Filling(QObject):
    """Makes a text, lines ended by a line feed, the text of a document, which nobody may edit.

    Signals:
        begun: The start of the text is there.
        moved: More of it is there.
        ended: Whether the document holds the text now, and nothing else.
    """

    begun = Signal()
    moved = Signal()
    ended = Signal(bool)

    def __init__(self, document: QTextDocument, text: str, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._text = document, text
        self._at = 0  # code points
        self._is_right = True
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take_turn)

    @property
    def share(self) -> float:
        """How much of the text is there, from 0 to 1."""
        return self._at / max(1, len(self._text))

    def start(self) -> None:
        """Put the first piece in at once, and the others in turns."""
        self._document.setUndoRedoEnabled(False)
        self._at = self._end_of_piece()
        first = self._text[: self._at]
        self._document.setPlainText(first)
        self._is_right = text_of(self._document) == first
        self.begun.emit()
        self._timer.start(0)

    def stop(self) -> None:
        """Leave the rest of the text out, and tell nobody."""
        self._timer.stop()

    def _take_turn(self) -> None:
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
        cursor.insertText(piece)
        if not piece.isascii():  # Qt changes no others
            written = QTextCursor(cursor)
            written.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
            self._is_right = written.selectedText().replace("\u2029", "\n") == piece
        self._at = end

    def _end_of_piece(self) -> int:
        """Return where the next piece ends: behind a line, and not before a byte order mark."""
        end = self._at + PIECE - 1
        while True:
            end = self._text.find("\n", end) + 1
            if not end:
                return len(self._text)
            if not self._text.startswith(BYTE_ORDER_MARK, end):
                return end
