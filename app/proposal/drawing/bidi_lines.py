"""Words that stay in a line whose words run in both directions.

There, the next word to the eye is not the next in the text, and a wider space moves what stands
beyond it as the eye goes along the line. So the words are taken in the order in which they are
seen; each space between two of them belongs to the later one in the text, or, where a run against
the line begins, to the word that this run begins with.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from app.proposal.drawing.measured import MeasuredWord, WordPlace


def gaps_in_line(
    words: Sequence[MeasuredWord],
    before: Mapping[int, WordPlace],
    *,
    line_width: float,
    most: Mapping[int, float],
    least: float,
) -> dict[int, float]:
    """Return how much wider the space before a word has to be, px, by where the word starts.

    Args:
        words: Of one line, in the order of the text.
        before: Where words stood, by their keys.
        line_width: The width of a line, px.
        most: How wide a gap may be before a word, px, by its key.
        least: What is less is none, px.
    """
    seen = sorted(words, key=lambda one: one.place.x)
    if any(a.place.x + a.width > b.place.x + least for a, b in pairwise(seen)):
        return {}  # a word of both directions, whose place cannot be told in one number
    place_of = {one.word.start: number for number, one in enumerate(words)}
    end = max(one.place.x + one.width for one in words)
    found: dict[int, float] = {}
    shift = 0.0
    for one, other in pairwise(seen):
        was, owner = before.get(other.word.key), _owner(one, other, words, place_of)
        if was is None or was.text != other.word.text or was.row != other.place.row:
            continue
        missing = was.x - other.place.x - shift
        fits = end + shift + missing <= line_width
        if owner is not None and owner.space and fits and least < missing <= most[other.word.key]:
            found[owner.word.start] = missing
            shift += missing
    return found


def _owner(
    one: MeasuredWord,
    other: MeasuredWord,
    words: Sequence[MeasuredWord],
    place_of: Mapping[int, int],
) -> MeasuredWord | None:
    """Return the word that owns the space between two words that are seen side by side."""
    first, second = place_of[one.word.start], place_of[other.word.start]
    if abs(first - second) == 1:
        return words[max(first, second)]
    if not one.is_against:
        return words[first + 1]
    return other if not other.is_against else None
