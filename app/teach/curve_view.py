"""The loss of the text held out, step by step."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.teach.teaching import Curve
from app.translation import number_text, tr

_PAD = 8  # px
_DOT = 2.5  # px
_LEAST_SPAN = 0.05  # nats from top to bottom: what is less is not made to look like more


class CurveView(QWidget):
    """Draws the points, and marks the best of them, which is what is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._curve: Curve = []
        self._steps = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setAccessibleName(tr("The loss of text held out"))

    def show_curve(self, curve: Curve, steps: int) -> None:
        """Show a curve of a training of so many steps."""
        self._curve, self._steps = curve, steps
        self.setAccessibleDescription(self.said)
        self.update()

    @property
    def said(self) -> str:
        """What the curve says, in words."""
        if not self._curve:
            return ""
        step, best = min(self._curve, key=lambda point: point[1])
        text = tr("Loss of text held out: {first} before, {best} at best, after step {step}.")
        return text.format(
            first=number_text(self._curve[0][1], 3), best=number_text(best, 3), step=step
        )

    def sizeHint(self) -> QSize:
        """Wish for room to see a slope in."""
        return QSize(480, 180)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        palette, role = self.palette(), QPalette.ColorRole
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), palette.color(role.Base))
        metrics = painter.fontMetrics()
        area = QRectF(self.rect()).adjusted(_PAD, metrics.height() + _PAD, -_PAD, -_PAD)
        painter.setPen(palette.color(role.PlaceholderText))
        top = QRectF(_PAD, _PAD / 2, area.width(), metrics.height())
        said = self.said or tr("The loss of text held out is drawn here while it learns.")
        right = Qt.TextElideMode.ElideRight
        painter.drawText(top, 0, metrics.elidedText(said, right, int(top.width())))
        if self._curve:
            self._draw(painter, area)
        painter.end()

    def _draw(self, painter: QPainter, area: QRectF) -> None:
        palette, role = self.palette(), QPalette.ColorRole
        points = self._points(area)
        faint = QPen(palette.color(role.PlaceholderText), 1, Qt.PenStyle.DashLine)
        painter.setPen(faint)
        # Where it began: what is above has been made worse.
        painter.drawLine(QPointF(area.left(), points[0].y()), QPointF(area.right(), points[0].y()))
        painter.setPen(QPen(palette.color(role.Accent), 2))
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(palette.color(role.Accent))
        best = min(range(len(points)), key=lambda number: self._curve[number][1])
        for number, point in enumerate(points):
            size = 2 * _DOT if number == best else _DOT
            painter.drawEllipse(point, size, size)

    def _points(self, area: QRectF) -> list[QPointF]:
        losses = [loss for _, loss in self._curve]
        middle = (max(losses) + min(losses)) / 2
        span = max(_LEAST_SPAN, (max(losses) - min(losses)) * 1.1)
        steps = max(self._steps, self._curve[-1][0], 1)
        return [
            QPointF(
                area.left() + area.width() * step / steps,
                area.center().y() - area.height() * (loss - middle) / span,
            )
            for step, loss in self._curve
        ]
