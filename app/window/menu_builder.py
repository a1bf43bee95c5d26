"""The menus: lines for the commands of the table, and what each of them does."""

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu

from app.commands import COMMANDS, CommandKeys
from app.shortcuts import Shortcuts, name_group
from app.translation import tr


class MenuBuilder:
    """Adds menus to a window, one call per line of a menu."""

    def __init__(self, window: QMainWindow, shortcuts: Shortcuts) -> None:
        self._window = window
        self._shortcuts = shortcuts
        self._menu = QMenu()

    @property
    def window(self) -> QMainWindow:
        """The window that the menus are of."""
        return self._window

    @property
    def keys(self) -> CommandKeys:
        """The keys of all commands, as the user wants them."""
        return self._shortcuts.keys

    def start(self, title: str) -> QMenu:
        """Start a menu; the actions that follow go into it."""
        self._menu = self._window.menuBar().addMenu(title)
        return self._menu

    def start_inner(self, title: str) -> QMenu:
        """Add a menu inside the one that was started, without actions."""
        return self._menu.addMenu(title)

    def add(self, name: str, run: Callable[[], object], text: str = "") -> QAction:
        """Add a command and what it does; `text` is said for those that no table lists."""
        action = QAction(text or tr(COMMANDS[name].text), self._window)
        # Qt passes `checked`, which is nobody's concern here.
        action.triggered.connect(lambda _: run())
        return self._put(name, action)

    def add_check(self, name: str, run: Callable[[bool], object], *, is_on: bool) -> QAction:
        """Add a command that is on or off."""
        action = QAction(tr(COMMANDS[name].text), self._window, checkable=True, checked=is_on)
        action.toggled.connect(run)
        return self._put(name, action)

    def add_choice(
        self, title: str, choices: Iterable[tuple[str, Callable[[], object], bool]]
    ) -> list[QAction]:
        """Add commands of which one is on: what they are of, and name, act and state of each."""
        group = QActionGroup(self._window)
        made = []
        for name, run, is_on in choices:
            action = self.add(name, run)
            action.setCheckable(True)
            action.setChecked(is_on)
            name_group(action, title)
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

    def _put(self, name: str, action: QAction) -> QAction:
        action.setObjectName(name)
        self._shortcuts.add(name, action)
        self._menu.addAction(action)
        return action
