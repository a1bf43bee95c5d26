"""The border between Qt's positions and the engine's offsets.

Qt counts UTF-16 units, the engine counts code points. Both meet here and nowhere else.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from PySide6.QtGui import QTextDocument

from app.text.edits import length_of, text_between

BLOCK_BREAKS = "\r\u2029\ufdd0\ufdd1"  # what Qt ends a block at, besides a line feed
REPLACEMENT = "\ufffd"


# What a document does not hold as it is.
_CHANGED = re.compile(f"[{BLOCK_BREAKS}\ud800-\udfff]")


def utf16_len(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def to_utf16(text: str, offset: int) -> int:
    """Return the UTF-16 position of code point `offset` of `text`."""
    return utf16_len(text[:offset])


def to_code_points(text: str, position: int) -> int:
    """Return the offset of the code point that UTF-16 `position` lies in or before."""
    if text.isascii():
        return min(position, len(text))
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * position]
    whole = units[:-2] if _ends_inside_pair(text, units) else units
    return len(whole.decode("utf-16-le", "surrogatepass"))


def _ends_inside_pair(text: str, units: bytes) -> bool:
    last = units.decode("utf-16-le", "surrogatepass")[-1:]
    index = len(units.decode("utf-16-le", "surrogatepass")) - 1
    return "\ud800" <= last <= "\udbff" and index < len(text) and text[index] != last


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A text as a document will hold it, and where each of its code points went.

    `positions` has one more entry than the original text has code points: the UTF-16 position in
    `text` of each, and the end.
    """

    text: str
    positions: tuple[int, ...]


@lru_cache(maxsize=16)  # all that is done with a draft asks for it
def as_document_text(text: str) -> DocumentText:
    """Return what a document makes of `text`: one kind of line break, no broken characters."""
    if not _CHANGED.search(text):
        widths = (1 + (character > "\uffff") for character in text)
        return DocumentText(text, tuple(accumulate(widths, initial=0)))
    pieces: list[str] = []
    positions = [0]
    for index, character in enumerate(text):
        piece = _as_held(character, text[index + 1 : index + 2])
        pieces.append(piece)
        positions.append(positions[-1] + utf16_len(piece))
    return DocumentText("".join(pieces), tuple(positions))


def _as_held(character: str, following: str) -> str:
    if character == "\r" and following == "\n":
        return ""
    if character in BLOCK_BREAKS:
        return "\n"
    return REPLACEMENT if "\ud800" <= character <= "\udfff" else character


def whole_characters(document: QTextDocument, start: int, end: int) -> tuple[int, int]:
    """Return a selection widened so that neither edge splits a surrogate pair."""
    if _splits_pair(document, start):
        start -= 1
    if _splits_pair(document, end):
        end += 1
    return start, end


def _splits_pair(document: QTextDocument, position: int) -> bool:
    if not 0 < position < length_of(document):
        return False
    return text_between(document, position - 1, position + 1) > "\uffff"
