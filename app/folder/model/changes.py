"""What has to go and to come for one sorted list to become another."""

from collections.abc import Iterator
from itertools import islice

from app.folder.model.listing import order

Step = tuple[int, int, list[str]]
MOST = 200  # steps; so many are done faster by putting all anew


def changes(old: list[str], new: list[str]) -> list[Step]:
    """Return the steps that make one list of another, as `steps` has them; at most a few."""
    found = list(islice(steps(old, new), MOST + 1))
    return found if len(found) <= MOST else [(0, len(old), new)]


def steps(old: list[str], new: list[str]) -> Iterator[Step]:
    """Yield steps: the rows from one to another go, and these come in their place.

    Each step is meant for the list as the steps before it have left it; rows in a run are one step.
    """
    if old == new:
        return
    at_old = at_new = row = 0
    while at_old < len(old) or at_new < len(new):
        first_old, first_new = at_old, at_new
        while at_old < len(old) and not _holds(new, at_new, old[at_old]):
            if at_new < len(new) and order(new[at_new]) < order(old[at_old]):
                break
            at_old += 1
        while at_new < len(new) and not _holds(old, at_old, new[at_new]):
            if at_old < len(old) and order(old[at_old]) < order(new[at_new]):
                break
            at_new += 1
        come = new[first_new:at_new]
        if at_old > first_old or come:
            yield row, row + at_old - first_old, come
            row += len(come)
        while at_old < len(old) and at_new < len(new) and old[at_old] == new[at_new]:
            at_old, at_new, row = at_old + 1, at_new + 1, row + 1


def _holds(entries: list[str], at: int, entry: str) -> bool:
    return at < len(entries) and entries[at] == entry
