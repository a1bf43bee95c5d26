"""Putting replacements into a document, as one undo step."""

from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument

from app.find.search import Replacement
from app.proposal.positions import document_text

MANY = 2000  # beyond, one large edit takes less time than many small ones


def replace_all(document: QTextDocument, made: Sequence[Replacement]) -> None:
    """Put every replacement in its place; they are in order and do not overlap."""
    if not made:
        return
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    for one in reversed(made if len(made) <= MANY else [_joined(document, made)]):
        cursor.setPosition(one.start)
        cursor.setPosition(one.end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(one.text)
    cursor.endEditBlock()


def _joined(document: QTextDocument, made: Sequence[Replacement]) -> Replacement:
    """Return one replacement that does what all do together."""
    start, end = made[0].start, made[-1].end
    units = document_text(document, start, end).encode("utf-16-le", "surrogatepass")
    parts, at = [], 0
    for one in made:
        parts.append(units[at : 2 * (one.start - start)])
        parts.append(one.text.encode("utf-16-le", "surrogatepass"))
        at = 2 * (one.end - start)
    return Replacement(start, end, b"".join(parts).decode("utf-16-le", "surrogatepass"))
