"""The text of several regions, put together from what is written and what stands between."""

from collections.abc import Sequence

from engine.api import DraftSpan, Generate
from engine.region.progress import Draft


def joined(request: Generate, texts: Sequence[Draft]) -> Draft:
    """Return a request's region with a draft in each of its regions, in the order of `regions`."""
    text, spans, stand = "", list[DraftSpan](), 0
    placed = sorted(zip(request.regions, texts, strict=True), key=lambda pair: pair[0])
    for (begin, finish), own in placed:
        between = Draft.in_one_piece(request.region[stand:begin])
        for draft in (between, own):
            spans += draft.moved(len(text)).spans
            text += draft.text
        stand = finish
    rest = Draft.in_one_piece(request.region[stand:])
    return Draft(text=text + rest.text, spans=(*spans, *rest.moved(len(text)).spans))
