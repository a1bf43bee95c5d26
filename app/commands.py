"""Every command of the window: its words, the keys it comes with, and where these keys hold.

The one place for both: menus, palette and the page of keys show them, the window, a draft and the
bar take the keys from them, and so does every sentence that names a key. What a command does is
said where the menus are built, under its name.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from string import Formatter

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence

from app.translation import QT_TR_NOOP, tr

IS_MAC = sys.platform == "darwin"
MAC_SYSTEM_KEYS = ("Ctrl+H", "Ctrl+M", "Ctrl+Alt+H", "Ctrl+Alt+M")  # hide, minimise; all of them
Standard = QKeySequence.StandardKey
Format = QKeySequence.SequenceFormat


class Scope(Enum):
    """Where a command's keys hold."""

    WINDOW = "window"  # everywhere
    DRAFT = "draft"  # at a draft that has the focus, some in a selection; else they are the text's


@dataclass(frozen=True, slots=True)
class Command:
    """One command; its name stands for it in the settings file."""

    text: str  # of the menu
    keys: tuple[str | Standard, ...] = ()
    scope: Scope = Scope.WINDOW

    def default_keys(self) -> list[QKeySequence]:
        """Return the keys that it comes with on this system."""
        return list(dict.fromkeys(own for key in self.keys for own in _sequences(key)))


def _draft(text: str, *keys: str) -> Command:
    return Command(text, keys, Scope.DRAFT)


