"""The tree at the side: the files of the open folder, and what can be done with them."""

import os
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.documents.names import shown
from app.folder.model.tree_model import FolderTree
from app.widgets.flat_button import FlatButton
from app.widgets.row_delegate import PaddedRows

ENTER_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
MIN_WIDTH = 140  # px
INDENTATION = 14  # px


class TreePanel(QFrame):
    """Shows a `FolderTree`; what is done with files is up to who listens.

    Signals:
        file_chosen: The path of a file, and whether the user wants to go to its text.
        new_file_wanted, new_folder_wanted: The path of the folder that it is to be in.
        trash_wanted: The path of what is to be removed.
        search_wanted: The user wants to search the files.
        closed: The folder is not wanted any more.
        opened_or_closed: A folder of the tree was opened, or closed.
    """

    # Objects, for names that are no text.
    file_chosen = Signal(object, bool)
    new_file_wanted = Signal(object)
    new_folder_wanted = Signal(object)
    trash_wanted = Signal(object)
    search_wanted = Signal()
    closed = Signal()
    opened_or_closed = Signal()

    def __init__(self, model: FolderTree, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.view = QTreeView()
        self._title = QLabel()
        self._to_show = ""  # a path, as soon as it is read
        self._open: set[str] = set()  # folders; also some that are not read yet, or not in view
        self.setAutoFillBackground(True)
        self._set_up_view()
        self._lay_out()
        model.modelReset.connect(self._follow_root)
        model.folder_read.connect(self._go_on_opening)
        model.folder_read.connect(self._go_on_showing)
        self._follow_root()

    def show_path(self, path: str) -> None:
        """Select a file, and open the folders that it is in."""
        root = self.model.root
        self._to_show = path if root and path.startswith(root.rstrip(os.sep) + os.sep) else ""
        self._go_on_showing()

    @property
    def open_folders(self) -> frozenset[str]:
        """The paths of the folders that are open."""
        return frozenset(self._open)

    def open_again(self, folders: Iterable[str]) -> None:
        """Open the folders that were open before, each as soon as it is read."""
        self._open = set(folders)
        self._go_on_opening()

    def _go_on_opening(self, _folder: str = "") -> None:
        # In this order: a folder is read by opening the one that it is in.
        for path in sorted(self._open):
            index = self.model.index_of(path)
            if index.isValid() and not self.view.isExpanded(index):
                self.view.expand(index)

    def _note_open(self, index: QModelIndex, *, is_open: bool) -> None:
        path = self.model.path_of(index)
        if is_open != (path in self._open):
            (self._open.add if is_open else self._open.discard)(path)
            self.opened_or_closed.emit()

    def context_menu(self, index: QModelIndex) -> QMenu:
        """Return what can be done with a line, or, beside all lines, with the folder."""
        menu, path = QMenu(self), self.model.path_of(index)
        folder = path if self.model.is_folder(index) else os.path.dirname(path)
        self._add(menu, self.tr("New File…"), lambda: self.new_file_wanted.emit(folder))
        self._add(menu, self.tr("New Folder…"), lambda: self.new_folder_wanted.emit(folder))
        if index.isValid():
            menu.addSeparator()
            rename = self._add(menu, self.tr("Rename"), lambda: self.view.edit(index))
            rename.setShortcut(QKeySequence("F2"))
            trash = self._add(
                menu, self.tr("Move to the Trash"), lambda: self.trash_wanted.emit(path)
            )
            trash.setShortcut(QKeySequence(Qt.Key.Key_Delete))
        return menu

    def _add(self, menu: QMenu, text: str, act: object) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(act)
        return action

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setItemDelegate(PaddedRows(view))
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setIndentation(INDENTATION)
        view.setAccessibleName(self.tr("Files of the folder"))
        view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.clicked.connect(self._on_clicked)
        view.expanded.connect(lambda index: self._note_open(index, is_open=True))
        view.collapsed.connect(lambda index: self._note_open(index, is_open=False))
        view.doubleClicked.connect(lambda index: self._choose(index, goes_there=True))
        view.verticalScrollBar().valueChanged.connect(self._show_more)
        view.installEventFilter(self)
        self.setFocusProxy(view)
        palette = view.palette()
        # Of one ground with the frame around it, apart from the text.
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        view.setPalette(palette)

    def _lay_out(self) -> None:
        self._title.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        row = QHBoxLayout()
        row.setContentsMargins(14, 6, 6, 2)
        row.setSpacing(2)
        row.addWidget(self._title, 1)
        for sign, name, act in (
            ("+", self.tr("New file"), lambda: self.new_file_wanted.emit(self._folder_at_hand())),
            ("⌕", self.tr("Find in the folder"), self.search_wanted.emit),
            ("✕", self.tr("Close the folder"), self.closed.emit),
        ):
            button = FlatButton(sign, name, self)
            button.clicked.connect(act)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addWidget(self.view)
        self.setMinimumWidth(MIN_WIDTH)

    def _folder_at_hand(self) -> str:
        index = self.view.currentIndex()
        path = self.model.path_of(index)
        return path if self.model.is_folder(index) else os.path.dirname(path)

    def _follow_root(self) -> None:
        root = self.model.root
        self._title.setText(shown(Path(root).name or root))
        self._title.setToolTip(shown(root))

    def _go_on_showing(self, _folder: str = "") -> None:
        if not self._to_show:
            return
        index = self.model.index_of(self._to_show)
        if index.isValid():
            self._to_show = ""
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)
            return
        for folder in reversed(Path(self._to_show).parents):
            inner = self.model.index_of(str(folder))
            if inner.isValid() and not self.view.isExpanded(inner):
                self.view.expand(inner)  # which reads it

    def _show_more(self) -> None:
        """Show more of the folders whose last lines are in view."""
        # Qt does so at the end of the whole tree alone.
        view, height = self.view, self.view.viewport().height()
        index = view.indexAt(QPoint(0, 0))
        while index.isValid() and view.visualRect(index).top() <= height:
            parent = index.parent()
            is_last = index.row() == self.model.rowCount(parent) - 1
            index = view.indexBelow(index)
            if is_last and self.model.canFetchMore(parent):
                self.model.fetchMore(parent)
                return

    def _on_clicked(self, index: QModelIndex) -> None:
        if self.model.is_folder(index):
            self.view.setExpanded(index, not self.view.isExpanded(index))
        else:
            self._choose(index, goes_there=False)

    def _choose(self, index: QModelIndex, *, goes_there: bool) -> None:
        if index.isValid() and not self.model.is_folder(index):
            self.file_chosen.emit(self.model.path_of(index), goes_there)

    def _show_menu(self, point: QPoint) -> None:
        menu = self.context_menu(self.view.indexAt(point))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(point))

    def eventFilter(self, _watched: object, event: QEvent) -> bool:
        """Take Enter and Delete in the tree."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        # What is typed into a line that is renamed comes by here as well.
        if not self.view.hasFocus():
            return False
        index = self.view.currentIndex()
        if event.key() in ENTER_KEYS and index.isValid():
            if self.model.is_folder(index):
                self.view.setExpanded(index, not self.view.isExpanded(index))
            else:
                self._choose(index, goes_there=True)
        elif event.key() == Qt.Key.Key_Delete and index.isValid():
            self.trash_wanted.emit(self.model.path_of(index))
        else:
            return False
        return True
