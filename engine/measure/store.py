"""Measurements on this disk, a folder each: finished ones, and those that can go on.

One at work has its texts and a line for each gap that is filled; when it is finished these give way
to one file, which is written beside them and renamed. So it may be killed at any moment.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from engine.errors import BadRequestError
from engine.measure.measurement import VERSION, Asked, Measurement, Work
from engine.records import Record, read_record, write_record
from kernels.folders import data_folder

WORK, LINES, DONE, LOCK = "work.json", "lines.jsonl", "measurement.json", "lock"
_NO_NAME: Final = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A measurement's folder, as a list shows it."""

    folder: Path
    is_done: bool
    problem: str = ""  # why it is of no use

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name


def measurements_folder() -> Path:
    """Return where measurements are kept."""
    return data_folder() / "measurements"


def listed(root: Path | None = None) -> list[Kept]:
    """Return all measurements, the newest first."""
    folders = sorted((root or measurements_folder()).glob("*/"), reverse=True)
    return [
        Kept(folder=folder, is_done=is_done)
        for folder in folders
        if (is_done := (folder / DONE).is_file()) or (folder / WORK).is_file()
    ]


def begun(work: Work, root: Path | None = None) -> Path:
    """Write down what is to be measured; return its folder.

    Raises:
        BadRequestError: If there is no room for it.
    """
    root = root or measurements_folder()
    day, time = work.made[:10], work.made[11:19].replace(":", "-")
    about = _NO_NAME.sub("-", Path(work.asked.places[0]).name if work.asked.places else "texts")
    name = f"{day} {time} {about[:40].strip('-')}".strip()
    folder, number = root / name, 2
    while folder.exists():
        folder, number = root / f"{name} {number}", number + 1
    _write(folder / WORK, work)
    return folder


def unfinished(asked: Asked, root: Path | None = None) -> Path | None:
    """Return the newest measurement that was asked the same and has not come to its end."""
    for one in listed(root):
        if not one.is_done:
            with suppress(BadRequestError):
                if read_work(one.folder).asked == asked:
                    return one.folder
    return None


def read_work(folder: Path) -> Work:
    """Return what is to be measured.

    Raises:
        BadRequestError: If it is damaged, or measured already.
    """
    if not (folder / WORK).exists() and (folder / DONE).exists():
        raise BadRequestError(
            f"The measurement {folder.name} is finished. Look at it in the window or with `inlay "
            f"measure --show {folder.name!r}`."
        )
    return _read(folder / WORK, Work)


def read_measurement(folder: Path) -> Measurement:
    """Return a finished measurement.

    Raises:
        BadRequestError: If it is damaged, or not finished.
    """
    if not (folder / DONE).exists() and (folder / WORK).exists():
        raise BadRequestError(
            f"The measurement {folder.name} is not finished. Go on with it first, in the window or "
            f"with `inlay measure --resume {folder.name!r}`."
        )
    return _read(folder / DONE, Measurement)


def finish(folder: Path, measurement: Measurement) -> None:
    """Keep a measurement and let go of what it was made from.

    Raises:
        BadRequestError: If there is no room for it; then it can be finished later.
    """
    _write(folder / DONE, measurement, indent=1)
    for name in (WORK, LINES):
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a measurement at work; one process at a time can.

    Raises:
        BadRequestError: If another process measures it right now.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BadRequestError(
            f"The measurement {folder.name} is at work already, in another window or terminal."
        ) from error
    except OSError as error:
        raise _no_room(folder, error) from error
    try:
        yield
    finally:
        lock.release()
        with suppress(OSError):
            (folder / LOCK).unlink(missing_ok=True)


def read_lines(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the lines of a measurement at work; one that a kill has cut is passed over."""
    try:
        lines = (folder / LINES).read_bytes().splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        with suppress(ValueError):
            yield json.loads(line)


def append_line(folder: Path, line: dict[str, object]) -> None:
    """Write a line, and be sure that it stays.

    Raises:
        BadRequestError: If there is no room for it.
    """
    try:
        with (folder / LINES).open("ab") as file:
            # A line that a kill has cut must not take this one along.
            file.write(b"\n" + json.dumps(line).encode() + b"\n")
    except OSError as error:
        raise _no_room(folder, error) from error


def delete(folder: Path, root: Path | None = None) -> None:
    """Delete a measurement.

    Raises:
        BadRequestError: If it is none, is at work, or cannot be deleted.
    """
    is_ours = folder.parent == (root or measurements_folder())
    if not is_ours or folder.is_symlink() or not folder.is_dir():
        raise BadRequestError(f"{folder} is no measurement; nothing was deleted.")
    with held(folder):
        pass  # nobody measures it
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise BadRequestError(
            f"{folder} cannot be deleted ({error.strerror}). Try again."
        ) from error


def named(name: str, root: Path | None = None) -> Path:
    """Return the folder of a measurement by its name, or by the beginning of it.

    Raises:
        BadRequestError: If there is none, or there are several.
    """
    found = [one.folder for one in listed(root) if one.name.startswith(name)]
    exact = [folder for folder in found if folder.name == name]
    if len(exact or found) != 1:
        which = "There are several measurements" if found else "There is no measurement"
        raise BadRequestError(f"{which} named {name!r}. `inlay measure --list` lists them.")
    return (exact or found)[0]


def _read(path: Path, kind: type[Record]) -> Record:
    try:
        return read_record(path, kind, VERSION)
    except (OSError, ValueError) as error:
        raise BadRequestError(
            f"The measurement {path.parent.name} cannot be read ({str(error).splitlines()[0]}). "
            "Delete it and measure again."
        ) from error


def _write(path: Path, record: Work | Measurement, indent: int | None = None) -> None:
    try:
        # The texts in it are the user's own.
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_record(path, record, indent)
    except OSError as error:
        raise _no_room(path.parent, error) from error


def _no_room(folder: Path, error: OSError) -> BadRequestError:
    return BadRequestError(
        f"Nothing can be written to {folder} ({error.strerror}). Make room there and start it "
        "again: it goes on where it was."
    )
