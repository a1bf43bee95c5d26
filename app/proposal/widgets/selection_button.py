"""A small button at a selection that the mouse has made: what Inlay can do is one click away."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPalette, QTextCursor
from PySide6.QtWidgets import QToolButton

from app.editor import Editor
from app.proposal.model.options_model import OptionsModel
from app.translation import tr

SIZE = 22  # px
GAP = 6  # px from the last word selected


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
        editor.updateRequest.connect(self._place)
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

    def _place(self) -> None:
        cursor = self._editor.textCursor()
        if not cursor.hasSelection():
            return
        end = QTextCursor(self._editor.document())
        end.setPosition(cursor.selectionEnd())
        caret, room = self._editor.cursorRect(end), self._editor.viewport().rect()
        x = min(caret.right() + GAP, room.right() - SIZE - GAP)
        # Above the line's end: what follows there would be covered.
        y = caret.top() - SIZE - 2 if caret.top() > SIZE else caret.bottom() + 2
        self.move(QPoint(x, y))

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
