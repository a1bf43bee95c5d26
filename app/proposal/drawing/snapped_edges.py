"""The rest of the words that a selection begins or ends in: they come along, and it is shown."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPen

from app.editor import Editor
from app.proposal.drawing.line_boxes import line_boxes
from app.text.whole_words import whole_words


class SnappedEdges(QObject):
    """Underlines what whole words add to the selection, unless Alt is held.

    `is_draft` says whether a draft is meant, and not the selection.
    """

    def __init__(self, editor: Editor, is_draft: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._editor, self._is_draft = editor, is_draft
        self._is_alt = False
        editor.paint_over(self._paint)
        editor.installEventFilter(self)

    @property
    def added(self) -> list[tuple[int, int]]:
        """What comes along before and behind the selection, from and to, UTF-16 units."""
        cursor = self._editor.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if start == end or self._is_alt or self._is_draft() or self._editor.isReadOnly():
            return []
        first, last = whole_words(self._editor.document(), start, end)
        return [stretch for stretch in ((first, start), (end, last)) if stretch[0] < stretch[1]]

    def _paint(self, painter: QPainter) -> None:
        painter.setPen(QPen(self._editor.theme.accent, 2.0, Qt.PenStyle.DotLine))
        for start, end in self.added:
            for box in line_boxes(self._editor, start, end):
                painter.drawLine(box.bottomLeft(), box.bottomRight())

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow Alt."""
        is_alt = self._is_alt
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Alt:
            is_alt = event.type() != QEvent.Type.KeyRelease
        elif event.type() == QEvent.Type.FocusOut:
            is_alt = False  # its release is told to others
        if is_alt != self._is_alt:
            self._is_alt = is_alt
            self._editor.viewport().update()
        return False
