"""The end that each line has in its file, where a file mixes several kinds of them.

Qt knows one kind. The kind is a property of the character with which Qt itself ends a line, so it
goes wherever that character goes, undo and redo included, and a key press costs nothing for it. The
text of a line has the same property: a line that is begun within it ends in the same way.

A stretch's ends are a string with one letter for each line end in it, and empty in a document
whose lines have no kinds, which is the usual case. What the letters mean is up to who sets them.
"""

from itertools import groupby

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextDocument, QTextFormat

NONE = "-"  # of a line end that was made where there was no other
_KIND = QTextFormat.Property.UserProperty.value + 1


def is_kept(document: QTextDocument) -> bool:
    """Say whether the lines of a document have kinds of ends."""
    return bool(_letters(document))


def between(document: QTextDocument, start: int, end: int) -> str:
    """Return the ends of the lines that end between two positions, UTF-16 units."""
    letters = _letters(document)
    if not letters:
        return ""
    found = []
    # Qt takes the format of a block from the character that ends the one before.
    block = document.findBlock(start).next()
    while block.isValid() and block.position() <= end:
        found.append(letters.get(block.charFormatIndex(), NONE))
        block = block.next()
    return "".join(found)


def keep(document: QTextDocument, start: int, ends: str) -> None:
    """Give the lines from a position on these ends, as far as they have others."""
    if not ends:
        return
    number = document.findBlock(start).blockNumber()
    old = between(document, start, document.findBlockByNumber(number + len(ends)).position())
    if old == ends:
        return
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    changes = zip(ends, old or NONE * len(ends), strict=True)
    # In runs: setting a format is one operation of Qt's for as many lines as it covers.
    for (letter, is_news), run in groupby((new, new != was) for new, was in changes):
        following = number + len(list(run))
        if is_news:
            # The end before the run is another's.
            first = max(start, document.findBlockByNumber(number).position())
            cursor.setPosition(first)
            cursor.setPosition(
                document.findBlockByNumber(following).position(), QTextCursor.MoveMode.KeepAnchor
            )
            cursor.setCharFormat(_format(letter))
        number = following
    cursor.endEditBlock()


def _letters(document: QTextDocument) -> dict[int, str]:
    """Return the letters by the numbers of their formats."""
    formats = enumerate(document.allFormats())
    return {number: f.stringProperty(_KIND) for number, f in formats if f.hasProperty(_KIND)}


def _format(letter: str) -> QTextCharFormat:
    made = QTextCharFormat()
    if letter != NONE:
        made.setProperty(_KIND, letter)
    return made
