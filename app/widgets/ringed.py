"""Fields and buttons whose focus is seen: the style's own sign is a shade of their edge."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QPushButton,
    QSlider,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.widgets.flat_button import RADIUS, draw_focus_ring

_ROW_GAP = 8  # px, above and below a choice together


class RingedButton(QPushButton):
    """A button with a ring while the keys mean it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring over what the style draws."""
        super().paintEvent(event)
        _draw_ring(self)


class RingedBox(QComboBox):
    """A box to choose from, with a ring while the keys mean it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # The style's own rows are filled with what edges are drawn from (`app.appearance`).
        self.setItemDelegate(_Rows(self))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ring over what the style draws."""
        super().paintEvent(event)
        _draw_ring(self)


class _Rows(QStyledItemDelegate):
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the size of a choice, with room for the pointer."""
        return super().sizeHint(option, index) + QSize(0, _ROW_GAP)


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
