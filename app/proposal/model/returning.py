"""Whether a document has the text again that a draft was made for."""

from collections.abc import Sequence

from PySide6.QtGui import QTextDocument

from app.proposal.model.others import LaidIn, text_with
from app.proposal.model.placement import Placement
from app.text.edits import length_of, text_between
from app.text.positions import utf16_len
from app.text.rebase import GUARD_CHARS, Trail

_NEAR = 4 * GUARD_CHARS  # UTF-16 units that hold what drafts count as made from, drafts included


def is_there(document: QTextDocument, place: Placement) -> bool:
    """Return whether the region's text is the one that its draft is to replace."""
    start, end = place.ends
    is_inside = 0 <= start and end <= length_of(document)
    return is_inside and text_between(document, start, end) == place.old_text


def is_as_asked(document: QTextDocument, place: Placement, drafts: Sequence[LaidIn] = ()) -> bool:
    """Return whether the text around the region is the one that its drafts count as made from.

    It is read with the `drafts` of other regions in it.
    """
    (before, after), (start, end) = place.surroundings, place.ends
    first, last = max(0, start - _NEAR), min(length_of(document), end + _NEAR)
    reaches_start, reaches_end = place.reaches_ends
    if (reaches_start and first > 0) or (reaches_end and last < length_of(document)):
        return False
    ahead = text_with(document, first, start, drafts)
    behind = text_with(document, end, last, drafts)
    is_before = ahead == before if reaches_start else ahead.endswith(before)
    return is_before and (behind == after if reaches_end else behind.startswith(after))


def place_again(document: QTextDocument, place: Placement, trail: Trail) -> Placement | None:
    """Return where a parked draft's own text stands again; None as long as it does not.

    The same words in another sentence are not that text: all that was edited with it must be back.
    """
    start = trail.place(utf16_len(place.old_text))
    if start is None:
        return None
    found = place.back_at(start)
    if not place.old_text:  # a mere place is known by what stands around it
        return found if is_as_asked(document, found) else None
    is_back = is_there(document, found) and _is_beside(document, found, trail)
    return found if is_back else None


def _is_beside(document: QTextDocument, place: Placement, trail: Trail) -> bool:
    """Return whether what was edited beside a region is as it was when its draft was asked for."""
    (before, after), (start, end) = place.surroundings, place.ends
    ahead, behind = min(trail.ahead, utf16_len(before)), min(trail.behind, utf16_len(after))
    if start < ahead or end + behind > length_of(document):
        return False
    is_before = before.endswith(text_between(document, start - ahead, start))
    return is_before and after.startswith(text_between(document, end, end + behind))
