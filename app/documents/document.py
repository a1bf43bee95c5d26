"""The document model: one text, the file it lives in, and whether the two agree."""

from pathlib import Path

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtGui import QTextDocument

from app.documents import text_file
from app.documents.encoding import UTF_8, Encoding
from app.documents.loading import Loading, ReadText
from app.documents.names import shown
from app.documents.on_disk import OnDisk
from app.documents.saving import SavedText, Target, save_text
from app.documents.text_file import FileStamp, TextFile, TextFileError
from app.text import kept_ends, line_ends
from app.text.edits import change_text, length_of, set_text, text_of
from app.translation import tr


class Document(QObject):
    """A text being edited; the text itself is held by a `QTextDocument`.

    A large file comes bit by bit, and must not be edited until all of it is there.

    Signals:
        changed: The path, the title, the encoding, the line ends or the modified flag changed, or
            a large file begins to come or is there.
        about_to_show: Another text and its name; to get everything ready before it is there.
        shown: The start of another text is there.
        moved: More of a large file is there.
        loaded: All of a file is there.
        text_taken: The text as it is now will be in the file soon.
        load_failed: A large file will not come; its path and the `TextFileError`.
    """

    changed = Signal()
    about_to_show = Signal(object, str)
    shown = Signal()
    moved = Signal()
    loaded = Signal()
    text_taken = Signal()
    load_failed = Signal(object, object)

    def __init__(self, text_document: QTextDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text_document = text_document
        self._on_disk = OnDisk()
        self._title = ""
        self._encoding = UTF_8
        self._original = ""  # the text as last read or written, with the file's line ends
        self._usual_end = line_ends.usual("")
        self._line_ends_label = line_ends.label("")
        self._loading: Loading | None = None
        self._is_guessed = False
        self.is_saving = False  # whether it is being written, and its file changes by that
        self._chosen_end: str | None = None  # of all lines, as the user wants it
        text_document.modificationChanged.connect(self._on_modified)

    @property
    def path(self) -> Path | None:
        """Return the file the text is saved to; None until there is one."""
        return self._on_disk.path

    @property
    def title(self) -> str:
        """Return the name to show on the tab."""
        return shown(self.path.name) if self.path else self._title or tr("Untitled")

    @property
    def given_title(self) -> str:
        """Return the name that it was given without being a file; empty: none."""
        return self._title

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
        return self._on_disk.is_read_only

    @property
    def original(self) -> str:
        """Return the text as last read or written, with the file's line ends."""
        return self._original

    @property
    def stamp(self) -> FileStamp | None:
        """Return what the file was like when it was last read or written."""
        return self._on_disk.stamp

    @property
    def chosen_end(self) -> str | None:
        """Return the line end that the user has chosen for all lines; None: they keep theirs."""
        return self._chosen_end

    @property
    def line_ends_label(self) -> str:
        """Return the kind of line end to show, as in "LF"."""
        return self._line_ends_label

    @property
    def is_modified(self) -> bool:
        """Say whether there is something to save."""
        return self._loading is None and self._text_document.isModified()

    @property
    def is_loading(self) -> bool:
        """Say whether a large file is still coming."""
        return self._loading is not None

    @property
    def share(self) -> float:
        """How much of the file is there, from 0 to 1."""
        return self._loading.share if self._loading is not None else 1.0

    @property
    def is_pristine(self) -> bool:
        """Say whether this is an empty document that nobody has touched."""
        is_empty = self._text_document.isEmpty() and not self._text_document.isUndoAvailable()
        return self.path is None and is_empty and not self.is_modified

    def text(self) -> str:
        """Return the text with the line ends of its file."""
        text = text_of(self._text_document)
        if self._chosen_end is not None:
            return text.replace("\n", self._chosen_end)
        ends = kept_ends.between(self._text_document, 0, length_of(self._text_document))
        return line_ends.with_ends(text, ends, self._usual_end)

    def load(self, path: Path, encoding: Encoding | None = None) -> None:
        """Replace the text by that of a file; a large one is only begun with.

        Without an encoding it is the one that the file seems to have.

        Raises:
            TextFileError: The file cannot be opened.
        """
        if text_file.check(path) > text_file.LARGE:
            self._start_loading(path, encoding)
            return
        file = text_file.read(path, encoding)
        self._show(file.text, path.name)
        self._on_disk.path = path
        self._take_over(file)
        self.loaded.emit()

    def stop_loading(self) -> None:
        """Leave out what is not there yet of a large file, because nobody wants it any more."""
        if self._loading is not None:
            self._loading.stop()

    def reload(self, encoding: Encoding | None = None) -> None:
        """Show the file as it is now, in another encoding if one is given, as one undo step.

        Raises:
            TextFileError: The file cannot be opened; the document is as before.
        """
        assert self.path is not None, "only a file can be read again"
        file = text_file.read(self.path, encoding)
        ends = line_ends.kinds(file.text)
        change_text(self._text_document, line_ends.normalized(file.text), ends)
        self._take_ends_of(file.text)
        self._remember(file.text)
        self._take_over(file)
        self._text_document.setModified(False)

    def set_encoding(self, encoding: Encoding) -> None:
        """Save in another encoding from now on."""
        assert self._loading is None, "what is not all there cannot be saved"
        self._encoding, self._is_guessed = encoding, False
        self.mark_unsaved()

    def set_line_end(self, line_end: str) -> None:
        """Save with another kind of line end from now on."""
        if self._loading is not None:
            return
        self._chosen_end = line_end
        self._line_ends_label = line_ends.LABELS[line_end]
        self.mark_unsaved()

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
        line_end: str | None = None,
    ) -> None:
        """Show a text as it was read from a file in an earlier run; the changes to it come next.

        Raises:
            TextFileError: It cannot be shown.
        """
        self._show(base, path.name if path else title)
        # Earlier journals have the words that stood on the tab, in the language of then.
        self._title = title if title != "Untitled" else ""
        self._encoding = encoding
        self._on_disk.path, self._on_disk.stamp = path, stamp
        if line_end is not None:
            self.set_line_end(line_end)
        elif self._on_disk.holds(base, encoding) if path else not base:
            self.changed.emit()
        else:
            self.mark_unsaved()

    def restore_changes(self, text: str, ends: str) -> None:
        """Bring the unsaved changes of an earlier run back, as one undo step."""
        change_text(self._text_document, text, ends)
        if not self.is_modified:
            self.mark_unsaved()  # the text is the file's, and the file is gone

    def name(self, path: Path) -> None:
        """Let the text be saved to a file that does not exist yet, or that was renamed to this."""
        self._on_disk.path = path
        self.changed.emit()

    def save(
        self, path: Path | None = None, encoding: Encoding | None = None, *, may_lose: bool = False
    ) -> None:
        """Write the text to its file at once; see `target`.

        Raises:
            NotKeptError: They cannot be.
            TextFileError: Nothing was written; the document is as before.
        """
        assert self._loading is None, "what is not all there cannot be saved"
        self.take_saved(save_text(self.text(), self.target(path, encoding, may_lose=may_lose)))

    def target(
        self, path: Path | None = None, encoding: Encoding | None = None, *, may_lose: bool = False
    ) -> Target:
        """Return where and how the text is to be saved, and goes on to be, unless told otherwise.

        With `may_lose` also where owner, links or attributes of the file cannot be kept.
        """
        where, end = path or self.path, self._chosen_end
        assert where is not None, "a document without a path is saved with one"
        encoding = encoding or self._encoding
        stamp = text_file.stamp_of(where)
        return Target(where, encoding, end or self._usual_end, end is not None, may_lose, stamp)

    def take_saved(self, saved: SavedText, *, is_current: bool = True) -> None:
        """Note that a text was saved; `is_current` if it is still what is here."""
        self._on_disk.note_saved(saved)
        self._remember(saved.text, saved.line_ends)
        if not is_current:
            self.mark_unsaved()
            return
        self._encoding, self._is_guessed = saved.encoding, False
        self._text_document.setModified(False)
        self.changed.emit()

    def is_changed_on_disk(self) -> bool:
        """Say whether somebody else has written the file since it was last read or saved."""
        return self._loading is None and not self.is_saving and self._on_disk.is_changed()

    def is_gone(self) -> bool:
        """Say whether there was a file, and there is none any more."""
        return self._on_disk.is_gone

    def mark_unsaved(self) -> None:
        """Take the text for unsaved, undo as one may: its file is not what it was, or is to be."""
        # Where Qt knows of a change already, it would still take the state saved last for saved.
        with QSignalBlocker(self._text_document):
            self._text_document.setModified(False)
            self._text_document.setModified(True)
        self.changed.emit()

    def accept_disk_change(self) -> None:
        """Keep the text as it is over what somebody else has written."""
        self._on_disk.accept()
        self.mark_unsaved()

    def _on_modified(self, is_modified: bool) -> None:
        # Undo leads to the text that was saved last, which may not be what the file holds now.
        is_known = self._loading is None and self._on_disk.stamp is not None
        if not is_modified and is_known and (self.is_gone() or self.is_changed_on_disk()):
            self.mark_unsaved()
        else:
            self.changed.emit()

    def _take_over(self, file: TextFile) -> None:
        self._on_disk.stamp, self._on_disk.digest = file.stamp, file.digest
        self._encoding, self._is_guessed = file.encoding, file.is_guessed
        self.changed.emit()

    def _show(self, text: str, name: str) -> None:
        new = line_ends.normalized(text)
        self._on_disk = OnDisk()
        self.about_to_show.emit(new, name)
        # Whoever hears of a change now would meet the new text under the old name.
        with QSignalBlocker(self):
            set_text(self._text_document, new, line_ends.kinds(text))
            self._text_document.setModified(False)
        # Qt drops or replaces some characters; saved, the file would be another.
        if text_of(self._text_document) != new:
            self._text_document.clear()
            raise text_file.not_showable()
        self._take_ends_of(text)
        self._remember(text)
        self.shown.emit()

    def _start_loading(self, path: Path, encoding: Encoding | None) -> None:
        loading = self._loading = Loading(path, encoding, self._text_document, self)
        loading.read.connect(lambda text: self.about_to_show.emit(text.shown, path.name))
        loading.begun.connect(self.shown)
        loading.moved.connect(self.moved)
        loading.done.connect(self._end_loading)
        loading.failed.connect(self._give_up)
        self._on_disk = OnDisk()
        self._on_disk.path = path
        self.changed.emit()

    def _end_loading(self, text: ReadText) -> None:
        self._drop_loading()
        self._take_ends_of(text.file.text)
        self._remember(text.file.text, text.line_ends)
        self._take_over(text.file)
        self.loaded.emit()

    def _give_up(self, error: TextFileError) -> None:
        with QSignalBlocker(self):
            self._text_document.clear()
        self._drop_loading()
        path, self._on_disk.path = self.path, None
        self.changed.emit()
        self.load_failed.emit(path, error)

    def _drop_loading(self) -> None:
        assert self._loading is not None
        self._loading.deleteLater()
        self._loading = None
        with QSignalBlocker(self):
            self._text_document.setModified(False)

    def _take_ends_of(self, text: str) -> None:
        """End new lines as most lines of a text do, and no line as the user has wanted it."""
        self._usual_end, self._chosen_end = line_ends.usual(text), None

    def _remember(self, text: str, label: str | None = None) -> None:
        self._original = text
        self._line_ends_label = label or line_ends.label(text)
