"""From a region of a document to what the engine is asked."""

from collections.abc import Sequence

from PySide6.QtGui import QTextDocument

from app.editor import Editor
from app.editor.code_blocks import CLOSING
from app.proposal.model.others import LaidIn, text_with
from app.proposal.model.selections import ALL, Places
from app.text.edits import length_of, text_between
from app.text.rebase import AFTER_CHARS, BEFORE_CHARS
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
    places: Places = ALL,
    drafts: Sequence[LaidIn] = (),
) -> Generate:
    """Return the request for a region, UTF-16 units, with its surroundings.

    The stretches that are `pinned`, or those of `places`, are code points of the region's text.
    The surroundings are read with the `drafts` of other regions in them.
    """
    # Two units a code point at most.
    before = text_with(document, max(0, start - 2 * BEFORE_CHARS), start, drafts)
    limit = min(length_of(document), end + 2 * AFTER_CHARS)
    return Generate(
        job_id=job_id,
        revision=document.revision(),
        before=before[-BEFORE_CHARS:],
        region=text_between(document, start, end),
        after=text_with(document, end, limit, drafts)[:AFTER_CHARS],
        language=language,
        avoid=tuple(avoid),
        pinned=tuple(pinned),
        regions=places.regions,
        forms=places.forms,
        relations=places.relations,
        settings=settings,
    )


def language_between(editor: Editor, start: int, end: int) -> str:
    """Return the language of a region, UTF-16 units: that of the block of code that holds it all.

    What reaches beyond a block is the document's.
    """
    language, document = editor.language_at(start), editor.document()
    if language == editor.language:
        return language
    block, last = document.findBlock(start), document.findBlock(end)
    while block != last and editor.language_at(block.position()) == language:
        block = block.next()
    is_within = block == last and editor.language_at(end) == language
    # The line that ends a block counts as one of it.
    has_fence = end > last.position() and CLOSING.match(last.text())
    return language if is_within and not has_fence else editor.language
