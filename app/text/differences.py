"""What two sequences have in common, in time that their length bounds.

`difflib` alone takes the product of both lengths and, for some, more. Here it compares what stands
between items that occur once on either side, which nearly all of a text's words or lines stand
near; and where that is still too much, the two pieces count as different.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

PIECE = 90_000  # pairs of items that are compared for one piece
PAIRS = 1_000_000  # and for all of them, or items that are counted: a tenth of a second

Tag = Literal["replace", "delete", "insert", "equal"]
CommonRun = tuple[int, int, int]  # where it begins in the old, in the new, and its length


def common_runs(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[CommonRun]:
    """Return the stretches that both have in the same order; none is empty."""
    runs: list[CommonRun] = []
    pieces, left = [(0, len(old), 0, len(new))], PAIRS
    while pieces:
        a, a_end, b, b_end = pieces.pop()
        head = _head(old, new, (a, a_end, b, b_end))
        tail = _tail(old, new, (a + head, a_end, b + head, b_end))
        runs += [(a, b, head), (a_end - tail, b_end - tail, tail)]
        a, a_end, b, b_end = a + head, a_end - tail, b + head, b_end - tail
        pairs = (a_end - a) * (b_end - b)
        if not pairs:
            continue
        if pairs <= min(PIECE, left):
            left -= pairs
            # Its own shortcut takes what occurs often for junk, and so all spaces.
            matcher = SequenceMatcher(None, old[a:a_end], new[b:b_end], autojunk=False)
            runs += [(a + m.a, b + m.b, m.size) for m in matcher.get_matching_blocks()]
        # Too much to compare, and worth a look for what stands once on either side.
        elif pairs > PIECE and left > 0:
            left -= a_end - a + b_end - b
            pieces += _between_anchors(old, new, (a, a_end, b, b_end))
    return _joined(sorted(run for run in runs if run[2]))


def common_head(old: str, new: str) -> int:
    """Return how many characters both begin with, found by halving: comparing is fast."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def common_tail(old: str, new: str) -> int:
    """Return how many characters both end with."""
    return common_head(old[::-1], new[::-1])


class _Known(SequenceMatcher[Hashable]):
    """Groups differences that are known already, as `difflib` does its own."""

    def __init__(self, runs: Sequence[CommonRun], ends: CommonRun) -> None:
        super().__init__(None, [], [])
        self._runs, self._ends = runs, ends

    def get_opcodes(self) -> list[tuple[Tag, int, int, int, int]]:
        """Return what became of each stretch."""
        codes: list[tuple[Tag, int, int, int, int]] = []
        a = b = 0
        for old, new, size in (*self._runs, self._ends):
            if a < old or b < new:
                tag: Tag = "replace" if a < old and b < new else "delete" if a < old else "insert"
                codes.append((tag, a, old, b, new))
            if size:
                codes.append(("equal", old, old + size, new, new + size))
            a, b = old + size, new + size
        return codes


def unified(old: str, new: str, old_name: str, new_name: str) -> str:
    """Return the differences of two texts, line by line, in the form that everybody knows."""
    before, after = old.splitlines(), new.splitlines()
    known = _Known(common_runs(before, after), (len(before), len(after), 0))
    lines = [f"--- {old_name}", f"+++ {new_name}"]
    for group in known.get_grouped_opcodes():
        first, last = group[0], group[-1]
        places = (_place(first[1], last[2]), _place(first[3], last[4]))
        lines.append("@@ -{} +{} @@".format(*places))
        for tag, a, a_end, b, b_end in group:
            if tag == "equal":
                lines += [f" {line}" for line in before[a:a_end]]
            else:
                lines += [f"-{line}" for line in before[a:a_end]]
                lines += [f"+{line}" for line in after[b:b_end]]
    return "\n".join(lines) + "\n" if len(lines) > 2 else "\n"


def _place(start: int, end: int) -> str:
    """Return a stretch of lines as a unified diff names it."""
    if end - start == 1:
        return f"{start + 1}"
    return f"{start + (end > start)},{end - start}"


def _head(old: Sequence[Hashable], new: Sequence[Hashable], ends: tuple[int, int, int, int]) -> int:
    a, a_end, b, b_end = ends
    shorter = min(a_end - a, b_end - b)
    return next((i for i in range(shorter) if old[a + i] != new[b + i]), shorter)


def _tail(old: Sequence[Hashable], new: Sequence[Hashable], ends: tuple[int, int, int, int]) -> int:
    a, a_end, b, b_end = ends
    shorter = min(a_end - a, b_end - b)
    return next((i for i in range(shorter) if old[a_end - 1 - i] != new[b_end - 1 - i]), shorter)


def _between_anchors(
    old: Sequence[Hashable], new: Sequence[Hashable], ends: tuple[int, int, int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Cut a piece where an item stands that either side has once; nothing, if there is none."""
    a, a_end, b, b_end = ends
    once_old = {item for item, count in Counter(old[a:a_end]).items() if count == 1}
    once_new = {item for item, count in Counter(new[b:b_end]).items() if count == 1}
    place = {item: b + i for i, item in enumerate(new[b:b_end]) if item in once_new}
    pairs = [
        (a + i, place[item])
        for i, item in enumerate(old[a:a_end])
        if item in once_old and item in place
    ]
    anchors = _longest_rising(pairs)
    for one, other in anchors:
        # The anchor begins a piece, and is its head.
        yield a, one, b, other
        a, b = one, other
    if anchors:
        yield a, a_end, b, b_end


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most pairs, sorted by their first places, whose second places rise as well."""
    ends: list[int] = []  # the least second place that a row of each length can end with
    last: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    found: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _joined(runs: list[CommonRun]) -> list[CommonRun]:
    joined: list[CommonRun] = []
    for a, b, size in runs:
        if joined and (a, b) == (joined[-1][0] + joined[-1][2], joined[-1][1] + joined[-1][2]):
            joined[-1] = (*joined[-1][:2], joined[-1][2] + size)
        else:
            joined.append((a, b, size))
    return joined
