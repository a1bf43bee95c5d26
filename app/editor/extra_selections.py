"""Colours over the text that several parts of the program set without knowing of each other."""

from collections.abc import Iterable

from PySide6.QtGui import QColor, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

Selection = QTextEdit.ExtraSelection
# The last on top.
ORDER = ("places", "search_scope", "search", "search_current", "carets", "brackets")


class ExtraSelections:
    """The editor's extra selections, by the name of who set them."""

    def __init__(self, editor: QPlainTextEdit) -> None:
        self._editor = editor
        self._by_name: dict[str, list[Selection]] = {}

    def set(self, name: str, selections: list[Selection]) -> None:
        """Replace the marks of one name."""
        # Setting them draws the whole text anew, and this is called at each movement of the caret.
        if not selections and not self._by_name.get(name):
            return
        self._by_name[name] = selections
        shown = [s for name in ORDER for s in self._by_name.get(name, [])]
        self._editor.setExtraSelections(shown)


def mark(document: QTextDocument, start: int, end: int, colour: QColor) -> Selection:
    """Return a mark behind the text between two positions, UTF-16 units."""
    selection = Selection()
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
    selection.cursor = cursor
    char_format = QTextCharFormat()
    char_format.setBackground(colour)
    selection.format = char_format
    return selection


def marks(
    document: QTextDocument, spans: Iterable[tuple[int, int]], colour: QColor
) -> list[Selection]:
    """Return marks of one colour."""
    return [mark(document, start, end, colour) for start, end in spans]
