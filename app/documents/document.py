"""The document model: one text, the file it lives in, and whether the two agree."""

import os
from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QTextDocument

from app.documents import edits, line_ends, text_file
from app.documents.encoding import UTF_8, Encoding
from app.documents.text_file import FileStamp, TextFileError
from app.translation import tr

LINE_END_LABELS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


class Document(QObject):
    """A text being edited; the text itself is held by a `QTextDocument`.

    Signals:
        changed: The path, the title, the encoding, the line ends or the modified flag changed.
        about_to_show: Another text and its name; to lay out 50 MB once and not again.
    """

    changed = Signal()
    about_to_show = Signal(object, str)

    def __init__(self, text_document: QTextDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text_document = text_document
        self._path: Path | None = None
        self._title = tr("Untitled")
        self._encoding = UTF_8
        self._original = ""  # the text as last read or written, with the file's line ends
        self._line_ends_label = _line_ends_label("")
        self._stamp: FileStamp | None = None
        self._digest: bytes | None = None
        self._is_guessed = False
        self._new_line_end: str | None = None  # chosen, and not saved yet
        text_document.modificationChanged.connect(self.changed)

    @property
    def path(self) -> Path | None:
        """Return the file the text is saved to; None until there is one."""
        return self._path

    @property
    def title(self) -> str:
        """Return the name to show on the tab."""
        return self._path.name if self._path else self._title

    @property
    def encoding(self) -> Encoding:
        """Return the encoding the text is saved in."""
        return self._encoding

    @property
    def is_guessed(self) -> bool:
        """Say whether the encoding is a guess."""
        return self._is_guessed

    @property
    def is_read_only(self) -> bool:
        """Say whether the file is there and must not be written."""
        path = self._path
        return path is not None and text_file.is_there(path) and not os.access(path, os.W_OK)

    @property
    def original(self) -> str:
        """Return the text as last read or written, with the file's line ends."""
        return self._original

    @property
    def stamp(self) -> FileStamp | None:
        """Return what the file was like when it was last read or written."""
        return self._stamp

    @property
    def line_ends_label(self) -> str:
        """Return the kind of line end to show, as in "LF"."""
        return self._line_ends_label

    @property
    def is_modified(self) -> bool:
        """Say whether there is something to save."""
        return self._text_document.isModified()

    @property
    def is_pristine(self) -> bool:
        """Say whether this is an empty document that nobody has touched."""
        is_empty = self._text_document.isEmpty() and not self._text_document.isUndoAvailable()
        return self._path is None and is_empty and not self.is_modified

    def text(self) -> str:
        """Return the text with the line ends of its file."""
        if self._new_line_end is not None:
            return self._editor_text().replace("\n", self._new_line_end)
        return line_ends.restored(self._editor_text(), self._original)

    def load(self, path: Path) -> None:
        """Replace the text by that of a file.

        Raises:
            TextFileError: The file cannot be opened.
        """
        file = text_file.read(path)
        self._show(file.text, path.name)
        self._path = path
        self._take_over(file)

    def reload(self, encoding: Encoding | None = None) -> None:
        """Show the file as it is now, in another encoding if one is given, as one undo step.

        Raises:
            TextFileError: The file cannot be opened; the document is as before.
        """
        assert self._path is not None, "only a file can be read again"
        file = text_file.read(self._path, encoding)
        edits.change_text(self._text_document, line_ends.normalized(file.text))
        self._remember(file.text)
        self._take_over(file)
        self._text_document.setModified(False)

    def set_encoding(self, encoding: Encoding) -> None:
        """Save in another encoding from now on."""
        self._encoding, self._is_guessed = encoding, False
        self._text_document.setModified(True)
        self.changed.emit()

    def set_line_end(self, line_end: str) -> None:
        """Save with another kind of line end from now on."""
        self._new_line_end = line_end
        self._line_ends_label = LINE_END_LABELS[line_end]
        self._text_document.setModified(True)
        self.changed.emit()

    def load_template(self, path: Path, title: str) -> None:
        """Start a new document with the text of a file that ships with the editor."""
        self.show_text(text_file.read(path).text, title)

    def show_text(self, text: str, title: str) -> None:
        """Start a new document with a text."""
        self._show(text, title)
        self._title = title
        self.changed.emit()

    def restore(
        self,
        base: str,
        *,
        path: Path | None,
        title: str,
        encoding: Encoding,
        stamp: FileStamp | None,
    ) -> None:
        """Show a text as it was read from a file in an earlier run.

        Raises:
            TextFileError: It cannot be shown.
        """
        self._show(base, path.name if path else title)
        self._path, self._title, self._encoding, self._stamp = path, title, encoding, stamp
        self.changed.emit()

    def name(self, path: Path) -> None:
        """Let the text be saved to a file that does not exist yet."""
        self._path = path
        self.changed.emit()

    def save(self, path: Path | None = None, encoding: Encoding | None = None) -> None:
        """Write the text to its file; another path or encoding is kept from then on.

        Raises:
            TextFileError: Nothing was written; the document is as before.
        """
        target, encoding = path or self._path, encoding or self._encoding
        assert target is not None, "a document without a path is saved with one"
        text = self.text()
        if "\0" in text:
            text = tr(
                "The text holds a NUL character, with which it could not be opened again. "
                "Remove it and save once more. Nothing was written."
            )
            raise TextFileError(text)
        data = text_file.encode(text, encoding)
        text_file.write(target, data)
        self._path, self._encoding = target, encoding
        self._remember(text)
        self._stamp, self._digest = text_file.stamp_of(target), text_file.digest(data)
        self._is_guessed = False
        self._text_document.setModified(False)
        self.changed.emit()

    def is_changed_on_disk(self) -> bool:
        """Say whether somebody else has written the file since it was last read or saved."""
        now = text_file.stamp_of(self._path) if self._path else None
        if now is None or now == self._stamp or self._path is None:
            return False
        if self._digest is None or text_file.digest_of(self._path) != self._digest:
            return True
        self._stamp = now  # touched, and nothing more
        return False

    def is_gone(self) -> bool:
        """Say whether there was a file, and there is none any more."""
        path = self._path
        return path is not None and self._stamp is not None and not text_file.is_there(path)

    def mark_unsaved(self) -> None:
        """Take the text for unsaved, because its file is not what it was."""
        self._text_document.setModified(True)

    def accept_disk_change(self) -> None:
        """Keep the text as it is over what somebody else has written."""
        self._stamp = text_file.stamp_of(self._path) if self._path else None
        self._digest = text_file.digest_of(self._path) if self._path else None
        self.mark_unsaved()

    def _take_over(self, file: text_file.TextFile) -> None:
        self._encoding, self._stamp, self._digest = file.encoding, file.stamp, file.digest
        self._is_guessed = file.is_guessed
        self.changed.emit()

    def _show(self, text: str, name: str) -> None:
        shown = line_ends.normalized(text)
        self.about_to_show.emit(shown, name)
        # Whoever hears of a change now would meet the new text under the old name.
        with QSignalBlocker(self):
            self._text_document.setPlainText(shown)
            self._text_document.setModified(False)
        if self._editor_text() != shown:
            self._text_document.clear()
            text = tr(
                "This file holds characters that cannot be shown without changing them. "
                "It was not opened."
            )
            raise TextFileError(text)
        self._remember(text)

    def _remember(self, text: str) -> None:
        self._original = text
        self._new_line_end = None
        self._line_ends_label = _line_ends_label(text)

    def _editor_text(self) -> str:
        # `toPlainText` would turn no-break spaces into spaces.
        text = self._text_document.toRawText().replace("\u2029", "\n")
        # PySide drops a byte order mark at the start of any string.
        return f"\ufeff{text}" if self._text_document.characterAt(0) == "\ufeff" else text


def _line_ends_label(text: str) -> str:
    if not line_ends.is_uniform(text):
        return tr("mixed")
    return LINE_END_LABELS[line_ends.usual(text)]
