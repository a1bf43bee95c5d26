"""The line numbers beside the text."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QTextBlock
from PySide6.QtWidgets import QWidget

from app.editor.overlay_area import OverlayArea

LEFT, RIGHT = 18, 14  # px of air on either side of the numbers
MIN_DIGITS = 2
SCALE = 0.82  # of the text's size


class Gutter(QWidget):
    """Draws a number at the first line of every visible block."""

    def __init__(self, editor: OverlayArea) -> None:
        super().__init__(editor)
        self._editor = editor

    def number_font(self) -> QFont:
        """Return the font of the numbers."""
        font = QFont(self._editor.font())
        font.setPointSizeF(font.pointSizeF() * SCALE)
        # Figures of one width, so that the numbers of prose faces stand in columns, too.
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def preferred_width(self) -> int:
        """Return the width that the document's highest number needs."""
        return self.width_for(self._editor.blockCount())

    def width_for(self, num_lines: int) -> int:
        """Return the width that the numbers of so many lines need."""
        digits = max(MIN_DIGITS, len(str(num_lines)))
        advance = QFontMetricsF(self.number_font()).horizontalAdvance("0")
        return LEFT + round(advance * digits) + RIGHT

    def sizeHint(self) -> QSize:
        """Return the preferred width."""
        return QSize(self.preferred_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band of the caret's line, the numbers and the overlay's mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), self._editor.theme.base)
        band = self._editor.current_line_band()
        if band is not None:
            painter.fillRect(self._row(band), self._editor.theme.line)
        painter.setFont(self.number_font())
        self._paint_numbers(painter, event.rect())
        self._editor.paint_overlay_gutter(painter, float(self.width()))
        painter.end()

    def _row(self, band: QRectF) -> QRect:
        return QRect(0, round(band.top()), self.width(), round(band.height()))

    def _paint_numbers(self, painter: QPainter, clip: QRect) -> None:
        editor = self._editor
        caret = editor.textCursor().block()
        strong_number = -1 if editor.is_covered(caret) else caret.blockNumber()
        for block, top in editor.visible_blocks():
            if top > clip.bottom():
                break
            baseline = editor.number_baseline(block)
            if baseline is not None:
                strong = block.blockNumber() == strong_number
                self._paint_number(painter, block, top + baseline, strong=strong)

    def _paint_number(
        self, painter: QPainter, block: QTextBlock, baseline: float, *, strong: bool
    ) -> None:
        theme = self._editor.theme
        text = str(block.blockNumber() + 1)
        x = self.width() - RIGHT - painter.fontMetrics().horizontalAdvance(text)
        painter.setPen(theme.text if strong else theme.faint)
        painter.drawText(QPointF(x, baseline), text)
