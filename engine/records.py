"""Records of dataclasses as JSON files, read with distrust and written whole or not at all."""

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from engine.small_files import read_small, write_object

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Record = TypeVar("Record")
# They hold the texts of folders.
_MAX_BYTES: Final = 512 << 20


def read_record(path: Path, kind: type[Record], version: int | None = None) -> Record:
    """Return the record in a file.

    Args:
        path: The file.
        kind: What it has to be.
        version: What its `version` has to be; None: anything.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no such record.
    """
    try:
        data = json.loads(read_small(path, _MAX_BYTES))
    except RecursionError as error:
        raise ValueError("its lists and objects lie too deep in each other") from error
    found = data.get("version") if isinstance(data, dict) else None
    if version is not None and found != version:
        raise ValueError(f"it is of version {found}, this program reads {version}")
    of_kind: type = kind  # which can be told apart by a cache
    record: Record = _adapter(of_kind).validate_python(data)
    return record


def write_record(path: Path, record: object, indent: int | None = None) -> None:
    """Write a record to a file; a kill leaves the old one or the new one.

    Raises:
        OSError: If the disk does not take it.
    """
    kind: type = type(record)
    values = _adapter(kind).dump_python(record, mode="json")
    write_object(path, values, indent)


@cache
def _adapter(kind: type) -> "TypeAdapter[Any]":
    # The schema's library takes a while to import, and a window comes first.
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(kind)
