"""Converted copies of models, which a card's first load leaves on the disk."""

from collections.abc import Collection
from pathlib import Path


def delete_converted(names: Collection[str], root: Path | None = None) -> int:
    """Delete the copies made from folders of these names; return how many there were.

    Args:
        names: Of the folders that were loaded.
        root: Where copies are kept; None: in the user's cache.

    Raises:
        OSError: If one cannot be deleted.
    """
    # Brings torch, which whoever only looks at the disk does without.
    from engine.checkpoints.cache import delete_cache, list_caches  # noqa: PLC0415
    from engine.model.placing import converted_folder  # noqa: PLC0415

    place = root or converted_folder()
    found = [info for info in list_caches(place) if info.source in names]
    for info in found:
        delete_cache(place, info.folder)
    return len(found)
