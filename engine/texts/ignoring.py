"""What a project leaves out: the rules of its `.gitignore` files, as Git reads them."""

import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from engine.small_files import open_regular

RULES, OWN_RULES, OF_GIT = ".gitignore", ".git/info/exclude", ".git"
MAX_BYTES = 1_000_000  # of one file of rules; nobody writes a longer one
_MOST_STARS = 3  # in a name, and of "**" in a rule: four of them take seconds for a long name
_STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class Level:
    """The rules of one file."""

    base: str  # the folder they are for, with a slash behind it
    spec: GitIgnoreSpec


@dataclass(frozen=True, slots=True)
class Ignoring:
    """The rules that hold in one folder, the innermost first; paths are absolute."""

    levels: tuple[Level, ...] = ()

    def leaves_out(self, path: str, *, is_folder: bool) -> bool:
        """Return whether a file or folder of this folder is left out."""
        if os.path.basename(path) == OF_GIT:
            return True
        for level in self.levels:
            name = path[len(level.base) :] + ("/" if is_folder else "")
            is_out = level.spec.check_file(name).include
            if is_out is not None:
                return is_out
        return False

    def within(self, folder: str) -> "Ignoring":
        """Return the rules that hold in a folder of this folder."""
        level = _read(folder, RULES)
        return Ignoring((level, *self.levels)) if level else self


def rules_of(folder: str, root: str) -> Ignoring:
    """Return the rules of a folder in an open one, and of the project around that."""
    rules = Ignoring()
    for base in _from_project(root):
        own = _read(base, OWN_RULES)
        rules = Ignoring((own, *rules.levels) if own else rules.levels).within(base)
    inner = os.path.relpath(folder, root)
    for part in () if inner == "." else inner.split(os.sep):
        root = os.path.join(root, part)
        rules = rules.within(root)
    return rules


def _from_project(root: str) -> Iterator[str]:
    """Go through the folders from the top of Git's project to the open one."""
    around = [Path(root), *Path(root).parents]
    top = next((i for i, path in enumerate(around) if os.path.lexists(path / OF_GIT)), 0)
    yield from map(str, reversed(around[: top + 1]))


def _read(folder: str, name: str) -> Level | None:
    try:
        with open_regular(Path(folder, name)) as file:
            data = file.read(MAX_BYTES)
    except (OSError, ValueError):  # a pipe would be waited for
        return None
    text = os.fsdecode(data.removeprefix(BOM_UTF8))  # editors on Windows write it
    return Level(folder.rstrip("/\\") + "/", GitIgnoreSpec.from_lines(_good_lines(text)))


def _good_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if _is_endless(line):
            continue
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:  # Git passes over what is no pattern
            continue
        yield line


def _is_endless(line: str) -> bool:
    """Whether a rule takes time without end: each star tries every length of every name anew."""
    parts = line.split("/")
    stars = (len(_STARS.findall(part)) for part in parts if part != "**")
    return parts.count("**") > _MOST_STARS or any(count > _MOST_STARS for count in stars)
