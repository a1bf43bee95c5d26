"""What a rewrite has to keep of the shape of prose: sentences and lines."""

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
    """Whether a request is for words within a line of prose, which get no line break.

    Not so where the user says what the text has to be like (an instruction may ask for a list), nor
    where words beside it may change, with line breaks of their own.
    """
    wish = request.constraints
    is_told = request.instruction or wish.pattern or wish.characters or request.soft_edge
    if is_told or request.language not in PROSE or request.length.mode is LengthMode.LINES:
        return False
    if core := request.region.strip():
        return len(core.splitlines()) == 1
    line = request.before[-SAMPLE:].rpartition("\n")[2], request.after[:SAMPLE].partition("\n")[0]
    return "\n" not in request.region and all(part.strip() for part in line)
