"""A selection in whole words: no edge of it inside one."""

import unicodedata

from PySide6.QtGui import QTextDocument

from app.text.edits import length_of, text_between, whole_characters
from app.text.positions import to_code_points, to_utf16

REACH = 100  # UTF-16 units on either side of an edge; a longer word is none
APOSTROPHES = "'’"
OF_WORDS = "LMN"  # letters, marks, numbers: the first letter of their Unicode categories
# Scripts that put no spaces between words: from and to, both inclusive.
UNSPACED = (
    ("\u0e00", "\u0eff"),  # Thai, Lao
    ("\u1000", "\u109f"),  # Myanmar
    ("\u1780", "\u17ff"),  # Khmer
    ("\u3040", "\u30ff"),  # Hiragana, Katakana
    ("\u3400", "\u9fff"),  # Han
    ("\uf900", "\ufaff"),
    ("\U00020000", "\U0003ffff"),
)


def whole_words(document: QTextDocument, start: int, end: int) -> tuple[int, int]:
    """Return a selection, UTF-16 units, widened so that neither edge splits a word.

    A mere place stays one. An apostrophe between letters is of the word, a hyphen is not.
    """
    start, end = whole_characters(document, start, end)
    if start == end:
        return start, end
    return _edge(document, start, -1), _edge(document, end, 1)


def _edge(document: QTextDocument, position: int, step: int) -> int:
    """Return the edge in a direction of the word that a position is in; else the position."""
    low, high = max(0, position - REACH), min(length_of(document), position + REACH)
    low, high = whole_characters(document, low, high)
    text = text_between(document, low, high)
    at = to_code_points(text, position - low)
    while _is_inside(text, at):
        at += step
    is_open = at in (0, len(text)) and (low, high)[step > 0] not in (0, length_of(document))
    return position if is_open else low + to_utf16(text, at)


def _is_inside(text: str, at: int) -> bool:
    """Return whether the characters on both sides of an offset are of one word."""
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if left in APOSTROPHES:
        return _is_of_word(text[at - 2 : at - 1]) and _is_of_word(right)
    if right in APOSTROPHES:
        return _is_of_word(left) and _is_of_word(text[at + 1 : at + 2])
    return _is_of_word(left) and _is_of_word(right)


def _is_of_word(character: str) -> bool:
    if not character or any(first <= character <= last for first, last in UNSPACED):
        return False
    return character == "_" or unicodedata.category(character)[0] in OF_WORDS
