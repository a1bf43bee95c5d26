"""The tabs and, if the user wants one, a second view beside them or below."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from app.documents.text_file import stamp_of
from app.recovery.session_state import SplitState
from app.widgets.message_bar import Message, Severity
from app.workspace.document_tab import DocumentTab
from app.workspace.second_view import MAX_CHARS, SecondView
from app.workspace.workspace import Workspace

MakeView = Callable[[DocumentTab], SecondView]


class SplitArea(QSplitter):
    """Opens and closes the second view.

    Signals:
        changed: There is another second view, or none, or it stands somewhere else.
        message: A `Message` for the user.
    """

    changed = Signal()
    message = Signal(object)

    def __init__(
        self,
        workspace: Workspace,
        tabs: QWidget,
        make_view: MakeView,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._workspace = workspace
        self._make_view = make_view
        self.addWidget(tabs)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self.changed)
        workspace.tab_closed.connect(self._on_tab_closed)

    @property
    def view(self) -> SecondView | None:
        """The second view."""
        return self._workspace.second

    def toggle(self, orientation: Qt.Orientation) -> None:
        """Split, or join again what is split that way."""
        if self.view is not None and self.orientation() is orientation:
            self.close_view()
        else:
            self.split(orientation)

    def split(self, orientation: Qt.Orientation) -> None:
        """Show the document in front once more; a view that is there goes to that side."""
        self.setOrientation(orientation)
        if self.view is None and self._workspace.current is not None:
            self.show_tab(self._workspace.current)
        self.changed.emit()

    def show_tab(self, tab: DocumentTab) -> None:
        """Show a document in the second view, where it is in the tab."""
        if _num_chars(tab) > MAX_CHARS:
            text = self.tr("{title} is too large to be shown twice.")
            self.message.emit(Message(text.format(title=tab.name), Severity.INFO))
            return
        sizes = self.sizes() if self.view is not None else []
        self._remove()
        view = self._make_view(tab)
        view.list_wanted.connect(lambda: view.offer(self._workspace.tabs()))
        # The menu that asks for it belongs to the view that goes.
        view.chosen.connect(self.show_tab, Qt.ConnectionType.QueuedConnection)
        view.closed.connect(self.close_view, Qt.ConnectionType.QueuedConnection)
        self.addWidget(view)
        # Qt scales what does not fit, so these are shares.
        self.setSizes(sizes or [1_000_000, 1_000_000])
        self._workspace.set_second(view)
        cursor = tab.editor.textCursor()
        place = (cursor.position(), cursor.anchor())
        view.show_place(*place, tab.editor.verticalScrollBar().value())
        view.editor.verticalScrollBar().valueChanged.connect(self.changed)
        self._workspace.bring(view)
        view.editor.setFocus()
        self.changed.emit()

    def close_view(self) -> None:
        """Show the tabs alone."""
        if self.view is not None:
            self._remove()
            if self._workspace.current is not None:
                self._workspace.current.editor.setFocus()
            self.changed.emit()

    def focus_other(self) -> None:
        """Go from one view to the other."""
        view, front = self.view, self._workspace.front
        if view is not None and front is not None:
            other = front if self._workspace.current is view else view
            self._workspace.bring(other)
            other.editor.setFocus()

    def state_at(self, index: int) -> SplitState | None:
        """Return what is needed to show the second view again, of the tab with this number."""
        view = self.view
        if view is None:
            return None
        return SplitState(
            tab=index,
            is_below=self.orientation() is Qt.Orientation.Vertical,
            share=self.sizes()[0] / max(1, sum(self.sizes())),
            caret=view.editor.textCursor().position(),
            line=view.editor.verticalScrollBar().value(),
        )

    def restore(self, state: SplitState, tab: DocumentTab) -> None:
        """Show a tab's document as it was shown in an earlier run."""
        orientations = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.setOrientation(orientations[state.is_below])
        self.show_tab(tab)
        if self.view is not None:
            first = round(1_000_000 * min(0.9, max(0.1, state.share)))
            self.setSizes([first, 1_000_000 - first])
            self.view.show_place(state.caret, state.caret, state.line)

    def _remove(self) -> None:
        view = self.view
        if view is not None:
            view.stop()
            self._workspace.set_second(None)
            view.setParent(None)
            view.deleteLater()

    def _on_tab_closed(self, tab: DocumentTab) -> None:
        if self.view is not None and self.view.home is tab:
            self.close_view()


def _num_chars(tab: DocumentTab) -> int:
    """Return how long a document is, or, while it is coming, will be at most."""
    path = tab.document.path if tab.document.is_loading else None
    stamp = stamp_of(path) if path is not None else None
    return stamp.num_bytes if stamp is not None else tab.editor.document().characterCount()
