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
    first, last = region.guard_start, region.guard_end
    for one in drafts:
        if first is not None and first <= one.start and one.end <= region.start:
            first += one.growth
        elif last is not None and region.end <= one.start and one.end <= last:
            last -= one.growth
    return replace(region, guard_start=first, guard_end=last)
