"""What a rewrite keeps of the shape of a text: sentences and lines."""

import re

from engine.api import Generate, LengthMode

PROSE = ("", "text", "markdown", "rst", "tex", "latex")  # as Pygments calls them
SAMPLE = 1200  # characters of text before a region, to learn from how it is written
SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s+")
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|[A-Z])\.\s+$")  # a name goes on behind it
_SENTENCE_START = re.compile(r"\s*[\"'“‘«(]*(\w)")


def is_between_sentences(before: str, after: str) -> bool:
    """Whether one sentence has ended before a caret and another begins behind it."""
    near = before[-SAMPLE:]
    ends = [match.end() for match in SENTENCE_END.finditer(near)]
    start = _SENTENCE_START.match(after)
    has_ended = bool(ends) and ends[-1] == len(near) and not _TITLE.search(near)
    return has_ended and start is not None and start[1].isupper()


def stays_on_line(request: Generate) -> bool:
    """Whether a request is for words within a line, which get no line break.

    In prose every line is a whole; in code a selection beside other code stays beside it. Not so
    where the user says what the text has to be like (an instruction may ask for a list), nor where
    words beside it may change, with line breaks of their own.
    """
    wish, region = request.constraints, request.region
    if request.instruction or wish.pattern or wish.characters or request.soft_edge:
        return False
    if request.length.mode is LengthMode.LINES or len(region.strip().splitlines()) > 1:
        return False
    is_prose = request.language in PROSE
    behind = request.before[-SAMPLE:] + region[: len(region) - len(region.lstrip())]
    ahead = region[len(region.rstrip()) :] + request.after[:SAMPLE]
    sides = (behind.rpartition("\n")[2].strip(), ahead.partition("\n")[0].strip())
    if region.strip():
        return is_prose or any(sides)
    return is_prose and all(sides)
