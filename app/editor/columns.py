"""Column selection: a rectangle over the lines as they are shown, one caret in each of them."""

from dataclasses import dataclass, replace
from itertools import islice

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication

from app.editor.multi_cursor import MAX_CARETS, MultiCursor
from app.editor.row_area import RowArea
from app.editor.shown_lines import ShownLine, ShownLines

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


@dataclass(frozen=True, slots=True)
class Corner:
    """A place in a line as it is shown; it may lie behind the line's end."""

    block: int  # the first one, where an overlay draws the lines of several
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
        self._lines = ShownLines(editor)
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
        line = next(self._lines.between(head.row, head.row), None)
        if line is None:
            return
        if rows:
            self._head = _corner(self._lines.beside(line, rows), head.x)
        else:
            self._head = replace(head, x=self._stepped(line, head.x, columns))
        self._set_carets()

    def forget(self) -> None:
        """Let the next column begin anew."""
        self._anchor = self._head = None

    def _set_carets(self) -> None:
        anchor, head = self._anchor, self._head
        if anchor is None or head is None:
            return
        left = min(anchor.x, head.x)
        first, last = sorted((anchor.row, head.row))
        made: list[QTextCursor] = []
        for line in islice(self._lines.between(first, last), MAX_CARETS):
            is_head = (line.block.blockNumber(), line.number) == head.row
            # A line that ends before the column has no caret in it, unless it is the one the user
            # is at.
            is_reached = is_head or line.right >= left
            places = line.places_between(anchor.x, head.x) if is_reached else None
            if places is not None:
                cursor = QTextCursor(line.block)
                cursor.setPosition(places[0])
                cursor.setPosition(places[1], QTextCursor.MoveMode.KeepAnchor)
                made.append(cursor)
        if not made:
            return  # there is nothing but drafts, in which no caret stands
        if head.row < anchor.row:
            made.reverse()  # the editor's own caret is the one at the head
        # Setting the carets moves the editor's own, which would forget the column.
        self._is_setting = True
        self._multi_cursor.set_all(made)
        self._is_setting = False

    def _corner_at(self, point: QPointF) -> Corner:
        x = point.x() - self._editor.contentOffset().x()
        return _corner(self._lines.at(point), x)

    def _corner_of(self, cursor: QTextCursor) -> Corner:
        line = self._lines.of(cursor)
        return _corner(line, line.x_of(cursor.position()))

    def _stepped(self, line: ShownLine, x: float, step: int) -> float:
        """Return where the next character is; beyond a line's end, where one would be."""
        if x > line.right or (step > 0 and x >= line.right - 1):
            advance = QFontMetricsF(self._editor.font()).horizontalAdvance("0")
            return max(line.left, x + step * advance)
        place = line.place_at(x)
        return x if place is None else line.x_beside(place, step)

    def _on_cursor_moved(self) -> None:
        if not self._is_setting:
            self.forget()


def _corner(line: ShownLine, x: float) -> Corner:
    return Corner(line.block.blockNumber(), line.number, x)
