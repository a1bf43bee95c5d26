"""The rows and cells of Markdown tables."""

import re
from collections.abc import Iterator

BORDER = re.compile(r"(?<!\\)\|")  # a backslash before it makes it a sign of the text
_RULE = re.compile(r"[ \t]*\|?[ \t:|-]*-[ \t:|-]*")


def is_row(line: str) -> bool:
    """Whether a line is one of a table."""
    return line.lstrip(" \t").startswith("|")


def is_rule(line: str) -> bool:
    """Whether a line is that below a table's heading."""
    return _RULE.fullmatch(line) is not None


def cells_of(line: str) -> Iterator[tuple[str, int, int]]:
    """Yield the cells of a row: what is in each, from where to where in the line."""
    borders = [match.start() for match in BORDER.finditer(line)]
    ends = [*borders[1:], len(line.rstrip(" \t"))]
    for border, end in zip(borders, ends, strict=True):
        if border + 1 < end or end in borders:
            yield line[border + 1 : end].strip(), border + 1, end


def table_around(text: str, place: int) -> tuple[int, int]:
    """Return from where to where the table around a place goes, code points; nothing: no table."""
    start = text.rfind("\n", 0, place) + 1
    end = _line_end(text, start)
    if not is_row(text[start:end]):
        return place, place
    while start and is_row(text[(above := text.rfind("\n", 0, start - 1) + 1) : start]):
        start = above
    while end < len(text) and is_row(text[end + 1 : (below := _line_end(text, end + 1))]):
        end = below
    return start, end


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return end if end >= 0 else len(text)
