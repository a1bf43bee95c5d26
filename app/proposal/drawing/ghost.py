"""Draws the fill of a pause: faintly, at the caret, in the lines as they would be with it."""

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from app.editor import Editor, Inset
from app.proposal.drawing.compose import Composition, lay_out_ghost
from app.proposal.drawing.painter import paint_text
from app.proposal.model.pause_fill import PauseFill

MODIFIERS = (
    *(Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta),
    *(Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R),
)


class Ghost(QObject):
    """The overlay of a `PauseFill`: draws it, takes the two keys that mean it, and no other one."""

    def __init__(self, editor: Editor, fill: PauseFill) -> None:
        super().__init__(fill)
        self._editor, self._fill = editor, fill
        self._shown: Composition | None = None
        fill.changed.connect(self._refresh)
        editor.metrics_changed.connect(self._refresh)

    @property
    def rows(self) -> None:
        """It draws none that the caret would go through."""
        return

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw the caret's line with the fill in it, and the caret before that."""
        if self._shown is None:
            return
        paint_text(painter, rect, self._shown.layout, self._editor.theme)
        if self._editor.getPaintContext().cursorPosition >= 0:  # it blinks
            start = self._shown.layout.draft_range[0]
            width = self._editor.cursorWidth()
            self._shown.layout.draw_caret(painter, rect.topLeft(), start, width)

    def paint_gutter(self, painter: QPainter, rect: QRectF) -> None:
        """Draw nothing: it asks for no decision."""

    def take_key(self, event: QKeyEvent) -> bool:
        """Take the keys that accept it; any other one lets it go, and means what it means."""
        options = self._fill.options
        if options is None or self._fill.draft is None or event.key() in MODIFIERS:
            return False
        match options.keys.draft_command_of(event):
            case "accept_word":
                return self._fill.accept_word()
            case "accept_fill":
                return self._fill.accept()
            case "stop":
                self._fill.dismiss()
                return True
        self._fill.dismiss()
        return False

    def take_click(self, point: QPointF) -> bool:
        """Let it go before a click is taken for a place in the text."""
        self._fill.dismiss()
        return False

    def take_wheel(self, point: QPointF, pixels: float) -> bool:
        """Leave the wheel to the text."""
        return False

    def _refresh(self) -> None:
        draft = self._fill.draft
        if draft is None:
            self._shown = None
            self._editor.set_inset(self, None)
            return
        position = self._editor.textCursor().position()
        self._shown = shown = lay_out_ghost(self._editor, draft, position)
        block = self._editor.document().findBlock(position).blockNumber()
        layout = shown.layout
        inset = Inset(
            first=block,
            last=block,
            height=min(layout.height, self._editor.tallest_inset(layout.height)),
            width=layout.width,
            baselines=layout.baselines,
        )
        self._editor.set_inset(self, inset)
