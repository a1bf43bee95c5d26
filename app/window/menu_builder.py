"""The menus: every action of the window, its name and its key."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from app.shortcuts import Shortcuts

Key = QKeySequence.StandardKey
Shortcut = QKeySequence | QKeySequence.StandardKey | str


class MenuBuilder:
    """Adds menus to a window, one call per line of a menu."""

    def __init__(self, window: QMainWindow, shortcuts: Shortcuts) -> None:
        self._window = window
        self._shortcuts = shortcuts
        self._menu = QMenu()

    def start(self, title: str) -> QMenu:
        """Start a menu; the actions that follow go into it."""
        self._menu = self._window.menuBar().addMenu(title)
        return self._menu

    def start_inner(self, title: str) -> QMenu:
        """Add a menu inside the one that was started, without actions."""
        return self._menu.addMenu(title)

    def add(
        self,
        name: str,
        text: str,
        run: Callable[[], object],
        shortcuts: Iterable[Shortcut] = (),
    ) -> QAction:
        """Add an action and what it does; `name` stands for it in the settings file."""
        action = QAction(text, self._window)
        # Qt passes `checked`, which is nobody's concern here.
        action.triggered.connect(lambda _: run())
        return self._put(name, action, shortcuts)

    def add_check(
        self,
        name: str,
        text: str,
        run: Callable[[bool], object],
        *,
        is_on: bool,
        shortcuts: Iterable[Shortcut] = (),
    ) -> QAction:
        """Add an action that is on or off."""
        action = QAction(text, self._window, checkable=True, checked=is_on)
        action.toggled.connect(run)
        return self._put(name, action, shortcuts)

    def add_choice(
        self, choices: Iterable[tuple[str, str, Callable[[], object], bool]]
    ) -> list[QAction]:
        """Add actions of which one is on: name, text, what it does, whether it is on."""
        group = QActionGroup(self._window)
        made = []
        for name, text, run, is_on in choices:
            action = self.add(name, text, run)
            action.setCheckable(True)
            action.setChecked(is_on)
            group.addAction(action)
            made.append(action)
        return made

    def move(self, action: QAction, menu: QMenu) -> None:
        """Put an action that was added into an inner menu instead."""
        self._menu.removeAction(action)
        menu.addAction(action)

    def separate(self) -> None:
        """Add a line."""
        self._menu.addSeparator()

    def _put(self, name: str, action: QAction, shortcuts: Iterable[Shortcut]) -> QAction:
        action.setObjectName(name)
        action.setShortcuts([key for shortcut in shortcuts for key in _sequences(shortcut)])
        self._shortcuts.add(name, action)
        self._menu.addAction(action)
        return action


def _sequences(shortcut: Shortcut) -> list[QKeySequence]:
    if isinstance(shortcut, QKeySequence.StandardKey):
        return QKeySequence.keyBindings(shortcut)
    return [QKeySequence(shortcut)]
