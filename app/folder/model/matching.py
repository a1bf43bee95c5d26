"""Files found by a few letters of their names, in their order.

Libraries for fuzzy texts measure how far one text is from another; here letters are left out on
purpose, and what counts is where they stand: at the starts of words, in the file's own name.
"""

import heapq
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from app.system.turns import Turns

MOST = 100  # files that are told
IN_NAME, AT_START, IN_RUN, WHOLE = 6, 5, 4, 30  # what a letter, or all of them, is worth there


def best(
    letters: str, names: Iterable[str], is_stopped: Callable[[], bool] = lambda: False
) -> list[str]:
    """Return the names that have these letters in their order, the likeliest first.

    Without letters the first names, as they come.
    """
    wanted = letters.casefold().replace(" ", "")
    if not wanted:
        return list(islice(names, MOST))
    # To look whether the letters are there at all takes an expression a microsecond.
    pattern = re.compile(".*?".join(map(re.escape, wanted)), re.DOTALL)
    turns = Turns()

    def scored() -> Iterator[tuple[int, int, str]]:
        for name in names:
            turns.step()
            if is_stopped():
                return
            if pattern.search(name.casefold()):
                yield -score(wanted, name), len(name), name

    # One by one: a list of all would be sorted in one go, which holds all other threads.
    likeliest = heapq.nsmallest(MOST, scored())
    return [] if is_stopped() else [name for _, _, name in likeliest]


def score(wanted: str, name: str) -> int:
    """Return how well letters fit a path that has them; `wanted` is folded, without spaces."""
    path = name.casefold()
    start = max(path.rfind("/"), path.rfind("\\")) + 1
    # In the file's own name if they are all there, else wherever they are.
    first = _score(wanted, path, start, name)
    return first if first is not None else _score(wanted, path, 0, name) or 0


def _score(wanted: str, path: str, begin: int, name: str) -> int | None:
    in_name = begin > 0 or not ("/" in path or "\\" in path)
    total, place, run = 0, begin, 0
    for letter in wanted:
        found = _next(letter, path, place, name)
        if found < 0:
            return None
        run = run + 1 if found == place and total else 0
        total += 1 + IN_NAME * in_name + AT_START * _starts(path, found, name) + IN_RUN * run
        place = found + 1
    return total + WHOLE * (wanted in path[begin:])


def _next(letter: str, path: str, place: int, name: str) -> int:
    """Return where a letter is next: where it follows, else where it begins a word, else at all."""
    found = path.find(letter, place)
    if found <= place:
        return found
    start = found
    while start >= 0 and not _starts(path, start, name):
        start = path.find(letter, start + 1)
    return start if start >= 0 else found


def _starts(path: str, place: int, name: str) -> bool:
    if place == 0 or not path[place - 1].isalnum():
        return True
    # Folding may make a name longer; then capitals say nothing.
    return len(name) == len(path) and name[place].isupper() and name[place - 1].islower()
