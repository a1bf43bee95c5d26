"""Words that stay where they are while the draft around them settles.

Where the text before a word has become shorter, and the word is the same, the space in front of it
is widened, so that it keeps its place and its line. Where that text has become longer, it first
takes this slack. The draft's own words are drawn, and no others: only spaces between them widen.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from app.proposal.drawing.bidi_lines import gaps_in_line
from app.proposal.drawing.measured import LayoutWord, MeasuredWord, WordPlace
from app.proposal.model.candidate import Draft
from app.text.positions import utf16_len

# About a screen of text; beyond it nobody sees whether a word moves.
MAX_WORDS = 400  # of the text behind the draft that are looked after
# In widths of an "x": a wider space in the draft is given back, and so is more space than that
# before the text behind it, or at a line's end.
MAX_GAP, MAX_BREAK = 7.0, 24.0
TOLERANCE = 0.25  # px
_WORD = re.compile(r"\S+")


def words_of(prefix: str, draft: Draft, suffix: str) -> list[LayoutWord]:
    """Return the words of a draft and of the text behind it, in their order."""
    held = draft.document_text
    begin = utf16_len(prefix)
    end = begin + utf16_len(held.text)
    slots = [
        (begin + held.positions[s.start], begin + held.positions[s.end], s.slot)
        for s in draft.spans
        if s.slot >= 0
    ]
    ends = [last for _, last, _ in slots]
    words: dict[int, LayoutWord] = {}
    behind = 0
    for start, text in _stretches(prefix + held.text + suffix, len(prefix)):
        length = utf16_len(text)
        if start < end:
            place = bisect_right(ends, start)  # the slots stand in the order of the text
            begins_here = place < len(slots) and slots[place][0] < start + length
            key = slots[place][2] if begins_here else None
        else:
            behind += 1
            key = -behind if behind <= MAX_WORDS else None
        # A slot may hold the ends of two words; the first is known by it.
        if key is not None and key not in words:
            words[key] = LayoutWord(key=key, start=start, length=length, text=text)
    return list(words.values())


def gaps(
    words: Sequence[MeasuredWord],
    before: Mapping[int, WordPlace],
    *,
    line_width: float,
    unit: float,
) -> dict[int, float]:
    """Return how much wider the space before a word has to be, px, by where the word starts.

    `before` is where words were, `line_width` that of a line, and `unit` that of an "x", px.
    """
    found: dict[int, float] = {}
    pen, row = 0.0, (-1, 0)
    for natural, line in groupby(words, key=lambda one: one.place.row):
        own = list(line)
        if any(one.is_against for one in own):
            more: dict[int, float] = {}
            if natural[1] == 0 or row == (natural[0], natural[1] - 1):  # else words came down to it
                most = {one.word.key: _most(one, unit) for one in own}
                more = gaps_in_line(own, before, line_width=line_width, most=most, least=TOLERANCE)
            found |= more
            pen = max(one.place.x + one.width for one in own) + sum(more.values())
            row = natural
        else:
            pen, row = _follow_line(
                own, before, found, (pen, row), line_width=line_width, unit=unit
            )
    return found


def _follow_line(
    words: Sequence[MeasuredWord],
    before: Mapping[int, WordPlace],
    found: dict[int, float],
    start: tuple[float, tuple[int, int]],
    *,
    line_width: float,
    unit: float,
) -> tuple[float, tuple[int, int]]:
    """Add the gaps of a line's words; return where the last one ends, and in which row by now."""
    pen, row = start
    for one in words:
        place, gap = one.place, 0.0
        if place.row[0] != row[0] or not one.space:
            # A paragraph's first word stands by itself.
            pen, row = place.x + one.width, place.row
            continue
        x = pen + one.space
        if x + one.width > line_width:
            x, row = 0.0, (row[0], row[1] + 1)
        was = before.get(one.word.key)
        if was is not None and was.text == one.word.text:
            gap = _gap(one, was, x, row, line_width, unit)
        if gap:
            found[one.word.start] = gap
            x += gap
            if x + one.width > line_width:
                x, row = 0.0, (row[0], row[1] + 1)
        pen = x + one.width
    return pen, row


def _most(one: MeasuredWord, unit: float) -> float:
    return unit * (MAX_GAP if one.word.key >= 0 else MAX_BREAK)


def _gap(
    one: MeasuredWord,
    was: WordPlace,
    x: float,
    row: tuple[int, int],
    line_width: float,
    unit: float,
) -> float:
    """Return what is missing before a word at `x` to where it was, if that is little enough."""
    missing = was.x - x
    if was.row == row:
        fits = was.x + one.width <= line_width
        return missing if fits and TOLERANCE < missing <= _most(one, unit) else 0.0
    # It would slip back to the line above: fill that up.
    is_next = was.starts_row and was.row == (row[0], row[1] + 1)
    left = line_width - x
    return left + TOLERANCE if is_next and left <= MAX_BREAK * unit else 0.0


def _stretches(text: str, begin: int) -> Iterator[tuple[int, str]]:
    """Yield the words from a code point on, each with its place in UTF-16 units."""
    at, units = 0, 0
    for match in _WORD.finditer(text):
        if match.start() < begin:
            continue
        units += utf16_len(text[at : match.start()])
        at = match.start()
        yield units, match.group()
