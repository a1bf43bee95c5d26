"""Files that are read whole, with distrust, and written whole or not at all.

Read are regular ones alone, and never more than a bound: a pipe would be waited for without end, a
device may do anything when it is opened, and a file of 10 GB takes one command to make.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from stat import S_ISREG
from typing import Any

# The weight index of the largest known checkpoint is 5 MB; lists decode to 24 times their text.
MAX_JSON_BYTES = 16 << 20

# Without waiting: opening a pipe that nobody writes to would never end.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading bytes; it never waits for anybody.

    Raises:
        OSError: If the file cannot be opened.
        ValueError: If it is a pipe, a device or a folder.
    """
    _check_regular(path.stat().st_mode)
    file = open(os.open(path, _FLAGS), "rb")  # noqa: SIM115 - the caller closes it
    try:
        # It may be another one by now.
        _check_regular(os.fstat(file.fileno()).st_mode)
    except ValueError:
        file.close()
        raise
    return file


def read_small(path: Path, limit: int = MAX_JSON_BYTES) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no regular file, or has more than `limit` bytes.
    """
    with open_regular(path) as file:
        is_small = os.fstat(file.fileno()).st_size <= limit
        # A file of the system may say that it has none, and have some.
        data = file.read(limit + 1) if is_small else b""
    if not is_small or len(data) > limit:
        raise ValueError(f"it is larger than {limit >> 10:,} KiB")
    return data


def read_object(path: Path, limit: int = MAX_JSON_BYTES) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is no regular file, has more than `limit` bytes, or is no JSON object.
    """
    try:
        value = json.loads(read_small(path, limit).decode())
    except RecursionError as error:
        raise ValueError("its lists and objects lie too deep in each other") from error
    if not isinstance(value, dict):
        raise ValueError("it does not hold a JSON object")
    return value


def write_object(path: Path, value: Any, indent: int | None = 1) -> None:  # noqa: ANN401
    """Write what JSON can hold to a file; a kill leaves the old one or the new one.

    Raises:
        OSError: If the disk does not take it.
    """
    with in_place_of(path) as part:
        # In ASCII: the name of a file may hold what is no text.
        part.write_text(json.dumps(value, indent=indent), encoding="ascii")


def sha256_of(path: Path) -> str:
    """Return a file's checksum in hexadecimal, whatever its size.

    Raises:
        OSError: If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """Give a path to write a file to, which takes the place of another at the end, in one step.

    A kill, or whatever is raised within, leaves the file that was there.

    Raises:
        OSError: If the disk does not take it.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _check_regular(mode: int) -> None:
    if not S_ISREG(mode):
        raise ValueError("it is no regular file")
