"""What a key writes."""

import sys

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Standard = QKeySequence.StandardKey
EDITING = (
    *(Standard.Cut, Standard.Paste, Standard.DeleteEndOfLine, Standard.DeleteCompleteLine),
    *(Standard.InsertLineSeparator, Standard.InsertParagraphSeparator),
)
# Not every system calls them standard keys; with Ctrl they delete a word.
DELETING = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
# There Option, which Qt calls Alt, is how letters are written that no key has.
ALT_WRITES = sys.platform == "darwin"


def is_written(event: QKeyEvent) -> bool:
    """Return whether a key writes its text; one with Alt is a command, or nothing.

    AltGr, which does write, is Ctrl and Alt on Windows and neither elsewhere.
    """
    has_alt = event.modifiers() & (ALT | CTRL) == ALT
    return event.text() != "" and (ALT_WRITES or not has_alt)


def edits(event: QKeyEvent) -> bool:
    """Return whether a key changes the text at the caret, or what is selected."""
    if event.key() in DELETING or any(event.matches(key) for key in EDITING):
        return True
    is_command = event.modifiers() & (ALT | CTRL) == CTRL
    text = event.text()
    return is_written(event) and not is_command and (text == "\t" or text.isprintable())
