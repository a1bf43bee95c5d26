"""Whether a document has the text again that a draft was made for."""

from PySide6.QtGui import QTextDocument

from app.proposal.model.placement import Placement
from app.text.edits import length_of, text_between
from app.text.positions import utf16_len
from app.text.rebase import Trail


def is_there(document: QTextDocument, place: Placement) -> bool:
    """Return whether the region's text is the one that its draft is to replace."""
    start, end = place.ends
    is_inside = 0 <= start and end <= length_of(document)
    return is_inside and text_between(document, start, end) == place.old_text


def is_as_asked(document: QTextDocument, place: Placement) -> bool:
    """Return whether the text around the region is the one that its drafts count as made from."""
    (before, after), (start, end) = place.surroundings, place.ends
    first, last = start - utf16_len(before), end + utf16_len(after)
    length = length_of(document)
    if first < 0 or last > length:
        return False
    reaches_start, reaches_end = place.reaches_ends
    if (reaches_start and first > 0) or (reaches_end and last < length):
        return False
    is_before = text_between(document, first, start) == before
    return is_before and text_between(document, end, last) == after


def place_again(document: QTextDocument, place: Placement, trail: Trail) -> Placement | None:
    """Return where a parked draft's own text stands again; None as long as it does not."""
    for start in trail.places(utf16_len(place.old_text)):
        found = place.back_at(start)
        # A mere place is there whatever the text is: it is known by what stands around it.
        is_found = is_there(document, found) if place.old_text else is_as_asked(document, found)
        if is_found:
            return found
    return None
