"""Edits made by the program that are one undo step each."""

from PySide6.QtGui import QTextCursor, QTextDocument

BYTE_ORDER_MARK = "\ufeff"  # PySide drops it at the start of any string


def text_between(document: QTextDocument, start: int, end: int) -> str:
    """Return the text between two positions, UTF-16 units, its lines ended by line feeds."""
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    text = cursor.selectedText().replace("\u2029", "\n")
    is_cut = start < end and document.characterAt(start) == BYTE_ORDER_MARK
    return BYTE_ORDER_MARK + text if is_cut else text


def replace_range(document: QTextDocument, start: int, end: int, text: str) -> None:
    """Replace the text between two positions, UTF-16 units, as one undo step.

    Undoing it puts the caret at `start`; no later typing joins the step.
    """
    cursor = QTextCursor(document)
    # Where the cursor stands when the step begins is where undoing it leads.
    cursor.setPosition(start)
    cursor.beginEditBlock()
    cursor.setPosition(end)
    cursor.insertText(text)
    if start == end and text:
        # Qt joins what is typed next to a step that ends in an insertion; end in a removal.
        cursor.insertText(" ")
        cursor.deletePreviousChar()
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    cursor.removeSelectedText()
    cursor.endEditBlock()
