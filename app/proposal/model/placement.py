"""Where a proposal stands, and what it stands for."""

from dataclasses import dataclass, replace

from app.text.positions import utf16_len
from app.text.rebase import GUARD_CHARS, Region
from engine.api import Generate


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A region with what was asked for it, and the text that the document holds there."""

    request: Generate  # the newest
    region: Region
    old_text: str  # the region's, as it stands in the document
    asked_text: str  # the same, before a part of a draft came into it
    soft: tuple[int, int] = (0, 0)  # code points that the region has taken in on either side

    @property
    def has_parts(self) -> bool:
        """Whether a part of a draft is in the document."""
        return self.old_text != self.asked_text

    @property
    def is_soft(self) -> bool:
        """Whether it stands for words beside the region that was asked for, too."""
        return self.soft != (0, 0)

    @property
    def ends(self) -> tuple[int, int]:
        """Where the region begins and ends, UTF-16 units."""
        return self.region.start, self.region.end

    @property
    def hard_region(self) -> tuple[int, int]:
        """The region that was asked for, UTF-16 units; all of it once a part was accepted."""
        if self.has_parts:
            return self.ends
        ahead, behind = (utf16_len(text) for text in self._edges(*self.soft))
        return self.region.start + ahead, self.region.end - behind

    @property
    def first_pins(self) -> tuple[tuple[int, int], ...]:
        """What was pinned before the run, code points of the old text while it is the same."""
        if self.has_parts:
            return ()
        ahead = self.soft[0]
        return tuple((start + ahead, end + ahead) for start, end in self.request.pinned)

    @property
    def surroundings(self) -> tuple[str, str]:
        """The text on either side that its drafts count as computed from."""
        return _surroundings(self.request, self.soft)

    @property
    def reaches_ends(self) -> tuple[bool, bool]:
        """Whether these reach to the start of the document, and to its end."""
        return _reaches_ends(self.request)

    def back_at(self, start: int) -> "Placement":
        """Return it where its old text stands again, UTF-16 units, after the region was lost."""
        end = start + utf16_len(self.old_text)
        return replace(self, region=guarded_region(self.request, start, end, self.soft))

    def widened(self, before: int, after: int) -> "Placement":
        """Return it with so many code points beside the region: the drafts stand for them, too."""
        if (before, after) == self.soft or self.has_parts:
            return self
        start, end = self.hard_region
        ahead, behind = self._edges(before, after)
        text = ahead + self.request.region + behind
        region = replace(self.region, start=start - utf16_len(ahead), end=end + utf16_len(behind))
        return replace(self, region=region, old_text=text, asked_text=text, soft=(before, after))

    def _edges(self, before: int, after: int) -> tuple[str, str]:
        text = self.request.before
        return text[len(text) - before :], self.request.after[:after]


def guarded_region(
    request: Generate, start: int, end: int, soft: tuple[int, int] = (0, 0)
) -> Region:
    """Return the region with the surroundings that its drafts are computed from, UTF-16 units.

    Args:
        request: What was asked for it.
        start: Of the region, with the soft edges that it has taken in.
        end: Of the same.
        soft: Code points of these edges.
    """
    before, after = _surroundings(request, soft)
    reaches_start, reaches_end = _reaches_ends(request)
    return Region(
        start=start,
        end=end,
        guard_start=None if reaches_start else start - utf16_len(before),
        guard_end=None if reaches_end else end + utf16_len(after),
    )


def _surroundings(request: Generate, soft: tuple[int, int]) -> tuple[str, str]:
    before, after = request.before[-GUARD_CHARS:], request.after[:GUARD_CHARS]
    return before[: len(before) - soft[0]], after[soft[1] :]


def _reaches_ends(request: Generate) -> tuple[bool, bool]:
    return len(request.before) <= GUARD_CHARS, len(request.after) <= GUARD_CHARS