COMMANDS = {
    "new": Command(QT_TR_NOOP("&New"), (Standard.New,)),
    "open": Command(QT_TR_NOOP("&Open…"), (Standard.Open,)),
    "open_folder": Command(QT_TR_NOOP("Open Fol&der…"), ("Ctrl+Shift+O",)),
    "close_folder": Command(QT_TR_NOOP("Close &Folder")),
    "save": Command(QT_TR_NOOP("&Save"), (Standard.Save,)),
    "save_as": Command(QT_TR_NOOP("Save &As…"), ("Ctrl+Shift+S",)),
    "save_all": Command(QT_TR_NOOP("Save A&ll"), ("Ctrl+Alt+S",)),
    "revert": Command(QT_TR_NOOP("Re&vert to Saved")),
    "reopen_encoding": Command(QT_TR_NOOP("Reopen with &Encoding…")),
    "save_encoding": Command(QT_TR_NOOP("Save with En&coding…")),
    "line_ends_lf": Command(QT_TR_NOOP("Line Ends: LF")),
    "line_ends_crlf": Command(QT_TR_NOOP("Line Ends: CRLF")),
    "close_tab": Command(QT_TR_NOOP("Close Ta&b"), ("Ctrl+W",)),
    "quit": Command(QT_TR_NOOP("&Quit"), ("Ctrl+Q",)),
    "undo": Command(QT_TR_NOOP("&Undo"), (Standard.Undo,)),
    # Qt has Ctrl+Y for it on Windows alone; on a Mac it is another program's key.
    "redo": Command(QT_TR_NOOP("&Redo"), (Standard.Redo,) if IS_MAC else (Standard.Redo, "Ctrl+Y")),
    "cut": Command(QT_TR_NOOP("Cu&t"), (Standard.Cut,)),
    "copy": Command(QT_TR_NOOP("&Copy"), (Standard.Copy,)),
    "paste": Command(QT_TR_NOOP("&Paste"), (Standard.Paste,)),
    "select_all": Command(QT_TR_NOOP("Select &All"), (Standard.SelectAll,)),
    "add_next": Command(QT_TR_NOOP("Add &Next Occurrence"), ("Ctrl+D",)),
    "add_all": Command(QT_TR_NOOP("Add All &Matches"), ("Ctrl+Shift+L",)),
    "caret_above": Command(QT_TR_NOOP("Add Caret A&bove"), ("Ctrl+Alt+Up",)),
    "caret_below": Command(QT_TR_NOOP("Add Caret Belo&w"), ("Ctrl+Alt+Down",)),
    "column_up": Command(QT_TR_NOOP("Column Selection &Up"), ("Ctrl+Alt+Shift+Up",)),
    "column_down": Command(QT_TR_NOOP("Column Selection &Down"), ("Ctrl+Alt+Shift+Down",)),
    "column_left": Command(QT_TR_NOOP("Column Selection &Left"), ("Ctrl+Alt+Shift+Left",)),
    "column_right": Command(QT_TR_NOOP("Column Selection &Right"), ("Ctrl+Alt+Shift+Right",)),
    "spelling": Command(QT_TR_NOOP("Check Spellin&g")),
    "settings": Command(QT_TR_NOOP("&Settings…"), ("Ctrl+,",)),
    "find": Command(QT_TR_NOOP("&Find…"), (Standard.Find,)),
    "replace": Command(QT_TR_NOOP("&Replace…"), ("Ctrl+H",)),
    "find_next": Command(QT_TR_NOOP("Find &Next"), ("F3",)),
    "find_previous": Command(QT_TR_NOOP("Find &Previous"), ("Shift+F3",)),
    "find_all_tabs": Command(QT_TR_NOOP("Find in All &Tabs…"), ("Ctrl+Shift+F",)),
    "find_folder": Command(QT_TR_NOOP("Find in the F&older…"), ("Ctrl+Alt+F",)),
    "goto_file": Command(QT_TR_NOOP("Go to F&ile…"), ("Ctrl+P",)),
    "goto_line": Command(QT_TR_NOOP("&Go to Line…"), ("Ctrl+G",)),
    "goto_bracket": Command(QT_TR_NOOP("Go to Matching &Bracket"), ("Ctrl+M",)),
    "duplicate": Command(QT_TR_NOOP("&Duplicate"), ("Ctrl+Shift+D",)),
    "move_up": Command(QT_TR_NOOP("Move &Up"), ("Alt+Up",)),
    "move_down": Command(QT_TR_NOOP("Move Do&wn"), ("Alt+Down",)),
    "delete_line": Command(QT_TR_NOOP("D&elete Line"), ("Ctrl+Shift+K",)),
    "join": Command(QT_TR_NOOP("&Join"), ("Ctrl+J",)),
    "outdent": Command(QT_TR_NOOP("Move &Left"), ("Ctrl+[",)),
    "indent": Command(QT_TR_NOOP("Move &Right"), ("Ctrl+]",)),
    "indent_2": Command(QT_TR_NOOP("&2 Spaces")),
    "indent_4": Command(QT_TR_NOOP("&4 Spaces")),
    "indent_8": Command(QT_TR_NOOP("&8 Spaces")),
    "indent_tabs": Command(QT_TR_NOOP("&Tabs")),
    "indent_found": Command(QT_TR_NOOP("As the &File Is")),
    "comment": Command(QT_TR_NOOP("&Comment or Not"), ("Ctrl+/",)),
    "trim": Command(QT_TR_NOOP("Remove &Spaces at Line Ends")),
    "rewrite": Command(
        QT_TR_NOOP("&Rewrite Selection, or Fill In Here"), ("Ctrl+Enter", "Ctrl+Return")
    ),
    "rewrite_exact": Command(
        QT_TR_NOOP("Rewrite E&xactly This"), ("Ctrl+Alt+Enter", "Ctrl+Alt+Return")
    ),
    "accept": _draft(QT_TR_NOOP("&Accept"), "Return", "Enter"),
    "stop": _draft(QT_TR_NOOP("&Stop, Then Reject"), "Esc"),
    "rewrite_with": Command(
        QT_TR_NOOP("Rewrite &With…"), ("Ctrl+Shift+Enter", "Ctrl+Shift+Return")
    ),
    "preset_save": Command(QT_TR_NOOP("&Keep These Settings as a Preset…")),
    "preset_rename": Command(QT_TR_NOOP("Re&name a Preset…")),
    "preset_remove": Command(QT_TR_NOOP("Re&move a Preset…")),
    **{f"preset_{n}": Command(QT_TR_NOOP("Preset"), (f"Alt+{n}",)) for n in range(1, 10)},
    "fill_pause": Command(QT_TR_NOOP("Fill as You Pause")),
    "private": Command(QT_TR_NOOP("Never Fill in This File")),
    "write_on": Command(QT_TR_NOOP("Contin&ue Writing"), ("Ctrl+Shift+Space",)),
    "fill_blanks": Command(QT_TR_NOOP("Fill Blan&ks")),
    "rewrite_alike": Command(QT_TR_NOOP("Rewrite Alike Everywhere")),
    "json_schema": Command(QT_TR_NOOP("&JSON Schema of This File…")),
    "rewrite_again": Command(QT_TR_NOOP("Rewrite A&gain")),
    "accept_word": _draft(QT_TR_NOOP("Accept a W&ord"), "Alt+K"),
    "accept_line": _draft(QT_TR_NOOP("Accept a &Line"), "Alt+J"),
    "accept_place": _draft(QT_TR_NOOP("Accept One Place"), "Alt+Shift+J"),
    "accept_fill": _draft(QT_TR_NOOP("Accept the Fill of a Pause"), "Alt+Return", "Alt+Enter"),
    "next": _draft(QT_TR_NOOP("&Next Version"), "Alt+]"),
    "previous": _draft(QT_TR_NOOP("&Previous Version"), "Alt+["),
    "step_back": _draft(QT_TR_NOOP("Step &Back"), "Alt+,"),
    "step_on": _draft(QT_TR_NOOP("Step &Forward"), "Alt+."),
    "branch": _draft(QT_TR_NOOP("Bran&ch From This Step"), "Alt+B"),
    "compare": _draft(QT_TR_NOOP("Before or After"), "Space"),
    "next_draft": Command(QT_TR_NOOP("&Next Draft"), ("F8",)),
    "previous_draft": Command(QT_TR_NOOP("&Previous Draft"), ("Shift+F8",)),
    "accept_all": Command(QT_TR_NOOP("&Accept All Drafts"), ("Ctrl+F8",)),
    "reject_all": Command(QT_TR_NOOP("&Reject All Drafts")),
    "live": Command(QT_TR_NOOP("Li&ve Region")),
    "next_word": _draft(QT_TR_NOOP("&Next Word"), "Alt+Shift+Right"),
    "previous_word": _draft(QT_TR_NOOP("&Previous Word"), "Alt+Shift+Left"),
    "pin": _draft(QT_TR_NOOP("P&in or Let Go"), "Alt+P"),
    "melt": _draft(QT_TR_NOOP("&Melt"), "Alt+M"),
    "alternatives": _draft(QT_TR_NOOP("&Other Words…"), "Alt+O"),
    "accept_this": _draft(QT_TR_NOOP("&Accept This Word Alone"), "Alt+Shift+K"),
    "clear_queue": Command(QT_TR_NOOP("Take Waiting Regions Back")),
    "heat": Command(QT_TR_NOOP("Mark When Words Se&ttled")),
    "draw_default": Command(QT_TR_NOOP("Like the &Desktop Moves")),
    "draw_full": Command(QT_TR_NOOP("In &Full")),
    "draw_calm": Command(QT_TR_NOOP("&Calmly")),
    "draw_off": Command(QT_TR_NOOP("The &Result Only")),
    "draw_raw": Command(QT_TR_NOOP("The Raw Can&vas")),
    "history": Command(QT_TR_NOOP("Histor&y…"), ("Ctrl+Shift+H",)),
    "models": Command(QT_TR_NOOP("&Models…"), ("Ctrl+Alt+M",)),
    "server": Command(QT_TR_NOOP("S&erver…")),
    "measure": Command(QT_TR_NOOP("Measure on My Texts…")),
    "teach": Command(QT_TR_NOOP("Teach It My Files…")),
    "palette": Command(QT_TR_NOOP("&Command Palette…"), ("Ctrl+Shift+P",)),
    "folder_side": Command(QT_TR_NOOP("&Folder at the Side"), ("Ctrl+B",)),
    "larger": Command(QT_TR_NOOP("&Larger"), (Standard.ZoomIn, "Ctrl+=")),
    "smaller": Command(QT_TR_NOOP("&Smaller"), (Standard.ZoomOut,)),
    "normal_size": Command(QT_TR_NOOP("&Normal Size"), ("Ctrl+0",)),
    "split": Command(QT_TR_NOOP("Split Side &by Side"), ("Ctrl+\\",)),
    "split_below": Command(QT_TR_NOOP("Split &One Above the Other"), ("Ctrl+Alt+\\",)),
    "other_view": Command(QT_TR_NOOP("Go to the Ot&her View"), ("F6",)),
    "close_split": Command(QT_TR_NOOP("Clos&e the Second View"), ("Shift+F6",)),
    "word_wrap": Command(QT_TR_NOOP("&Word Wrap"), ("Alt+Z",)),
    "white_space": Command(QT_TR_NOOP("Spaces and &Tabs")),
    "preview": Command(QT_TR_NOOP("&Preview"), ("Ctrl+Shift+V",)),
    "look_system": Command(QT_TR_NOOP("Like the S&ystem")),
    "look_light": Command(QT_TR_NOOP("L&ight")),
    "look_dark": Command(QT_TR_NOOP("&Dark")),
    "welcome": Command(QT_TR_NOOP("&Welcome")),
    "keys": Command(QT_TR_NOOP("&Keys"), (Standard.HelpContents,)),
    "privacy": Command(QT_TR_NOOP("What &Leaves This Machine")),
    "about": Command(QT_TR_NOOP("&About Inlay")),
}

