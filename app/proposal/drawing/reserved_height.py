"""The height that is held for a proposal, and which part of a taller one is in view."""

from PySide6.QtCore import QAbstractAnimation, QEasingCurve, QObject, QVariantAnimation, Signal

EASE_MS = 150
LEAST = 0.5  # px; less than that is nothing to move or to scroll for


class ReservedHeight(QObject):
    """Grows and shrinks gently; what does not fit into it can be scrolled.

    Signals: `changed`, after its height or what is in view has.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._height = self._content = self._scrolled = 0.0  # px
        self._ease = QVariantAnimation(self)
        self._ease.setDuration(EASE_MS)
        self._ease.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._ease.valueChanged.connect(self._on_eased)

    @property
    def height(self) -> float:
        """What is held now, px."""
        return self._height

    @property
    def hidden(self) -> float:
        """How much of the content does not fit, px."""
        missing = self._content - self._height
        return missing if missing > LEAST else 0.0

    @property
    def scrolled(self) -> float:
        """How much of that is above the room, px."""
        return min(self._scrolled, self.hidden)

    @property
    def is_easing(self) -> bool:
        """Whether it is on its way to another height."""
        return self._ease.state() is QAbstractAnimation.State.Running

    def fit(self, content: float, height: float, *, is_eased: bool) -> None:
        """Hold `height` for something `content` px tall, from now on or in a moment."""
        self._content = content
        # From nothing at once: a draft that opens slowly hides its first words.
        if not is_eased or not self._height or abs(height - self._height) < LEAST:
            self.stop()
            self._set_height(height)
            return
        self.changed.emit()
        # Each frame asks for the same height again, and must not begin the movement anew.
        if not self.is_easing or self._ease.endValue() != height:
            self._ease.stop()
            self._ease.setStartValue(self._height)
            self._ease.setEndValue(height)
            self._ease.start()

    def scroll_by(self, pixels: float) -> bool:
        """Scroll down; return whether there was anything to scroll."""
        scrolled = min(self.hidden, max(0.0, self.scrolled + pixels))
        if scrolled == self.scrolled:
            return False
        self._scrolled = scrolled
        self.changed.emit()
        return True

    def stop(self) -> None:
        """Stay as it is."""
        self._ease.stop()

    def forget(self) -> None:
        """Hold nothing: what was held is of another width or typeface."""
        self.stop()
        self._height = 0.0

    def _set_height(self, height: float) -> None:
        self._height = height
        self._scrolled = self.scrolled
        self.changed.emit()

    def _on_eased(self, height: float) -> None:
        # Setting its ends up tells of a value, too.
        if self.is_easing:
            self._set_height(float(height))
