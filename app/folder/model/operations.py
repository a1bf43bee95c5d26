"""Making, renaming and removing files in an open folder."""

import os
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFile

from app.documents.names import fits_qt, shown
from app.translation import tr


class FileOperationError(Exception):
    """It could not be done, and all is as before; the text is for the user."""


class NoTrashError(FileOperationError):
    """The system has no place to keep what is removed."""


def make_file(folder: Path, name: str) -> Path:
    """Make an empty file and return its path.

    Raises:
        FileOperationError: It cannot be made.
    """
    path = _free(folder, name)
    _do(path, lambda: path.open("xb").close())
    return path


def make_folder(folder: Path, name: str) -> Path:
    """Make a folder and return its path.

    Raises:
        FileOperationError: It cannot be made.
    """
    path = _free(folder, name)
    _do(path, path.mkdir)
    return path


def rename(path: Path, name: str) -> Path:
    """Give a file or folder another name, and return its path.

    Raises:
        FileOperationError: It cannot be renamed.
    """
    if name == path.name:
        return path
    new = path.with_name(_good(name))
    if os.path.lexists(new) and not _is_itself(path, new):
        raise FileOperationError(_is_taken(name))
    _do(path, lambda: path.rename(new))
    return new


def _is_itself(path: Path, new: Path) -> bool:
    """Whether two names are one: on some systems those that differ in capitals alone are."""
    if path.name.casefold() != new.name.casefold():
        return False
    # Of the names themselves: a link is another file than what it leads to.
    return os.path.lexists(path) and os.path.samestat(os.lstat(path), os.lstat(new))


def move_to_trash(path: Path) -> None:
    """Remove a file or folder, so that the desktop can bring it back.

    Raises:
        NoTrashError: There is no trash for it.
        FileOperationError: It is not there.
    """
    if not os.path.lexists(path):
        raise FileOperationError(tr("{name} is gone already.").format(name=shown(path.name)))
    # Asked of an object: what the static function returns is not what PySide says it is.
    if not (fits_qt(path) and QFile(str(path)).moveToTrash()):
        text = tr("{name} cannot be moved to the trash.")
        raise NoTrashError(text.format(name=shown(path.name)))


def delete(path: Path) -> None:
    """Remove a file or an empty folder for good.

    Raises:
        FileOperationError: It cannot be removed.
    """
    is_folder = path.is_dir() and not path.is_symlink()
    _do(path, path.rmdir if is_folder else path.unlink)


def _free(folder: Path, name: str) -> Path:
    path = folder / _good(name)
    if os.path.lexists(path):
        raise FileOperationError(_is_taken(name))
    return path


def _good(name: str) -> str:
    is_whole = bool(name.strip()) and name not in (".", "..")
    if not is_whole or any(mark in name for mark in ("\0", os.sep, os.altsep or os.sep)):
        text = tr("“{name}” cannot be the name of a file. Use letters, digits, dots and dashes.")
        raise FileOperationError(text.format(name=name))
    return name


def _is_taken(name: str) -> str:
    return tr("There is something called {name} here already. Choose another name.").format(
        name=shown(name)
    )


def _do(path: Path, act: Callable[[], object]) -> None:
    try:
        act()
    except OSError as error:
        text = tr("{name}: {reason}. Nothing was changed.")
        reason = error.strerror or str(error)
        raise FileOperationError(text.format(name=shown(path.name), reason=reason)) from error
