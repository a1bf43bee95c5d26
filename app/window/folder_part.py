"""The open folder in a window: its tree, its files by name, and the search in them."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from app.documents.names import shown
from app.find.hit import Hit
from app.find.search import Query
from app.folder.model import operations
from app.folder.model.file_list import FileList
from app.folder.model.operations import FileOperationError, NoTrashError
from app.folder.model.searching import MAX_BYTES, FolderSearch
from app.folder.model.tree_model import FolderTree
from app.folder.widgets.quick_open import QuickOpen
from app.folder.widgets.search_panel import SearchPanel
from app.folder.widgets.tree_panel import TreePanel
from app.settings import Settings
from app.text.edits import length_of, text_of
from app.widgets import dialogs
from app.widgets.message_bar import Message
from app.window.goto_line import go_to
from app.workspace.workspace import Workspace, documents_folder


class FolderPart(QObject):
    """Carries the user's wishes out on the files of the open folder."""

    def __init__(self, workspace: Workspace, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._workspace, self._settings, self._window = workspace, settings, window
        self._tree, self._files = FolderTree(self), FileList(self)
        self._search = FolderSearch(self)
        self.tree = TreePanel(self._tree, window)
        self.search = SearchPanel(self._search, window)
        self.quick_open = QuickOpen(self._files, window)
        self.tree.hide()
        self.search.hide()
        self._connect()

    def ask(self) -> None:
        """Ask for a folder and open it."""
        folder = dialogs.ask_folder(self._window, self._folder_to_propose())
        if folder is not None:
            self._workspace.folder.open(folder)

    def _folder_to_propose(self) -> Path:
        """Return where the user is at work: at the text in front, else with the last folder."""
        tab, now = self._workspace.current, self._workspace.folder.path
        path = tab.document.path if tab else None
        at_work = (path and path.parent, now and now.parent, self._settings.last_folder)
        return next((one for one in at_work if one and one.is_dir()), documents_folder())

    def close(self) -> None:
        """Put the folder away; its files stay open."""
        self._workspace.folder.open(None)

    def toggle_tree(self) -> None:
        """Show the tree and go there; or, if it is shown, put it away."""
        folder = self._workspace.folder
        had_focus = self.tree.hasFocus()
        folder.show(not folder.is_shown)
        if folder.is_shown:
            self.tree.setFocus()
        elif had_focus:
            self._focus_text()

    def go_to_file(self) -> None:
        """Offer the files by name."""
        here = self._workspace.current
        open_paths = [document.path for document in self._workspace.documents.by_use]
        late = dict.fromkeys([*filter(None, open_paths), *self._settings.recent_files])
        if here is not None and here.document.path in late:
            late[here.document.path] = late.pop(here.document.path)  # last: the user is there
        self.quick_open.open_in(self._tree.root, map(str, late))

    def find(self) -> None:
        """Show the search, with what is selected."""
        tab = self._workspace.current
        selected = tab.editor.textCursor().selectedText() if tab else ""
        self.search.open("" if "\u2029" in selected else selected)

    def refresh(self) -> None:
        """Look at the files anew, for the systems that tell of no changes."""
        self._tree.refresh()

    def _connect(self) -> None:
        self._workspace.folder.changed.connect(self._follow)
        self._workspace.folder.shown_changed.connect(self._follow_shown)
        self._workspace.front_changed.connect(self._show_current)
        self._workspace.opened.connect(self._show_current)
        # Once the line that the name was typed in is gone: the tree changes by it.
        queued = Qt.ConnectionType.QueuedConnection
        self._tree.rename_wanted.connect(self._rename, queued)
        tree = self.tree
        tree.file_chosen.connect(self._open)
        tree.new_file_wanted.connect(self._make_file)
        tree.new_folder_wanted.connect(self._make_folder)
        tree.trash_wanted.connect(self._trash)
        tree.search_wanted.connect(self.find)
        tree.closed.connect(self.close)
        tree.opened_or_closed.connect(self._keep_open_folders)
        self.quick_open.chosen.connect(self._go_to)
        self.search.search_wanted.connect(self._start_search)
        self.search.hit_chosen.connect(self._go_to_hit)
        self.search.closed.connect(self._close_search)

    def _follow(self) -> None:
        root = str(self._workspace.folder.path or "")
        self._search.drop()
        self._tree.set_root(root)
        self._files.set_root(root)
        # The tree of another folder begins closed, but for what was open in it before.
        kept = self._settings.open_folders_of(Path(root)) if root else ()
        self.tree.open_again(map(str, kept))
        if root:
            self._settings.last_folder = Path(root)
        self.search.hide()
        self.search.results.clear()
        self.search.results.say("")
        self._follow_shown()

    def _follow_shown(self) -> None:
        self.tree.setVisible(self._workspace.folder.is_shown)
        self._show_current()

    def _keep_open_folders(self) -> None:
        if root := self._workspace.folder.path:
            self._settings.keep_open_folders(root, map(Path, self.tree.open_folders))

    def _show_current(self) -> None:
        """Select the file of the text in front, where the tree is seen."""
        front = self._workspace.front
        path = front.document.path if front else None
        if path is not None and self.tree.isVisible():
            self.tree.show_path(str(path))

    def _open(self, path: str, goes_there: bool) -> None:
        self._workspace.open_paths([Path(path)])
        if goes_there:
            self._focus_text()

    def _go_to(self, path: str, line: int) -> None:
        self._open(path, True)
        tab = self._workspace.tab_of(Path(path))
        if line and tab is not None:
            go_to(tab.editor, line, 1)

    def _go_to_hit(self, hit: Hit) -> None:
        path = Path(str(hit.where))
        self._open(str(path), True)
        tab = self._workspace.tab_of(path)
        if tab is None:
            return
        if tab.document.is_loading:
            tab.show_place(hit.end, hit.start)
        elif hit.end <= length_of(tab.editor.document()):
            tab.editor.show_selection(hit.start, hit.end)

    def _focus_text(self) -> None:
        if tab := self._workspace.current:
            tab.editor.setFocus()

    def _start_search(self, query: Query) -> None:
        texts = {}
        for tab in self._workspace.tabs():
            document, path = tab.editor.document(), tab.document.path
            if path and tab.document.is_modified and length_of(document) < MAX_BYTES:
                texts[str(path)] = text_of(document)
        self._search.start(self._tree.root, query, texts)

    def _close_search(self) -> None:
        self._search.drop()
        self.search.hide()
        self._focus_text()

    def _make_file(self, folder: str) -> None:
        name = dialogs.ask_name(self._window, self.tr("New File"), self.tr("Name of the file:"))
        if not name:
            return
        try:
            path = operations.make_file(Path(folder), name)
        except FileOperationError as error:
            self._tell(error)
            return
        self._tree.refresh()
        self._open(str(path), True)

    def _make_folder(self, folder: str) -> None:
        title, label = self.tr("New Folder"), self.tr("Name of the folder:")
        name = dialogs.ask_name(self._window, title, label)
        if not name:
            return
        try:
            operations.make_folder(Path(folder), name)
        except FileOperationError as error:
            self._tell(error)
        self._tree.refresh()

    def _rename(self, path: str, name: str) -> None:
        old = Path(path)
        self._workspace.finish_saves(old)
        try:
            new = operations.rename(old, name)
        except FileOperationError as error:
            self._tell(error)
            return
        self._workspace.follow_rename(old, new)
        self._tree.refresh()
        self.tree.show_path(str(new))

    def _trash(self, path: str) -> None:
        if path == self._tree.root:
            return
        self._workspace.finish_saves(Path(path))
        try:
            operations.move_to_trash(Path(path))
        except NoTrashError as error:
            self._delete(Path(path), str(error))
        except FileOperationError as error:
            self._tell(error)
        self._tree.refresh()

    def _delete(self, path: Path, why: str) -> None:
        # This cannot be undone, and so it is asked.
        if dialogs.ask_delete(self._window, shown(path.name), why):
            try:
                operations.delete(path)
            except FileOperationError as error:
                self._tell(error)

    def _tell(self, error: FileOperationError) -> None:
        self._workspace.message.emit(Message(str(error)))