# Keys that have a name in the menus, where others are written as the system writes them.
NAMED = {
    "Return": QT_TR_NOOP("Enter"),
    "Enter": QT_TR_NOOP("Enter"),
    "Esc": QT_TR_NOOP("Esc"),
    "Space": QT_TR_NOOP("Space"),
}


class CommandKeys(QObject):
    """Which keys mean which command now; at first those that they come with.

    Signals: `changed`, after a command was given other keys.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = {name: command.default_keys() for name, command in COMMANDS.items()}

    def of(self, name: str) -> list[QKeySequence]:
        """Return the keys of a command."""
        return list(self._keys[name])

    def give(self, name: str, keys: Sequence[QKeySequence]) -> None:
        """Give a command other keys."""
        if self._keys.get(name) != list(keys):
            self._keys[name] = list(keys)
            self.changed.emit()

    def draft_command_of(self, event: QKeyEvent) -> str | None:
        """Return the command that a key means at a draft; None for one that means none."""
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        # As a number: not every letter there is has a name in `Qt.Key`.
        pressed = QKeySequence(event.key() | modifiers.value)
        found = (name for name, keys in self._keys.items() if pressed in keys)
        return next((name for name in found if is_of_drafts(name)), None)

    def text(self, name: str) -> str:
        """Return the keys of a command as one reads them; its words, if it has no key."""
        return keys_in_words(self._keys[name]) or without_marks(tr(COMMANDS[name].text))

    def first(self, name: str) -> str:
        """Return the first key of a command, which will do where there are more."""
        return self.text(name).split(", ")[0]

    def fill(self, sentence: str, **facts: object) -> str:
        """Put keys in for the names of commands in a sentence's braces, and facts for others."""
        # Translators may put the names in another order, or leave one out.
        names = {name for _, name, _, _ in Formatter().parse(sentence) if name in COMMANDS}
        return sentence.format(**{name: self.text(name) for name in names}, **facts)


