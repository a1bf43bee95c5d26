"""What was taught: a folder for each adapter, with its card; found, renamed, deleted, taken in.

An adapter is laid out as PEFT does it (`adapter_config.json`, `adapter_model.safetensors`). Its
`card.json` says what it was taught from and whether that helped; it holds no text. While it is
being taught, the folder `training` in it has what a killed run goes on from. No torch.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from engine.errors import BadRequestError
from engine.small_files import open_regular, read_object, write_object
from kernels.folders import data_folder

WEIGHTS, CONFIG, CARD = "adapter_model.safetensors", "adapter_config.json", "card.json"
TRAINING, ASKED = "training", "asked.json"
_LOCK: Final = "lock"
# What every system takes as the name of a folder, and nobody mistakes for a path or an option.
_NAME: Final = re.compile(r"\w(?:[\w .()+-]{0,58}[\w)+-])?")
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # of Windows
_MOST_HEADER: Final = 16 << 20  # bytes
_MOST_NUMBER: Final = 1e9  # minutes or nats of a card; what is no number is not below it either


class Condition(StrEnum):
    """What can be done with an adapter."""

    READY = "ready"
    UNFINISHED = "unfinished"  # its training can go on
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What an adapter is and was taught from; numbers and names only."""

    model: str = ""  # its name, for people
    base: str = ""  # likewise
    shipped: str = ""  # SHA-256 of the adapter that it stands beside
    made: str = ""  # a date and time, as ISO 8601 has them
    seed: int = 0
    steps: int = 0
    step: int = 0  # whose halves these are: the best on what was held out
    minutes: float = 0.0  # of work
    sequences: int = 0  # of a step
    threads: int = 0
    rank: int = 0
    opens_as_model: bool = False  # its folder is chosen as a model's, not asked for beside one
    folders: list[str] = field(default_factory=list)
    patterns: list[str] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)  # characters of each
    left_out: dict[str, int] = field(default_factory=dict)  # files, by reason
    cut_lines: int = 0  # that looked like secrets
    loss_before: float | None = None  # of text held out, in nats
    loss_after: float | None = None
    measured_before: dict[str, Any] = field(default_factory=dict)  # as Measure keeps a subject
    measured_after: dict[str, Any] = field(default_factory=dict)
    helps: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """One folder of the store."""

    name: str
    folder: Path
    condition: Condition
    problem: str = ""  # of a damaged one, and what to do about it
    card: Card | None = None
    goes_on: bool = False  # its training was left off and can be taken up

    @property
    def stands_beside(self) -> bool:
        """Whether a request can ask for it, beside the model that is loaded."""
        is_model = self.card is not None and self.card.opens_as_model
        return self.condition is Condition.READY and not is_model


def adapters_folder() -> Path:
    """Return where adapters are kept."""
    return data_folder() / "adapters"


def checked_name(name: str) -> str:
    """Return a name for an adapter, without spaces around it.

    Raises:
        BadRequestError: If it cannot be the name of a folder on every system.
    """
    name = name.strip()
    if not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
        raise BadRequestError(
            f"{name!r} cannot be the name of an adapter. Take up to 60 letters, digits, spaces and "
            "-_.+(), with a letter or digit in front."
        )
    return name


def is_taken(name: str, root: Path | None = None) -> bool:
    """Whether an adapter of this name is done, so that no other is taught under it."""
    folder = (root or adapters_folder()) / name
    # The folder of a training that is done may still be there, if it could not be deleted.
    return (folder / WEIGHTS).exists() and not (folder / TRAINING / ASKED).exists()


def list_adapters(root: Path | None = None) -> list[Taught]:
    """Return all adapters by name, unfinished and damaged ones too.

    Args:
        root: Where they are kept; None: in the user's data folder.
    """
    try:
        folders = sorted((root or adapters_folder()).iterdir(), key=lambda one: one.name.lower())
    except OSError:
        return []
    return [described(folder) for folder in folders if _is_ours(folder)]


def find_adapter(name: str, root: Path | None = None) -> Path:
    """Return the folder of a finished adapter, by its name or its path.

    Raises:
        BadRequestError: If there is none, or it is damaged; it says which there are.
    """
    place = root or adapters_folder()
    folder = Path(name) if os.sep in name or (os.altsep and os.altsep in name) else place / name
    found = described(folder) if folder.is_dir() else None
    if found is None or found.condition is Condition.UNFINISHED:
        ready = [one.name for one in list_adapters(root) if one.condition is Condition.READY]
        there = f"There are: {', '.join(ready)}." if ready else "There is none yet: teach one."
        state = "is not finished" if found else "is not there"
        raise BadRequestError(f"The adapter {name} {state}. {there}")
    if found.condition is Condition.DAMAGED:
        raise BadRequestError(found.problem)
    return folder


def described(folder: Path) -> Taught:
    """Return what a folder holds; one that is not there holds a damaged adapter."""
    goes_on = (folder / TRAINING / ASKED).exists()
    values: dict[str, Any] = {
        "name": folder.name,
        "folder": folder,
        "goes_on": goes_on,
    }
    if goes_on and not (folder / CARD).exists():  # whether it helps is not known yet
        return Taught(condition=Condition.UNFINISHED, **values)
    if not folder.is_dir():
        problem = (
            f"The adapter {folder.name} is not there any more. Put it back as {folder}, teach it "
            "again, or use it nowhere."
        )
        return Taught(condition=Condition.DAMAGED, problem=problem, **values)
    part = CONFIG
    try:
        read_object(folder / part)
        part = WEIGHTS
        _check_weights(folder / part)
        part = CARD
        card = read_card(folder)
    except (OSError, ValueError, RecursionError) as error:
        problem = (
            f"The adapter {folder.name} is damaged ({part}: {_said(error)}). Delete it "
            f"and teach it again, or put its files back into {folder}."
        )
        return Taught(condition=Condition.DAMAGED, problem=problem, **values)
    return Taught(condition=Condition.READY, card=card, **values)


