"""Which documents are open, in which order, and which view of them the user is in."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.editor import Editor
from app.widgets.message_bar import Message
from app.workspace.document_tab import DocumentTab

if TYPE_CHECKING:
    from app.workspace.second_view import SecondView

MakeTab = Callable[[], DocumentTab]


class OpenDocuments(QObject):
    """Holds one `DocumentTab` per open document, from left to right, and a second view at most.

    Signals:
        placed: A `DocumentTab` that is new, with its place in the row; nothing was done with it.
        removed: A `DocumentTab` that is not open any more.
        moved: The order is another.
        front_changed: Another tab is in front.
        label_changed: The `DocumentTab` whose title, file or state is another.
        current_tab_changed: The user is in another view, or something about the one they are in
            changed.
        proposal_changed: The `Snapshot` of the view that the user is in.
        tab_added: The new `DocumentTab`, in front by now.
        view_added: A new `DocumentTab`, in a tab or as the second view.
        view_changed: The user has gone to another view.
        message: A `Message` for the user.
    """

    placed = Signal(object, int)
    removed = Signal(object)
    moved = Signal()
    front_changed = Signal()
    label_changed = Signal(object)
    current_tab_changed = Signal()
    proposal_changed = Signal(object)
    tab_added = Signal(object)
    view_added = Signal(object)
    view_changed = Signal()
    message = Signal(object)

    def __init__(self, make_tab: MakeTab, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_tab = make_tab
        self._wraps_words = True
        self._tabs: list[DocumentTab] = []
        self._front: DocumentTab | None = None
        self._second: SecondView | None = None
        self._is_second_active = False

    @property
    def front(self) -> DocumentTab | None:
        """Return the tab in front."""
        return self._front

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
        yield from tuple(self._tabs)

    def count(self) -> int:
        """Return how many documents are open."""
        return len(self._tabs)

    def is_open(self, tab: DocumentTab) -> bool:
        """Return whether a tab is still there."""
        return tab in self._tabs

    def views(self) -> Iterator[DocumentTab]:
        """Go through the tabs, and the second view."""
        yield from self.tabs()
        if self._second is not None:
            yield self._second

    def bring(self, view: DocumentTab) -> None:
        """Make a view the one that the user is in."""
        self._activate(view)
        if view is not self._second:
            self.set_front(view)

    def set_front(self, tab: DocumentTab | None) -> None:
        """Put a tab in front, and the user in it."""
        if tab is not self._front:
            self._front = tab
            self.front_changed.emit()
            self._follow_front()

    def move(self, start: int, end: int) -> None:
        """Move a tab from one place in the row to another."""
        self._tabs.insert(end, self._tabs.pop(start))
        self.moved.emit()

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
        self._tabs.append(tab)
        self.placed.emit(tab, len(self._tabs) - 1)
        self.set_front(tab)
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
        tabs = ((tab, tab.document.path) for tab in self.tabs())
        return [tab for tab, own in tabs if own and _is_same_file(own, path)]

    def _remove(self, tab: DocumentTab) -> None:
        """Take a tab out; the one right of it comes to the front, or the last."""
        place = self._tabs.index(tab)
        self._tabs.remove(tab)
        if tab is self._front:
            near = min(place, len(self._tabs) - 1)
            self.set_front(self._tabs[near] if self._tabs else None)
        self.removed.emit(tab)

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap long lines in all documents, or in none."""
        self._wraps_words = is_on
        if self._second is not None:
            self._second.editor.set_word_wrap(is_on)
        for tab in self.tabs():
            tab.editor.set_word_wrap(is_on)

    def unsaved_texts(self) -> list[tuple[str, str]]:
        """Return title and text of every document with unsaved changes."""
        documents = [tab.document for tab in self.tabs()]
        return [(d.title, d.text()) for d in documents if d.is_modified]

    def _watch(self, view: DocumentTab) -> None:
        view.caret_moved.connect(partial(self._pass_on, view, self.current_tab_changed.emit))
        view.proposal_changed.connect(partial(self._follow_proposal, view))
        view.failed.connect(self.show_error)
        view.activated.connect(partial(self._activate, view))
        view.editor.set_word_wrap(self._wraps_words)

    def _activate(self, view: DocumentTab) -> None:
        is_second = view is self._second
        if is_second != self._is_second_active:
            self._is_second_active = is_second
            self._tell_current()

    def show_error(self, text: str) -> None:
        """Tell the user that something has failed."""
        self.message.emit(Message(text))

    def _follow_document(self, tab: DocumentTab) -> None:
        self.label_changed.emit(tab)
        if self.current is not None and self.current.document is tab.document:
            self.current_tab_changed.emit()

    def _follow_proposal(self, tab: DocumentTab, status: object) -> None:
        self._pass_on(tab, partial(self.proposal_changed.emit, status))

    def _pass_on(self, tab: DocumentTab, emit: Callable[[], object]) -> None:
        if tab is self.current:
            emit()

    def _follow_front(self) -> None:
        self._is_second_active = False
        self._tell_current()
        if self.front is not None:
            self.front.editor.setFocus()

    def _tell_current(self) -> None:
        self.view_changed.emit()
        self.current_tab_changed.emit()
        if self.current is not None:
            self.proposal_changed.emit(self.current.session.status)


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return one == other
