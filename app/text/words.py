"""The words of a text, as a reader points at them; all offsets are code points of the text."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"\w+(?:['’-]\w+)*|[^\w\s]+")


def word_at(text: str, offset: int) -> tuple[int, int] | None:
    """Return the word, or run of punctuation, that holds the character at `offset`."""
    found = (m for m in _WORD.finditer(text) if m.start() <= offset < m.end())
    match = next(found, None)
    return match.span() if match else None


def words_between(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the words that share a character with a stretch; one at least a character long."""
    end = max(end, start + 1)
    return tuple(m.span() for m in _WORD.finditer(text) if m.start() < end and m.end() > start)


def all_words(text: str) -> tuple[tuple[int, int], ...]:
    """Return all words of a text."""
    return tuple(m.span() for m in _WORD.finditer(text))


def word_beside(
    words: Sequence[tuple[int, int]], word: tuple[int, int] | None, step: int
) -> tuple[int, int]:
    """Return the next word in a direction, round the end; from none of them the first or last."""
    if word in words:
        return words[(words.index(word) + step) % len(words)]
    return words[0 if step > 0 else -1]
