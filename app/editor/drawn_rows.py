"""The rows that an overlay draws in the place of blocks: keys and mouse follow these.

Qt keeps the blocks' own layouts, whose rows nobody sees as long as an overlay stands there.
"""

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextBlock, QTextCursor, QTextLayout, QTextLine

Key = QKeySequence.StandardKey
Move = QTextCursor.MoveOperation
Mode = QTextCursor.MoveMode

MOVES = {
    Key.MoveToNextChar: (Move.Right, False),
    Key.MoveToPreviousChar: (Move.Left, False),
    Key.MoveToNextWord: (Move.NextWord, False),
    Key.MoveToPreviousWord: (Move.PreviousWord, False),
    Key.MoveToNextLine: (Move.Down, False),
    Key.MoveToPreviousLine: (Move.Up, False),
    Key.MoveToStartOfLine: (Move.StartOfLine, False),
    Key.MoveToEndOfLine: (Move.EndOfLine, False),
    Key.SelectNextChar: (Move.Right, True),
    Key.SelectPreviousChar: (Move.Left, True),
    Key.SelectNextWord: (Move.NextWord, True),
    Key.SelectPreviousWord: (Move.PreviousWord, True),
    Key.SelectNextLine: (Move.Down, True),
    Key.SelectPreviousLine: (Move.Up, True),
    Key.SelectStartOfLine: (Move.StartOfLine, True),
    Key.SelectEndOfLine: (Move.EndOfLine, True),
}


class DrawnRows(Protocol):
    """What an overlay tells of the rows it draws, numbered from 0.

    Positions are UTF-16 units of the document, x and points px: x from the left of the text, as
    `QTextLine` has it, points of the viewport. Where a draft stands, the caret can only be at its
    ends.
    """

    @property
    def count(self) -> int:
        """How many rows there are."""

    def row_of(self, position: int) -> int:
        """Return the row that the caret stands in at a position."""

    def row_at(self, y: float) -> int:
        """Return the row at a height of the viewport; the first or the last one beyond them."""

    def x_of(self, position: int) -> float:
        """Return where the caret stands in its row."""

    def place_in(self, row: int, x: float) -> int | None:
        """Return the position in a row nearest to an x; None if it is all of a draft."""

    def places_between(self, row: int, x: float, other: float) -> tuple[int, int] | None:
        """Return the positions in a row nearest to two x, with no part of a draft between them.

        None if there is nothing else.
        """

    def ends_of(self, row: int) -> tuple[int, int] | None:
        """Return the first and the last position in a row; None if it is all of a draft."""

    def beyond_draft(self, position: int, step: int) -> int:
        """Return the end of the draft in that direction, for a position in the text it hides."""

    def position_at(self, point: QPointF) -> int:
        """Return the position nearest to a point."""

    def caret_rect(self, position: int) -> QRectF | None:
        """Return where the caret stands; None if its row is out of view."""

    def boxes(self, start: int, end: int) -> list[QRectF]:
        """Return where a stretch stands, outside of drafts: one box a row."""


class RowKeeper(Protocol):
    """An editor with such rows."""

    def rows_over(self, block: QTextBlock) -> DrawnRows | None:
        """Return the rows in the place of a block; None where Qt's own are seen."""

    def lay_out(self, block: QTextBlock) -> None:
        """See to it that a block has lines."""


