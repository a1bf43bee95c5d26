"""Places in a text that somebody left to be filled in."""

import re
from collections.abc import Iterator

# A line of underscores, an ellipsis that no word touches, and what is still to be done, to its
# line's end.
_MARKED = re.compile(r"_{3,}|(?<!\S)(?:…|\[…\]|\.\.\.)(?!\S)|\bTODO:[^\n]*")
# Of JSON: behind a name's colon, where no value comes in the next line either.
_EMPTY_TEXT = re.compile(r'(?<=:)[ \t]*("")(?=\s*(?:[,}\]]|\Z))')
_NO_VALUE = re.compile(r'(?<=[^\\]":)[ \t]*(?=\s*(?:[,}\]]|\Z))')
_NO_ENTRY = re.compile(r"(?m)^([ \t]*)(?:- )?[\w.-]+:([ \t]*)$")  # of YAML: nothing on the line
_ROW = re.compile(r"(?m)^[ \t]*\|.*\|[ \t]*$")  # of a Markdown table
_CELL = re.compile(r"(?<=(?<!\\)\|)[ \t]+(?=\|)")


def blanks_of(text: str, language: str, behind: str = "") -> list[tuple[int, int]]:
    """Return the blanks of a text, code points; an empty value is a place, or its two quotes.

    Args:
        text: In which they are looked for.
        behind: What follows, as far as it may be the value of a name at the text's end.
        language: Such as "json"; what is an empty value depends on it. In prose, tables and rows
            with as many commas each are looked at.
    """
    found = [match.span() for match in _MARKED.finditer(text)]
    if language == "json":
        found += map(_behind_space, _NO_VALUE.finditer(text + behind))
        found += (m.span(1) for m in _EMPTY_TEXT.finditer(text + behind))
    elif language == "yaml":
        found += _entries(text + behind)
    elif not language or language == "markdown":
        found += _cells(text)
        found += _fields(text)
    return sorted({(start, end) for start, end in found if end <= len(text)})


def _behind_space(match: re.Match[str]) -> tuple[int, int]:
    """Return the place behind one space, where a value is written."""
    place = min(match.start() + 1, match.end())
    return place, place


def _entries(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places behind names that have no value, on their line or below it."""
    for match in _NO_ENTRY.finditer(text):
        below = text[match.end() :].lstrip("\n").split("\n", 1)[0]
        depth = len(below) - len(below.lstrip())
        is_parent = below.strip() and (depth > len(match[1]) or below.lstrip().startswith("- "))
        if not is_parent:
            place = min(match.start(2) + 1, match.end())
            yield place, place


def _cells(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places in empty cells of tables, one space from their border."""
    for row in _ROW.finditer(text):
        for cell in _CELL.finditer(row[0]):
            place = row.start() + cell.start() + 1
            yield place, place


def _fields(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of empty fields, where all lines have as many commas, two at the least.

    A comma with a space behind it is one of prose.
    """
    lines = text.split("\n")
    counts = {line.count(",") for line in lines if line.strip()}
    if len(counts) != 1 or max(counts) < 2 or ", " in text:
        return
    start = 0
    for line in lines:
        place = start
        for field in line.split(",") if line else ():
            if not field.strip():
                yield place, place
            place += len(field) + 1
        start += len(line) + 1
