"""Keys whose commands need something that is not there: that is said."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMainWindow

from app.shortcuts import Shortcuts
from app.translation import QT_TR_NOOP, tr
from app.window.action_states import OF_FOLDER, OF_SPLIT
from app.window.status_line import StatusLine
from app.workspace.workspace import Workspace

WHY_NOT = {
    OF_FOLDER: QT_TR_NOOP("No folder is open. {open_folder} opens one."),
    OF_SPLIT: QT_TR_NOOP("There is no second view. {split} opens one."),
}


class StrayKeys(QObject):
    """Hears of the keys that nobody in a window has taken."""

    def __init__(
        self, window: QMainWindow, shortcuts: Shortcuts, line: StatusLine, workspace: Workspace
    ) -> None:
        super().__init__(window)
        self._shortcuts, self._line = shortcuts, line
        self._said = ""
        workspace.folder.changed.connect(self._take_back)
        workspace.view_changed.connect(self._take_back)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say why a key does nothing, which its disabled line in a menu would show."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            for names, why_not in WHY_NOT.items():
                if any(self._is_stray(name, pressed) for name in names):
                    self._said = self._shortcuts.keys.fill(tr(why_not))
                    self._line.show_hint(self._said)
        return False

    def _is_stray(self, name: str, pressed: QKeySequence) -> bool:
        is_enabled = self._shortcuts.actions[name].isEnabled()
        return not is_enabled and pressed in self._shortcuts.keys_of(name)

    def _take_back(self) -> None:
        self._line.take_back(self._said)
