"""One tab: an editor, the document in it and the proposal over it."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app import appearance
from app.documents import Document, Encoding, FileStamp
from app.editor import Editor, replace_range
from app.editor.theme import DARK, LIGHT
from app.proposal import DraftOrigin, History, ProposalSession
from app.proposal.drawing.views import ProposalViews
from app.recovery.journal_files import LostDocument
from app.text.edits import length_of
from app.text.positions import utf16_len
from engine.api import Request

CaretPlace = tuple[int, int, int]  # caret and anchor, UTF-16 units, and the line on top


class DocumentTab(QWidget):
    """Holds what belongs to one document.

    Signals:
        document_changed: Title, path, encoding or modified flag changed.
        caret_moved: The caret is somewhere else.
        activated: The user has gone to this text.
        proposal_changed: The session's new `Snapshot`.
        failed: A message for the user.
    """

    document_changed = Signal()
    caret_moved = Signal()
    activated = Signal()
    proposal_changed = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        submit: Callable[[Request], None],
        next_job_id: Callable[[], int],
        history: History,
        *,
        editor: Editor | None = None,
        document: Document | None = None,
    ) -> None:
        super().__init__()
        self.editor = editor or Editor()
        self.document = document or Document(self.editor.document(), self)
        self.session = ProposalSession(
            self.editor,
            submit,
            next_job_id,
            next_seed,
            self,
            history=history,
            origin=self._origin,
        )
        self.views = ProposalViews(self.session)
        self.setAutoFillBackground(True)
        self._follow_palette()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.editor)
        # Whoever gives a tab the focus means its text.
        self.setFocusProxy(self.editor)
        self._folder = ""  # that tells the file from others of its name
        self._place: CaretPlace | None = None  # to be shown as soon as it is there
        self.document.about_to_show.connect(self.editor.prepare_for)
        self.document.shown.connect(self._go_to_start)
        self.document.moved.connect(self._follow_loading)
        self.document.loaded.connect(self._follow_loading)
        self.document.changed.connect(self._follow_document)
        self.editor.setAccessibleName(self.document.title)
        self.editor.cursorPositionChanged.connect(self.caret_moved)
        self.editor.installEventFilter(self)
        self.session.status_changed.connect(self.proposal_changed)
        self.session.failed.connect(self.failed)

    @property
    def home(self) -> "DocumentTab":
        """Return the tab that the document is open in."""
        return self

    @property
    def name(self) -> str:
        """Return what the document is called: its title, with folders where others share it."""
        return os.path.join(self._folder, self.document.title)

    def set_folder(self, folder: str) -> None:
        """Name a folder with the title from now on, as others have the same; empty: none."""
        if folder != self._folder:
            self._folder = folder
            self._follow_document()

    @property
    def label(self) -> str:
        """Return the tab's text; a dot in front stands for unsaved changes."""
        # A lone ampersand would underline the letter behind it.
        title = self.name.replace("&", "&&")
        return f"● {title}" if self.document.is_modified else title

    def load(self, path: Path, encoding: Encoding | None = None) -> None:
        """Show a file, from its start.

        Raises:
            TextFileError: The file cannot be opened.
        """
        self.document.load(path, encoding)

    def reload(self, encoding: Encoding | None = None) -> None:
        """Show the file as it is now, from where the caret was.

        Raises:
            TextFileError: The file cannot be opened; the document is as before.
        """
        cursor, line = self.editor.textCursor(), self.editor.verticalScrollBar().value()
        caret, anchor = cursor.position(), cursor.anchor()
        self.document.reload(encoding)
        self.show_place(caret, anchor, line)

    def show_text(self, text: str, title: str) -> None:
        """Show a new document with a text."""
        self.document.show_text(text, title)

    def restore(self, lost: LostDocument) -> None:
        """Show a document that an earlier run has lost, its unsaved changes as one undo step.

        Raises:
            TextFileError: It cannot be shown.
        """
        header = lost.header
        self.document.restore(
            lost.base,
            path=Path(header.path) if header.path else None,
            title=header.title,
            encoding=Encoding(header.codec, bytes.fromhex(header.bom)),
            stamp=FileStamp(*header.stamp) if header.stamp else None,
            line_end=header.line_end,
        )
        self.document.restore_changes(lost.text, lost.ends)
        self.show_place(lost.caret, lost.caret)

    def show_place(self, caret: int, anchor: int, first_line: int = -1) -> None:
        """Select from one position to another, UTF-16 units, and scroll to a line.

        What a large file has not come to yet is shown as soon as it is there.
        """
        last, bar = length_of(self.editor.document()), self.editor.verticalScrollBar()
        is_there = max(caret, anchor) < last and first_line <= bar.maximum()
        # A large file comes in for seconds; the place is shown when it is there, not guessed.
        if self.document.is_loading and not is_there:
            self._place = (caret, anchor, first_line)
            return
        cursor = self.editor.textCursor()
        cursor.setPosition(min(anchor, last))
        cursor.setPosition(min(caret, last), QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)
        if first_line >= 0:
            bar.setValue(first_line)

    @property
    def place(self) -> CaretPlace:
        """Where caret and anchor are and which line is on top, or are to be when all is there."""
        cursor = self.editor.textCursor()
        now = (cursor.position(), cursor.anchor(), self.editor.verticalScrollBar().value())
        return self._place or now

    def discard_proposal(self) -> None:
        """Stop and reject what the model is doing here."""
        self.session.close()

    def insert(self, text: str) -> None:
        """Put a text in the selection's place, or at the caret, as one undo step."""
        if self.editor.isReadOnly():
            return
        cursor = self.editor.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        replace_range(self.editor.document(), start, end, text)
        cursor.setPosition(start + utf16_len(text))
        self.editor.setTextCursor(cursor)
        self.editor.ensureCursorVisible()

    def _origin(self) -> DraftOrigin:
        return DraftOrigin(title=self.document.title, path=self.document.path)

    def _follow_document(self) -> None:
        self.editor.set_language(self.document.title)
        self.editor.setAccessibleName(self.name)
        self.editor.set_locked(self.document.is_loading)
        self.document_changed.emit()

    def _go_to_start(self) -> None:
        self.editor.moveCursor(QTextCursor.MoveOperation.Start)

    def _follow_loading(self) -> None:
        place, self._place = self._place, None
        # Who has gone somewhere else meanwhile is to stay there.
        if place is not None and self.editor.textCursor().position() == 0:
            self.show_place(*place)
        self.document_changed.emit()

    def _follow_palette(self) -> None:
        self._is_dark = appearance.is_dark()
        self.editor.set_theme(DARK if self._is_dark else LIGHT)
        # The base colour goes on beside the column of text.
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, self.editor.theme.base)
        self.setPalette(palette)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Notice when the user goes to the text."""
        if event.type() == QEvent.Type.FocusIn:
            self.activated.emit()
        return False

    def changeEvent(self, event: QEvent) -> None:
        """Follow the change between light and dark."""
        super().changeEvent(event)
        # Setting the palette below is a change of the palette, too.
        if event.type() == QEvent.Type.PaletteChange and appearance.is_dark() != self._is_dark:
            self._follow_palette()


def next_seed() -> int:
    """Return a seed nobody can foresee; the session remembers it."""
    return secrets.randbelow(2**31)
