"""What a key writes."""

import sys
from enum import Enum, auto

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

Standard = QKeySequence.StandardKey
EDITING = (
    *(Standard.Cut, Standard.Paste, Standard.DeleteEndOfLine, Standard.DeleteCompleteLine),
    *(Standard.InsertLineSeparator, Standard.InsertParagraphSeparator),
)
# Not every system calls them standard keys; with Ctrl they delete a word.
DELETING = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, KEYPAD = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.KeypadModifier
# There Option, which Qt calls Alt, is how letters are written that no key has.
ALT_WRITES = sys.platform == "darwin"


class Typed(Enum):
    """What typing does to the text, as far as undoing goes by it."""

    LETTERS = auto()
    SPACE = auto()
    SPACES = auto()  # behind another one
    WHOLE = auto()  # a line break, or a word that comes at once
    LEFT = auto()  # takes a letter out before the caret
    RIGHT = auto()  # and one behind it


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
    return _writes_text(event)


def kind_of(event: QKeyEvent) -> Typed | None:
    """Return what a key types; None if it types nothing, or more than a letter."""
    modifiers = event.modifiers() & ~KEYPAD
    if event.key() == Qt.Key.Key_Backspace:
        return Typed.LEFT if not modifiers & ~SHIFT else None
    if event.key() == Qt.Key.Key_Delete:
        return Typed.RIGHT if not modifiers else None
    if event.key() in ENTER_KEYS:
        return Typed.WHOLE if not modifiers & ~SHIFT else None
    return kind_of_text(event.text()) if _writes_text(event) else None


def kind_of_text(text: str) -> Typed:
    """Return what a text is that is typed, or that an input method writes."""
    if text.isspace():
        return Typed.SPACE
    return Typed.LETTERS if len(text) == 1 else Typed.WHOLE


def _writes_text(event: QKeyEvent) -> bool:
    is_command = event.modifiers() & (ALT | CTRL) == CTRL
    text = event.text()
    return is_written(event) and not is_command and (text == "\t" or text.isprintable())
