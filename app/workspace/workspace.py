"""Opening, saving and closing documents without losing any."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Signal
from PySide6.QtWidgets import QWidget

from app.documents import NotEncodableError, TextFileError, UnknownEncodingError
from app.documents.encoding import UTF_8, Encoding
from app.documents.names import for_dialog, shown
from app.documents.text_file import NotKeptError, is_there
from app.widgets import dialogs
from app.widgets.message_bar import Message, Remedy, Severity
from app.workspace.document_tab import DocumentTab
from app.workspace.long_saves import LongSaves
from app.workspace.open_folder import OpenFolder
from app.workspace.open_views import MakeTab, OpenViews
from app.workspace.save_rules import SaveRules, tidy


class Workspace(OpenViews):
    """Carries the user's wishes out on the open documents; its questions stand over `window`.

    Signals:
        tab_closed: The `DocumentTab` that is gone.
        documents_changed: A document has another file, or another state than its file.
        opened: The path of a file that was opened or saved.
    """

    tab_closed = Signal(object)
    documents_changed = Signal()
    opened = Signal(object)

    def __init__(self, make_tab: MakeTab, window: QWidget) -> None:
        super().__init__(make_tab, window)
        self._window = window
        self.folder = OpenFolder(self)
        self.save_rules = SaveRules()
        self._notices: dict[DocumentTab, Message] = {}  # of files that do not exist yet
        self.label_changed.connect(self._look_at_notice)
        # Hands what is unsaved to the journal; returns what waits, in any thread, until it is safe.
        self.make_safe: Callable[[], Callable[[], object]] = lambda: lambda: None
        self._long_saves = LongSaves(self)
        self._long_saves.done.connect(self._note_saved)
        self._long_saves.failed.connect(self._tell_not_saved)
        self.tab_added.connect(self._watch_loading)

    def open_paths(self, paths: list[Path]) -> None:
        """Open files, each in a tab of its own; a file that is open comes to the front.

        A folder among them is opened at the side.
        """
        for path in paths:
            if path.is_dir():
                self.folder.open(path)
            else:
                self._open(path.absolute())

    def open_or_name(self, path: Path) -> None:
        """Open a file; if there is none yet, start the document that will become it."""
        path = path.absolute()
        if is_there(path) or not is_there(path.parent):
            self.open_paths([path])
            return
        tab = self.fresh_tab()
        tab.document.name(path)
        text = self.tr("{name} does not exist yet. It is created when you save.")
        notice = self._notices[tab] = Message(text.format(name=shown(path.name)), Severity.INFO)
        self.message.emit(notice)

    def open_text(self, text: str, title: str) -> None:
        """Start a new document with a text."""
        self.fresh_tab().show_text(text, title)

    def finish_saves(self, path: Path) -> None:
        """Wait until no file of this path, or below it, is being saved: it is about to move."""
        for tab in self.tabs():
            own = tab.document.path
            if own is not None and (own == path or path in own.parents):
                self._long_saves.wait(tab.document)

    def follow_rename(self, old: Path, new: Path) -> None:
        """Let open documents follow a file, or the files of a folder, to another name."""
        for tab in self.tabs():
            path = tab.document.path
            if path is not None and (path == old or old in path.parents):
                tab.document.name(new / path.relative_to(old))
        self.documents_changed.emit()

    def revert(self) -> None:
        """Go back to what the file in front holds; Undo goes back to what was here."""
        tab = self.current
        if tab is None or tab.document.path is None:
            text = self.tr("There is nothing to go back to: this text was never saved.")
            self.message.emit(Message(text, Severity.INFO))
            return
        if self._is_there(tab):
            self._reload(tab)

    def reopen(self, encoding: Encoding) -> None:
        """Read the file in front again, in another encoding."""
        tab = self.current
        if tab is not None and tab.document.path is not None and self._is_there(tab):
            self._reload(tab, encoding)

    def save_in(self, encoding: Encoding) -> None:
        """Save the document in front in another encoding."""
        if self.current is not None and self._is_there(self.current):
            self.current.document.set_encoding(encoding)
            self.save()

    def save_all(self) -> None:
        """Save every document that has unsaved changes."""
        front = self.current
        for tab in list(self.tabs()):
            if tab.document.is_modified:
                self.bring(tab)
                # An error, or a question that was cancelled: the user is to see the tab it is
                # about.
                if not self.save():
                    return
        if front is not None:
            self.bring(front)

    def save(self) -> bool:
        """Save the document in front; ask where if it has no file.

        Return whether it is saved, or is being saved, as a long one is.
        """
        tab = self.current
        if tab is None or not self._is_there(tab):
            return False
        if tab.document.path is None:
            return self.save_as()
        # Looked at now: a watch may be late, and on some disks there is none.
        is_stale = tab.document.is_changed_on_disk()
        if is_stale and not dialogs.ask_overwrite(self._window, tab.name):
            return False
        return self._write(tab)

    def save_as(self) -> bool:
        """Ask where to save the document in front, and save it there."""
        tab = self.current
        if tab is None or not self._is_there(tab):
            return False
        proposal = tab.document.path or documents_folder() / "untitled.txt"
        path = dialogs.ask_save_path(self._window, for_dialog(proposal, documents_folder()))
        return path is not None and self._write(tab, path)

    def close_tab(self, tab: DocumentTab) -> bool:
        """Close a tab if its document is saved or may be lost; say whether it is closed."""
        if not self._may_close(tab):
            return False
        tab.discard_proposal()
        tab.document.stop_loading()
        self._remove(tab)
        self._end_notice(tab)
        self.tab_closed.emit(tab)
        tab.deleteLater()
        if not self.documents:
            self.new()
        return True

    def may_close_all(self) -> bool:
        """Ask about every unsaved document; say whether all may go."""
        return all(self._may_close(tab) for tab in self.tabs())

    def tell_if_unwrapped(self, tab: DocumentTab) -> None:
        """Say why a document is not wrapped, where the user would expect it."""
        if self._wraps_words and not tab.editor.wraps_words:
            text = self.tr(
                "{title} has a very long line. Word wrap is off for this file, because wrapping it "
                "would make typing slow."
            )
            self.message.emit(Message(text.format(title=tab.name), Severity.INFO))

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap long lines in all documents, or in none, and say where that cannot be."""
        super().set_word_wrap(is_on)
        for tab in self.tabs():
            self.tell_if_unwrapped(tab)

    def _open(self, path: Path, encoding: Encoding | None = None) -> None:
        if open_tab := self.tab_of(path):
            self.bring(open_tab)
            return
        # Asked before: afterwards the tab has a file, or an error.
        reuses = self.front is not None and self.front.document.is_pristine
        tab = self.fresh_tab()
        try:
            tab.load(path, encoding)
        except TextFileError as error:
            self._tell_not_opened(path, error)
            if not reuses:
                self._close_empty(tab)

    def _look_at_notice(self, tab: DocumentTab) -> None:
        """Take back that there is no file yet: there is one, or the user is at work on it."""
        path = tab.document.path
        if tab.document.is_modified or (path is not None and is_there(path)):
            self._end_notice(tab)

    def _end_notice(self, tab: DocumentTab) -> None:
        if (notice := self._notices.pop(tab, None)) is not None:
            self.message_over.emit(notice)

    def _close_empty(self, tab: DocumentTab) -> None:
        if len(self.documents) > 1:
            self.close_tab(tab)

    def _watch_loading(self, tab: DocumentTab) -> None:
        tab.document.loaded.connect(partial(self._on_loaded, tab))
        tab.document.load_failed.connect(partial(self._on_load_failed, tab))

    def _on_loaded(self, tab: DocumentTab) -> None:
        self.tell_if_unwrapped(tab)
        self._tell_if_guessed(tab)
        self.opened.emit(tab.document.path)
        self.documents_changed.emit()

    def _on_load_failed(self, tab: DocumentTab, path: Path, error: TextFileError) -> None:
        self._tell_not_opened(path, error)
        self._close_empty(tab)

    def _tell_not_opened(self, path: Path, error: TextFileError) -> None:
        def choose() -> None:
            encoding = dialogs.ask_encoding(self._window, UTF_8)
            if encoding is not None:
                self._open(path, encoding)

        is_unknown = isinstance(error, UnknownEncodingError)
        remedies = (Remedy(self.tr("Choose the Encoding…"), choose),) if is_unknown else ()
        self.message.emit(Message(str(error), remedies=remedies))

    def _is_there(self, tab: DocumentTab) -> bool:
        """Say whether all of a document is there; tell the user if not."""
        if tab.document.is_loading:
            text = self.tr("{title} is still being read. Try again when all of it is there.")
            self.message.emit(Message(text.format(title=tab.name), Severity.INFO))
        return not tab.document.is_loading

    def _reload(self, tab: DocumentTab, encoding: Encoding | None = None) -> None:
        try:
            tab.reload(encoding)
        except TextFileError as error:
            self.show_error(str(error))

    def _tell_if_guessed(self, tab: DocumentTab) -> None:
        """Let the user judge, where a file does not say what its letters are."""
        document = tab.document
        if not document.is_guessed:
            return

        def choose() -> None:
            if self.is_open(tab):
                self.bring(tab)
                encoding = dialogs.ask_encoding(self._window, document.encoding)
                if encoding is not None:
                    self._reload(tab, encoding)

        text = self.tr("{title} was read as {encoding}, which is a guess. Are all letters right?")
        message = text.format(title=tab.name, encoding=document.encoding.label)
        remedy = Remedy(self.tr("Choose Another…"), choose)
        self.message.emit(Message(message, Severity.INFO, remedies=(remedy,)))

    def _write(
        self,
        tab: DocumentTab,
        path: Path | None = None,
        encoding: Encoding | None = None,
        *,
        may_lose: bool = False,
    ) -> bool:
        tab = tab.home  # a second view may be gone by the time that the user answers
        target = path or tab.document.path
        # Before the file is written, and in the document itself: what is saved is what is seen, and
        # can be undone.
        tidy(tab.editor.document(), target.name if target else "", self.save_rules)
        # The journal has it all by then, so that a kill during the save loses nothing.
        wait_until_safe = self.make_safe()
        if LongSaves.is_long(tab):
            self._long_saves.save(
                tab, path, encoding, may_lose=may_lose, wait_until_safe=wait_until_safe
            )
            return True
        wait_until_safe()
        try:
            tab.document.save(path, encoding, may_lose=may_lose)
        except TextFileError as error:
            self._tell_not_saved(tab, path, encoding, error)
            return False
        self._note_saved(tab)
        return True

    def _note_saved(self, tab: DocumentTab) -> None:
        self.opened.emit(tab.document.path)
        self.documents_changed.emit()

    def _tell_not_saved(
        self, tab: DocumentTab, path: Path | None, encoding: Encoding | None, error: TextFileError
    ) -> None:
        if isinstance(error, NotEncodableError):
            self._offer_utf_8(tab, path, error)
            return
        remedies = [Remedy(self.tr("Save As…"), self._if_open(tab, self._save_as_of(tab)))]
        if isinstance(error, NotKeptError):
            anyway = partial(self._write, tab, path, encoding, may_lose=True)
            remedies.append(Remedy(self.tr("Save Anyway"), self._if_open(tab, anyway)))
        self.message.emit(Message(str(error), remedies=tuple(remedies)))

    def _save_as_of(self, tab: DocumentTab) -> Callable[[], object]:
        def run() -> None:
            self.bring(tab)
            self.save_as()

        return run

    def _if_open(self, tab: DocumentTab, act: Callable[[], object]) -> Callable[[], None]:
        """Return `act`, for as long as the tab is there."""

        def run() -> None:
            if self.is_open(tab):
                act()

        return run

    def _offer_utf_8(self, tab: DocumentTab, path: Path | None, error: NotEncodableError) -> None:
        if tab.document.encoding.is_unicode:
            self.show_error(self.tr("{error} Delete it and save again.").format(error=error))
            return
        text = self.tr("{error} Save the document as UTF-8 instead, or delete the character.")
        save = self._if_open(tab, partial(self._write, tab, path, UTF_8))
        remedies = (Remedy(self.tr("Save as UTF-8"), save),)
        self.message.emit(Message(text.format(error=error), remedies=remedies))

    def _may_close(self, tab: DocumentTab) -> bool:
        self._long_saves.wait(tab.document)
        if not tab.document.is_modified:
            return True
        self.bring(tab)
        choice = dialogs.ask_save_changes(self._window, tab.name)
        if choice is dialogs.SaveChoice.SAVE:
            return self.save() and self._long_saves.wait(tab.document)
        return choice is dialogs.SaveChoice.DISCARD


def documents_folder() -> Path:
    """Return the folder to propose for new files."""
    location = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(location) or Path.home())
