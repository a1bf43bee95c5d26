"""Column selection: a rectangle over the lines as they are shown, one caret in each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QTextBlock, QTextCursor, QTextLine
from PySide6.QtWidgets import QApplication

from app.editor.drawn_rows import cursor_x, place_in_line
from app.editor.multi_cursor import MAX_CARETS, MultiCursor
from app.editor.row_area import RowArea

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class Corner:
    """A place in a line as it is shown; it may lie behind the line's end."""

    block: int
    line: int  # of the block, where it is wrapped
    x: float  # px from the left of the text area's content

    @property
    def row(self) -> tuple[int, int]:
        """Return what lines are ordered by."""
        return self.block, self.line


class ColumnSelection(QObject):
    """Holds two corners while a column is drawn, and sets the carets between them."""

    def __init__(self, editor: RowArea, multi_cursor: MultiCursor) -> None:
        super().__init__(editor)
        self._editor, self._multi_cursor = editor, multi_cursor
        self._anchor: Corner | None = None
        self._head: Corner | None = None
        self._is_setting = False
        self._pressed_at: QPointF | None = None
        self._is_drawn = False
        editor.cursorPositionChanged.connect(self._on_cursor_moved)
        editor.metrics_changed.connect(self.forget)

    def take_press(self, event: QMouseEvent) -> bool:
        """Begin a column where Alt is held, with Shift as well from the caret on."""
        if event.button() is not Qt.MouseButton.LeftButton or event.modifiers() & ~SHIFT != ALT:
            return False
        self._editor.end_composing()
        self._pressed_at = event.position()
        self._is_drawn = bool(event.modifiers() & SHIFT)
        if self._is_drawn:
            self.start_at_caret()
            self.drag_to(event.position())
        else:
            self.start_at(event.position())
        return True

    def take_move(self, event: QMouseEvent) -> bool:
        """Draw the column that was begun."""
        if self._pressed_at is None:
            return False
        way = (event.position() - self._pressed_at).manhattanLength()
        # A hand moves a little in every click.
        if self._is_drawn or way >= QApplication.startDragDistance():
            self._is_drawn = True
            self.drag_to(event.position())
        return True

    def take_release(self) -> bool:
        """End the column; a mere click sets one more caret."""
        start, self._pressed_at = self._pressed_at, None
        if start is None:
            return False
        if not self._is_drawn:
            editor = self._editor
            self._multi_cursor.add(editor.cursorForPosition(start.toPoint()))
        return True

    def start_at(self, point: QPointF) -> None:
        """Begin a column at a point of the viewport."""
        self._anchor = self._head = self._corner_at(point)

    def start_at_caret(self) -> None:
        """Begin a column at the caret, unless there is one to go on with."""
        if self._anchor is None:
            self._anchor = self._head = self._corner_of(self._editor.textCursor())

    def drag_to(self, point: QPointF) -> None:
        """Draw the column as far as a point, scrolling if it is out of view."""
        self._head = self._corner_at(point)
        bar, height = self._editor.verticalScrollBar(), self._editor.viewport().height()
        if not 0 <= point.y() <= height:
            bar.setValue(bar.value() + (1 if point.y() > 0 else -1))
        self._set_carets()

    def step(self, *, rows: int = 0, columns: int = 0) -> None:
        """Draw the column a line or a character further."""
        self.start_at_caret()
        head = self._head
        assert head is not None, "a column that was begun has two corners"
        if rows:
            other = self._neighbour(head, rows)
            self._head = replace(head, block=other[0], line=other[1])
        else:
            self._head = replace(head, x=self._stepped(head, columns))
        self._set_carets()

    def forget(self) -> None:
        """Let the next column begin anew."""
        self._anchor = self._head = None

    def _set_carets(self) -> None:
        anchor, head = self._anchor, self._head
        if anchor is None or head is None:
            return
        left = min(anchor.x, head.x)
        made = []
        for block, line in self._lines(anchor, head):
            is_head = (block.blockNumber(), line.lineNumber()) == head.row
            # A line that ends before the column has no caret in it, unless it is the one the user
            # is at.
            if is_head or line.naturalTextRect().right() >= left:
                made.append(self._caret(block, line, anchor.x, head.x))
        if head.row < anchor.row:
            made.reverse()  # the editor's own caret is the one at the head
        # Setting the carets moves the editor's own, which would forget the column.
        self._is_setting = True
        self._multi_cursor.set_all(made)
        self._editor.ensureCursorVisible()
        self._is_setting = False

    def _caret(self, block: QTextBlock, line: QTextLine, start: float, end: float) -> QTextCursor:
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + place_in_line(line, start, block))
        place = block.position() + place_in_line(line, end, block)
        cursor.setPosition(place, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _lines(self, one: Corner, other: Corner) -> Iterator[tuple[QTextBlock, QTextLine]]:
        """Go through the lines from one corner to the other, downwards."""
        first, last = sorted((one.row, other.row))
        block = self._editor.document().findBlockByNumber(first[0])
        count = 0
        while block.isValid() and block.blockNumber() <= last[0]:
            self._editor.blockBoundingGeometry(block)  # lays a block out that was never shown
            for index in range(block.layout().lineCount()):
                if first <= (block.blockNumber(), index) <= last and count < MAX_CARETS:
                    count += 1
                    yield block, block.layout().lineAt(index)
            block = block.next()

    def _corner_at(self, point: QPointF) -> Corner:
        x = point.x() - self._editor.contentOffset().x()
        rows = list(self._editor.visible_blocks())
        block, top = next(((b, t) for b, t in reversed(rows) if t <= point.y()), rows[0])
        layout = block.layout()
        lines = range(layout.lineCount())
        below = (i for i in lines if top + layout.lineAt(i).rect().bottom() > point.y())
        return Corner(block.blockNumber(), next(below, max(0, len(lines) - 1)), x)

    def _corner_of(self, cursor: QTextCursor) -> Corner:
        block = cursor.block()
        line = block.layout().lineForTextPosition(cursor.positionInBlock())
        x = cursor_x(line, cursor.positionInBlock())
        return Corner(block.blockNumber(), line.lineNumber() if line.isValid() else 0, x)

    def _neighbour(self, corner: Corner, step: int) -> tuple[int, int]:
        block = self._editor.document().findBlockByNumber(corner.block)
        if 0 <= corner.line + step < block.layout().lineCount():
            return corner.block, corner.line + step
        other = block.next() if step > 0 else block.previous()
        if not other.isValid():
            return corner.row
        # Asked for its side effect: the line has to be laid out to have lines.
        self._editor.blockBoundingGeometry(other)
        return other.blockNumber(), 0 if step > 0 else max(0, other.layout().lineCount() - 1)

    def _stepped(self, corner: Corner, step: int) -> float:
        """Return where the next character is; beyond a line's end, where one would be."""
        block = self._editor.document().findBlockByNumber(corner.block)
        layout = block.layout()
        line = layout.lineAt(corner.line)
        advance = QFontMetricsF(self._editor.font()).horizontalAdvance("0")
        end = line.naturalTextRect().right()
        if corner.x > end or (step > 0 and corner.x >= end - 1):
            return max(line.x(), corner.x + step * advance)
        place = place_in_line(line, corner.x, block)
        if step < 0 and place <= line.textStart():
            return line.x()
        # An emoji has two units, and is one character.
        go_on = layout.nextCursorPosition if step > 0 else layout.previousCursorPosition
        place = go_on(place)
        return cursor_x(line, min(place, line.textStart() + line.textLength()))

    def _on_cursor_moved(self) -> None:
        if not self._is_setting:
            self.forget()
