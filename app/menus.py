"""The menus: every action of the window, its name and its key."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

Key = QKeySequence.StandardKey
Shortcut = QKeySequence | QKeySequence.StandardKey | str


class MenuBuilder:
    """Adds menus to a window, one call per line of a menu."""

    def __init__(self, window: QMainWindow) -> None:
        self._window = window
        self._menu = QMenu()

    def start(self, title: str) -> QMenu:
        """Start a menu; the actions that follow go into it."""
        self._menu = self._window.menuBar().addMenu(title)
        return self._menu

    def add(
        self, text: str, run: Callable[[], object], shortcuts: Iterable[Shortcut] = ()
    ) -> QAction:
        """Add an action and what it does."""
        action = QAction(text, self._window)
        action.setShortcuts([key for shortcut in shortcuts for key in _sequences(shortcut)])
        # Qt passes `checked`, which is nobody's concern here.
        action.triggered.connect(lambda _: run())
        self._menu.addAction(action)
        return action

    def add_check(self, text: str, run: Callable[[bool], object], *, is_on: bool) -> QAction:
        """Add an action that is on or off."""
        action = QAction(text, self._window, checkable=True, checked=is_on)
        action.toggled.connect(run)
        self._menu.addAction(action)
        return action

    def add_choice(self, choices: Iterable[tuple[str, Callable[[], object], bool]]) -> None:
        """Add actions of which one is on."""
        group = QActionGroup(self._window)
        for text, run, is_on in choices:
            action = self.add(text, run)
            action.setCheckable(True)
            action.setChecked(is_on)
            group.addAction(action)

    def separate(self) -> None:
        """Add a line."""
        self._menu.addSeparator()


def _sequences(shortcut: Shortcut) -> list[QKeySequence]:
    if isinstance(shortcut, QKeySequence.StandardKey):
        return QKeySequence.keyBindings(shortcut)
    return [QKeySequence(shortcut)]
