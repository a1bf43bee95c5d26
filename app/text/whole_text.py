"""Changing a document's whole text by changing only what is new in it."""

from PySide6.QtGui import QTextCursor, QTextDocument

from app.text import kept_ends
from app.text.edits import replace_range, text_of


def change_text(document: QTextDocument, text: str, ends: str = "") -> None:
    """Make `text`, lines ended by a line feed, the document's text, as one undo step.

    Its lines end as `ends` says; where it is empty, they are all of one kind.
    """
    start, end, piece = difference(document, text)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    if start < end or piece:
        replace_range(document, start, end, piece, "")
    if not ends and kept_ends.is_kept(document):
        ends = kept_ends.NONE * text.count("\n")
    kept_ends.keep(document, 0, ends)
    cursor.endEditBlock()


def difference(document: QTextDocument, text: str) -> tuple[int, int, str]:
    """Return the stretch of a document, UTF-16 units, and what in its place makes `text` of it."""
    old = text_of(document).encode("utf-16-le", "surrogatepass")
    new = text.encode("utf-16-le", "surrogatepass")
    if old == new:
        return 0, 0, ""
    head = _common(old, new)
    most = min(len(old), len(new)) - head
    tail = _common(old[::-1][:most], new[::-1][:most])
    # Whole characters: a pair of units shares its first one with many others.
    start, end = _before_pair(old, head // 2), _behind_pair(old, len(old) // 2 - tail // 2)
    last = len(new) // 2 - (len(old) // 2 - end)
    return start, end, new[2 * start : 2 * last].decode("utf-16-le", "surrogatepass")


def _common(one: bytes, other: bytes) -> int:
    """Return the length of the common start, found by halving: comparing bytes is fast."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _is_low(units: bytes, position: int) -> bool:
    return 2 * position + 1 < len(units) and 0xDC <= units[2 * position + 1] <= 0xDF


def _before_pair(units: bytes, position: int) -> int:
    return position - 1 if position > 0 and _is_low(units, position) else position


def _behind_pair(units: bytes, position: int) -> int:
    return position + 1 if _is_low(units, position) else position
