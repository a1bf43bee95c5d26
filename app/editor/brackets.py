"""The bracket that belongs to the one beside the caret."""

from PySide6.QtGui import QTextBlock, QTextDocument

OPENING, CLOSING = "([{", ")]}"
MAX_CHARS = 100_000  # looked through in either direction


def matching(document: QTextDocument, position: int) -> tuple[int, int] | None:
    """Return the positions of the bracket at or before `position` and of its partner.

    None where there is no bracket, or no partner within reach. Positions are UTF-16 units.
    """
    for place in (position, position - 1):
        character = document.characterAt(place) if place >= 0 else ""
        if character and character in OPENING + CLOSING:
            partner = _partner(document, place, character)
            if partner is not None:
                return place, partner
    return None


def _partner(document: QTextDocument, place: int, character: str) -> int | None:
    is_opening = character in OPENING
    pairs = dict(zip(OPENING + CLOSING, CLOSING + OPENING, strict=True))
    other, step = pairs[character], 1 if is_opening else -1
    block = document.findBlock(place)
    column: int | None = place - block.position()
    depth = reached = 0
    while block.isValid() and reached < MAX_CHARS:
        # Positions are UTF-16 units; only lines with a character of two of them have to be spread.
        units = block.text().encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        text = units if len(units) == block.length() - 1 else _spread(block)
        found = _walk(text, column, step, (character, other), depth)
        if isinstance(found, tuple):
            return block.position() + found[0]
        depth, reached = found, reached + len(text)
        block, column = (block.next() if is_opening else block.previous()), None
    return None


def _walk(
    text: str, column: int | None, step: int, pair: tuple[str, str], depth: int
) -> int | tuple[int]:
    """Return the column of the partner in a tuple, or the depth at the end of the line."""
    start = column if column is not None else (0 if step > 0 else len(text) - 1)
    stop = len(text) if step > 0 else -1
    for index in range(start, stop, step):
        if text[index] == pair[0]:
            depth += 1
        elif text[index] == pair[1]:
            depth -= 1
            if depth == 0:
                return (index,)
    return depth


def _spread(block: QTextBlock) -> str:
    """Return a line with two characters for each that takes two UTF-16 units."""
    return "".join(c if c <= "\uffff" else "  " for c in block.text())
