"""The whole application with a wild typist in it, to be killed at any moment.

Prints a line for every state that its two documents have been in: the time, how many drafts are in
them, how many drafts were accepted, and a checksum of each text. Starts with what has come back
from the run before. With `model` as the last argument the drafts come from the real engine.
"""

import itertools
import random
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from app import application
from app.engine_bridge import EngineBridge
from app.engine_model import ModelReady
from app.main import main
from app.proposal import Phase
from app.text.edits import whole_characters
from app.window.main_window import MainWindow
from app.workspace.document_tab import DocumentTab
from engine.api import (
    CanvasUpdated,
    DraftSpan,
    EventCallback,
    Finished,
    FinishReason,
    Generate,
    Load,
    Ready,
    Request,
    Started,
)
from tests.app.house import MODEL

DRAFT = "DRAFT that nobody accepts"
RESULT = "result "
SPANS = (DraftSpan(start=0, end=5, entropy=1.0, accepted=False),)
ACT_MS, DRAFT_MS = 7, 60
MAX_PATIENCE = 600  # acts without a key
WORDS = ["word ", "é", "😀", "\n", "longer words than that ", "x"]


class Drafter:
    """An engine that drafts one thing, and settles on another a little later."""

    def __init__(self, on_event: EventCallback) -> None:
        self._send = on_event

    def submit(self, request: Request) -> None:
        if isinstance(request, Load):
            self._send(Ready(job_id=request.job_id, model=MODEL))
        elif isinstance(request, Generate):
            job = request.job_id
            self._send(Started(job_id=job, num_slots=4, max_steps=9, encode_ms=1.0))
            frame = CanvasUpdated(
                job_id=job,
                step=1,
                max_steps=9,
                text=DRAFT,
                spans=SPANS,
                mean_entropy=1.0,
                step_ms=1.0,
            )
            self._send(frame)
            QTimer.singleShot(DRAFT_MS, partial(self._finish, job))

    def _finish(self, job: int) -> None:
        done = Finished(
            job_id=job,
            reason=FinishReason.CONVERGED,
            text=RESULT,
            spans=SPANS,
            steps=2,
            tokens=4,
            ms=1.0,
        )
        self._send(done)

    def close(self) -> None:
        pass


class Typist:
    """Edits, saves, rewrites and accepts, without a pause and without a plan."""

    def __init__(self) -> None:
        self.workspace = None
        self.numbers = itertools.count()
        self.num_accepted = self.patience = 0
        self.timer = QTimer()
        self.timer.timeout.connect(self.act)
        self.timer.start(ACT_MS)

    def start(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if windows and isinstance(windows[0].engine.phase, ModelReady):
            self.workspace = windows[0].workspace
            if len(self.workspace.documents) < 2:
                self.workspace.new().editor.insertPlainText("untitled ")
            self.tell()

    def act(self) -> None:
        if self.workspace is None:
            self.start()
            return
        if self.patience > 0:
            self.wait_for_draft()
            return
        if random.random() < 0.05:
            self.workspace.set_front(random.choice([*self.workspace.tabs()]))
        tab = self.workspace.current
        dice = random.random()
        if dice < 0.03 and tab.document.path:
            self.workspace.save()
        elif dice < 0.08:
            tab.session.regenerate()
            self.patience = random.choice((0, MAX_PATIENCE))
        elif dice < 0.12:
            tab.session.stop_or_reject()
        elif dice < 0.2:
            tab.editor.undo() if dice < 0.17 else tab.editor.redo()
        else:
            self.edit(tab)
        self.tell()

    def wait_for_draft(self) -> None:
        """Let it settle before the next key; then take it, or go on beside it."""
        session = self.workspace.current.session
        self.patience -= 1
        if session.status.phase is Phase.FINISHED:
            self.patience = 0
            if random.random() < 0.7:
                session.accepting.accept()
                self.num_accepted += 1
                self.tell()
        elif session.status.phase is Phase.IDLE:
            self.patience = 0

    def edit(self, tab: DocumentTab) -> None:
        document, cursor = tab.editor.document(), tab.editor.textCursor()
        last = document.characterCount() - 1
        start = end = cursor.position()
        if random.random() < 0.1:
            start = end = random.randint(0, last)
        if random.random() < 0.1:
            end = min(last, start + random.randint(0, 30))
        # No hand can put a caret into the middle of a character.
        start, end = whole_characters(document, start, end)
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(random.choice(WORDS) + (str(next(self.numbers)) if last < 9 else ""))
        tab.editor.setTextCursor(cursor)

    def tell(self) -> None:
        texts = sorted(tab.document.text() for tab in self.workspace.tabs())
        checks = [zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts]
        drafts = sum(DRAFT in text for text in texts)
        facts = ("state", time.monotonic(), drafts, self.num_accepted, *checks)
        print(*facts, flush=True)  # noqa: T201


def make_application(original: Callable[..., QApplication], *options: str | None) -> QApplication:
    made = original(*options)
    made.typist = Typist()
    return made


if __name__ == "__main__":
    random.seed(int(sys.argv[1]))
    if sys.argv[3:] != ["model"]:
        application.EngineBridge = partial(EngineBridge, Drafter)
    application.make_application = partial(make_application, application.make_application)
    sys.exit(main([str(Path(sys.argv[2]))]))
