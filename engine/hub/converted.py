"""Converted copies of models, which a card's first load leaves on the disk: found and deleted.

A copy is complete if and only if it has a manifest, which is written last.
"""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.hub.source import HubError
from engine.small_files import read_object
from kernels.folders import cache_folder

FORMAT_VERSION = 1
RESIDENT, MANIFEST, JOURNAL = "resident.safetensors", "manifest.json", "journal.jsonl"
ORIGIN = "origin.json"  # which model it was made from; there from the first moment on


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A copy, or a part of one, as a person would judge it."""

    folder: Path
    num_bytes: int
    name: str  # of the model it was made from
    source: str  # that model's folder, as it was called
    formats: str  # as in "int4-int8-int8": experts, dense, embedding
    is_complete: bool
    is_current: bool  # whether this version of the program reads it


def converted_folder() -> Path:
    """Return where converted models are kept."""
    return cache_folder() / "models"


def name_of(folder: Path) -> str:
    """Return what to call a model by its folder; in the hub's cache that is called by a hash."""
    if folder.parent.name == "snapshots":
        return folder.parent.parent.name.rpartition("--")[2]
    return folder.name


def is_converted(folder: Path) -> bool:
    """Whether the folder holds a finished copy."""
    return (folder / MANIFEST).is_file() and (folder / RESIDENT).is_file()


def list_converted(root: Path | None = None) -> list[Converted]:
    """Return all copies, old and unfinished ones too, largest first.

    Args:
        root: Where copies are kept; None: in the user's cache.
    """
    folders = (root or converted_folder()).glob("*")
    found = [_described(folder) for folder in folders if _is_ours(folder)]
    return sorted(found, key=lambda one: -one.num_bytes)


def delete_converted(folder: Path, root: Path | None = None) -> None:
    """Delete one copy.

    Raises:
        HubError: If it is none, or cannot be deleted.
    """
    place = root or converted_folder()
    if folder.parent != place or folder.is_symlink() or not _is_ours(folder):
        raise HubError(f"{folder} is no converted model in {place}; nothing was deleted.")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise HubError(f"{folder} cannot be deleted ({error.strerror}). Try it again.") from error


def delete_copies_of(names: Collection[str], root: Path | None = None) -> int:
    """Delete the copies made from folders of these names; return how many there were.

    Raises:
        HubError: If one cannot be deleted.
    """
    found = [one for one in list_converted(root) if one.source in names]
    for one in found:
        delete_converted(one.folder, root)
    return len(found)


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and any((folder / name).is_file() for name in (MANIFEST, JOURNAL))


def _described(folder: Path) -> Converted:
    manifest, origin = _json(folder / MANIFEST), _json(folder / ORIGIN)
    source = str(origin.get("source") or manifest.get("source") or "")
    return Converted(
        folder=folder,
        num_bytes=sum(map(_size, folder.glob("*"))),
        name=str(origin.get("name") or source or folder.name),
        source=source,
        formats=folder.name.partition("-")[2].rpartition("-v")[0],
        is_complete=is_converted(folder),
        is_current=not manifest or manifest.get("version") == FORMAT_VERSION,
    )


def _size(path: Path) -> int:
    """Return what a file takes of the disk."""
    try:
        found = path.stat()
    except OSError:  # a conversion at work has just renamed it
        return 0
    # An unfinished one has its full length from the start.
    blocks = getattr(found, "st_blocks", None)
    return found.st_size if blocks is None else min(found.st_size, 512 * blocks)


def _json(path: Path) -> dict[str, Any]:
    """Return what a JSON file says; nothing, if it is missing, damaged or absurd."""
    try:
        return read_object(path)
    except (OSError, ValueError):
        return {}
