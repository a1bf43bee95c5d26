"""The command palette: every action and its key, found by a few letters of its name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QListWidgetItem, QMenu, QWidget

from app.shortcuts import Shortcuts, keys_text, title_of
from app.widgets.entry_rows import MOVES, NOTE, OF, make_list
from app.widgets.popup import Popup

WIDTH = 620  # px
ROWS = 12


@dataclass(frozen=True, slots=True)
class PaletteEntry:
    """One line of the palette."""

    action: QAction
    menu: str

    @property
    def title(self) -> str:
        """The words it is shown and found by."""
        return title_of(self.action)


def entries_of(shortcuts: Shortcuts) -> Iterator[PaletteEntry]:
    """Go through all actions and the menus they are in."""
    for action in shortcuts.actions.values():
        menus = [menu for menu in action.associatedObjects() if isinstance(menu, QMenu)]
        menu = title_of(menus[0].menuAction()) if menus else ""
        is_said = title_of(action).startswith(f"{menu}:")
        yield PaletteEntry(action, "" if is_said else menu)


class CommandPalette(Popup):
    """Filters entries while one types, and triggers the chosen one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, width=WIDTH)
        self._entries: list[PaletteEntry] = []
        self._shown: list[PaletteEntry] = []
        self._last: list[QAction] = []  # chosen lately, the newest first
        self.list = make_list(ROWS)
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.itemClicked.connect(lambda _: self.accept())
        self.body.addWidget(self.list)
        self.line.setPlaceholderText(self.tr("What would you like to do?"))
        self.line.setAccessibleName(self.tr("Search the commands"))
        self.line.textChanged.connect(self._filter)
        self.accepted.connect(self._run)

    def show_entries(self, entries: Iterable[PaletteEntry]) -> None:
        """Open with these entries."""
        self._entries = [entry for entry in entries if entry.action.isEnabled()]
        self.line.clear()
        self._filter("")
        self.open()

    def _filter(self, words: str) -> None:
        scored = [(score(words, entry.title, entry.menu), entry) for entry in self._entries]
        order = {id(action): index for index, action in enumerate(reversed(self._last), 1)}
        found = [(s, order.get(id(e.action), 0), e) for s, e in scored if s is not None]
        found.sort(key=lambda item: (-item[0], -item[1]))
        self._shown = [entry for _, _, entry in found]
        self.list.clear()
        self.list.say_when_empty(self.tr("No command matches “{words}”.").format(words=words))
        for entry in self._shown:
            item = QListWidgetItem(entry.title)
            item.setData(NOTE, keys_text(entry.action))
            item.setData(OF, entry.menu)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        row = self.list.currentRow()
        if 0 <= row < len(self._shown):
            action = self._shown[row].action
            self._last = [action, *(other for other in self._last if other is not action)][:9]
            action.trigger()

    def take_key(self, event: QKeyEvent) -> bool:
        """Move through the list from the line."""
        if event.key() in MOVES:
            self.list.event(QKeyEvent(QEvent.Type.KeyPress, event.key(), event.modifiers()))
            return True
        return super().take_key(event)


def score(words: str, title: str, menu: str = "") -> int | None:
    """Return how well letters fit a title, in their order; None if they do not.

    Letters that begin words, and letters that follow each other, count more.
    """
    text, total, place, run = f"{title} {menu}".casefold(), 0, 0, 0
    for letter in words.casefold().replace(" ", ""):
        found = text.find(letter, place)
        if found < 0:
            return None
        starts = found == 0 or not text[found - 1].isalnum()
        run = run + 1 if found == place and total else 0
        total += 1 + 4 * starts + 3 * run
        place = found + 1
    whole = words.casefold().strip()
    return total + (20 if whole and whole in title.casefold() else 0)
