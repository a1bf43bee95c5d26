"""What the editor does by itself while one types: indents new lines, marks brackets."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor

from app.editor import lines
from app.editor.brackets import matching
from app.editor.extra_selections import marks
from app.editor.indenting import Indenting
from app.editor.row_area import RowArea
from app.editor.typed import ENTER_KEYS, KEYPAD, SHIFT, Typed
from app.text.indentation import leading_space

NO_MODIFIER = Qt.KeyboardModifier.NoModifier


class TypingAids(QObject):
    """Takes Enter, Tab, Shift+Tab and Home; leaves everything else alone."""

    def __init__(self, editor: RowArea, indenting: Indenting) -> None:
        super().__init__(editor)
        self._editor, self._indenting = editor, indenting
        self.indents_lines = True
        editor.take_keys_first(self.take_key)
        editor.cursorPositionChanged.connect(self._mark_brackets)
        editor.metrics_changed.connect(self._mark_brackets)  # in the colours of now

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key, or return False."""
        modifiers = event.modifiers() & ~KEYPAD
        cursor = self._editor.textCursor()
        if event.key() in ENTER_KEYS and modifiers in (NO_MODIFIER, SHIFT) and self.indents_lines:
            self._break_line(cursor)
        elif event.key() == Qt.Key.Key_Tab and modifiers == NO_MODIFIER:
            self._indent(cursor)
        elif event.key() == Qt.Key.Key_Backtab:
            lines.outdent(cursor, self._indenting.current)
        elif event.key() == Qt.Key.Key_Home and modifiers in (NO_MODIFIER, SHIFT):
            return self._go_home(cursor, keeps_anchor=modifiers == SHIFT)
        else:
            return False
        return True

    def _indent(self, cursor: QTextCursor) -> None:
        """Move the selected lines, or go from the caret to the next stop."""
        if _spans_lines(cursor):
            lines.indent(cursor, self._indenting.current)
            return
        with self._editor.undo_runs.typed(Typed.SPACE):
            self._indenting.insert_step(cursor)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _break_line(self, cursor: QTextCursor) -> None:
        """Start a line indented like this one, and one step further behind an opening."""
        start = cursor.selectionStart()
        block = cursor.document().findBlock(start)
        line = QTextCursor(block)
        line.setPosition(start, QTextCursor.MoveMode.KeepAnchor)
        head = line.selectedText()
        space = leading_space(head)
        if not self._editor.is_prose and head.rstrip().endswith(("{", "[", "(", ":")):
            space += self._indenting.current.step
        with self._editor.undo_runs.typed(Typed.WHOLE):
            cursor.insertText("\n" + space)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _go_home(self, cursor: QTextCursor, *, keeps_anchor: bool) -> bool:
        """Go to the first letter of an indented line; once more: to its start."""
        block = cursor.block()
        start, indent = block.position(), len(leading_space(block.text()))
        if not indent or not self._are_seen_beside(cursor, start, start + indent):
            return False
        target = start if cursor.position() == start + indent else start + indent
        mode = QTextCursor.MoveMode
        cursor.setPosition(target, mode.KeepAnchor if keeps_anchor else mode.MoveAnchor)
        self._editor.setTextCursor(cursor)
        return True

    def _are_seen_beside(self, cursor: QTextCursor, *places: int) -> bool:
        """Whether a line's start and first letter are seen in the row that the caret is in.

        Elsewhere Home goes to the start of the row, which others see to.
        """
        rows = self._editor.rows_over(cursor.block())
        if rows is None:
            return not self._editor.text_width or cursor.block().layout().lineCount() == 1
        row = rows.row_of(cursor.position())
        return all(rows.row_of(at) == row and rows.beyond_draft(at, 1) == at for at in places)

    def _mark_brackets(self) -> None:
        cursor, document = self._editor.textCursor(), self._editor.document()
        is_off = cursor.hasSelection() or self._editor.is_prose
        pair = None if is_off else matching(document, cursor.position())
        spans = [(place, place + 1) for place in pair or ()]
        self._editor.marks.set("brackets", marks(document, spans, self._editor.theme.bracket))


def _spans_lines(cursor: QTextCursor) -> bool:
    document = cursor.document()
    first = document.findBlock(cursor.selectionStart())
    return first != document.findBlock(cursor.selectionEnd())
