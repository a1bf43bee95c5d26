"""What is set for every run, at the draft it was used for: a chip each, taken back by its ✕."""

from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.proposal.model.kept import Kept, kept_wishes
from app.proposal.model.options_model import OptionsModel
from app.translation import tr
from app.widgets.flat_button import FlatButton, draw_focus_ring


class Chip(FlatButton):
    """A button with a quiet ground and round ends."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter, role = QPainter(self), QPalette.ColorRole
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QColor(self.palette().color(role.Text))
        ground.setAlphaF(0.18 if self.underMouse() else 0.09)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        radius = self.height() / 2
        painter.drawRoundedRect(self.rect(), radius, radius)
        painter.setPen(self.palette().color(role.Text))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self.hasFocus():
            draw_focus_ring(painter, self, radius)
        painter.end()

    def sizeHint(self) -> QSize:
        """Leave room for the round ends."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 20, metrics.height() + 6)


class ChipsRow(QWidget):
    """Shows the settings of an `OptionsModel` that are kept, and lets each be taken back."""

    def __init__(self, model: OptionsModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self._shown: list[Kept] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addStretch(1)
        self.hide()

    @property
    def chips(self) -> list[FlatButton]:
        """The chips, in their order."""
        return self.findChildren(FlatButton)

    def refresh(self) -> None:
        """Show what is kept now; nothing, where all is as usual."""
        wishes = list(kept_wishes(self._model.settings))
        if wishes != self._shown:
            self._shown = wishes
            for chip in self.chips:
                chip.setParent(None)
                # Its own click may be what has taken it away.
                chip.deleteLater()
            for number, wish in enumerate(wishes):
                self._row.insertWidget(number, self._chip(wish))
        self.setVisible(bool(wishes))

    def _chip(self, wish: Kept) -> FlatButton:
        tip = tr("Holds for every rewrite. Click to have it as usual again.")
        chip = Chip(f"{wish.text}  ✕", tip, self)
        chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chip.setAccessibleName(tr("{wish}, take back").format(wish=wish.text))
        chip.setAccessibleDescription(tip)
        chip.clicked.connect(partial(self._take_back, wish))
        return chip

    def _take_back(self, wish: Kept) -> None:
        self._model.change(**{wish.name: wish.usual})
