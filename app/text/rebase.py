"""Move a region over an edit elsewhere, or find that the edit has touched it.

All positions are UTF-16 units of the document.
"""

from dataclasses import dataclass, replace

BEFORE_CHARS = 20_000  # code points of the text before the region that the engine is given
AFTER_CHARS = 4_000  # and of the text behind it
# Code points on either side that a draft counts as computed from. A canvas of 256 tokens holds
# about 1,000 of the text behind the region clamped.
GUARD_CHARS = 1_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """What a proposal replaces, and the text around it that it was computed from.

    A guard of None reaches to that end of the document, whatever is written there.
    """

    start: int
    end: int
    guard_start: int | None = None
    guard_end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One edit, as `QTextDocument.contentsChange` tells of it."""

    position: int
    removed: int
    added: int

    @property
    def shift(self) -> int:
        """How far the text behind the change has moved."""
        return self.added - self.removed


def rebase(region: Region, change: Change) -> Region | None:
    """Return where `region` is after `change`; None if the change has touched it."""
    before_all = region.guard_end is not None and change.position >= region.guard_end
    if before_all:
        return region
    ends = change.position + change.removed
    if region.guard_start is not None and ends <= region.guard_start:
        return moved(region, change.shift)
    return None


def rebase_itself(region: Region, change: Change) -> Region | None:
    """Return where `region` is after a change of its surroundings; None if it was touched."""
    if change.position >= region.end:
        is_inside = region.guard_end is not None and change.position < region.guard_end
        guard_end = region.guard_end
        if guard_end is not None and is_inside:
            # The surroundings keep their end, and become longer or shorter.
            guard_end += change.shift
        return replace(region, guard_end=guard_end)
    if change.position + change.removed > region.start:
        return None
    shifted = moved(region, change.shift)
    return replace(shifted, guard_start=region.guard_start)


def moved(region: Region, shift: int) -> Region:
    """Return the region `shift` units further on."""
    return replace(
        region,
        start=region.start + shift,
        end=region.end + shift,
        guard_start=None if region.guard_start is None else region.guard_start + shift,
        guard_end=None if region.guard_end is None else region.guard_end + shift,
    )


def follow(region: Region, change: Change) -> Region:
    """Return a parked region after one more change, wherever that was."""
    start, end = _follow(region.start, change), _follow(region.end, change)
    return Region(start=min(start, end), end=end)


def _follow(position: int, change: Change) -> int:
    if position < change.position:
        return position
    if position >= change.position + change.removed:
        return position + change.shift
    return change.position + change.added
