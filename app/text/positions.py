"""The border between Qt's positions and the engine's offsets.

Qt counts UTF-16 units, the engine counts code points. Both meet here and nowhere else.
"""

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate

BLOCK_BREAKS = "\r\u2029\ufdd0\ufdd1"  # what Qt ends a block at, besides a line feed
REPLACEMENT = "\ufffd"


# What a document does not hold as it is.
_CHANGED = re.compile(f"[{BLOCK_BREAKS}\ud800-\udfff]")


def encoded(text: str) -> bytes:
    """Return the UTF-16 units of `text`, two bytes each; broken characters stay as they are."""
    return text.encode("utf-16-le", "surrogatepass")


def decoded(units: bytes | bytearray) -> str:
    """Return the text of UTF-16 units; half a character at its edge stays half of one."""
    return units.decode("utf-16-le", "surrogatepass")


def utf16_len(text: str) -> int:
    """Return the length of `text` in UTF-16 units."""
    return len(text) if text.isascii() else len(encoded(text)) // 2


def to_utf16(text: str, offset: int) -> int:
    """Return the UTF-16 position of code point `offset` of `text`."""
    return utf16_len(text[:offset])


def to_code_points(text: str, position: int) -> int:
    """Return the offset of the code point that UTF-16 `position` lies in or before."""
    most = min(position, len(text))
    if text.isascii():
        return most
    return bisect_right(range(most + 1), position, key=lambda offset: to_utf16(text, offset)) - 1


@dataclass(frozen=True, slots=True)
class DocumentText:
    """A text as a document will hold it, and where each of its code points went.

    `positions` has one more entry than the original text has code points: the UTF-16 position in
    `text` of each, and the end.
    """

    text: str
    positions: tuple[int, ...]

    def origin_of(self, offset: int) -> int:
        """Return which code point of the original text stands at one of `text`."""
        return bisect_left(self.positions, to_utf16(self.text, offset))


def as_document_text(text: str) -> DocumentText:
    """Return what a document makes of `text`: one kind of line break, no broken characters."""
    # Nearly every draft, each of which is looked at in every frame.
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
