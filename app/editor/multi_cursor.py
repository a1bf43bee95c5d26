"""More carets than one: each takes every key that changes or moves, all in one undo step."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QTextCursor

from app.editor.drawn_rows import move_of
from app.editor.extra_selections import marks
from app.editor.indenting import Indenting
from app.editor.row_area import RowArea
from app.editor.typed import is_written, kind_of
from app.text.edits import insert

Move = QTextCursor.MoveOperation
Mode = QTextCursor.MoveMode
Key = QKeySequence.StandardKey
MAX_CARETS = 2000


class MultiCursor(QObject):
    """The carets beside the editor's own; there are none most of the time."""

    def __init__(self, editor: RowArea, indenting: Indenting) -> None:
        super().__init__(editor)
        self._editor, self._indenting = editor, indenting
        self._others: list[QTextCursor] = []
        editor.take_keys_first(self.take_key)
        editor.paint_over(self._paint)
        editor.document().contentsChanged.connect(self._refresh)
        editor.metrics_changed.connect(self._refresh)  # in the colours of now

    @property
    def cursors(self) -> list[QTextCursor]:
        """All carets, the editor's own last."""
        return [*self._others, self._editor.textCursor()]

    def clear(self) -> None:
        """Go back to one caret."""
        self._others = []
        self._refresh()

    def set_all(self, cursors: list[QTextCursor]) -> None:
        """Have these carets and no others, the last as the editor's own."""
        self._others = cursors[:-1]
        self._editor.put_cursor(cursors[-1])
        self._refresh()

    def add(self, cursor: QTextCursor) -> None:
        """Make `cursor` the editor's own, and let the one it had go on beside it."""
        if len(self._others) < MAX_CARETS:
            self._others.append(self._editor.textCursor())
        self._editor.setTextCursor(cursor)
        self._merge()

    def add_next_occurrence(self) -> None:
        """Select the word at the caret; if there is a selection, its next occurrence as well."""
        cursor = self._editor.textCursor()
        if not cursor.hasSelection():
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
            if cursor.hasSelection():
                self._editor.setTextCursor(cursor)
            return
        found = self._next_occurrence(cursor)
        if found is not None:
            self.add(found)
            self._editor.ensureCursorVisible()

    def add_all_occurrences(self) -> None:
        """Select every occurrence of the selection, or of the word at the caret."""
        if not self._editor.textCursor().hasSelection():
            self.add_next_occurrence()
        count = -1
        while count != len(self._others) < MAX_CARETS:
            count = len(self._others)
            found = self._next_occurrence(self._editor.textCursor())
            if found is None:
                break
            self.add(found)

    def add_vertically(self, step: Move) -> None:
        """Add a caret in the line above or below the last one."""
        made = QTextCursor(self._editor.textCursor())
        if made.movePosition(step):
            self.add(made)

    def _next_occurrence(self, cursor: QTextCursor) -> QTextCursor | None:
        """Return the next place of the selected text that has no caret yet, around the end."""
        document, text = cursor.document(), cursor.selectedText()
        # Qt searches line by line, and would find nothing.
        if "\u2029" in text:
            return None
        flag = document.FindFlag.FindCaseSensitively
        taken = {other.selectionStart() for other in self.cursors}
        found = document.find(text, cursor.selectionEnd(), flag)
        if found.isNull():
            found = document.find(text, 0, flag)
        while not found.isNull() and found.selectionStart() in taken:
            if found.selectionStart() == cursor.selectionStart():
                return None
            found = document.find(text, found.selectionEnd(), flag)
        return None if found.isNull() else found

    def take_key(self, event: QKeyEvent) -> bool:
        """Let all carets act on a key; Esc goes back to one."""
        if not self._others:
            return False
        if event.key() == Qt.Key.Key_Escape:
            self.clear()
            return True
        if (found := move_of(event)) is not None:
            move, mode = found
            row_moves = self._editor.row_moves
            self._each(lambda cursor: row_moves.move(cursor, move, mode), nullcontext())
            return True
        act = self._edit_of(event)
        if act is None:
            return False
        # The edits of all carets come into the same undo step.
        self._each(act, self._editor.undo_runs.typed(kind_of(event)))
        return True

    def _edit_of(self, event: QKeyEvent) -> Callable[[QTextCursor], object] | None:
        """Return what a key does to the text at each caret; None if it is no such key."""
        if event.key() == Qt.Key.Key_Backspace:
            is_word = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            return lambda c: _delete(c, Move.PreviousWord if is_word else Move.Left)
        if event.key() == Qt.Key.Key_Delete:
            is_word = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            return lambda c: _delete(c, Move.NextWord if is_word else Move.Right)
        if event.matches(Key.Paste):
            return self._paste()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return lambda c: c.insertText("\n")
        if event.key() == Qt.Key.Key_Tab:
            return self._indenting.insert_step
        text = event.text()
        if is_written(event) and text.isprintable():
            return lambda c: insert(c, text)
        return None

    def _paste(self) -> Callable[[QTextCursor], object]:
        """Paste a line at each caret if there are as many, else all of it."""
        text = QGuiApplication.clipboard().text()
        lines = text.removesuffix("\n").split("\n")
        if len(lines) != len(self.cursors):
            return lambda c: insert(c, text)
        places = sorted(cursor.selectionStart() for cursor in self.cursors)
        by_place = dict(zip(places, lines, strict=True))
        # Looked up before anything is pasted, which moves the places. Of the editor's own caret
        # `_each` has another copy: it is whatever is not among these.
        starts = {id(c): by_place.get(c.selectionStart(), text) for c in self._others}
        own = by_place.get(self._editor.textCursor().selectionStart(), text)
        return lambda c: insert(c, starts.get(id(c), own))

    def _each(
        self, act: Callable[[QTextCursor], object], within: AbstractContextManager[None]
    ) -> None:
        own = self._editor.textCursor()
        with within:
            for cursor in [*self._others, own]:
                act(cursor)
        # `textCursor` gave a copy, which the editor does not follow by itself.
        self._editor.setTextCursor(own)
        self._merge()

    def _merge(self) -> None:
        """Let carets that have met become one."""
        own = self._editor.textCursor()
        seen = {(own.position(), own.anchor())}
        kept = []
        for cursor in self._others:
            place = (cursor.position(), cursor.anchor())
            if place not in seen:
                seen.add(place)
                kept.append(cursor)
        self._others = kept
        self._refresh()

    def _refresh(self) -> None:
        document, colour = self._editor.document(), self._editor.theme.selection
        spans = [(c.selectionStart(), c.selectionEnd()) for c in self._others if c.hasSelection()]
        self._editor.marks.set("carets", marks(document, spans, colour))
        self._editor.viewport().update()

    def _paint(self, painter: QPainter) -> None:
        for cursor in self._others:
            rect = self._editor.cursorRect(cursor)
            rect.setWidth(self._editor.cursorWidth())
            painter.fillRect(rect, self._editor.theme.accent)


def _delete(cursor: QTextCursor, move: Move) -> None:
    if not cursor.hasSelection():
        cursor.movePosition(move, Mode.KeepAnchor)
    cursor.removeSelectedText()
