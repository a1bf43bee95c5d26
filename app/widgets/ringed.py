"""Fields and buttons whose focus is seen: the style's own sign is a shade of their edge."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QPushButton, QSlider, QWidget

from app.widgets.flat_button import RADIUS, draw_focus_ring


class RingedButton(QPushButton):
    """A button with a ring while the keys mean it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring over what the style draws."""
        super().paintEvent(event)
        _draw_ring(self)


class RingedBox(QComboBox):
    """A box to choose from, with a ring while the keys mean it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring over what the style draws."""
        super().paintEvent(event)
        _draw_ring(self)


class RingedSlider(QSlider):
    """A slider with a ring while the keys mean it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring over what the style draws."""
        super().paintEvent(event)
        _draw_ring(self)


def _draw_ring(widget: QWidget) -> None:
    if widget.hasFocus():
        painter = QPainter(widget)
        draw_focus_ring(painter, widget, RADIUS)
        painter.end()
