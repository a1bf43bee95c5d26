"""The views of the open documents: a tab for each, a second view at most, and where the user is."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Signal

from app.documents import Document
from app.editor import Editor
from app.widgets.message_bar import Message
from app.workspace.document_list import DocumentList
from app.workspace.document_tab import DocumentTab

if TYPE_CHECKING:
    from app.workspace.second_view import SecondView

MakeTab = Callable[[], DocumentTab]


class OpenViews(QObject):
    """Holds one `DocumentTab` for each of the open `documents`, and a second view at most.

    Signals:
        front_changed: Another tab is in front.
        label_changed: The `DocumentTab` whose title, file or state is another.
        current_tab_changed: The user is in another view, or something about the one they are in
            changed.
        proposal_changed: The `Snapshot` of the view that the user is in.
        tab_added: The new `DocumentTab`, in front by now.
        view_added: A new `DocumentTab`, in a tab or as the second view.
        view_changed: The user has gone to another view.
        message: A `Message` for the user.
        message_over: A `Message` that is not true any more.
    """

    front_changed = Signal()
    label_changed = Signal(object)
    current_tab_changed = Signal()
    proposal_changed = Signal(object)
    tab_added = Signal(object)
    view_added = Signal(object)
    view_changed = Signal()
    message = Signal(object)
    message_over = Signal(object)

    def __init__(self, make_tab: MakeTab, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # The last of each view.
        self._failures = WeakKeyDictionary[DocumentTab, Message]()
        self._make_tab = make_tab
        self._wraps_words = True
        self.documents = DocumentList(self)
        self._tabs: dict[Document, DocumentTab] = {}
        self.documents.front_changed.connect(self._on_front)
        self.documents.removed.connect(self._tell_apart)
        self._second: SecondView | None = None
        self._is_second_active = False

    @property
    def front(self) -> DocumentTab | None:
        """Return the tab in front."""
        document = self.documents.front
        return None if document is None else self._tabs[document]

    @property
    def current(self) -> DocumentTab | None:
        """Return the view that the user is in: the tab in front, or the second view."""
        return self._second if self._is_second_active else self.front

    @property
    def second(self) -> "SecondView | None":
        """Return the second view."""
        return self._second

    def tabs(self) -> Iterator[DocumentTab]:
        """Go through the tabs from left to right."""
        for document in self.documents:
            yield self._tabs[document]

    def tab_showing(self, document: Document) -> DocumentTab:
        """Return the tab of an open document."""
        return self._tabs[document]

    def is_open(self, tab: DocumentTab) -> bool:
        """Return whether a tab is still there."""
        return self._tabs.get(tab.document) is tab

    def views(self) -> Iterator[DocumentTab]:
        """Go through the tabs, and the second view."""
        yield from self.tabs()
        if self._second is not None:
            yield self._second

    def bring(self, view: DocumentTab) -> None:
        """Make a view the one that the user is in."""
        self._activate(view)
        if view is not self._second:
            self.documents.set_front(view.document)

    def set_second(self, view: "SecondView | None") -> None:
        """Take another second view in, or none."""
        self._is_second_active = False
        self._second = view
        if view is not None:
            self._watch(view)
            self.view_added.emit(view)
        self._follow_front()

    def new(self) -> DocumentTab:
        """Open an empty document."""
        tab = self._make_tab()
        tab.document_changed.connect(partial(self._follow_document, tab))
        self._watch(tab)
        self._tabs[tab.document] = tab
        self.documents.add(tab.document)
        self.tab_added.emit(tab)
        self.view_added.emit(tab)
        tab.editor.setFocus()
        return tab

    def fresh_tab(self) -> DocumentTab:
        """Return the empty document in front if nobody has touched it, else a new one."""
        tab = self.front
        if tab is None or not tab.document.is_pristine:
            return self.new()
        self.bring(tab)
        return tab

    def holds(self, editor: Editor) -> bool:
        """Return whether an editor is still in one of the views."""
        return any(view.editor is editor for view in self.views())

    def tab_of(self, path: Path) -> DocumentTab | None:
        """Return the first tab that a file is open in."""
        return next(iter(self.tabs_of(path)), None)

    def tabs_of(self, path: Path) -> list[DocumentTab]:
        """Return the tabs that a file is open in: several, after a save under another's name."""
        return [self._tabs[document] for document in self.documents.of_path(path)]

    def _remove(self, tab: DocumentTab) -> None:
        self.documents.remove(tab.document)
        del self._tabs[tab.document]

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap long lines in all documents, or in none."""
        self._wraps_words = is_on
        if self._second is not None:
            self._second.editor.set_word_wrap(is_on)
        for tab in self.tabs():
            tab.editor.set_word_wrap(is_on)

    def _watch(self, view: DocumentTab) -> None:
        view.caret_moved.connect(partial(self._pass_on, view, self.current_tab_changed.emit))
        view.proposal_changed.connect(partial(self._follow_proposal, view))
        view.failed.connect(partial(self._tell_failure, view))
        # What did not go then has gone now.
        view.session.opened.connect(partial(self._take_back_failure, view))
        view.activated.connect(partial(self._activate, view))
        view.editor.set_word_wrap(self._wraps_words)

    def _activate(self, view: DocumentTab) -> None:
        is_second = view is self._second
        # The focus comes and goes with every menu; only another view is news.
        if is_second != self._is_second_active:
            self._is_second_active = is_second
            self.documents.note_use(view.document)
            self._tell_current()

    def _tell_failure(self, view: DocumentTab, text: str) -> None:
        self._take_back_failure(view)
        self._failures[view] = Message(text)
        self.message.emit(self._failures[view])

    def _take_back_failure(self, view: DocumentTab, _opened: object = None) -> None:
        if failure := self._failures.pop(view, None):
            self.message_over.emit(failure)

    def show_error(self, text: str) -> None:
        """Tell the user that something has failed."""
        self.message.emit(Message(text))

    def _tell_apart(self) -> None:
        """Let files of one name be called by their folders, too."""
        for document, folder in self.documents.folders().items():
            self._tabs[document].set_folder(folder)

    def _follow_document(self, tab: DocumentTab) -> None:
        self._tell_apart()
        self.label_changed.emit(tab)
        if self.current is not None and self.current.document is tab.document:
            self.current_tab_changed.emit()

    def _follow_proposal(self, tab: DocumentTab, status: object) -> None:
        self._pass_on(tab, partial(self.proposal_changed.emit, status))

    def _pass_on(self, tab: DocumentTab, emit: Callable[[], object]) -> None:
        # What happens in a view that the user is not in is not told in the window's title or
        # status.
        if tab is self.current:
            emit()

    def _on_front(self) -> None:
        self.front_changed.emit()
        self._follow_front()

    def _follow_front(self) -> None:
        self._is_second_active = False
        self._tell_current()
        if self.front is not None:
            self.front.editor.setFocus()

    def _tell_current(self) -> None:
        # What could not be done in one document is no news of another.
        for view in [one for one in self._failures if one is not self.current]:
            self._take_back_failure(view)
        self.view_changed.emit()
        self.current_tab_changed.emit()
        if self.current is not None:
            self.proposal_changed.emit(self.current.session.status)
