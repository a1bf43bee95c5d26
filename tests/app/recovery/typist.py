"""The whole application with a wild typist in it, to be killed at any moment.

Prints a line for every state that its two documents have been in: the time, and a checksum of each
text. Starts with what has come back from the run before.
"""

import itertools
import random
import sys
import time
import zlib
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from app import application
from app.document_tab import DocumentTab
from app.engine_bridge import EngineBridge
from app.main import main
from app.proposal.positions import whole_characters
from engine.api import CanvasUpdated, DraftSpan, EventCallback, Generate, Request, Started

DRAFT = "DRAFT that nobody accepts"
WORDS = ["word ", "é", "😀", "\n", "longer words than that ", "x"]


class Drafter:
    """An engine that only ever drafts."""

    def __init__(self, on_event: EventCallback) -> None:
        self._send = on_event
        self._typist = Typist()

    def submit(self, request: Request) -> None:
        if isinstance(request, Generate):
            job, spans = request.job_id, (DraftSpan(start=0, end=5, entropy=1.0, accepted=False),)
            self._send(Started(job_id=job, num_slots=4, max_steps=9, encode_ms=1.0))
            frame = CanvasUpdated(
                job_id=job,
                step=1,
                max_steps=9,
                text=DRAFT,
                spans=spans,
                mean_entropy=1.0,
                step_ms=1.0,
            )
            self._send(frame)

    def close(self) -> None:
        pass


class Typist:
    """Edits, saves and rewrites, without a pause and without a plan."""

    def __init__(self) -> None:
        windows = QApplication.topLevelWidgets()
        self.window = next(w for w in windows if hasattr(w, "message_bar"))
        self.workspace = self.window.workspace
        if self.workspace.count() < 2:
            self.workspace.new().editor.insertPlainText("untitled ")
        self.numbers = itertools.count()
        self.tell()
        self.timer = QTimer()
        self.timer.timeout.connect(self.act)
        self.timer.start(7)

    def act(self) -> None:
        if random.random() < 0.05:
            self.workspace.setCurrentIndex(random.randrange(self.workspace.count()))
        tab = self.workspace.current
        dice = random.random()
        if dice < 0.03 and tab.document.path:
            self.workspace.save()
        elif dice < 0.08:
            tab.session.regenerate()
        elif dice < 0.12:
            tab.session.stop_or_reject()
        elif dice < 0.2:
            tab.editor.undo() if dice < 0.17 else tab.editor.redo()
        else:
            self.edit(tab)
        self.tell()

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
        print("state", time.monotonic(), drafts, *checks, flush=True)  # noqa: T201


if __name__ == "__main__":
    random.seed(int(sys.argv[1]))
    application.EngineBridge = partial(EngineBridge, Drafter)
    sys.exit(main([str(Path(sys.argv[2]))]))
