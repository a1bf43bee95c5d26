"""The texts of a training, beside it until it is done: their files may change meanwhile."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.small_files import in_place_of, read_small
from engine.texts.document import Documents

if TYPE_CHECKING:
    from pydantic import TypeAdapter

_TEXTS: Final = "texts.json"
_MAX_BYTES: Final = 512 << 20


def keep_texts(folder: Path, documents: Documents) -> None:
    """Write the texts of a training down.

    Raises:
        OSError: If the disk does not take them.
    """
    values = _adapter().dump_python(documents, mode="json")
    with in_place_of(folder / _TEXTS) as part:
        # In ASCII: the name of a file may hold what is no text.
        part.write_text(json.dumps(values), encoding="ascii")


def kept_texts(folder: Path) -> Documents | None:
    """Return the texts that a training was begun with; None: they are not there any more."""
    try:
        return _adapter().validate_python(json.loads(read_small(folder / _TEXTS, _MAX_BYTES)))
    except (OSError, ValueError, RecursionError):
        return None


@cache
def _adapter() -> "TypeAdapter[Documents]":
    from pydantic import TypeAdapter  # noqa: PLC0415 - reading folders needs none

    return TypeAdapter(Documents)
