"""Go to a file by a few letters of its name, and to a line of it by its number."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QListWidgetItem, QWidget

from app.documents.names import shown
from app.folder.model.file_list import FileList
from app.widgets.entry_rows import MOVES, NOTE, OF, make_list
from app.widgets.popup import Popup

WIDTH = 620  # px
ROWS = 12
PATH = Qt.ItemDataRole.UserRole + 2
LINE = re.compile(r"(.*?):(\d*)")


class QuickOpen(Popup):
    """Filters the names of files while one types.

    Signals:
        chosen: The path of a file, and a line from 1, or 0.
    """

    chosen = Signal(object, int)

    def __init__(self, files: FileList, parent: QWidget) -> None:
        super().__init__(parent, width=WIDTH)
        self._files = files
        self._root = ""
        self._first: list[str] = []
        self.list = make_list(ROWS)
        self.list.setAccessibleName(self.tr("Files"))
        self.list.itemClicked.connect(lambda _: self.accept())
        self._hint = QLabel()
        self._hint.setContentsMargins(4, 0, 4, 0)
        self.body.addWidget(self.list)
        self.body.addWidget(self._hint)
        self.line.setPlaceholderText(self.tr("Name of a file, or name:line"))
        self.line.setAccessibleName(self.tr("File to go to"))
        self.line.textChanged.connect(self._filter)
        self.accepted.connect(self._tell)
        files.found.connect(self._show_found)
        files.read.connect(self._say_where)

    def open_in(self, root: str, first: Iterable[str]) -> None:
        """Open; `first` are the paths of files that are offered before anything is typed."""
        self._root, self._first = root, list(first)
        self._files.refresh()
        self.line.clear()
        self._filter("")
        self._say_where()
        self.open()

    def _filter(self, text: str) -> None:
        letters = _parts(text)[0]
        self.list.say_when_empty(self.tr("No file matches “{letters}”.").format(letters=letters))
        if self._root:
            self._files.find(letters)
        if not self._root or not letters.strip():
            words = letters.strip().casefold()
            self._show(path for path in self._first if words in os.path.basename(path).casefold())

    def _show_found(self, names: list[str]) -> None:
        if not self._root:
            return
        found = [os.path.join(self._root, name) for name in names]
        if _parts(self.line.text())[0].strip():
            self._show(found)
        else:
            row = self.list.currentRow()  # the user may have gone down the list already
            self._show(dict.fromkeys([*self._first, *found]))
            self.list.setCurrentRow(max(0, row))

    def _show(self, paths: Iterable[str]) -> None:
        self.list.clear()
        for path in paths:
            inner = os.path.relpath(path, self._root) if self._is_inside(path) else path
            folder, name = os.path.split(inner)
            item = QListWidgetItem(shown(name))
            item.setData(OF, shown(folder))
            item.setData(NOTE, "")
            item.setData(PATH, Path(path))  # an object, for names that are no text
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _is_inside(self, path: str) -> bool:
        return bool(self._root) and Path(self._root) in Path(path).parents

    def _say_where(self) -> None:
        if not self._root:
            self._hint.setText(self.tr("No folder is open: these are the files of late."))
        elif self._files.is_read:
            self._hint.setText(shown(self._root))
        else:
            self._hint.setText(self.tr("The folder is being read…"))

    def _tell(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.chosen.emit(str(item.data(PATH)), _parts(self.line.text())[1])

    def take_key(self, event: QKeyEvent) -> bool:
        """Move through the list from the line."""
        if event.key() in MOVES:
            self.list.event(QKeyEvent(QEvent.Type.KeyPress, event.key(), event.modifiers()))
            return True
        return super().take_key(event)


def _parts(text: str) -> tuple[str, int]:
    """Return the letters of a name, and the line behind it or 0."""
    found = LINE.fullmatch(text)
    return (found[1], int(found[2] or 0)) if found else (text, 0)
