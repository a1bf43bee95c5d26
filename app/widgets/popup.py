"""A sheet at the top of the window that takes a line of text and goes away by itself."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
TOP = 46  # px below the window's edge


class Popup(QFrame):
    """Hovers over its parent; Esc, a click beside it, or another window put it away.

    Signals, one of them each time it was open, when it is away and the focus is back:
        accepted: Enter was pressed, or a line was clicked.
        cancelled: It was put away otherwise.
    """

    accepted = Signal()
    cancelled = Signal()

    def __init__(self, parent: QWidget, *, width: int) -> None:
        super().__init__(parent)
        self._parent = parent
        self.line = QLineEdit()
        self._width = width
        self._return_to: QWidget | None = None
        self._is_open = False
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(28)
        shadow.setOffset(0, 6)
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(8, 8, 8, 8)
        self.body.setSpacing(6)
        self.body.addWidget(self.line)
        self.line.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Show it, ready to be typed into; one that is open begins anew."""
        self.cancel()
        parent, self._is_open = self._parent, True
        self._return_to = parent.window().focusWidget()
        width = min(self._width, parent.width() - 40)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move(QPoint((parent.width() - width) // 2, TOP))
        self.show()
        self.raise_()
        self.line.setFocus()

    def accept(self) -> None:
        """Put it away, give the focus back, and say that it was accepted."""
        self._end(self.accepted)

    def cancel(self) -> None:
        """Put it away, give the focus back, and say that it was cancelled."""
        self._end(self.cancelled)

    def take_key(self, event: QKeyEvent) -> bool:
        """Act on a key of the line; the base takes Enter and Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancel()
        elif event.key() in ENTER_KEYS:
            self.accept()
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the keys and the focus of the line."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self.take_key(event)
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(_focused(self)):
            self._return_to = None  # the user went elsewhere
            self.cancel()
        return False

    def _end(self, how: SignalInstance) -> None:
        if not self._is_open:
            return
        # Before it is hidden: that takes the focus from the line, which is no wish to cancel.
        self._is_open = False
        self.hide()
        if self._return_to is not None:
            self._return_to.setFocus()
        how.emit()


def _focused(widget: QWidget) -> QWidget:
    return widget.window().focusWidget() or widget.window()
