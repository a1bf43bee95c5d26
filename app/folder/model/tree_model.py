"""The tree of an open folder: each folder is read in a thread when it is opened, and watched."""

import itertools
import os
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QFileSystemWatcher,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from app.documents.names import fits_qt, shown
from app.folder.model.changes import Step, changes
from app.folder.model.listing import SLASH, list_folder
from app.system.background import Background

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
BATCH = 400  # rows of a folder that are shown, until somebody scrolls to their end
SETTLE_MS = 150  # programs make files in several steps
NOWHERE = QModelIndex()


@dataclass(slots=True, eq=False)
class Node:
    """One line of the tree."""

    number: int
    path: str
    name: str
    is_folder: bool
    parent: "Node | None"
    row: int = 0
    # All that is in it, as `list_folder` has it; None: nobody has looked.
    entries: list[str] | None = None
    children: "list[Node]" = field(default_factory=list)  # of the first of them, which are shown
    is_reading: bool = False
    problem: str = ""


class FolderTree(QAbstractItemModel):
    """Shows what is in a folder, the rules of `.gitignore` left aside.

    Signals:
        rename_wanted: A path, and the name that the user wants it to have.
        folder_read: The path of a folder whose files are there now.
        touched: Something in the folder has changed.
    """

    # Objects: as a text of Qt's, a name that is no text would be another one.
    rename_wanted = Signal(object, str)
    folder_read = Signal(object)
    touched = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._next_number = itertools.count(1).__next__
        self._nodes: dict[int, Node] = {}
        self._by_path: dict[str, Node] = {}
        self._root: Node | None = None
        self._background = Background(self)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_touched)
        self._pending: set[str] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._read_pending)

    @property
    def root(self) -> str:
        """The folder; empty if there is none."""
        return self._root.path if self._root else ""

    def set_root(self, root: str) -> None:
        """Show another folder; an empty name is none."""
        self.beginResetModel()
        self._nodes, self._by_path, self._root = {}, {}, None
        self._pending.clear()
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)
        if root:
            self._root = self._make(root, os.path.basename(root) + SLASH, None)
        self.endResetModel()
        if self._root:
            self._read(self._root)

    def refresh(self) -> None:
        """Look anew at all that is shown, for the systems that tell of no changes."""
        self._pending.update(n.path for n in self._by_path.values() if n.entries is not None)
        self._read_pending()

    def path_of(self, index: Index) -> str:
        """Return the path of a line; the folder's own for no line."""
        node = self._node(index)
        return node.path if node else ""

    def is_folder(self, index: Index) -> bool:
        """Return whether a line is a folder."""
        node = self._node(index)
        return node is not None and node.is_folder

    def index_of(self, path: str) -> QModelIndex:
        """Return the line of a path, as far as it is shown."""
        node = self._by_path.get(path)
        return self._index(node) if node and node is not self._root else QModelIndex()

    def _make(self, path: str, entry: str, parent: Node | None) -> Node:
        name = entry.removesuffix(SLASH)
        node = Node(self._next_number(), path, name, name != entry, parent)
        self._nodes[node.number] = self._by_path[path] = node
        return node

    def _node(self, index: Index) -> Node | None:
        return self._nodes.get(index.internalId()) if index.isValid() else self._root

    def _index(self, node: Node) -> QModelIndex:
        return NOWHERE if node is self._root else self.createIndex(node.row, 0, node.number)

    def _read(self, node: Node) -> None:
        if node.is_reading:
            self._pending.add(node.path)  # once more, what comes may be older
            return
        node.is_reading = True
        work = partial(_look, node.path, self.root, list(node.entries or ()))
        self._background.run(work, partial(self._take, node), partial(self._fail, node))

    def _take(self, node: Node, found: list[Step]) -> None:
        node.is_reading, node.problem = False, ""
        if self._by_path.get(node.path) is not node:
            return  # it is gone by now
        if fits_qt(Path(node.path)) and node.path not in self._watcher.directories():
            self._watcher.addPath(node.path)
        self._put(node, found)
        self.folder_read.emit(node.path)
        if node.path in self._pending:
            self._timer.start(SETTLE_MS)

    def _fail(self, node: Node, error: Exception) -> None:
        if not isinstance(error, OSError):
            raise error
        node.is_reading = False
        if self._by_path.get(node.path) is node:
            node.problem = error.strerror or str(error)
            self._put(node, [(0, len(node.entries or ()), [])])
            if node is not self._root:
                self.dataChanged.emit(self._index(node), self._index(node))

    def _put(self, node: Node, found: list[Step]) -> None:
        """Make a folder's lines others, and leave alone those that stay."""
        if node.entries is None:
            node.entries = []
        for start, stop, new in found:
            node.entries[start:stop] = new
            self._remove(node, start, min(stop, len(node.children)))
            if start < len(node.children):
                self._insert(node, start, new)  # in the midst of what is shown
            elif start == len(node.children):
                self._insert(node, start, new[: max(0, BATCH - start)])

    def _remove(self, node: Node, start: int, stop: int) -> None:
        if start < stop:
            self.beginRemoveRows(self._index(node), start, stop - 1)
            gone = node.children[start:stop]
            del node.children[start:stop]
            self._renumber(node.children, start)
            for child in gone:
                self._forget(child)
            self.endRemoveRows()

    def _insert(self, node: Node, start: int, new: list[str]) -> None:
        if new:
            self.beginInsertRows(self._index(node), start, start + len(new) - 1)
            made = [self._make(_inner(node.path, entry), entry, node) for entry in new]
            node.children[start:start] = made
            self._renumber(node.children, start)
            self.endInsertRows()

    def _renumber(self, children: list[Node], start: int) -> None:
        for row in range(start, len(children)):
            children[row].row = row

    def _forget(self, node: Node) -> None:
        self._nodes.pop(node.number, None)
        if self._by_path.get(node.path) is node:
            del self._by_path[node.path]
        if node.entries is not None:
            self._watcher.removePath(node.path)
        for child in node.children:
            self._forget(child)

    def _on_touched(self, path: str) -> None:
        self._pending.add(path)
        # Not put off by what goes on: a long build is to be seen as well.
        if not self._timer.isActive():
            self._timer.start(SETTLE_MS)

    def _read_pending(self) -> None:
        pending, self._pending = self._pending, set()
        for path in pending:
            if node := self._by_path.get(path):
                self._read(node)
        if pending:
            self.touched.emit()

    def index(self, row: int, column: int, parent: Index = NOWHERE) -> QModelIndex:
        """Return the place of a line."""
        node = self._node(parent)
        if node is None or not 0 <= row < len(node.children) or column:
            return QModelIndex()
        return self.createIndex(row, 0, node.children[row].number)

    def parent(self, index: Index = NOWHERE) -> QModelIndex:  # type: ignore[override]
        """Return the folder of a line."""
        node = self._node(index)
        if node is None or node.parent is None or node.parent is self._root:
            return QModelIndex()
        return self._index(node.parent)

    def rowCount(self, parent: Index = NOWHERE) -> int:
        """Return how many lines a folder has, of those that are shown."""
        node = self._node(parent)
        return len(node.children) if node else 0

    def columnCount(self, _parent: Index = NOWHERE) -> int:
        """Return one: the name."""
        return 1

    def hasChildren(self, parent: Index = NOWHERE) -> bool:
        """Return whether a line can be opened; nobody looks into a folder to find out."""
        node = self._node(parent)
        if node is None or not node.is_folder:
            return False
        return bool(node.children) or node.entries is None or bool(node.entries)

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether there is more than is shown."""
        node = self._node(parent)
        if node is None or not node.is_folder:
            return False
        if node.entries is None:
            return not node.is_reading
        return len(node.children) < len(node.entries)

    def fetchMore(self, parent: Index) -> None:
        """Read a folder, or show more of it."""
        node = self._node(parent)
        if node is not None and node.entries is None:
            self._read(node)
        elif node is not None and node.entries is not None:
            first = len(node.children)
            self._insert(node, first, node.entries[first : first + BATCH])

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:  # noqa: ANN401 - Qt's own
        """Return what is shown of a line."""
        node = self._node(index)
        if node is None:
            return None
        if role in (Role.DisplayRole, Role.EditRole):
            return shown(node.name)
        if role == Role.ToolTipRole:
            return f"{shown(node.path)}\n{node.problem}" if node.problem else shown(node.path)
        if role == Role.AccessibleDescriptionRole:
            return node.problem
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let all lines be renamed."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.isValid() else flags

    def setData(self, index: Index, value: object, _role: int = Role.EditRole) -> bool:
        """Tell that the user wants another name; the line follows when the file has it."""
        node = self._node(index)
        # What is shown of a name that is no text is not the name.
        if node is not None and str(value) != shown(node.name):
            self.rename_wanted.emit(node.path, str(value))
        return False


def _look(folder: str, root: str, old: list[str]) -> list[Step]:
    return changes(old, list_folder(folder, root))


def _inner(folder: str, entry: str) -> str:
    return os.path.join(folder, entry.removesuffix(SLASH))
