"""Putting replacements into a document, as one undo step."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtGui import QTextCursor, QTextDocument

from app.find.search import Hidden, Replacement
from app.text.edits import insert
from app.text.positions import decoded, encoded

MANY = 2000  # beyond, one large edit takes less time than many small ones


def replace_all(document: QTextDocument, groups: Sequence[Sequence[Replacement]]) -> None:
    """Put every replacement in its place; they are in order and do not overlap.

    Of a group, Qt tells as of one change of all that is between; what stands between two groups
    has not changed.
    """
    cursor, before = QTextCursor(document), document.availableUndoSteps()
    for group in reversed(groups):
        if document.availableUndoSteps() > before:
            cursor.joinPreviousEditBlock()
        else:
            cursor.beginEditBlock()
        for one in reversed(group):
            cursor.setPosition(one.start)
            cursor.setPosition(one.end, QTextCursor.MoveMode.KeepAnchor)
            insert(cursor, one.text)
        cursor.endEditBlock()


def grouped(made: Sequence[Replacement], apart: Hidden) -> list[Sequence[Replacement]]:
    """Return replacements, in order, in groups between which the stretches in `apart` stand."""
    ends = [one.end for one in made]
    cuts = {0, len(made)}
    for start, end in apart:
        place = bisect_right(ends, start)
        if place < len(made) and end <= made[place].start:
            cuts.add(place)
    return [made[first:last] for first, last in pairwise(sorted(cuts))]


def gathered(text: str, made: Sequence[Replacement]) -> Sequence[Replacement]:
    """Return what does the same to a text in less time, where there are many replacements."""
    if len(made) <= MANY:
        return made
    start, end = made[0].start, made[-1].end
    units = encoded(text)
    parts, at = [], start
    for one in made:
        parts += [decoded(units[2 * at : 2 * one.start]), one.text]
        at = one.end
    return [Replacement(start, end, "".join(parts))]
