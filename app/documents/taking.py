"""Taking a long text out of a document bit by bit, while the user goes on with it."""

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextDocument

from app.text import kept_ends
from app.text.edits import length_of, text_between, whole_characters

PIECE = 65_536  # UTF-16 units that are taken at once; a millisecond
TURN_S = 0.004  # of the processor, between two looks at what the user does


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text."""

    text: str  # lines ended by a line feed
    ends: str  # what its lines end with, as in `kept_ends`
    length: int  # UTF-16 units


class Taking(QObject):
    """Collects the pieces of a text; what is edited meanwhile is taken anew.

    Signals:
        done: The `Piece`s that the text is at this moment, a list.
    """

    done = Signal(list)

    def __init__(self, document: QTextDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._pieces: list[Piece] = []
        self._at = 0  # where the next piece begins
        self._length = length_of(document)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._take_turn)
        document.contentsChange.connect(self._on_contents_change)

    def start(self) -> None:
        """Take a piece after the other in the turns that come."""
        self._timer.start(0)

    def _take_turn(self) -> None:
        until = time.thread_time() + TURN_S
        while self._at < self._length and time.thread_time() < until:
            self._pieces.append(self._piece(self._at, min(self._at + PIECE, self._length)))
            self._at += self._pieces[-1].length
        if self._at == self._length:
            self._timer.stop()
            self._document.contentsChange.disconnect(self._on_contents_change)
            self.done.emit(self._pieces)

    def _piece(self, start: int, end: int) -> Piece:
        # Half a character would be none of the text.
        _, end = whole_characters(self._document, start, end)
        text = text_between(self._document, start, end)
        return Piece(text, kept_ends.between(self._document, start, end), end - start)

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        length = length_of(self._document)
        # Qt counts the end of the last block in when a change reaches it.
        over = max(0, position + added - length)
        removed, added = removed - over, added - over
        is_known = removed >= 0 and added >= 0 and self._length - removed + added == length
        self._length = length
        if not is_known:
            self._pieces, self._at = [], 0  # what Qt tells of undone steps is not always right
        elif position < self._at:
            self._mend(position, removed, added)

    def _mend(self, position: int, removed: int, added: int) -> None:
        """Take the pieces anew that an edit has changed."""
        first = start = 0
        while start + self._pieces[first].length <= position:
            start += self._pieces[first].length
            first += 1
        last, end = first, start + self._pieces[first].length
        while end < position + removed and last + 1 < len(self._pieces):
            last += 1
            end += self._pieces[last].length
        if end < position + removed:
            del self._pieces[first:]
            self._at = start
            return
        self._pieces[first : last + 1] = [self._piece(start, end - removed + added)]
        self._at = sum(piece.length for piece in self._pieces)
