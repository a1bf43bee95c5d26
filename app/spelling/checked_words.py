"""What counts as a word that could be misspelt. Positions are UTF-16 units."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
# Addresses, paths, names with digits or underscores, entities, keys, commands: not prose. The
# bounds keep a line of thousands of letters without a space from taking seconds.
SKIPPED = re.compile(
    r"\w{1,20}://\S{1,500}|[^\s@]{1,80}@\S{1,80}|&\w{1,20};|\w{1,20}(?:\+\w{1,20})+"
    r"|[\\/~]\S{0,500}|\S{0,80}[\w)][/\\]\S{0,500}|\w{0,80}[\d_]\w{0,80}"
    r"|`[^`]{0,300}`|<[^>]{0,300}>"
)


@dataclass(frozen=True, slots=True)
class CheckedWord:
    """A word of a line."""

    start: int
    length: int
    text: str


@lru_cache(maxsize=2000)  # lines are drawn again and again
def words_of(line: str) -> tuple[CheckedWord, ...]:
    """Return the words of a line that a dictionary can judge."""
    return tuple(_words(line))


def _words(line: str) -> Iterator[CheckedWord]:
    if not any(map(str.isalpha, line)):
        return
    skipped = [match.span() for match in SKIPPED.finditer(line)]
    shift = _Shift(line)
    for match in WORD.finditer(line):
        text, (start, end) = match.group(), match.span()
        is_name = (
            len(text) < 2 or text.isupper() or not (text.islower() or text.istitle() or "'" in text)
        )
        if is_name or any(a < end and start < b for a, b in skipped):
            continue
        first = shift.units(start)
        yield CheckedWord(first, shift.units(end) - first, text)


class _Shift:
    """Turns code points of one line into UTF-16 units."""

    def __init__(self, line: str) -> None:
        self._astral = [i for i, c in enumerate(line) if c > "\uffff"]

    def units(self, offset: int) -> int:
        return offset + sum(place < offset for place in self._astral)
