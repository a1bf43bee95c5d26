"""Names of files that no text can spell: Linux allows any bytes, and Qt only what is text.

Python keeps such bytes as half characters, which Qt drops or replaces: what it then opens, watches
or remembers is another file.
"""

import os
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

from PySide6.QtCore import QFile, QUrl

_SCHEME = "file://"


def shown(path: Path | str) -> str:
    """Return a path as it is shown: what is no text in it becomes a replacement character."""
    return os.fsencode(path).decode("utf-8", "replace")


def fits_qt(path: Path) -> bool:
    """Say whether Qt, given a path, finds the file that Python finds."""
    if sys.platform in ("win32", "darwin"):  # there, all names are text
        return True
    # Asked of Qt itself, as what it can spell hangs on the system's locale.
    return QFile.encodeName(str(path)).data() == os.fsencode(path)


def for_dialog(path: Path, folder: Path) -> Path:
    """Return a path like this one that Qt can propose, in `folder` if the path's own is none."""
    if fits_qt(path):
        return path
    parent = path.parent if fits_qt(path.parent) else folder
    return parent / shown(path.name).replace("\ufffd", "_")


def from_url(url: QUrl) -> Path:
    """Return the file of this machine that an address names."""
    if sys.platform == "win32" or url.host():
        return Path(url.toLocalFile())
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return Path(os.fsdecode(unquote_to_bytes(encoded)))


def to_setting(path: Path) -> str:
    """Return a path, absolute, as a settings file can hold it."""
    return str(path) if fits_qt(path) else path.as_uri()


def from_setting(name: str) -> Path:
    """Return the path that a setting stands for."""
    if not name.startswith(_SCHEME):
        return Path(name)
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(name).path)))
