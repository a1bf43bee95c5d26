"""The words beside a region that a draft with soft edges stands for as well."""

import re

from engine.api import Generate

_LAST_WORD = re.compile(r"\s+\S+\s*\Z")
_FIRST_WORD = re.compile(r"\s*\S+(?=\s|\Z)")


def edges_held(request: Generate, text: str) -> tuple[int, int]:
    """Return how many code points around the region a draft's text begins and ends with.

    The engine holds these words as they are until late, and tells how many only at the end.
    """
    before, after = request.before, request.after
    ahead = behind = 0
    start, end = len(before), 0
    # A selection that begins or ends inside a word makes one more of it.
    for _ in range(request.soft_edge + 1):
        if (word := _LAST_WORD.search(before, max(0, start - 200), start)) is not None:
            start = word.start()
            ahead = len(before) - start if text.startswith(before[start:]) else ahead
        if (word := _FIRST_WORD.match(after, end)) is not None:
            end = word.end()
            behind = end if text.endswith(after[:end]) else behind
    return ahead, behind
