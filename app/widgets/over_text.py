"""A widget that lies over a text and keeps its keys from it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

# Those that no field took and that mean something to whatever is in the text below.
PASSED_ON = (
    *(Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter),
    *(Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
)
COMMANDING = (
    Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.MetaModifier
)


class OverText(QWidget):
    """Lets Tab walk its own fields, around the ends, and writes nothing into the text below.

    Qt would hand on what no field takes, Tab included, and a text writes it.
    """

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Go to the next field, or to the one before."""
        start = self.focusWidget() or self
        widget: QWidget | None = start
        while widget is not None:
            widget = widget.nextInFocusChain() if is_next else widget.previousInFocusChain()
            if widget is start or widget is None:
                break
            if self.isAncestorOf(widget) and _takes_tab(widget):
                reason = Qt.FocusReason
                widget.setFocus(reason.TabFocusReason if is_next else reason.BacktabFocusReason)
                break
        return True  # in any case: the text below would write a Tab

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Hand on what is a command, and nothing that could be written."""
        is_command = event.key() in PASSED_ON or bool(event.modifiers() & COMMANDING)
        event.setAccepted(not is_command)


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus == Qt.FocusPolicy.TabFocus
    return takes and widget.isEnabled() and widget.isVisible() and widget.focusProxy() is None
