"""The row of tabs over the text: shows which documents are open."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QTabBar, QTabWidget, QWidget

from app.documents import Document
from app.documents.names import shown
from app.widgets.flat_button import FlatButton
from app.workspace.document_tab import DocumentTab
from app.workspace.workspace import Workspace

LEAST_LETTERS = 24  # of a tab, its close button among them


class TabRow(QTabBar):
    """Shortens the names of its tabs before it cuts the last of them off."""

    def minimumTabSizeHint(self, index: int) -> QSize:
        """Leave as much of each name as one can tell it by."""
        hint = self.tabSizeHint(index)
        least = LEAST_LETTERS * self.fontMetrics().averageCharWidth()
        return QSize(min(hint.width(), least), hint.height())


class TabPages(QTabWidget):
    """Shows a page per open document, and tells the workspace where the user goes."""

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.setTabBar(TabRow(self))
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setDocumentMode(True)
        self.setMovable(True)
        self.currentChanged.connect(self._on_current)
        self.tabCloseRequested.connect(self._on_close)
        self.tabBar().tabMoved.connect(workspace.documents.move)
        workspace.documents.added.connect(self._add)
        workspace.documents.removed.connect(self._remove)
        workspace.front_changed.connect(self._follow_front)
        workspace.label_changed.connect(self._follow_label)

    def _add(self, document: Document, place: int) -> None:
        tab = self._workspace.tab_showing(document)
        index = self.insertTab(place, tab, tab.label)
        # The style's own close button is a red box.
        close = FlatButton("✕", self.tr("Close this tab"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(lambda: self.tabCloseRequested.emit(self.indexOf(tab)))
        self.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, close)

    def _remove(self, document: Document) -> None:
        self.removeTab(self.indexOf(self._workspace.tab_showing(document)))

    def _follow_front(self) -> None:
        if self._workspace.front is not None:
            self.setCurrentWidget(self._workspace.front)

    def _follow_label(self, tab: DocumentTab) -> None:
        index, path = self.indexOf(tab), tab.document.path
        self.setTabText(index, tab.label)
        self.setTabToolTip(index, shown(path) if path else self.tr("not saved yet"))

    def _on_current(self) -> None:
        tab = self.currentWidget()
        if isinstance(tab, DocumentTab):
            self._workspace.documents.set_front(tab.document)

    def _on_close(self, index: int) -> None:
        tab = self.widget(index)
        assert isinstance(tab, DocumentTab)
        self._workspace.close_tab(tab)
