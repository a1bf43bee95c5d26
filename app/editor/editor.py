"""The editor: a text area with line numbers, carets and aids for typing."""

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDropEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QMenu, QWidget

from app.editor.brackets import matching
from app.editor.columns import ColumnSelection
from app.editor.gutter import Gutter
from app.editor.indenting import Indenting
from app.editor.multi_cursor import MultiCursor
from app.editor.row_area import RowArea
from app.editor.row_mouse import RowMouse
from app.editor.typed import Typed, kind_of_text
from app.editor.typing_aids import TypingAids
from app.text.edits import insert
from app.text.indentation import reindented


class Editor(RowArea):
    """A text area with line numbers, carets, and an overlay that stands in for some lines.

    Signals:
        undone: Something was undone, or redone, and the caret stands where that has led.
    """

    undone = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._menu_fillers: list[Callable[[QMenu, QPoint], None]] = []
        self._undoers: list[Callable[[], bool]] = []
        self._is_dropping = False
        self._is_composing_over = False  # in the place of a selection that is gone already
        self._row_mouse = RowMouse(self)
        self.open_menus: list[QMenu] = []  # context menus on the screen: one or none
        self._gutter = Gutter(self)
        self.indenting = Indenting(self)
        self.multi_cursor = MultiCursor(self, self.indenting)
        self.columns = ColumnSelection(self, self.multi_cursor)
        self.typing_aids = TypingAids(self, self.indenting)
        self.side_moved.connect(self._gutter.setGeometry)
        self.blockCountChanged.connect(self._fit_gutter)
        self.metrics_changed.connect(self._fit_gutter)
        self.updateRequest.connect(self._on_update_request)
        self.overlays_changed.connect(self._gutter.update)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self._fit_gutter()
        self.take_keys_first(self._take_undo_key)

    @property
    def undo_document(self) -> QTextDocument:
        """The document that the undo steps are of."""
        return self.document()

    def undo_first(self, take_back: Callable[[], bool]) -> None:
        """Let `take_back` undo what is no edit, if it is what was done last."""
        self._undoers.append(take_back)

    def undo(self) -> None:
        """Take the last act back: an edit, or what somebody else has done since."""
        if not any(take_back() for take_back in self._undoers):
            self._undo_edit()
        self._tell_of_undone()

    def redo(self) -> None:
        """Make an edit again that was taken back."""
        self._redo_edit()
        self._tell_of_undone()

    def _tell_of_undone(self) -> None:
        # Qt has told of places on the way, but not of the last one if the caret was there before.
        self.cursorPositionChanged.emit()
        self.undone.emit()

    def _undo_edit(self) -> None:
        super().undo()

    def _redo_edit(self) -> None:
        super().redo()

    def _take_undo_key(self, event: QKeyEvent) -> bool:
        # Else Qt's own text area would act on it, which knows of edits alone.
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo()
        else:
            return False
        return True

    def prepare_for(self, text: str, file_name: str) -> None:
        """Get ready for a text that comes next, so that Qt lays it out once."""
        super().prepare_for(text, file_name)
        self.set_side_width(self._gutter.width_for(text.count("\n") + 1))

    def show_selection(self, start: int, end: int) -> None:
        """Select a stretch of the text, UTF-16 units, and scroll it into the middle."""
        cursor = self.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        place = self.cursorRect()
        if place.top() < 0 or place.bottom() > self.viewport().height() - place.height():
            self.centerCursor()

    def go_to_bracket(self) -> None:
        """Put the caret behind the partner of the bracket beside it."""
        pair = matching(self.document(), self.textCursor().position())
        if pair is not None:
            cursor = self.textCursor()
            cursor.setPosition(pair[1] + 1)
            self.setTextCursor(cursor)

    def fill_menu_by(self, fill: Callable[[QMenu, QPoint], None]) -> None:
        """Let `fill` add to the context menu at a point of the viewport."""
        self._menu_fillers.append(fill)

    def _fit_gutter(self) -> None:
        if not self.is_prepared:
            self.set_side_width(self._gutter.preferred_width())

    def _on_update_request(self, _rect: QRect, _dy: int) -> None:
        self._gutter.update()

    def _on_cursor_moved(self) -> None:
        self.viewport().update()
        self._gutter.update()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste; a block of code is indented as the text is."""
        if not self._is_dropping and self.is_typing_refused():
            return
        text = source.text()
        wanted = None if self.is_prose else self.indenting.known
        fitting = reindented(text, wanted) if wanted else text
        if fitting != text:
            source = QMimeData()
            source.setText(fitting)
        super().insertFromMimeData(source)

    def cut(self) -> None:
        """Put the selection into the clipboard, and take it out."""
        if not self.is_typing_refused():
            super().cut()

    def is_typing_refused(self, *, tells: bool = True) -> bool:
        """Return whether somebody does not want what any caret selects to be typed over."""
        carets = self.multi_cursor.cursors
        places = ((one.selectionStart(), one.selectionEnd()) for one in carets)
        return any(self.is_edit_refused(*place, tells=tells) for place in places)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take a text in, unless a draft stands there, or for the text that is dragged away."""
        at = self.cursorForPosition(event.position().toPoint()).position()
        is_own = event.source() in (self, self.viewport())
        # Before Qt begins: it takes the dragged text out first, and asks for its place later.
        if self.is_edit_refused(at, at) or (is_own and self.is_typing_refused()):
            event.ignore()
            return
        self._is_dropping = True
        try:
            super().dropEvent(event)
        finally:
            self._is_dropping = False

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take in what an input method writes."""
        is_writing = bool(event.preeditString() or event.commitString())
        if is_writing and (self.isReadOnly() or self.is_typing_refused()):
            QGuiApplication.inputMethod().reset()
            event.accept()
            return
        if event.commitString():
            if self.textCursor().block().layout().preeditAreaText():
                super().inputMethodEvent(QInputMethodEvent())
            self._commit(event)
            event = QInputMethodEvent(event.preeditString(), event.attributes())
        elif is_writing and self.textCursor().hasSelection():
            with self.undo_runs.typed(Typed.WHOLE):
                self.textCursor().removeSelectedText()
            self._is_composing_over = True
        elif not is_writing:
            self._is_composing_over = False
        super().inputMethodEvent(event)

    def _commit(self, event: QInputMethodEvent) -> None:
        """Write what an input method is sure of: Qt would make an undo step of each letter."""
        cursor, text = self.textCursor(), event.commitString()
        if event.replacementStart() or event.replacementLength():
            cursor.setPosition(cursor.position() + event.replacementStart())
            mode = QTextCursor.MoveMode.KeepAnchor
            cursor.setPosition(cursor.position() + event.replacementLength(), mode)
        with self.undo_runs.typed(kind_of_text(text), goes_on=self._is_composing_over):
            insert(cursor, text)
        self._is_composing_over = False
        self.setTextCursor(cursor)

    def inputMethodQuery(self, query: Qt.InputMethodQuery, argument: object = None) -> object:
        """Tell an input method where the caret is seen."""
        if query is Qt.InputMethodQuery.ImCursorRectangle:
            return self.cursorRect()
        if argument is None:
            return super().inputMethodQuery(query)
        return super().inputMethodQuery(query, argument)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show what can be done here."""
        menu = self.createStandardContextMenu()
        if self.is_typing_refused(tells=False):
            for action in menu.actions():
                if action.objectName() in ("edit-cut", "edit-paste", "edit-delete"):
                    action.setEnabled(False)
        for fill in () if self.isReadOnly() else self._menu_fillers:
            fill(menu, event.pos())
        self.open_menus.append(menu)
        menu.aboutToHide.connect(self.open_menus.clear)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Let the overlay take the click; with Alt it begins a column, or sets one more caret."""
        if self.takes_press(event):
            return
        if self.columns.take_press(event):
            return
        self.multi_cursor.clear()
        if not self._row_mouse.press(event):
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Let a column be drawn, or text selected in rows that are not Qt's."""
        if not self._row_mouse.move(event) and not self.columns.take_move(event):
            super().mouseMoveEvent(event)
            self._row_mouse.follow_qt(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a column, or what was selected in rows that are not Qt's."""
        if not self._row_mouse.release(event) and not self.columns.take_release():
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the overlay take the click."""
        if not self.takes_press(event) and not self._row_mouse.double_click(event):
            super().mouseDoubleClickEvent(event)
