"""The thread that writes the journal, so that no key press waits for a disk."""

import logging
import os
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from app.documents.writing import replace_private, sync_folder
from app.recovery.journal_files import Header, base_path, encode_base, log_path
from app.text.journal_edits import Batch, encode_batch

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begin:
    """Start an entry, or start it anew, from a text."""

    entry: str
    header: Header
    base: str


@dataclass(frozen=True, slots=True)
class Append:
    """Add edits to an entry."""

    entry: str
    batch: Batch


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove an entry: its document is saved or closed."""

    entry: str


@dataclass(frozen=True, slots=True)
class Replace:
    """Write a small file in one step."""

    path: Path
    data: bytes


@dataclass(frozen=True, slots=True)
class RunAct:
    """Do something after all that was asked for before."""

    act: Callable[[], object]


WriterTask = Begin | Append | Drop | Replace | RunAct


class JournalWriter:
    """Carries tasks out one after the other, each durable before the next.

    A task that fails is told to `on_failure` with its entry, in the writer's thread; edits to that
    entry are then dropped until it is begun anew.
    """

    def __init__(self, folder: Path, on_failure: Callable[[str, OSError], None]) -> None:
        self._folder = folder
        self._on_failure = on_failure
        self._generations: dict[str, int] = {}  # of the entries that can be added to
        self._tasks: queue.SimpleQueue[WriterTask | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    def submit(self, task: WriterTask) -> None:
        """Take a task in and return at once."""
        self._tasks.put(task)

    def wait(self, timeout_s: float) -> bool:
        """Wait until all tasks so far are carried out; say whether they are."""
        done = threading.Event()
        self._tasks.put(RunAct(done.set))
        return done.wait(timeout_s)

    def close(self, timeout_s: float) -> None:
        """Carry out what is left, and end the thread."""
        self._tasks.put(None)
        self._thread.join(timeout_s)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                self._carry_out(task)
            except OSError as error:
                self._fail(task, error)

    def _carry_out(self, task: WriterTask) -> None:
        match task:
            case Begin(entry, header, base):
                self._begin(entry, header, base)
            case Append(entry, batch):
                self._append(entry, batch)
            case Drop(entry):
                self._generations.pop(entry, None)
                self._remove(entry)
            case Replace(path, data):
                replace_private(path, data)
            case RunAct(act):
                act()

    def _fail(self, task: WriterTask, error: OSError) -> None:
        log.error("%s of the recovery journal failed: %s", type(task).__name__, error)
        entry = task.entry if isinstance(task, Begin | Append | Drop) else ""
        # Edits to a base that is half written would be replayed over another text.
        self._generations.pop(entry, None)
        self._on_failure(entry, error)

    def _begin(self, entry: str, header: Header, base: str) -> None:
        generation = self._next_generation(entry)
        self._generations.pop(entry, None)
        made = replace(header, generation=generation)
        replace_private(base_path(self._folder, entry), encode_base(made, base))
        # After the base: until it is there, the old base and its log are all there is.
        for old in self._folder.glob(f"{entry}.*.log"):
            if old != log_path(self._folder, entry, generation):
                old.unlink(missing_ok=True)
        self._generations[entry] = generation

    def _next_generation(self, entry: str) -> int:
        logs = self._folder.glob(f"{entry}.*.log")
        used = [int(path.name.split(".")[1]) for path in logs]
        # Above all that lie there: a log that could not be removed must not be taken for the new
        # one's.
        return max([self._generations.get(entry, 0), *used]) + 1

    def _append(self, entry: str, batch: Batch) -> None:
        generation = self._generations.get(entry)
        if generation is None:
            return
        path = log_path(self._folder, entry, generation)
        is_new = not path.exists()
        with path.open("ab") as file:
            file.write(encode_batch(batch))
            file.flush()
            os.fsync(file.fileno())
        # A new file's name is durable only with its folder.
        if is_new:
            sync_folder(self._folder)

    def _remove(self, entry: str) -> None:
        # The base first: a log without one is nothing.
        base_path(self._folder, entry).unlink(missing_ok=True)
        for path in self._folder.glob(f"{entry}.*.log"):
            path.unlink(missing_ok=True)
