"""The tabs: which documents are open, and which one is in front."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabBar, QTabWidget, QToolButton, QWidget

from app.documents.names import shown
from app.editor import Editor
from app.widgets.message_bar import Message, Severity
from app.workspace.document_tab import DocumentTab

if TYPE_CHECKING:
    from app.workspace.second_view import SecondView

MakeTab = Callable[[], DocumentTab]


class TabPages(QTabWidget):
    """Holds one tab per open document.

    Signals:
        current_tab_changed: Another tab is in front, or something about the one in front changed.
        proposal_changed: The `ProposalStatus` of the tab in front.
        tab_added: The new `DocumentTab`.
        view_added: A new `DocumentTab`, in a tab or as the second view.
        view_changed: The user has gone to another view.
        message: A `Message` for the user.
    """

    current_tab_changed = Signal()
    proposal_changed = Signal(object)
    tab_added = Signal(object)
    view_added = Signal(object)
    view_changed = Signal()
    message = Signal(object)

    def __init__(self, make_tab: MakeTab, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make_tab = make_tab
        self._wraps_words = True
        self._second: SecondView | None = None
        self._is_second_active = False
        self.setDocumentMode(True)
        self.setMovable(True)
        self.currentChanged.connect(self._follow_current)

    @property
    def front(self) -> DocumentTab | None:
        """Return the tab in front."""
        tab = self.currentWidget()
        return tab if isinstance(tab, DocumentTab) else None

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
        for index in range(self.count()):
            tab = self.widget(index)
            assert isinstance(tab, DocumentTab)
            yield tab

    def views(self) -> Iterator[DocumentTab]:
        """Go through the tabs, and the second view."""
        yield from self.tabs()
        if self._second is not None:
            yield self._second

    def bring(self, view: DocumentTab) -> None:
        """Make a view the one that the user is in."""
        self._activate(view)
        if view is not self._second:
            self.setCurrentWidget(view)

    def set_second(self, view: "SecondView | None") -> None:
        """Take another second view in, or none."""
        self._is_second_active = False
        self._second = view
        if view is not None:
            self._watch(view)
            self.view_added.emit(view)
        self._follow_current()

    def new(self) -> DocumentTab:
        """Open an empty document."""
        tab = self._make_tab()
        tab.document_changed.connect(partial(self._follow_document, tab))
        self._watch(tab)
        self._add(tab)
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

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap long lines in all documents, or in none."""
        self._wraps_words = is_on
        if self._second is not None:
            self._second.editor.set_word_wrap(is_on)
        for tab in self.tabs():
            tab.editor.set_word_wrap(is_on)
            self.tell_if_unwrapped(tab)

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

    def _add(self, tab: DocumentTab) -> None:
        index = self.addTab(tab, tab.label)
        # The style's own close button is a red box.
        close = QToolButton()
        close.setText("✕")
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Close this tab"))
        close.setAccessibleName(self.tr("Close this tab"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self.tabCloseRequested.emit(self.indexOf(tab)))
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)
        self.setCurrentIndex(index)

    def tell_if_unwrapped(self, tab: DocumentTab) -> None:
        """Say why a document is not wrapped, where the user would expect it."""
        if self._wraps_words and not tab.editor.wraps_words:
            text = self.tr(
                "{title} has a very long line. Word wrap is off for this file, because wrapping it "
                "would make typing slow."
            )
            self.message.emit(Message(text.format(title=tab.document.title), Severity.INFO))

    def show_error(self, text: str) -> None:
        """Tell the user that something has failed."""
        self.message.emit(Message(text))

    def _follow_document(self, tab: DocumentTab) -> None:
        index = self.indexOf(tab)
        self.setTabText(index, tab.label)
        self.setTabToolTip(index, self._place_of(tab))
        if self.current is not None and self.current.document is tab.document:
            self.current_tab_changed.emit()

    def _place_of(self, tab: DocumentTab) -> str:
        path = tab.document.path
        return shown(path) if path else self.tr("not saved yet")

    def _follow_proposal(self, tab: DocumentTab, status: object) -> None:
        self._pass_on(tab, partial(self.proposal_changed.emit, status))

    def _pass_on(self, tab: DocumentTab, emit: Callable[[], object]) -> None:
        if tab is self.current:
            emit()

    def _follow_current(self) -> None:
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
