"""Documents out of folders and files, and what of them is left out."""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pathspec import PathSpec, Pattern

from engine.errors import BadRequestError, StoppedError
from engine.small_files import read_small
from engine.texts.document import Document, Documents, Reason
from engine.texts.duplicates import Sketch, copies, sketch
from engine.texts.encodings import text_of
from engine.texts.ignoring import Ignoring, rules_of
from engine.texts.leaving_out import (
    kind_of,
    leaves_out_folder,
    reason_by_name,
    reason_by_text,
)
from engine.texts.secrets import without_secrets

MAX_BYTES: Final = 8 * 2**20  # of one file; the longest novels have four
MAX_FILES: Final = 20_000
MAX_CHARACTERS: Final = 200_000_000  # of all files: a hundred shelves

_HEAD: Final = 8192  # bytes in which a NUL is the sign of a binary file


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that may be read."""

    path: str
    name: str  # from the folder on
    is_asked_for: bool


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    patterns: Sequence[str]
    spec: PathSpec[Pattern]
    is_stopped: Callable[[], bool]
    left_out: Counter[Reason] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)  # real paths: links may lead to one file twice
    documents: list[Document] = field(default_factory=list)
    sketches: list[Sketch] = field(default_factory=list)  # of files
    files: list[str] = field(default_factory=list)  # their names
    characters: int = 0
    cut_lines: int = 0

    def look_whether_stopped(self) -> None:
        """Go no further if it was stopped.

        Raises:
            StoppedError: If it was.
        """
        if self.is_stopped():
            raise StoppedError("The texts were not read to the end.")


def read_documents(
    places: Sequence[Path],
    patterns: Sequence[str] = (),
    is_stopped: Callable[[], bool] = lambda: False,
) -> Documents:
    """Read the texts in folders and files, as far as they are the user's own.

    Hidden folders, what `.gitignore` leaves out and links to folders are passed over.

    Args:
        places: Folders, and files, which are read whatever they are called.
        patterns: Which files of the folders, as `.gitignore` writes it ("*.py", "src/**",
            "!test_*"); none: all.
        is_stopped: Whether to read no further; asked before each folder and each file.

    Raises:
        BadRequestError: If a place is not there, or a pattern is none.
        StoppedError: If it was stopped.
    """
    reading = _Reading(patterns, _spec(patterns), is_stopped)
    for place in places:
        for found in _files(place, reading):
            reading.look_whether_stopped()
            real = os.path.realpath(found.path)
            if real not in reading.seen:
                reading.seen.add(real)
                if reason := _take(found, reading):
                    reading.left_out[reason] += 1
    return _without_copies(reading)


def _spec(patterns: Sequence[str]) -> PathSpec[Pattern]:
    # Patterns that only take away take away from all.
    lines = patterns if _names_some(patterns) else ["*", *patterns]
    try:
        return PathSpec.from_lines("gitignore", lines)
    except ValueError as error:
        raise BadRequestError(f"{' '.join(patterns)!r} is no pattern of names: {error}") from error


def _names_some(patterns: Sequence[str]) -> bool:
    return any(not pattern.startswith("!") for pattern in patterns)


def _files(place: Path, reading: _Reading) -> Iterator[_Found]:
    """Go through the files of a place in one order on every machine."""
    place = Path(os.path.abspath(place))
    if place.is_file():
        yield _Found(str(place), place.name, is_asked_for=True)
    elif place.is_dir():
        yield from _walk(str(place), reading)
    else:
        raise BadRequestError(f"There is no folder or file {place}. Choose another one.")


def _walk(root: str, reading: _Reading) -> Iterator[_Found]:
    waiting: list[tuple[str, Ignoring]] = [(root, _rules_around(root))]
    while waiting:
        # Of many folders none may hold a file that is meant.
        reading.look_whether_stopped()
        folder, rules = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                found = sorted(listing, key=lambda item: item.name)
        except OSError:
            reading.left_out[Reason.UNREADABLE] += 1
            continue
        if folder != root and leaves_out_folder(
            os.path.basename(folder), {item.name for item in found}
        ):
            continue
        folders = []
        for item in found:
            is_folder = item.is_dir(follow_symlinks=False)
            if item.name.startswith(".") or rules.leaves_out(item.path, is_folder=is_folder):
                continue
            if is_folder:
                folders.append((item.path, rules.within(item.path)))
            elif _is_file(item):
                name = os.path.relpath(item.path, root).replace(os.sep, "/")
                if reading.spec.match_file(name):
                    yield _Found(item.path, name, is_asked_for=_names_some(reading.patterns))
        waiting += reversed(folders)


def _rules_around(root: str) -> Ignoring:
    """Return the rules that hold in a folder; one that a project leaves out has only its own."""
    above = os.path.dirname(root)
    if rules_of(above, above).leaves_out(root, is_folder=True):
        return Ignoring().within(root)
    return rules_of(root, root)


def _is_file(item: "os.DirEntry[str]") -> bool:
    try:
        return item.is_file()  # neither a pipe nor a device, which may never end
    except OSError:
        return False


def _take(found: _Found, reading: _Reading) -> Reason | None:
    """Read a file; return why it is not used, None if it is."""
    if reason := reason_by_name(os.path.basename(found.path), is_asked_for=found.is_asked_for):
        return reason
    if len(reading.files) >= MAX_FILES or reading.characters >= MAX_CHARACTERS:
        return Reason.BEYOND
    data = _data_of(found.path)
    if isinstance(data, Reason):
        return data
    text = None if b"\0" in data[:_HEAD] and not data.startswith(_WIDE) else text_of(data)
    if text is None:
        return Reason.BINARY
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kind, language = kind_of(os.path.basename(found.path))
    if reason := reason_by_text(text, kind):
        return reason
    pieces, cut = without_secrets(text)
    reading.cut_lines += cut
    if not pieces:
        return Reason.SECRET
    reading.files.append(_shown(found.path))
    reading.sketches.append(sketch(text))
    reading.characters += len(text)
    reading.documents += [
        Document(
            path=_shown(found.path),
            name=_shown(found.name),
            text=piece,
            kind=kind,
            language=language,
            start=start,
        )
        for start, piece in pieces
        if piece.strip()
    ]
    return None


def _shown(path: str) -> str:
    """Return a path as text; bytes that are none, which Linux allows, stand in it as numbers."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


_WIDE: Final = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")  # marks of UTF-16 and UTF-32


def _data_of(path: str) -> bytes | Reason:
    try:
        return read_small(Path(path), MAX_BYTES)
    except OSError:
        return Reason.UNREADABLE
    except ValueError:
        return Reason.TOO_LARGE


def _without_copies(reading: _Reading) -> Documents:
    """Leave out files that are nearly the same as an earlier one."""
    found = copies(reading.sketches)
    reading.left_out[Reason.DUPLICATE] += len(found)
    paths = {reading.files[number] for number in found}
    kept = [one for one in reading.documents if one.path not in paths]
    return Documents(
        documents=tuple(sorted(kept, key=lambda one: one.place)),
        left_out={
            reason: reading.left_out[reason] for reason in Reason if reading.left_out[reason]
        },
        cut_lines=reading.cut_lines,
    )