def is_of_drafts(name: str) -> bool:
    """Return whether a command's keys hold at a draft alone."""
    return name in COMMANDS and COMMANDS[name].scope is Scope.DRAFT


def without_marks(text: str) -> str:
    """Return a menu's words without its marks."""
    # Two of them stand for one that is shown.
    text = text.replace("&&", "\0").replace("&", "").replace("\0", "&")
    return text.removesuffix("…").rstrip()  # German has a space before the dots


def keys_in_words(keys: Sequence[QKeySequence]) -> str:
    """Return keys as the system writes them, those with a name by that."""
    return ", ".join(dict.fromkeys(map(_in_words, keys)))


def _in_words(key: QKeySequence) -> str:
    written, last = key.toString(Format.NativeText), key.toString().rpartition("+")[2]
    if last not in NAMED:
        return written
    return written.removesuffix(QKeySequence(last).toString(Format.NativeText)) + tr(NAMED[last])


def _sequences(key: str | Standard) -> list[QKeySequence]:
    if isinstance(key, Standard):
        return QKeySequence.keyBindings(key)
    holds_control = IS_MAC and (needs_option(key) or is_of_mac(key))
    return [QKeySequence(f"Meta+{key}" if holds_control else key)]


def is_of_mac(key: str) -> bool:
    """Return whether a Mac has a use of its own for a key, in every program."""
    return key in MAC_SYSTEM_KEYS


def needs_option(key: str) -> bool:
    """Return whether a key is one with Alt alone, or with Shift.

    On a Mac that is Option, which writes letters and walks over words: keys of ours hold Control,
    which Qt calls Meta, with it there.
    """
    return key.startswith("Alt+")
