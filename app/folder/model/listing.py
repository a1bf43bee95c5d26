"""What is in a folder, read in a thread that gives way to the interface.

Links to folders are shown and not followed by a walk: they may lead around in a circle.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from app.system.sorting import sort_in_turns
from app.system.turns import Turns
from engine.texts.ignoring import Ignoring, rules_of

Stopped = Callable[[], bool]


SLASH = "/"  # behind the name of a folder; no name has one


def list_folder(folder: str, root: str) -> list[str]:
    """Return the names in a folder that are not left out by rules, folders first, with a slash.

    Names and not objects: of a hundred thousand of these each collection of garbage, which holds
    all threads, would look at every one.

    Raises:
        OSError: It cannot be read.
    """
    rules, turns = rules_of(folder, root), Turns()
    names = []
    with os.scandir(folder) as found:
        for item in found:
            turns.step()
            is_folder = _is_folder(item, follows=True)
            if not rules.leaves_out(item.path, is_folder=is_folder):
                names.append(item.name + SLASH * is_folder)
    return sort_in_turns(names, order, turns)


def order(name: str) -> tuple[bool, str, str]:
    """Return where a name stands among others: folders first, then by letters."""
    return not name.endswith(SLASH), name.casefold(), name


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
        files: list[str] = []
        folders: list[str] = []
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
        by_letters = str.casefold
        files = sort_in_turns(files, by_letters, turns)
        return files, sort_in_turns(folders, by_letters, turns)


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
