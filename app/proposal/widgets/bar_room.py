"""Room in the text for the bar, below the region that it is open for."""

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QKeyEvent, QPainter

from app.editor import Editor, Inset


class BarRoom:
    """An overlay that draws nothing and takes nothing: it holds the place of the bar."""

    def __init__(self, editor: Editor) -> None:
        self._editor = editor

    def make(self, block: int, height: float) -> None:
        """Make room below the block of this number, px; the block itself stays as it is."""
        height = min(height, self._editor.tallest_inset(0.0))
        inset = Inset(first=block, last=block, height=height, is_below=True)
        if self._editor.inset_of(self) != inset:
            self._editor.set_inset(self, inset)

    def reveal(self) -> None:
        """Scroll it into view."""
        self._editor.reveal_inset(self)

    def give_back(self) -> None:
        """Close the text again."""
        self._editor.set_inset(self, None)

    @property
    def rect(self) -> QRectF | None:
        """Where it is in the viewport; None if it is out of view, or if there is none."""
        return self._editor.inset_rect(self)

    @property
    def rows(self) -> None:
        """It draws none that the caret would go through."""
        return

    def paint(self, painter: QPainter, rect: QRectF) -> None:
        """Draw nothing: the bar is a widget."""

    def paint_gutter(self, painter: QPainter, rect: QRectF) -> None:
        """Draw nothing."""

    def take_key(self, event: QKeyEvent) -> bool:
        """Leave every key to the text."""
        return False

    def take_click(self, point: QPointF) -> bool:
        """Leave every click to the text."""
        return False

    def take_wheel(self, point: QPointF, pixels: float) -> bool:
        """Leave the wheel to the text."""
        return False
