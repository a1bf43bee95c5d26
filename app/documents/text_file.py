"""Reading and writing text files, with errors that a user can act on."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QIODevice, QSaveFile

from app.documents.encoding import Encoding, decode, decode_as

MAX_BYTES = 64 * 1024 * 1024  # what the editor holds without becoming sluggish


class TextFileError(Exception):
    """A file cannot be read or written; the text is for the user and says what to do."""


class NotEncodableError(TextFileError):
    """The text has a character that the file's encoding lacks."""


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What tells that a file was changed behind the editor's back."""

    mtime_ns: int
    num_bytes: int


@dataclass(frozen=True, slots=True)
class TextFile:
    """The text of a file, its line ends as they are there."""

    text: str
    encoding: Encoding
    stamp: FileStamp | None
    digest: bytes
    is_guessed: bool = False  # whether nothing in the file says what its encoding is


def read(path: Path, encoding: Encoding | None = None) -> TextFile:
    """Read a text file, in an encoding that the user has chosen or in the one it seems to have.

    Raises:
        TextFileError: It is not there, not readable, too large, or no text.
    """
    try:
        _check(path)
        stamp = stamp_of(path)
        data = path.read_bytes()
    except OSError as error:
        raise TextFileError(f"{path} could not be opened: {_reason(error)}.") from error
    decoded = decode(data) if encoding is None else decode_as(data, encoding)
    if decoded is None and encoding is not None:
        raise TextFileError(
            f"{path.name} is not text in {encoding.label}. It is shown as before; "
            "try another encoding."
        )
    if decoded is None:
        raise TextFileError(
            f"{path.name} is not a text file, or its encoding is unknown. It was not opened, "
            "because saving it could damage it."
        )
    text, found = decoded
    return TextFile(
        text=text,
        encoding=found,
        stamp=stamp,
        digest=digest(data),
        is_guessed=encoding is None and not found.is_unicode,
    )


def digest(data: bytes) -> bytes:
    """Return what tells one content from another."""
    return hashlib.blake2b(data, digest_size=16).digest()


def digest_of(path: Path) -> bytes | None:
    """Return the digest of a file as it is now; None if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return None


def encode(text: str, encoding: Encoding) -> bytes:
    """Return the bytes to write for the text.

    Raises:
        NotEncodableError: A character has no place in this encoding.
    """
    try:
        return encoding.encode(text)
    except UnicodeEncodeError as error:
        character = text[error.start]
        line = text.count("\n", 0, error.start) + 1
        shown = (
            f"“{character}” (U+{ord(character):04X})"
            if character.isprintable()
            else (f"U+{ord(character):04X}")
        )
        raise NotEncodableError(
            f"Not saved: line {line} contains {shown}, which {encoding.label} cannot express."
        ) from error


def write(path: Path, data: bytes) -> None:
    """Replace the file's content in one step; a failure leaves the old content in place.

    Raises:
        TextFileError: The folder or the file cannot be written, or the disk is full.
    """
    file = QSaveFile(str(path))
    is_written = (
        file.open(QIODevice.OpenModeFlag.WriteOnly)
        and file.write(data) == len(data)
        and file.commit()
    )
    if not is_written:
        reason = file.errorString()
        file.cancelWriting()
        raise TextFileError(
            f"{path.name} was not saved: {reason}. Your text is still here; "
            "try again, or choose another place with Save As."
        )


def stamp_of(path: Path) -> FileStamp | None:
    """Return the stamp of the file as it is now; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileStamp(mtime_ns=status.st_mtime_ns, num_bytes=status.st_size)


def _check(path: Path) -> None:
    status = path.stat()
    # Reading a pipe or a device may never end.
    if stat.S_ISDIR(status.st_mode):
        raise TextFileError(f"{path} is a folder. Choose a file in it.")
    if not stat.S_ISREG(status.st_mode):
        raise TextFileError(f"{path} is not a regular file.")
    if status.st_size > MAX_BYTES:
        size = status.st_size / 1024 / 1024
        limit = MAX_BYTES // 1024 // 1024
        raise TextFileError(f"{path.name} has {size:.0f} MiB; Inlay opens files up to {limit} MiB.")


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "it does not exist"
    if isinstance(error, PermissionError):
        return "you have no permission to read it"
    return error.strerror or os.strerror(error.errno or 0)