class RowMoves:
    """Moves a cursor as the keys do, by the rows that are seen."""

    def __init__(self, keeper: RowKeeper) -> None:
        self._keeper = keeper

    def move(self, cursor: QTextCursor, move: Move, mode: Mode) -> None:
        """Move a cursor."""
        match move:
            case Move.Up | Move.Down:
                is_done = self._step(cursor, -1 if move is Move.Up else 1, mode)
            case Move.StartOfLine | Move.EndOfLine:
                is_done = self._to_end(cursor, mode, is_last=move is Move.EndOfLine)
            case _:
                is_done = self._over_draft(cursor, move, mode)
        if not is_done:
            cursor.movePosition(move, mode)

    def _over_draft(self, cursor: QTextCursor, move: Move, mode: Mode) -> bool:
        """Go past the text that a draft hides, in which no caret is seen."""
        start = cursor.position()
        cursor.movePosition(move, mode)
        rows = self._keeper.rows_over(cursor.block())
        if rows is not None:
            found = rows.beyond_draft(cursor.position(), 1 if cursor.position() > start else -1)
            if found != cursor.position():
                cursor.setPosition(found, mode)
        return True

    def _to_end(self, cursor: QTextCursor, mode: Mode, *, is_last: bool) -> bool:
        rows = self._keeper.rows_over(cursor.block())
        if rows is None:
            return False
        ends = rows.ends_of(rows.row_of(cursor.position()))
        if ends is not None:
            cursor.setPosition(ends[is_last], mode)
        return True

    def _step(self, cursor: QTextCursor, step: int, mode: Mode) -> bool:
        """Go a row up or down; return whether one of the rows is drawn by an overlay."""
        position, block = cursor.position(), cursor.block()
        rows = self._keeper.rows_over(block)
        if rows is None:
            line = block.layout().lineForTextPosition(cursor.positionInBlock())
            other = _beside(block, step)
            is_last = line.lineNumber() == (block.layout().lineCount() - 1 if step > 0 else 0)
            if not is_last or self._keeper.rows_over(other) is None:
                return False
            x = float(cursor.verticalMovementX())
            x = cursor_x(line, cursor.positionInBlock()) if x < 0.0 else x
            found = self._entered(other, step, x)
        else:
            x = _kept_x(cursor, rows.x_of(position))
            numbers = range(rows.count)
            at = rows.row_of(position)
            ahead = numbers[at + 1 :] if step > 0 else numbers[:at][::-1]
            places = (rows.place_in(row, x) for row in ahead)
            found = next((place for place in places if place not in (None, position)), None)
            if found is None:
                found = self._left(block, rows, step, x)
        if found is not None:
            cursor.setPosition(found, mode)
            cursor.setVerticalMovementX(round(x))
        return True

    def _left(self, block: QTextBlock, rows: DrawnRows, step: int, x: float) -> int | None:
        """Return the place in the first line behind an overlay's rows; None if there is none."""
        while block.isValid() and self._keeper.rows_over(block) == rows:
            block = _beside(block, step)
        return self._entered(block, step, x) if block.isValid() else None

    def _entered(self, block: QTextBlock, step: int, x: float) -> int | None:
        """Return the place in a block's first line, or going up its last."""
        rows = self._keeper.rows_over(block)
        if rows is not None:
            order = range(rows.count)[::step]
            return next((p for row in order if (p := rows.place_in(row, x)) is not None), None)
        self._keeper.lay_out(block)
        layout = block.layout()
        line = layout.lineAt(0 if step > 0 else layout.lineCount() - 1)
        return block.position() + place_in_line(line, x, block)


def _beside(block: QTextBlock, step: int) -> QTextBlock:
    return block.next() if step > 0 else block.previous()


def _kept_x(cursor: QTextCursor, otherwise: float) -> float:
    """Return the x that steps up and down have kept; after any other move, `otherwise`."""
    # By any other move Qt sets it to where the place is in its own rows.
    other = QTextCursor(cursor.document())
    other.setPosition(cursor.position())
    x = cursor.verticalMovementX()
    return otherwise if x in (-1, other.verticalMovementX()) else float(x)


def place_in_line(line: QTextLine, x: float, block: QTextBlock) -> int:
    """Return the column of a line's block that is nearest to an x."""
    return min(int(line.xToCursor(x)), last_place(line, block.layout()))


def last_place(line: QTextLine, layout: QTextLayout) -> int:
    """Return the last place for a caret in a line: where the text goes on, before what ends it."""
    end = line.textStart() + line.textLength()
    # Behind the last letter of a wrapped line a caret would show in the next one.
    is_wrapped = line.lineNumber() < layout.lineCount() - 1 and line.textLength() > 0
    # An emoji has two units, and between them is no place.
    return layout.previousCursorPosition(end) if is_wrapped else end


def cursor_x(line: QTextLine, position: int) -> float:
    """Return where a cursor stands in a line, px; 0 in none."""
    # PySide returns the cursor that Qt has corrected along with the place.
    answer: object = line.cursorToX(position) if line.isValid() else 0.0
    place = answer[0] if isinstance(answer, tuple) else answer
    assert isinstance(place, float)
    return place


def move_of(event: QKeyEvent) -> tuple[Move, Mode] | None:
    """Return how a key moves the caret; None if it is no such key."""
    for key, (move, keeps_anchor) in MOVES.items():
        if event.matches(key):
            return move, Mode.KeepAnchor if keeps_anchor else Mode.MoveAnchor
    return None
