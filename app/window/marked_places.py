"""Places marked in a sample: what the loaded models were seen to rewrite well."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Slot
from PySide6.QtGui import QMouseEvent, QPainter, QTextCharFormat, QTextCursor

from app.commands import CommandKeys
from app.editor import Editor
from app.editor.extra_selections import mark
from app.translation import tr

NAME = "places"
# Tried with both embedded models: "a man came" and "smiled" of Inlay Small, "the Miller came" and
# "looked at him" of inlay-tiny.
PLACES = {"story.txt": ("a small brown bird came", "laughed")}


class MarkedPlaces(QObject):
    """Marks phrases until they are others; a click selects one. The first is selected already."""

    def __init__(self, editor: Editor, phrases: Sequence[str], keys: CommandKeys) -> None:
        super().__init__(editor)
        self._editor, self._keys = editor, keys
        found = ((editor.document().find(phrase), phrase) for phrase in phrases)
        self._places = [(cursor, phrase) for cursor, phrase in found if not cursor.isNull()]
        editor.paint_over(self._paint)
        editor.viewport().installEventFilter(self)
        editor.document().contentsChanged.connect(self._follow)
        editor.metrics_changed.connect(self._follow)
        keys.changed.connect(editor.viewport().update)
        self._follow()
        if self._places:
            editor.setTextCursor(self._places[0][0])

    @property
    def phrases(self) -> tuple[str, ...]:
        """The phrases that are marked still."""
        return tuple(phrase for _, phrase in self._places)

    @Slot()
    def _follow(self) -> None:
        """Mark what is there still, in the colours of now."""
        self._places = [one for one in self._places if one[0].selectedText() == one[1]]
        theme, selections = self._editor.theme, []
        for cursor, _ in self._places:
            start, end = cursor.selectionStart(), cursor.selectionEnd()
            made = mark(self._editor.document(), start, end, theme.tint)
            underlined = QTextCharFormat(made.format)
            underlined.setUnderlineColor(theme.accent)
            underlined.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
            made.format = underlined
            selections.append(made)
        self._editor.marks.set(NAME, selections)

    def _paint(self, painter: QPainter) -> None:
        """Say what to do, in the empty line above the first place."""
        if not self._places:
            return
        editor, above = self._editor, self._places[0][0].block().previous()
        place = next((top for block, top in editor.visible_blocks() if block == above), None)
        if place is None or above.text() or editor.is_covered(above):
            return
        painter.setPen(editor.theme.accent)
        font = editor.font()
        font.setPointSizeF(font.pointSizeF() * 0.85)
        painter.setFont(font)
        told = self._keys.fill(tr("Marked words: click them and press {rewrite}"))
        x = editor.contentOffset().x() + editor.document().documentMargin()
        bottom = place + editor.blockBoundingRect(above).height()
        painter.drawText(QPointF(x, bottom - painter.fontMetrics().descent()), told)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Select a place that is clicked."""
        if event.type() == QEvent.Type.MouseButtonRelease and isinstance(event, QMouseEvent):
            at = self._editor.cursorForPosition(event.position().toPoint()).position()
            if not self._editor.textCursor().hasSelection():
                self._select(at)
        return False

    def _select(self, position: int) -> None:
        for cursor, _ in self._places:
            if cursor.selectionStart() <= position <= cursor.selectionEnd():
                self._editor.setTextCursor(QTextCursor(cursor))
                return
