"""Keeps open documents and their files from parting unnoticed."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from app.documents import Document, TextFileError
from app.documents.names import shown
from app.documents.text_file import read
from app.documents.watch import FileWatch
from app.text.differences import unified
from app.widgets.message_bar import Message, Remedy, Severity
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace


class DiskGuard(QObject):
    """Reads a file again that others have changed; asks first if there is unsaved text."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._gone: set[Document] = set()  # whose files are known to be missing
        self._watch = FileWatch(self)
        self._watch.touched.connect(self._look)
        workspace.documents_changed.connect(self._follow)
        workspace.opened.connect(self._look)  # it may have changed while it was read
        workspace.tab_closed.connect(self._follow)

    def check_all(self) -> None:
        """Look at every file, for the systems that tell of no changes."""
        for tab in self._workspace.tabs():
            if tab.document.path is not None:
                self._look(tab.document.path)

    def _follow(self) -> None:
        paths = (tab.document.path for tab in self._workspace.tabs())
        self._watch.set_paths({path for path in paths if path is not None})

    def _look(self, path: Path) -> None:
        for tab in self._workspace.tabs_of(path):
            self._look_at(tab)

    def _look_at(self, tab: DocumentTab) -> None:
        if tab.document.is_gone():
            self._tell_gone(tab)
            return
        self._gone.discard(tab.document)
        if tab.document.is_changed_on_disk():
            if tab.document.is_modified:
                # Undo may lead to what was saved last, and that is not what the file holds.
                tab.document.mark_unsaved()
                self._ask(tab)
            else:
                self._read_again(tab)

    def _read_again(self, tab: DocumentTab) -> None:
        if not self._reload(tab):
            tab.document.mark_unsaved()
        else:
            text = self.tr(
                "{title} was changed by another program and read again. "
                "Undo brings the text back that was here."
            )
            self._say(Message(text.format(title=tab.name), Severity.INFO))

    def _ask(self, tab: DocumentTab) -> None:
        text = self.tr(
            "{title} was changed by another program, and you have changes that are not saved. "
            "Nothing has been overwritten."
        )
        remedies = (
            Remedy(self.tr("Keep Mine"), self._if_open(tab, tab.document.accept_disk_change)),
            Remedy(self.tr("Reload"), self._if_open(tab, partial(self._reload, tab))),
            Remedy(self.tr("Compare"), self._if_open(tab, partial(self.compare, tab))),
        )
        message = text.format(title=tab.name)
        self._say(Message(message, Severity.WARNING, remedies=remedies))

    def _tell_gone(self, tab: DocumentTab) -> None:
        # Told once, however often the watch and the window ask.
        if tab.document in self._gone:
            return
        self._gone.add(tab.document)
        tab.document.mark_unsaved()
        text = self.tr(
            "{path} was removed or renamed. Its text is still here; saving writes it anew."
        )
        remedy = Remedy(self.tr("Save"), self._if_open(tab, partial(self._save, tab)))
        message = text.format(path=shown(tab.document.path or ""))
        self._say(Message(message, Severity.WARNING, remedies=(remedy,)))

    def compare(self, tab: DocumentTab) -> None:
        """Show how the file and the text differ, in a tab of its own."""
        path = tab.document.path
        if path is None:
            return
        try:
            theirs = read(path).text
        except TextFileError as error:
            self._say(Message(str(error)))
            return
        text = unified(
            theirs,
            tab.document.text(),
            self.tr("{name} on disk").format(name=shown(path.name)),
            self.tr("{name} here").format(name=shown(path.name)),
        )
        self._workspace.open_text(text, f"{shown(path.name)}.diff")

    def _reload(self, tab: DocumentTab) -> bool:
        try:
            tab.reload()
        except TextFileError as error:
            self._say(Message(str(error)))
            return False
        return True

    def _save(self, tab: DocumentTab) -> None:
        self._workspace.bring(tab)
        self._workspace.save()

    def _if_open(self, tab: DocumentTab, act: Callable[[], object]) -> Callable[[], None]:
        """Return `act`, for as long as the tab is there."""

        def run() -> None:
            if self._workspace.is_open(tab):
                act()

        return run

    def _say(self, message: Message) -> None:
        self._workspace.message.emit(message)
