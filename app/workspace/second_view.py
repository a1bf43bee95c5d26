"""A second view of any open document, beside the tabs or below them."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from app.editor.mirror import MirrorEditor
from app.proposal import History
from app.widgets.flat_button import FlatButton
from app.workspace.document_tab import DocumentTab
from engine.api import Request

ARROW = "  ▾"
MAX_CHARS = 10_000_000  # laying out more once again would keep the user waiting


class MenuTitle(QToolButton):
    """A title with a menu, and an arrow behind it; the style's own would stand below the text."""

    def sizeHint(self) -> QSize:
        """Leave room for the arrow."""
        hint = super().sizeHint()
        return QSize(hint.width() + self.fontMetrics().horizontalAdvance(ARROW), hint.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it as a button without a menu."""
        painter, option = QStylePainter(self), QStyleOptionToolButton()
        self.initStyleOption(option)
        option.features &= ~QStyleOptionToolButton.ToolButtonFeature.HasMenu
        option.text += ARROW
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)


class ViewHeader(QWidget):
    """Names the document that is shown, and offers the others.

    Signals:
        opened: The list of documents is about to be shown; fill `menu`.
        closed: The view is not wanted any longer.
    """

    opened = Signal()
    closed = Signal()

    def __init__(self, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(height)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(self.opened)
        self.title = MenuTitle()
        self.title.setMenu(self.menu)
        self.title.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.title.setToolTip(self.tr("Choose the document to show here"))
        self.title.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        close = FlatButton("✕", self.tr("Close the second view"))
        close.clicked.connect(self.closed)
        self.title.setAutoRaise(True)
        for button in (self.title, close):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.addWidget(self.title)
        row.addStretch()
        row.addWidget(close)

    def show_title(self, text: str) -> None:
        """Say which document it is."""
        self.title.setText(text)
        self.title.setAccessibleName(self.tr("Second view: {title}").format(title=text))

    def minimumSizeHint(self) -> QSize:
        """Let the view be narrower than a long name."""
        return QSize(80, self.height())


class SecondView(DocumentTab):
    """Shows a document that is open in a tab, with carets, scrolling and drafts of its own.

    Signals:
        list_wanted: The documents to choose from are asked for; answer by `offer`.
        chosen: Another `DocumentTab` is to be shown.
        closed: The view is not wanted any longer.
    """

    list_wanted = Signal()
    chosen = Signal(object)
    closed = Signal()

    def __init__(
        self,
        home: DocumentTab,
        height: int,
        submit: Callable[[Request], None],
        next_job_id: Callable[[], int],
        history: History,
    ) -> None:
        editor = MirrorEditor(home.editor.document())
        super().__init__(submit, next_job_id, history, editor=editor, document=home.document)
        self._home = home
        self._mirror_editor = editor
        self.header = ViewHeader(height)
        layout = self.layout()
        assert layout is not None
        # As a menu bar, it stands above the layout and needs no other one around it.
        layout.setMenuBar(self.header)
        self.header.opened.connect(self.list_wanted)
        self.header.closed.connect(self.closed)
        editor.setAccessibleName(self.tr("Second view"))
        # Its tab's label: that hangs on the other tabs, too.
        home.document_changed.connect(self._show_title)
        self._follow_document()
        self._show_title()

    @property
    def name(self) -> str:
        """Return what the document is called on its tab."""
        return self._home.name

    @property
    def home(self) -> DocumentTab:
        """Return the tab that the document is open in."""
        return self._home

    def offer(self, tabs: Iterable[DocumentTab]) -> None:
        """List the documents to choose from."""
        menu = self.header.menu
        menu.clear()
        for tab in tabs:
            action = menu.addAction(tab.label)
            action.setCheckable(True)
            action.setChecked(tab is self._home)
            action.triggered.connect(lambda _=False, tab=tab: self.chosen.emit(tab))

    def stop(self) -> None:
        """Reject a draft, and follow the document no longer."""
        self.discard_proposal()
        self._mirror_editor.stop_mirroring()

    def _show_title(self) -> None:
        self.header.show_title(self.label)
