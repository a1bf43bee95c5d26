"""The recovery journal: every unsaved document of a window, on disk within two seconds."""

import itertools
import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal
from shiboken6 import isValid

from app.documents import Document
from app.editor import Editor
from app.recovery.journal_files import LostDocument, read_entry
from app.recovery.recorder import Recorder
from app.recovery.session_state import SessionState, encode_state, read_state
from app.recovery.writer import JournalWriter, Replace, RunAct

log = logging.getLogger(__name__)

FLUSH_MS = 400  # from a change to its writing; the promise is two seconds
RETRY_MS = 5000  # after a write has failed
CLOSE_S = 20.0
LOCK, STATE = "lock", "session.json"


@dataclass(slots=True)
class LostSession:
    """What a run that did not end properly has left; locked for us until it is discarded."""

    folder: Path
    documents: list[LostDocument]
    damaged: list[Path]
    state: SessionState | None
    lock: QLockFile

    def discard(self) -> None:
        """Remove it; its documents are in a journal of their own, or not wanted."""
        self.lock.unlock()
        shutil.rmtree(self.folder, ignore_errors=True)


class Journal(QObject):
    """Writes the unsaved documents of this run, and which tabs are open, as they change.

    Signals:
        failed: The journal cannot be written; the reason, in the system's words. Told once.
        written: Everything up to some moment is safe.
    """

    failed = Signal(str)
    written = Signal()
    _has_failed = Signal(str, str)

    def __init__(self, root: Path, parent: QObject | None = None) -> None:
        """Start a journal in a folder of its own in `root`.

        Raises:
            OSError: The folder cannot be made.
        """
        super().__init__(parent)
        self._root = root
        # Sorted by name, folders are sorted by time; number and nanoseconds keep two starts apart.
        self.folder = root / f"{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{time.time_ns()}"
        self.folder.mkdir(parents=True)
        self._lock = QLockFile(str(self.folder / LOCK))
        # A lock is held as long as its program lives, also over a night of sleep; Qt would take it
        # for stale after 30 seconds.
        self._lock.setStaleLockTime(0)
        self._lock.tryLock(0)
        self._recorders: dict[Document, Recorder] = {}
        self._next_number = itertools.count(1).__next__
        self._dirty: set[Recorder] = set()
        self._state: SessionState | None = None
        self._was_told = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        self._has_failed.connect(self._on_failure)
        self._writer = JournalWriter(self.folder, self._tell_failure)

    def watch(self, document: Document, editor: Editor) -> None:
        """Keep a document safe until it is saved or forgotten."""
        recorder = Recorder(document, editor, f"doc-{self._next_number()}")
        self._recorders[document] = recorder
        recorder.dirtied.connect(lambda: self._note(recorder))

    def forget(self, document: Document) -> None:
        """Remove what there is of a document that has been closed."""
        recorder = self._recorders.pop(document, None)
        if recorder is not None:
            self._dirty.discard(recorder)
            self._writer.submit(recorder.drop())

    def entry_of(self, document: Document) -> str:
        """Return the name of a document in the journal; empty if it has none."""
        recorder = self._recorders.get(document)
        return recorder.entry if recorder is not None and recorder.is_unsaved else ""

    def save_state(self, state: SessionState) -> None:
        """Remember which tabs are open, if it is news."""
        if state != self._state:
            self._state = state
            self._writer.submit(Replace(self._root / STATE, encode_state(state)))

    def flush(self) -> None:
        """Hand what is new to the writer, without waiting for it."""
        self._timer.stop()
        dirty, self._dirty = self._dirty, set()
        for recorder in filter(isValid, dirty):  # a window may be gone before its journal
            for task in recorder.take_tasks():
                self._writer.submit(task)
        # Behind the others in the same queue, so it is told when they are done.
        self._writer.submit(RunAct(self.written.emit))

    def flush_and_wait(self, timeout_s: float = CLOSE_S) -> bool:
        """Write what is new and wait until it is safe; say whether it is."""
        self.flush()
        return self.wait(timeout_s)

    def wait(self, timeout_s: float) -> bool:
        """Wait, in any thread, until what was handed over is safe; say whether it is."""
        return self._writer.wait(timeout_s) and not self._was_told

    def close(self, *, keeps: bool) -> None:
        """End the journal; `keeps` leaves it for the next start, as after a crash."""
        self._timer.stop()
        if keeps:
            self.flush()
        self._writer.close(CLOSE_S)
        self._lock.unlock()
        if not keeps:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _note(self, recorder: Recorder) -> None:
        self._dirty.add(recorder)
        # Never put off: someone who types without a pause is to be safe as well.
        if not self._timer.isActive():
            self._timer.start(FLUSH_MS)

    def _tell_failure(self, entry: str, error: OSError) -> None:
        self._has_failed.emit(entry, error.strerror or str(error))

    def _on_failure(self, entry: str, reason: str) -> None:
        for recorder in self._recorders.values():
            if recorder.entry == entry:
                QTimer.singleShot(RETRY_MS, recorder, recorder.start_over)
        if not self._was_told:
            self._was_told = True
            self.failed.emit(reason)


def find_lost(root: Path) -> list[LostSession]:
    """Return the journals whose programs are gone, oldest first; those in use stay untouched."""
    if not root.is_dir():
        return []
    state = read_state(root / STATE)
    found = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        lock = QLockFile(str(folder / LOCK))
        lock.setStaleLockTime(0)
        if lock.tryLock(0):
            documents, damaged = _read_all(folder)
            found.append(LostSession(folder, documents, damaged, state, lock))
    return found


def _read_all(folder: Path) -> tuple[list[LostDocument], list[Path]]:
    documents, damaged = [], []
    # By number: doc-10 comes after doc-9.
    for path in sorted(folder.glob("*.base"), key=lambda path: (len(path.name), path.name)):
        try:
            documents.append(read_entry(path))
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("%s cannot be recovered: %s", path, error)
            damaged.append(path)
    return documents, damaged
