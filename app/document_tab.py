"""One tab: an editor, the document in it and the proposal over it."""

import secrets
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import theme
from app.documents import Document
from app.editor.editor import LONG_LINE, Editor
from app.editor.theme import DARK, LIGHT
from app.proposal import Phase, ProposalSession
from engine.api import Request


class DocumentTab(QWidget):
    """Holds what belongs to one document.

    Signals:
        document_changed: Title, path, encoding or modified flag changed.
        caret_moved: The caret is somewhere else.
        proposal_changed: The session's new `ProposalStatus`.
        failed: A message for the user.
    """

    document_changed = Signal()
    caret_moved = Signal()
    proposal_changed = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        submit: Callable[[Request], None],
        next_job_id: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.editor = Editor(self)
        self.document = Document(self.editor.document(), self)
        self.session = ProposalSession(self.editor, submit, next_job_id, next_seed, self)
        self.setAutoFillBackground(True)
        self._follow_palette()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.editor)
        self.setFocusProxy(self.editor)
        self.document.changed.connect(self._follow_document)
        self.editor.cursorPositionChanged.connect(self.caret_moved)
        self.session.status_changed.connect(self.proposal_changed)
        self.session.failed.connect(self.failed)

    @property
    def label(self) -> str:
        """Return the tab's text; a dot in front stands for unsaved changes."""
        # A lone ampersand would underline the letter behind it.
        title = self.document.title.replace("&", "&&")
        return f"● {title}" if self.document.is_modified else title

    def load(self, path: Path) -> None:
        """Show a file, from its start.

        Raises:
            TextFileError: The file cannot be opened.
        """
        self.document.load(path)
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)

    def load_template(self, path: Path, title: str) -> None:
        """Show a new document with the text of a file that ships with the editor."""
        self.document.load_template(path, title)
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)

    def discard_proposal(self) -> None:
        """Stop and reject what the model is doing here."""
        if self.session.status.phase is not Phase.IDLE:
            self.session.stop_or_reject()

    @property
    def wraps_words(self) -> bool:
        """Say whether long lines are wrapped; the editor gives it up for giant ones."""
        return self.editor.lineWrapMode() is Editor.LineWrapMode.WidgetWidth

    def set_word_wrap(self, is_on: bool) -> None:
        """Wrap long lines or not; a document with a giant line stays as it is."""
        mode = Editor.LineWrapMode
        wraps = is_on and not self._has_giant_line()
        self.editor.setLineWrapMode(mode.WidgetWidth if wraps else mode.NoWrap)
        self._set_language()  # fits the editor's margins to the mode

    def _has_giant_line(self) -> bool:
        block = self.editor.document().begin()
        while block.isValid():
            if block.length() > LONG_LINE:
                return True
            block = block.next()
        return False

    def _set_language(self) -> None:
        path = self.document.path
        self.editor.set_language(path.name if path else self.document.title)

    def _follow_document(self) -> None:
        self._set_language()
        self.document_changed.emit()

    def _follow_palette(self) -> None:
        self._is_dark = theme.is_dark()
        self.editor.set_theme(DARK if self._is_dark else LIGHT)
        # The paper goes on beside the column of text.
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self.editor.theme.paper)
        self.setPalette(palette)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and theme.is_dark() != self._is_dark:
            self._follow_palette()


def next_seed() -> int:
    """Return a seed nobody can foresee; the session remembers it."""
    return secrets.randbelow(2**31)
