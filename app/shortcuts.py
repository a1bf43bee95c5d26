"""The keys of all actions: which they come with, which the user wants, and which collide."""

import re
from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from app import commands
from app.commands import (
    COMMANDS,
    CommandKeys,
    is_of_drafts,
    is_of_mac,
    keys_in_words,
    needs_option,
    without_marks,
)
from app.settings import Settings

FUNCTION_KEY = re.compile("F([1-9]|1[0-2])")
Format = QKeySequence.SequenceFormat
TITLE = "title"  # property of an action

# What belongs to writing, and what does everywhere but at a draft.
TYPING = ("Tab", "Shift+Tab", "Ctrl+Right", "Ctrl+Left", "Left", "Right", "Up", "Down", "Backspace")
TYPING_BESIDE_DRAFTS = ("Return", "Enter", "Esc", "Space")


class Shortcuts(QObject):
    """Knows every action by its name in the settings file.

    Signals:
        changed: An action has other keys.
    """

    changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._actions: dict[str, QAction] = {}
        self._defaults: dict[str, list[QKeySequence]] = {}
        self.keys = CommandKeys(self)

    @property
    def actions(self) -> dict[str, QAction]:
        """All actions, by name, in the order of the menus."""
        return dict(self._actions)

    def add(self, name: str, action: QAction) -> None:
        """Take an action in, and give it the keys it comes with, or those the user wants."""
        assert name not in self._actions, f"two actions are called {name}"
        self._actions[name] = action
        command = COMMANDS.get(name)
        self._defaults[name] = command.default_keys() if command else action.shortcuts()
        chosen = self._settings.keys_of(name)
        if chosen is None:
            # A key that a later version brings stays with what the user has given it to.
            given = self._settings.given_keys
            own = self._defaults[name]
            self._apply(name, [k for k in own if k.toString(Format.PortableText) not in given])
        else:
            self._apply(name, [QKeySequence(key, Format.PortableText) for key in chosen])

    def keys_of(self, name: str) -> list[QKeySequence]:
        """Return the keys of an action."""
        return self.keys.of(name)

    def is_default(self, name: str) -> bool:
        """Return whether an action has the keys it comes with."""
        return self.keys.of(name) == self._defaults[name]

    def set_keys(self, name: str, keys: Sequence[QKeySequence]) -> None:
        """Give an action keys; those that others have are taken from them."""
        for key in keys:
            for other in self.conflicts(name, key):
                # Two actions with one key: Qt would carry neither out.
                left = [k for k in self.keys.of(other) if k != key]
                self._give(other, left)
        self._give(name, list(keys))
        self.changed.emit()

    def reset(self, name: str) -> None:
        """Give an action the keys it comes with, as far as no other has them."""
        free = [key for key in self._defaults[name] if not self.conflicts(name, key)]
        self._give(name, free)
        self.changed.emit()

    def conflicts(self, name: str, key: QKeySequence) -> list[str]:
        """Return the other actions that have this key, or one that begins like it."""
        return [
            other
            for other in self._actions
            if other != name and any(_collide(key, own) for own in self.keys.of(other))
        ]

    def why_not(self, name: str, key: QKeySequence) -> str:
        """Return why an action may not have this key; empty if it may."""
        text = key.toString(Format.PortableText)
        needed = TYPING if is_of_drafts(name) else TYPING + TYPING_BESIDE_DRAFTS
        if text in needed or (commands.IS_MAC and needs_option(text)):
            return self.tr("{key} is needed for writing.").format(key=_native(key))
        if commands.IS_MAC and is_of_mac(text):
            return self.tr("{key} is the system's own.").format(key=_native(key))
        # A letter without Ctrl or Alt is what one types.
        is_letter = len(text) == 1 or (text.startswith("Shift+") and len(text) == len("Shift+x"))
        return self.tr("{key} is needed for writing.").format(key=text) if is_letter else ""

    def _give(self, name: str, keys: list[QKeySequence]) -> None:
        self._apply(name, keys)
        is_default = keys == self._defaults[name]
        texts = [key.toString(Format.PortableText) for key in keys]
        self._settings.set_keys_of(name, None if is_default else texts)

    def _apply(self, name: str, keys: list[QKeySequence]) -> None:
        action = self._actions[name]
        self.keys.give(name, keys)
        if is_of_drafts(name):
            # No shortcut, which would take the key from the text as well: the menu only says it.
            hint = f"\t{keys_in_words(keys)}" if keys else ""
            action.setText(action.text().partition("\t")[0] + hint)
        else:
            action.setShortcuts(keys)


def set_title(action: QAction, title: str) -> None:
    """Let an action be called by more words than its line in an inner menu has."""
    action.setProperty(TITLE, title)


def name_group(action: QAction, group: str) -> None:
    """Let an action be called by what it is of, too, where its menu is not seen."""
    set_title(action, f"{without_marks(group)}: {title_of(action)}")


def title_of(action: QAction) -> str:
    """Return an action's words without the marks of a menu."""
    if title := action.property(TITLE):
        return str(title)
    return without_marks(action.text().split("\t")[0])


def keys_text(action: QAction) -> str:
    """Return an action's keys as the system writes them, those with a name by that."""
    hint = action.text().partition("\t")[2]
    all_keys = [keys_in_words([key]) for key in action.shortcuts()]
    # Keyboards that have a key for it say so on the key.
    keys = [key for key in all_keys if "+" in key or FUNCTION_KEY.fullmatch(key)][:2] or all_keys
    # Of a pair that differs only in which Enter it is, both are written alike.
    return ", ".join(dict.fromkeys(keys)) or hint


def _native(key: QKeySequence) -> str:
    return key.toString(Format.NativeText)


def _collide(one: QKeySequence, other: QKeySequence) -> bool:
    match = QKeySequence.SequenceMatch.NoMatch
    return one.matches(other) != match or other.matches(one) != match
