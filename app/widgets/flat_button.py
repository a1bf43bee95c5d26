"""A button without a frame, of one sign or word, that says what it does to those who ask."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionToolButton, QStylePainter, QToolButton, QWidget

RING, RADIUS = 2.0, 4.0  # px


class FlatButton(QToolButton):
    """Its tip is also its name for assistive tools; a ring in the accent's colour is its focus."""

    def __init__(self, text: str = "", tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        self.setAutoRaise(True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it with a ring that is seen: the style's own is a shade of the ground."""
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.state &= ~QStyle.StateFlag.State_HasFocus
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        if self.hasFocus():
            draw_focus_ring(painter, self, RADIUS)
        painter.end()


def draw_focus_ring(painter: QPainter, widget: QWidget, radius: float) -> None:
    """Draw the ring that says that keys mean this widget."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(widget.palette().color(QPalette.ColorRole.Accent), RING))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = RING / 2
    rect = QRectF(widget.rect()).adjusted(inset, inset, -inset, -inset)
    painter.drawRoundedRect(rect, radius, radius)
