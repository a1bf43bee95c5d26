"""The lines of a text as they are shown: Qt's, or the rows that an overlay draws in their place."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtGui import QTextBlock, QTextCursor, QTextLine

from app.editor.drawn_rows import DrawnRows, cursor_x, place_in_line
from app.editor.row_area import RowArea


@dataclass(frozen=True, slots=True)
class QtLine:
    """A line as Qt shows it."""

    block: QTextBlock
    line: QTextLine

    @property
    def number(self) -> int:
        """Which line of its block it is."""
        return self.line.lineNumber()

    @property
    def left(self) -> float:
        """Where it begins, px."""
        return self.line.x()

    @property
    def right(self) -> float:
        """Where it ends, px."""
        return self.line.naturalTextRect().right()

    def places_between(self, x: float, other: float) -> tuple[int, int]:
        """Return the positions nearest to two x."""
        return self.place_at(x), self.place_at(other)

    def place_at(self, x: float) -> int:
        """Return the position nearest to an x, UTF-16 units of the document."""
        return self.block.position() + place_in_line(self.line, x, self.block)

    def x_of(self, place: int) -> float:
        """Return where a caret stands at a position, px."""
        return cursor_x(self.line, place - self.block.position())

    def x_beside(self, place: int, step: int) -> float:
        """Return where the character after a position ends, or the one before it begins, px."""
        layout, place = self.block.layout(), place - self.block.position()
        if step < 0 and place <= self.line.textStart():
            return self.left
        # An emoji has two units, and is one character.
        go_on = layout.nextCursorPosition if step > 0 else layout.previousCursorPosition
        end = self.line.textStart() + self.line.textLength()
        return cursor_x(self.line, min(go_on(place), end))


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A row that an overlay draws, the `number`th in the place of `block` and those behind it."""

    block: QTextBlock
    number: int
    rows: DrawnRows
    editor: RowArea

    @property
    def left(self) -> float:
        """Where a caret may stand first, px."""
        ends = self.rows.ends_of(self.number)
        return 0.0 if ends is None else self.rows.x_of(ends[0])

    @property
    def right(self) -> float:
        """Where a caret may stand last, px."""
        ends = self.rows.ends_of(self.number)
        return 0.0 if ends is None else self.rows.x_of(ends[1])

    def places_between(self, x: float, other: float) -> tuple[int, int] | None:
        """Return the positions nearest to two x; None if a draft is all there is between them."""
        return self.rows.places_between(self.number, x, other)

    def place_at(self, x: float) -> int | None:
        """Return the position nearest to an x, or the end of a draft; None if it is all of one."""
        return self.rows.place_in(self.number, x)

    def x_of(self, place: int) -> float:
        """Return where a caret stands at a position, px."""
        return self.rows.x_of(place)

    def x_beside(self, place: int, step: int) -> float:
        """Return where the character after a position ends, or the one before it begins, px."""
        cursor = QTextCursor(self.block)
        cursor.setPosition(place)
        move = QTextCursor.MoveOperation.Right if step > 0 else QTextCursor.MoveOperation.Left
        self.editor.row_moves.move(cursor, move, QTextCursor.MoveMode.MoveAnchor)
        if self.rows.row_of(cursor.position()) != self.number:
            return self.right if step > 0 else self.left
        return self.rows.x_of(cursor.position())


ShownLine = QtLine | DrawnLine


class ShownLines:
    """Finds the lines of an editor."""

    def __init__(self, editor: RowArea) -> None:
        self._editor = editor

    def of_block(self, block: QTextBlock) -> list[ShownLine]:
        """Return the lines of a block, or those in the place of it and of others around it."""
        rows = self._editor.rows_over(block)
        if rows is not None:
            first = self._last_with(rows, block, -1)
            return [DrawnLine(first, i, rows, self._editor) for i in range(rows.count)]
        self._editor.lay_out(block)
        layout = block.layout()
        return [QtLine(block, layout.lineAt(i)) for i in range(layout.lineCount())]

    def between(self, first: tuple[int, int], last: tuple[int, int]) -> Iterator[ShownLine]:
        """Go through the lines from one to another, downwards; of each its block and number."""
        block = self._editor.document().findBlockByNumber(first[0])
        while block.isValid() and block.blockNumber() <= last[0]:
            for line in self.of_block(block):
                if first <= (line.block.blockNumber(), line.number) <= last:
                    yield line
            block = self._beside(block, 1)

    def at(self, point: QPointF) -> ShownLine:
        """Return the line at the height of a viewport point."""
        blocks = list(self._editor.visible_blocks())
        block, top = next(((b, t) for b, t in reversed(blocks) if t <= point.y()), blocks[0])
        lines, rows = self.of_block(block), self._editor.rows_over(block)
        if rows is not None:
            return lines[rows.row_at(point.y())]
        ends = (top + one.line.rect().bottom() for one in lines if isinstance(one, QtLine))
        below = (i for i, end in enumerate(ends) if end > point.y())
        return lines[next(below, len(lines) - 1)]

    def of(self, cursor: QTextCursor) -> ShownLine:
        """Return the line that a caret stands in."""
        block = cursor.block()
        lines, rows = self.of_block(block), self._editor.rows_over(block)
        if rows is not None:
            return lines[rows.row_of(cursor.position())]
        return lines[block.layout().lineForTextPosition(cursor.positionInBlock()).lineNumber()]

    def beside(self, line: ShownLine, step: int) -> ShownLine:
        """Return the line above or below another one; that itself at an end of the text."""
        lines = self.of_block(line.block)
        if 0 <= line.number + step < len(lines):
            return lines[line.number + step]
        other = self._beside(line.block, step)
        return self.of_block(other)[0 if step > 0 else -1] if other.isValid() else line

    def _beside(self, block: QTextBlock, step: int) -> QTextBlock:
        rows = self._editor.rows_over(block)
        last = block if rows is None else self._last_with(rows, block, step)
        return last.next() if step > 0 else last.previous()

    def _last_with(self, rows: DrawnRows, block: QTextBlock, step: int) -> QTextBlock:
        """Return the last block in a direction that the same rows are drawn for."""
        while True:
            other = block.next() if step > 0 else block.previous()
            if not other.isValid() or self._editor.rows_over(other) != rows:
                return block
            block = other
