"""Changing a whole text by changing only what is new in it."""

from PySide6.QtGui import QTextCursor, QTextDocument


def change_text(document: QTextDocument, text: str) -> None:
    """Make `text`, lines ended by a line feed, the document's text, as one undo step."""
    old = document.toRawText().replace("\u2029", "\n").encode("utf-16-le", "surrogatepass")
    new = text.encode("utf-16-le", "surrogatepass")
    if old == new:
        return
    head = _common(old, new)
    most = min(len(old), len(new)) - head
    tail = _common(old[::-1][:most], new[::-1][:most])
    # Whole characters: a pair of units shares its first one with many others.
    head, tail = head // 2, tail // 2
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    cursor.setPosition(_before_pair(old, head))
    end = len(old) // 2 - tail
    cursor.setPosition(_behind_pair(old, end), QTextCursor.MoveMode.KeepAnchor)
    last = len(new) // 2 - (len(old) // 2 - _behind_pair(old, end))
    piece = new[2 * _before_pair(old, head) : 2 * last]
    cursor.insertText(piece.decode("utf-16-le", "surrogatepass"))
    cursor.endEditBlock()


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
