"""The mouse in rows that an overlay draws: it places the caret, and selects letters and words."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QClipboard, QGuiApplication, QMouseEvent, QTextCursor
from PySide6.QtWidgets import QApplication

from app.editor.drawn_rows import DrawnRows
from app.editor.row_area import RowArea

Move = QTextCursor.MoveOperation
KEEP = QTextCursor.MoveMode.KeepAnchor


class RowMouse:
    """Does with a press, a drag and a double click what Qt does, where the rows are not Qt's.

    A drag that begins in Qt's rows is Qt's as long as it is over these.
    """

    def __init__(self, editor: RowArea) -> None:
        self._editor = editor
        # What the press has selected, while it is held; a cursor, which follows edits.
        self._held: QTextCursor | None = None
        self._takes_words = False
        self._follows_qt = False  # Qt selects by a drag that began in its rows
        self._last_double: tuple[int, QPointF] | None = None  # when (ms) and where

    def press(self, event: QMouseEvent) -> bool:
        """Place the caret; with Shift select up to there; a third click selects the paragraph."""
        editor, point = self._editor, event.position()
        rows = self._rows_pressed(event)
        if rows is None:
            cursor = editor.textCursor()
            place = editor.cursorForPosition(point.toPoint()).position()
            is_within = cursor.selectionStart() <= place <= cursor.selectionEnd()
            # Within what is selected Qt drags that, and selects nothing.
            self._follows_qt = not (cursor.hasSelection() and is_within)
            return False
        cursor, place = editor.textCursor(), rows.position_at(point)
        self._takes_words = False
        if self._is_third_click(event):
            cursor.setPosition(place)
            # With the break behind it, as Qt takes it there.
            cursor.movePosition(Move.StartOfBlock)
            cursor.movePosition(Move.EndOfBlock, KEEP)
            cursor.movePosition(Move.NextCharacter, KEEP)
            self._held = QTextCursor(cursor)
        else:
            is_extended = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            cursor.setPosition(place, KEEP if is_extended else QTextCursor.MoveMode.MoveAnchor)
            self._held = QTextCursor(cursor)
            self._held.setPosition(cursor.anchor())
        self._last_double = None
        editor.put_cursor(cursor)
        return True

    def _is_third_click(self, event: QMouseEvent) -> bool:
        """Whether a press follows a double click, soon and where that was."""
        if self._last_double is None:
            return False
        last, place = self._last_double
        is_soon = event.timestamp() - last < QApplication.doubleClickInterval()
        way = (event.position() - place).manhattanLength()
        return is_soon and way < QApplication.startDragDistance()

    def double_click(self, event: QMouseEvent) -> bool:
        """Select the word that is seen there."""
        rows = self._rows_pressed(event)
        if rows is None:
            self._follows_qt = True
            return False
        cursor = self._word_at(rows.position_at(event.position()))
        self._held = QTextCursor(cursor)
        self._takes_words = True
        self._last_double = (event.timestamp(), event.position())
        self._editor.put_cursor(cursor)
        self._offer_selection()
        return True

    def move(self, event: QMouseEvent) -> bool:
        """Select from where the press was; return whether it was in such rows."""
        if self._held is None:
            return False
        self._select_to(event.position(), self._held)
        return True

    def follow_qt(self, event: QMouseEvent) -> None:
        """Correct where a drag of Qt's has come to, where the rows are not Qt's."""
        rows = self._editor.rows_at(event.position())
        is_drag = bool(event.buttons() & Qt.MouseButton.LeftButton)
        if rows is not None and is_drag and self._follows_qt:
            cursor = self._editor.textCursor()
            cursor.setPosition(rows.position_at(event.position()), KEEP)
            self._editor.put_cursor(cursor)

    def release(self, event: QMouseEvent) -> bool:
        """End what the press has begun; return whether it was in such rows."""
        if event.button() is Qt.MouseButton.MiddleButton:
            return self._paste_selection(event.position())
        self._follows_qt = False
        held, self._held = self._held, None
        if held is not None:
            self._offer_selection()
        return held is not None

    def _offer_selection(self) -> None:
        """Let other programs paste what is selected, where the middle button does that."""
        editor, clipboard = self._editor, QGuiApplication.clipboard()
        if clipboard.supportsSelection() and editor.textCursor().hasSelection():
            data = editor.createMimeDataFromSelection()
            clipboard.setMimeData(data, QClipboard.Mode.Selection)

    def _paste_selection(self, point: QPointF) -> bool:
        """Paste what is selected anywhere, as X11 has it; return whether such rows are there."""
        editor, clipboard = self._editor, QGuiApplication.clipboard()
        if editor.rows_at(point) is None:
            return False
        editor.end_composing()
        place = editor.cursorForPosition(point.toPoint()).position()
        is_refused = editor.isReadOnly() or not clipboard.supportsSelection()
        if not is_refused and not editor.is_edit_refused(place, place):
            cursor = editor.textCursor()
            cursor.setPosition(place)
            editor.put_cursor(cursor)
            editor.insertFromMimeData(clipboard.mimeData(QClipboard.Mode.Selection))
        return True

    def _rows_pressed(self, event: QMouseEvent) -> DrawnRows | None:
        """Return the rows under the left button, after an input method has written what it had."""
        point, is_left = event.position(), event.button() is Qt.MouseButton.LeftButton
        if not is_left or self._editor.rows_at(point) is None:
            return None
        self._editor.end_composing()
        return self._editor.rows_at(point)  # anew: what was written may have moved them

    def _select_to(self, point: QPointF, held: QTextCursor) -> None:
        editor = self._editor
        bar, height = editor.verticalScrollBar(), editor.viewport().height()
        if not 0.0 <= point.y() <= height:
            bar.setValue(bar.value() + (1 if point.y() > 0.0 else -1))
            point = QPointF(point.x(), min(max(0.0, point.y()), height - 1.0))
        place = editor.cursorForPosition(point.toPoint()).position()
        first = last = place
        if self._takes_words:
            word = self._word_at(place)
            first, last = word.selectionStart(), word.selectionEnd()
        cursor = editor.textCursor()
        start, end = held.selectionStart(), held.selectionEnd()
        is_behind = place >= start
        cursor.setPosition(start if is_behind else end)
        cursor.setPosition(max(last, end) if is_behind else first, KEEP)
        if cursor.position() != editor.textCursor().position():
            editor.put_cursor(cursor)

    def _word_at(self, place: int) -> QTextCursor:
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(place)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return cursor
