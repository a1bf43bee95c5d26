"""The program itself, all of it, doing what its parent process tells it line by line.

Each line in is a list of what to do and its arguments; each line out tells how things stand then.
"""

import json
import sys
import threading
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from app import application
from app.engine_model import ModelReady
from app.main import main
from app.preferences import PreferencesDialog
from app.window.main_window import MainWindow

LOOK_MS = 20


class Hands(QObject):
    """Does what is read, in the interface's thread, once there is a window on the screen."""

    read = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.read.connect(self.do)
        self.timer = QTimer(self)
        self.timer.timeout.connect(self.look)
        self.timer.start(LOOK_MS)

    def look(self) -> None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if found and found[0].isVisible() and found[0].isActiveWindow():
            self.timer.stop()
            self.window = found[0]
            self.tell()
            threading.Thread(target=self.listen, daemon=True).start()

    def listen(self) -> None:
        for line in sys.stdin:
            self.read.emit(json.loads(line))

    def do(self, task: list) -> None:
        name, *arguments = task
        getattr(self, name)(*arguments)
        self.tell()

    @property
    def tab(self):
        return self.window.workspace.current

    def type(self, text: str) -> None:
        QTest.keyClicks(self.tab.editor, text)

    def press(self, keys: str) -> None:
        QTest.keySequence(self.tab.editor, QKeySequence(keys))

    def choose(self, text: str) -> None:
        actions = self.window.findChildren(QAction)
        next(a for a in actions if a.text().replace("&", "").startswith(text)).trigger()

    def put(self, caret: int, anchor: int) -> None:
        self.tab.show_place(caret, anchor)

    def prefer(self, key: str, value: str) -> None:
        """Choose an option in the dialog that has a list to choose from."""
        self.window.popups.show_preferences()
        dialog = self.window.findChildren(PreferencesDialog)[-1]
        box = next(b for b in dialog.findChildren(QComboBox) if b.toolTip() == key)
        box.setCurrentIndex(box.findData(value))
        box.activated.emit(box.currentIndex())
        dialog.close()

    def bring(self, index: int) -> None:
        self.window.tabs.setCurrentIndex(index)

    def minimise(self) -> None:
        self.window.showMinimized()

    def nothing(self) -> None:
        pass

    def tell(self) -> None:
        window, session = self.window, self.tab.session
        proposal, second = session.proposal, window.workspace.second
        cursor = self.tab.editor.textCursor()
        facts = {
            "titles": [tab.document.title for tab in window.workspace.tabs()],
            "texts": [tab.document.text() for tab in window.workspace.tabs()],
            "unsaved": [tab.document.is_modified for tab in window.workspace.tabs()],
            "front": window.tabs.currentIndex(),
            "caret": [cursor.position(), cursor.anchor()],
            "second": second.document.title if second else None,
            "messages": [message.text for message in window.message_bar.messages],
            "is_ready": isinstance(window.engine.phase, ModelReady),
            "phase": session.status.phase.name,
            "draft": proposal.draft.text if proposal and proposal.draft else None,
            "is_shown": window.isVisible() and not window.isMinimized(),
        }
        print(json.dumps(facts), flush=True)  # noqa: T201


def make_application(original, *options) -> QApplication:
    made = original(*options)
    made.hands = Hands()
    return made


if __name__ == "__main__":
    application.make_application = partial(make_application, application.make_application)
    sys.exit(main())
