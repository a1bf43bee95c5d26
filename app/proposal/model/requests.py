"""From a region of a document to what the engine is asked."""

from collections.abc import Sequence

from PySide6.QtGui import QTextDocument

from app.text.edits import length_of, text_between
from app.text.positions import to_utf16, utf16_len
from app.text.rebase import AFTER_CHARS, BEFORE_CHARS, GUARD_CHARS, Region
from engine.api import Generate, RunSettings


def make_request(
    document: QTextDocument,
    start: int,
    end: int,
    settings: RunSettings,
    *,
    language: str,
    job_id: int,
    avoid: Sequence[str] = (),
    pinned: Sequence[tuple[int, int]] = (),
) -> Generate:
    """Return the request for a region, UTF-16 units, with its surroundings.

    The stretches that are `pinned` are code points of the region's text.
    """
    # Two units a code point at most.
    before = text_between(document, max(0, start - 2 * BEFORE_CHARS), start)
    limit = min(length_of(document), end + 2 * AFTER_CHARS)
    return Generate(
        job_id=job_id,
        revision=document.revision(),
        before=before[-BEFORE_CHARS:],
        region=text_between(document, start, end),
        after=text_between(document, end, limit)[:AFTER_CHARS],
        language=language,
        avoid=tuple(avoid),
        pinned=tuple(pinned),
        settings=settings,
    )


def guarded_region(request: Generate, start: int, end: int) -> Region:
    """Return the region with the surroundings that its drafts will be computed from."""
    before, after = request.before, request.after
    guard_start = start - utf16_len(before[-GUARD_CHARS:])
    return Region(
        start=start,
        end=end,
        guard_start=guard_start if len(before) > GUARD_CHARS else None,
        guard_end=end + to_utf16(after, GUARD_CHARS) if len(after) > GUARD_CHARS else None,
    )
