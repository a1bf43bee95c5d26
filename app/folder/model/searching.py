"""Finding words in the files of a folder, in a thread, told as it is found."""

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from app.documents.encoding import BOMS, Encoding
from app.find.hit import Hit
from app.find.search import Query, SearchError, find_all
from app.folder.model.listing import Stopped, Walk
from app.system.background import Background
from app.text.line_ends import normalized
from app.text.positions import encoded

MAX_BYTES = 8 * 1024 * 1024  # of one file
START = 8_192  # bytes in which a NUL is the sign of a binary file
MAX_HITS = 200  # of one file that are shown
MOST = 5_000  # that are shown in all
TELL_S = 0.1  # between two times that is told what there is


@dataclass(frozen=True, slots=True)
class FileHits:
    """What was found in one file: how many matches, and the first of them."""

    name: str  # from the folder on
    count: int
    hits: tuple[Hit, ...]


@dataclass(slots=True)
class Tally:
    """What a search has seen so far."""

    files: int = 0  # that were looked through
    hits: int = 0
    found_in: int = 0  # files
    binary: int = 0
    large: int = 0
    unreadable: int = 0  # files and folders
    is_cut: bool = False  # whether there are more than are shown
    slow: list[str] = field(default_factory=list)  # names that an expression took too long for


@dataclass(slots=True)
class _Run:
    is_stopped: bool = False
    new: list[FileHits] = field(default_factory=list)
    told: float = 0.0


class FolderSearch(QObject):
    """Searches a folder; one search at a time.

    Signals:
        found: More `FileHits`, a list, and the `Tally` by now.
        ended: The `Tally`, and whether it was stopped.
        failed: Why there is nothing to search for, in the user's words.
    """

    found = Signal(object, object)
    ended = Signal(object, bool)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._run: _Run | None = None

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self._run is not None

    def start(self, root: str, query: Query, texts: Mapping[str, str]) -> None:
        """Search a folder anew; `texts` are what files hold that are open and not saved."""
        self.drop()
        try:
            query.compiled()
        except SearchError as error:
            self.failed.emit(str(error))
            return
        run = self._run = _Run()

        def work() -> Tally:
            return self._work(root, query, texts, run)

        self._background.run(work, lambda tally: self._end(run, tally))

    def stop(self) -> None:
        """Look no further, and tell what was found."""
        if self._run is not None:
            self._run.is_stopped = True

    def drop(self) -> None:
        """Look no further, and tell nothing any more."""
        self.stop()
        self._run = None

    def _work(self, root: str, query: Query, texts: Mapping[str, str], run: _Run) -> Tally:
        tally = Tally()
        for hits in search(root, query, texts, tally, lambda: run.is_stopped):
            run.new.append(hits)
            if time.monotonic() - run.told > TELL_S:
                self._tell(run, tally)
        self._tell(run, tally)
        return tally

    def _tell(self, run: _Run, tally: Tally) -> None:
        new, run.new, run.told = run.new, [], time.monotonic()
        # A copy: this thread goes on counting.
        counted = replace(tally)
        self._background.tell(lambda: self._on_told(run, new, counted))

    def _on_told(self, run: _Run, new: list[FileHits], tally: Tally) -> None:
        if run is self._run:
            self.found.emit(new, tally)

    def _end(self, run: _Run, tally: Tally) -> None:
        if run is self._run:
            self._run = None
            self.ended.emit(tally, run.is_stopped)


def search(
    root: str, query: Query, texts: Mapping[str, str], tally: Tally, is_stopped: Stopped
) -> Iterator[FileHits]:
    """Go through the files in which something is found, and count in `tally` what is seen."""
    walk = Walk(root, is_stopped)
    shown = 0
    for name in walk:
        if is_stopped():
            break
        path = os.path.join(root, name)
        text = texts[path] if path in texts else _text_of(path, tally)
        if text is None:
            continue
        tally.files += 1
        try:
            count, hits = hits_in(path, text, query, MOST - shown)
        except SearchError:
            tally.slow.append(name)
            continue
        if count:
            shown += len(hits)
            tally.hits, tally.found_in = tally.hits + count, tally.found_in + 1
            yield FileHits(name, count, hits)
        if shown >= MOST:
            tally.is_cut = True
            break
    tally.unreadable += len(walk.unreadable)


def hits_in(path: str, text: str, query: Query, most: int) -> tuple[int, tuple[Hit, ...]]:
    """Return how many matches a text has, and the first of them.

    Raises:
        SearchError: An expression takes too long.
    """
    found = find_all(text, query)
    if not len(found):
        return 0, ()
    units = None if text.isascii() else encoded(text)
    hits, line, at = [], 1, 0
    for index in range(min(len(found), MAX_HITS, most)):
        start, end = (_offset(units, place) for place in found[index])
        line, at = line + text.count("\n", at, start), start
        first = text.rfind("\n", 0, start) + 1
        last = text.find("\n", end)
        made = Hit(
            where=path,
            start=found[index][0],
            end=found[index][1],
            line=line,
            before=text[first:start],
            text=text[start:end],
            after=text[end : len(text) if last < 0 else last],
        )
        hits.append(made)
    return len(found), tuple(hits)


def _offset(units: bytes | None, place: int) -> int:
    """Return the code point at a position."""
    if units is None:
        return place
    return len(units[: 2 * place].decode("utf-16-le", "surrogatepass"))


def _text_of(path: str, tally: Tally) -> str | None:
    """Return what a file holds, lines ended by a line feed; None if it is not searched."""
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                tally.large += 1
                return None
            data = file.read(MAX_BYTES + 1)
    except OSError:
        tally.unreadable += 1
        return None
    marked = next((e for e in BOMS if data.startswith(e.bom)), None)
    if marked is None and b"\0" in data[:START]:
        tally.binary += 1
        return None
    return normalized(_decoded(data, marked))


def _decoded(data: bytes, marked: Encoding | None) -> str:
    if marked is not None:
        return data[len(marked.bom) :].decode(marked.codec, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # Which of the older encodings it is takes long to guess; in nearly all of them the letters
        # of code and English stand where they stand here.
        return data.decode("latin-1")
