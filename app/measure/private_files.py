"""Files that nothing is filled in: no server is told what is in them either."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

_SPECIAL = re.compile(r"([\\*?\[\]!# ])")  # of a pattern
_WITH_BACKSLASH = r"\\\1"


def without_private(
    places: Sequence[Path], private: Iterable[str]
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Return places without private files, and patterns that keep those within folders out.

    Args:
        places: Files and folders.
        private: The paths of files.
    """
    files = [Path(path) for path in private]
    left = tuple(place for place in places if place not in files)
    within = (file.relative_to(place) for place in left for file in files if place in file.parents)
    return left, tuple(f"!/{_SPECIAL.sub(_WITH_BACKSLASH, name.as_posix())}" for name in within)