def read_card(folder: Path) -> Card | None:
    """Return an adapter's card; None: it came from elsewhere and has none.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is damaged.
    """
    if not (folder / CARD).exists():
        return None
    values, known = read_object(folder / CARD), {one.name for one in fields(Card)}
    for name, value in values.items():
        if name in known and not _fits(name, value):
            raise ValueError(f"{name} is {value!r}"[:120])
    return Card(**{name: value for name, value in values.items() if name in known})


def _fits(name: str, value: object) -> bool:
    """Whether a card may say this; one that was made elsewhere may say anything."""
    if name in ("minutes", "loss_before", "loss_after"):
        is_open = value is None and name != "minutes"
        return is_open or (isinstance(value, int | float) and abs(value) < _MOST_NUMBER)
    if type(value) is not type(getattr(Card(), name)):
        return False
    if isinstance(value, dict):
        is_good = _is_count if name in ("files", "left_out") else _is_figures
        return all(map(is_good, value.values()))
    return not isinstance(value, list) or all(isinstance(one, str) for one in value)


def _is_figures(value: object) -> bool:
    return isinstance(value, dict) and all(_is_count(value.get(key)) for key in ("tasks", "found"))


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def write_card(folder: Path, card: Card) -> None:
    """Write an adapter's card in place of the one before."""
    write_object(folder / CARD, asdict(card))


def rename_adapter(name: str, new: str, root: Path | None = None) -> Path:
    """Give an adapter another name; return its folder.

    Raises:
        BadRequestError: If the name cannot be, is taken, or the folder cannot be renamed.
    """
    place = root or adapters_folder()
    target = place / checked_name(new)
    with held(place / name):
        pass  # nobody teaches it
    try:
        # The same name in other capitals is the same folder on some systems.
        is_taken = target.exists() and not (place / name).samefile(target)
        if not is_taken:
            (place / name).rename(target)
    except OSError as error:
        raise BadRequestError(f"{name} cannot be renamed ({_said(error)}). Try again.") from error
    if is_taken:
        raise BadRequestError(f"There is an adapter {target.name} already. Choose another name.")
    return target


def delete_adapter(name: str, root: Path | None = None) -> None:
    """Delete an adapter and all that was kept of its training.

    Raises:
        BadRequestError: If there is none, it is being taught, or it cannot be deleted.
    """
    folder = (root or adapters_folder()) / name
    if not _NAME.fullmatch(name) or folder.is_symlink() or not folder.is_dir():
        raise BadRequestError(f"There is no adapter {name}; nothing was deleted.")
    with held(folder):
        pass  # nobody teaches it
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise BadRequestError(f"{name} cannot be deleted ({_said(error)}). Try again.") from error


def import_adapter(source: Path, name: str, root: Path | None = None) -> Path:
    """Copy an adapter from another folder; return its own.

    Raises:
        BadRequestError: If there is no adapter in the folder, or the name is taken.
    """
    found = described(source) if source.is_dir() else None
    if found is None or found.condition is not Condition.READY:
        raise BadRequestError(
            f"{source} holds no adapter that can be read: {CONFIG} and {WEIGHTS} are needed."
        )
    folder = (root or adapters_folder()) / checked_name(name)
    if folder.exists():
        raise BadRequestError(f"There is an adapter {folder.name} already. Choose another name.")
    part = folder.with_name(f".{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for file in (CONFIG, WEIGHTS, CARD):
            if (source / file).exists():
                shutil.copyfile(source / file, part / file)
        part.rename(folder)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        raise BadRequestError(f"{source} cannot be copied ({_said(error)}).") from error
    return folder


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold an adapter's training, if there is one; one process at a time can.

    Raises:
        BadRequestError: If another process teaches it right now.
    """
    if not (folder / TRAINING).is_dir():
        yield
        return
    lock = FileLock(folder / TRAINING / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise BadRequestError(
            f"The adapter {folder.name} is being taught right now. Stop that first."
        ) from error
    except OSError as error:
        raise BadRequestError(
            f"Nothing can be written to {folder} ({_said(error)}). Change that and try again."
        ) from error
    try:
        yield
    finally:
        lock.release()


def _is_ours(folder: Path) -> bool:
    if not _NAME.fullmatch(folder.name) or folder.is_symlink():
        return False
    # A training that has not begun leaves nothing to be told.
    files = (WEIGHTS, CONFIG, CARD, f"{TRAINING}/{ASKED}")
    return any((folder / name).exists() for name in files)


def _check_weights(path: Path) -> None:
    """Check that a safetensors file is there from its beginning to its end.

    Raises:
        OSError: If it cannot be read.
        ValueError: If it is cut off, or no such file.
    """
    with open_regular(path) as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= _MOST_HEADER:
            raise ValueError("it is no safetensors file")
        data, size = file.read(length), os.fstat(file.fileno()).st_size
    try:
        header = json.loads(data)
        ends = [one["data_offsets"][1] for name, one in header.items() if name != "__metadata__"]
        is_whole = size == 8 + length + max(ends)
    except (AttributeError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise ValueError("it is no safetensors file") from error
    if not is_whole:
        raise ValueError("it is cut off")


def _said(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
