"""What a draft changes in the old text, word by word, and what accepting a part of it leaves.

All offsets are code points of the text they refer to.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from app.text.differences import common_head, common_runs, common_tail

# Words, each space apart from them, and every other character by itself: what stays is found in
# these.
_UNIT = re.compile(r"\n|[^\S\n]+|\w+(?:['’]\w+)*|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunk:
    """One change: `old[old_start:old_end]` becomes `new[new_start:new_end]`."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int

    def applied(self, old: str, new: str) -> str:
        """Return the old text with this change, and no other, made."""
        return old[: self.old_start] + new[self.new_start : self.new_end] + old[self.old_end :]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """An old text and a new one, compared once, when that is first asked for."""

    old: str
    new: str

    @cached_property
    def hunks(self) -> tuple[Hunk, ...]:
        """The changes that lead from the old text to the new, in order."""
        old_units, new_units = _units(self.old), _units(self.new)
        old_at, new_at = _offsets(old_units), _offsets(new_units)
        found, a, b = [], 0, 0
        ends = (len(old_units), len(new_units), 0)
        for old_first, new_first, size in (*common_runs(old_units, new_units), ends):
            if a < old_first or b < new_first:
                hunk = Hunk(
                    old_start=old_at[a],
                    old_end=old_at[old_first],
                    new_start=new_at[b],
                    new_end=new_at[new_first],
                )
                found.append(hunk)
            a, b = old_first + size, new_first + size
        return tuple(found)

    @cached_property
    def joined(self) -> tuple[Hunk, ...]:
        """The changes for a reader: those with nothing but white space between them are one."""
        joined: list[Hunk] = []
        for hunk in self.hunks:
            last = joined[-1] if joined else None
            if last is not None and not self.new[last.new_end : hunk.new_start].strip():
                joined[-1] = Hunk(
                    old_start=last.old_start,
                    old_end=hunk.old_end,
                    new_start=last.new_start,
                    new_end=hunk.new_end,
                )
            else:
                joined.append(hunk)
        return tuple(joined)

    def first_word(self, behind: str = "") -> tuple[Hunk, ...]:
        """Return the first change, cut down to one word with its space; none if there is none.

        Args:
            behind: What stands behind the old text.
        """
        if not self.hunks:
            return ()
        return (_first_word_of(self.hunks[0], self.old, self.new, behind),)

    def first_line(self) -> tuple[Hunk, ...]:
        """Return the changes of the first line of the new that has one, as one."""
        if not self.hunks:
            return ()
        first = last = self.hunks[0]
        line_end = self.new.find("\n", first.new_start) + 1 or len(self.new)
        for hunk in self.hunks:
            if hunk.new_start < line_end or line_end == len(self.new):
                last = hunk
        new_end, old_end = last.new_end, last.old_end
        if line_end < new_end:
            # The old text's lines are given up one for one; the rest of them goes with the last.
            new_end = line_end
            old_end = _line_end_within(self.old, last)
        line = Hunk(
            old_start=first.old_start, old_end=old_end, new_start=first.new_start, new_end=new_end
        )
        return (line,)

    def touching(self, start: int, end: int) -> tuple[Hunk, ...]:
        """Return the changes that touch `new[start:end]`."""
        return tuple(
            hunk
            for hunk in self.hunks
            if (hunk.new_start < end and hunk.new_end > start)
            or (hunk.new_start == hunk.new_end and start <= hunk.new_start <= end)
        )

    def first_of(self, places: Sequence[tuple[int, int]]) -> tuple[Hunk, ...]:
        """Return the changes of the first of several places of the new text that has any."""
        return next((hunks for place in places if (hunks := self.touching(*place))), ())

    def with_made(self, hunks: Sequence[Hunk]) -> str:
        """Return the old text with these changes made, which are in their order, and no other."""
        text = self.old
        # From the end, so that the places of those before stay right.
        for hunk in reversed(hunks):
            text = hunk.applied(text, self.new)
        return text


def minimal(old: str, new: str) -> Hunk:
    """Return the one change from `old` to `new` that keeps the most at both ends."""
    head = common_head(old, new)
    tail = common_tail(old[head:], new[head:])
    return Hunk(old_start=head, old_end=len(old) - tail, new_start=head, new_end=len(new) - tail)


def _first_word_of(hunk: Hunk, old: str, new: str, behind: str) -> Hunk:
    new_end = _through_word(_units(new[hunk.new_start : hunk.new_end])) + hunk.new_start
    if new_end >= hunk.new_end:
        return hunk
    old_end = _through_word(_units(old[hunk.old_start : hunk.old_end])) + hunk.old_start
    following = (old[old_end:] + behind)[:1]
    if following and not _is_of_word(following):
        # Its space would stand before another one, or before a comma.
        new_end = hunk.new_start + len(new[hunk.new_start : new_end].rstrip())
    return Hunk(
        old_start=hunk.old_start, old_end=old_end, new_start=hunk.new_start, new_end=new_end
    )


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _through_word(units: Sequence[str]) -> int:
    """Return how far the first word and the spaces on either side of it reach."""
    length, has_word = 0, False
    for unit in units:
        if not unit.isspace():
            if has_word:
                break
            has_word = True
        length += len(unit)
    return length


def _line_end_within(old: str, hunk: Hunk) -> int:
    found = old.find("\n", hunk.old_start, hunk.old_end)
    return found + 1 if found >= 0 else hunk.old_start


def _units(text: str) -> list[str]:
    return _UNIT.findall(text)


def _offsets(units: Sequence[str]) -> list[int]:
    return list(accumulate(map(len, units), initial=0))
