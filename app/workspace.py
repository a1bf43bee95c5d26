"""The tabs: opening, saving and closing documents without losing any."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QTabBar, QTabWidget, QToolButton, QWidget

from app import dialogs
from app.document_tab import DocumentTab
from app.documents import NotEncodableError, TextFileError
from app.documents.encoding import UTF_8, Encoding
from app.message_bar import Message, Remedy, Severity

MakeTab = Callable[[], DocumentTab]

UNWRAPPED = (
    "{title} has a very long line. Word wrap is off for this file, because wrapping it would make "
    "typing slow."
)


class Workspace(QTabWidget):
    """Holds one tab per open document.

    Signals:
        current_tab_changed: Another tab is in front, or something about the one in front changed.
        proposal_changed: The `ProposalStatus` of the tab in front.
        tab_added: The new `DocumentTab`.
        message: A `Message` for the user.
    """

    current_tab_changed = Signal()
    proposal_changed = Signal(object)
    tab_added = Signal(object)
    message = Signal(object)

    def __init__(self, make_tab: MakeTab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_tab = make_tab
        self._wraps_words = True
        self.setDocumentMode(True)
        self.setMovable(True)
        self.currentChanged.connect(self._follow_current)

    @property
    def current(self) -> DocumentTab | None:
        """Return the tab in front."""
        tab = self.currentWidget()
        return tab if isinstance(tab, DocumentTab) else None

    def tabs(self) -> Iterator[DocumentTab]:
        """Go through the tabs from left to right."""
        for index in range(self.count()):
            tab = self.widget(index)
            assert isinstance(tab, DocumentTab)
            yield tab

    def new(self) -> DocumentTab:
        """Open an empty document."""
        tab = self._make_tab()
        tab.document_changed.connect(partial(self._follow_document, tab))
        tab.caret_moved.connect(partial(self._pass_on, tab, self.current_tab_changed.emit))
        tab.proposal_changed.connect(partial(self._follow_proposal, tab))
        tab.failed.connect(self._show_error)
        tab.editor.set_word_wrap(self._wraps_words)
        self._add(tab)
        self.tab_added.emit(tab)
        tab.editor.setFocus()
        return tab

    def open_paths(self, paths: list[Path]) -> None:
        """Open files, each in a tab of its own; a file that is open comes to the front."""
        for path in paths:
            self._open(path.absolute())

    def open_or_name(self, path: Path) -> None:
        """Open a file; if there is none yet, start the document that will become it."""
        path = path.absolute()
        if path.exists() or not path.parent.is_dir():
            self._open(path)
            return
        self._fresh_tab().document.name(path)
        text = f"{path.name} does not exist yet. It is created when you save."
        self.message.emit(Message(text, Severity.INFO))

    def open_template(self, path: Path, title: str) -> None:
        """Start a new document with a text that ships with the editor."""
        self._fresh_tab().load_template(path, title)

    def save(self) -> bool:
        """Save the document in front; ask where if it has no file."""
        tab = self.current
        if tab is None:
            return False
        if tab.document.path is None:
            return self.save_as()
        is_stale = tab.document.is_changed_on_disk()
        if is_stale and not dialogs.ask_overwrite(self, tab.document.title):
            return False
        return self._write(tab)

    def save_as(self) -> bool:
        """Ask where to save the document in front, and save it there."""
        tab = self.current
        if tab is None:
            return False
        proposal = tab.document.path or documents_folder() / "untitled.txt"
        path = dialogs.ask_save_path(self, proposal)
        return path is not None and self._write(tab, path)

    def close_tab(self, index: int) -> bool:
        """Close a tab if its document is saved or may be lost; say whether it is closed."""
        tab = self.widget(index)
        assert isinstance(tab, DocumentTab)
        if not self._may_close(tab):
            return False
        tab.discard_proposal()
        self.removeTab(self.indexOf(tab))
        tab.deleteLater()
        if self.count() == 0:
            self.new()
        return True

    def may_close_all(self) -> bool:
        """Ask about every unsaved document; say whether all may go."""
        return all(self._may_close(tab) for tab in self.tabs())

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap long lines in all documents, or in none."""
        self._wraps_words = is_on
        for tab in self.tabs():
            tab.editor.set_word_wrap(is_on)
            self._tell_if_unwrapped(tab)

    def unsaved_texts(self) -> list[tuple[str, str]]:
        """Return title and text of every document with unsaved changes."""
        documents = [tab.document for tab in self.tabs()]
        return [(d.title, d.text()) for d in documents if d.is_modified]

    def _add(self, tab: DocumentTab) -> None:
        index = self.addTab(tab, tab.label)
        # The style's own close button is a red box.
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setToolTip("Close this tab")
        close.setAccessibleName("Close this tab")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self.close_tab(self.indexOf(tab)))
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self.setCurrentIndex(index)

    def _open(self, path: Path) -> None:
        for tab in self.tabs():
            if tab.document.path and _is_same_file(tab.document.path, path):
                self.setCurrentWidget(tab)
                return
        reuses = self.current is not None and self.current.document.is_pristine
        tab = self._fresh_tab()
        try:
            tab.load(path)
        except TextFileError as error:
            self._show_error(str(error))
            if not reuses and self.count() > 1:
                self.close_tab(self.indexOf(tab))
            return
        self._tell_if_unwrapped(tab)

    def _fresh_tab(self) -> DocumentTab:
        tab = self.current
        return tab if tab is not None and tab.document.is_pristine else self.new()

    def _tell_if_unwrapped(self, tab: DocumentTab) -> None:
        if self._wraps_words and not tab.editor.wraps_words:
            text = UNWRAPPED.format(title=tab.document.title)
            self.message.emit(Message(text, Severity.INFO))

    def _write(
        self, tab: DocumentTab, path: Path | None = None, encoding: Encoding | None = None
    ) -> bool:
        try:
            tab.document.save(path, encoding)
        except NotEncodableError as error:
            self._offer_utf_8(tab, path, error)
            return False
        except TextFileError as error:
            self._show_error(str(error))
            return False
        return True

    def _offer_utf_8(self, tab: DocumentTab, path: Path | None, error: NotEncodableError) -> None:
        if tab.document.encoding.is_unicode:
            self._show_error(f"{error} Delete it and save again.")
            return

        def save_as_utf_8() -> None:
            # The tab may have been closed while the offer was open.
            if self.indexOf(tab) >= 0:
                self._write(tab, path, UTF_8)

        text = f"{error} Save the document as UTF-8 instead, or delete the character."
        self.message.emit(Message(text, remedy=Remedy("Save as UTF-8", save_as_utf_8)))

    def _may_close(self, tab: DocumentTab) -> bool:
        if not tab.document.is_modified:
            return True
        self.setCurrentWidget(tab)
        choice = dialogs.ask_save_changes(self, tab.document.title)
        if choice is dialogs.SaveChoice.SAVE:
            return self.save()
        return choice is dialogs.SaveChoice.DISCARD

    def _show_error(self, text: str) -> None:
        self.message.emit(Message(text))

    def _follow_document(self, tab: DocumentTab) -> None:
        index = self.indexOf(tab)
        self.setTabText(index, tab.label)
        self.setTabToolTip(index, str(tab.document.path or "not saved yet"))
        self._pass_on(tab, self.current_tab_changed.emit)

    def _follow_proposal(self, tab: DocumentTab, status: object) -> None:
        self._pass_on(tab, partial(self.proposal_changed.emit, status))

    def _pass_on(self, tab: DocumentTab, emit: Callable[[], object]) -> None:
        if tab is self.current:
            emit()

    def _follow_current(self) -> None:
        self.current_tab_changed.emit()
        if self.current is not None:
            self.proposal_changed.emit(self.current.session.status)
            self.current.editor.setFocus()


def documents_folder() -> Path:
    """Return the folder to propose for new files."""
    location = QStandardPaths.StandardLocation.DocumentsLocation
    return Path(QStandardPaths.writableLocation(location) or Path.home())


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other
