"""The timeline of a candidate: every frame kept, the entropy as a curve, and a place on it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QSlider, QWidget

from app.commands import CommandKeys

HEIGHT = 26  # px
MARGIN = 6.0  # px
KNOB = 4.0  # px, radius


class Timeline(QSlider):
    """A slider over the frames, drawn as the curve of their mean entropy.

    Signals: `frame_wanted` with a frame's index.
    """

    frame_wanted = Signal(int)

    def __init__(self, keys: CommandKeys, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._entropies: tuple[float, ...] = ()
        self._num_slots = 1  # frames there is room for
        self.setAccessibleName(self.tr("Timeline of denoising steps"))
        self._keys = keys
        self._tell_keys()
        keys.changed.connect(self._tell_keys)
        # A click scrubs, and the keys stay with the text.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(90)
        self.actionTriggered.connect(self._on_action)

    def show_frames(self, entropies: Sequence[float], max_steps: int, index: int | None) -> None:
        """Show the frames there are; `index` is the one in view, None the newest."""
        self._entropies = tuple(entropies)
        # Two at least: `_x` divides by what lies between them.
        self._num_slots = max(len(entropies), max_steps, 2)
        last = max(0, len(entropies) - 1)
        self.setRange(0, last)
        self.setValue(last if index is None else index)
        self.setEnabled(bool(entropies))
        self.update()

    def _tell_keys(self) -> None:
        tip = self.tr(
            "How it settled, step by step: high is unsure. {step_back} and {step_on} go through it."
        )
        self.setToolTip(self._keys.fill(tip))

    def _on_action(self, _action: int) -> None:
        if self._entropies:
            # Qt tells of an action before the value has followed the position.
            self.frame_wanted.emit(self.sliderPosition())

    def _x(self, index: int) -> float:
        room = self.width() - 2 * MARGIN
        return MARGIN + room * index / (self._num_slots - 1)

    def _point(self, index: int, top: float) -> QPointF:
        room = self.height() - 2 * MARGIN
        return QPointF(self._x(index), MARGIN + room * (1.0 - self._entropies[index] / top))

    def _go_to(self, x: float) -> None:
        room = max(1.0, self.width() - 2 * MARGIN)
        index = round((x - MARGIN) / room * (self._num_slots - 1))
        if self._entropies:
            self.frame_wanted.emit(max(0, min(index, self.maximum())))

    def sizeHint(self) -> QSize:
        """Ask for a strip."""
        return QSize(150, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the curve as far as it has come, and the place on it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self.palette().color(QPalette.ColorRole.Accent)
        faint = self.palette().color(QPalette.ColorRole.Mid)
        base = self.height() - MARGIN
        painter.setPen(QPen(faint, 1.0))
        painter.drawLine(QPointF(MARGIN, base), QPointF(self.width() - MARGIN, base))
        if self._entropies:
            self._paint_curve(painter, accent, base)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 1.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()

    def _paint_curve(self, painter: QPainter, accent: QColor, base: float) -> None:
        # Of this candidate: what matters is how the curve falls.
        top = max(*self._entropies, 1e-6)
        points = [self._point(index, top) for index in range(len(self._entropies))]
        ground = QColor(accent)
        ground.setAlphaF(0.16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        left, right = QPointF(points[0].x(), base), QPointF(points[-1].x(), base)
        painter.drawPolygon(QPolygonF([left, *points, right]))
        painter.setPen(QPen(accent, 1.4))
        painter.drawPolyline(QPolygonF(points))
        place = points[min(self.sliderPosition(), len(points) - 1)]
        painter.setPen(QPen(accent, 1.0, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(place.x(), MARGIN / 2), QPointF(place.x(), base))
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Base), 1.5))
        painter.setBrush(accent)
        painter.drawEllipse(place, KNOB, KNOB)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the frame under the mouse."""
        self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay there."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go a frame with Up and Down too, the newest being to the right."""
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End):
            first, last = QAbstractSlider.SliderAction, QAbstractSlider.SliderAction
            is_home = event.key() == Qt.Key.Key_Home
            self.triggerAction(first.SliderToMinimum if is_home else last.SliderToMaximum)
            return
        super().keyPressEvent(event)
