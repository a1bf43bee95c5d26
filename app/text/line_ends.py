"""Line ends: the editor knows one kind, a file may hold six; none is ever lost.

What each line of a mixed text ends with is kept as one letter a line (`app.text.kept_ends`).
"""

import os
import re

from app.text.kept_ends import NONE
from app.translation import tr

# All that Qt turns into a block boundary; the last two are its own frame marks.
LINE_END = re.compile("\r\n|[\n\r\u2029\ufdd0\ufdd1]")
FRAME_MARKS = "\u2029\ufdd0\ufdd1"
LABELS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}
_BY_LETTER = {"n": "\n", "b": "\r\n", "r": "\r", "p": "\u2029", "f": "\ufdd0", "g": "\ufdd1"}
_LETTERS = {end: letter for letter, end in _BY_LETTER.items()}
_CR_BEFORE_LF = re.compile("rn+")  # letters


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
    # Of equally many the first: it is what the file began with.
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


def kinds(text: str) -> str:
    """Return what each line ends with, a letter each; empty if all ends are of one kind."""
    return "" if is_uniform(text) else "".join(_LETTERS[end] for end in LINE_END.findall(text))


def with_ends(text: str, ends: str, usual_end: str) -> str:
    r"""Return the text, its lines ended by "\n", with what each of them ends with.

    A line without a kind of its own gets the usual end.
    """
    if not ends.strip(NONE):
        return text.replace("\n", usual_end)
    ends = ends.replace(NONE, _LETTERS[usual_end])
    lines = text.split("\n")
    parts = [""] * (2 * len(lines) - 1)
    parts[::2] = lines
    parts[1::2] = [_BY_LETTER[letter] for letter in ends]
    # A "\r" and the "\n" of an empty line behind it would become one line end.
    for found in _CR_BEFORE_LF.finditer(ends):
        for number in range(found.start() + 1, found.end()):
            if lines[number]:
                break
            parts[2 * number + 1] = "\r"
    return "".join(parts)
