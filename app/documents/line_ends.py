"""Line ends: the editor knows one kind, a file may hold six; none is ever lost."""

import difflib
import os
import re

from app.translation import tr

# All that Qt turns into a block boundary; the last two are its own frame marks.
LINE_END = re.compile("\r\n|[\n\r\u2029\ufdd0\ufdd1]")
FRAME_MARKS = "\u2029\ufdd0\ufdd1"
LABELS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}

# Above this many line pairs between the first and the last change, comparing takes too long.
MAX_PAIRS = 4_000_000


def normalized(text: str) -> str:
    r"""Return the text with every line end as "\n"."""
    # Most texts have no other, and searching for characters is much faster than an expression.
    for end in ("\r\n", "\r", *FRAME_MARKS):
        text = text.replace(end, "\n")
    return text


def usual(text: str) -> str:
    """Return the line end to give to new lines of this text."""
    counts = _counts(text)
    best = max(counts.values())
    if best == 0:
        return os.linesep
    most = [end for end, count in counts.items() if count == best]
    return min(most, key=text.index) if len(most) > 1 else most[0]


def is_uniform(text: str) -> bool:
    """Say whether all line ends of the text are of its usual kind."""
    num_kinds = sum(count > 0 for count in _counts(text).values())
    return num_kinds <= 1 and not any(end in text for end in FRAME_MARKS)


def label(text: str) -> str:
    """Return the kind of line end to show, as in "LF"."""
    return LABELS[usual(text)] if is_uniform(text) else tr("mixed")


def _counts(text: str) -> dict[str, int]:
    # Counting characters takes a tenth of the time that a search for line ends takes.
    crlf = text.count("\r\n")
    return {"\n": text.count("\n") - crlf, "\r\n": crlf, "\r": text.count("\r") - crlf}


def restored(text: str, original: str) -> str:
    r"""Give the lines of `text`, ended by "\n", the line ends they had in `original`.

    Lines that are not in `original` get its usual line end; equal lines beside an edit cannot be
    told apart, and may swap theirs. With `text` equal to
    `normalized(original)` the result is `original`.
    """
    if is_uniform(original):
        return text.replace("\n", usual(original))
    old_lines, old_ends = LINE_END.split(original), LINE_END.findall(original)
    lines = text.split("\n")
    ends = [usual(original)] * (len(lines) - 1)
    runs = _common_runs(old_lines, lines)
    # The end in front of a line that stayed belongs to what stayed, even if its own line changed.
    for old_start, start, size in runs:
        if size and old_start and start:
            ends[start - 1] = old_ends[old_start - 1]
    for old_start, start, size in runs:
        count = min(size, len(old_ends) - old_start, len(ends) - start)
        ends[start : start + count] = old_ends[old_start : old_start + count]
    _keep_apart(lines, ends)
    return "".join(part for pair in zip(lines, [*ends, ""], strict=True) for part in pair)


def _keep_apart(lines: list[str], ends: list[str]) -> None:
    r"""Keep a "\r" and the "\n" of an empty line behind it from becoming one line end."""
    for i in range(len(ends) - 2, -1, -1):
        if ends[i] == "\r" and ends[i + 1] == "\n" and not lines[i + 1]:
            ends[i] = "\n"


def _common_runs(old: list[str], new: list[str]) -> list[tuple[int, int, int]]:
    """Return (index in old, index in new, length) of the runs of lines both have."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    rest = shorter - head
    tail = next((i for i in range(rest) if old[-1 - i] != new[-1 - i]), rest)
    runs = [(0, 0, head), (len(old) - tail, len(new) - tail, tail)]
    old_middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    if 0 < len(old_middle) * len(new_middle) <= MAX_PAIRS:
        matcher = difflib.SequenceMatcher(None, old_middle, new_middle)
        runs += [(head + m.a, head + m.b, m.size) for m in matcher.get_matching_blocks()]
    return runs
