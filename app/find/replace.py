"""Putting replacements into a document, as one undo step."""

from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument

from app.find.search import Replacement
from app.text.edits import insert
from app.text.positions import decoded, encoded

MANY = 2000  # beyond, one large edit takes less time than many small ones


def replace_all(document: QTextDocument, made: Sequence[Replacement]) -> None:
    """Put every replacement in its place; they are in order and do not overlap."""
    if not made:
        return
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for one in reversed(made):
        cursor.setPosition(one.start)
        cursor.setPosition(one.end, QTextCursor.MoveMode.KeepAnchor)
        insert(cursor, one.text)
    cursor.endEditBlock()


def gathered(text: str, made: Sequence[Replacement]) -> Sequence[Replacement]:
    """Return what does the same to a text in less time, where there are many replacements."""
    if len(made) <= MANY:
        return made
    start, end = made[0].start, made[-1].end
    units = encoded(text)
    parts, at = [], start
    for one in made:
        parts += [decoded(units[2 * at : 2 * one.start]), one.text]
        at = one.end
    return [Replacement(start, end, "".join(parts))]
