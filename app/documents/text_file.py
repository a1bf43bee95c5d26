"""Reading and writing text files, with errors that a user can act on."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from app.documents import writing
from app.documents.encoding import Encoding, decode, decode_as
from app.documents.names import shown
from app.translation import tr

MAX_BYTES = 64 * 1024 * 1024  # what the editor holds without becoming sluggish
LARGE = 512 * 1024  # bytes; showing more takes longer than a user should wait


class TextFileError(Exception):
    """A file cannot be read or written; the text is for the user and says what to do."""


class UnknownEncodingError(TextFileError):
    """The bytes of a file are no text in any encoding that was tried."""


class NotEncodableError(TextFileError):
    """The text has a character that the file's encoding lacks."""


class NotKeptError(TextFileError):
    """What belongs to a file besides its text would be lost by saving."""


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
    check(path)
    # Before it is read: what is written in between shows as a change then.
    stamp = stamp_of(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _not_opened(path, error) from error
    decoded = decode(data) if encoding is None else decode_as(data, encoding)
    if decoded is None and encoding is not None:
        text = tr("{name} is not text in {encoding}. Nothing was changed; try another encoding.")
        raise UnknownEncodingError(text.format(name=shown(path.name), encoding=encoding.label))
    if decoded is None:
        text = tr(
            "{name} is not a text file, or its encoding is unknown. It was not opened, "
            "because saving it could damage it."
        )
        raise UnknownEncodingError(text.format(name=shown(path.name)))
    content, found = decoded
    return TextFile(
        text=content,
        encoding=found,
        stamp=stamp,
        digest=digest(data),
        is_guessed=encoding is None and not found.is_unicode,
    )


def check(path: Path) -> int:
    """Look whether a file can be a text to open, and return its size in bytes.

    Raises:
        TextFileError: It is not there, no file, or too large.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _not_opened(path, error) from error
    # Reading a pipe or a device may never end.
    if stat.S_ISDIR(status.st_mode):
        raise TextFileError(tr("{path} is a folder. Choose a file in it.").format(path=shown(path)))
    if not stat.S_ISREG(status.st_mode):
        raise TextFileError(tr("{path} is not a regular file.").format(path=shown(path)))
    if status.st_size > MAX_BYTES:
        text = tr("{name} has {size} MiB; Inlay opens files up to {limit} MiB.")
        size, limit = (round(count / 1024**2) for count in (status.st_size, MAX_BYTES))
        raise TextFileError(text.format(name=shown(path.name), size=size, limit=limit))
    return status.st_size


def not_showable() -> TextFileError:
    """Return the error of a text that Qt would change by showing it."""
    text = tr(
        "This file holds characters that cannot be shown without changing them. It was not opened."
    )
    return TextFileError(text)


def digest(data: bytes | bytearray) -> bytes:
    """Return what tells one content from another."""
    return hashlib.blake2b(data, digest_size=16).digest()


def digest_of(path: Path) -> bytes | None:
    """Return the digest of a file as it is now; None if it cannot be read, or is no text file."""
    try:
        check(path)
        return digest(path.read_bytes())
    except (OSError, TextFileError):
        return None


def encode(text: str, encoding: Encoding) -> bytes:
    """Return the bytes to write for the text.

    Raises:
        NotEncodableError: A character has no place in this encoding.
        TextFileError: The text could not be opened again.
    """
    if "\0" in text:
        message = tr(
            "The text holds a NUL character, with which it could not be opened again. "
            "Remove it and save once more. Nothing was written."
        )
        raise TextFileError(message)
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
        text = tr("Not saved: line {line} contains {character}, which {encoding} cannot express.")
        message = text.format(line=line, character=shown, encoding=encoding.label)
        raise NotEncodableError(message) from error


def write(path: Path, data: bytes | bytearray, *, may_lose: bool = False) -> None:
    """Replace the file's content; a failure leaves the old content in place.

    Raises:
        NotKeptError: Owner, links or attributes would be lost, and may not be.
        TextFileError: The folder or the file cannot be written, or the disk is full.
    """
    name = shown(path.name)
    try:
        writing.write_file(path, data, may_lose=may_lose)
    except writing.NotRegularError as error:
        text = tr(
            "{name} was not saved: there is something at this place that is no regular file. "
            "Your text is still here; choose another place with Save As."
        )
        raise TextFileError(text.format(name=name)) from error
    except writing.NotAlikeError as error:
        text = tr(
            "{name} was not saved, because owner, other names or attributes of the file would be "
            "lost ({reason}). Save it anyway, or choose another place with Save As."
        )
        raise NotKeptError(text.format(name=name, reason=error)) from error
    except writing.DamagedError as error:
        text = tr(
            "{name} was only partly written: {reason}. What it held is in {backup}. Your text is "
            "still here; choose another place with Save As."
        )
        message = text.format(name=name, reason=error, backup=shown(error.backup))
        raise TextFileError(message) from error
    except OSError as error:
        text = tr(
            "{name} was not saved: {reason}. Your text is still here; "
            "try again, or choose another place with Save As."
        )
        reason = error.strerror or str(error)
        raise TextFileError(text.format(name=name, reason=reason)) from error


def stamp_of(path: Path) -> FileStamp | None:
    """Return the stamp of the file as it is now; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return FileStamp(mtime_ns=status.st_mtime_ns, num_bytes=status.st_size)


def is_there(path: Path) -> bool:
    """Say whether there is a file; one that we may not look at is there, for all we know."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _not_opened(path: Path, error: OSError) -> TextFileError:
    text = tr("{path} could not be opened: {reason}.")
    return TextFileError(text.format(path=shown(path), reason=_reason(error)))


def _reason(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return tr("it does not exist")
    if isinstance(error, PermissionError):
        return tr("you have no permission to read it")
    return error.strerror or os.strerror(error.errno or 0)
