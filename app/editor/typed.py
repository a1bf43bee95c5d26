"""What a key writes."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
# There Option, which Qt calls Alt, is how letters are written that no key has.
ALT_WRITES = sys.platform == "darwin"


def is_written(event: QKeyEvent) -> bool:
    """Return whether a key writes its text; one with Alt is a command, or nothing.

    AltGr, which does write, is Ctrl and Alt on Windows and neither elsewhere.
    """
    has_alt = event.modifiers() & (ALT | CTRL) == ALT
    return event.text() != "" and (ALT_WRITES or not has_alt)
