"""The texts of a training, beside it until it is done: their files may change meanwhile."""

from pathlib import Path
from typing import Final

from engine.records import read_record, write_record
from engine.texts.document import Documents

_TEXTS: Final = "texts.json"


def keep_texts(folder: Path, documents: Documents) -> None:
    """Write the texts of a training down.

    Raises:
        OSError: If the disk does not take them.
    """
    write_record(folder / _TEXTS, documents)


def kept_texts(folder: Path) -> Documents | None:
    """Return the texts that a training was begun with; None: they are not there any more."""
    try:
        return read_record(folder / _TEXTS, Documents)
    except (OSError, ValueError):
        return None
