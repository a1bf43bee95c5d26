"""The text around a region as it is once the drafts of other regions have come into it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtGui import QTextDocument

from app.text.edits import text_between
from app.text.positions import utf16_len
from app.text.rebase import Region


@dataclass(frozen=True, slots=True)
class LaidIn:
    """A draft in the place of its region, UTF-16 units."""

    start: int
    end: int
    text: str

    @property
    def growth(self) -> int:
        """By how much it is longer than what it stands for."""
        return utf16_len(self.text) - (self.end - self.start)


def text_with(document: QTextDocument, start: int, end: int, drafts: Sequence[LaidIn]) -> str:
    """Return a stretch of a document, UTF-16 units, with the drafts that lie within it."""
    pieces, stand = list[str](), start
    for one in sorted(drafts, key=lambda draft: draft.start):
        if stand <= one.start and one.end <= end:
            pieces += text_between(document, stand, one.start), one.text
            stand = one.end
    return "".join(pieces) + text_between(document, stand, end)


def guarded_among(region: Region, drafts: Sequence[LaidIn]) -> Region:
    """Return a region whose surroundings were measured with drafts in them, as they are without."""
    start, end, first, last = region.start, region.end, region.guard_start, region.guard_end
    if first is not None:
        ahead = [(start - one.end, start - one.start, one) for one in drafts if one.end <= start]
        first = start - _without(ahead, start - first)
    if last is not None:
        behind = [(one.start - end, one.end - end, one) for one in drafts if end <= one.start]
        last = end + _without(behind, last - end)
    return replace(region, guard_start=first, guard_end=last)


def _without(drafts: Sequence[tuple[int, int, LaidIn]], reach: int) -> int:
    """Return how far surroundings reach that do so far with drafts in them.

    Of the draft that they end in they have all that it stands for.

    Args:
        drafts: Each with how far from the region what it stands for begins and ends.
        reach: UTF-16 units from the region.
    """
    growth = 0
    for begins, ends, one in sorted(drafts, key=lambda draft: draft[:2]):
        if reach <= begins + growth:
            break
        growth += one.growth
        if reach < ends + growth:
            return ends
    return reach - growth
