"""A small button at a selection that the mouse has made: what Inlay can do is one click away."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QTextCursor
from PySide6.QtWidgets import QToolButton

from app.editor import Editor
from app.proposal.drawing.line_boxes import line_boxes
from app.proposal.model.options_model import OptionsModel
from app.text.edits import length_of
from app.translation import tr

SIZE = 22  # px
GAP = 6  # px from the last word selected
MAX_ROWS = 6  # that it may be away from there
AIR = 3  # px above and below the letters of a row that it may reach into


def free_place(caret: QRect, taken: Sequence[QRect], room: QRect) -> QPoint:
    """Return where the button covers no words: beside the caret, or behind a row near it.

    Args:
        caret: At the end of the selection.
        taken: Where words are.
        room: Of the viewport.
    """
    right = room.right() - SIZE - GAP
    beside = min(caret.right() + GAP, right)
    middle = caret.center().y()
    ways = [QPoint(beside, caret.top() - SIZE - 2), QPoint(beside, caret.bottom() + 2)]
    for box in sorted(taken, key=lambda box: abs(box.center().y() - middle)):
        ways.append(QPoint(box.right() + GAP, box.center().y() - SIZE // 2))
    for way in ways:
        rect = QRect(way, QSize(SIZE, SIZE))
        is_near = abs(rect.center().y() - middle) <= MAX_ROWS * caret.height()
        is_inside = room.contains(rect)
        if is_near and is_inside and not any(rect.intersects(_letters(box)) for box in taken):
            return way
    # No row near it leaves room: the last letters of one are covered at most.
    return QPoint(right, max(room.top(), middle - SIZE // 2))


def _letters(box: QRect) -> QRect:
    """Return what letters take of a row: there is air above them and below."""
    air = min(AIR, box.height() // 4)
    return box.adjusted(0, air, 0, -air)


class SelectionButton(QToolButton):
    """Stands beside the end of a selection until that is another one.

    `is_wanted` says whether a selection means something that can be rewritten.
    """

    def __init__(
        self, editor: Editor, options: Callable[[], OptionsModel], is_wanted: Callable[[], bool]
    ) -> None:
        super().__init__(editor.viewport())
        self._editor, self._options, self._is_wanted = editor, options, is_wanted
        self.setFixedSize(SIZE, SIZE)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        # Who uses keys has no need of it, and Tab is the text's.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(tr("Rewrite the selection"))
        self.hide()
        editor.selectionChanged.connect(self.hide)
        editor.textChanged.connect(self.hide)
        editor.updateRequest.connect(self._follow)
        editor.viewport().installEventFilter(self)

    def _offer(self) -> None:
        """Show it, where that makes sense."""
        is_selected = self._editor.textCursor().hasSelection()
        if is_selected and self._options().shows_button and self._is_wanted():
            tip = tr("Rewrite the selection ({rewrite}); more with {rewrite_with}")
            self.setToolTip(self._options().keys.fill(tip))
            self._place()
            self.show()
            self.raise_()

    def _follow(self) -> None:
        if self.isVisible():
            self._place()

    def _place(self) -> None:
        cursor = self._editor.textCursor()
        if not cursor.hasSelection():
            return
        end = QTextCursor(self._editor.document())
        end.setPosition(cursor.selectionEnd())
        caret, room = self._editor.cursorRect(end), self._editor.viewport().rect()
        self.move(free_place(caret, self._taken(), room))

    def _taken(self) -> list[QRect]:
        """Return where there are words, in rows from top to bottom, or drafts."""
        last = length_of(self._editor.document())
        drawn = [rect for _, rect in self._editor.overlays_in_view()]
        return [box.toAlignedRect() for box in (*line_boxes(self._editor, 0, last), *drawn)]

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Wait for the mouse to be done with the selection."""
        is_release = event.type() == QEvent.Type.MouseButtonRelease
        if is_release and isinstance(event, QMouseEvent):
            is_left = event.button() is Qt.MouseButton.LeftButton
            # Once the text has taken the release in, which may be the end of the selection.
            if is_left:
                QTimer.singleShot(0, self, self._offer)
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a lozenge with a spark in it."""
        painter, role = QPainter(self), QPalette.ColorRole
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._editor.theme
        ground = QColor(theme.accent) if self.underMouse() else QColor(theme.panel)
        painter.setPen(theme.accent)
        painter.setBrush(ground)
        painter.drawEllipse(self.rect().adjusted(1, 1, -2, -2))
        painter.setPen(theme.base if self.underMouse() else self.palette().color(role.Accent))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "✎")
        painter.end()
