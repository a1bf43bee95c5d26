"""The document model: one text, the file it lives in, and whether the two agree."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QTextDocument

from app.documents import line_ends, text_file
from app.documents.encoding import UTF_8, Encoding
from app.documents.text_file import FileStamp, TextFileError

LINE_END_LABELS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


class Document(QObject):
    """A text being edited; the text itself is held by a `QTextDocument`.

    Signals:
        changed: The path, the title, the encoding, the line ends or the modified flag changed.
    """

    changed = Signal()

    def __init__(self, text_document: QTextDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text_document = text_document
        self._path: Path | None = None
        self._title = "Untitled"
        self._encoding = UTF_8
        self._original = ""  # the text as last read or written, with the file's line ends
        self._line_ends_label = _line_ends_label("")
        self._stamp: FileStamp | None = None
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
        return line_ends.restored(self._editor_text(), self._original)

    def load(self, path: Path) -> None:
        """Replace the text by that of a file.

        Raises:
            TextFileError: The file cannot be opened.
        """
        file = text_file.read(path)
        self._show(file.text)
        self._path, self._encoding, self._stamp = path, file.encoding, file.stamp
        self.changed.emit()

    def load_template(self, path: Path, title: str) -> None:
        """Start a new document with the text of a file that ships with the editor."""
        self._show(text_file.read(path).text)
        self._title = title
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
            raise TextFileError(
                "The text holds a NUL character, with which it could not be opened again. "
                "Remove it and save once more. Nothing was written."
            )
        text_file.write(target, text_file.encode(text, encoding))
        self._path, self._encoding = target, encoding
        self._remember(text)
        self._stamp = text_file.stamp_of(target)
        self._text_document.setModified(False)
        self.changed.emit()

    def is_changed_on_disk(self) -> bool:
        """Say whether somebody else has written the file since it was last read or saved."""
        now = text_file.stamp_of(self._path) if self._path else None
        return now is not None and now != self._stamp

    def _show(self, text: str) -> None:
        shown = line_ends.normalized(text)
        self._text_document.setPlainText(shown)
        if self._editor_text() != shown:
            self._text_document.clear()
            raise TextFileError(
                "This file holds characters that cannot be shown without changing them. "
                "It was not opened."
            )
        self._remember(text)
        self._text_document.setModified(False)

    def _remember(self, text: str) -> None:
        self._original = text
        self._line_ends_label = _line_ends_label(text)

    def _editor_text(self) -> str:
        # `toPlainText` would turn no-break spaces into spaces.
        return self._text_document.toRawText().replace("\u2029", "\n")


def _line_ends_label(text: str) -> str:
    if not line_ends.is_uniform(text):
        return "mixed"
    return LINE_END_LABELS[line_ends.usual(text)]
