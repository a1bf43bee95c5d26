"""A user's hands and eyes on the real window with the real engine and a real model."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.appearance import Appearance
from app.application import make_application
from app.editor import Editor
from app.engine_bridge import EngineBridge
from app.engine_model import ModelReady
from app.proposal import Phase, ProposalSession
from app.settings import Settings
from app.window.main_window import MainWindow
from app.workspace.document_tab import DocumentTab

PICTURES = Path("build/journeys")
TIMEOUT_S = 90.0
POLL_MS, MET = 3, 1
CONTROL = Qt.KeyboardModifier.ControlModifier


class Journey:
    """One window on one file; closes the engine behind itself."""

    def __init__(self, model: Path, text: str, file_name: str = "story.md") -> None:
        """Prepare; the window opens with the `with` block."""
        self._folder = tempfile.TemporaryDirectory()
        self._model = model
        self.file = Path(self._folder.name) / file_name
        self.file.write_bytes(text.encode())

    def __enter__(self) -> Self:
        """Open the window and start the engine as the application does."""
        self._application = QApplication.instance() or make_application()
        self._bridge = EngineBridge()
        self.window = MainWindow(self._bridge, Settings(Path(self._folder.name) / "settings.ini"))
        self.window.workspace.open_paths([self.file])
        self.window.show()
        self.editor.setFocus()
        # Shortcuts reach a window only once it is the active one.
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        self.window.start_engine(self._model, "cpu")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Join the engine, then let the window go."""
        self._bridge.close()
        for tab in self.window.workspace.tabs():
            with QSignalBlocker(tab.editor.document()):
                tab.editor.document().setModified(False)  # nobody is there to answer the question
        self.window.close()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self._folder.cleanup()

    @property
    def tab(self) -> DocumentTab:
        """The tab in front."""
        tab = self.window.workspace.current
        assert tab is not None
        return tab

    @property
    def editor(self) -> Editor:
        """The editor in front."""
        return self.tab.editor

    @property
    def session(self) -> ProposalSession:
        """The proposal in front."""
        return self.tab.session

    @property
    def text(self) -> str:
        """The document's text."""
        return self.editor.toPlainText()

    def wait(self, condition: Callable[[], bool], timeout_s: float = TIMEOUT_S) -> None:
        """Let the interface run until the condition holds.

        Qt's own loop waits, as in the program: one that keeps asking takes Python's lock from the
        engine most of the time.
        """
        end, loop, timer = time.monotonic() + timeout_s, QEventLoop(), QTimer()

        def look() -> None:
            if condition():
                loop.exit(MET)
            elif time.monotonic() > end:
                loop.exit()

        timer.timeout.connect(look)
        timer.start(POLL_MS)
        assert condition() or loop.exec() == MET, "it never happened"

    def wait_ready(self) -> None:
        """Wait for the model."""
        self.wait(lambda: isinstance(self.window.engine.phase, ModelReady))

    def wait_done(self) -> None:
        """Wait until the proposal can be accepted."""
        self.wait(lambda: self.session.status.phase is Phase.FINISHED)

    def select(self, words: str) -> None:
        """Select the first place where the words stand."""
        start = self.text.index(words)
        cursor = self.editor.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(start + len(words), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def put_caret(self, behind: str) -> None:
        """Put the caret behind the first place where the words stand."""
        cursor = self.editor.textCursor()
        cursor.setPosition(self.text.index(behind) + len(behind))
        self.editor.setTextCursor(cursor)

    def press(
        self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """Press a key in the editor."""
        QTest.keyClick(self.editor, key, modifier)

    def choose(self, text: str) -> None:
        """Choose the menu line that begins with these words."""
        actions = self.window.findChildren(QAction)
        wanted = (a for a in actions if a.text().replace("&", "").startswith(text))
        next(wanted).trigger()

    def look(self, appearance: Appearance) -> None:
        """Choose light or dark."""
        self.window._settings.appearance = appearance
        QApplication.processEvents()

    def messages(self) -> list[str]:
        """Return what the message bar holds, the newest last."""
        return [message.text for message in self.window.message_bar.messages]

    def picture(self, name: str, widget: QWidget | None = None) -> bytes:
        """Keep a screenshot in build/journeys and return the editor's pixels."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        QTest.qWait(60)  # a message has another height once it is laid out
        (widget or self.window).grab().save(str(PICTURES / f"{name}.png"))
        return bytes(self.editor.viewport().grab().toImage().constBits())
