"""What is in a folder, read in a thread that gives way to the interface.

Links to folders are shown and not followed by a walk: they may lead around in a circle.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.folder.model.ignoring import Ignoring, rules_of
from app.system.turns import Turns

Stopped = Callable[[], bool]


class Entry(NamedTuple):
    """A file or a folder in a folder; a tuple, as there may be a hundred thousand to compare."""

    name: str
    is_folder: bool


def list_folder(folder: str, root: str) -> list[Entry]:
    """Return what is in a folder and not left out by rules, folders first.

    Raises:
        OSError: It cannot be read.
    """
    rules, turns = rules_of(folder, root), Turns()
    entries = []
    with os.scandir(folder) as found:
        for item in found:
            turns.step()
            is_folder = _is_folder(item, follows=True)
            if not rules.leaves_out(item.path, is_folder=is_folder):
                entries.append(Entry(item.name, is_folder))
    entries.sort(key=order)
    return entries


def order(entry: Entry) -> tuple[bool, str, str]:
    """Return where an entry stands among others: folders first, then by letters."""
    return not entry.is_folder, entry.name.casefold(), entry.name


@dataclass(slots=True)
class Walk:
    """Goes through all files of a folder, each folder's own before those of its folders."""

    root: str
    is_stopped: Stopped = lambda: False
    unreadable: list[str] = field(default_factory=list)  # folders

    def __iter__(self) -> Iterator[str]:
        """Yield paths from the folder on, with the system's separator."""
        turns = Turns()
        waiting: list[tuple[str, Ignoring | None]] = [("", None)]
        while waiting and not self.is_stopped():
            inner, above = waiting.pop()
            folder = os.path.join(self.root, inner) if inner else self.root
            rules = rules_of(folder, self.root) if above is None else above.within(folder)
            files, folders = self._read(folder, rules, turns)
            yield from (os.path.join(inner, name) for name in files)
            waiting += [(os.path.join(inner, name), rules) for name in reversed(folders)]

    def _read(self, folder: str, rules: Ignoring, turns: Turns) -> tuple[list[str], list[str]]:
        files, folders = [], []
        try:
            with os.scandir(folder) as found:
                for item in found:
                    turns.step()
                    is_folder = _is_folder(item, follows=False)
                    if rules.leaves_out(item.path, is_folder=is_folder):
                        continue
                    if is_folder:
                        folders.append(item.name)
                    elif _is_file(item):
                        files.append(item.name)
        except OSError:
            self.unreadable.append(folder)
        return sorted(files, key=str.casefold), sorted(folders, key=str.casefold)


def _is_folder(item: "os.DirEntry[str]", *, follows: bool) -> bool:
    try:
        return item.is_dir(follow_symlinks=follows)
    except OSError:
        return False


def _is_file(item: "os.DirEntry[str]") -> bool:
    try:
        return item.is_file()  # neither a pipe nor a device, which may never end
    except OSError:
        return False
