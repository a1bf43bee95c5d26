"""The command palette: every action and its key, found by a few letters of its name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.shortcuts import Shortcuts, keys_text, title_of
from app.widgets.popup import Popup

WIDTH = 620  # px
ROWS = 12
ROW_HEIGHT = 30  # px, at least
PAD = 12  # px
KEYS = Qt.ItemDataRole.UserRole
MENU = Qt.ItemDataRole.UserRole + 1
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


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
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setItemDelegate(_EntryDelegate(self.list))
        # The line keeps the keyboard; see `take_key`.
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Commands"))
        self.list.setFixedHeight(ROWS * ROW_HEIGHT)
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
        for entry in self._shown:
            item = QListWidgetItem(entry.title)
            item.setData(KEYS, keys_text(entry.action))
            item.setData(MENU, entry.menu)
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


class _EntryDelegate(QStyledItemDelegate):
    """Draws the name on the left, the menu behind it, the key on the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Give every row some air."""
        hint = super().sizeHint(option, index)
        return QSize(hint.width(), max(ROW_HEIGHT, hint.height() + 8))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        painter.save()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        palette, role = option.palette, QPalette.ColorRole
        if is_chosen:
            painter.fillRect(option.rect, palette.color(role.Highlight))
        strong = palette.color(role.HighlightedText if is_chosen else role.Text)
        quiet = strong if is_chosen else palette.color(role.PlaceholderText)
        rect = option.rect.adjusted(PAD, 0, -PAD, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(strong)
        title = str(index.data())
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, title)
        painter.setPen(quiet)
        behind = rect.adjusted(painter.fontMetrics().horizontalAdvance(title) + PAD, 0, 0, 0)
        painter.drawText(behind, middle | Qt.AlignmentFlag.AlignLeft, str(index.data(MENU)))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, str(index.data(KEYS)))
        painter.restore()


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
