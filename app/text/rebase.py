"""Move a region over an edit elsewhere, or find that the edit has touched it or what is around it.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What edits have made of a stretch that a region stood in: by it the region is found again."""

    start: int  # of the stretch, as it is now
    end: int
    ahead: int  # from the start of the stretch to the region, as it was
    behind: int  # from the region to the end of the stretch, as it was

    @classmethod
    def begun_by(cls, region: Region, change: Change) -> "Trail":
        """Return what an edit leaves that has touched a region."""
        trail = cls(start=region.start, end=region.end, ahead=0, behind=0)
        return trail.followed(change)

    def followed(self, change: Change) -> "Trail":
        """Return it after one more edit, wherever that was."""
        ends = change.position + change.removed
        if change.position < self.start and ends <= self.start:
            return replace(self, start=self.start + change.shift, end=self.end + change.shift)
        if change.position > self.end:
            return self
        first, last = min(self.start, change.position), max(self.end, ends)
        return Trail(
            start=first,
            end=last + change.shift,
            ahead=self.ahead + self.start - first,
            behind=self.behind + last - self.end,
        )

    def place(self, length: int) -> int | None:
        """Return where a region of this length begins if nothing foreign is left in the stretch."""
        is_whole = self.end - self.start == self.ahead + length + self.behind
        return self.start + self.ahead if is_whole else None


def rebase(region: Region, change: Change) -> tuple[Region, bool] | None:
    """Return where `region` is after `change`, and whether that changed what it was computed from.

    None if the change has touched the region itself.
    """
    if change.position >= region.end:
        guard_end = region.guard_end
        is_around = guard_end is None or change.position < guard_end
        if guard_end is not None and is_around:
            # The surroundings keep their end, and become longer or shorter.
            guard_end = _follow(guard_end, change)
        return replace(region, guard_end=guard_end), is_around
    ends = change.position + change.removed
    if ends > region.start:
        return None
    shifted = moved(region, change.shift)
    if region.guard_start is None:
        return shifted, True
    is_around = ends > region.guard_start
    return replace(shifted, guard_start=_follow(region.guard_start, change)), is_around


def overlap(one: Region, other: Region) -> bool:
    """Return whether two regions share text; a mere place is shared with what it touches."""
    if other.start == other.end or one.start == one.end:
        return one.start <= other.end and other.start <= one.end
    return one.start < other.end and other.start < one.end


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
