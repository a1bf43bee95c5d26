"""The page of keys: every action, its keys, and a place to press others."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.shortcuts import Shortcuts, keys_text, title_of
from app.widgets.ringed import RingedButton
from app.widgets.row_delegate import PaddedRows

NAME = Qt.ItemDataRole.UserRole


class KeysPage(QWidget):
    """Lists the actions; pressing keys for the chosen one says what else they would do."""

    def __init__(self, shortcuts: Shortcuts) -> None:
        super().__init__()
        self._shortcuts = shortcuts
        self.list = QTreeWidget()
        self.press = QKeySequenceEdit()
        self.use = RingedButton(self.tr("Use These Keys"))
        self.none = RingedButton(self.tr("No Keys"))
        self.reset = RingedButton(self.tr("Reset"))
        self.note = QLabel()
        self._set_up()
        self._lay_out()
        self._fill()
        shortcuts.changed.connect(self._refresh)

    @property
    def chosen(self) -> str | None:
        """The name of the chosen action."""
        item = self.list.currentItem()
        return str(item.data(0, NAME)) if item is not None else None

    def filter(self, text: str) -> int:
        """Show the actions whose title, menu or keys hold all of `text`'s words."""
        wanted, count = text.casefold().split(), 0
        for item in self._items():
            place = f"{item.text(0)} {item.text(1)} {item.data(0, NAME)}".casefold()
            fits = all(word in place for word in wanted)
            item.setHidden(not fits)
            count += fits
        return count

    def _items(self) -> list[QTreeWidgetItem]:
        items = (self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount()))
        return [item for item in items if item is not None]

    def _set_up(self) -> None:
        self.list.setHeaderLabels([self.tr("Command"), self.tr("Keys")])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setItemDelegate(PaddedRows(self.list))
        self.list.setAlternatingRowColors(True)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName(self.tr("Commands and their keys"))
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(self._show_chosen)
        self.press.setMaximumSequenceLength(2)
        self.press.setClearButtonEnabled(True)
        self.press.setAccessibleName(self.tr("Press the new keys"))
        self.press.keySequenceChanged.connect(self._check)
        self.note.setWordWrap(True)
        self.note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.use.clicked.connect(self._use)
        self.none.clicked.connect(lambda: self._give([]))
        self.reset.clicked.connect(self._reset)
        for button in (self.use, self.none, self.reset):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.press, 1)
        for button in (self.use, self.none, self.reset):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 14, 22, 14)
        layout.setSpacing(8)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        layout.addWidget(self.note)

    def _fill(self) -> None:
        for name, action in self._shortcuts.actions.items():
            item = QTreeWidgetItem([title_of(action), keys_text(action)])
            item.setData(0, NAME, name)
            self.list.addTopLevelItem(item)
        self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _refresh(self) -> None:
        actions = self._shortcuts.actions
        for item in self._items():
            item.setText(1, keys_text(actions[str(item.data(0, NAME))]))
        self._show_chosen()

    def _show_chosen(self) -> None:
        self.press.clear()
        name = self.chosen
        self.reset.setEnabled(name is not None and not self._shortcuts.is_default(name))
        self._check()

    def _check(self) -> None:
        """Say what the pressed keys do already."""
        key, name = self.press.keySequence(), self.chosen
        reason, others = "", list[str]()
        if name is not None and not key.isEmpty():
            reason, others = (
                self._shortcuts.why_not(name, key),
                self._shortcuts.conflicts(name, key),
            )
        self.use.setEnabled(not key.isEmpty() and not reason and name is not None)
        if others and not reason:
            titles = ", ".join(title_of(self._action(other)) for other in others)
            reason = self.tr("Taken by: {titles}. It would lose them.").format(titles=titles)
        self.note.setText(reason or self.tr("Choose a command, click the field, press the keys."))

    def _action(self, name: str) -> QAction:
        return self._shortcuts.actions[name]

    def _use(self) -> None:
        self._give([self.press.keySequence()])

    def _give(self, keys: list[QKeySequence]) -> None:
        if self.chosen is not None:
            self._shortcuts.set_keys(self.chosen, keys)

    def _reset(self) -> None:
        if self.chosen is not None:
            self._shortcuts.reset(self.chosen)
